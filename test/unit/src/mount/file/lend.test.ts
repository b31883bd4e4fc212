// Memory that a mount lends: it goes between program and device without a copy where parts are whole blocks, stays the device's
// as long as a call needs it, and comes back to whoever asks next.

import { describe, expect, test } from 'vitest';
import type { DeviceRequest } from '../../../../../src/core/device.ts';
import { InvalidArgument, MountClosed, type Mount, type MountFile } from '../../../../../src/index.ts';
import { BLOCK_BYTES, mounted, settle, staged } from '../../../../support/mount-stage.ts';

const BLOCK = BLOCK_BYTES;
const CELL = 4 * BLOCK;
const SPACE = [{ volume: 0, block: 8, blocks: 200 }];

const open = (mount: Mount, verify = false): Promise<MountFile> =>
  mount.openFile({ space: SPACE, extentBytes: CELL, verify });

/** The memory of a request, if it is one run. */
function memoryOf(request: DeviceRequest): Uint8Array {
  if (request.kind === 'write') return request.bytes;
  if (request.kind === 'read' && request.into.length === 1) return request.into[0]!;
  throw new Error(`A ${request.kind} of several pieces or none.`);
}

const lies = (part: Uint8Array, whole: Uint8Array): boolean =>
  part.buffer === whole.buffer &&
  part.byteOffset >= whole.byteOffset &&
  part.byteOffset + part.length <= whole.byteOffset + whole.length;

describe('without a copy', () => {
  test('whole cells are written from the memory and read into it, the end of a file in whole blocks', async () => {
    const { mount, device } = await staged();
    const file = await open(mount);
    const { bytes } = await mount.lend(3 * CELL);
    bytes.forEach((_, i) => (bytes[i] = i % 251));
    const written = file.write(0, bytes.subarray(0, 2 * CELL + BLOCK));
    expect(device.pending.map((one) => lies(memoryOf(one), bytes))).toEqual([true, true, true]);
    await device.complete();
    await written;
    await device.until(file.commit());
    const copy = bytes.slice();
    bytes.fill(0);
    const read = file.readInto(0, bytes);
    expect(device.pending.map((one) => [one.kind, lies(memoryOf(one), bytes)])).toEqual(Array(3).fill(['read', true]));
    await device.complete();
    expect(await read).toBe(2 * CELL + BLOCK);
    expect(bytes.subarray(0, 2 * CELL + BLOCK)).toEqual(copy.subarray(0, 2 * CELL + BLOCK));
    expect(file.statistics).toMatchObject({ directWrites: 3, directReads: 3, bufferedWrites: 0, bufferedReads: 0 });
  });

  test('with verification the checksum is that of the memory', async () => {
    const { mount } = await mounted();
    const file = await open(mount, true);
    using lent = await mount.lend(CELL);
    lent.bytes.fill(7);
    await file.write(CELL, lent.bytes);
    await file.commit();
    lent.bytes.fill(0);
    expect(await file.readInto(CELL, lent.bytes)).toBe(CELL);
    expect(lent.bytes.every((byte) => byte === 7)).toBe(true);
    expect(file.statistics.verified).toBe(1);
  });

  test.each<[string, offset: number, from: number, length: number]>([
    ['a part of a block at the end', 0, 0, CELL + 10],
    ['memory that begins within a block', 0, 3, CELL],
    ['an offset within a cell', BLOCK, 0, CELL],
    ['an offset within a block', 5, 0, CELL],
  ])('does not work for %s, which is copied', async (_, offset, from, length) => {
    const { mount, device } = await staged();
    const file = await open(mount);
    const { bytes } = await mount.lend(3 * CELL);
    const part = bytes.subarray(from, from + length).fill(9);
    const written = file.write(offset, part);
    await settle();
    const copied = device.pending.filter((one) => !lies(memoryOf(one), bytes));
    expect(copied.length).toBeGreaterThan(0);
    part.fill(9); // It is the program's again only with the end of the call.
    device.isAutomatic = true;
    await device.until(written);
    await device.until(file.commit());
    part.fill(0);
    expect(await device.until(file.readInto(offset, part))).toBe(length);
    expect(part.every((byte) => byte === 9)).toBe(true);
  });

  test('what is behind the data of a cell is zeros, up to the end of the range', async () => {
    const { mount } = await mounted();
    const file = await open(mount);
    using lent = await mount.lend(3 * CELL);
    lent.bytes.fill(5);
    await file.write(0, lent.bytes.subarray(0, BLOCK));
    await file.write(2 * CELL, lent.bytes.subarray(0, CELL));
    await file.commit();
    lent.bytes.fill(1);
    expect(await file.readInto(0, lent.bytes)).toBe(3 * CELL);
    const seen = [0, BLOCK - 1, BLOCK, CELL, 2 * CELL - 1, 2 * CELL, 3 * CELL - 1].map((at) => lent.bytes[at]);
    expect(seen).toEqual([5, 5, 0, 0, 0, 5, 5]);
  });
});

