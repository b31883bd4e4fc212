// The phases of the check: what each one holds against what, and what it calls a failure.
//
// A phase takes what it needs from the shared work, writes what it found into the ledger and says a line now and then. It
// does not stop at a failure: a run shows everything that is wrong. Phases may run in any order and at the same time, except
// that `coverage` sums up the others. The repairs, whose failing is the point, have a file of their own.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareGraphs, countEdges, graphHash } from '../tla/graph.ts';
import { formatDifference } from './graph-story.ts';
import type { TlaResult } from '../tla/engine.ts';
import { huntPlantedBugs } from './bugs-phase.ts';
import { claimLines } from '../kit/claim-lines.ts';
import type { PhaseContext } from './phase-context.ts';
import type { Ledger } from './ledger.ts';
import type { Explored, TlaJob } from './parts.ts';
import { conformAtRandom } from './random-phase.ts';
import { checkRepairs } from './repairs-phase.ts';
import type { PhaseId } from './result.ts';
import { traceStory } from './trace-story.ts';

export interface Phase {
  readonly id: PhaseId;
  readonly title: string;
  /** Answers with one line that sums up what was done. */
  run(context: PhaseContext): Promise<string>;
}

export const PHASES: readonly Phase[] = [
  { id: 'lint', title: 'specification, configurations and manifest are in order', run: lint },
  { id: 'model', title: 'every claim in every state and step, goals, waits that can end', run: exploreModel },
  { id: 'tla', title: 'verdict, states, edges, depth and graph as the manifest says', run: runTla },
  { id: 'graphs', title: 'TLA+ and model: equal graphs, edge by edge', run: compareVoices },
  { id: 'edges', title: 'production: every edge executed and compared', run: walkEdges },
  { id: 'promises', title: 'production: broken promises named, state untouched', run: breakPromises },
  { id: 'repairs', title: 'without each one the named claim fails', run: checkRepairs },
  {
    id: 'random',
    title: 'production against the model beyond every bound, claims after each step',
    run: conformAtRandom,
  },
  { id: 'bugs', title: 'planted bugs, each caught by the claim it names', run: huntPlantedBugs },
  { id: 'coverage', title: 'every label, claim, goal and promise was seen', run: checkCoverage },
];

const count = (n: number): string => n.toLocaleString('en-US');

async function lint({ parts, ledger }: PhaseContext): Promise<string> {
  const findings = await parts.lint();
  for (const finding of findings) ledger.fail('lint', finding);
  return findings.length === 0 ? 'nothing found' : `${findings.length} found`;
}

async function exploreModel(context: PhaseContext): Promise<string> {
  const { plan, work, ledger } = context;
  let states = 0;
  for (const name of [...plan.safe, ...plan.large]) {
    const { exploration, judged, seconds } = await work.explored(name);
    const row = noteExploration(context, name, exploration);
    row.claimsChecked = judged.claimsAsked;
    row.claimsApplied = [...judged.applied.values()].reduce((sum, n) => sum + n, 0);
    ledger.spend(name, seconds);
    states += exploration.distinct;
    noteCoverage(context, name, exploration, judged);
    judgeExploration(context, name, judged);
    context.say(`${name}: ${count(exploration.distinct)} states, ${count(exploration.transitions)} transitions`);
  }
  return `${plan.safe.length + plan.large.length} configurations, ${count(states)} states`;
}

/** The row of a configuration with its size in the model, which each phase that explores it can tell. */
function noteExploration({ ledger }: PhaseContext, name: string, exploration: Explored): ReturnType<Ledger['row']> {
  const row = ledger.row(name);
  row.distinctStates = exploration.distinct;
  row.edges = exploration.transitions;
  row.depth = exploration.depth;
  return row;
}

/** Adds up which claims applied, which goals were reached and which labels were seen. */
function noteCoverage({ ledger }: PhaseContext, name: string, exploration: Explored, judged: Explored): void {
  for (const [id, n] of [...judged.applied, ...exploration.waits()]) {
    ledger.applied.set(id, (ledger.applied.get(id) ?? 0) + n);
  }
  for (const id of judged.goals) ledger.goals.set(id, [...(ledger.goals.get(id) ?? []), name]);
  for (const label of exploration.labels()) ledger.labels.add(label);
}

