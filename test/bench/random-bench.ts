// Random conformance on production: steps a second, each compared in full with the model, without and with the claims of the
// catalogue asked after each. The two take turns, and each is the median of its rounds.

import { conform } from '../kit/random/conform.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median } from './rounds.ts';

export interface RandomBench {
  readonly rounds: number;
  readonly note: (line: string) => void;
}

/** Runs of one measurement; the first 250 are made before the clock starts. */
const RUNS = 1000;

/** Steps a second of one measurement. */
export function measureRandomConformance(claims = false, runs = RUNS): { stepsPerSecond: number; steps: number } {
  conform({ claims, runs: Math.min(250, runs) });
  const begin = performance.now();
  const report = conform({ claims, runs });
  const seconds = (performance.now() - begin) / 1000;
  if (!report.holds) throw new Error(report.failure?.summary ?? report.problems.join(' '));
  return { stepsPerSecond: report.executed / seconds, steps: report.executed };
}

export async function randomBench({ rounds, note }: RandomBench): Promise<Figure[]> {
  const variants = [
    { name: 'random conformance, full comparison', run: () => measureRandomConformance(false).stepsPerSecond },
    { name: 'random conformance, comparison and claims', run: () => measureRandomConformance(true).stepsPerSecond },
  ];
  const figures = await measureInRounds(variants, rounds, (round, name, figure) => {
    note(`round ${round}: ${name} ${Math.round(figure).toLocaleString('en-US')} steps/s`);
  });
  return variants.map(({ name }): Figure => {
    const all = figures.get(name)!;
    return { what: name, median: median(all), unit: 'steps/s', rounds: all };
  });
}
