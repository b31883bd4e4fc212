// File ranges through a mount, against a plain Buffer as the truth: any offset and length, through direct and buffered paths,
// on memory and on real files; growth, holes, reuse of space, faults, checksums and signals.

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultPlan, FileOptions, MountOptions } from '../../../../../src/index.ts';
import {
  FileCorrupt,
  FileReadFailed,
  FileWriteFailed,
  formatDevice,
  formatVolumes,
  InvalidArgument,
  MemoryVolumes,
  Mount,
  MountClosed,
  NoSpace,
  ReadOnlyError,
} from '../../../../../src/index.ts';
import { DrivenVolumes, settle } from '../../../../support/mount-stage.ts';
import { diceOf } from '../../../../kit/random/dice.ts';

const BLOCK = 1024;
const SPACE = [
  { volume: 0, block: 8, blocks: 100 },
  { volume: 1, block: 8, blocks: 100 },
];
const FILE: FileOptions = { space: SPACE, extentBytes: 4 * BLOCK };

let directory: string | undefined;
afterEach(() => {
  if (directory !== undefined) rmSync(directory, { recursive: true });
  directory = undefined;
});

async function inMemory(fault?: FaultPlan): Promise<MemoryVolumes> {
  const volumes = new MemoryVolumes({ blocks: [128, 128], blockBytes: BLOCK, names: ['one', 'two'] });
  await formatDevice(volumes);
  return volumes.reopen(fault);
}

async function onFiles(): Promise<string[]> {
  directory = mkdtempSync(join(tmpdir(), 'mount-file-'));
  const paths = [join(directory, 'one'), join(directory, 'two')];
  await formatVolumes(paths.map((path) => ({ path, blocks: 128 })), { blockBytes: BLOCK }); // prettier-ignore
  return paths;
}

const drawn = (dice: (n: number) => number, length: number): Uint8Array => {
  const fill = 1 + dice(255);
  return Uint8Array.from({ length }, (_, i) => (fill + i * 7) & 255);
};

describe.each([
  ['verified', { verify: true, doubleBuffer: false }],
  ['not verified', { verify: false, doubleBuffer: false }],
  ['through the cache', { verify: true, doubleBuffer: true }],
])('random ranges, %s, are what a buffer holds', (_, how) => {
  test.each([1, 2, 3, 4])('in memory, seed %i', async (seed) => {
    await randomRanges({ device: await inMemory(), cacheBytes: 12 * BLOCK }, how, seed, 250);
  });

  test('on files', async () => {
    await randomRanges({ volumes: await onFiles(), cacheBytes: 16 * BLOCK }, how, 5, 120);
  });
});

/** Several calls at once on ranges that do not touch; commits, syncs, blocks read by others, and the file opened anew. */
async function randomRanges(options: MountOptions, how: object, seed: number, steps: number): Promise<void> {
  const dice = diceOf(seed);
  const mount = await Mount.open({ ...options, fileBytes: 20 * BLOCK });
  let file = await mount.openFile({ ...FILE, ...how });
  const truth = Buffer.alloc(48 * BLOCK);
  let size = 0;
  for (let step = 0; step < steps; step++) {
    const kind = dice(12);
    if (kind === 0) await file.commit();
    else if (kind === 1) await mount.sync();
    else if (kind === 2) {
      const extents = await file.commit();
      if (dice(2) === 0) await mount.sync();
      await file.close();
      file = await mount.openFile({ ...FILE, ...how, extents });
    } else if (kind === 3) {
      // Somebody looks at blocks of the file through the cache, and so leaves aliases.
      await mount.read(8 + dice(100), { volume: dice(2) });
    } else {
      const rewrite: [number, Uint8Array][] = [];
      const third = truth.length / 3;
      const jobs = [0, 1, 2].map(async (part) => {
        const offset = part * third + dice(third);
        const length = 1 + dice(Math.min(6 * BLOCK, (part + 1) * third - offset));
        if (dice(2) === 0) {
          const bytes = drawn(dice, length);
          await file.write(offset, bytes).then(
            () => {
              truth.set(bytes, offset);
              size = Math.max(size, offset + length);
            },
            (error: unknown) => {
              if (!(error instanceof NoSpace)) throw error;
              rewrite.push([offset, bytes]);
            },
          );
          return;
        }
        const seen = await file.read(offset, length);
        const expected = truth.subarray(offset, offset + seen.length);
        if (!expected.equals(seen)) throw new Error(`step ${step}: ${length} bytes from ${offset} on differ`);
      });
      await Promise.all(jobs);
      // A call of several cells is not atomic: after NoSpace they are written again when there is space.
      if (rewrite.length > 0) for (let i = 0; i < 4; i++) await file.commit();
      for (const [offset, bytes] of rewrite) {
        await file.write(offset, bytes);
        truth.set(bytes, offset);
        size = Math.max(size, offset + bytes.length);
      }
    }
  }
  expect(file.size).toBe(size);
  expect(Buffer.compare(await file.read(0, size), truth.subarray(0, size))).toBe(0);
  const extents = await file.commit();
  await mount.sync();
  await file.close();
  await mount.close();
  if (!('device' in options)) {
    const again = await Mount.open(options);
    const found = await again.openFile({ ...FILE, ...how, extents });
    expect(Buffer.compare(await found.read(0, size), truth.subarray(0, size))).toBe(0);
    await again.close();
  }
}

