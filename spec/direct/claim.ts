// What an entry of the direct catalogue is: the forms of ../claim.ts, over the states and steps of the direct machine.
//
// Predicates allocate nothing and create no closures, as there. In a snapshot the fronts of the heads come first, in the order
// of `index`; the fronts of the snapshots follow, in the order of `kept`.

import type { Goal, Progress, Repair, StateClaim, StepClaim } from '../claim.ts';
import type { DirectRepairId, DirectSnapshot } from './snapshot.ts';
import type { DirectAction, DirectActionKind, DirectOutcome } from './vocabulary.ts';

/** One action, what it answered, and the fronts whose operation it ended: bit 0 is the first front. */
export interface DirectStep {
  readonly action: DirectAction;
  readonly outcome: DirectOutcome;
  readonly completed: number;
}

/** A claim about one state of the direct machine. */
export type DirectInvariant = StateClaim<DirectSnapshot, DirectRepairId>;
/** A claim about one step of the direct machine. */
export type DirectProperty = StepClaim<DirectSnapshot, DirectStep, DirectActionKind, DirectRepairId>;
/** What must hold of file data, in every state or in every step. */
export type DirectClaim = DirectInvariant | DirectProperty;
/** Something that must always remain possible; `who` is a front, or behind the fronts a site. */
export type DirectProgress = Progress<DirectSnapshot>;
/** A situation that some configuration of the direct machine has to reach. */
export type DirectGoal = Goal<DirectSnapshot>;
/** A defect of the original, or of our first reading of it, that production repairs. */
export type DirectRepair = Repair<DirectRepairId>;
