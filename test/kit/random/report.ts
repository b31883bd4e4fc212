// A report of random conformance, and a failure of it, in lines for people.

import type { ConformFailure } from './failure.ts';
import type { ConformReport, ReplayReport } from './conform.ts';

const count = (n: number): string => n.toLocaleString('en-US');

/** What one line can say: `4,000 runs, 480,000 steps, 99.9 % of the commands executed, 120.0 steps a run`. */
export function summaryLine({ runs, executed, share, meanLength }: ConformReport): string {
  const percent = (100 * share).toFixed(1);
  return `${count(runs)} runs, ${count(executed)} steps, ${percent} % of the commands executed, ${meanLength.toFixed(1)} steps a run`;
}

export function formatReport(report: ConformReport): string {
  const { seed, left, coverage, claims, problems, failure } = report;
  const lines = [`seed ${seed}: ${summaryLine(report)}`];
  if (left > 0) lines.push(`${count(left)} runs ended early: the implementation would not go on`);
  const { met, expected, missing } = coverage;
  const held = expected === undefined ? '' : `, ${expected - missing.length} of the ${expected} expected`;
  lines.push(`${met.size} combinations of outcome and state of the io${held}`);
  const asked = Object.values(claims);
  lines.push(`${asked.length} claims, ${count(asked.reduce((sum, n) => sum + n, 0))} times asked`);
  if (failure !== undefined) lines.push(`failed in run ${report.runs}`, ...failureLines(failure));
  return [...lines, ...problems].join('\n');
}

export function failureLines(failure: ConformFailure): readonly string[] {
  const { summary, configuration, story, token } = failure;
  return [summary, `on ${configuration}`, ...story, `repeat: npm run check-model -- --replay ${token}`];
}

export function formatReplay({ executed, failure }: ReplayReport): string {
  if (failure !== undefined) return failureLines(failure).join('\n');
  return `The program of the token holds here: ${executed} step(s), nothing differs and no claim is broken.`;
}
