// What a catalogue entry is: claims about states and steps, goals, repairs, and where the original says what.
//
// A claim is one positive sentence with its reason, the original lines it was read from, a predicate, and an example that
// breaks it: a predicate that cannot fail proves nothing. Predicates run in the explorer's inner loop and after every
// step of the conformance runs; they allocate nothing and create no closures. `applies` tells whether a state or step
// says anything about the claim at all, so that a claim that was never put to the test is noticed.
//
// "The original" is DragonFly's sys/vfs/hammer/hammer_io.c at commit e8c03636. Lines are cited, sentences are not.

import type { IoSnapshot, RepairId, Snapshot } from './buffer/snapshot.ts';
import type { Action, ActionKind, Outcome } from './buffer/vocabulary.ts';

/** A place of the original: a line or a range, and the fact that stands there, in our words. */
export interface OriginalRef {
  readonly line: number;
  readonly to?: number;
  readonly what: string;
}

/**
 * `checked`: evaluated in every explored state or step. `byConstruction`: the vocabulary cannot express a violation.
 * `refuted`: exploration found a counterexample and no corrected form was worth keeping.
 */
export type ClaimStatus = 'checked' | 'byConstruction' | 'refuted';

/**
 * A statement that we believed once, and the shortest action list that shows it false, on a DATA block `d` with the clients
 * `A` and `B`. A test replays it.
 */
export interface Refutation {
  readonly statementRefuted: string;
  readonly trace: readonly string[];
}

/** What every claim has. `R` are the numbers of the repairs of its machine. */
export interface ClaimBase<R extends string = RepairId> {
  readonly id: string;
  /** Name of the invariant or action property in the TLA+ specification. */
  readonly tla: string;
  readonly statement: string;
  readonly why: string;
  readonly original: readonly OriginalRef[];
  readonly status: ClaimStatus;
  /** Repairs without which the claim fails. */
  readonly repairs?: readonly R[];
  /** Why the vocabulary has no words for a violation; of a claim that is checked, why production has none. */
  readonly howByConstruction?: string;
  readonly refutation?: Refutation;
}

/** What a claim says of one io: nothing, that it is as it should be, or that it is not. */
export type IoVerdict = 'silent' | 'kept' | 'broken';

/** A claim about one state `S` of a machine. */
export interface StateClaim<S, R extends string> extends ClaimBase<R> {
  readonly form: 'state';
  /** Whether the claim says anything about this state. */
  readonly applies: (s: S) => boolean;
  /** Whether the state keeps the claim. */
  readonly holds: (s: S) => boolean;
  /** A state that breaks this claim. */
  readonly violation: S;
}

/** A claim about one state of the buffer machine. */
export interface Invariant extends StateClaim<Snapshot, RepairId> {
  /**
   * A snapshot carries byte sums but not the size of a block. Whoever knows the size passes it, and the sums are checked
   * exactly; without it they are checked for being sums of equal blocks.
   */
  readonly holds: (s: Snapshot, blockBytes?: number) => boolean;
  /**
   * Only of a claim that speaks about each io by itself and looks at nothing but the io: what it says of one. The claim then
   * applies where it is not silent about every io, and holds where no io breaks it, so a checker may ask once for each io that
   * it meets instead of once for each state.
   */
  readonly ofIo?: (io: IoSnapshot) => IoVerdict;
}

/** One action and what it answered. */
export interface Step {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** A step between two states `S`: what a property is asked about. */
export interface Transition<S = Snapshot, T = Step> {
  readonly before: S;
  readonly step: T;
  readonly after: S;
}

/** A claim about one step `T` between two states `S` of a machine with actions of the kinds `K`. */
export interface StepClaim<S, T, K extends string, R extends string> extends ClaimBase<R> {
  readonly form: 'step';
  /** Kinds of action that can break it; a checker need not ask about others. */
  readonly on: readonly K[] | 'any';
  /** Whether the claim says anything about this step. */
  readonly applies: (before: S, step: T, after: S) => boolean;
  /** Whether the step keeps the claim. */
  readonly holds: (before: S, step: T, after: S) => boolean;
  /** A step that breaks this claim. */
  readonly violation: Transition<S, T>;
}

/** A claim about one step of the buffer machine. */
export interface Property extends StepClaim<Snapshot, Step, ActionKind, RepairId> {
  /** Invariant that a violation leaves broken, for engines that check states only. */
  readonly tlaState?: string;
}

/** A claim that no state or step can break, because the vocabulary has no words for a violation. */
export interface Construction extends ClaimBase {
  readonly form: 'construction';
  readonly status: 'byConstruction';
  readonly howByConstruction: string;
}

/** What must hold: in every state, in every step, or by construction. */
export type Claim = Invariant | Property | Construction;

/** Something that must always remain possible (AG EF); the explorer looks for states from which it is not. */
export interface Progress<S = Snapshot> {
  readonly id: string;
  readonly statement: string;
  readonly why: string;
  readonly original: readonly OriginalRef[];
  /** The wait that has to remain endable: of a client, or of whatever else waits in the machine. */
  waits(s: S, who: number): boolean;
}

/** A situation that some default configuration has to reach: the guard against checks that see nothing interesting. */
export interface Goal<S = Snapshot> {
  readonly id: string;
  readonly statement: string;
  /** Whether the situation is there. */
  reached(s: S): boolean;
  readonly example: S;
}

/** A defect of the original (or of our own first design) that production repairs. */
export interface Repair<R extends string = RepairId> {
  readonly id: R;
  readonly title: string;
  readonly original: readonly OriginalRef[];
  readonly originalDoes: string;
  readonly weDo: string;
  /** What a caller finds after the error or race that the repair is about. */
  readonly stateAfterError: string;
  /** What the original does without the repair and the machine without it does not. */
  readonly notModelled?: string;
  /** The claim that fails without the repair. */
  readonly claim: string;
  /** The configuration that leaves it out and has to find the violation. */
  readonly configuration: string;
}
