// Mutation testing: what is mutated, and how a mutant is run. `npm run mutate` starts it and judges the result; there are no
// thresholds here, because a timeout is no kill and groups of files have limits of their own (`test/mutation/groups.ts`).

import { mutatedFiles } from './test/mutation/scope.mjs';

export default {
  mutate: mutatedFiles(),
  testRunner: 'vitest',
  // `related` would look for the tests of a file on every run; coverage has told already.
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/catalogue-prose.mjs'],
  ignorers: ['catalogue-prose'],
  // The tables of the model are evaluated when it is loaded: their mutants are static and are run like all others.
  ignoreStatic: false,
  concurrency: 2,
  // A hung mutant costs this, and a new worker. The factor is for the time that its tests took in the dry run, which is slower
  // than a mutant, because it counts how often each place is reached (`uncounted-coverage.ts`).
  timeoutMS: 2500,
  timeoutFactor: 1,
  disableTypeChecks: false,
  ignorePatterns: ['/coverage', '/dist', '/reports', '/tla'],
  reporters: ['progress-append-only'],
  logLevel: 'warn',
  allowConsoleColors: false,
  tempDirName: '.stryker-tmp',
};