describe('while the device is at it', () => {
  test('a call that is aborted ends when the device is done, and one of its cells that has not begun is left', async () => {
    const { mount, device } = await staged();
    const file = await open(mount);
    const { bytes } = await mount.lend(2 * CELL);
    const first = file.write(CELL, bytes.subarray(0, CELL).fill(1));
    const control = new AbortController();
    let end = 'none';
    const second = file.write(0, bytes.fill(2), { signal: control.signal }).catch(() => (end = 'aborted'));
    await settle();
    control.abort();
    await settle();
    expect([end, device.pending.length]).toEqual(['none', 2]);
    await device.complete('write', 1);
    await first;
    await settle();
    expect(end).toBe('none'); // The write of its first cell has left.
    await device.complete();
    await second;
    expect(end).toBe('aborted');
  });

  test('memory that is given back is lent again only when the call has ended', async () => {
    const { mount, device } = await staged({ lentBytes: CELL });
    const file = await open(mount);
    const lent = await mount.lend(CELL);
    const written = file.write(0, lent.bytes.fill(3));
    lent.giveBack();
    lent.giveBack();
    let next: Uint8Array | undefined;
    void mount.lend(CELL).then(({ bytes }) => (next = bytes));
    await settle();
    expect(next).toBeUndefined();
    await device.complete();
    await written;
    await settle();
    expect(next?.byteOffset).toBe(lent.bytes.byteOffset);
  });

  test('memory that was given back before is copied like any other', async () => {
    const { mount, device } = await staged();
    const file = await open(mount);
    const lent = await mount.lend(CELL);
    lent.giveBack();
    const written = file.write(0, lent.bytes);
    expect(lies(memoryOf(device.pending[0]!), lent.bytes)).toBe(false);
    await device.complete();
    await written;
  });
});

describe('lending', () => {
  test('is of whole blocks, first come first served, and side by side', async () => {
    const { mount } = await mounted({ lentBytes: 4 * BLOCK });
    const [one, two] = [await mount.lend(1), await mount.lend(2 * BLOCK)];
    expect([one.bytes.length, two.bytes.length]).toEqual([BLOCK, 2 * BLOCK]);
    expect(lies(one.bytes, two.bytes)).toBe(false);
    const order: string[] = [];
    const large = mount.lend(3 * BLOCK).then(() => order.push('large'));
    const small = mount.lend(BLOCK).then(() => order.push('small'));
    await settle();
    expect(order).toEqual([]); // There is a block, but another one was first.
    two.giveBack();
    one.giveBack();
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  test.each([0, -1, 1.5, 4 * BLOCK + 1, Number.NaN])('refuses %d bytes of 2048', async (bytes) => {
    const { mount } = await mounted({ lentBytes: 4 * BLOCK + 5 });
    await expect(mount.lend(bytes)).rejects.toThrow(InvalidArgument);
    await expect(mount.lend(bytes)).rejects.toThrow('1 to 2048 bytes, which the mount has to lend');
  });

  test('can be waited for with a signal, and ends with the mount', async () => {
    const { mount } = await mounted({ lentBytes: BLOCK });
    const lent = await mount.lend(1);
    const control = new AbortController();
    const given = mount.lend(1, { signal: control.signal });
    const left = mount.lend(1);
    control.abort(new Error('no more'));
    await expect(given).rejects.toThrow('no more');
    const closed = mount.close();
    await expect(left).rejects.toThrow(MountClosed);
    await closed;
    await expect(mount.lend(1)).rejects.toThrow(MountClosed);
    lent.giveBack();
  });

  test('of nothing is possible when the mount was told so', async () => {
    const { mount } = await mounted({ lentBytes: 0 });
    await expect(mount.lend(1)).rejects.toThrow('Open the mount with more lentBytes.');
    await expect(mounted({ lentBytes: -1 })).rejects.toThrow(
      '`lentBytes` of Mount.open to be a whole number from 0; seen: -1',
    );
  });
});
