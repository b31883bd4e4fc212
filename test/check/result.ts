// What a run of the command found out: plain data, filled by the phases, read by the reports.
//
// Everything that was asked for ends in one of three ways: it holds, it is a Failure, or it stands in `notChecked` with the
// reason. Nothing is left out silently; the verdict is `holds` exactly when there is no Failure.

import type { ClaimStatus } from '../../spec/claim.ts';
import type { PlantedBugEntry } from '../planted/report.ts';

/** The phases, in the order in which they are told. */
export const PHASE_IDS = [
  'lint',
  'model',
  'tla',
  'graphs',
  'edges',
  'promises',
  'repairs',
  'random',
  'bugs',
  'coverage',
] as const;

export type PhaseId = (typeof PHASE_IDS)[number];

/** Something that is violated, different or missing. */
export interface Failure {
  readonly phase: PhaseId;
  readonly configuration?: string;
  /** One sentence. */
  readonly summary: string;
  /** The way there, the difference, the claim with its lines of the original: a few lines that stand below the sentence. */
  readonly story: readonly string[];
}

/** One configuration as the voices saw it; null where a voice was not asked. */
export interface ConfigurationResult {
  readonly name: string;
  /** The TLA+ engine whose run is reported, or `model` where only the model explored it. */
  readonly engine: string;
  readonly distinctStates: number;
  /** Concrete transitions: each action with its arguments. Production executes every one. */
  readonly edges: number | null;
  /** Distinct (state, label, state): what graphs are compared by. */
  readonly labelledEdges: number | null;
  readonly depth: number | null;
  readonly graphsEqual: boolean | null;
  readonly claimsChecked: number | null;
  /** How often a claim applied, summed over the claims. */
  readonly claimsApplied: number | null;
  readonly edgesExecuted: number | null;
  /** Production steps per edge, prefixes included. */
  readonly stepsPerEdge: number | null;
  readonly promisesThrown: number | null;
  readonly seconds: number;
}

/** `notChecked` where the run left the claim out, `neverApplied` where no explored state said anything about it. */
export type ClaimOutcome = 'holds' | 'violated' | 'neverApplied' | 'notChecked' | Exclude<ClaimStatus, 'checked'>;

export interface ClaimResult {
  readonly id: string;
  /** Name in the TLA+ specification; null for what always remains possible, which has none there. */
  readonly tla: string | null;
  readonly status: ClaimOutcome;
  /** States, or steps for a two-state property, in which the claim said something. */
  readonly statesApplied: number;
}

export interface RepairResult {
  readonly id: string;
  readonly configuration: string;
  /** The claim that must fail without the repair. */
  readonly claim: string;
  /** The claim that did fail in the model; null when none did. */
  readonly violated: string | null;
  /** Steps of the shortest way there; null when there is none. */
  readonly traceLength: number | null;
  /** The shortest way there, told step by step. */
  readonly story: readonly string[];
  /** The invariant or property that the TLA+ engine found violated; null when it found none or was not asked. */
  readonly tlaViolated: string | null;
  readonly tlaEngine: string | null;
}

/** What random conformance of one machine did. */
export interface RandomResult {
  /** Name of the machine. */
  readonly machine: string;
  readonly seed: number;
  readonly runs: number;
  readonly steps: number;
  /** Executed commands among the generated ones. */
  readonly share: number;
  /** Executed commands in a run, on average. */
  readonly meanLength: number;
  /** Different (action, outcome, circumstances) that were met. */
  readonly combinations: number;
}

export interface NotChecked {
  readonly what: string;
  readonly reason: string;
}

export interface CheckResult {
  readonly engine: string;
  readonly phases: readonly PhaseId[];
  readonly configurations: readonly ConfigurationResult[];
  readonly claims: readonly ClaimResult[];
  readonly repairs: readonly RepairResult[];
  /** One entry per machine; empty where the phase was left out. */
  readonly random: readonly RandomResult[];
  readonly plantedBugs: readonly PlantedBugEntry[];
  /** Goal id and the configurations that reach it. */
  readonly goals: readonly { readonly id: string; readonly reachedIn: readonly string[] }[];
  readonly labels: { readonly seen: number; readonly listed: number };
  readonly promises: { readonly thrown: readonly string[]; readonly listed: number };
  readonly notChecked: readonly NotChecked[];
  readonly failures: readonly Failure[];
  readonly seconds: number;
}

export type Verdict = 'holds' | 'broken';

export function verdictOf(result: Pick<CheckResult, 'failures'>): Verdict {
  return result.failures.length === 0 ? 'holds' : 'broken';
}
