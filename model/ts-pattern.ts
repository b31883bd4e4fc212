// ts-pattern, in which the decisions of the model are written. It is an optional peer dependency: who only wants the cache does
// not install it. So it is looked up here and nowhere else, and where it is missing one sentence says so when the model is
// loaded. `require` and not `await import`, because a module that waits cannot be required by CommonJS programs.

import { createRequire } from 'node:module';
import type * as tsPattern from 'ts-pattern';
import { MissingPackage } from './missing-package.ts';

export const { match } = load();

function load(): typeof tsPattern {
  try {
    return createRequire(import.meta.url)('ts-pattern') as typeof tsPattern;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    throw new MissingPackage('hammer-io-kit/model writes its decisions with', 'ts-pattern', 5);
  }
}
