import { defineConfig } from 'vitest/config';

// Threads without isolation: our tests share no mutable module state, and start-up is most of a small file's cost.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 60_000,
  },
});
