// The record of the last full run: what became of the mutants of each file, and of which contents, tests and tools that is true.
//
// Every number in it can be made again by `npm run mutate` from a clean checkout, so it holds hashes and no date. CI trusts
// it for files that have not changed, makes one of them again to see that it tells the truth, and refuses it when it is stale.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** What became of the mutants of one file. */
export interface Counts {
  readonly killed: number;
  /** Of the killed: those that only a golden recorded from the code under test has noticed (suites.ts names them). */
  readonly byGolden: number;
  readonly survived: number;
  /** Stopped for taking too long: neither killed nor survived, and not counted as killed. */
  readonly timeout: number;
  /** No test reaches them. */
  readonly noCoverage: number;
  /** The run itself broke down. */
  readonly broken: number;
  /** Disabled by a comment, with its reason beside it. */
  readonly disabled: number;
}

export interface FileScore extends Counts {
  /** Of the contents that were mutated. */
  readonly hash: string;
}

export interface MutationRecord {
  /** By suite, the hash of everything that decides its verdicts besides the mutated files: tests, goldens, configuration. */
  readonly suites: Readonly<Record<string, string>>;
  /** The versions of the tools that make and run mutants. */
  readonly tools: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, FileScore>>;
}

export const RECORD_FILE = 'test/mutation/score.json';

export const NO_MUTANTS: Counts = {
  killed: 0, byGolden: 0, survived: 0, timeout: 0, noCoverage: 0, broken: 0, disabled: 0,
}; // prettier-ignore

/** The mutants that were put to the test. */
export function tested({ killed, survived, timeout, noCoverage, broken }: Counts): number {
  return killed + survived + timeout + noCoverage + broken;
}

/** Killed mutants in percent of those that were put to the test; a file without any has nothing to answer for. */
export function scoreOf(counts: Counts): number {
  const all = tested(counts);
  return all === 0 ? 100 : (100 * counts.killed) / all;
}

/** A record from before kills by goldens were told apart counts none of them. */
export function sumOf(all: readonly Partial<Counts>[]): Counts {
  const sum = { ...NO_MUTANTS };
  for (const counts of all) {
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key] ?? 0;
  }
  return sum;
}

/** Killed by tests that say what is right, in percent of those that were put to the test. */
export function independentScoreOf(counts: Counts): number {
  const all = tested(counts);
  return all === 0 ? 100 : (100 * (counts.killed - counts.byGolden)) / all;
}

/** A short digest of contents. */
export function hashOf(...contents: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of contents) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

export function hashOfFile(root: string, file: string): string {
  return hashOf(readFileSync(join(root, file), 'utf8'));
}

/** The record in `root`, or undefined where there is none. */
export function readRecord(root: string): MutationRecord | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, RECORD_FILE), 'utf8');
  } catch {
    return undefined;
  }
  return JSON.parse(text) as MutationRecord;
}

/** Writes it whole, files in order. */
export async function writeRecord(root: string, record: MutationRecord): Promise<void> {
  const files = Object.fromEntries(Object.entries(record.files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const file = join(root, RECORD_FILE);
  const style = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify({ ...record, files }), { ...style, filepath: file }));
}
