// Calls of a file over a device that the test drives: who waits for whom, what a signal ends and what it does not, what goes
// to the device from memory that was lent, and what becomes of calls under way when the file closes or the mount breaks.

import { test } from 'vitest';
import type { DeviceRequest } from '../../../../../src/core/device.ts';
import type { FileOptions } from '../../../../../src/mount/file/opening.ts';
import { BLOCK_BYTES as B, settle, staged } from '../../../../support/mount-stage.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';

const CELL = 4 * B;
const SPACE = [{ volume: 0, block: 8, blocks: 200 }];
const ENOUGH = new Error('enough');

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);

async function opened(options: Partial<FileOptions> = {}, mounting: Parameters<typeof staged>[0] = {}) {
  const { mount, device } = await staged({ bufs: 32, ...mounting });
  const file = await device.until(mount.openFile({ space: SPACE, extentBytes: CELL, verify: false, ...options }));
  const ends: string[] = [];
  const note = (name: string, promise: Promise<unknown>): void => {
    promise.then(() => ends.push(name), (error: unknown) => ends.push(`${name} ${error === ENOUGH ? 'enough' : (error as Error).name}`)); // prettier-ignore
  };
  const heard = async (): Promise<string[]> => {
    await settle();
    return ends.splice(0);
  };
  /** A cell that was written and committed. */
  const prepare = async (...cells: number[]): Promise<void> => {
    for (const cell of cells) await device.until(file.write(cell * CELL, filled(CELL, cell + 1)));
    await device.until(file.commit());
  };
  const breakMount = async (): Promise<void> => {
    device.onCompletions([{ request: { kind: 'write', id: 9999, volume: 0, block: 1, bytes: filled(B, 0) }, result: 'ok' }]); // prettier-ignore
    await settle();
  };
  return { mount, device, file, note, heard, prepare, breakMount };
}

const viewOf = (request: DeviceRequest | undefined): Uint8Array => (request?.kind === 'read' ? request.into[0]! : request?.kind === 'write' ? request.bytes : filled(0, 0)); // prettier-ignore
const isIn = (request: DeviceRequest | undefined, memory: Uint8Array): boolean => viewOf(request).buffer === memory.buffer && viewOf(request).byteOffset === memory.byteOffset; // prettier-ignore

test('calls of one cell go one after the other, those of others beside them', async () => {
  const { mount, device, file, note, heard } = await opened();
  note('a', file.write(0, filled(CELL, 1)));
  note('b', file.write(0, filled(CELL, 2)));
  note('c', file.write(CELL, filled(CELL, 3)));
  mustEqual([await heard(), device.pending.length, mount.statistics.blocksInUse], [[], 2, 2]);
  device.end(1);
  mustEqual([await heard(), device.pending.length], [['a'], 2]);
  note('d', file.write(0, filled(CELL, 4))); // After the second, although the first has ended.
  mustEqual([await heard(), device.pending.length], [[], 2]);
  device.end(2);
  mustEqual([await heard(), device.pending.length], [['c', 'b'].sort().reverse(), 1]);
  device.end(1);
  mustEqual([await heard(), mount.statistics.blocksInUse], [['d'], 0]);
  mustEqual(await device.until(file.read(0, 1)), filled(1, 4));
});

test('a call that fails does not keep the next one of its cell from its turn', async () => {
  const { device, file, note, heard, prepare } = await opened();
  await prepare(0);
  note('a', file.read(0, CELL));
  note('b', file.read(0, CELL));
  await settle();
  device.endThese(device.pending.slice(0, 1), () => ({ code: 'EIO' }));
  mustEqual([await heard(), device.pending.length], [['a FileReadFailed'], 1]);
  device.end(1);
  mustEqual(await heard(), ['b']);
});

test('a file closes when the calls under way have ended, and the mount not before', async () => {
  const { mount, device, file, note, heard } = await opened();
  note('a', file.write(0, filled(CELL, 1)));
  note('b', file.write(0, filled(CELL, 2)));
  note('commit', file.commit());
  note('mount', mount.close());
  mustEqual(await heard(), ['mount BlocksHeld']);
  note('close', file.close());
  device.end(1);
  mustEqual(await heard(), ['a']);
  device.end(1);
  const ends = await heard();
  mustEqual([ends.includes('b'), ends.at(-1)], [true, 'close']);
});

test('a mount can be closed when calls have ended', async () => {
  const { mount, device, file } = await opened();
  await device.until(file.write(0, filled(CELL, 1)));
  await device.until(file.commit());
  await device.until(mount.close());
  mustBe(device.isClosed, true);
});

test('a commit fails if a write before it does', async () => {
  const { device, file, note, heard } = await opened();
  note('a', file.write(0, filled(CELL, 1)));
  note('commit', file.commit());
  await settle();
  await device.complete('write', 1, { code: 'EIO' });
  mustEqual(await heard(), ['a FileWriteFailed', 'commit ReadOnlyError']);
});

