// The closing report as text: failures with their stories, one row per configuration, the claims, the repairs, what was not
// checked, and the verdict on the last line. Pure: a result goes in, text comes out; colour is the caller's to allow.

import { createColors } from 'picocolors';
import { plainTable } from './plain-table.ts';
import { verdictOf, type CheckResult, type ConfigurationResult, type Failure, type RepairResult } from './result.ts';

export interface ReportOptions {
  readonly colour: boolean;
  /** Also how often each claim applied, and the way to each violation that a repair prevents. */
  readonly verbose: boolean;
}

/** Most failures told in full; the rest are counted, and stand in the JSON report. */
const FAILURES_TOLD = 10;

export function reportText(result: CheckResult, options: ReportOptions): string {
  const parts = [
    result.failures.length > 0 ? failuresText(result.failures, options) : undefined,
    result.configurations.length > 0 ? configurationsText(result) : undefined,
    options.verbose && result.labels.seen > 0 ? claimsText(result) : undefined,
    result.repairs.length > 0 ? repairsText(result) : undefined,
    ...(options.verbose ? result.repairs.map(repairStory) : []),
    options.verbose && result.plantedBugs.length > 0 ? bugsText(result) : undefined,
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
  const sum = (of: (c: ConfigurationResult) => number | null): number | null =>
    configurations.reduce<number | null>((total, c) => (of(c) === null ? total : (total ?? 0) + of(c)!), null);
  rows.push([
    ...['', 'all', '', count(sum((c) => c.distinctStates)), count(sum((c) => c.edges)), '', ''],
    ...[
      count(sum((c) => c.claimsApplied)),
      count(sum((c) => c.edgesExecuted)),
      (sum((c) => c.seconds) ?? 0).toFixed(1),
    ],
  ]);
  return plainTable(head, rows, [3, 4, 5, 6, 7, 8, 9]);
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
  return plainTable(['claim', 'in TLA+', 'status', 'applied'], rows, [3]);
}

function repairsText({ repairs }: CheckResult): string {
  const rows = repairs.map((r) => [
    ...[r.id, r.configuration, r.violated === null ? 'NOTHING VIOLATED' : `${r.violated} violated`],
    ...[r.tlaViolated ?? '-', count(r.traceLength)],
  ]);
  return plainTable(['repair', 'configuration', 'model', 'TLA+', 'steps'], rows, [4]);
}

function repairStory({ id, claim, story }: RepairResult): string {
  return [`Without ${id}, the shortest way to a violation of ${claim}:`, ...story.map((line) => `    ${line}`)].join(
    '\n',
  );
}

function bugsText({ plantedBugs }: CheckResult): string {
  const rows = plantedBugs.map((bug) => [bug.name, bug.kind, bug.claim, bug.caughtBy, bug.effort]);
  return plainTable(['planted bug', 'kind', 'must be caught by', 'caught by', 'effort'], rows, [4]);
}

const bugsCaught = ({ plantedBugs }: CheckResult): number =>
  plantedBugs.filter(({ claim, caughtBy }) => caughtBy === claim).length;

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
    ...(result.random.length === 0
      ? []
      : [`random steps ${count(result.random.reduce((sum, { steps }) => sum + steps, 0))}`]),
    ...(result.plantedBugs.length === 0 ? [] : [`planted bugs ${bugsCaught(result)}/${result.plantedBugs.length}`]),
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
