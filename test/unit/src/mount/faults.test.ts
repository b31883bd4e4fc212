// What a program sees when a device fails: errors that name the block and carry the device's reason, a mount that goes read-only
// and stays readable, and a close that says what was lost.

import { describe, expect, test } from 'vitest';
import type { DeviceRequest } from '../../../../src/core/device.ts';
import { BytesChanged, CacheFull } from '../../../../src/core/errors.ts';
import { MemoryFault, MemoryVolumes } from '../../../../src/devices/memory-volumes.ts';
import {
  MountBroken,
  ReadFailed,
  ReadOnlyError,
  SyncFailed,
  WriteFailed,
  WritesLost,
  type DeviceFault,
  type Mount,
} from '../../../../src/mount/index.ts';
import { BLOCK_BYTES, mounted, settle, staged } from '../../../support/mount-stage.ts';

const EIO = { code: 'EIO' } as const;
const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);
/** Fails requests of a kind, for a block of volume 0, from the n-th on. */
const failing =
  (kind: DeviceRequest['kind'], block: number | undefined, from = 1, upTo = Infinity) =>
  (request: DeviceRequest) => {
    if (request.kind !== kind || (request.kind !== 'flush' && request.block !== block)) return undefined;
    if (request.volume !== 0) return undefined;
    return from-- <= 1 && upTo-- > 0 ? EIO : undefined;
  };

/** What a promise is rejected with, which must be of a kind. */
async function caught<E extends Error>(promise: Promise<unknown>, kind: new (...args: never[]) => E): Promise<E> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`It was to be rejected with ${kind.name}.`);
}

function listen(mount: Mount): string[] {
  const told: string[] = [];
  mount.on('deviceError', ({ operation, name, block }: DeviceFault) => told.push(`${operation} ${name} ${block}`));
  mount.on('criticalError', (error) => told.push(`critical: ${error.name}`));
  mount.on('closed', (error) => told.push(`closed: ${error?.name}`));
  return told;
}

