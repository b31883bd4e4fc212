// What the command is made of: the voices and the tools that hold them together, as the phases see them.
//
// The phases know the parts only through this interface. `project-parts.ts` binds it to the project; a test binds it to a
// part that lies, fails or throws, and sees that the command notices. Nothing here runs before it is asked.

import type { Claim, Goal, Progress, Repair } from '../../../spec/claim.ts';
import type { Exploration } from '../../../model/explore.ts';
import type { LabelledGraph } from '../graph.ts';
import type { BugReport } from '../planted/bug.ts';
import type { ConformReport } from '../random/conform.ts';
import type { TlaEngine, TlaRun, TlaVerdict } from '../tla/engine.ts';
import type { ManifestMode } from '../tla/manifest.ts';
import type { EngineName } from './options.ts';

/** A TLA+ check that the manifest lists, with what it must answer. */
export interface TlaJob {
  /** Name of the configuration. */
  readonly name: string;
  readonly run: TlaRun;
  readonly mode: ManifestMode;
  /** Action and temporal properties that its cfg lists. */
  readonly properties: readonly string[];
  /** Which engines can be given this check. */
  readonly engines: readonly EngineName[];
  readonly expected: {
    readonly verdict: TlaVerdict;
    /** Name of the invariant or property that must be the one violated. */
    readonly violated?: string | undefined;
    readonly distinctStates?: number | undefined;
    readonly edges?: number | undefined;
    readonly depth?: number | undefined;
    readonly graphHash?: string | undefined;
  };
}

/** Two things that should be the same and are not, told in lines. */
export interface Mismatch {
  readonly summary: string;
  readonly story: readonly string[];
}

/** Every edge of an exploration, executed on production. */
export interface EdgeWalk {
  readonly executed: number;
  readonly total: number;
  /** Steps that production made, prefixes included. */
  readonly steps: number;
  readonly mismatch?: Mismatch;
}

/** Broken promises thrown at production in the states of an exploration. */
export interface PromiseRun {
  /** Promise name -> how often production named it. */
  readonly thrown: ReadonlyMap<string, number>;
  readonly mismatch?: Mismatch;
}

export interface ExploreOptions {
  /** Stop at the first violation of a claim; else go on to the end. */
  readonly claims: readonly Claim[];
  readonly goals: readonly Goal[];
  readonly graph: boolean;
}

export interface Parts {
  readonly claims: readonly Claim[];
  readonly progress: readonly Progress[];
  readonly goals: readonly Goal[];
  readonly repairs: readonly Repair[];
  /** Names of the promises that production may throw. */
  readonly promises: readonly string[];
  /** Names of the safe configurations, in the order in which they are told. */
  readonly safe: readonly string[];
  /** Safe configurations that are too large for a default run; the model explores them when they are asked for by name. */
  readonly large: readonly string[];
  /** TLA+ checks of the manifest. */
  readonly jobs: readonly TlaJob[];
  readonly engine: TlaEngine;
  readonly engineName: EngineName;
  /** Sentences about what the specification, its configurations or the manifest do wrong. */
  lint(): Promise<readonly string[]>;
  explore(configuration: string, options: ExploreOptions): Exploration;
  /** First state per client from which it can never stop waiting. */
  stuck(exploration: Exploration): readonly { readonly client: number; readonly state: number }[];
  modelGraph(exploration: Exploration): LabelledGraph;
  walkEdges(exploration: Exploration): EdgeWalk;
  breakPromises(exploration: Exploration): PromiseRun;
  /** Random conformance, round by round; yields how many runs are over. */
  conform(): Generator<number, ConformReport>;
  /** Plants every bug and tells what caught it. */
  huntBugs(onProgress: (report: BugReport, done: number, total: number) => void): Promise<readonly BugReport[]>;
  /** The shortest way to a state in a few numbered lines, and what its last step changed. */
  story(exploration: Exploration, state: number, action?: number): readonly string[];
}
