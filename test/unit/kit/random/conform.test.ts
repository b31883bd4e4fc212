// Random conformance: production conforms; every kind of lie is found, told by a short story and repeated by its token; and a
// run that proves nothing fails.

import { describe, expect, test } from 'vitest';
import { createMachine, explore, type Machine } from '../../../../model/index.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type Action, type Outcome } from '../../../../spec/buffer/vocabulary.ts';
import { but, modelDriver } from '../../../support/model-driver.ts';
import { configuration, SAFE_CONFIGURATIONS } from '../../../kit/configurations.ts';
import { createCoreDriver } from '../../../kit/core-driver.ts';
import type { Driver, MutableSnapshot, StepResult } from '../../../kit/driver.ts';
import { conform, conformRounds, replay, RUNS_PER_ROUND } from '../../../kit/random/conform.ts';
import { COVERAGE_FILE, coverageOf, expectedCoverage } from '../../../kit/random/coverage.ts';
import { formatReplay, formatReport } from '../../../kit/random/report.ts';
import { soak } from '../../../loads/random-soak.ts';
import { block, shapeOf } from '../../../support/shape-of.ts';

type MakeDriver = (shape: Shape) => Driver;

/** Production with answers that are changed on the way. */
const answering =
  (change: (action: Action, answer: StepResult) => Partial<StepResult>): MakeDriver =>
  (shape) =>
    but(createCoreDriver(shape), (honest) => ({
      perform(action) {
        const answer = honest.perform(action);
        return { ...answer, ...change(action, answer) };
      },
    }));

/** Production with snapshots that are changed on the way. */
const showing =
  (change: (into: MutableSnapshot) => void): MakeDriver =>
  (shape) =>
    but(createCoreDriver(shape), (honest) => ({
      snapshot(into) {
        honest.snapshot(into);
        change(into);
      },
    }));

const forgettingAWakeUp = answering(({ kind }, { woken }) =>
  kind === 'writeDone' && woken.length > 1 ? { woken: woken.slice(1) } : {},
);

/** It counts a locked DATA buffer twice: a sum that is wrong, and a claim that says so. */
const countingTwice = showing((into) => {
  for (const io of into.ios) if (io.locked && io.type === 'data') into.mount.ioLockedCount += 1;
});

const without = (...ids: RepairId[]): readonly RepairId[] => REPAIR_IDS.filter((id) => !ids.includes(id));

/** The model as it is without some repairs stands in for an implementation with the original's defects. */
const unrepaired =
  (repairs: readonly RepairId[]): MakeDriver =>
  (shape) =>
    modelDriver({ ...shape, repairs });

describe('production', () => {
  const report = conform({ runs: 100 });

  test('conforms in long runs, nearly all of whose commands are executed', () => {
    expect(report.failure).toBeUndefined();
    expect(report.problems).toEqual([]);
    expect(report.holds).toBe(true);
    expect(report.share).toBeGreaterThanOrEqual(0.7);
    expect(report.meanLength).toBeGreaterThanOrEqual(60);
    expect(formatReport(report)).toMatch(
      /100 runs, [\d,]+ steps, [\d.]+ % of the commands executed, [\d.]+ steps a run/,
    );
  });

  test('the same seed gives the same report, another seed another', () => {
    expect(conform({ runs: 25, seed: 7 })).toEqual(conform({ runs: 25, seed: 7 }));
    expect(conform({ runs: 25, seed: 8 }).coverage).not.toEqual(conform({ runs: 25, seed: 7 }).coverage);
  });

  test('conforms by claims alone, and then nothing is compared', () => {
    const alone = conform({ runs: 25, compare: false });
    expect(alone.holds).toBe(true);
    expect(alone.left).toBe(0);
    expect(conform({ runs: 25, compare: false, driver: forgettingAWakeUp }).failure).toBeUndefined();
  });

  test('conforms on a given configuration with some kinds of action left out', () => {
    const shape = shapeOf({ blocks: [block('d1', 'data'), block('d2', 'data')], clients: ['A', 'B', 'C'] });
    const kinds = ACTION_KINDS.filter((kind) => kind !== 'unload');
    const given = conform({ runs: 20, shape, kinds });
    expect(given.holds).toBe(true);
    expect([...given.coverage.met.keys()].filter((one) => one.startsWith('Unload'))).toEqual([]);
  });

  test('is soaked part by part, each with a seed of its own', () => {
    const seeds: number[] = [];
    const found = soak({ seed: 3, steps: 5000, runsPerPart: 20, onPart: ({ seed }) => seeds.push(seed) });
    expect(found).toMatchObject({ missing: [] });
    expect(found.failed).toBeUndefined();
    expect(seeds).toEqual([3, 4].slice(0, seeds.length));
    expect(found.steps).toBeGreaterThanOrEqual(5000);
    const failed = soak({ seed: 3, steps: 5000, runsPerPart: 20, driver: countingTwice }).failed?.failure;
    expect(failed?.claims).toEqual(['I21']);
  });
});

