// What the command is made of: the voices and the tools that hold them together, as the phases see them.
//
// The phases know the parts only through this interface, and so not how many machines there are: catalogues and configurations
// of all of them stand in one list each, and an explored configuration is the same thing for every machine. `project-parts.ts`
// binds it to the project; a test binds it to a part that lies, fails or throws, and sees that the command notices. Nothing
// here runs before it is asked.

import type { Claim, ClaimStatus, OriginalRef } from '../../spec/claim.ts';
import type { LabelledGraph } from '../tla/graph.ts';
import type { BugReport } from '../planted/bug.ts';
import type { TlaEngine, TlaRun, TlaVerdict } from '../tla/engine.ts';
import type { ManifestMode } from '../tla/manifest.ts';
import type { EngineName } from './options.ts';
import type { RandomResult } from './result.ts';

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

/** An entry of a catalogue, whichever machine it is about, as far as a run tells it. */
export interface ClaimEntry {
  readonly id: string;
  /** Its name in TLA+. */
  readonly tla: string;
  readonly form: Claim['form'];
  readonly status: ClaimStatus;
  /** Name in TLA+ of what a broken step leaves behind. */
  readonly tlaState?: string;
  readonly statement: string;
  readonly why: string;
  readonly original: readonly OriginalRef[];
}

/** Something that must always remain possible. */
export interface ProgressEntry {
  readonly id: string;
}

export interface GoalEntry {
  readonly id: string;
  readonly statement: string;
}

/** What is left out in one configuration, in which a claim must fail. */
export interface RepairEntry {
  readonly id: string;
  readonly title: string;
  readonly claim: string;
  readonly configuration: string;
}

/** What the explorer is asked: everything that the catalogue has for the machine, nothing, or one claim alone. */
export type Asked = 'everything' | 'nothing' | { readonly claim: string };

/** Somebody who can wait for ever. */
export interface Stuck {
  /** The claim of progress that this breaks. */
  readonly id: string;
  /** Name of the one who waits. */
  readonly who: string;
  readonly story: readonly string[];
}

/** A claim that failed, and the shortest way to it. */
export interface ExploredViolation {
  readonly claim: string;
  readonly steps: number;
  readonly story: readonly string[];
}

/** A configuration as the model has explored it; what machine it is, only `machine-parts.ts` knows. */
export interface Explored {
  readonly distinct: number;
  readonly transitions: number;
  readonly depth: number;
  /** Every reachable state was seen. */
  readonly complete: boolean;
  /** How many checked claims the explorer was asked. */
  readonly claimsAsked: number;
  /** Claim id to the number of states or steps in which it applied. */
  readonly applied: ReadonlyMap<string, number>;
  /** Ids of the goals that were reached. */
  readonly goals: readonly string[];
  readonly violation?: ExploredViolation;
  /** Labels of its edges. */
  labels(): ReadonlySet<string>;
  /** Id of a claim of progress to the number of states in which somebody waits. */
  waits(): ReadonlyMap<string, number>;
  /** The first state per one who waits from which the waiting can never end. */
  stuck(): readonly Stuck[];
  graph(): LabelledGraph;
  walkEdges(): EdgeWalk;
  breakPromises(): PromiseRun;
}

/** Random runs of one machine against production. */
export interface RandomPart {
  /** Name of the machine. */
  readonly machine: string;
  /** Round by round; yields how many runs are over. */
  rounds(): Generator<number, RandomReport>;
}

/** What random runs have shown. */
export interface RandomReport extends RandomResult {
  /** One line that sums it up. */
  readonly line: string;
  /** A sentence and the lines below it. */
  readonly failure?: Mismatch;
  /** Why the runs prove too little, a sentence each. */
  readonly problems: readonly string[];
}

export interface Parts {
  readonly claims: readonly ClaimEntry[];
  readonly progress: readonly ProgressEntry[];
  readonly goals: readonly GoalEntry[];
  readonly repairs: readonly RepairEntry[];
  /** Names of the promises that production may throw. */
  readonly promises: readonly string[];
  /** Labels of the vocabularies; each must be seen in some safe configuration. */
  readonly labels: readonly string[];
  /** Labels that only a configuration without a repair can show. */
  readonly unsafeLabels: readonly string[];
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
  /** The model of a configuration, explored up to the first violation of what is asked. */
  explore(configuration: string, asked: Asked): Explored;
  /** Random conformance of each machine. */
  readonly random: readonly RandomPart[];
  /** Plants every bug and tells what caught it. */
  huntBugs(onProgress: (report: BugReport, done: number, total: number) => void): Promise<readonly BugReport[]>;
}
