// What a hunt means: whether it succeeded, in sentences, as a table, and as data.

import { BUG_KINDS, type BugReport } from './bug.ts';
import { isCatalogued, PLANTED_BUGS } from './bugs.ts';

/** What is asked of the whole hunt. */
export const HUNT_TARGETS = { bugs: 40, ofEachKind: 6, byClaimsAlone: 20, medianRuns: 20 } as const;

/** What is wrong, one sentence each; empty when every bug was caught by the claim that must catch it. */
export function huntProblems(reports: readonly BugReport[]): readonly string[] {
  const problems = reports.flatMap((report) => problemOf(report) ?? []);
  if (reports.length === PLANTED_BUGS.length) problems.push(...shortfalls(reports));
  return problems;
}

function problemOf({ name, claim, caughtBy, also, effort, unit, comparedRuns, ok }: BugReport): string | undefined {
  if (ok) return undefined;
  const spent = `${effort} ${unit}`;
  if (caughtBy === 'nothing') return `The planted bug '${name}' is not caught in ${spent}; ${claim} must catch it.`;
  if (caughtBy === claim && comparedRuns === 0)
    return `The planted bug '${name}' breaks ${claim}, but comparison with the model does not see it.`;
  const seen = [caughtBy, ...also].join(', ');
  return `The planted bug '${name}' is caught by ${seen} after ${spent}; ${claim} must catch it first.`;
}

function shortfalls(reports: readonly BugReport[]): string[] {
  const { bugs, ofEachKind, byClaimsAlone, medianRuns } = HUNT_TARGETS;
  const problems: string[] = [];
  const atLeast = (what: string, least: number, seen: number): void => {
    if (seen < least) problems.push(`There must be at least ${least} ${what}, and there are ${seen}.`);
  };
  atLeast('planted bugs', bugs, reports.length);
  for (const kind of BUG_KINDS)
    atLeast(`planted bugs of the kind ${kind}`, ofEachKind, reports.filter((report) => report.kind === kind).length);
  atLeast('planted bugs caught by claims alone', byClaimsAlone, reports.filter(isCaughtByClaimsAlone).length);
  const median = medianRunsOf(reports);
  if (median > medianRuns) problems.push(`The median effort is ${median} random runs, more than ${medianRuns}.`);
  return problems;
}

/** Caught in production, or on a device below it, by an invariant or property with comparison switched off. */
export function isCaughtByClaimsAlone({ ok, claim, comparedRuns }: BugReport): boolean {
  return ok && isCatalogued(claim) && comparedRuns !== undefined;
}

/** Median effort of the bugs that were hunted by random runs; 0 if there are none. */
export function medianRunsOf(reports: readonly BugReport[]): number {
  const runs = reports.filter(({ unit }) => unit === 'runs').map(({ effort }) => effort);
  runs.sort((a, b) => a - b);
  return runs[Math.floor(runs.length / 2)] ?? 0;
}

/** An entry of `plantedBugs[]` in the JSON report. */
export interface PlantedBugEntry {
  readonly name: string;
  readonly kind: string;
  readonly claim: string;
  readonly caughtBy: string;
  /** Such as `7 runs` or `137 states`. */
  readonly effort: string;
}

export function plantedBugEntry({ name, kind, claim, caughtBy, effort, unit }: BugReport): PlantedBugEntry {
  return { name, kind, claim, caughtBy, effort: effortText(effort, unit) };
}

export function effortText(effort: number, unit: BugReport['unit']): string {
  return `${effort} ${effort === 1 ? unit.slice(0, -1) : unit}`;
}

/** One line a bug, then one about all of them. */
export function huntLines(reports: readonly BugReport[]): string[] {
  const width = Math.max(...reports.map(({ name }) => name.length), 0);
  const lines = reports.map(({ name, kind, claim, caughtBy, also, effort, unit, ok }) => {
    const together = also.length > 0 ? ` (with ${also.join(', ')})` : '';
    const verdict = ok ? `${claim}${together}` : `${caughtBy}${together} instead of ${claim}`;
    return `${ok ? ' ' : '!'} ${name.padEnd(width)}  ${kind.padEnd(10)}  ${effortText(effort, unit).padStart(10)}  ${verdict}`;
  });
  const caught = reports.filter(({ ok }) => ok).length;
  const alone = reports.filter(isCaughtByClaimsAlone).length;
  const sum = `${caught} of ${reports.length} planted bugs caught, ${alone} by claims alone; median ${medianRunsOf(reports)} random runs`;
  return [...lines, sum];
}
