// What decides the verdicts of a suite besides the mutated files themselves: its tests with all that they import, their goldens,
// the configuration, and the versions of the tools. Found by following imports, so that nothing has to be listed by hand.

import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { hashOf } from './record.ts';
import { isMutated } from './scope.mjs';
import { SLOW_TESTS, type Suite } from './suites.ts';

/** What is no TypeScript, or is not imported by a test. */
const CONFIGURATION = [
  'stryker.config.mjs',
  'test/mutation/catalogue-prose.mjs',
  'test/mutation/kept-thread.mjs',
  'test/mutation/kept-threads.ts',
  'test/mutation/scope.mjs',
  'test/mutation/skip-slow.ts',
  'test/mutation/uncounted-coverage.ts',
  'test/mutation/vitest.config.ts',
];

/** What these read beside what they import. */
const DATA_OF: Readonly<Record<string, string>> = {
  'test/mutation/goldens.ts': 'test/mutation/goldens.json',
  'test/mutation/direct-goldens.ts': 'test/mutation/direct-goldens.json',
  'test/support/messages/list.ts': 'test/unit/messages.txt',
};

const TOOLS = ['@stryker-mutator/core', '@stryker-mutator/vitest-runner', 'ts-pattern', 'sorted-btree', 'vitest'];

/** The files that a suite consists of by their paths from `root`, in order. */
export function filesOfSuite(root: string, { tests }: Suite): readonly string[] {
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    const data = DATA_OF[file];
    if (data !== undefined) reached.add(data);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.'))
        follow(relative(root, resolve(root, dirname(file), fileName)).replaceAll('\\', '/'));
    }
  };
  tests.forEach(follow);
  return [...CONFIGURATION, ...[...reached].filter((file) => !isMutated(file))].sort();
}

export function hashOfSuite(root: string, suite: Suite): string {
  const files = filesOfSuite(root, suite).flatMap((file) => [file, readFileSync(join(root, file), 'utf8')]);
  return hashOf(String(suite.keepsThread), String(suite.patience), ...SLOW_TESTS, ...suite.tests, ...files);
}

/** The installed versions. */
export function toolVersions(root: string): Record<string, string> {
  const versionOf = (name: string): string => {
    const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  };
  return Object.fromEntries(TOOLS.map((name) => [name, versionOf(name)]));
}
