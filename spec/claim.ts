// What a catalogue entry is: claims about states and steps, goals, repairs, and where the seed says what.
//
// A claim is one positive sentence with its reason, the seed lines it was read from, a predicate, and an example that
// breaks it: a predicate that cannot fail proves nothing. Predicates run in the explorer's inner loop and after every
// step of the conformance runs; they allocate nothing and create no closures. `applies` tells whether a state or step
// says anything about the claim at all, so that a claim that was never put to the test is noticed.
//
// "Seed" is DragonFly's sys/vfs/hammer/hammer_io.c at commit e8c03636. Lines are cited, sentences are not.

import type { IoSnapshot, RepairId, Snapshot } from './snapshot.ts';
import type { Action, ActionKind, Outcome } from './vocabulary.ts';

/** A place of the seed: a line or a range, and the fact that stands there, in our words. */
export interface SeedRef {
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

interface ClaimBase {
  readonly id: string;
  /** Name of the invariant or action property in the TLA+ specification. */
  readonly tla: string;
  readonly statement: string;
  readonly why: string;
  readonly seed: readonly SeedRef[];
  readonly status: ClaimStatus;
  /** Repairs without which the claim fails. */
  readonly repairs?: readonly RepairId[];
  readonly howByConstruction?: string;
  readonly refutation?: Refutation;
}

/** What a claim says of one io: nothing, that it is as it should be, or that it is not. */
export type IoVerdict = 'silent' | 'kept' | 'broken';

/** A claim about one state. */
export interface Invariant extends ClaimBase {
  readonly form: 'state';
  /** Whether the claim says anything about this state. */
  readonly applies: (s: Snapshot) => boolean;
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
  /** A state that breaks this claim. */
  readonly violation: Snapshot;
}

/** One action and what it answered. */
export interface Step {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** A step between two states: what a property is asked about. */
export interface Transition {
  readonly before: Snapshot;
  readonly step: Step;
  readonly after: Snapshot;
}

/** A claim about one step. */
export interface Property extends ClaimBase {
  readonly form: 'step';
  /** Invariant that a violation leaves broken, for engines that check states only. */
  readonly tlaState?: string;
  /** Kinds of action that can break it; a checker need not ask about others. */
  readonly on: readonly ActionKind[] | 'any';
  /** Whether the claim says anything about this step. */
  readonly applies: (before: Snapshot, step: Step, after: Snapshot) => boolean;
  /** Whether the step keeps the claim. */
  readonly holds: (before: Snapshot, step: Step, after: Snapshot) => boolean;
  /** A step that breaks this claim. */
  readonly violation: Transition;
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
export interface Progress {
  readonly id: string;
  readonly statement: string;
  readonly why: string;
  readonly seed: readonly SeedRef[];
  /** The client's wait that has to remain endable. */
  waits(s: Snapshot, client: number): boolean;
}

/** A situation that some default configuration has to reach: the guard against checks that see nothing interesting. */
export interface Goal {
  readonly id: string;
  readonly statement: string;
  /** Whether the situation is there. */
  reached(s: Snapshot): boolean;
  readonly example: Snapshot;
}

/** A defect of the seed (or of our own first design) that production repairs. */
export interface Repair {
  readonly id: RepairId;
  readonly title: string;
  readonly seed: readonly SeedRef[];
  readonly seedDoes: string;
  readonly weDo: string;
  /** What a caller finds after the error or race that the repair is about. */
  readonly stateAfterError: string;
  /** The claim that fails without the repair. */
  readonly claim: string;
  /** The configuration that leaves it out and has to find the violation. */
  readonly configuration: string;
}
