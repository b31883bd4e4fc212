// The run of the command and its reports, on a project small enough to be known by heart: what must come out when all holds,
// and that each kind of trouble, one at a time, is noticed, told and counted.

import type { BugReport } from '../../planted/bug.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RandomReport } from '../../check/parts.ts';
import { jsonReport, writeJsonReport, type JsonReport } from '../../check/json-report.ts';
import { PHASES } from '../../check/phases.ts';
import { planOf } from '../../check/plan.ts';
import { reportText } from '../../check/report.ts';
import type { CheckResult, PhaseId } from '../../check/result.ts';
import { runCheck } from '../../check/run-check.ts';
import {
  PLAYED_NOTHING,
  refsClaim,
  SMALL_GRAPH,
  SMALL_JOB,
  smallParts,
  type SmallChanges,
} from '../../support/small-parts.ts';

/** The small machine does not show every label of the vocabulary, so the phase that asks for them is left out here. */
const MOST: readonly PhaseId[] = ['lint', 'model', 'tla', 'graphs', 'edges', 'promises', 'repairs'];

function run(changes: SmallChanges = {}, only: readonly PhaseId[] = MOST): Promise<CheckResult> {
  const parts = smallParts(changes);
  return runCheck(parts, planOf(parts, { only }), 'silent');
}

const text = (result: CheckResult): string => reportText(result, { colour: false, verbose: true });

describe('a project in which everything holds', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hammer-io-kit-report-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  let result: CheckResult;
  beforeAll(async () => (result = await run()));

  test('has no failure', () => expect(result.failures).toEqual([]));

  test('fills the row of its configuration from every voice', () => {
    const states = SMALL_GRAPH.states.length;
    expect(result.configurations).toMatchObject([
      {
        name: 'small',
        engine: 'compiled',
        distinctStates: states,
        graphsEqual: true,
        claimsChecked: 1,
        promisesThrown: 3,
      },
    ]);
    const [row] = result.configurations;
    expect(row!.edgesExecuted).toBe(row!.edges);
    expect(row!.labelledEdges).toBe(SMALL_JOB.expected.edges);
  });

  test('says how often each claim applied', () => {
    expect(result.claims).toMatchObject([{ id: 'T1', tla: 'RefsAreFew', status: 'holds' }]);
    expect(result.claims[0]!.statesApplied).toBeGreaterThan(0);
  });

  test('says what was not checked, and why', () => {
    const left = result.notChecked.map(({ what }) => what).join('\n');
    expect(left).toContain('phases random, bugs, coverage');
    expect(result.notChecked.every(({ reason }) => reason.length > 10)).toBe(true);
  });

  test('ends its report with the verdict', () => {
    expect(text(result).trimEnd().split('\n').at(-1)).toMatch(/^Everything that was checked holds \(\d+\.\d s\)\.$/);
  });

  test('writes a JSON report with the promised fields, and leaves no temporary file', () => {
    writeJsonReport(join(directory, 'report.json'), result);
    const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as JsonReport;
    expect(report.verdict).toBe('holds');
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['configurations', 'claims', 'repairs', 'notChecked', 'failures']),
    );
    const fields = ['name', 'engine', 'distinctStates', 'edges', 'depth', 'graphsEqual', 'edgesExecuted', 'seconds'];
    expect(Object.keys(report.configurations[0]!)).toEqual(expect.arrayContaining(fields));
    expect(Object.keys(report.claims[0]!)).toEqual(expect.arrayContaining(['id', 'status', 'statesApplied']));
    expect(readdirSync(directory)).toEqual(['report.json']);
  });
});

