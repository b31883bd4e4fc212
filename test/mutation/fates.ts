// What became of the mutants of a run, counted by file.

import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { PROSE } from './catalogue-prose.mjs';
import { NO_MUTANTS, type Counts } from './record.ts';
import { isGolden } from './suites.ts';

/** A mutant that no test noticed. */
export interface Unnoticed {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly replacement: string;
  readonly fate: 'survived' | 'timeout' | 'noCoverage' | 'broken';
}

export interface MutationRun {
  /** By file; each that was asked for, also if it has no mutants. */
  readonly counts: ReadonlyMap<string, Counts>;
  readonly unnoticed: readonly Unnoticed[];
}

/** The run did not come to its end; the message says why. */
export class MutationRunFailed extends Error {
  override readonly name = 'MutationRunFailed';
}

export function countResults(files: readonly string[], results: readonly MutantResult[]): MutationRun {
  const counts = new Map(files.map((file) => [file, { ...NO_MUTANTS }]));
  const unnoticed: Unnoticed[] = [];
  for (const result of results) {
    const fate = fateOf(result);
    if (fate === undefined) continue;
    const file = relative('', result.fileName).replaceAll('\\', '/');
    const counted = counts.get(file);
    if (counted === undefined) throw new MutationRunFailed(`Stryker mutated ${file}, which nobody asked for.`);
    counted[fate]++;
    if (fate === 'killed' && isKilledByGolden(result)) counted.byGolden++;
    if (fate === 'killed' || fate === 'disabled') continue;
    const { mutatorName: mutator, replacement } = result;
    unnoticed.push({ file, line: result.location.start.line, mutator, replacement, fate });
  }
  return { counts, unnoticed };
}

/** Stryker stops at the first test that fails, and names it by its file, `#` and its title. */
function isKilledByGolden({ killedBy = [] }: MutantResult): boolean {
  return killedBy.length > 0 && killedBy.every((test) => isGolden(test.split('#')[0]!));
}

/** What vitest says of a test that waited in vain: the mutant made it wait, and no test has seen anything wrong. */
const WAITED_IN_VAIN = /\b(?:test|hook) timed out in \d+ ?ms/i;

/** Undefined for prose, which is no mutant of ours. */
function fateOf({ status, statusReason }: MutantResult): Exclude<keyof Counts, 'byGolden'> | undefined {
  switch (status) {
    case 'Killed':
      return WAITED_IN_VAIN.test(statusReason ?? '') ? 'timeout' : 'killed';
    case 'Survived':
      return 'survived';
    case 'Timeout':
      return 'timeout';
    case 'NoCoverage':
      return 'noCoverage';
    case 'Ignored':
      return statusReason === PROSE ? undefined : 'disabled';
    case 'CompileError':
    case 'RuntimeError':
    case 'Pending':
      return 'broken';
  }
}
