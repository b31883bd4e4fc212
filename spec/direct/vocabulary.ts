// The vocabulary of the second machine: file data that goes around the buffer cache.
//
// The buffer machine (../vocabulary.ts) knows blocks of a device. Here stands what happens above it: buffers of a file, which
// are filled from the medium and written to it without a buffer of the layer in between, while the same bytes may also lie in
// the device cache. One action is one atomic step of the synchronous core, as there; names are the original's functions in
// camelCase, and in TLA+ the same word capitalised with the outcome appended unless it is `done`.
//
// Words: a *front* is a buffer of a file (original: a buffer of the file's vnode), a *site* a block of the medium, an *alias* what
// the device cache holds of a site, a *record* a write that the media index does not know yet.

import type { Actor } from '../buffer/vocabulary.ts';

/**
 * What a step answers.
 * - `done`: finished. `io`: a request left for the device. `wait`: for an I/O in flight or for the backend; resumed later.
 * - `again`: an alias is in use, try later. `error`: EIO. `refused`: after a critical error nothing may be written.
 */
export type DirectOutcome = 'done' | 'io' | 'wait' | 'again' | 'error' | 'refused';

/** What one action means, independent of any voice. */
export interface DirectActionEntry {
  readonly by: Actor;
  readonly outcomes: readonly DirectOutcome[];
  /** Meaning in one or two sentences. */
  readonly means: string;
  /** Lines of hammer_io.c, or `file:line` of the function of HAMMER or the kernel that makes the step. */
  readonly original: string;
}

/** Everything that can happen to file data, by name: who does it, what it answers, what it means, where the original does it. */
export const DIRECT_ACTIONS = {
  strategyRead: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'again', 'error'],
    means:
      'Fill an empty front: straight from the device, through the device cache, or piece by piece where the front covers no whole element of the medium or the newest data is a record. Dirty aliases of the site are written first.',
    original: '1408-1482, 1496-1566, vnops: hammer_vop_strategy_read',
  },
  resumeRead: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'error'],
    means: 'The alias that a read had to wait for is written; the read looks again from the beginning.',
    original: '1430, 1517',
  },
  directReadDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means: 'A read straight into a front completes. EIO: the front is given up.',
    original: '1470, vfs_bio: biodone',
  },
  bmap: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'An empty front learns the site of its data in advance, as clustering does.',
    original: 'vnops: hammer_vop_bmap, 1877-1880',
  },
  recycleFront: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'The kernel takes an idle front for something else; the site that it had learnt goes with it.',
    original: 'vfs_bio: getnewbuf',
  },
  strategyWrite: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'error', 'refused'],
    means:
      'Write new data of a file to fresh space. Large: the record becomes visible, then the write leaves for the device. Small: through a buffer of the layer. A record that the backend is busy with is waited for before it is replaced.',
    original: '1664-1776, object: hammer_ip_add_bulk, hammer_ip_replace_bulk',
  },
  resumeWrite: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'error'],
    means: 'The backend has let go of the record that a write wants to replace; the write looks again.',
    original: '1733, 1755, object: hammer_ip_replace_bulk',
  },
  directWriteDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'A direct write completes: its writer, then its record are told. EIO is a critical error, and the front is thrown away.',
    original: '1789-1827',
  },
  commitRecord: {
    by: 'mount',
    outcomes: ['done', 'wait', 'again', 'refused'],
    means:
      'The backend puts a record into the media index, once its direct write is over and the aliases of its site are gone; what it supersedes is freed. Not after a critical error.',
    original: '1840-1874, object:1166',
  },
  resumeCommit: {
    by: 'mount',
    outcomes: ['done', 'again', 'error'],
    means: 'The direct write that the backend waited for is over; it goes on, or gives up after a critical error.',
    original: '1849-1856',
  },
  destroyRecord: {
    by: 'mount',
    outcomes: ['done', 'again'],
    means: 'A replaced record goes away, after the same wait and purge; its space is freed.',
    original: '1840-1874, object:434',
  },
  cycle: {
    by: 'mount',
    outcomes: ['done', 'refused'],
    means: 'A commit cycle: freed space gets older by one. After a critical error there is none.',
    original: 'blockmap:810-850',
  },
  reserveComplete: {
    by: 'mount',
    outcomes: ['done', 'again'],
    means:
      'Space that was freed two cycles ago may be handed out again, when no alias of it and no read from it is left.',
    original: 'blockmap: hammer_blockmap_reserve_complete, ondisk:777',
  },
  relocate: {
    by: 'mount',
    outcomes: ['done', 'refused'],
    means:
      'The reblocker moves an element of the medium through buffers of the layer. No front keeps the old site, in no snapshot of the file. Not after a critical error.',
    original: '1893-1945, reblock: hammer_reblock_data',
  },
  uncache: {
    by: 'mount',
    outcomes: ['done'],
    means: 'Without repair D14 only: fronts forget the old site before the move instead of with it.',
    original: '1893-1945',
  },
  deviceRead: {
    by: 'client',
    outcomes: ['done', 'io'],
    means: 'Somebody who works on the device (mirroring, deduplication, the reblocker) holds a buffer of the site.',
    original: '300-378',
  },
  deviceReadDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'The device cache gets a site; reads and small writes of fronts that wait for it go on: coverage, CRC over the bytes of the record, copy, age mark.',
    original: '1578-1623, 309-375',
  },
  deviceRelease: {
    by: 'client',
    outcomes: ['done'],
    means: 'Whoever held the buffer lets go of it.',
    original: '517-656',
  },
  deviceRecycle: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'The kernel takes a clean buffer that nobody holds.',
    original: '1182-1228',
  },
  deviceWriteBack: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'A daemon writes a dirty buffer of the layer that nobody holds.',
    original: '1290-1363',
  },
  deviceWriteDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means: 'That write completes. EIO is a critical error; the bytes stay in memory.',
    original: '1075-1163',
  },
} as const satisfies Record<string, DirectActionEntry>;