describe('a failed read', () => {
  test('concerns those who asked, and the block may be asked for again', async () => {
    const { mount } = await mounted({ fault: failing('read', 5, 1, 2) });
    const told = listen(mount);
    const [one, two] = await Promise.allSettled([mount.get(5), mount.get(5)]);
    expect(one).toMatchObject({
      status: 'rejected',
      reason: { name: 'ReadFailed', place: { block: 5, name: 'memory0' } },
    });
    const { reason } = one as { readonly reason: Error };
    expect(reason).toBeInstanceOf(ReadFailed);
    expect(reason.cause).toBeInstanceOf(MemoryFault);
    expect(two.status).toBe('rejected'); // It has tried for itself.
    expect((await mount.read(5))[0]).toBe(0);
    await mount.update(5, set(1));
    expect(told).toEqual(['deviceError', 'deviceError'].map(() => 'read memory0 5'));
    await mount.close();
    expect(mount.statistics.deviceErrors).toBe(2);
  });

  test('of a block ahead concerns nobody: what was asked for is read without it', async () => {
    let isBad = true;
    const { mount } = await mounted({ fault: (r) => (isBad && r.kind === 'read' && r.blocks === 2 ? EIO : undefined) });
    await mount.read(5);
    const reads = await Promise.allSettled([mount.read(6), mount.read(7)]);
    expect(reads.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(mount.statistics.deviceErrors).toBe(2);
    isBad = false;
    await mount.read(9);
    await mount.close();
  });
});

describe('a failed write', () => {
  test('fails the flush, makes the mount read-only, and leaves everything readable', async () => {
    const { mount } = await mounted({ fault: failing('write', 5), blocks: [64, 64] });
    const told = listen(mount);
    const block = await mount.get(5);
    await block.modify(set(7));
    const other = await mount.get(6);
    const failed = await caught(block.flush(), WriteFailed);
    expect(failed).toMatchObject({ place: { volume: 0, block: 5 }, cause: { name: 'MemoryFault' } });
    expect(told).toEqual(['write memory0 5', 'critical: MemoryFault']);
    expect(mount.isReadOnly).toBe(true);
    const refused = [
      block.modify(set(1)),
      other.modify(set(1)),
      mount.update(9, set(1)),
      mount.get(9, { fresh: true }),
    ];
    for (const call of [...refused, block.flush(), mount.sync(), mount.header(1).modify(set(1))]) {
      const error = await caught(call, ReadOnlyError);
      expect(error.cause).toBeInstanceOf(MemoryFault);
    }
    expect(block.bytes[0]).toBe(7);
    block.release();
    other.release();
    expect((await mount.read(5))[0]).toBe(7);
    expect((await mount.read(40, { volume: 1 }))[0]).toBe(0);
    const lost = await caught(mount.close(), WritesLost);
    expect(lost).toMatchObject({
      blocks: [{ volume: 0, name: 'memory0', block: 5, type: 'data', why: 'failed' }], unflushed: [],
    }); // prettier-ignore
    expect(lost.message).toMatch(/1 lost, block 5 of memory0 \(data, failed\)/);
    expect(told.at(-1)).toBe('closed: WritesLost');
    expect(await caught(mount.close(), WritesLost)).toBe(lost);
  });

  test('fails the sync, which goes no further, and close names what was not written', async () => {
    const { mount, volumes } = await mounted({ fault: failing('write', 5) });
    for (const block of [4, 5]) await mount.update(block, set(block));
    await mount.update(9, set(9), { type: 'meta', fresh: true });
    await mount.update(6, set(6), { type: 'undo' });
    await mount.header().modify(set(1));
    const [first, second] = await Promise.allSettled([mount.sync(), mount.sync()]);
    expect((first as PromiseRejectedResult).reason).toBeInstanceOf(SyncFailed);
    expect((first as PromiseRejectedResult).reason).toMatchObject({ cause: { name: 'MemoryFault' } });
    expect((second as PromiseRejectedResult).reason).toBeInstanceOf(ReadOnlyError);
    expect((await mount.read(9, { type: 'meta' }))[0]).toBe(9);
    const lost = await caught(mount.close(), WritesLost);
    expect(lost.blocks.map(({ block, type, why }) => `${block} ${type} ${why}`)).toEqual([
      '0 volume notWritten', '5 data failed', '9 meta notWritten',
    ]); // prettier-ignore
    expect(volumes.device.read(0, 4)[0]).toBe(4);
  });

  test('of UNDO is told too, although its buffer is not kept', async () => {
    const { mount } = await mounted({ fault: failing('write', 6) });
    await mount.update(6, set(6), { type: 'undo' });
    await caught(mount.sync(), SyncFailed);
    for (let i = 0; i < 30; i++) await mount.read(100 + 2 * i); // until it is given up
    const failed = await caught(mount.read(6, { type: 'undo' }), ReadFailed);
    expect(failed.cause).toMatchObject({ message: expect.stringMatching(/write of block 6/) as string });
    const ahead = await Promise.all([mount.read(4), mount.read(5)]);
    expect(ahead.map(([byte]) => byte)).toEqual([0, 0]);
    const lost = await caught(mount.close(), WritesLost);
    expect(lost.blocks).toMatchObject([{ block: 6, type: 'undo', why: 'failed' }]);
  });

  test('in the background is told by the event, and by the next call', async () => {
    const { mount } = await mounted({ bufs: 4, fault: failing('write', 5) });
    const told = listen(mount);
    for (let i = 0; i < 4; i++) await mount.update(5 + 2 * i, set(i)).catch(() => undefined);
    for (let i = 0; i < 6; i++) await mount.read(20 + 2 * i);
    expect(told).toEqual(['write memory0 5', 'critical: MemoryFault']);
    expect((await mount.read(5))[0]).toBe(0);
    await expect(mount.update(30, set(1))).rejects.toThrow(ReadOnlyError);
    await expect(mount.close()).rejects.toThrow(WritesLost);
  });

  test('ends those who wait: a modification, and a flush behind it', async () => {
    const { mount, device } = await staged();
    const one = await mount.get(5, { fresh: true });
    const two = await mount.get(6, { fresh: true });
    let close = (): void => undefined;
    const modifying = two.modify(() => new Promise<void>((resolve) => (close = resolve)));
    const flush = caught(one.flush(), WriteFailed);
    const waiting = caught(one.modify(set(1)), ReadOnlyError);
    const behind = caught(two.flush(), ReadOnlyError);
    await settle();
    await device.complete('write', 1, EIO);
    await flush;
    await waiting;
    close();
    await modifying;
    await behind;
    one.release();
    two.release();
    const lost = await caught(device.until(mount.close()), WritesLost);
    expect(lost.blocks).toMatchObject([{ block: 5 }, { block: 6 }]);
  });

  test('is the last one: nothing is written any more that waited meanwhile', async () => {
    const { mount, device } = await staged();
    const one = await mount.get(5, { fresh: true });
    const two = await mount.get(6, { fresh: true });
    let close = (): void => undefined;
    const modifying = two.modify(() => new Promise<void>((resolve) => (close = resolve)));
    const sync = caught(mount.sync(), SyncFailed);
    await settle();
    expect(device.pending).toMatchObject([{ block: 5 }]);
    await device.complete('write', 1, EIO);
    close();
    await modifying;
    await sync;
    expect(device.pending).toEqual([]);
    one.release();
    two.release();
    await caught(device.until(mount.close()), WritesLost);
  });

  test('leaves no room where META cannot be written any more', async () => {
    const { mount } = await mounted({ bufs: 3, fault: ({ kind }) => (kind === 'write' ? EIO : undefined) });
    for (let i = 0; i < 3; i++) await mount.update(10 + i, set(i), { type: 'meta', fresh: true });
    await expect(mount.read(30)).rejects.toThrow(CacheFull);
    expect(mount.isReadOnly).toBe(true);
    expect((await mount.read(11, { type: 'meta' }))[0]).toBe(1);
    await expect(mount.close()).rejects.toThrow(WritesLost);
  });
});

describe('a failed device flush', () => {
  test('fails the sync for good, and close names the volume', async () => {
    const { mount } = await mounted({ blocks: [64, 64], fault: failing('flush', undefined, 2) });
    await mount.update(4, set(1));
    await mount.sync();
    await mount.update(5, set(1));
    await mount.update(5, set(1), { volume: 1 });
    await expect(mount.sync()).rejects.toThrow(/The sync failed: The flush of memory0 failed/);
    await expect(mount.sync()).rejects.toThrow(ReadOnlyError);
    const lost = await caught(mount.close(), WritesLost);
    expect(lost).toMatchObject({ name: 'WritesLost', blocks: [], unflushed: ['memory0'] });
    expect(lost.message).toMatch(/no successful flush of memory0 since the last sync/);
  });

  test('at close is found there', async () => {
    const { mount, volumes } = await mounted({ fault: failing('flush', undefined) });
    await mount.update(4, set(1));
    await expect(mount.close()).rejects.toThrow(WritesLost);
    expect(() => volumes.submit({ kind: 'flush', id: 1, volume: 0 })).toThrow(/after close/);
  });
});

describe('a broken contract', () => {
  test('of the program: bytes that change while they are written are noticed with `verify`', async () => {
    const { mount, device } = await staged({ verify: true });
    const block = await mount.get(5, { fresh: true });
    let kept: Uint8Array = new Uint8Array();
    await block.modify((bytes) => void (kept = bytes));
    const flush = caught(block.flush(), MountBroken);
    const read = caught(mount.read(9), MountBroken);
    await settle();
    kept[3] = 1;
    await device.complete();
    for (const error of [await flush, await read]) {
      expect(error.cause).toBeInstanceOf(BytesChanged);
    }
    expect(() => mount.tryGet(5)).toThrow(MountBroken);
    await expect(mount.sync()).rejects.toThrow(MountBroken);
    block.release();
    await expect(mount.close()).rejects.toThrow(/I14/);
    expect(device.isClosed).toBe(true);
  });

  test('of the device: a request that ends twice', async () => {
    const { mount, device } = await staged();
    const read = mount.read(5);
    await settle();
    const [request] = device.pending;
    await device.complete();
    await read;
    device.onCompletions([{ request: request!, result: 'ok' }]);
    await expect(mount.read(6)).rejects.toThrow(/no longer be relied on: readDone is possible only when/);
    await expect(mount.close()).rejects.toThrow(MountBroken);
  });

  test('of the device: an error without a reason is one all the same', async () => {
    const { mount, device } = await staged();
    const read = caught(mount.read(5), ReadFailed);
    await settle();
    const [request] = device.pending.splice(0);
    device.media.complete(request!.id);
    device.onCompletions([{ request: request!, result: 'error' }]);
    expect((await read).message).toMatch(/gave no reason/);
    await device.until(mount.close());
  });

  test('of the device: it cannot be closed', async () => {
    const { mount, device } = await staged();
    device.close = () => Promise.reject(new Error('stuck'));
    await expect(mount.close()).rejects.toThrow('stuck');
  });
});

describe('volumes in memory', () => {
  test('end what was submitted in one stretch together, later, and wait for it when they are closed', async () => {
    const volumes = new MemoryVolumes({ blocks: [4], blockBytes: BLOCK_BYTES });
    const batches: number[] = [];
    volumes.onCompletions = (batch) => batches.push(batch.length);
    for (let id = 1; id <= 3; id++) volumes.submit({ kind: 'flush', id, volume: 0 });
    expect(batches).toEqual([]);
    await volumes.close();
    expect(batches).toEqual([3]);
  });

  test('keep what was flushed and what was not apart', async () => {
    const { mount, volumes } = await mounted();
    const block = await mount.get(5, { fresh: true });
    await block.modify(set(3));
    await block.flush();
    expect([volumes.device.read(0, 5)[0], volumes.device.readDurable(0, 5)[0]]).toEqual([3, 0]);
    block.release();
    await mount.close();
    expect(volumes.device.readDurable(0, 5)[0]).toBe(3);
  });
});
