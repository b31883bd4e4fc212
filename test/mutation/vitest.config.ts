// The vitest project of the mutation suites. Stryker runs one of them for each mutant; without the name of one all are run, which
// is how long a look at everything takes. `npm test` does not run it; `npm run mutate` does.

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { keptThreads } from './kept-threads.ts';
import { SUITES, suiteNamed, SUITE_VARIABLE } from './suites.ts';
import { uncountedCoverage } from './uncounted-coverage.ts';

const name = process.env[SUITE_VARIABLE];
const suite = name === undefined ? undefined : suiteNamed(name);
const tests = suite?.tests ?? [...new Set(SUITES.flatMap((one) => one.tests))];

/** Runs the files in the order of the suite; vitest would begin with the largest. */
class InOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => tests.findIndex((test) => moduleId.endsWith(`/${test}`));
    return Promise.resolve([...files].sort((a, b) => place(a) - place(b)));
  }
}

export default defineConfig({
  plugins: [uncountedCoverage(), ...(suite?.keepsThread === true ? [keptThreads()] : [])],
  test: {
    include: [...tests],
    setupFiles: ['test/mutation/skip-slow.ts'],
    pool: 'threads',
    isolate: false,
    // A loop without end is left to Stryker's patience.
    ...(suite?.patience !== undefined && { testTimeout: suite.patience }),
    sequence: { sequencer: InOrder },
  },
});
