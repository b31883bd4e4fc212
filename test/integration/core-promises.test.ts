// Each promise of a caller, broken once per call that makes it: the error names the promise, says what was seen and what
// to do, and the whole observable state is as before.

import { describe, expect, test } from 'vitest';
import type { Action } from '../../spec/buffer/vocabulary.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { BrokenPromise, PROMISES, type PromiseName } from '../../src/index.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { blankSnapshot, diffSnapshots } from '../kit/driver.ts';
import { block, shapeOf } from '../support/shape-of.ts';

/** m1 is META on a volume with the header `vol`. */
const shape: Shape = shapeOf({ blocks: [block('vol', 'volume'), block('m1', 'meta')], blockBytes: 64, modsMax: 2 });
const [VOL, M1] = [0, 1];

const loads = (client: number, io: number): Action[] => [
  { kind: 'ioRead', client, io, ahead: false },
  { kind: 'readDone', io, error: false },
  { kind: 'resumeGet', client },
];
const by = (client: number, kind: Action['kind']): Action =>
  ({ kind, client, undoReclaim: false, reclaim: false }) as Action;
/** Client 0 holds the header and client 1 holds m1. */
const held = [...loads(0, VOL), ...loads(1, M1)];
const isWritten: Action[] = [...held, by(1, 'ioModify'), by(1, 'ioModifyDone'), by(1, 'ioFlush')];

/** Promise, the way to where it is broken, and the calls that break it there. */
const broken: readonly [PromiseName, string, readonly Action[], readonly Action[]][] = [
  [
    'HandleOpen',
    'a client that never had a handle',
    [],
    (
      ['release', 'lowMemoryRelease', 'delBuffer', 'ioAdvance', 'ioNotmeta', 'ioClearError', 'ioModify', 'modifyBuffer', 'modifyVolume', 'change',
        'ioModifyDone', 'ioWriteInterlock', 'ioDoneInterlock', 'ioFlush', 'ioWait'] as const
    ).map((kind) => by(0, kind)),
  ], // prettier-ignore
  ['HandleOpen', 'a released handle', [...held, by(1, 'release')], [by(1, 'release'), by(1, 'ioModify'), by(1, 'ioFlush')]],
  ['HandleOpen', 'a handle that waits', [...isWritten, by(1, 'ioWait')], [by(1, 'release'), by(1, 'ioWait'), by(1, 'change')]],
  [
    'NoOpenModification',
    'a modification is open',
    [...held, by(1, 'ioModify')],
    [by(1, 'release'), by(1, 'lowMemoryRelease'), by(1, 'delBuffer'), by(1, 'ioWriteInterlock')],
  ],
  [
    'NotInterlocked',
    'the interlock is owned',
    [...held, by(1, 'ioWriteInterlock')],
    [by(1, 'release'), by(1, 'lowMemoryRelease'), by(1, 'delBuffer'), by(1, 'ioModify'), by(1, 'modifyBuffer'), by(1, 'ioWriteInterlock')],
  ],
  ['NotInterlocked', 'the interlock of the header is owned', [...held, by(0, 'ioWriteInterlock')], [by(0, 'modifyVolume')]],
  ['ModificationOpen', 'none is open', held, [by(1, 'change'), by(1, 'ioModifyDone')]],
  ['InterlockOwned', 'it is not owned', held, [by(1, 'ioDoneInterlock')]],
  ['NotBeingModified', 'a modification is open', [...held, by(1, 'ioModify')], [by(1, 'ioFlush')]],
  ['VolumeLoaded', 'the header was never got', [], [{ kind: 'ioRead', client: 0, io: M1, ahead: false }, { kind: 'ioNew', client: 0, io: M1 }]],
  ['VolumeLoaded', 'the header is being read', [{ kind: 'ioRead', client: 0, io: VOL, ahead: false }], [{ kind: 'ioNew', client: 1, io: M1 }]],
  ['Exists', 'nothing was loaded', [], [{ kind: 'unload', client: 0, io: M1 }]],
  ['Unreferenced', 'buffers hold the header', [...held, by(0, 'release')], [{ kind: 'unload', client: 0, io: VOL }]],
  ['PinnedOnly', 'no write has failed', held, [{ kind: 'ioClearErrorNoassert', io: M1 }]],
  ['PinnedOnly', 'there is no structure', [], [{ kind: 'ioClearErrorNoassert', io: M1 }]],
  ['PinnedOnly', 'a handle is open', [...isWritten, { kind: 'writeDone', io: M1, error: true }], [{ kind: 'ioClearErrorNoassert', io: M1 }]],
  ['TicketRunnable', 'not woken yet', [{ kind: 'ioRead', client: 0, io: VOL, ahead: false }], [by(0, 'resumeGet')]],
  [
    'TicketRunnable',
    'a ticket of another kind',
    [{ kind: 'ioRead', client: 0, io: VOL, ahead: false }, { kind: 'readDone', io: VOL, error: false }],
    (['resumeRelease', 'resumeModify', 'resumeInterlock', 'resumeWait', 'resumeWaitAll', 'resumeFlushSync', 'resumeBacklog'] as const).map(
      (kind) => by(0, kind),
    ),
  ],
  ['TicketRunnable', 'an ended ticket', held, [by(0, 'resumeGet')]],
  ['TicketQueued', 'a load cannot be withdrawn', [{ kind: 'ioRead', client: 0, io: VOL, ahead: false }], [by(0, 'cancel')]],
  ['TicketQueued', 'an UNDO record cannot be withdrawn', [...held, by(1, 'modifyBuffer')], [by(1, 'cancel')]],
  ['TicketQueued', 'an ended ticket', held, [by(0, 'cancel')]],
]; // prettier-ignore

describe('a broken promise is named and changes nothing', () => {
  for (const [promise, where, way, calls] of broken) {
    test(`${promise}: ${where}`, () => {
      const driver = createCoreDriver(shape);
      for (const step of way) driver.perform(step);
      const [before, after] = [blankSnapshot(shape), blankSnapshot(shape)];
      driver.snapshot(before);
      for (const call of calls) {
        const error = errorOf(() => driver.perform(call));
        expect(error, call.kind).toBeInstanceOf(BrokenPromise);
        expect((error as BrokenPromise).promise, call.kind).toBe(promise);
        expect((error as BrokenPromise).message).toContain((error as BrokenPromise).seen.slice(1));
        driver.snapshot(after);
        expect(diffSnapshots(shape, before, after), call.kind).toEqual([]);
      }
    });
  }

  test('every promise has been broken here', () => {
    expect([...new Set(broken.map(([promise]) => promise))].sort()).toEqual(Object.keys(PROMISES).sort());
  });
});

test('of several promises the first of the list is named', () => {
  const driver = createCoreDriver(shape);
  for (const step of [...held, by(1, 'ioWriteInterlock')]) driver.perform(step);
  expect(() => driver.perform(by(1, 'change'))).toThrow('ModificationOpen');
  driver.perform(by(1, 'ioDoneInterlock'));
  driver.perform(by(1, 'ioModify'));
  // There is no way to own the interlock and a modification, so release can only break one of the two.
  expect(() => driver.perform(by(1, 'release'))).toThrow('NoOpenModification');
  expect(() => driver.perform(by(1, 'ioDoneInterlock'))).toThrow('InterlockOwned');
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
