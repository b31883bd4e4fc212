// The scores as text: a line for each group, for everything, and the mutants that nobody noticed. Mutants that only a golden has
// noticed count as killed, and are told apart.

import { plainTable } from '../check/plain-table.ts';
import { groupScores } from './judgement.ts';
import { independentScoreOf, scoreOf, tested, type Counts } from './record.ts';
import type { Unnoticed } from './fates.ts';

/** `goldens`: of the killed, those noticed by goldens only; `without`: the score without these. */
const HEAD = [
  'group', 'files', 'mutants', 'killed', 'goldens', 'survived', 'timeout', 'uncovered', 'disabled', 'score', 'least', 'without',
]; // prettier-ignore

export function scoreTable(files: Readonly<Record<string, Counts>>): string {
  const rows = groupScores(files).map((group) => [
    group.name,
    String(group.files),
    ...[tested(group), group.killed, group.byGolden].map(String),
    ...[group.survived, group.timeout, group.noCoverage, group.disabled].map(String),
    `${scoreOf(group).toFixed(1)} %`,
    group.least === undefined ? '' : `${group.least} %`,
    `${independentScoreOf(group).toFixed(1)} %`,
  ]);
  return plainTable(HEAD, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
}

/** A line for each mutant that was not killed. */
export function unnoticedText(unnoticed: readonly Unnoticed[]): string {
  return [...unnoticed]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ file, line, mutator, replacement, fate }) => `${file}:${line} ${fate} ${mutator} → ${oneLine(replacement)}`)
    .join('\n');
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length > 80 ? `${flat.slice(0, 77)}…` : flat;
}
