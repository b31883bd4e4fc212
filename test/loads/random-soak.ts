// Random conformance for as long as asked: default runs one after the other, each with the seed after that of the one before,
// until enough steps are made, the time is over, or something fails. What fails has its own token, as in any other run.

import { conform, DEFAULT_RUNS, type ConformOptions, type ConformReport } from '../kit/random/conform.ts';
import { expectedCoverage } from '../kit/random/coverage.ts';

export interface SoakOptions extends Omit<ConformOptions, 'runs' | 'expected'> {
  readonly seed: number;
  readonly steps: number;
  /** Runs of one part, after which progress is told and the clock is looked at. */
  readonly runsPerPart?: number;
  /** Whether there is time for another part. */
  readonly goesOn?: () => boolean;
  readonly onPart?: (progress: SoakProgress) => void;
}

export interface SoakProgress {
  readonly runs: number;
  readonly steps: number;
  readonly seed: number;
}

export interface SoakReport extends SoakProgress {
  /** The part that failed. */
  readonly failed?: ConformReport;
  /** Combinations that should occur and never did; empty where too little was done to tell. */
  readonly missing: readonly string[];
}

export function soak(options: SoakOptions): SoakReport {
  const { seed, steps: wanted, runsPerPart = 1000, goesOn = () => true, onPart, ...rest } = options;
  const met = new Set<string>();
  let [runs, steps] = [0, 0];
  for (let part = 0; steps < wanted && (part === 0 || goesOn()); part++) {
    // What is expected is asked of the whole soak, below.
    const report = conform({ ...rest, seed: (seed + part) % 2 ** 31, runs: runsPerPart, expected: [] });
    runs += report.runs;
    steps += report.executed;
    for (const one of report.coverage.met.keys()) met.add(one);
    if (!report.holds) return { runs, steps, seed: report.seed, failed: report, missing: [] };
    onPart?.({ runs, steps, seed: report.seed });
  }
  const missing = runs < DEFAULT_RUNS ? [] : expectedCoverage().filter((one) => !met.has(one));
  return { runs, steps, seed, missing };
}
