// The closing report as text: failures with their stories, one row per configuration, the claims, the repairs, what was not
// checked, and the verdict on the last line. Pure: a result goes in, text comes out; colour is the caller's to allow.

import Table from 'cli-table3';
import { createColors } from 'picocolors';
import { verdictOf, type CheckResult, type ConfigurationResult, type Failure } from './result.ts';

export interface ReportOptions {
  readonly colour: boolean;
  /** Also a table of the claims, one row each. */
  readonly verbose: boolean;
}

/** Most failures told in full; the rest are counted, and stand in the JSON report. */
const FAILURES_TOLD = 10;

const PLAIN = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
    ...{
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

export function reportText(result: CheckResult, options: ReportOptions): string {
  const parts = [
    result.failures.length > 0 ? failuresText(result.failures, options) : undefined,
    result.configurations.length > 0 ? configurationsText(result) : undefined,
    options.verbose ? claimsText(result) : undefined,
    result.repairs.length > 0 ? repairsText(result) : undefined,
    result.notChecked.length > 0 ? notCheckedText(result) : undefined,
    totalsText(result, options),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n') + '\n';
}

function failuresText(failures: readonly Failure[], { colour }: ReportOptions): string {
  const { red, bold } = createColors(colour);
  const told = failures.slice(0, FAILURES_TOLD).map(({ phase, configuration, summary, story }) => {
    const where = configuration === undefined ? phase : `${phase}, ${configuration}`;
    return [`${bold(red('✗'))} ${bold(`${where}:`)} ${summary}`, ...story.map((line) => `    ${line}`)].join('\n');
  });
  const more = failures.length - FAILURES_TOLD;
  return [...told, ...(more > 0 ? [`… and ${more} more failures; --json FILE has them all`] : [])].join('\n\n');
}

type Cell = string;
const count = (n: number | null): Cell => (n === null ? '-' : n.toLocaleString('en-US'));

/** A table without lines: columns of text, numbers to the right. */
function tableText(head: readonly string[], rows: readonly (readonly Cell[])[], left: number): string {
  const table = new Table({
    ...PLAIN,
    head: [...head],
    colAligns: head.map((_, i) => (i < left ? ('left' as const) : ('right' as const))),
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function configurationsText({ configurations }: CheckResult): string {
  const head = [
    'engine',
    'configuration',
    'graphs',
    'states',
    'transitions',
    'depth',
    'claims',
    'applied',
    'edges executed',
    'seconds',
  ];
  const rows = configurations.map((c) => [c.engine, c.name, graphs(c), count(c.distinctStates), ...numbersOf(c)]);
  const sum = (of: (c: ConfigurationResult) => number | null): number =>
    configurations.reduce((total, c) => total + (of(c) ?? 0), 0);
  const executed = configurations.some((c) => c.edgesExecuted !== null);
  rows.push([
    ...['', 'all', '', count(sum((c) => c.distinctStates)), count(sum((c) => c.edges)), '', ''],
    ...[count(sum((c) => c.claimsApplied)), executed ? count(sum((c) => c.edgesExecuted)) : '-'],
    sum((c) => c.seconds).toFixed(1),
  ]);
  return tableText(head, rows, 3);
}

function graphs({ graphsEqual }: ConfigurationResult): Cell {
  if (graphsEqual === null) return '-';
  return graphsEqual ? 'equal' : 'DIFFER';
}

function numbersOf(c: ConfigurationResult): Cell[] {
  const executed = c.edgesExecuted === null ? '-' : `${count(c.edgesExecuted)}/${count(c.edges)}`;
  return [
    count(c.edges),
    count(c.depth),
    count(c.claimsChecked),
    count(c.claimsApplied),
    executed,
    c.seconds.toFixed(1),
  ];
}

function claimsText({ claims }: CheckResult): string {
  const rows = claims.map((claim) => [claim.id, claim.tla ?? '-', claim.status, count(claim.statesApplied)]);
  return tableText(['claim', 'in TLA+', 'status', 'applied'], rows, 3);
}

function repairsText({ repairs }: CheckResult): string {
  const rows = repairs.map((r) => [
    ...[r.id, r.configuration, r.violated === null ? 'NOTHING VIOLATED' : `${r.violated} violated`],
    ...[r.tlaViolated ?? '-', count(r.traceLength)],
  ]);
  return tableText(['repair', 'configuration', 'model', 'TLA+', 'steps'], rows, 4);
}

function notCheckedText({ notChecked }: CheckResult): string {
  return ['Not checked in this run:', ...notChecked.map(({ what, reason }) => `  ${what}: ${reason}`)].join('\n');
}

function totalsText(result: CheckResult, { colour }: ReportOptions): string {
  const { green, red, bold } = createColors(colour);
  const checked = result.claims.filter((claim) => claim.status === 'holds');
  const reached = result.goals.filter((goal) => goal.reachedIn.length > 0);
  const applied = checked.reduce((sum, claim) => sum + claim.statesApplied, 0);
  const seen = [
    ...(result.labels.seen === 0 // the model was not asked
      ? []
      : [
          `claims ${checked.length} hold, applied ${count(applied)} times`,
          `goals ${reached.length}/${result.goals.length}`,
          `labels ${result.labels.seen}/${result.labels.listed}`,
        ]),
    ...(result.phases.includes('promises')
      ? [`promises ${result.promises.thrown.length}/${result.promises.listed}`]
      : []),
  ];
  const { length } = result.failures;
  const verdict =
    verdictOf(result) === 'holds'
      ? bold(green(`Everything that was checked holds (${result.seconds.toFixed(1)} s).`))
      : bold(red(`${length} failure${length === 1 ? '' : 's'} (${result.seconds.toFixed(1)} s).`));
  return [...(seen.length > 0 ? [seen.join('; ')] : []), verdict].join('\n');
}