test('whole extents go direct, parts and small writes through the cache', async () => {
  const mount = await Mount.open({ device: await inMemory() });
  const file = await mount.openFile({ ...FILE, verify: false });
  await file.write(0, new Uint8Array(8 * BLOCK).fill(1));
  await file.write(8 * BLOCK, new Uint8Array(10).fill(2));
  await file.commit();
  expect(file.statistics).toMatchObject({ directWrites: 2, bufferedWrites: 1, directReads: 0, bufferedReads: 0 });
  await file.read(0, 8 * BLOCK);
  await file.read(100, 10);
  expect(file.statistics).toMatchObject({ directReads: 2, bufferedReads: 1, verified: 0, uncommitted: 0 });
  await mount.close();
  await expect(file.read(0, 1)).rejects.toThrow(MountClosed);
});

test('what was never written is zeros, and a read ends where the file does', async () => {
  const mount = await Mount.open({ device: await inMemory() });
  const file = await mount.openFile(FILE);
  expect(await file.read(0, 10)).toHaveLength(0);
  await file.write(9 * BLOCK + 5, Uint8Array.of(7));
  expect(file.size).toBe(9 * BLOCK + 6);
  const all = await file.read(0, 100 * BLOCK);
  expect([all.length, all.at(-1), all.subarray(0, -1).some((byte) => byte !== 0)]).toEqual([9 * BLOCK + 6, 7, false]);
  await mount.close();
});

test('space that is used up rejects with NoSpace, and comes back with the second commit after it was freed', async () => {
  const mount = await Mount.open({ device: await inMemory() });
  const file = await mount.openFile({ ...FILE, space: [{ volume: 0, block: 8, blocks: 8 }] });
  const write = (fill: number): Promise<void> => file.write(0, new Uint8Array(4 * BLOCK).fill(fill));
  await write(1);
  await file.commit();
  await write(2);
  await file.commit();
  await expect(write(3)).rejects.toThrow(NoSpace);
  expect((await file.read(0, 1))[0]).toBe(2);
  await file.commit();
  await expect(write(3)).rejects.toThrow(NoSpace);
  await file.commit();
  await write(3);
  expect((await file.read(0, 1))[0]).toBe(3);
  await mount.close();
});

test('bytes that changed on the medium are found with `verify`, and read as they are without', async () => {
  const paths = await onFiles();
  const first = await Mount.open({ volumes: paths });
  const writer = await first.openFile(FILE);
  await writer.write(0, new Uint8Array(6 * BLOCK).fill(5));
  const extents = await writer.commit();
  await first.close();
  const { volume, block } = extents[1]!;
  const fd = openSync(paths[volume]!, 'r+');
  writeSync(fd, Uint8Array.of(6), 0, 1, block * BLOCK + 1);
  closeSync(fd);

  const mount = await Mount.open({ volumes: paths });
  const file = await mount.openFile({ ...FILE, extents });
  expect((await file.read(0, 4 * BLOCK)).every((byte) => byte === 5)).toBe(true);
  const error: unknown = await file.read(5 * BLOCK, 3).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FileCorrupt);
  expect(error).toMatchObject({
    range: { offset: 4 * BLOCK, length: 2 * BLOCK },
    place: { volume, block },
    written: extents[1]!.crc,
  });
  await file.close();
  const trusting = await mount.openFile({ ...FILE, extents, verify: false });
  expect((await trusting.read(4 * BLOCK, 3)).join()).toBe('5,6,5');
  await mount.close();
});

test('after a failed write nothing is written, what was committed is read, and what failed is told', async () => {
  let isWorn = false;
  const mount = await Mount.open({
    device: await inMemory(({ kind }) => (isWorn && kind === 'write' ? { code: 'EIO' } : undefined)),
  });
  const file = await mount.openFile(FILE);
  await file.write(0, new Uint8Array(4 * BLOCK).fill(1));
  await file.commit();
  isWorn = true;
  await expect(file.write(4 * BLOCK, new Uint8Array(4 * BLOCK).fill(2))).rejects.toThrow(FileWriteFailed);
  expect(mount.isReadOnly).toBe(true);
  await expect(file.write(0, new Uint8Array(1))).rejects.toThrow(ReadOnlyError);
  await expect(file.commit()).rejects.toThrow(ReadOnlyError);
  expect((await file.read(0, 4 * BLOCK)).every((byte) => byte === 1)).toBe(true);
  await expect(mount.close()).rejects.toMatchObject({
    name: 'WritesLost',
    blocks: [0, 1, 2, 3].map(() => ({ type: 'data', why: 'failed' })),
  });
});

