// The witness of UNDO records says `bare` when a modification is open without the record that it wanted, and at no other time;
// and so claim H4 can fail on what production shows.

import { describe, expect, test } from 'vitest';
import { H4 } from '../../../../spec/buffer/invariants-modification.ts';
import type { Action } from '../../../../spec/buffer/vocabulary.ts';
import { ORIGINAL_PATCHES } from '../../../support/original-patches.ts';
import type * as CoreDriverModule from '../../../kit/core-driver.ts';
import { createCoreDriver } from '../../../kit/core-driver.ts';
import { blankSnapshot, type Driver } from '../../../kit/driver.ts';
import { loadPatched, type SourcePatch } from '../../../planted/patch.ts';
import { block, shapeOf } from '../../../support/shape-of.ts';
import { UndoCover } from '../../../kit/trace/undo-cover.ts';

const shape = shapeOf({ blocks: [block('m1', 'meta')], undoLog: true, blockBytes: 64 });
const on = (kind: 'ioModify' | 'ioModifyDone' | 'modifyBuffer'): Action => ({ kind, client: 0 });
const laid: Action = { kind: 'undoLaid', client: 0, error: false };
const refused: Action = { kind: 'undoLaid', client: 0, error: true };
const HELD: readonly Action[] = [
  { kind: 'ioRead', client: 0, io: 0, ahead: false },
  { kind: 'readDone', io: 0, error: false },
  { kind: 'resumeGet', client: 0 },
];

/** Whether H4 holds after each of the actions, from a held buffer on. */
function verdicts(driver: Driver, actions: readonly Action[]): boolean[] {
  const snapshot = blankSnapshot(shape);
  for (const action of HELD) driver.perform(action);
  return actions.map((action) => {
    driver.perform(action);
    driver.snapshot(snapshot);
    return H4.holds(snapshot, shape.blockBytes);
  });
}

async function patched(patches: readonly SourcePatch[]): Promise<Driver> {
  const module = await loadPatched<typeof CoreDriverModule>('test/kit/core-driver.ts', patches, 'undo cover');
  return module.createCoreDriver(shape);
}

describe('on production', () => {
  test('H4 holds whatever the log answers', () => {
    const actions = [on('modifyBuffer'), refused, on('modifyBuffer'), laid, on('ioModify'), on('ioModifyDone')];
    expect(verdicts(createCoreDriver(shape), actions)).toEqual(actions.map(() => true));
  });

  test('H4 fails from the dropped answer of the log until the modification is closed', async () => {
    const actions = [on('modifyBuffer'), refused, on('ioModify'), on('ioModifyDone'), on('ioModifyDone')];
    expect(verdicts(await patched(ORIGINAL_PATCHES.D9), actions)).toEqual([true, false, false, false, true]);
  });

  test('H4 fails when the log is never asked', async () => {
    const never = {
      file: 'src/core/actions/modify.ts',
      find: 'if (undo === undefined || !m.undoLog) {',
      replace: 'if (true) {',
    };
    expect(verdicts(await patched([never]), [on('modifyBuffer'), on('ioModifyDone')])).toEqual([false, true]);
  });
});

describe('a witness', () => {
  test('asks for no record where there is no log, or where none is wanted', () => {
    const cover = new UndoCover();
    cover.note(on('modifyBuffer'), 1, false, false);
    expect(cover.isMissing).toBe(false);
    cover.note(on('ioModify'), 2, false, true);
    expect(cover.isMissing).toBe(false);
  });

  test('remembers over a wait that a record is wanted', () => {
    const cover = new UndoCover();
    cover.note(on('modifyBuffer'), 0, false, true);
    cover.note({ kind: 'resumeModify', client: 0 }, 1, false, true);
    expect(cover.isMissing).toBe(true);
  });

  test('keeps a refusal while an inner modification closes', () => {
    const cover = new UndoCover();
    cover.note(on('ioModify'), 1, false, true);
    cover.note(on('modifyBuffer'), 2, true, true);
    cover.note(refused, 2, false, true);
    cover.note(on('ioModifyDone'), 1, false, true);
    expect(cover.isMissing).toBe(true);
    cover.note(on('ioModifyDone'), 0, false, true);
    expect(cover.isMissing).toBe(false);
  });
});