test('a write that has waited for memory meanwhile finds the mount read-only', async () => {
  const { device, file, note, heard } = await opened({}, { fileBytes: CELL });
  note('a', file.write(0, filled(CELL, 1)));
  note('b', file.write(CELL, filled(CELL, 2)));
  await settle();
  mustBe(device.pending.length, 1);
  await device.complete('write', 1, { code: 'EIO' });
  mustEqual(await heard(), ['a FileWriteFailed', 'b ReadOnlyError']);
});

test('a small write whose block comes when the mount is read-only fails, and says so', async () => {
  const { device, file, heard, note } = await opened();
  const small = file.write(0, filled(5, 1)).catch((error: unknown) => error as Error);
  note('large', file.write(CELL, filled(CELL, 1)));
  await settle();
  mustEqual(device.pending.map(({ kind }) => kind).sort(), ['read', 'write']);
  await device.complete('write', 1, { code: 'EIO' });
  await device.complete('read');
  const { name, cause } = (await small) as Error;
  mustEqual(
    [name, (cause as Error).name, await heard()],
    ['FileWriteFailed', 'DirectFailure', ['large FileWriteFailed']],
  );
});

// ── Signals ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('an aborted read leaves the memory of the program alone, and ends at once', async () => {
  const { device, file, note, heard, prepare } = await opened();
  await prepare(0);
  const giving = new AbortController();
  const into = filled(CELL, 9);
  note('a', file.readInto(0, into, { signal: giving.signal }));
  await settle();
  giving.abort(ENOUGH);
  mustEqual(await heard(), ['a enough']);
  await device.complete();
  mustEqual(into, filled(CELL, 9));
  note('b', file.readInto(0, into, { signal: giving.signal }));
  note('c', file.write(0, into, { signal: giving.signal }));
  mustEqual([await heard(), device.pending.length], [['b enough', 'c enough'], 0]);
  mustBe(await device.until(file.readInto(0, into, { signal: new AbortController().signal })), CELL);
  mustEqual(into, filled(CELL, 1));
});

test('a write that was aborted while it read the rest writes nothing', async () => {
  const { device, file, note, heard, prepare } = await opened();
  await prepare(0);
  const giving = new AbortController();
  note('a', file.write(5, filled(5, 9), { signal: giving.signal }));
  note('b', file.write(5, filled(5, 9), { signal: giving.signal })); // Waits for its turn.
  await settle();
  giving.abort(ENOUGH);
  mustEqual(await heard(), ['a enough', 'b enough']);
  await device.complete();
  mustEqual([device.pending.length, file.statistics.directReads], [0, 1]);
});

test('who waits for memory and gives up makes way for others', async () => {
  const { device, file, note, heard } = await opened({}, { fileBytes: CELL + B });
  const giving = new AbortController();
  note('a', file.write(0, filled(CELL, 1)));
  note('b', file.write(CELL, filled(CELL, 2), { signal: giving.signal }));
  note('c', file.write(2 * CELL, filled(B, 3)));
  await settle();
  mustBe(device.pending.length, 1);
  giving.abort(ENOUGH);
  mustEqual([await heard(), device.pending.length], [['b enough'], 2]);
});

// ── Aliases ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a read waits for dirty blocks, and for who holds a block of what is not committed', async () => {
  const { mount, device, file, note, heard, prepare } = await opened();
  await prepare(0);
  await device.until(mount.update(9, (bytes) => void bytes.fill(7)));
  note('a', file.read(0, CELL));
  mustEqual([await heard(), device.pending.map(({ kind }) => kind)], [[], ['write']]);
  await device.complete();
  await device.complete();
  mustEqual([await heard(), file.statistics.directReads], [['a'], 1]);
  await device.until(file.write(CELL, filled(CELL, 1)));
  const held = await device.until(mount.get(12));
  note('b', file.read(CELL, CELL));
  mustEqual([await heard(), file.statistics.bufferedReads], [[], 0]);
  held.release();
  await settle();
  await device.complete();
  mustEqual([await heard(), file.statistics.bufferedReads], [['b'], 1]);
});

// ── Lent memory ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('whole blocks are written from lent memory, and nothing less', async () => {
  const { mount, device, file } = await opened();
  const { bytes } = await mount.lend(2 * CELL);
  const direct = async (offset: number, part: Uint8Array): Promise<boolean> => {
    const writing = file.write(offset, part.fill(3));
    await settle();
    const seen = isIn(device.pending[0], part);
    await device.until(writing);
    mustEqual(await device.until(file.read(offset, part.length)), filled(part.length, 3));
    return seen;
  };
  mustEqual(
    [
      await direct(0, bytes.subarray(0, CELL)),
      await direct(0, bytes.subarray(B, B + CELL)),
      await direct(CELL, bytes.subarray(0, B)),
      await direct(2 * CELL, bytes.subarray(0, B + 1)),
      await direct(3 * CELL, bytes.subarray(1, B + 1)),
      await direct(0, bytes.subarray(0, B)), // A part of what is there.
      await direct(5 * CELL + B, bytes.subarray(0, 2 * B)), // Not from the beginning of the cell.
      await direct(6 * CELL, filled(CELL, 1)),
    ],
    [true, true, true, false, false, false, false, false],
  );
});

