// The result as JSON for machines, written whole or not at all: into a temporary file in the same directory, then renamed.
//
// The fields are those of `CheckResult` with `verdict` in front; a reader may rely on `verdict`, `configurations[]`,
// `claims[]`, `repairs[]`, `plantedBugs[]`, `notChecked[]` and `failures[]`. A place that cannot be written is told before the check runs.

import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { oneLine, UsageError } from '../kit/exit-codes.ts';
import { verdictOf, type CheckResult, type Verdict } from './result.ts';

export interface JsonReport extends CheckResult {
  /** Grows when a field changes its meaning or goes away. */
  readonly version: 2;
  readonly verdict: Verdict;
}

export function jsonReport(result: CheckResult): JsonReport {
  return { version: 2, verdict: verdictOf(result), ...result };
}

function temporaryFor(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
}

/** Throws a UsageError when a report could not be written there later. Leaves nothing behind. */
export function checkWritable(path: string): void {
  const file = resolve(path);
  const temporary = temporaryFor(file);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a directory');
    closeSync(openSync(temporary, 'w'));
  } catch (error) {
    const [why] = oneLine(error instanceof Error ? error.message : String(error)).split(', open');
    throw new UsageError(
      `The report cannot be written to ${path}: ${why}; give --json a file in a directory that you can write to.`,
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

export function writeJsonReport(path: string, result: CheckResult): void {
  const file = resolve(path);
  const temporary = temporaryFor(file);
  try {
    writeFileSync(temporary, JSON.stringify(jsonReport(result), null, 2) + '\n');
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
