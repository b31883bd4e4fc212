// Claims that need no check: the vocabulary has no words for a violation. They stand in the catalogue because they are
// claims of the original, and because a change of the vocabulary could make them checkable again.

import type { Construction } from '../claim.ts';
import { CONTENTS } from './contents.ts';

/** Claims that hold because of how the code is built; nothing can be observed that would break them. */
export const CONSTRUCTIONS: readonly Construction[] = [
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'I9',
    tla: 'BlocksDoNotOverlap',
    statement: 'No two ios, and no two buffers, cover overlapping bytes of a device.',
    why: 'Two dirty copies of one block overwrite each other.',
    original: [
      { line: 365, what: 'a loaded buffer has no other owner' },
      { line: 402, what: 'nor has a new one' },
      { line: 1042, what: 'two ios that compare equal are a panic' },
    ],
    howByConstruction:
      'All blocks of a format have one size and are named by their number, and an io is the record of one block: two ios of one block, or of overlapping blocks, cannot be written down.',
  },
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'I17',
    tla: 'AllowedWriteIsIssued',
    statement: 'A write that the kernel was allowed is issued before anybody else can own the buffer.',
    why: 'The permission has already cleared modified and entered the run list; without the write, every barrier waits for ever.',
    original: [
      { line: 1273, to: 1274, what: 'the permission obliges the kernel' },
      { line: 1353, to: 1359, what: 'its effects are those of an issued write' },
    ],
    howByConstruction:
      'Permission and issue are one step: writeBack and clusterPull answering done put the write request into the outbox themselves.',
  },
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'I18',
    tla: 'KernelNeverAsksForMeta',
    statement: 'The kernel never asks to write modified META or a modified volume header.',
    why: 'Only the layer above knows whether their UNDO is durable.',
    original: [{ line: 1300, to: 1303, what: 'being asked is a panic' }],
    howByConstruction:
      'The kernel asks only for buffers marked for delayed write. Only the release of dirty DATA and UNDO makes that mark, and DirtyMetaIsHeld checks that no other buffer bears it.',
  },
  ...CONTENTS,
];