/** The name of an action on file data. */
export type DirectActionKind = keyof typeof DIRECT_ACTIONS;
/** The names of all actions on file data, in the order of the vocabulary. */
export const DIRECT_ACTION_KINDS = Object.keys(DIRECT_ACTIONS) as readonly DirectActionKind[];

/** One thing that can happen to file data. `front`, `site` and `to` are indices into the shape. */
export type DirectAction =
  | {
      readonly kind: 'strategyRead';
      readonly front: number;
      /** The front covers whole, aligned elements. */ readonly whole: boolean;
    }
  | { readonly kind: 'strategyWrite'; readonly front: number; readonly site: number; readonly large: boolean }
  | { readonly kind: 'resumeRead' | 'resumeWrite' | 'bmap' | 'recycleFront'; readonly front: number }
  | { readonly kind: 'directReadDone' | 'directWriteDone'; readonly front: number; readonly error: boolean }
  | { readonly kind: 'cycle' }
  | { readonly kind: 'relocate'; readonly site: number; readonly to: number }
  | { readonly kind: 'deviceReadDone' | 'deviceWriteDone'; readonly site: number; readonly error: boolean }
  | {
      readonly kind:
        | 'commitRecord' | 'resumeCommit' | 'destroyRecord' | 'reserveComplete' | 'uncache'
        | 'deviceRead' | 'deviceRelease' | 'deviceRecycle' | 'deviceWriteBack'; // prettier-ignore
      readonly site: number;
    };

/** `StrategyReadIo` for `strategyRead` answering `io`; `Cycle` for `done`. The operator's name in TLA+. */
export function directLabelOf(kind: DirectActionKind, outcome: DirectOutcome): string {
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return outcome === 'done' ? capital(kind) : capital(kind) + capital(outcome);
}

/** Every label of this vocabulary. `Uncache` is drawn only where repair D14 is left out. */
export const DIRECT_LABELS: readonly string[] = DIRECT_ACTION_KINDS.flatMap((kind) =>
  DIRECT_ACTIONS[kind].outcomes.map((outcome) => directLabelOf(kind, outcome)),
);
