// What mutation testing may leave out, and what it may not: the scope, the prose of the catalogue, and the comments by which a
// mutant is disabled.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { groupOf, MOST_DISABLED } from '../../mutation/groups.ts';
import { readRecord, sumOf, tested, hashOfFile } from '../../mutation/record.ts';
import { isMutated, mutatedFiles, ROOT } from '../../mutation/scope.mjs';
import { strykerPlugins } from '../../mutation/catalogue-prose.mjs';
import { filesOfSuite } from '../../mutation/suite-files.ts';
import { isGolden, SLOW_TESTS, SUITES, suiteNamed, suiteOf } from '../../mutation/suites.ts';
import { uncounted } from '../../mutation/uncounted-coverage.ts';

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the scope', () => {
  const files = mutatedFiles();

  test('is all of production and the model, and the predicates of the catalogue', () => {
    for (const file of [
      'src/core/actions/get.ts',
      'src/index.ts',
      'model/buffer/decide.ts',
      'spec/buffer/invariants-buffer.ts',
      'spec/reading.ts',
    ]) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => file.startsWith('test/') || file.startsWith('spec/seed'))).toEqual([]);
    expect(isMutated('spec/buffer/example.ts')).toBe(false);
  });

  test('has a group for every file', () => {
    for (const file of files) expect(groupOf(file).name).not.toBe('');
    const decisions = files.filter((file) => groupOf(file).name === 'decisions of the core');
    // Renaming one of them must not take it out of the group without a word.
    expect(decisions).toHaveLength(16);
  });

  test('has a suite for every file, told apart from it', () => {
    expect(new Set(files.map((file) => suiteOf(file).name)).size).toBe(SUITES.length);
    for (const suite of SUITES) {
      for (const file of suite.tests) expect(existsSync(join(ROOT, file)), file).toBe(true);
      expect(filesOfSuite(ROOT, suite).filter(isMutated)).toEqual([]);
    }
    const core = filesOfSuite(ROOT, suiteNamed('core'));
    for (const file of ['test/kit/core-driver.ts', 'spec/buffer/vocabulary.ts']) expect(core).toContain(file);
    // What is read or set up, and not imported, decides too.
    expect(core).toContain('test/mutation/skip-slow.ts');
    for (const [file, readers] of [
      ['goldens.json', ['model', 'claims', 'direct-model', 'direct-claims']],
      ['direct-goldens.json', ['direct-model', 'direct-claims']],
    ] as const) {
      const reading = SUITES.filter((suite) => filesOfSuite(ROOT, suite).includes(`test/mutation/${file}`));
      expect(reading.map(({ name }) => name).sort()).toEqual([...readers].sort());
    }
    // A kill counts as a golden's where nothing before it has noticed the mutant; `loading` notices only what cannot be loaded, and the
    // walks over the model's graphs are too slow to come first.
    for (const { tests } of SUITES) {
      const behind = tests.slice(tests.findIndex(isGolden)).filter((file) => !isGolden(file));
      if (tests.some(isGolden)) expect(behind.filter((file) => !/loading|walks/.test(file))).toEqual([]);
    }
    const made = readdirSync(join(ROOT, 'test/mutation')).filter((file) => file.endsWith('.mutants.ts'));
    const run = SUITES.flatMap(({ tests }) => tests);
    expect(made.filter((file) => !run.includes(`test/mutation/${file}`))).toEqual([]);
    expect(textOf('vitest.config.ts')).not.toContain('mutants');
    for (const file of ['.gitignore', 'eslint.config.js']) expect(textOf(file)).toContain('.stryker-tmp/');
  });
});

test('what is left out as slow is a test of a suite', () => {
  const texts = SUITES.flatMap(({ tests }) => tests).map(textOf).join('\n'); // prettier-ignore
  expect(SLOW_TESTS.filter((title) => !texts.includes(title))).toEqual([]);
  expect(SUITES.flatMap(({ tests }) => tests).filter((file) => file.includes('.slow.'))).toEqual([]);
});

