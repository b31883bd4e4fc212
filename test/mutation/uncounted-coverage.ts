// A Vite plugin that makes mutants faster. Stryker's instrumented code counts how often each place is reached, which its dry run
// needs; while a mutant is active nobody reads the counts, but each place would go on counting. With this plugin it only asks
// whether a mutant is active: the suite of the model takes 2.2 seconds of processor time where it took 3.6. Code that does not
// look as expected is left as it is: slower, and just as right.

import type { Plugin } from 'vitest/config';

/** Where the counting function of Stryker 9 begins, in each instrumented file; `ns` holds what Stryker tells the code. */
const COUNTING = 'function cover() {';

/** Instrumented code that counts only while no mutant is active; undefined for any other code. */
export function uncounted(code: string): string | undefined {
  if (!code.includes(COUNTING)) return undefined;
  return code.replace(COUNTING, `${COUNTING} if (ns.activeMutant !== undefined) return;`);
}

export function uncountedCoverage(): Plugin {
  // Before the types are taken out, which may write the code differently.
  return { name: 'uncounted-coverage', enforce: 'pre', transform: uncounted };
}