function judgeExploration({ parts, ledger }: PhaseContext, name: string, exploration: Explored): void {
  const { violation } = exploration;
  if (violation !== undefined) {
    const claim = parts.claims.find((one) => one.id === violation.claim);
    ledger.violatedClaims.add(violation.claim);
    const story = [...violation.story, ...claimLines(claim)];
    ledger.fail('model', `${violation.claim} ${claim?.tla ?? ''} does not hold in the model.`, story, name);
    return;
  }
  if (!exploration.complete) {
    ledger.fail(
      'model',
      `The exploration ended at ${count(exploration.distinct)} states without seeing all.`,
      [],
      name,
    );
    return;
  }
  for (const { id, who, story } of exploration.stuck()) {
    ledger.violatedClaims.add(id);
    ledger.fail('model', `${id}: ${who} waits for what can no longer happen.`, story, name);
  }
}

async function runTla(context: PhaseContext): Promise<string> {
  const unsafe = new Set(context.plan.unsafe);
  const jobs = context.plan.jobs.filter((job) => !unsafe.has(job.name));
  let states = 0;
  await Promise.all(
    jobs.map(async (job) => {
      const result = await context.work.checked(job);
      states += result.distinctStates;
      noteTlaRun(context, job, result);
      for (const difference of differencesFromManifest(job, result))
        context.ledger.fail('tla', ...difference, job.name);
      context.say(
        `${job.name}: ${result.verdict}, ${count(result.distinctStates)} states in ${result.seconds.toFixed(1)} s`,
      );
    }),
  );
  return `${context.parts.engine.name}: ${jobs.length} configurations, ${count(states)} states`;
}

function noteTlaRun({ parts, ledger }: PhaseContext, job: TlaJob, result: TlaResult): void {
  const row = ledger.row(job.name);
  row.engine = parts.engineName;
  if (row.distinctStates === 0) row.distinctStates = result.distinctStates;
  row.depth ??= result.depth ?? null;
  if (result.graph !== undefined) row.labelledEdges = countEdges(result.graph);
  ledger.spend(job.name, result.seconds);
}

/** Each place in which an answer is not what the manifest says, as a sentence and the lines below it. */
function differencesFromManifest(job: TlaJob, result: TlaResult): (readonly [string, readonly string[]])[] {
  const { expected } = job;
  if (result.verdict !== expected.verdict) {
    const which = result.violated === undefined ? '' : ` (${result.violated})`;
    const said = `The verdict is ${result.verdict}${which} where the manifest says ${expected.verdict}: ${result.message}`;
    return [[said, traceStory(result)]];
  }
  const wrong: (readonly [string, readonly string[]])[] = [];
  const hold = (what: string, seen: number | string | undefined, listed: number | string | undefined): void => {
    if (listed !== undefined && seen !== undefined && seen !== listed) {
      wrong.push([`The ${what} is ${seen} where the manifest says ${listed}.`, []]);
    }
  };
  hold('violated claim', result.violated, expected.violated);
  if (result.verdict !== 'ok') return wrong; // counts at a violation depend on the engine
  hold('number of distinct states', result.distinctStates, expected.distinctStates);
  hold('depth', result.depth, expected.depth);
  if (result.graph !== undefined) {
    hold('number of labelled edges', countEdges(result.graph), expected.edges);
    hold('hash of the graph', graphHash(result.graph), expected.graphHash);
  } else if (job.run.wantGraph) {
    wrong.push(['The engine gave no graph although it was asked for one.', []]);
  }
  return wrong;
}

async function compareVoices(context: PhaseContext): Promise<string> {
  const { parts, plan, work, ledger } = context;
  let [equal, states] = [0, 0];
  const compare = async (name: string): Promise<void> => {
    const job = plan.jobs.find((one) => one.name === name && one.run.wantGraph);
    if (job === undefined) {
      ledger.fail('graphs', 'The manifest lists no TLA+ check with a graph for it.', [], name);
      return;
    }
    const tla = await work.checked(job);
    const { exploration } = await work.explored(name);
    await nextTurn();
    if (tla.graph === undefined) {
      const summary = `There is no TLA+ graph to compare with, the verdict is ${tla.verdict}: ${tla.message}`;
      ledger.fail('graphs', summary, traceStory(tla), name);
      return;
    }
    const comparison = compareGraphs(tla.graph, exploration.graph());
    const row = noteExploration(context, name, exploration);
    row.engine = parts.engineName;
    row.labelledEdges = countEdges(tla.graph);
    row.graphsEqual = comparison.equal;
    if (comparison.equal) {
      equal += 1;
      states += exploration.distinct;
      context.say(`${name}: equal`);
      return;
    }
    const [summary, ...story] = formatDifference(comparison.difference, { left: 'TLA+', right: 'model' }).split('\n');
    ledger.fail('graphs', summary ?? 'The graphs differ.', story, name);
  };
  await Promise.all(plan.safe.map(compare));
  return `${equal} of ${plan.safe.length} graphs equal, ${count(states)} states`;
}

