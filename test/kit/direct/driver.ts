// What an implementation of file data must offer to be checked: perform one action, and show its whole observable state.
//
// As for the buffer machine (../driver.ts) a snapshot is written in place into one that `blankDirectSnapshot` made. Beside its
// outcome an implementation tells which operations ended in the step: an end that is told twice, or never, shows nowhere else.

import type { DirectAction, DirectOutcome } from '../../../spec/direct/vocabulary.ts';
import type { MutableDirectSnapshot } from '../../../model/direct/index.ts';

export type { MutableDirectSnapshot } from '../../../model/direct/index.ts';

/** What one action gave. Valid until the next action. */
export interface DirectAnswer {
  readonly outcome: DirectOutcome;
  /** A bit per front whose operation was answered in this step, the one that was called included. */
  readonly completed: number;
}

/** An implementation has answered an operation more than once, which no mask of answers can show (claim I46). */
export class EndedTwice extends Error {
  override readonly name = 'EndedTwice';
}

/** What an implementation must be able to do to be checked against the direct model. */
export interface DirectDriver {
  /** What reports call the implementation; `production` where absent. */
  readonly name?: string;
  /** Back to the initial state. */
  reset(): void;
  /**
   * Performs one action; throws an error with a `promise: string`, and changes nothing, when a promise is broken, and EndedTwice
   * when an operation was answered more than once.
   */
  perform(action: DirectAction): DirectAnswer;
  /** Writes the whole observable state into `into` (made by `blankDirectSnapshot(shape)`), without allocating. */
  snapshot(into: MutableDirectSnapshot): void;
}
