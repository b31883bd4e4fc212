// What a TLA+ engine is to the rest of the kit: one question (a module under a configuration), one typed answer.
//
// A verdict says what the specification does; `parse-error` that it could not be read or configured; `engine-failed` that
// there is no verdict at all (out of time, memory or stack, too many states, not in this engine's power). Nothing that
// went wrong in an engine may look like a violation, and a violation never looks like a broken engine.

import type { LabelledGraph } from './graph.ts';

/** One check: a module with its configuration. */
export interface TlaRun {
  /** Directory of the module, of those it extends, and of the cfg. */
  readonly moduleDir: string;
  readonly module: string;
  /** File name of the configuration, relative to `moduleDir` or absolute. */
  readonly cfg: string;
  readonly wantGraph: boolean;
  /** More distinct states than this end the check as `engine-failed`. */
  readonly maxStates: number;
  readonly timeoutSeconds: number;
}

export type TlaVerdict =
  | 'ok'
  | 'invariant'
  | 'deadlock'
  | 'action-property'
  | 'temporal'
  | 'assert'
  | 'assume'
  | 'evaluation-error'
  | 'parse-error'
  | 'engine-failed';

/** One state of a counterexample; the first has no action. */
export interface TlaTraceStep {
  readonly action?: string;
  /** Canonical text. */
  readonly state: string;
}

export interface TlaResult {
  readonly verdict: TlaVerdict;
  /** Name of the violated invariant or property, where the engine tells it. */
  readonly violated?: string;
  /** 0 where the engine did not get as far as a state. Comparable between engines only for verdict `ok`. */
  readonly distinctStates: number;
  /** Initial states and successors, duplicates counted. */
  readonly generated?: number;
  /** States on the longest shortest path; absent where the engine does not know it exactly. */
  readonly depth?: number;
  readonly graph?: LabelledGraph;
  readonly trace?: readonly TlaTraceStep[];
  /** For a temporal violation: the index in `trace` to which the last state returns; equal to the last index for stuttering. */
  readonly loopsTo?: number;
  /** One or more sentences for the reader; '' for ok. */
  readonly message: string;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

export interface TlaEngine {
  /** With version, as printed in reports. */
  readonly name: string;
  check(run: TlaRun): Promise<TlaResult>;
}
