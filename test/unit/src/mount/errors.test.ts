// What a mount throws, word for word, and what each error carries besides its sentence.

import { test } from 'vitest';
import * as errors from '../../../../src/mount/errors.ts';
import { Faults } from '../../../../src/mount/faults.ts';
import type { MountCompletion } from '../../../../src/devices/mount-device.ts';
import { newCounters, WAIT_REASONS } from '../../../../src/mount/statistics.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const PLACE = { volume: 0, block: 7, name: 'a.vol' };
const CAUSE = new Error('Smoke.');
const places = (count: number): errors.BlockPlace[] =>
  Array.from({ length: count }, (_, block) => ({ ...PLACE, block: block + 1 }));
const named = (count: number): string =>
  places(count)
    .map(({ block }) => `block ${block} of a.vol`)
    .join(', ');

test('each error says what was promised, what was seen, and what to do', () => {
  const told: readonly (readonly [Error, string])[] = [
    [new errors.MountClosed(), 'a mount was promised to be open while it is used; seen: a call after close. Open the volumes again.'],
    [new errors.BlocksHeld(2, []), 'a mount was promised to be closed when no block of it is in use; seen: 2 in use. Release them, wait for calls under way, and close again.'],
    [new errors.BlocksHeld(2, places(2)), `a mount was promised to be closed when no block of it is in use; seen: 2 in use (${named(2)}). Release them, wait for calls under way, and close again.`],
    [new errors.BlocksHeld(8, places(8)), `a mount was promised to be closed when no block of it is in use; seen: 8 in use (${named(8)}). Release them, wait for calls under way, and close again.`],
    [new errors.BlocksHeld(9, places(9)), `a mount was promised to be closed when no block of it is in use; seen: 9 in use (${named(8)} and others). Release them, wait for calls under way, and close again.`],
    [new errors.BlockReleased(PLACE), 'block 7 of a.vol was promised to be used only while it is held; seen: a use after release. Get the block again, and release it once.'],
    [new errors.ReadFailed(PLACE, CAUSE), 'block 7 of a.vol was promised to be readable; seen: Smoke. The block may be asked for again.'],
    [new errors.CorruptBlock(PLACE), 'META block 7 of a.vol was promised to hold the CRC-32 of its contents in its first four bytes; seen: another one. If the block was never written, create it with `fresh`; else restore it from a copy.'],
    [new errors.WriteFailed(PLACE, CAUSE), 'block 7 of a.vol was promised to be written; seen: Smoke. Its bytes stay in the cache until close; copy them elsewhere.'],
    [new errors.SyncFailed(CAUSE), 'everything modified before was promised to be durable; seen: Smoke. What was modified since the last sync that succeeded may be lost; it can still be read until close.'],
    [new errors.ReadOnlyError(CAUSE), 'a mount may be changed while its devices keep what they are given; seen: Smoke. Read what you need, close, and check the volumes.'],
    [new errors.ReadOnlyError(undefined), 'a mount may be changed while its devices keep what they are given; seen: the volumes were opened readOnly. Open them without readOnly.'],
    [new errors.MountBroken('smoke.'), 'core and device were promised to keep their contracts; seen: smoke. Close the mount, and report this with the cause.'],
  ]; // prettier-ignore
  for (const [error, text] of told) {
    mustBe(error.message, `${error.name}: ${text}`);
    mustBe(error.name, error.constructor.name);
  }
});

test('a close that lost something says what, and of which volumes nothing is certain', () => {
  const lost = (count: number): errors.LostBlock[] =>
    places(count).map((place) => ({ ...place, type: 'data', why: 'failed' }));
  const list = (count: number): string =>
    places(count)
      .map(({ block }) => `block ${block} of a.vol (data, failed)`)
      .join(', ');
  const head = 'WritesLost: all that was modified was promised to be on the volumes at close; seen: ';
  const tail = '. The mount is closed; check the devices, and write these blocks again.';
  const flush = (names: string): string => `no successful flush of ${names} since the last sync`;
  const message = (blocks: errors.LostBlock[], unflushed: string[]): string =>
    new errors.WritesLost(blocks, unflushed, CAUSE).message;
  mustBe(message(lost(1), []), `${head}1 lost: ${list(1)}${tail}`);
  mustBe(message(lost(8), []), `${head}8 lost: ${list(8)}${tail}`);
  mustBe(message(lost(9), ['a', 'b']), `${head}9 lost: ${list(8)} …; ${flush('a, b')}${tail}`);
  mustBe(message([], ['a']), `${head}${flush('a')}${tail}`);
  const error = new errors.WritesLost(lost(1), ['a'], CAUSE);
  mustEqual([error.name, error.blocks, error.unflushed, error.cause], ['WritesLost', lost(1), ['a'], CAUSE]);
});