test('whole blocks are read into lent memory, and nothing less', async () => {
  const { mount, device, file, prepare } = await opened();
  await prepare(0, 1);
  await device.until(file.write(2 * CELL, filled(B + 5, 3)));
  await device.until(file.commit());
  const { bytes } = await mount.lend(3 * CELL);
  const direct = async (offset: number, part: Uint8Array, expected: Uint8Array): Promise<boolean> => {
    const reading = file.readInto(offset, part.fill(99));
    await settle();
    const seen = isIn(device.pending[0], part);
    await device.until(reading);
    mustEqual(part.subarray(0, expected.length), expected);
    return seen;
  };
  mustEqual(
    [
      await direct(0, bytes.subarray(0, CELL), filled(CELL, 1)),
      await direct(CELL, bytes.subarray(2 * B, 2 * B + CELL), filled(CELL, 2)),
      await direct(0, bytes.subarray(1, CELL + 1), filled(CELL, 1)),
      await direct(0, bytes.subarray(0, CELL - 1), filled(CELL - 1, 1)),
      await direct(B, bytes.subarray(0, 3 * B), filled(3 * B, 1)), // Most of the cell: it is read whole.
      await direct(2 * CELL, bytes.subarray(0, 2 * B), filled(B + 5, 3)), // Ends with the file, within a block.
      await direct(0, filled(CELL, 0), filled(CELL, 1)),
    ],
    [true, true, false, false, false, false, false],
  );
  // A short extent that is read whole, from before the part, is not the part.
  await device.until(
    file.write(
      4 * CELL,
      Uint8Array.from({ length: 2 * B }, (_, i) => (i < B ? 6 : 7)),
    ),
  );
  mustBe(await direct(4 * CELL + B, bytes.subarray(0, B), filled(B, 7)), false);
  await device.until(file.write(5 * CELL, filled(CELL, 1)));
  const behind = bytes.subarray(0, 3 * B).fill(99);
  await device.until(file.readInto(4 * CELL + B, behind));
  mustEqual([behind.subarray(0, B), behind.subarray(B)], [filled(B, 7), filled(2 * B, 0)]);
  // Behind the end of an extent are zeros, also in lent memory.
  await device.until(file.write(3 * CELL, filled(1, 1)));
  const into = bytes.subarray(0, CELL).fill(99);
  await device.until(file.readInto(2 * CELL, into));
  mustEqual(
    into,
    Uint8Array.from({ length: CELL }, (_, i) => (i < B + 5 ? 3 : 0)),
  );
});

test('a call with lent memory ends with the device, aborted or not, and only then is the memory lent anew', async () => {
  const { mount, device, file, note, heard, prepare } = await opened({}, { lentBytes: CELL });
  await prepare(0);
  const giving = new AbortController();
  const lent = await mount.lend(CELL);
  note('a', file.readInto(0, lent.bytes, { signal: giving.signal }));
  await settle();
  giving.abort(ENOUGH);
  lent.giveBack();
  note('b', mount.lend(CELL));
  mustEqual(await heard(), []);
  await device.complete();
  const ends = await heard();
  mustEqual([ends.length, ends.includes('b')], [2, true]);
});

test('lent memory is no memory for other calls', async () => {
  const { mount, device, file, note, heard, prepare } = await opened({}, { fileBytes: CELL, lentBytes: CELL });
  await prepare(0, 1);
  const { bytes } = await mount.lend(CELL);
  await device.until(file.readInto(0, bytes));
  note('a', file.read(0, CELL));
  note('b', file.read(CELL, CELL));
  mustEqual([await heard(), device.pending.length], [[], 1]);
  await device.complete();
  mustEqual([await heard(), device.pending.length], [['a'], 1]);
});

// ── A mount that breaks ────────────────────────────────────────────────────────────────────────────────────────────────

test('calls under way end with MountBroken when the mount breaks, and so do those after', async () => {
  const { file, note, heard, prepare, breakMount } = await opened();
  await prepare(0);
  note('a', file.write(CELL, filled(CELL, 1)));
  note('b', file.write(CELL, filled(CELL, 1)));
  note('c', file.read(0, CELL));
  await settle();
  await breakMount();
  mustEqual((await heard()).sort(), ['a MountBroken', 'b MountBroken', 'c MountBroken']);
  note('d', file.read(0, 1));
  note('e', file.commit());
  mustEqual(await heard(), ['d MountBroken', 'e MountBroken']);
});