describe('a lie', () => {
  test('is told by a short story and repeated by its token', () => {
    // With these kinds there is one way to it only, whatever the generator is tuned to.
    const kinds = ['ioNew', 'ioFlush', 'writeDone', 'recycle', 'cleanLoose'] as const;
    const { failure } = conform({ driver: countingTwice, claims: false, kinds });
    expect(failure?.summary).toBe(
      'On RecycleRefused production leaves the model in mount.ioLockedCount, after 4 step(s).',
    );
    expect(failure?.story).toEqual([
      '1. c1 ioNew d1 → done',
      '2. c1 ioFlush d1 → done',
      '3. device writeDone d1 → done',
      '4. kernel recycle d1 → refused',
      '   mount.ioLockedCount: model 1, production 2',
    ]);
    expect(failure?.configuration).toBe(
      'd1 on v1; clients c1; no UNDO log; backlog of 0 blocks; 1 modifications per handle; ' +
        'only ioNew ioFlush writeDone recycle; no faults',
    );
    const again = replay(failure!.token, { driver: countingTwice });
    expect(again.failure).toEqual(failure);
    expect(formatReplay(again)).toContain(`repeat: npm run check-model -- --replay ${failure!.token}`);
    const honest = replay(failure!.token);
    expect(honest).toEqual({ executed: 4 });
    expect(formatReplay(honest)).toContain('holds here: 4 step(s)');
  });

  test('about a wake-up is found', () => {
    const { failure } = conform({ driver: forgettingAWakeUp });
    expect(failure?.summary).toMatch(/^On WriteDone production leaves the model in woken/);
    expect(failure?.story.at(-1)).toMatch(/^ {3}woken: model c1 c2, production c\d$/);
    expect(failure?.path.length).toBeLessThanOrEqual(12);
    expect(replay(failure!.token, { driver: forgettingAWakeUp }).failure).toEqual(failure);
  });

  test.each<[string, MakeDriver, string]>([
    ['a field', showing(({ ios }) => ios.forEach((io) => (io.waitmod &&= false))), 'waitmod'],
    ['an outcome', answering(({ kind }) => (kind === 'ioFlush' ? { outcome: 'done' } : {})), 'outcome'],
    ['a statistic', answering(() => ({ stats: { diskRead: 0, diskWrite: 0 } })), 'diskRead'],
    ['a list', showing(({ lists }) => void lists.data.reverse()), 'list data'],
  ])('about %s is found', (_, driver, field) => {
    const { failure, runs } = conform({ driver, claims: false });
    expect(failure?.differences[0]?.path).toContain(field);
    expect(failure?.claims).toEqual([]);
    expect(failure?.path.length).toBeLessThanOrEqual(8);
    expect(runs).toBeLessThanOrEqual(20);
  });

  test('in the very first state is told as such', () => {
    const driver = showing((into) => void (into.mount.criticalError = true));
    const { failure } = conform({ driver, claims: false });
    expect(failure?.story[0]).toBe('in the initial state');
    expect(replay(failure!.token, { driver }).failure).toEqual(failure);
  });

  test('by an exception is told with its message', () => {
    const driver: MakeDriver = (shape) =>
      but(createCoreDriver(shape), (honest) => ({
        perform(action) {
          if (action.kind === 'recycle') throw new Error('no such call');
          return honest.perform(action);
        },
      }));
    const { failure } = conform({ driver });
    expect(failure?.differences).toEqual([{ path: 'thrown', expected: 'nothing', seen: 'no such call' }]);
    expect(failure?.path.at(-1)).toMatch(/^kernel recycle .* → an error$/);
    // Nobody can say what comes next, and claims have nothing to say.
    const alone = conform({ driver, compare: false, runs: 50 });
    expect(alone.failure).toBeUndefined();
    expect(alone.left).toBeGreaterThan(0);
  });

  test('is not looked for in an implementation that broke down: its own error comes through', () => {
    let looked = 0;
    const driver: MakeDriver = (shape) =>
      but(createCoreDriver(shape), (honest) => ({
        snapshot(into) {
          if (++looked > 100) throw new TypeError('the line is dead');
          honest.snapshot(into);
        },
      }));
    expect(() => conform({ driver })).toThrow(new TypeError('the line is dead'));
    expect(looked).toBe(101);
  });

  test('that does not repeat is told as it was met', () => {
    let answers = 0;
    const driver = answering(() => (++answers === 50 ? { stats: { diskRead: 1, diskWrite: 0 } } : {}));
    const { failure, runs } = conform({ driver, maxCommands: 20 });
    expect(failure?.differences.map(({ path }) => path)).toEqual(['diskRead']);
    expect(failure?.path.length).toBeGreaterThan(0);
    expect(runs).toBeLessThan(10);
    expect(replay(failure!.token, { driver }).failure).toBeUndefined();
  });

  test('that breaks a claim is named by it, with comparison and without', () => {
    for (const compare of [true, false]) {
      const { failure } = conform({ driver: countingTwice, compare });
      expect(failure?.claims).toEqual(['I21']);
      expect(failure?.summary).toMatch(/^On \w+ I21 is broken, after \d step/);
      expect(failure?.story.join('\n')).toContain('I21 LockedCount: The counter of locked buffers');
      expect(replay(failure!.token, { driver: countingTwice }).failure).toEqual(failure);
    }
  });

  test('of the model is found as well', () => {
    const machine = (shape: Shape): Machine => {
      const honest = createMachine(shape);
      const lying = (index: number, outcome: Outcome | undefined): Outcome | undefined =>
        outcome !== undefined && honest.actions[index]!.kind === 'cleanLoose' ? 'none' : outcome;
      return {
        ...honest,
        perform: (index) => lying(index, honest.perform(index)),
        performCandidate: (index) => lying(index, honest.performCandidate(index)),
      };
    };
    const { failure } = conform({ machine, claims: false });
    expect(failure?.differences).toEqual([{ path: 'outcome', expected: 'none', seen: 'done' }]);
  });
});

