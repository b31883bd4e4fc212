// What lint holds: the strict, type-aware rules of typescript-eslint on everything that TypeScript compiles, and the plain
// recommended rules on the few JavaScript files of the tooling. Layout is prettier's business alone, so no rule here speaks
// about it; who may import whom is held by a test, not by lint.

import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['node_modules/', 'coverage/', 'dist/', 'reports/', '.stryker-tmp/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `noUncheckedIndexedAccess` makes every typed-array read possibly undefined; where an index is in range by
      // construction, `!` says so in one character, and a wrong one fails in the comparison of the voices.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Names and counts go into sentences; numbers and booleans print as one expects.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A loop that ends by `break` or `return` reads best as `while (true)`.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A switch over a union is either complete or says what it does otherwise.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-for-of': 'off',
      // `|` on packed words and `||` on booleans are chosen by meaning; `??` only where undefined is meant.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { boolean: true, string: true } }],
      // A fact table is a `type` because ts-pattern and Record take types, not interfaces; `a[i]! === b` is plain enough.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-non-null-assertion': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // A reader and a chance generator of its own are what makes the deterministic parts deterministic: no clock, no dice.
    files: ['spec/**/*.ts', 'model/**/*.ts', 'src/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance is an argument.' },
        { object: 'Date', property: 'now', message: 'Time is an argument.' },
        { object: 'performance', property: 'now', message: 'Time is an argument.' },
      ],
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({
          name,
          message: 'Waiting is an outcome with a ticket, not a timer.',
        })),
      ],
    },
  },
  {
    // The commands, benchmarks and examples speak to people.
    files: ['test/bench/**/*.ts', 'test/check/write-docs.ts', 'test/package/**/*.ts', 'examples/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
