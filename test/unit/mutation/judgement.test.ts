// What makes `npm run mutate` fail: each limit and each sign of a stale or untrue record, seen to be noticed on made-up records.

import { describe, expect, test } from 'vitest';
import { UsageError } from '../../kit/exit-codes.ts';
import { groupOf, GROUPS } from '../../mutation/groups.ts';
import {
  changedFiles,
  changedSuites,
  contradiction,
  groupScores,
  shortcomings,
  staleness,
} from '../../mutation/judgement.ts';
import { NO_MUTANTS, scoreOf, sumOf, type Counts, type FileScore, type MutationRecord } from '../../mutation/record.ts';
import { readRequest } from '../../mutation/request.ts';
import { scoreTable, unnoticedText } from '../../mutation/score-table.ts';
import { countResults, MutationRunFailed } from '../../mutation/fates.ts';

const counts = (parts: Partial<Counts> = {}): Counts => ({ ...NO_MUTANTS, killed: 95, survived: 5, ...parts });

/** A project of three files in three groups, all of them good. */
const GOOD = { 'src/core/actions/get.ts': counts(), 'model/buffer/rules.ts': counts(), 'src/mount/mount.ts': counts() };

describe('scores', () => {
  test('are killed mutants in percent of all that were tried, timeouts and unreached ones among them', () => {
    expect(scoreOf(counts())).toBe(95);
    expect(scoreOf(counts({ timeout: 50, noCoverage: 50 }))).toBe(47.5);
    expect(scoreOf(counts({ disabled: 900 }))).toBe(95);
    expect(scoreOf(NO_MUTANTS)).toBe(100);
  });

  test('are told by group, and for everything', () => {
    expect(groupScores(GOOD).map(({ name, killed }) => `${name} ${killed}`)).toEqual([
      'decisions of the core 95',
      'model 95',
      'mount 95',
      'all 285',
    ]);
    const withGoldens = { ...GOOD, 'model/buffer/rules.ts': counts({ byGolden: 15 }) };
    // Group, files, mutants, killed, of these by goldens, survived, timeout, uncovered, disabled, score, least, without goldens.
    expect(scoreTable(withGoldens)).toMatch(/^model +1 +100 +95 +15 +5 +0 +0 +0 +95\.0 % +90 % +80\.0 %$/m);
  });

  test('are good enough at their limits', () => {
    expect(shortcomings(GOOD)).toEqual([]);
    const atLimit = counts({ killed: 90, survived: 10 });
    expect(shortcomings({ 'src/core/actions/get.ts': atLimit, 'model/buffer/rules.ts': atLimit })).toEqual([]);
  });

  test.each<[string, Record<string, Counts>, string]>([
    [
      'a decision of the core',
      { ...GOOD, 'src/core/actions/get.ts': counts({ killed: 89, survived: 11 }) },
      'decisions of the core: 89.0 %',
    ],
    [
      'the model',
      { ...GOOD, 'model/buffer/rules.ts': counts({ killed: 89, timeout: 11, survived: 0 }) },
      'model: 89.0 %',
    ],
    ['everything', { ...GOOD, 'src/mount/mount.ts': counts({ killed: 10, survived: 90 }) }, 'all: 66.7 %'],
    ['a run', { ...GOOD, 'src/core/records/buf.ts': counts({ broken: 1 }) }, 'broke down on 1 mutants'],
    ['disabling', { ...GOOD, 'src/core/records/buf.ts': counts({ disabled: 9 }) }, '9 of 409 mutants are disabled'],
  ])('fall short for %s', (_, files, sentence) => {
    expect(shortcomings(files)).toEqual([expect.stringContaining(sentence)]);
  });

  test('of every group can be low', () => {
    const low = counts({ killed: 0, survived: 1 });
    const named = { decisions: 'src/core/actions/write.ts', model: 'model/buffer/state.ts' };
    expect(shortcomings({ [named.decisions]: low, [named.model]: low })).toHaveLength(3);
    expect(GROUPS.filter(({ least }) => least !== undefined)).toHaveLength(2);
    expect(() => groupOf('tla/BufferCache.tla')).toThrow('groups.ts');
  });
});

