// Whether scores are good enough, and whether a record may be believed. Every answer is a list of sentences, one for each thing
// that is wrong; an empty list is a pass.

import { GROUPS, groupOf, LEAST_OVERALL, MOST_DISABLED } from './groups.ts';
import { scoreOf, sumOf, tested, type Counts, type FileScore, type MutationRecord } from './record.ts';

/** A line of the table: a group, or everything. */
export interface GroupScore extends Counts {
  readonly name: string;
  readonly files: number;
  readonly least: number | undefined;
}

/** The scores of all groups that have files, then of everything. */
export function groupScores(files: Readonly<Record<string, Counts>>): readonly GroupScore[] {
  const rows = Object.entries(files);
  const groups = GROUPS.map(({ name, least }): GroupScore => {
    const members = rows.filter(([file]) => groupOf(file).name === name);
    return { name, least, files: members.length, ...sumOf(members.map(([, counts]) => counts)) };
  });
  const all = { name: 'all', least: LEAST_OVERALL, files: rows.length, ...sumOf(Object.values(files)) };
  return [...groups.filter((group) => group.files > 0), all];
}

/** What is wrong with the scores. */
export function shortcomings(files: Readonly<Record<string, Counts>>): readonly string[] {
  const scores = groupScores(files);
  const all = scores[scores.length - 1]!;
  const low = scores
    .filter((score) => score.least !== undefined && scoreOf(score) < score.least)
    .map((score) => `${score.name}: ${scoreOf(score).toFixed(1)} % killed, at least ${score.least} % are wanted.`);
  const broken = all.broken > 0 ? [`The run broke down on ${all.broken} mutants.`] : [];
  return [...low, ...broken, ...tooManyDisabled(all)];
}

function tooManyDisabled(all: Counts): readonly string[] {
  const mutants = tested(all) + all.disabled;
  if (all.disabled * 100 <= mutants * MOST_DISABLED) return [];
  return [`${all.disabled} of ${mutants} mutants are disabled by comments, at most ${MOST_DISABLED} % may be.`];
}

/** What a record is checked against: the project as it is now. */
export interface Present {
  /** The hash of each suite. */
  readonly suites: Readonly<Record<string, string>>;
  readonly tools: Readonly<Record<string, string>>;
  /** The hash of each mutated file. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Above this part of all mutants in changed files, or of all files without a record, that says too little about the project. */
const MOST_CHANGED = 0.25;

/** The files whose contents are not those that were recorded; those that are new are among them. */
export function changedFiles(record: MutationRecord, { hashes }: Present): readonly string[] {
  return Object.entries(hashes).flatMap(([file, hash]) => (record.files[file]?.hash === hash ? [] : [file]));
}

/** The suites whose tests, or what these need, are not those that the record was made with: it says nothing of their files. */
export function changedSuites(record: MutationRecord, { suites }: Present): readonly string[] {
  return Object.keys(suites).filter((suite) => record.suites[suite] !== suites[suite]);
}

/** Why the record may not be believed any more. */
export function staleness(record: MutationRecord, present: Present): readonly string[] {
  const reasons: string[] = [];
  const { files } = record;
  const missing = Object.keys(present.hashes).filter((file) => files[file] === undefined);
  const gone = Object.keys(files).filter((file) => present.hashes[file] === undefined);
  if (missing.length > Object.keys(present.hashes).length * MOST_CHANGED) {
    reasons.push(`It knows nothing of ${listed(missing)}.`);
  }
  if (gone.length > 0) reasons.push(`It speaks of ${listed(gone)}, which exist no more.`);
  for (const [tool, version] of Object.entries(present.tools)) {
    if (record.tools[tool] !== version)
      reasons.push(`It was made with ${tool} ${record.tools[tool] ?? '?'}, now ${version}.`);
  }
  const mutantsOf = (some: readonly string[]): number => tested(sumOf(some.flatMap((file) => files[file] ?? [])));
  const [changed, all] = [mutantsOf(changedFiles(record, present)), mutantsOf(Object.keys(files))];
  if (changed > all * MOST_CHANGED) reasons.push(`${changed} of its ${all} mutants are in files that have changed.`);
  return reasons;
}

/** What two results for the same contents have different, as a sentence; undefined when they agree. */
export function contradiction(file: string, recorded: FileScore, seen: Counts): string | undefined {
  // A record from before kills by goldens were told apart has not counted them.
  const known = (Object.keys(seen) as (keyof Counts)[]).filter((fate) => fate in recorded);
  const parts = known
    .filter((fate) => recorded[fate] !== seen[fate])
    .map((fate) => `${fate} ${seen[fate]} instead of ${recorded[fate]}`);
  return parts.length === 0 ? undefined : `${file} is recorded as it is not: ${parts.join(', ')}.`;
}

function listed(files: readonly string[]): string {
  const most = 5;
  const more = files.length > most ? ` and ${files.length - most} more` : '';
  return files.slice(0, most).join(', ') + more;
}
