// The cells of a file: small ranges at the borders of blocks, cells and the file, over a device in memory; what goes which way,
// and how much of it; and what a call rejects with.

import { test } from 'vitest';
import { ClockPolicy } from '../../../../../src/policy/clock-policy.ts';
import type { FaultPlan } from '../../../../../src/devices/memory-volumes.ts';
import type { FileOptions } from '../../../../../src/mount/file/opening.ts';
import type { MountFile } from '../../../../../src/mount/file/file.ts';
import type { Mount } from '../../../../../src/mount/mount.ts';
import { BLOCK_BYTES as B, mounted } from '../../../../support/mount-stage.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';

const CELL = 4 * B;
const SPACE = [{ volume: 0, block: 8, blocks: 200 }];

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const caught = (promise: Promise<unknown>): Promise<Error> => promise.then(() => new Error('nothing'), (error: unknown) => error as Error); // prettier-ignore

async function opened(options: Partial<FileOptions> = {}, mounting: Parameters<typeof mounted>[0] = {}) {
  const { mount } = await mounted({ bufs: 32, ...mounting });
  const file = await mount.openFile({ space: SPACE, extentBytes: CELL, ...options });
  return { mount, file };
}

/** What a call has added to the statistics: direct and buffered reads, direct and buffered writes, CRCs, blocks read. */
async function counted(mount: Mount, file: MountFile, call: () => Promise<unknown>): Promise<string> {
  const state = (): number[] => {
    const { directReads, bufferedReads, directWrites, bufferedWrites, verified } = file.statistics;
    return [directReads, bufferedReads, directWrites, bufferedWrites, verified, mount.statistics.bytesRead / B];
  };
  const before = state();
  await call();
  return state().map((value, i) => value - before[i]!).join(' '); // prettier-ignore
}

const BORDERS = [0, 1, B - 1, B, B + 1, CELL - 1, CELL, CELL + B, 2 * CELL + 5];

test.each([true, false])('ranges at all borders are what a buffer holds, with `verify` %s', async (verify) => {
  const { file } = await opened({ verify });
  const truth = new Uint8Array(3 * CELL);
  let [size, fill] = [0, 0];
  for (const from of BORDERS) {
    for (const to of [from + 1, from + B, from + CELL]) {
      if (to > truth.length) continue;
      const bytes = filled(to - from, ++fill);
      await file.write(from, bytes);
      truth.set(bytes, from);
      size = Math.max(size, to);
      mustBe(file.size, size);
      await file.commit();
    }
    const all = await file.read(0, truth.length);
    mustEqual(all, truth.subarray(0, size));
  }
  for (const from of BORDERS) {
    for (const to of BORDERS) if (to > from) mustEqual(await file.read(from, to - from), truth.subarray(from, Math.min(to, size))); // prettier-ignore
  }
  mustEqual(await file.read(size - 1, 9), truth.subarray(size - 1, size));
  mustEqual([(await file.read(size, 9)).length, (await file.read(size + 9, 9)).length], [0, 0]);
  const into = filled(20, 99);
  mustBe(await file.readInto(size - 4, into), 4);
  mustEqual(into.subarray(4), filled(16, 99));
});

test('what was never written is zeros, and costs nothing', async () => {
  const { mount, file } = await opened({ verify: false });
  await file.write(0, filled(CELL, 1));
  await file.write(CELL, filled(1000, 2));
  await file.write(3 * CELL, filled(B, 3));
  await file.commit();
  const into = filled(10, 99);
  for (const offset of [CELL + 1000, CELL + 1500, 2 * CELL + 7, 3 * CELL - 10]) {
    mustBe(await counted(mount, file, () => file.readInto(offset, into.fill(99))), '0 0 0 0 0 0');
    mustEqual(into, filled(10, 0));
  }
  await file.readInto(CELL + 995, into.fill(99));
  mustEqual(into, Uint8Array.of(2, 2, 2, 2, 2, 0, 0, 0, 0, 0));
});

