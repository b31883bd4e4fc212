// What each error of a mount carries besides its sentence, and which faults of the device are remembered.

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
test('a close that lost something says what, and of which volumes nothing is certain', () => {
  const blocks: errors.LostBlock[] = places(1).map((place) => ({ ...place, type: 'data', why: 'failed' }));
  const error = new errors.WritesLost(blocks, ['a'], CAUSE);
  mustEqual([error.name, error.blocks, error.unflushed, error.cause], ['WritesLost', blocks, ['a'], CAUSE]);
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
    `A read on ${volume} failed, and the device gave no reason. Check the device.`;
  mustBe(faults.takeReadError(0, 5).message, unexplained('a'));
  mustBe(faults.takeReadError(1, 5), CAUSE);
  mustEqual([faults.takeReadError(1, 5).message, faults.takeReadError(1, 5).name], [unexplained('b'), 'UnexplainedFault']); // prettier-ignore
});

test('a failed write is remembered for good, and the first one is critical', () => {
  const faults = new Faults(['a', 'b', 'c'], false);
  mustEqual([faults.isLost(0, 1, 2), faults.writeError(2, 5)], [false, undefined]);
  faults.note(failed('write', 2, 5, CAUSE));
  const other = faults.note(failed('write', 0, 6));
  const text = 'A write on a failed, and the device gave no reason. Check the device.';
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
