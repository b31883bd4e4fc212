// The promises of a caller: what an action needs before it may be tried.
//
// The original asserts them (KKASSERT) and panics. Production throws a typed error that names the promise and leaves the state
// untouched; model and TLA+ have them as guards. They are tested in this order, and the first one broken is named.

import type { OriginalRef } from '../claim.ts';
import type { ActionKind } from './vocabulary.ts';

/** The name by which an error tells which promise was broken. */
export type PromiseName =
  | 'HandleOpen'
  | 'NoOpenModification'
  | 'NotInterlocked'
  | 'ModificationOpen'
  | 'InterlockOwned'
  | 'NotBeingModified'
  | 'VolumeLoaded'
  | 'Exists'
  | 'Unreferenced'
  | 'PinnedOnly'
  | 'TicketRunnable'
  | 'TicketQueued';

/** Something that a caller may not do; production throws and changes nothing. */
export interface CallerPromise {
  readonly name: PromiseName;
  readonly statement: string;
  readonly original: readonly OriginalRef[];
  readonly on: readonly ActionKind[];
}

/** Every promise of a caller. */
export const PROMISES: readonly CallerPromise[] = [
  {
    name: 'HandleOpen',
    statement: 'The handle is neither released nor busy with a ticket.',
    original: [{ line: 785, what: 'the io is referenced and has its buffer' }],
    on: [
      'release',
      'lowMemoryRelease',
      'delBuffer',
      'ioAdvance',
      'ioNotmeta',
      'ioClearError',
      'ioModify',
      'modifyBuffer',
      'modifyVolume',
      'change',
      'ioModifyDone',
      'ioWriteInterlock',
      'ioDoneInterlock',
      'ioFlush',
      'ioWait',
    ],
  },
  {
    name: 'NoOpenModification',
    statement: 'The handle has no open modification.',
    original: [{ line: 680, what: 'nobody is inside when a last release writes' }],
    on: ['release', 'lowMemoryRelease', 'delBuffer', 'ioWriteInterlock'],
  },
  {
    name: 'NotInterlocked',
    statement: 'The handle does not own the write interlock itself.',
    original: [{ line: 777, to: 780, what: 'it would wait for itself' }],
    on: ['release', 'lowMemoryRelease', 'delBuffer', 'ioModify', 'modifyBuffer', 'modifyVolume', 'ioWriteInterlock'],
  },
  {
    name: 'ModificationOpen',
    statement: 'The handle has an open modification.',
    original: [{ line: 812, what: 'there is one to close' }],
    on: ['change', 'ioModifyDone'],
  },
  {
    name: 'InterlockOwned',
    statement: 'The handle owns the write interlock.',
    original: [{ line: 847, what: 'it is held' }],
    on: ['ioDoneInterlock'],
  },
  {
    name: 'NotBeingModified',
    statement: 'Nobody is inside a modification of the dirty buffer.',
    original: [{ line: 680, what: 'a write starts without modifiers' }],
    on: ['ioFlush'],
  },
  {
    name: 'VolumeLoaded',
    statement: 'The header of the buffer’s volume is loaded, and is not being loaded or dismantled.',
    original: [{ line: 464, what: 'the header tells where the buffers of the volume begin' }],
    on: ['ioRead', 'ioNew'],
  },
  {
    name: 'Exists',
    statement: 'There is a structure for the block.',
    original: [{ line: 1000, what: 'something to destroy (ondisk:912)' }],
    on: ['unload'],
  },
  {
    name: 'Unreferenced',
    statement: 'Nobody references the structure or owns its interlock.',
    original: [{ line: 499, what: 'interlocked with no references (ondisk:912 takes it so)' }],
    on: ['unload'],
  },
  {
    name: 'PinnedOnly',
    statement: 'The pin of a failed write is the only reference.',
    original: [{ line: 248, to: 259, what: 'the form for close, which asserts no other reference' }],
    on: ['ioClearErrorNoassert'],
  },
  {
    name: 'TicketRunnable',
    statement: 'The ticket is of the kind that is resumed, and has been woken.',
    original: [{ line: 213, to: 215, what: 'a sleeper goes on when it is woken' }],
    on: [
      'resumeGet',
      'resumeRelease',
      'resumeModify',
      'resumeInterlock',
      'resumeWait',
      'resumeWaitAll',
      'resumeFlushSync',
      'resumeBacklog',
    ],
  },
  {
    name: 'TicketQueued',
    statement: 'The ticket can be withdrawn: it is neither a load nor a waiting release.',
    original: [{ line: 556, to: 558, what: 'a waiting release owns the interlock' }],
    on: ['cancel'],
  },
];