const TOOLS = { vitest: '4' };
const score = (hash: string, parts: Partial<Counts> = {}): FileScore => ({ hash, ...counts(parts) });
const RECORD: MutationRecord = {
  suites: { core: 's1' },
  tools: TOOLS,
  files: { 'src/a.ts': score('a1'), 'src/b.ts': score('b1'), 'src/c.ts': score('c1', { killed: 295 }) },
};
const PRESENT = {
  suites: { core: 's1' },
  tools: TOOLS,
  hashes: { 'src/a.ts': 'a1', 'src/b.ts': 'b1', 'src/c.ts': 'c1' },
};

describe('a record', () => {
  test('is fresh while nothing, or little, has changed', () => {
    expect(staleness(RECORD, PRESENT)).toEqual([]);
    const changed = { ...PRESENT, hashes: { ...PRESENT.hashes, 'src/a.ts': 'a2' } };
    expect(staleness(RECORD, changed)).toEqual([]);
    expect(changedFiles(RECORD, changed)).toEqual(['src/a.ts']);
  });

  test('says nothing of what a suite judges whose tests have changed', () => {
    expect(changedSuites(RECORD, PRESENT)).toEqual([]);
    expect(changedSuites(RECORD, { ...PRESENT, suites: { core: 's2' } })).toEqual(['core']);
    expect(staleness(RECORD, { ...PRESENT, suites: { core: 's2' } })).toEqual([]);
  });

  test('knows nothing of a new file, which is mutated like one that has changed', () => {
    const grown = { ...PRESENT, hashes: { ...PRESENT.hashes, 'src/d.ts': 'd1' } };
    expect(staleness(RECORD, grown)).toEqual([]);
    expect(changedFiles(RECORD, grown)).toEqual(['src/d.ts']);
  });

  test.each<[string, Partial<typeof PRESENT>, string]>([
    [
      'many new files',
      { hashes: { ...PRESENT.hashes, 'src/d.ts': 'd1', 'src/e.ts': 'e1' } as typeof PRESENT.hashes },
      'knows nothing of src/d.ts, src/e.ts',
    ],
    ['a lost file', { hashes: { 'src/a.ts': 'a1', 'src/c.ts': 'c1' } as typeof PRESENT.hashes }, 'speaks of src/b.ts'],
    ['another tool', { tools: { vitest: '5' } }, 'vitest 4, now 5'],
    ['much that changed', { hashes: { ...PRESENT.hashes, 'src/c.ts': 'c2' } }, '300 of its 500 mutants'],
  ])('is stale after %s', (_, parts, sentence) => {
    expect(staleness(RECORD, { ...PRESENT, ...parts })).toEqual([expect.stringContaining(sentence)]);
  });

  test('from before kills by goldens were told apart counts none, and contradicts nobody', () => {
    const { byGolden: _, ...old } = score('a1');
    expect(sumOf([old, counts({ byGolden: 3 })])).toEqual({ ...NO_MUTANTS, killed: 190, byGolden: 3, survived: 10 });
    expect(contradiction('src/a.ts', old as FileScore, counts({ byGolden: 7 }))).toBeUndefined();
    expect(contradiction('src/a.ts', score('a1'), counts({ byGolden: 7 }))).toContain('byGolden 7 instead of 0');
  });

  test('is contradicted by another result for the same contents', () => {
    expect(contradiction('src/a.ts', score('a1'), counts())).toBeUndefined();
    const said = contradiction('src/a.ts', score('a1'), counts({ killed: 94, survived: 6 }));
    expect(said).toBe('src/a.ts is recorded as it is not: killed 94 instead of 95, survived 6 instead of 5.');
  });
});

