// The result as JSON for machines, written whole or not at all: into a temporary file in the same directory, then renamed.
//
// The fields are those of `CheckResult` with `verdict` in front; a reader may rely on `verdict`, `configurations[]`,
// `claims[]`, `repairs[]`, `plantedBugs[]`, `notChecked[]` and `failures[]`. A place that cannot be written is told before the check runs.

import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { oneLine, UsageError } from '../kit/exit-codes.ts';
import { OutputError } from './run-as-command.ts';
import { verdictOf, type CheckResult, type Verdict } from './result.ts';

export interface JsonReport extends CheckResult {
  /** Grows when a field changes its meaning or goes away. */
  readonly version: 2;
  readonly verdict: Verdict;
}

export function jsonReport(result: CheckResult): JsonReport {
  return { version: 2, verdict: verdictOf(result), ...result };
}

/** Where the report goes: a symbolic link is followed, so that its target is replaced and not the link. */
function placeOf(path: string): { readonly file: string; readonly isPlain: boolean } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { file: resolve(path), isPlain: true };
  if (found.isDirectory()) throw new Error('it is a directory');
  return found.isFile() ? { file: realpathSync(path), isPlain: true } : { file: path, isPlain: false };
}

function temporaryFor(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
}

/** Throws a UsageError when a report could not be written there later. Leaves nothing behind. */
export function checkWritable(path: string): void {
  try {
    const { file, isPlain } = placeOf(path);
    if (!isPlain) {
      accessSync(file, constants.W_OK);
      return;
    }
    const temporary = temporaryFor(file);
    closeSync(openSync(temporary, 'w'));
    rmSync(temporary);
  } catch (error) {
    throw new UsageError(
      `The report cannot be written to ${path}: ${reasonOf(error)}; give --json a file in a directory that you can write to.`,
    );
  }
}

/** Writes the report. A pipe or device, such as /dev/stdout, is written to as it is. @throws OutputError */
export function writeJsonReport(path: string, result: CheckResult): void {
  const text = JSON.stringify(jsonReport(result), null, 2) + '\n';
  try {
    const { file, isPlain } = placeOf(path);
    if (isPlain) replaceFile(file, text);
    else writeFileSync(file, text);
  } catch (error) {
    throw new OutputError(
      `The report could not be written to ${path}: ${reasonOf(error)}; free space there or name another file.`,
    );
  }
}

function replaceFile(file: string, text: string): void {
  const temporary = temporaryFor(file);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The system's words without its call and path. */
function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error)).replace(
    /, (open|write|rename|close|access|fstat|stat)\b.*$/,
    '',
  );
}
