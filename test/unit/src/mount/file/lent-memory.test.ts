// Random ranges between a file and memory that the mount has lent, against a plain Buffer as the truth: memory and ranges begin
// and end anywhere, calls overlap and are given up, memory is given back while they run, and the volumes lie in memory, in files,
// and in files that are read and written with O_DIRECT. Whatever reaches the device lies in whole blocks.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { DeviceRequest } from '../../../../../src/core/device.ts';
import type { LentMemory, MountFile, MountOptions } from '../../../../../src/index.ts';
import {
  DeviceError,
  FileWriteFailed,
  formatDevice,
  formatVolumes,
  MemoryVolumes,
  Mount,
  MountBroken,
} from '../../../../../src/index.ts';
import { BLOCK_BYTES, settle, staged, type DrivenVolumes } from '../../../../support/mount-stage.ts';
import { diceOf, type Dice } from '../../../../kit/random/dice.ts';

const BLOCK = 4096;
const CELL = 4 * BLOCK;
const FILE = { space: [{ volume: 0, block: 8, blocks: 200 }], extentBytes: CELL };

let directory: string | undefined;
afterEach(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

/** Volumes in memory that refuse memory in which a block would not begin where one of the slab does. */
async function inMemory(): Promise<MountOptions> {
  const volumes = new MemoryVolumes({ blocks: [256], blockBytes: BLOCK });
  await formatDevice(volumes);
  const device = volumes.reopen();
  const submit = device.submit.bind(device);
  device.submit = (request) => {
    for (const view of viewsOf(request)) expect([view.byteOffset % BLOCK, view.length % BLOCK]).toEqual([0, 0]);
    submit(request);
  };
  return { device };
}

async function onFiles(direct: boolean): Promise<MountOptions> {
  directory = mkdtempSync(join(tmpdir(), 'mount-lent-'));
  const path = join(directory, 'one');
  await formatVolumes([{ path, blocks: 256 }], { blockBytes: BLOCK });
  return { volumes: [{ path, direct }] };
}

function viewsOf(request: DeviceRequest): readonly Uint8Array[] {
  if (request.kind === 'write') return [request.bytes];
  return request.kind === 'read' ? request.into : [];
}

/** A range of the file, and as much of some memory, both from a block or from anywhere on. */
function drawnRange(dice: Dice, lent: LentMemory): { offset: number; part: Uint8Array } {
  const unit = [CELL, BLOCK, 1][dice(3)]!;
  const offset = dice((8 * CELL) / unit) * unit;
  const from = dice(3) === 0 ? dice(BLOCK) : dice(3) * BLOCK;
  const room = lent.bytes.length - from;
  const length = dice(3) === 0 ? 1 + dice(room) : room - (room % unit);
  return { offset, part: lent.bytes.subarray(from, from + length) };
}

async function randomRanges(options: MountOptions, how: object, seed: number, steps: number): Promise<void> {
  const dice = diceOf(seed);
  const mount = await Mount.open({ ...options, cacheBytes: 16 * BLOCK, fileBytes: 4 * CELL, lentBytes: 12 * CELL });
  const file = await mount.openFile({ ...FILE, ...how });
  const truth = Buffer.alloc(12 * CELL);
  let size = 0;
  for (let step = 0; step < steps; step++) {
    if (dice(4) === 0) {
      await file.commit();
      await mount.sync();
    }
    const [one, two] = [await mount.lend(CELL + dice(3 * CELL)), await mount.lend(CELL + dice(3 * CELL))];
    const { offset, part } = drawnRange(dice, one);
    part.forEach((_, i) => (part[i] = (step + 1 + i * 7) & 255));
    truth.set(part, offset);
    size = Math.max(size, offset + part.length);
    const written = file.write(offset, part);
    if (dice(2) === 0) one.giveBack(); // The write has it until it has ended.
    const range = drawnRange(dice, two);
    const read = file.readInto(range.offset, range.part);
    await written;
    // Cells of both calls were read after they had been written. Where the file ends was looked up before.
    const seen = range.part.subarray(0, await read);
    const expected = truth.subarray(range.offset, range.offset + seen.length);
    if (!expected.equals(seen)) throw new Error(`step ${step}: ${seen.length} bytes from ${range.offset} on differ`);
    one.giveBack();
    two.giveBack();
    for (let i = 0; i < 3; i++) await file.commit(); // The space is small.
  }
  using whole = await mount.lend(12 * CELL); // All of it has come back, in one piece.
  expect(await file.readInto(0, whole.bytes)).toBe(size);
  expect(Buffer.compare(whole.bytes.subarray(0, size), truth.subarray(0, size))).toBe(0);
  await mount.close();
}

describe.each([
  ['verified', { verify: true, doubleBuffer: false }],
  ['not verified', { verify: false, doubleBuffer: false }],
  ['through the cache', { verify: true, doubleBuffer: true }],
])('random ranges of lent memory, %s, are what a buffer holds', (_, how) => {
  test.each([1, 2, 3])('in memory, seed %i', async (seed) => {
    await randomRanges(await inMemory(), how, seed, 40);
  });

  test('on files', async () => {
    await randomRanges(await onFiles(false), how, 4, 15);
  });

  test('on files with O_DIRECT', async ({ skip }) => {
    const options = await onFiles(true);
    try {
      await (await Mount.open(options)).close();
    } catch (thrown) {
      if (thrown instanceof DeviceError) skip('not checked: this filesystem has no O_DIRECT');
      throw thrown;
    }
    await randomRanges(options, how, 5, 15);
  });
});

describe('of a call with lent memory', () => {
  const SMALL = { space: FILE.space, extentBytes: 2 * BLOCK_BYTES, verify: false };

  /** A mount with a file of two blocks of 4, memory to read them into, and a device that the test drives. */
  async function withTwoBlocks(): Promise<{ file: MountFile; device: DrivenVolumes; bytes: Uint8Array }> {
    const { mount, device } = await staged();
    const file = await mount.openFile(SMALL);
    const { bytes } = await mount.lend(2 * BLOCK_BYTES);
    device.isAutomatic = true;
    await device.until(file.write(0, bytes.fill(4)));
    await device.until(file.commit());
    device.isAutomatic = false;
    return { file, device, bytes };
  }

  test('cells whose bytes begin within a block of the memory are copied, the others are not', async () => {
    const { mount, device } = await staged();
    const file = await mount.openFile(SMALL);
    const { bytes } = await mount.lend(8 * BLOCK_BYTES);
    const offsets = async (offset: number, from: number): Promise<number[]> => {
      const written = file.write(offset, bytes.subarray(from, from + 4 * BLOCK_BYTES));
      await settle();
      const seen = device.pending.flatMap(viewsOf).map(({ byteOffset }) => byteOffset - bytes.byteOffset);
      device.isAutomatic = true;
      await device.complete();
      await device.until(written);
      device.isAutomatic = false;
      return seen.filter((at) => at >= 0 && at < bytes.length);
    };
    expect(await offsets(0, 0)).toEqual([0, 2 * BLOCK_BYTES]);
    expect(await offsets(0, 3)).toEqual([]);
    // The first cell gets what fills it up, which ends within a block: so the next one begins there.
    expect(await offsets(2 * BLOCK_BYTES + 5, 0)).toEqual([]);
    // Here it ends where a block of the memory does.
    expect(await offsets(2 * BLOCK_BYTES + 5, 5)).toEqual([2 * BLOCK_BYTES]);
  });

  test('two write the same memory at once, into one cell and into two', async () => {
    const { mount, device } = await staged();
    const file = await mount.openFile(SMALL);
    const { bytes } = await mount.lend(2 * BLOCK_BYTES);
    bytes.fill(6);
    device.isAutomatic = true;
    await device.until(Promise.all([0, 0, 2 * BLOCK_BYTES].map((offset) => file.write(offset, bytes))));
    const read = await device.until(file.read(0, file.size));
    expect([read.length, read.every((byte) => byte === 6)]).toEqual([4 * BLOCK_BYTES, true]);
  });

  test('that fails the memory comes back, and can be lent again', async () => {
    const { mount, device } = await staged({ lentBytes: 2 * BLOCK_BYTES });
    const file = await mount.openFile(SMALL);
    const lent = await mount.lend(2 * BLOCK_BYTES);
    const written = file.write(0, lent.bytes);
    const failed = expect(written).rejects.toThrow(FileWriteFailed);
    lent.giveBack();
    await device.complete('write', 1, { code: 'EIO' });
    await failed;
    expect((await mount.lend(1)).bytes.byteOffset).toBe(lent.bytes.byteOffset);
  });

  test.each([
    ['the memory itself', 0, 2 * BLOCK_BYTES],
    ['a copy', 5, 100],
  ])('a read that is aborted while the device fills %s rejects', async (_, offset, length) => {
    const { file, device, bytes } = await withTwoBlocks();
    const control = new AbortController();
    const read = file.readInto(offset, bytes.subarray(0, length), { signal: control.signal });
    const rejected = expect(read).rejects.toThrow('given up');
    await settle();
    control.abort(new Error('given up'));
    await device.complete();
    await rejected;
  });

  test('a read that is aborted ends when the device has done with the memory, which then holds still', async () => {
    const { file, device, bytes } = await withTwoBlocks();
    bytes.fill(1);
    const control = new AbortController();
    let isOver = false;
    const read = file.readInto(0, bytes, { signal: control.signal }).finally(() => (isOver = true));
    read.catch(() => undefined);
    await settle();
    control.abort();
    await settle();
    expect([isOver, device.pending.length]).toEqual([false, 1]);
    await device.complete();
    expect(isOver).toBe(true);
    bytes.fill(2);
    await settle();
    expect([device.pending.length, bytes.every((byte) => byte === 2)]).toEqual([0, true]);
  });

  test('of two files: it is lent again when both have done with it', async () => {
    const { mount, device } = await staged({ lentBytes: 2 * BLOCK_BYTES });
    const [one, other] = await Promise.all([
      mount.openFile({ ...SMALL, space: [{ volume: 0, block: 8, blocks: 20 }] }),
      mount.openFile({ ...SMALL, space: [{ volume: 0, block: 28, blocks: 20 }] }),
    ]);
    const lent = await mount.lend(2 * BLOCK_BYTES);
    const written = [one, other].map((file) => file.write(0, lent.bytes.fill(3)));
    await settle();
    lent.giveBack();
    let isLent = false;
    const again = mount.lend(1).then((memory) => {
      isLent = true;
      return memory;
    });
    await device.complete('write', 1);
    expect([isLent, device.pending.length]).toEqual([false, 1]);
    await device.complete('write', 1);
    await Promise.all(written);
    expect((await again).bytes.byteOffset).toBe(lent.bytes.byteOffset);
    const read = Promise.all([one, other].map((file) => file.read(0, 2 * BLOCK_BYTES)));
    for (const bytes of await device.until(read)) expect(bytes.every((byte) => byte === 3)).toBe(true);
  });

  test('of a mount that breaks, calls reject at once, and the memory is lent to nobody any more', async () => {
    const { mount, device } = await staged({ lentBytes: 2 * BLOCK_BYTES });
    const file = await mount.openFile(SMALL);
    const lent = await mount.lend(BLOCK_BYTES);
    await device.until(file.write(2 * BLOCK_BYTES, lent.bytes));
    const written = file.write(0, lent.bytes);
    const waiting = mount.lend(2 * BLOCK_BYTES);
    const failed = [expect(written).rejects.toThrow(MountBroken), expect(waiting).rejects.toThrow(MountBroken)];
    await settle();
    const [request] = device.pending;
    expect(request).toMatchObject({ kind: 'write' });
    device.onCompletions([{ request: { ...request!, id: 99_999 }, result: 'ok' }]);
    await Promise.all(failed);
    lent.giveBack();
    expect(device.pending).toEqual([request]); // It still reads from the memory.
    await expect(mount.lend(1)).rejects.toThrow(MountBroken);
    // What it has written to the volume was never flushed.
    await expect(mount.close()).rejects.toMatchObject({
      unflushed: ['volume0'],
      cause: expect.any(MountBroken) as unknown,
    });
  });
});
