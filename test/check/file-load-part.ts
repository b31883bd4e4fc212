// The random runs of the file load, as a part of the phase of random conformance: what clients of files see under load has an
// order.

import { LOAD_STEPS, runFileLoad, type LoadReport } from '../loads/file-load.ts';
import type { RandomPart, RandomReport } from './parts.ts';

const SEED = 1;
const RUNS = 2000;
const RUNS_PER_ROUND = 100;

export const FILE_LOAD_PART: RandomPart = { machine: 'files', rounds: loadRounds };

function* loadRounds(): Generator<number, RandomReport> {
  const met: Record<string, number> = {};
  let [runs, operations] = [0, 0];
  while (runs < RUNS) {
    const report = runFileLoad(SEED + runs++);
    operations += report.operations;
    for (const [what, times] of Object.entries(report.met)) met[what] = (met[what] ?? 0) + times;
    if (report.finding !== undefined) return reportOf(runs, operations, met, report.finding);
    if (runs % RUNS_PER_ROUND === 0) yield runs;
  }
  return reportOf(runs, operations, met);
}

function reportOf(
  runs: number,
  operations: number,
  met: Readonly<Record<string, number>>,
  finding?: LoadReport['finding'],
): RandomReport {
  const never = Object.entries(met).flatMap(([what, times]) => (times === 0 ? [what] : []));
  const count = (n: number): string => n.toLocaleString('en-US');
  return {
    ...{ machine: 'files', seed: SEED, runs, steps: runs * LOAD_STEPS, share: 1, meanLength: LOAD_STEPS },
    combinations: Object.keys(met).length - never.length,
    line: `${count(runs)} runs, ${count(operations)} operations of clients, each register linearizable`,
    problems: finding === undefined && never.length > 0 ? [`Never met by the file load: ${never.join(', ')}.`] : [],
    ...(finding && { failure: { summary: finding.summary, story: [...finding.story, `token ${finding.token}`] } }),
  };
}