test('code that Stryker instrumented counts while no mutant is active, and no more', () => {
  // If Stryker writes it otherwise one day, mutants take much longer, and nothing else would tell.
  const written = textOf('node_modules/@stryker-mutator/instrumenter/dist/src/util/syntax-helpers.js');
  expect(uncounted(written)).toBeDefined();
  expect(written).toContain('var ns =');
  expect(uncounted('export function discover() {}')).toBeUndefined();
  const code = uncounted('let count = 0; function cover() { count++; } cover(); cover(); count')!;
  expect(runInNewContext(code, { ns: {} })).toBe(2);
  expect(runInNewContext(code, { ns: { activeMutant: '7' } })).toBe(0);
});

describe('the prose of the catalogue', () => {
  const { value } = strykerPlugins[0] as { value: { shouldIgnore: (path: object) => string | undefined } };
  const property = (name: string) => ({ type: 'ObjectProperty', key: { name } });
  const entry = { type: 'ObjectExpression', properties: [property('statement'), property('why'), property('ok')] };

  test('is left out, its predicates are not', () => {
    expect(value.shouldIgnore({ node: property('why'), parent: entry })).toContain('Prose');
    expect(value.shouldIgnore({ node: property('violation'), parent: entry })).toContain('Prose');
    expect(value.shouldIgnore({ node: property('ok'), parent: entry })).toBeUndefined();
    expect(
      value.shouldIgnore({ node: { type: 'ObjectMethod', key: { name: 'holds' } }, parent: entry }),
    ).toBeUndefined();
  });

  test('is prose only in an entry', () => {
    const other = { type: 'ObjectExpression', properties: [property('why')] };
    expect(value.shouldIgnore({ node: property('why'), parent: other })).toBeUndefined();
  });
});

/** What is wrong with the comments of a text that disable mutants. */
function wrongIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (!/Stryker\s+(?:disable|restore)/.test(line)) return [];
    const comment = /^\s*\/\/ Stryker disable next-line ([A-Z][A-Za-z]+(?:,[A-Z][A-Za-z]+)*): (.+)$/.exec(line);
    const isReason = (comment?.[2]?.split(' ').length ?? 0) >= 4;
    return isReason ? [] : [line.trim()];
  });
}

const isDisabling = (file: string): boolean => textOf(file).includes('Stryker disable');

describe('disabled mutants', () => {
  test('are named one line at a time, each with its reason', () => {
    expect(mutatedFiles().flatMap((file) => wrongIn(textOf(file)))).toEqual([]);
  });

  test.each([
    '// Stryker disable all',
    '// Stryker disable next-line all: nothing depends on this',
    '// Stryker disable next-line BooleanLiteral',
    '// Stryker disable next-line BooleanLiteral: equivalent',
    '/* Stryker disable BooleanLiteral: a block is not a line at all */',
    '// Stryker restore all',
  ])('are not disabled by %s', (comment) => {
    expect(wrongIn(`const a = 1;\n  ${comment}\nconst b = 2;`)).toEqual([comment]);
  });

  test('may be disabled with a reason', () => {
    const comment = '// Stryker disable next-line BooleanLiteral,EqualityOperator: the loop below finds the same';
    expect(wrongIn(comment)).toEqual([]);
  });

  test(`are at most ${MOST_DISABLED} % of the recorded ones, and recorded where they stand`, () => {
    // Where there is no record, the mutation layer of CI fails; here there is nothing to count then.
    const files = readRecord(ROOT)?.files ?? {};
    const all = sumOf(Object.values(files));
    expect(all.disabled * 100).toBeLessThanOrEqual((tested(all) + all.disabled) * MOST_DISABLED);
    for (const file of mutatedFiles()) {
      const recorded = files[file];
      if (recorded?.hash === hashOfFile(ROOT, file))
        expect([file, recorded.disabled > 0]).toEqual([file, isDisabling(file)]);
    }
  });
});
