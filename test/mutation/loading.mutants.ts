// Everything can be loaded. A mutant that throws while its module is loaded keeps the other files from being read at all, which
// vitest tells apart from a failed test, and Stryker then hears of no failure. This test fails. It comes last, because what is
// loaded from inside a test counts as reached by that test alone.

import { test } from 'vitest';

test('spec, model and production can be loaded', async () => {
  await import('../../spec/index.ts');
  await import('../../model/index.ts');
  await import('../../src/index.ts');
});