async function walkEdges(context: PhaseContext): Promise<string> {
  const { plan, work, ledger } = context;
  let [executed, total, steps] = [0, 0, 0];
  for (const name of plan.safe) {
    const { exploration } = await work.explored(name);
    await nextTurn();
    const begin = performance.now();
    const walk = exploration.walkEdges();
    const row = noteExploration(context, name, exploration);
    row.edges = walk.total;
    row.edgesExecuted = walk.executed;
    row.stepsPerEdge = walk.executed === 0 ? null : walk.steps / walk.executed;
    ledger.spend(name, (performance.now() - begin) / 1000);
    executed += walk.executed;
    total += walk.total;
    steps += walk.steps;
    if (walk.mismatch !== undefined) ledger.fail('edges', walk.mismatch.summary, walk.mismatch.story, name);
    else if (walk.executed < walk.total) {
      const left = count(walk.total - walk.executed);
      ledger.fail('edges', `${left} of ${count(walk.total)} edges were not executed on production.`, [], name);
    }
    context.say(`${name}: ${count(walk.executed)}/${count(walk.total)} edges`);
  }
  const each = executed === 0 ? 0 : steps / executed;
  return `${count(executed)}/${count(total)} edges, ${each.toFixed(2)} steps per edge`;
}

async function breakPromises(context: PhaseContext): Promise<string> {
  const { parts, plan, work, ledger } = context;
  let thrown = 0;
  for (const name of plan.safe) {
    const { exploration } = await work.explored(name);
    await nextTurn();
    const begin = performance.now();
    const run = exploration.breakPromises();
    let here = 0;
    for (const [promise, n] of run.thrown) {
      ledger.promises.set(promise, (ledger.promises.get(promise) ?? 0) + n);
      here += n;
    }
    ledger.row(name).promisesThrown = here;
    ledger.spend(name, (performance.now() - begin) / 1000);
    thrown += here;
    if (run.mismatch !== undefined) ledger.fail('promises', run.mismatch.summary, run.mismatch.story, name);
    context.say(`${name}: ${count(here)} thrown`);
  }
  return `${count(thrown)} broken promises thrown, ${ledger.promises.size} of ${parts.promises.length} kinds`;
}

/** That nothing listed was left unseen. Takes the explorations and promises anew only where no phase has had them. */
async function checkCoverage(context: PhaseContext): Promise<string> {
  const { parts, plan, work, ledger } = context;
  if (!plan.complete) return 'not claimed: some configurations were left out';
  if (!plan.phases.includes('model')) {
    for (const name of plan.safe) {
      const { exploration, judged } = await work.explored(name);
      noteCoverage(context, name, exploration, judged);
    }
  }
  const missing = (what: string, names: readonly string[]): void => {
    if (names.length > 0) ledger.fail('coverage', `Never seen: ${what} ${names.join(', ')}.`);
  };
  missing(
    'the labels',
    parts.labels.filter((label) => !ledger.labels.has(label)),
  );
  const stray = [...ledger.labels].filter((label) => !parts.labels.includes(label));
  if (stray.length > 0) ledger.fail('coverage', `Labels that the vocabulary does not list: ${stray.join(', ')}.`);
  if (plan.phases.includes('repairs')) {
    missing(
      'without the repairs that exclude them, the labels',
      parts.unsafeLabels.filter((label) => !ledger.unsafeLabels.has(label)),
    );
  } else if (parts.unsafeLabels.length > 0)
    ledger.leaveOut(`the labels ${parts.unsafeLabels.join(', ')}`, 'the phase repairs was left out by --only');
  const checked = [...parts.claims.filter((claim) => claim.status === 'checked'), ...parts.progress];
  missing(
    'a state or step in which these claims apply:',
    checked.filter((c) => !ledger.applied.get(c.id)).map((c) => c.id),
  );
  missing(
    'the goals',
    parts.goals.filter((goal) => !ledger.goals.has(goal.id)).map((goal) => goal.id),
  );
  if (plan.phases.includes('promises')) {
    missing(
      'the promises',
      parts.promises.filter((promise) => !ledger.promises.has(promise)),
    );
  } else ledger.leaveOut('that every promise is thrown somewhere', 'the phase promises was left out by --only');
  return `${ledger.labels.size}/${parts.labels.length} labels, ${checked.length} claims, ${parts.goals.length} goals`;
}
