// Everything of the direct machine can be loaded; why this is a test, and comes last, is told in `loading.mutants.ts`.

import { test } from 'vitest';

test('spec and model of the direct machine, and production, can be loaded', async () => {
  await import('../../spec/direct/index.ts');
  await import('../../model/direct/index.ts');
  await import('../../src/index.ts');
});
