import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

// Threads without isolation: our tests share no mutable module state, and start-up is most of a small file's cost.
export default defineConfig({
  // What a user imports by name are the sources here, so that the examples run without a build (tsconfig.json has the same).
  resolve: {
    alias: [
      { find: /^hammer-io-kit$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
      { find: /^hammer-io-kit\/kit$/, replacement: fileURLToPath(new URL('test/kit/index.ts', import.meta.url)) },
      {
        find: /^hammer-io-kit\/(spec|model)$/,
        replacement: `${fileURLToPath(new URL('.', import.meta.url))}$1/index.ts`,
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // They pack, install from the registry and compile: `npm run test:package` and `npm run test:engines`.
    exclude: [...configDefaults.exclude, 'test/package/*.test.ts'],
    pool: 'threads',
    isolate: false,
    // vitest leaves one processor to itself, which on two is half of them.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
  },
});
