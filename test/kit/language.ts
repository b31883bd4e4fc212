// What the kit must know of a machine to check an implementation against it: how its states are compared, how an answer is judged,
// and what things are called. With a `Language` one edge walk, one breaker of promises, one story teller serve every machine.
//
// The machines themselves need no common ancestor: `AnyMachine`, `AnyExploration` and `AnyDriver` are the shapes that they have
// anyway. Type parameters, the same everywhere: `A` an action, `S` a snapshot that is written in place, `X` what the model
// says of a step, `R` what an implementation answers.

import type { Graph, Refusal } from '../../model/index.ts';
import type { SnapshotDifference } from './snapshot-difference.ts';

/** A state machine over packed rows. */
export interface AnyMachine<A, S, X> {
  /** Every concrete action; edges refer to it by index. */
  readonly actions: readonly A[];
  readonly rowWords: number;
  /** A copy of the state in which everything begins. */
  initialRow(): Int32Array;
  /** Performs an action on the row at `at`; undefined when it cannot happen. */
  step(row: Int32Array, at: number, index: number, into: Int32Array): X | undefined;
  snapshot(row: Int32Array, at: number, into: S): void;
  /** Why an action cannot happen; undefined when it can. */
  refusal(row: Int32Array, at: number, index: number): Refusal | undefined;
}

/** All reachable states of a machine, numbered in the order in which they were found. */
export interface AnyExploration<A, S, X> {
  readonly machine: AnyMachine<A, S, X>;
  readonly distinct: number;
  readonly rows: Int32Array;
  readonly parent: Int32Array;
  readonly via: Uint16Array;
  readonly graph?: Graph;
}

/** An implementation that performs actions and shows its state. */
export interface AnyDriver<A, S, R> {
  /** What reports call it; `production` where absent. */
  readonly name?: string;
  reset(): void;
  perform(action: A): R;
  snapshot(into: S): void;
}

/** How the states of one shape are compared and its steps told. Comparison runs after every step and allocates nothing. */
export interface Language<A, S, X, R> {
  /** Outcomes by the code that edges carry. */
  readonly outcomes: readonly string[];
  /** A snapshot to be written into. */
  blank(): S;
  sameState(a: S, b: S): boolean;
  /** Every field that differs; empty exactly where `sameState`. */
  stateDifferences(expected: S, seen: S): SnapshotDifference[];
  /** A bit for each who waits and may go on; what a step adds is who was woken by it. */
  runnable(state: S): number;
  /** `woken`: who can go on after the step and could not before, as the model sees it. */
  sameAnswer(expected: X, woken: number, answer: R): boolean;
  answerDifferences(expected: X, woken: number, answer: R): SnapshotDifference[];
  /** The operator's name in TLA+. */
  label(action: A, outcome: string): string;
  /** An action with its names; `before`, where given, is the state in which it happens. */
  actionText(action: A, before?: S): string;
  /** Writes the canonical TLA+ text of states, and remembers the parts that it has written. */
  writer(): (state: S) => string;
}

/** What reports call the implementation behind a driver. */
export function nameOfDriver({ name }: { readonly name?: string }): string {
  return name ?? 'production';
}
