// What a program does with a mount, from open to close, and what it is told when it does something wrong.

import { describe, expect, test } from 'vitest';
import { BrokenPromise, InvalidArgument } from '../../../../src/core/errors.ts';
import { Block, BlockReleased, BlocksHeld, CorruptBlock, Mount, MountClosed } from '../../../../src/mount/index.ts';
import { BLOCK_BYTES, mounted } from '../../../support/mount-stage.ts';

const set = (value: number) => (bytes: Uint8Array) => void bytes.fill(value);

describe('a block', () => {
  test('is read, modified, synced, and read again after reopening', async () => {
    const { mount, volumes } = await mounted({ blocks: [64, 64] });
    const block = await mount.get(7, { volume: 1 });
    expect(block).toBeInstanceOf(Block);
    expect([block.type, block.volume, block.block, block.bytes.length]).toEqual(['data', 1, 7, BLOCK_BYTES]);
    expect(await block.modify((bytes) => bytes.fill(9).length)).toBe(BLOCK_BYTES);
    block.release();
    expect(mount.statistics.dirtyBytes).toBe(BLOCK_BYTES);
    await mount.sync();
    expect(mount.statistics.dirtyBytes).toBe(0);
    expect(volumes.device.readDurable(1, 7)[100]).toBe(9);
    await mount.close();
    const again = await Mount.open({ device: volumes.reopen() });
    expect((await again.read(7, { volume: 1 }))[100]).toBe(9);
    await again.close();
  });

  test('is changed before the call returns when nothing is in the way', async () => {
    const { mount } = await mounted();
    const block = await mount.get(3);
    const modified = block.modify(set(4));
    expect(block.bytes[0]).toBe(4);
    await modified;
    block.release();
    await mount.close();
  });

  test('keeps its modification open until the promise of the change has settled', async () => {
    const { mount } = await mounted();
    const block = await mount.get(3);
    let goOn = (): void => undefined;
    const modified = block.modify(async (bytes) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      bytes[0] = 1;
      return 'result';
    });
    await Promise.resolve();
    expect(() => block.release()).toThrow(BrokenPromise);
    goOn();
    expect(await modified).toBe('result');
    block.release();
    await mount.close();
  });

  test('passes on what the change throws, and the modification is closed', async () => {
    const { mount } = await mounted();
    const block = await mount.get(3);
    const oops = (): never => {
      throw new Error('oops');
    };
    await expect(block.modify(oops)).rejects.toThrow('oops');
    await expect(block.modify(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    block.release();
    await expect(mount.update(3, oops)).rejects.toThrow('oops');
    await mount.close();
  });

  test('can be modified within a modification, by one holder and by two', async () => {
    const { mount } = await mounted();
    const [one, two] = [await mount.get(3), await mount.get(3)];
    await one.modify(async (bytes) => {
      await one.modify((inner) => void (inner[1] = 1));
      await two.modify((inner) => void (inner[2] = 2));
      bytes[0] = 3;
    });
    expect([...(two.bytes as Uint8Array).subarray(0, 3)]).toEqual([3, 1, 2]);
    one.release();
    two.release();
    await mount.close();
  });

  test('is of no use after its release', async () => {
    const { mount } = await mounted();
    const block = await mount.get(3);
    block.release();
    expect(block.isReleased).toBe(true);
    const uses = [() => block.bytes, () => block.type, () => block.release()];
    for (const use of uses) expect(use).toThrow(BlockReleased);
    await expect(block.modify(set(1))).rejects.toThrow(/Block 3 of memory0 was released/);
    await expect(block.flush()).rejects.toThrow(BlockReleased);
    block[Symbol.dispose]();
    await mount.close();
  });

  test('is released at the end of its scope', async () => {
    const { mount } = await mounted();
    {
      using block = await mount.get(3);
      expect(block.bytes[0]).toBe(0);
      expect(mount.statistics.blocksInUse).toBe(1);
    }
    expect(mount.statistics.blocksInUse).toBe(0);
    await mount.close();
  });

  test('that is flushed is written, but a clean one is not', async () => {
    const { mount, volumes } = await mounted();
    const block = await mount.get(3);
    await block.flush();
    expect(mount.statistics.bytesWritten).toBe(0);
    await block.modify(set(5));
    await block.flush();
    expect(mount.statistics.bytesWritten).toBe(BLOCK_BYTES);
    expect(volumes.device.read(0, 3)[0]).toBe(5);
    expect(volumes.device.readDurable(0, 3)[0]).toBe(0);
    block.release();
    await mount.close();
    expect(volumes.device.readDurable(0, 3)[0]).toBe(5);
  });

  test('comes at once when it is cached', async () => {
    const { mount } = await mounted();
    expect(mount.tryGet(5)).toBeUndefined();
    await mount.read(5);
    using hit = mount.tryGet(5);
    expect(hit?.block).toBe(5);
    expect(mount.statistics).toMatchObject({ hits: 1, misses: 1, bytesRead: 2 * BLOCK_BYTES }); // with the header
    hit!.release();
    await mount.close();
  });

  test('read is a copy', async () => {
    const { mount } = await mounted();
    const copy = await mount.read(5);
    copy.fill(7);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
    expect((await mount.read(5))[0]).toBe(0);
    await mount.close();
  });
});

describe('types', () => {
  test('META has four bytes less, and its checksum comes with the write', async () => {
    const { mount, volumes } = await mounted();
    await mount.update(9, set(3), { type: 'meta', fresh: true });
    expect((await mount.read(9, { type: 'meta' })).length).toBe(BLOCK_BYTES - 4);
    await mount.close();
    const again = await Mount.open({ device: volumes.reopen() });
    expect((await again.read(9, { type: 'meta' }))[BLOCK_BYTES - 5]).toBe(3);
    await again.close();
  });

  test('META that was created and never changed is valid', async () => {
    const { mount, volumes } = await mounted();
    (await mount.get(9, { type: 'meta', fresh: true })).release();
    await mount.close();
    const again = await Mount.open({ device: volumes.reopen() });
    expect((await again.read(9, { type: 'meta' }))[0]).toBe(0);
    await again.close();
  });

  test('META with a wrong checksum is refused to all who wait for it, and read again by the next', async () => {
    const { mount, volumes } = await mounted();
    const gets = await Promise.allSettled([1, 2, 3].map(() => mount.get(9, { type: 'meta' })));
    for (const got of gets)
      expect(got).toMatchObject({ status: 'rejected', reason: expect.any(CorruptBlock) as Error });
    expect(mount.tryGet(9)).toBeUndefined();
    await expect(mount.read(9, { type: 'meta' })).rejects.toMatchObject({
      place: { volume: 0, block: 9, name: 'memory0' },
    });
    expect(mount.statistics.bytesRead).toBe(3 * BLOCK_BYTES); // the header, and twice this block
    await mount.update(9, set(1), { type: 'meta', fresh: true });
    await mount.sync();
    const good = volumes.device.readDurable(0, 9);
    volumes.device.format(0, 10, good);
    expect((await mount.read(10, { type: 'meta' }))[0]).toBe(1);
    await mount.close();
  });

  test('META that was read ahead is checked when somebody takes it', async () => {
    const { mount } = await mounted();
    await mount.read(20);
    await mount.read(21);
    const { bytesRead } = mount.statistics;
    expect(bytesRead).toBe(4 * BLOCK_BYTES); // the header, and block 22 ahead
    await expect(mount.read(22, { type: 'meta' })).rejects.toThrow(CorruptBlock);
    expect(mount.statistics.bytesRead).toBe(bytesRead);
    await mount.close();
  });

  test('a fresh block is zeros, whatever it was, and dirty', async () => {
    const { mount, volumes } = await mounted();
    await mount.update(5, set(8));
    await mount.sync();
    using cached = await mount.get(5, { fresh: true });
    expect(cached.bytes[0]).toBe(0);
    cached.release();
    await mount.close();
    expect(volumes.device.readDurable(0, 5)[0]).toBe(0);
    const again = await Mount.open({ device: volumes.reopen() });
    (await again.get(6, { fresh: true })).release();
    expect(again.statistics.bytesRead).toBe(BLOCK_BYTES); // the header
    await again.close();
  });

  test('a block keeps its type while it is cached, and gets another one when it is fresh and unused', async () => {
    const { mount } = await mounted();
    const data = await mount.get(5);
    await expect(mount.get(5, { type: 'meta' })).rejects.toThrow(/the type data, but got meta for block 5/);
    await expect(mount.get(5, { type: 'meta', fresh: true })).rejects.toThrow(InvalidArgument);
    await data.modify(set(1));
    data.release();
    const meta = await mount.get(5, { type: 'meta', fresh: true });
    expect([meta.type, meta.bytes[0]]).toEqual(['meta', 0]);
    meta.release();
    await mount.close();
  });

  test('UNDO is written like DATA', async () => {
    const { mount, volumes } = await mounted();
    await mount.update(5, set(8), { type: 'undo' });
    await mount.close();
    expect(volumes.device.readDurable(0, 5)[0]).toBe(8);
  });

  test('the header has an area of the application, and stays a valid header', async () => {
    const { mount, volumes } = await mounted({ blocks: [64, 64] });
    const header = mount.header(1);
    expect([header.type, header.bytes.length]).toEqual(['volume', BLOCK_BYTES - 64]);
    await header.modify((bytes) => bytes.set([1, 2, 3]));
    header.release();
    await header.modify((bytes) => void (bytes[3] = 4));
    await expect(mount.get(0, { volume: 1 })).rejects.toThrow(/use header\(\)/);
    expect(() => mount.header(2)).toThrow(InvalidArgument);
    await mount.close();
    const again = await Mount.open({ device: volumes.reopen() });
    expect([...(again.header(1).bytes as Uint8Array).subarray(0, 5)]).toEqual([1, 2, 3, 4, 0]);
    await again.close();
    expect(new DataView(volumes.device.readDurable(1, 0).buffer).getUint8(48)).toBe(2);
  });
});

describe('a mount', () => {
  test('refuses what does not exist', async () => {
    const { mount } = await mounted({ blocks: [64] });
    for (const block of [64, -1, 1.5, NaN]) await expect(mount.get(block)).rejects.toThrow(InvalidArgument);
    await expect(mount.get(1, { volume: 1 })).rejects.toThrow(InvalidArgument);
    expect(mount.tryGet(999)).toBeUndefined();
    expect(mount.statistics.blocksInUse).toBe(0);
    await mount.close();
  });

  test('is not closed while blocks are held, and says which', async () => {
    const { mount } = await mounted({ blocks: [64, 64] });
    const held = [await mount.get(5), await mount.get(7, { volume: 1 })];
    const getting = mount.get(9);
    const refused = await mount.close().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BlocksHeld);
    expect(refused).toMatchObject({ count: 3, blocks: [{ block: 5 }, { block: 9 }, { volume: 1, block: 7 }] });
    held.push(await getting);
    for (const block of held) block.release();
    await mount.update(5, set(1));
    const header = mount.header();
    const modifying = header.modify(() => Promise.resolve());
    await expect(mount.close()).rejects.toThrow(BlocksHeld);
    await modifying;
    await mount.close();
  });

  test('closes once, tells so, and is of no use afterwards', async () => {
    const { mount, volumes } = await mounted();
    const told: unknown[] = [];
    mount.on('closed', (error) => told.push(error));
    const header = mount.header();
    await mount.update(5, set(1));
    const first = mount.close();
    expect(mount.close()).toBe(first);
    expect(() => mount.tryGet(5)).toThrow(MountClosed);
    await first;
    await mount.close();
    await mount[Symbol.asyncDispose]();
    expect(told).toEqual([undefined]);
    expect(volumes.device.readDurable(0, 5)[0]).toBe(1);
    expect(() => mount.header()).toThrow(MountClosed);
    expect(() => header.bytes).toThrow(MountClosed);
    const calls = [mount.get(1), mount.read(1), mount.update(1, set(1)), mount.sync(), header.modify(set(1))];
    for (const call of calls) await expect(call).rejects.toThrow(MountClosed);
  });

  test('counts', async () => {
    const { mount } = await mounted();
    await mount.update(5, set(1));
    await mount.read(5);
    await mount.sync();
    await mount.sync();
    expect(mount.statistics).toMatchObject({
      hits: 1, misses: 1, bytesRead: 2 * 512, bytesWritten: 512, deviceFlushes: 1, deviceErrors: 0, syncCalls: 2,
      syncRounds: 2, cacheBytes: 17 * 512, dirtyBytes: 0, writingBytes: 0, blocksInUse: 0, waits: { load: 2 },
    }); // prettier-ignore
    await mount.close();
  });
});