test('without `verify`, half of an extent or more is read whole and direct, and less by its blocks', async () => {
  const { mount, file } = await opened({ verify: false });
  await file.write(0, filled(CELL, 1));
  await file.write(CELL, filled(1000, 2));
  await file.commit();
  const reading = (offset: number, length: number): Promise<string> => counted(mount, file, () => file.read(offset, length)); // prettier-ignore
  mustEqual(
    [
      await reading(0, CELL / 2),
      await reading(B, CELL / 2),
      await reading(CELL, 500),
      await reading(0, CELL / 2 - 1),
      await reading(0, B),
      await reading(2 * B + 100, B), // Two blocks, of which none is cached.
      await reading(3 * B, 1),
      await reading(CELL + B + 10, 100),
    ],
    [
      '1 0 0 0 0 4',
      '1 0 0 0 0 4',
      '1 0 0 0 0 2',
      '0 1 0 0 0 2',
      '0 1 0 0 0 0',
      '0 1 0 0 0 2',
      '0 1 0 0 0 0',
      '0 1 0 0 0 1',
    ],
  );
});

test('with `verify` every read is of a whole extent, whose CRC is compared', async () => {
  const { mount, file } = await opened();
  await file.write(0, filled(CELL, 1));
  const reading = (): Promise<string> => counted(mount, file, () => file.read(CELL - 1, 1));
  mustBe(await reading(), '0 1 0 0 1 4'); // Through the cache, for it is not committed.
  const extents = await file.commit();
  mustBe(await reading(), '1 0 0 0 1 4');
  await file.close();
  const [{ crc, ...plain }] = extents as [(typeof extents)[0]];
  const bare = await mount.openFile({ space: SPACE, extentBytes: CELL, extents: [plain] });
  mustBe(await counted(mount, bare, () => bare.read(0, 1)), '1 0 0 0 0 4'); // There is none to compare.
  mustEqual(await bare.commit(), [plain]);
  await bare.close();
  const wrong = { ...plain, crc: (crc! ^ 1) >>> 0 };
  const torn = await mount.openFile({ space: SPACE, extentBytes: CELL, extents: [wrong] });
  const error = await caught(torn.read(9, 1));
  const place = { volume: 0, name: mount.volumes[0]!.name, block: plain.block };
  mustEqual(
    [error.name, Object.fromEntries(Object.entries(error))],
    ['FileCorrupt', { range: { offset: 0, length: CELL }, place, written: wrong.crc, seen: crc, name: 'FileCorrupt' }],
  );
});

test('the list of extents is by offset, with CRCs or without', async () => {
  for (const verify of [true, false]) {
    const { file } = await opened({ verify });
    await file.write(CELL, filled(10, 1));
    await file.write(0, filled(B, 1));
    const [first, second, ...more] = await file.commit();
    mustEqual(more, []);
    const keys = ['fileOffset', 'volume', 'block', 'length', ...(verify ? ['crc'] : [])];
    mustEqual([Object.keys(first!), Object.keys(second!)], [keys, keys]);
    mustEqual([first!.fileOffset, first!.length, second!.fileOffset, second!.length], [0, B, CELL, 10]);
  }
});

test('less than a block is written through the cache, and written behind; a whole cell is not read first', async () => {
  let behind = 0;
  class Counting extends ClockPolicy {
    override writeBehind(core: Parameters<ClockPolicy['writeBehind']>[0]): number {
      behind++;
      return super.writeBehind(core);
    }
  }
  const { mount, file } = await opened({ verify: false }, { policy: new Counting({ dirtyBytesMax: 16 * B }) });
  const writing = async (offset: number, length: number): Promise<string> => {
    behind = 0;
    return `${await counted(mount, file, () => file.write(offset, filled(length, 1)))} ${behind}`;
  };
  mustEqual(
    [
      await writing(0, B - 1),
      await writing(CELL, B),
      await writing(CELL, B), // As long as what is there.
      await writing(2 * CELL, CELL),
      await writing(2 * CELL, CELL),
    ],
    ['0 0 0 1 0 1 1', '0 0 1 0 0 0 0', '0 0 1 0 0 0 0', '0 0 1 0 0 0 0', '0 0 1 0 0 0 0'],
  );
  await file.commit();
  mustEqual([await writing(2 * CELL, CELL - 1), await writing(3 * CELL + 1, B)], ['1 0 1 0 0 4 0', '0 0 1 0 0 0 0']);
});