test('errors carry the block, and why', () => {
  const held = new errors.BlocksHeld(3, places(2));
  mustEqual([held.count, held.blocks], [3, places(2)]);
  const placed = [new errors.ReadFailed(PLACE, CAUSE), new errors.CorruptBlock(PLACE), new errors.WriteFailed(PLACE, CAUSE)]; // prettier-ignore
  mustEqual(placed.map(({ place, cause }) => [place, cause]), [[PLACE, CAUSE], [PLACE, undefined], [PLACE, CAUSE]]); // prettier-ignore
  const because = [new errors.SyncFailed(CAUSE), new errors.ReadOnlyError(CAUSE), new errors.MountBroken(CAUSE)];
  mustEqual(because.map(({ cause }) => cause), [CAUSE, CAUSE, CAUSE]); // prettier-ignore
  mustBe('cause' in new errors.ReadOnlyError(undefined), false);
});

// ── Faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const failed = (kind: 'read' | 'write' | 'flush', volume: number, block: number, error?: Error): MountCompletion => ({
  request: { kind, id: 1, volume, block, blocks: 1, into: [] } as never,
  result: 'error',
  ...(error !== undefined && { error }),
});

test('a failed read is remembered for its block once, and is not critical', () => {
  const faults = new Faults(['a', 'b'], false);
  const fault = faults.note(failed('read', 1, 5, CAUSE));
  mustEqual(fault, { operation: 'read', volume: 1, name: 'b', block: 5, error: CAUSE });
  mustEqual([faults.critical, faults.isReadOnly, faults.unflushed.size], [undefined, false, 0]);
  faults.promiseWritable();
  const unexplained = (volume: string): string =>
    `UnexplainedFault: read on ${volume} was promised to succeed; seen: an error without a reason. Ask its device.`;
  mustBe(faults.takeReadError(0, 5).message, unexplained('a'));
  mustBe(faults.takeReadError(1, 5), CAUSE);
  mustEqual([faults.takeReadError(1, 5).message, faults.takeReadError(1, 5).name], [unexplained('b'), 'UnexplainedFault']); // prettier-ignore
});

test('a failed write is remembered for good, and the first one is critical', () => {
  const faults = new Faults(['a', 'b', 'c'], false);
  mustEqual([faults.isLost(0, 1, 2), faults.writeError(2, 5)], [false, undefined]);
  faults.note(failed('write', 2, 5, CAUSE));
  const other = faults.note(failed('write', 0, 6));
  const text = 'UnexplainedFault: write on a was promised to succeed; seen: an error without a reason. Ask its device.';
  mustEqual([other.error.message, other.block, faults.critical, faults.isReadOnly], [text, 6, CAUSE, true]);
  mustThrow(() => faults.promiseWritable(), new errors.ReadOnlyError(CAUSE).message);
  mustEqual([faults.writeError(2, 5), faults.writeError(0, 5), faults.takeReadError(2, 5), faults.takeReadError(2, 5)], [CAUSE, undefined, CAUSE, CAUSE]); // prettier-ignore
  const lost = [[2, 5, 1], [2, 4, 2], [2, 4, 1], [2, 6, 2], [1, 5, 2], [0, 5, 1]] as const; // prettier-ignore
  mustEqual(lost.map(([volume, block, blocks]) => faults.isLost(volume, block, blocks)), [true, true, false, false, false, false]); // prettier-ignore
  mustEqual([...faults.failedWrites()], [{ volume: 2, block: 5, name: 'c' }, { volume: 0, block: 6, name: 'a' }]); // prettier-ignore
});

test('a failed device flush is critical for its volume, and volumes opened readOnly are never changed', () => {
  const faults = new Faults(['a', 'b'], false);
  mustEqual(faults.note(failed('flush', 1, 5, CAUSE)), { operation: 'flush', volume: 1, name: 'b', block: undefined, error: CAUSE }); // prettier-ignore
  mustEqual([[...faults.unflushed], faults.critical, [...faults.failedWrites()]], [[1], CAUSE, []]);
  const opened = new Faults(['a'], true);
  mustBe(opened.isReadOnly, true);
  mustThrow(() => opened.promiseWritable(), new errors.ReadOnlyError(undefined).message);
  mustEqual([opened.place(0, 3), opened.place(4, 3)], [{ volume: 0, block: 3, name: 'a' }, { volume: 4, block: 3, name: 'volume 4' }]); // prettier-ignore
});

test('a corrupt block is one until it is cleared', () => {
  const faults = new Faults(['a', 'b'], false);
  mustBe(faults.isCorrupt(1, 4), false);
  faults.markCorrupt(1, 4);
  mustEqual([faults.isCorrupt(1, 4), faults.isCorrupt(0, 4), faults.isCorrupt(1, 5)], [true, false, false]);
  faults.markCorrupt(0, 1);
  faults.clearCorrupt(1, 4);
  mustEqual([faults.isCorrupt(1, 4), faults.isCorrupt(0, 1)], [false, true]);
});

test('counters begin at nothing, with one for each reason to wait', () => {
  const waits = Object.fromEntries('load queue space modify write interlock dirty writes barrier'.split(' ').map((reason) => [reason, 0])); // prettier-ignore
  const none = { hits: 0, misses: 0, bytesRead: 0, bytesWritten: 0, deviceFlushes: 0, deviceErrors: 0, syncCalls: 0, syncRounds: 0 }; // prettier-ignore
  mustEqual(newCounters(), { ...none, waits });
  mustBe(WAIT_REASONS.length, 9);
});