describe('an implementation with a defect of the original', () => {
  test.each(['D2', 'D4', 'D11', 'D30', 'D39'] as const)('%s is found, also by claims alone', (id) => {
    const driver = unrepaired(without(id));
    expect(conform({ driver, runs: 500 }).failure).toBeDefined();
    expect(conform({ driver, runs: 500, compare: false }).failure?.claims).not.toEqual([]);
  });

  test('conforms to a model that leaves out the same repair, and claims that need it are not asked', () => {
    const repairs = without('D11');
    const report = conform({ driver: unrepaired(repairs), repairs, runs: 60 });
    expect(report.failure).toBeUndefined();
    expect(Object.keys(report.claims)).not.toContain('I21');
  });
});

describe('a run that proves nothing', () => {
  test('fails when too few commands can be executed', () => {
    const report = conform({ kinds: ['ioRead', 'resumeGet'], runs: 20 });
    expect(report.failure).toBeUndefined();
    expect(report.holds).toBe(false);
    expect(report.problems[0]).toMatch(/^Only [\d.]+ % of the generated commands could be executed; 70\.0 % must\.$/);
    expect(report.problems[1]).toMatch(/^Runs are [\d.]+ steps long on the average; they must be 60 or more\.$/);
    expect(formatReport(report)).toContain(report.problems[0]);
  });

  test('fails when a combination that should occur never did', () => {
    const report = conform({ runs: 20, expected: ['IoRead on Writing', 'CleanLooseNone on nothing'] });
    expect(report.problems).toEqual(['Never met, of 2 combinations: CleanLooseNone on nothing.']);
    expect(report.holds).toBe(false);
  });

  test('is not asked for', () => {
    expect(() => conform({ runs: 0 })).toThrow('runs must be a whole number from 1 below 2^31, but is 0.');
    expect(() => conform({ seed: 0.5 })).toThrow(RangeError);
  });
});

test('what should occur is what the explorations of the safe configurations meet', async () => {
  const explorations = SAFE_CONFIGURATIONS.map((name) =>
    explore(createMachine(configuration(name).shape), { graph: true }),
  );
  const text = `${coverageOf(explorations).join('\n')}\n`;
  // `vitest -u` writes the file anew.
  await expect(text).toMatchFileSnapshot(COVERAGE_FILE.pathname);
  expect(expectedCoverage().length).toBeGreaterThan(200);
});

test('rounds leave room for others, and add up to the same report', () => {
  const runs = RUNS_PER_ROUND + 10;
  const options = { runs, maxCommands: 20, claims: false };
  const rounds = conformRounds(options);
  expect(rounds.next()).toEqual({ done: false, value: RUNS_PER_ROUND });
  expect(rounds.next()).toEqual({ done: false, value: runs });
  expect(rounds.next()).toEqual({ done: true, value: conform(options) });
});
