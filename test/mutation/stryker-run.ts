// Runs of Stryker over some of the mutated files, one for each suite that judges any of them.

import { Stryker } from '@stryker-mutator/core';
import type { MutantResult } from '@stryker-mutator/api/core';
import { countResults, type MutationRun } from './fates.ts';
import { SUITES, SUITE_VARIABLE, suiteOf } from './suites.ts';

/** Mutates `files` of the project in the current directory. */
export async function runStryker(files: readonly string[]): Promise<MutationRun> {
  const results: MutantResult[] = [];
  for (const suite of SUITES) {
    const mutate = files.filter((file) => suiteOf(file) === suite);
    if (mutate.length === 0) continue;
    process.stdout.write(`\n${suite.name}: ${mutate.length} files\n`);
    process.env[SUITE_VARIABLE] = suite.name;
    results.push(...(await new Stryker({ configFile: 'stryker.config.mjs', mutate }).runMutationTest()));
  }
  return countResults(files, results);
}