test('a write that begins within what is there keeps what stands before it', async () => {
  const { file } = await opened();
  await file.write(0, filled(4, 1));
  await file.write(2, filled(6, 2));
  mustEqual(await file.read(0, 9), Uint8Array.of(1, 1, 2, 2, 2, 2, 2, 2));
});

test('nothing of others gets onto the medium behind the data', async () => {
  const { mount, file } = await opened({}, { fileBytes: CELL });
  await file.write(0, filled(CELL, 255));
  await file.write(CELL, filled(B + 3, 1));
  const [, second] = await file.commit();
  const block = await mount.read(second!.block + 1);
  mustEqual(
    block,
    Uint8Array.from({ length: B }, (_, i) => Number(i < 3)),
  );
});

test('space that is used up is told of with what will be free', async () => {
  const { file } = await opened({ space: [{ volume: 0, block: 8, blocks: 4 }] });
  await file.write(0, filled(CELL, 1));
  const first = await caught(file.write(CELL + 5, filled(B, 2)));
  mustEqual(
    first.message,
    `There is no space for ${B} bytes at byte ${CELL + 5} of the file: it takes 2 free blocks side by side. ` +
      'Commit, or open the file with more space.',
  );
  // What was overwritten before it was committed is waited for, too.
  const { file: again } = await opened({ space: [{ volume: 0, block: 8, blocks: 6 }] });
  for (const byte of [1, 2]) await again.write(0, filled(3 * B, byte));
  const third = await caught(again.write(0, filled(3 * B, 3)));
  mustBe(third.message.includes('The next two or three commits make 3 blocks free.'), true);
  for (let i = 0; i < 3; i++) await again.commit();
  await again.write(0, filled(3 * B, 4));
  const { file: other } = await opened({ space: [{ volume: 0, block: 8, blocks: 6 }] });
  await other.write(0, filled(3 * B, 1));
  await other.commit();
  await other.write(0, filled(3 * B, 2));
  await other.commit();
  mustBe((await caught(other.write(0, filled(3 * B, 3)))).message.includes(' make 3 blocks free. '), true);
  await other.commit();
  mustBe((await caught(other.write(0, filled(3 * B, 3)))).name, 'NoSpace');
  await other.commit();
  await other.write(0, filled(3 * B, 3));
});

test('commits end what was replaced, and free it', async () => {
  const { file } = await opened({ space: [{ volume: 0, block: 8, blocks: 12 }] });
  for (const byte of [1, 2, 3]) await file.write(0, filled(CELL, byte));
  mustBe(file.statistics.uncommitted, 1);
  mustBe((await file.commit()).length, 1);
  mustBe(file.statistics.uncommitted, 0);
  mustEqual(await file.read(0, CELL), filled(CELL, 3));
  for (let i = 0; i < 3; i++) await file.commit();
  for (const cell of [1, 2]) await file.write(cell * CELL, filled(CELL, 4));
});

// ── Faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A device whose reads or writes fail while the test says so. */
async function faulty(options: Partial<FileOptions> = {}) {
  const down: { kind: string } = { kind: 'none' };
  const fault: FaultPlan = ({ kind }) => (kind === down.kind ? { code: 'EIO' } : undefined);
  return { ...(await opened(options, { fault })), down };
}

