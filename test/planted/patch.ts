// Patches of source text, applied when a module is loaded: how a bug gets into production, the model, the specification or
// a device without a line of theirs knowing about it.
//
// A patch names a file of the project, a text that stands there exactly once, and the text to stand there instead. A text
// that is absent, or stands there twice, is an error that names bug and file: when a function is rewritten its bugs must be
// rewritten too, or they would silently stop being planted. `loadPatched` runs an entry with everything that it imports from the
// project, patched: copies of those modules beside the real ones (`patched-modules.ts`).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileAll, PROJECT, runModules } from './patched-modules.ts';

/** One place of the source and what stands there instead. */
export interface SourcePatch {
  /** Path inside the project, with `/`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A patch that cannot be applied: its text is not there, not there once, or nothing loads the file. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
  readonly bug: string;
  readonly file: string;

  constructor(bug: string, file: string, what: string) {
    super(`The bug '${bug}' cannot be planted in ${file}: ${what}`);
    this.bug = bug;
    this.file = file;
  }
}

/** The text of one file with the patches of a bug that concern it. */
export function patchText(bug: string, file: string, text: string, patches: readonly SourcePatch[]): string {
  let patched = text;
  for (const patch of patches) {
    if (patch.file !== file) continue;
    const times = patched.split(patch.find).length - 1;
    const where = JSON.stringify(firstLine(patch.find));
    if (times !== 1) {
      throw new PatchError(bug, file, `its text ${where} stands there ${times} times, not once; rewrite the patch.`);
    }
    patched = patched.replace(patch.find, () => patch.replace);
  }
  return patched;
}

/** The text of a file of the project, patched. */
export function patchedFile(bug: string, file: string, patches: readonly SourcePatch[]): string {
  return patchText(bug, file, sourceOf(bug, file), patches);
}

/** Shows that every patch of a bug can be applied, without running anything. @throws PatchError */
export function checkPatches(bug: string, patches: readonly SourcePatch[]): void {
  for (const file of new Set(patches.map((patch) => patch.file))) patchedFile(bug, file, patches);
}

function sourceOf(bug: string, file: string): string {
  try {
    return readFileSync(join(PROJECT, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PatchError(bug, file, 'there is no such file; rewrite the patch.');
  }
}

/**
 * The exports of `entry` (a path inside the project), it and its imports patched. The caller says what they are: types do
 * not change with a patch. Every patch must be of a file that the entry loads.
 */
export async function loadPatched<Exports>(
  entry: string,
  patches: readonly SourcePatch[],
  bug = 'unnamed',
): Promise<Exports> {
  const patched = new Set(patches.map(({ file }) => file));
  const loaded = await compileAll(entry, (file) => patchedFile(bug, file, patches), patched, bug);
  for (const file of patched) {
    if (!loaded.has(file)) throw new PatchError(bug, file, `${entry} does not load that file; name one that it loads.`);
  }
  return runModules(loaded, entry, patched) as Exports;
}

/** What a patch changes, as a small diff: the place, then the lines that differ, each whole, with those around them. */
export function patchLines(patch: SourcePatch): string[] {
  const source = readFileSync(join(PROJECT, patch.file), 'utf8');
  const at = source.indexOf(patch.find);
  if (at < 0) return [patch.file, ...patch.find.split('\n').map((line) => `- ${line}`)];
  const from = source.lastIndexOf('\n', at - 1) + 1;
  const end = at + patch.find.length;
  const to = source[end - 1] === '\n' ? end - 1 : indexOr(source, '\n', end);
  const tail = source.slice(Math.min(end, to), to);
  const before = source.slice(from, to).split('\n');
  const after = withoutBlankEnd(source.slice(from, at) + patch.replace + tail).split('\n');
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let foot = 0;
  const most = Math.min(before.length, after.length) - head;
  while (foot < most && before.at(-1 - foot) === after.at(-1 - foot)) foot++;
  const marked = (mark: string, lines: readonly string[]): string[] => lines.map((line) => `${mark} ${line}`);
  return [
    `${patch.file}:${source.slice(0, from).split('\n').length + head}`,
    ...marked(' ', before.slice(Math.max(0, head - 1), head)),
    ...marked('-', before.slice(head, before.length - foot)),
    ...marked(
      '+',
      after.slice(head, after.length - foot).filter((line) => line.trim() !== ''),
    ),
    ...marked(' ', before.slice(before.length - foot, before.length - foot + 1)),
  ];
}

function indexOr(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

function withoutBlankEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!;
}
