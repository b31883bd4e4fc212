// fast-check, whose runner and shrinking the random programs use. It is an optional peer dependency: who only wants the
// library does not install it. So it is looked up here and nowhere else, and where it is missing one sentence says so when
// the kit is loaded. `require` and not `await import`, because a module that waits cannot be required by CommonJS programs.

import type * as fastCheckModule from 'fast-check';
import { createRequire } from 'node:module';
import { MissingPackage } from '../../../model/index.ts';

export const { default: fastCheck } = load();

function load(): typeof fastCheckModule {
  try {
    return createRequire(import.meta.url)('fast-check') as typeof fastCheckModule;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new MissingPackage('hammer-io-kit/kit draws its random programs with', 'fast-check', 4);
  }
}