const causeOf = ({ cause }: Error): string => (cause as Error).name;

test('a failed read names its range and place, and what the device says', async () => {
  const { mount, file, down } = await faulty({ verify: false });
  await file.write(CELL, filled(CELL, 1));
  const { block } = (await file.commit())[0]!;
  down.kind = 'read';
  for (const [at, length, failing, counts] of [
    [0, CELL, block, '1 0 0 0 0 0'],
    [B + 5, 3, block + 1, '0 1 0 0 0 0'],
  ] as const) {
    let error: Error = new Error('none');
    const reading = async (): Promise<void> => void (error = await caught(file.read(CELL + at, length)));
    mustBe(await counted(mount, file, reading), counts);
    const place = { volume: 0, name: mount.volumes[0]!.name, block: failing };
    mustEqual([error.name, Object.fromEntries(Object.entries(error)), causeOf(error)], ['FileReadFailed', { name: 'FileReadFailed', range: { offset: CELL + at, length }, place }, 'MemoryFault']); // prettier-ignore
  }
  const error = await caught(file.write(CELL + 7, filled(2, 1)));
  mustEqual([error.name, (error as unknown as { range: unknown }).range], ['FileReadFailed', { offset: CELL + 7, length: 2 }]); // prettier-ignore
  const small = await caught(file.write(2 * CELL, filled(2, 1)));
  mustEqual([small.name, causeOf(small), mount.isReadOnly], ['FileReadFailed', 'MemoryFault', false]);
});

test('what was to be written and was not cannot be read, and says why', async () => {
  const { mount, file, down } = await faulty({ verify: false });
  await file.write(2 * CELL, filled(1, 1)); // So that it lies before the end.
  down.kind = 'write';
  const error = await caught(file.write(CELL, filled(CELL, 1)));
  mustEqual([error.name, causeOf(error), mount.isReadOnly], ['FileWriteFailed', 'MemoryFault', true]);
  let lost: Error = new Error('none');
  const reading = async (): Promise<void> => void (lost = await caught(file.read(CELL, 1)));
  mustBe(await counted(mount, file, reading), '0 0 0 0 0 0');
  mustEqual([lost.name, causeOf(lost)], ['FileReadFailed', 'MemoryFault']);
  mustBe((lost.cause as Error).message, (error.cause as Error).message);
});

test('a range is of whole bytes from 0 on', async () => {
  const { file } = await opened();
  for (const [offset, length] of [
    [-1, 2],
    [0.5, 2],
    [0, -1],
    [0, 0.5],
    [NaN, 1],
  ] as const) {
    mustBe(
      (await caught(file.read(offset, length))).message,
      `Expected a range of whole bytes from 0 on, but got ${length} bytes at byte ${offset}. Correct the offset or the length.`,
    );
  }
  mustBe((await caught(file.write(-1, filled(2, 1)))).name, 'InvalidArgument');
  const wide = new Uint16Array(4) as unknown as Uint8Array;
  for (const call of [file.write(0, wide), file.readInto(0, wide)]) {
    mustBe(
      (await caught(call)).message,
      'Expected a Uint8Array, such as a Buffer, but got an object (Uint16Array). Make one over the same memory.',
    );
  }
  mustBe((await caught(file.readInto(-1, filled(2, 1)))).name, 'InvalidArgument');
  await file.write(0, filled(0, 1));
  mustEqual([file.size, (await file.read(0, 0)).length], [0, 0]);
});

test('a file that is closed is not used, and its space may be', async () => {
  const { mount, file } = await opened();
  await file.write(0, filled(CELL, 1));
  await file[Symbol.asyncDispose]();
  for (const call of [file.read(0, 1), file.write(0, filled(1, 1)), file.commit()]) mustBe((await caught(call)).name, 'MountClosed'); // prettier-ignore
  await mount.openFile({ space: SPACE, extentBytes: CELL });
});
