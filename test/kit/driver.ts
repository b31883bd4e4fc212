// What a buffer cache must offer to be checked: perform one action, and show its whole observable state. Whoever has a
// cache of their own, in any language, implements Driver and gets every check of this kit.
//
// States are compared about a million times in a run, so a snapshot is written in place into one that `blankSnapshot` made;
// telling two apart is plain comparison (`snapshot-difference.ts`), and words are made only for a difference.

import type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import type { Action, Outcome, StepStats } from '../../spec/buffer/vocabulary.ts';
import type { MutableSnapshot } from '../../model/buffer/snapshot.ts';
import { sameSnapshot, snapshotDifferences } from './snapshot-difference.ts';

export { nameOfDriver } from './language.ts';
export { NotOffered } from './not-offered.ts';
export { blankSnapshot, type MutableSnapshot } from '../../model/buffer/snapshot.ts';

/** What one action gave. Valid until the next action. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly stats: StepStats;
  /** Clients whose tickets became runnable in this step, in the order in which they were woken. */
  readonly woken: readonly number[];
}

/** What an implementation must be able to do to be checked against the model. */
export interface Driver {
  /** What reports call the implementation; `production` where absent. */
  readonly name?: string;
  /** Back to the initial state. */
  reset(): void;
  /** Performs one action; throws BrokenPromise (an error with a `promise: string`) when a promise is broken. */
  perform(action: Action): StepResult;
  /** Writes the whole observable state into `into` (a snapshot made by `blankSnapshot(shape)`), without allocating. */
  snapshot(into: MutableSnapshot): void;
}

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
