import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The slow tests of the package. They need the registry or a warm npm cache, and build into dist/: one after the other.
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/package/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