describe('a project in which something is wrong', () => {
  const phasesOf = (result: CheckResult): PhaseId[] => [...new Set(result.failures.map(({ phase }) => phase))];

  test('canary: a phase that throws makes the run fail, and the others go on', async () => {
    const parts = smallParts();
    const phases = PHASES.map((phase) =>
      phase.id === 'edges' ? { ...phase, run: () => Promise.reject(new Error('the canary sings')) } : phase,
    );
    const result = await runCheck(parts, planOf(parts, { only: MOST }), 'silent', phases);
    expect(jsonReport(result).verdict).toBe('broken');
    expect(result.failures).toMatchObject([
      { phase: 'edges', summary: 'The check itself broke down: the canary sings' },
    ]);
    expect(result.configurations[0]).toMatchObject({ graphsEqual: true, edgesExecuted: null });
  });

  test('a part that throws is a failure of each phase that needs it', async () => {
    const explore = (): never => {
      throw new Error('no memory');
    };
    const result = await run({ explore });
    expect(phasesOf(result).sort()).toEqual(['edges', 'graphs', 'model', 'promises']);
  });

  test('a claim that does not hold is told with the way there and its lines of the original; graphs and edges are still compared', async () => {
    const result = await run({ claims: [refsClaim((refs) => refs === 0)] });
    expect(phasesOf(result)).toEqual(['model']);
    expect(result.claims).toMatchObject([{ id: 'T1', status: 'violated' }]);
    const report = text(result);
    expect(report).toContain('model, small: T1 RefsAreFew does not hold in the model.');
    expect(report).toContain('1. c1 ioRead d1 → io');
    expect(report).toContain('original: L300 the read counts a reference');
    expect(report).toMatch(/1 failure \(\d+\.\d s\)\.$/m);
    expect(result.configurations[0]).toMatchObject({ graphsEqual: true });
  });

  test('a graph that differs is told with the edge that differs', async () => {
    const target = SMALL_GRAPH.target.slice();
    target[0] = 0;
    const engine = smallParts().engine;
    const bent = {
      ...engine,
      check: async () => ({ ...(await engine.check(SMALL_JOB.run)), graph: { ...SMALL_GRAPH, target } }),
    };
    const result = await run({ engine: bent });
    expect(phasesOf(result).sort()).toEqual(['graphs', 'tla']);
    expect(result.configurations[0]).toMatchObject({ graphsEqual: false });
    expect(text(result)).toContain('The graphs differ');
  });

  test('an answer unlike the manifest is told with both numbers', async () => {
    const expected = { ...SMALL_JOB.expected, distinctStates: 99 };
    const result = await run({ jobs: [{ ...SMALL_JOB, expected }] });
    expect(phasesOf(result)).toEqual(['tla']);
    const states = SMALL_GRAPH.states.length;
    expect(result.failures[0]!.summary).toBe(`The number of distinct states is ${states} where the manifest says 99.`);
  });

  test('a depth unlike the manifest is told also where there is no graph', async () => {
    const expected = { ...SMALL_JOB.expected, depth: 99 };
    const { engine } = smallParts();
    const { graph: _, ...answer } = await engine.check(SMALL_JOB.run);
    const job = { ...SMALL_JOB, expected, run: { ...SMALL_JOB.run, wantGraph: false } };
    const result = await run({ jobs: [job], engine: { ...engine, check: () => Promise.resolve(answer) } });
    const told = result.failures.filter(({ phase }) => phase === 'tla').map(({ summary }) => summary);
    expect(told).toEqual([`The depth is ${answer.depth} where the manifest says 99.`]);
  });

  test('an edge that production did not execute fails the run', async () => {
    const result = await run({
      walkEdges: (edges) => ({ executed: edges - 1, total: edges, steps: 1 }),
    });
    expect(result.failures).toMatchObject([{ phase: 'edges', configuration: 'small' }]);
    expect(result.failures[0]!.summary).toMatch(/^1 of \d+ edges were not executed/);
  });

  test('a finding of the lint fails the run', async () => {
    const result = await run({ lint: () => Promise.resolve(['Small.tla:3 lambda: no']) });
    expect(result.failures).toEqual([{ phase: 'lint', summary: 'Small.tla:3 lambda: no', story: [] }]);
  });

  test('a label, claim, goal or promise that was never seen fails the run', async () => {
    const never = { ...refsClaim(() => true, 'T2'), applies: () => false };
    const goal = { id: 'G2', statement: 'Never.', reached: () => false, example: {} as never };
    const parts = { claims: [refsClaim(() => true), never], goals: [goal], promises: ['HandleOpen', 'Other'] };
    const result = await run(parts, ['model', 'promises', 'coverage']);
    const told = result.failures.map(({ summary }) => summary).join('\n');
    expect(phasesOf(result)).toEqual(['coverage']);
    expect(told).toMatch(/the labels .*IoFlush/);
    expect(told).toMatch(/claims apply: T2\./);
    expect(told).toMatch(/the goals G2\./);
    expect(told).toMatch(/the promises Other\./);
    expect(result.claims.map(({ status }) => status)).toEqual(['holds', 'neverApplied']);
  });

  test('a label that only a configuration without a repair could show, and that none showed, fails the run', async () => {
    const result = await run({ unsafeLabels: ['Uncache'] }, ['model', 'repairs', 'promises', 'coverage']);
    const told = result.failures.map(({ summary }) => summary).join('\n');
    expect(told).toMatch(/without the repairs that exclude them, the labels Uncache\./);
    const left = await run({ unsafeLabels: ['Uncache'] }, ['model', 'promises', 'coverage']);
    expect(left.notChecked.map(({ what }) => what)).toContain('the labels Uncache');
  });
});