test('a failed read names range and place, concerns no other, and may be tried again', async () => {
  let isDown = false;
  const mount = await Mount.open({
    device: await inMemory(({ kind }) => (isDown && kind === 'read' ? { code: 'EIO' } : undefined)),
  });
  const file = await mount.openFile(FILE);
  await file.write(0, new Uint8Array(8 * BLOCK).fill(1));
  const [, second] = await file.commit();
  isDown = true;
  const error: unknown = await file.read(4 * BLOCK, 4 * BLOCK).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FileReadFailed);
  expect(error).toMatchObject({ range: { offset: 4 * BLOCK, length: 4 * BLOCK }, place: { block: second!.block } });
  expect((error as Error).cause).toMatchObject({ name: 'MemoryFault' });
  isDown = false;
  expect((await file.read(4 * BLOCK, 1))[0]).toBe(1);
  await mount.close();
});

test('a file closes when the loads are over that a failed read has left behind', async () => {
  const device = new DrivenVolumes(await inMemory());
  const mount = await device.until(Mount.open({ device }));
  const options: FileOptions = { ...FILE, extentBytes: 8 * BLOCK, verify: false };
  const file = await device.until(mount.openFile(options));
  await device.until(file.write(0, new Uint8Array(8 * BLOCK).fill(1)));
  await device.until(file.commit());

  const read = file.read(BLOCK, 2 * BLOCK).catch((thrown: unknown) => thrown); // a part: block by block through the cache
  await settle();
  expect(device.pending).toHaveLength(2);
  await device.complete('read', 1, { code: 'EIO' });
  expect(await read).toBeInstanceOf(FileReadFailed);
  let isClosed = false;
  const closed = file.close().then(() => (isClosed = true));
  await settle();
  expect(isClosed).toBe(false);
  await device.complete('read', 1);
  await closed;
  await device.until(mount.openFile(options)); // The blocks are free now, and nobody holds them.
  await device.until(mount.close());
});

test('a small write whose block cannot be read rejects with FileReadFailed, and the mount stays writable', async () => {
  let isDown = false;
  const mount = await Mount.open({
    device: await inMemory(({ kind }) => (isDown && kind === 'read' ? { code: 'EIO' } : undefined)),
  });
  const file = await mount.openFile(FILE);
  isDown = true;
  await expect(file.write(0, new Uint8Array(10).fill(1))).rejects.toThrow(FileReadFailed);
  expect(mount.isReadOnly).toBe(false);
  isDown = false;
  await file.write(0, new Uint8Array(10).fill(2));
  expect((await file.read(0, 10))[9]).toBe(2);
  await mount.close();
});

test('a call whose signal fires rejects with its reason, and leaves the file usable', async () => {
  const mount = await Mount.open({ device: await inMemory(), fileBytes: 4 * BLOCK });
  const file = await mount.openFile(FILE);
  const abort = new AbortController();
  const first = file.write(0, new Uint8Array(4 * BLOCK).fill(1));
  const second = file.write(4 * BLOCK, new Uint8Array(4 * BLOCK).fill(2), { signal: abort.signal }); // Waits for memory.
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  await first;
  await expect(file.read(0, 1, { signal: abort.signal })).rejects.toThrow('enough');
  await file.write(4 * BLOCK, new Uint8Array(4 * BLOCK).fill(3));
  expect((await file.read(0, 8 * BLOCK)).filter((_, i) => i % (4 * BLOCK) === 0).join()).toBe('1,3');
  await mount.close();
});

test('what cannot be is refused with InvalidArgument', async () => {
  const mount = await Mount.open({ device: await inMemory() });
  const file = await mount.openFile(FILE);
  const refused: readonly FileOptions[] = [
    FILE, // The space is another file's.
    { space: [{ volume: 0, block: 0, blocks: 4 }] },
    { space: [{ volume: 2, block: 1, blocks: 4 }] },
    { space: [{ volume: 0, block: 120, blocks: 20 }] },
    { space: [{ volume: 0, block: 1, blocks: 2 }], extentBytes: 100 },
    { space: [{ volume: 0, block: 1, blocks: 2 }], extents: [{ fileOffset: 0, volume: 1, block: 3, length: 1 }] },
  ];
  for (const options of refused) await expect(mount.openFile(options)).rejects.toThrow(InvalidArgument);
  await expect(file.read(-1, 2)).rejects.toThrow(InvalidArgument);
  await expect(file.write(0.5, new Uint8Array(1))).rejects.toThrow(InvalidArgument);
  await mount.close();
});
