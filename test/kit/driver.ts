// What a buffer cache must offer to be checked: perform one action, and show its whole observable state. Whoever has a
// cache of their own, in any language, implements Driver and gets every check of this kit.
//
// States are compared about a million times in a run, so a snapshot is written in place into one that `blankSnapshot` made;
// telling two apart is plain comparison (`snapshot-difference.ts`), and words are made only for a difference.

import type {
  ClientSnapshot,
  IoSnapshot,
  MountSnapshot,
  RunEntry,
  Shape,
  Snapshot,
  VolumeSnapshot,
} from '../../spec/snapshot.ts';
import type { Action, Outcome, StepStats } from '../../spec/vocabulary.ts';
import { sameSnapshot, snapshotDifferences } from './snapshot-difference.ts';

/** What one action gave. Valid until the next action. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly stats: StepStats;
  /** Clients whose tickets became runnable in this step, in the order in which they were woken. */
  readonly woken: readonly number[];
}

export interface Driver {
  /** Back to the initial state. */
  reset(): void;
  /** Performs one action; throws BrokenPromise (an error with a `promise: string`) when a promise is broken. */
  perform(action: Action): StepResult;
  /** Writes the whole observable state into `into` (a snapshot made by `blankSnapshot(shape)`), without allocating. */
  snapshot(into: MutableSnapshot): void;
}

/**
 * The action cannot happen in this state: the device, the kernel or the client is not in a position to do it. That is no
 * broken promise; a generator of actions should not have offered it.
 */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A Snapshot that can be written again and again. Its arrays of ios, clients and volumes keep their length. */
export interface MutableSnapshot extends Snapshot {
  readonly ios: readonly Mutable<IoSnapshot>[];
  readonly clients: readonly (Mutable<Omit<ClientSnapshot, 'needs'>> & { readonly needs: number[] })[];
  readonly volumes: readonly Mutable<VolumeSnapshot>[];
  readonly mount: Mutable<MountSnapshot>;
  readonly iorun: RunEntry[];
  readonly lists: Readonly<Record<keyof Snapshot['lists'], number[]>>;
}

/** The initial state of a shape. */
export function blankSnapshot(shape: Shape): MutableSnapshot {
  return {
    ios: shape.blocks.map(({ type, volume }) => ({ ...BLANK_IO, type, volume })),
    clients: shape.clients.map(() => ({ ...BLANK_CLIENT, needs: shape.volumes.map(() => 0) })),
    volumes: shape.volumes.map(() => ({ flush: 'clean', volatile: 'none' })),
    mount: {
      criticalError: false,
      lockedDirtySpace: 0,
      ioRunningSpace: 0,
      runningReadBytes: 0,
      runningWriteBytes: 0,
      ioLockedCount: 0,
    },
    iorun: [],
    lists: { volu: [], meta: [], undo: [], data: [], lose: [] },
  };
}

/** An io that does not exist. */
export const BLANK_IO: Omit<IoSnapshot, 'type' | 'volume'> = {
  exists: false,
  refs: 0,
  interlockOwner: -1,
  check: false,
  wanted: false,
  bp: false,
  reading: false,
  ondisk: false,
  released: false,
  modified: false,
  running: false,
  waiting: false,
  modifyRefs: 0,
  waitmod: false,
  waitdep: false,
  reclaim: false,
  ioerror: false,
  gencrc: false,
  locked: false,
  delwri: false,
  notmeta: false,
  modRoot: 'none',
  residue: 'none',
};

/** A client without handle and ticket. */
export const BLANK_CLIENT: Omit<ClientSnapshot, 'needs'> = {
  at: 'idle',
  io: -1,
  runnable: false,
  how: 'read',
  wantsUndo: false,
  closing: false,
  mods: 0,
  interlock: false,
  bare: false,
};

/** The first difference as a sentence, `io d1.released: model false, production true`, or undefined if there is none. */
export function compareSnapshots(shape: Shape, model: Snapshot, production: Snapshot): string | undefined {
  return sameSnapshot(model, production) ? undefined : diffSnapshots(shape, model, production)[0];
}

/** Every difference as a sentence, in the order of the snapshot. */
export function diffSnapshots(shape: Shape, model: Snapshot, production: Snapshot): string[] {
  return snapshotDifferences(shape, model, production).map(
    ({ path, expected, seen }) => `${path}: model ${expected}, production ${seen}`,
  );
}
