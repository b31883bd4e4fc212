// The scores as text: a line for each group, for everything, and the mutants that nobody noticed.

import { plainTable } from '../check/plain-table.ts';
import { groupScores } from './judgement.ts';
import { scoreOf, tested, type Counts } from './record.ts';
import type { Unnoticed } from './fates.ts';

const HEAD = ['group', 'files', 'mutants', 'killed', 'survived', 'timeout', 'uncovered', 'disabled', 'score', 'least'];

export function scoreTable(files: Readonly<Record<string, Counts>>): string {
  const rows = groupScores(files).map((group) => [
    group.name,
    String(group.files),
    ...[tested(group), group.killed, group.survived, group.timeout, group.noCoverage, group.disabled].map(String),
    `${scoreOf(group).toFixed(1)} %`,
    group.least === undefined ? '' : `${group.least} %`,
  ]);
  return plainTable(HEAD, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
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