describe('a repair', () => {
  const repair = {
    ...{ id: 'D2' as const, title: 't', original: [], originalDoes: 's', weDo: 'w', stateAfterError: 'n' },
    ...{ claim: 'T1', configuration: 'without-D2' },
  };
  const unsafe = {
    ...SMALL_JOB,
    name: 'without-D2',
    expected: { verdict: 'invariant' as const, violated: 'RefsAreFew' },
  };
  const broken = refsClaim((refs) => refs === 0);

  function runRepair(verdict: 'invariant' | 'parse-error', violated: string, claim = broken): Promise<CheckResult> {
    const answer = { verdict, violated, distinctStates: 2, message: 'm', seconds: 0, warnings: [] };
    const trace = [{ state: 'a' }, { action: 'IoReadIo', state: 'b' }];
    const engine = { name: 'echo 1.0', check: () => Promise.resolve({ ...answer, trace }) };
    return run({ claims: [claim], repairs: [repair], jobs: [unsafe], engine }, ['repairs']);
  }

  test('is seen to be needed where both voices violate the claim that the catalogue names', async () => {
    const result = await runRepair('invariant', 'RefsAreFew');
    expect(result.failures).toEqual([]);
    expect(result.repairs).toMatchObject([{ id: 'D2', violated: 'T1', traceLength: 1, tlaViolated: 'RefsAreFew' }]);
  });

  test.each([
    ['parse-error', 'RefsAreFew', /verdict in TLA\+ is parse-error/],
    ['invariant', 'Another', /TLA\+ violates Another, not RefsAreFew/],
  ] as const)('is not shown by %s of %s', async (verdict, violated, message) => {
    const result = await runRepair(verdict, violated);
    expect(result.failures.map(({ summary }) => summary).join()).toMatch(message);
  });

  test('whose claim holds without it fails the run', async () => {
    const result = await runRepair(
      'invariant',
      'RefsAreFew',
      refsClaim(() => true),
    );
    expect(result.failures[0]!.summary).toMatch(/^Without D2 the model still keeps T1/);
    expect(result.repairs).toMatchObject([{ violated: null, traceLength: null }]);
  });
});

describe('random conformance and planted bugs', () => {
  const caught: BugReport = {
    name: 'dirty-for-ever', kind: 'production', claim: 'I5', caughtBy: 'I5', also: [], effort: 3, unit: 'runs', ok: true,
  }; // prettier-ignore

  test('a bug that the wrong claim catches ends in a failure with its name', async () => {
    const wrong = { ...caught, caughtBy: 'I1', ok: false };
    const result = await run({ huntBugs: () => Promise.resolve([caught, wrong]) }, ['bugs']);
    expect(result.failures).toMatchObject([
      { phase: 'bugs', summary: expect.stringContaining('dirty-for-ever') as string },
    ]);
    expect(result.plantedBugs.map((bug) => bug.caughtBy)).toEqual(['I5', 'I1']);
  });

  test('a hunt that breaks down breaks the run', async () => {
    const result = await run({ huntBugs: () => Promise.reject(new Error('the canary is alive')) }, ['bugs']);
    expect(result.failures[0]!.summary).toContain('the canary is alive');
  });

  test('a random run that proves too little is a failure', async () => {
    const short = function* (): Generator<number, RandomReport> {
      yield 1;
      return { ...PLAYED_NOTHING, problems: ['too short'] };
    };
    const result = await run({ random: [{ machine: 'small', rounds: short }] }, ['random']);
    expect(result.failures).toMatchObject([{ phase: 'random', summary: 'too short' }]);
    expect(result.random).toMatchObject([{ machine: 'small', runs: 1 }]);
  });

  test('each machine plays its own, and the failure of one is a failure of the run', async () => {
    const failing = function* (): Generator<number, RandomReport> {
      yield 1;
      return { ...PLAYED_NOTHING, machine: 'other', failure: { summary: 'It differs.', story: ['1. a step'] } };
    };
    const random = [...smallParts().random, { machine: 'other', rounds: failing }];
    const result = await run({ random }, ['random']);
    expect(result.failures).toEqual([{ phase: 'random', summary: 'It differs.', story: ['1. a step'] }]);
    expect(result.random.map(({ machine }) => machine)).toEqual(['small', 'other']);
  });
});
