// The command `npm run mutate`: breaks the code in thousands of small ways and counts what the mutation suite notices.
//
//   (nothing)    every mutant; prints the scores, writes the record, and fails below the limits
//   --changed    what CI does: the files that are new or have changed since the record, or whose suite has, and one that has not, to see that
//                the record tells the truth; judged together with what is recorded of all others. Writes nothing. With
//                --suite, of these suites only, and what is not judged is said
//   --suite NAME everything that a suite judges, when its tests have changed; renews that part of the record
//   --only FILE  some files, with every mutant that is not killed. Writes nothing, judges nothing
//
// Exit code 0: good enough; 1: below a limit, a stale or untrue record, or a run that broke down; 2: wrong usage.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runAsCommand } from '../check/run-as-command.ts';
import { EXIT, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { changedFiles, changedSuites, contradiction, shortcomings, staleness, type Present } from './judgement.ts';
import { hashOfFile, readRecord, RECORD_FILE, writeRecord, type Counts, type MutationRecord } from './record.ts';
import { readRequest } from './request.ts';
import { mutatedFiles, ROOT } from './scope.mjs';
import { scoreTable, unnoticedText } from './score-table.ts';
import type { MutationRun } from './fates.ts';
import { runStryker } from './stryker-run.ts';
import { hashOfSuite, toolVersions } from './suite-files.ts';
import { suiteNamed, suiteOf, SUITES, type Suite } from './suites.ts';

/** Small, and never changed lightly: made again in every run of CI. */
const WITNESS = 'src/core/records/run-list.ts';

/** Where the mutants that were not killed are told, one a line. */
const UNNOTICED_FILE = 'reports/unnoticed-mutants.txt';

async function main(args: readonly string[]): Promise<ExitCode> {
  const request = readRequest(args);
  if (typeof request === 'string') return print(request);
  process.chdir(ROOT);
  if (request.only !== undefined) return runOnly(request.only);
  const suites = request.suite === undefined ? SUITES : request.suite.map(suiteNamed);
  return request.changed === true ? runChanged(suites) : runSuites(suites);
}

/** Everything that some suites judge, and a record that tells it. */
async function runSuites(suites: readonly Suite[]): Promise<ExitCode> {
  const present = presentState();
  const old = suites.length === SUITES.length ? undefined : readRecord(ROOT);
  if (old === undefined && suites.length < SUITES.length) {
    throw new UsageError(
      `There is no record ${RECORD_FILE} of which a part could be renewed: run npm run mutate first.`,
    );
  }
  const isJudged = (file: string): boolean => suites.includes(suiteOf(file));
  const run = await runStryker(Object.keys(present.hashes).filter(isJudged));
  if (JSON.stringify(presentState()) !== JSON.stringify(present)) {
    throw new Error('The project was changed while it was mutated, so the result is true of nothing; run again.');
  }
  const kept = Object.entries(old?.files ?? {}).filter(([file]) => !isJudged(file));
  const renewed = [...run.counts].map(([file, counts]) => [file, { hash: present.hashes[file]!, ...counts }] as const);
  const files = Object.fromEntries([...kept, ...renewed]);
  const hashes = suites.map(({ name }) => [name, present.suites[name]!] as const);
  await writeRecord(ROOT, { suites: { ...old?.suites, ...Object.fromEntries(hashes) }, tools: present.tools, files });
  tellUnnoticed(run);
  return judge(files, []);
}

/** What changed in the files that these suites judge, and the witness, against the record. */
async function runChanged(suites: readonly Suite[]): Promise<ExitCode> {
  const whole = readRecord(ROOT);
  if (whole === undefined) return fail([`There is no record ${RECORD_FILE}.`]);
  const others = SUITES.filter((suite) => !suites.includes(suite)).map(({ name }) => name);
  if (others.length > 0) print(`Not judged in this run: ${others.join(', ')}.`);
  // Of what a suite judges whose tests have changed the record says nothing: all of it is judged again.
  const renewed = changedSuites(whole, presentState(suites));
  for (const name of renewed) print(`The tests of ${name} have changed: all that it judges is judged again. \`npm run mutate -- --suite ${name}\` renews the record.`); // prettier-ignore
  const kept = suites.filter(({ name }) => !renewed.includes(name));
  const [record, present] = [judgedPart(whole, kept), presentState(kept)];
  const stale = staleness(record, present);
  if (stale.length > 0) return fail(stale.map((reason) => `The record is stale: ${reason}`));
  const again = Object.keys(presentState(suites.filter((suite) => !kept.includes(suite))).hashes);
  const changed = [...changedFiles(record, present), ...again];
  const witness = WITNESS in present.hashes ? [WITNESS] : [];
  const run = await runStryker([...new Set([...changed, ...witness])]);
  tellUnnoticed(run);
  return judge(merged(record, run), untruths(record, run, changed));
}

async function runOnly(files: readonly string[]): Promise<ExitCode> {
  const run = await runStryker(files);
  print(unnoticedText(run.unnoticed));
  return print(scoreTable(Object.fromEntries(run.counts)));
}

/** What stands here now of these suites and their files. */
function presentState(suites: readonly Suite[] = SUITES): Present {
  const judged = mutatedFiles().filter((file) => suites.includes(suiteOf(file)));
  return {
    suites: Object.fromEntries(suites.map((suite) => [suite.name, hashOfSuite(ROOT, suite)])),
    tools: toolVersions(ROOT),
    hashes: Object.fromEntries(judged.map((file) => [file, hashOfFile(ROOT, file)])),
  };
}

/** What the record says of the files that these suites judge. */
function judgedPart(record: MutationRecord, suites: readonly Suite[]): MutationRecord {
  const files = Object.entries(record.files).filter(([file]) => suites.includes(suiteOf(file)));
  return { ...record, files: Object.fromEntries(files) };
}

function merged({ files }: MutationRecord, run: MutationRun): Record<string, Counts> {
  return { ...files, ...Object.fromEntries(run.counts) };
}

/** The witness has not changed, so it must come out as recorded. */
function untruths({ files }: MutationRecord, run: MutationRun, changed: readonly string[]): readonly string[] {
  if (changed.includes(WITNESS) || files[WITNESS] === undefined) return [];
  const said = contradiction(WITNESS, files[WITNESS], run.counts.get(WITNESS)!);
  return said === undefined ? [] : [said];
}

function judge(files: Readonly<Record<string, Counts>>, untrue: readonly string[]): ExitCode {
  print(scoreTable(files));
  if (untrue.length > 0) return fail(untrue);
  const wrong = shortcomings(files);
  for (const sentence of wrong) process.stderr.write(`mutate: ${sentence}\n`);
  return wrong.length === 0 ? EXIT.holds : EXIT.broken;
}

/** The record is of no use; a new one mends that. */
function fail(sentences: readonly string[]): ExitCode {
  for (const sentence of sentences) process.stderr.write(`mutate: ${sentence}\n`);
  process.stderr.write(
    'mutate: run `npm run mutate`, or `npm run mutate -- --suite NAME` if only the tests of a suite have changed, and commit the record.\n',
  );
  return EXIT.broken;
}

function tellUnnoticed({ unnoticed }: MutationRun): void {
  mkdirSync(join(ROOT, dirname(UNNOTICED_FILE)), { recursive: true });
  writeFileSync(join(ROOT, UNNOTICED_FILE), `${unnoticedText(unnoticed)}\n`);
  print(`${unnoticed.length} mutants were not killed; they stand in ${UNNOTICED_FILE}.`);
}

function print(text: string): ExitCode {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return EXIT.holds;
}

await runAsCommand('mutate', main);