describe('the mutants of a run', () => {
  const mutant = (status: string, statusReason?: string) =>
    ({
      id: '1', fileName: 'src/a.ts', status, statusReason, mutatorName: 'BooleanLiteral', replacement: 'true',
      location: { start: { line: 7, column: 1 }, end: { line: 7, column: 5 } },
    }) as unknown as Parameters<typeof countResults>[1][number]; // prettier-ignore

  test('are counted by what became of them; prose is none', () => {
    const prose = mutant('Ignored', 'Prose and examples of the catalogue are not mutated.');
    const states = ['Killed', 'Killed', 'Survived', 'Timeout', 'NoCoverage', 'RuntimeError'];
    const run = countResults(
      ['src/a.ts', 'src/b.ts'],
      [...states.map((s) => mutant(s)), mutant('Ignored', 'told'), prose],
    );
    const expected = { killed: 2, byGolden: 0, survived: 1, timeout: 1, noCoverage: 1, broken: 1, disabled: 1 };
    expect([...run.counts]).toEqual([['src/a.ts', expected], ['src/b.ts', NO_MUTANTS]]); // prettier-ignore
    expect(unnoticedText(run.unnoticed).split('\n')).toHaveLength(4);
    expect(unnoticedText(run.unnoticed)).toContain('src/a.ts:7 survived BooleanLiteral → true');
  });

  test.each([
    ['Error: Test timed out in 1500ms.\nIf this is a long-running test, pass a timeout value', 'timeout'],
    ['Error: Hook timed out in 10000ms.', 'timeout'],
    ['Error: expected "it timed out", seen "done"', 'killed'],
  ] as const)('that made a test wait in vain are timeouts, not kills (%j)', (reason, fate) => {
    const { counts } = countResults(['src/a.ts'], [mutant('Killed', reason)]);
    expect(counts.get('src/a.ts')).toEqual({ ...NO_MUTANTS, [fate]: 1 });
  });

  test('that a golden alone has noticed are killed, and counted apart', () => {
    const killedBy = (...files: string[]) => ({
      ...mutant('Killed'),
      killedBy: files.map((file) => `${file}#a # title`),
    });
    const golden = 'test/mutation/model.mutants.ts';
    const independent = 'test/unit/model/buffer/decide.test.ts';
    const results = [killedBy(golden), killedBy(independent), killedBy(golden, independent), mutant('Killed')];
    const waited = { ...mutant('Killed', 'Error: Test timed out in 1500ms.'), killedBy: [`${golden}#title`] };
    const { counts } = countResults(['src/a.ts'], [...results, waited]);
    expect(counts.get('src/a.ts')).toEqual({ ...NO_MUTANTS, killed: 4, byGolden: 1, timeout: 1 });
  });

  test('are of files that were asked for', () => {
    expect(() => countResults(['src/b.ts'], [mutant('Killed')])).toThrow(MutationRunFailed);
  });
});

describe('a request', () => {
  test('is everything, what changed, or some files', () => {
    expect(readRequest([])).toEqual({});
    expect(readRequest(['--changed'])).toEqual({ changed: true });
    expect(readRequest(['--only', 'src/core/actions/get.ts', 'model/buffer/rules.ts'])).toEqual({
      only: ['src/core/actions/get.ts', 'model/buffer/rules.ts'],
    });
    expect(readRequest(['--suite', 'core'])).toEqual({ suite: ['core'] });
    expect(readRequest(['--changed', '--suite', 'core'])).toEqual({ changed: true, suite: ['core'] });
    expect(readRequest(['--help'])).toContain('--changed');
  });

  test.each([
    [['--fast'], 'unknown option'],
    [['src/core/actions/get.ts'], 'too many arguments'],
    [['--only', 'src/nothing.ts'], 'src/nothing.ts is not mutated'],
    [['--only', 'spec/buffer/example.ts'], 'spec/buffer/example.ts is not mutated'],
    [['--suite', 'everything'], 'Allowed choices are'],
    [['--changed', '--only', 'src/core/actions/get.ts'], 'exclude each other'],
  ])('is refused in one sentence: %j', (args, sentence) => {
    const refused = (): unknown => readRequest(args);
    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(sentence);
  });
});
