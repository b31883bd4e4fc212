// What may not be used at all: the machine and both of its implementations are deterministic, so time, chance and the console are
// not theirs. And every file can be read in one sitting. Who may import whom is held by layers.test.ts.

import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { filesIn, parse, sourceOf } from '../support/import-scan.ts';

const FOLDERS = ['spec', 'model', 'src', 'test'] as const;
const LINES_MAX = 450;

const BANNED: readonly RegExp[] = [
  /\bMath\s*\.\s*random\b/,
  /\bDate\s*\.\s*now\b/,
  /\bnew\s+Date\b/,
  /\bperformance\s*\.\s*now\b/,
  /\bhrtime\b/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bconsole\s*\./,
  /\bcrypto\s*\.\s*random/,
];

/** The text with comments and strings blanked, so that words in prose are not taken for code. */
function codeOf(file: string, text: string): string {
  const code = text.split('');
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' ';
  };
  const source = parse(file, text);
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) blank(range.pos, range.end);
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) blank(range.pos, range.end);
    if (ts.isStringLiteralLike(node)) blank(node.getStart(), node.getEnd());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return code.join('');
}

function bannedIn(file: string, text: string): string[] {
  const code = codeOf(file, text);
  return BANNED.flatMap((word) => word.exec(code)?.[0] ?? []);
}

/** Does it read the state of the core instead of its view? */
const readsState = (file: string, text: string): boolean => /\bcore\.state\b/i.test(codeOf(file, text));

describe('the folders', () => {
  test('what spec, model and src do is decided by their arguments alone', () => {
    const found = ['spec', 'model', 'src'].flatMap((folder) =>
      filesIn(folder, ['.ts']).flatMap((file) => bannedIn(file, sourceOf(file)).map((word) => `${file}: ${word}`)),
    );
    expect(found).toEqual([]);
  });

  test('policies, mounts and the kit look at the core through its view', () => {
    const found = ['src/policy', 'src/mount', 'src/devices', 'test/kit'].flatMap((folder) =>
      filesIn(folder, ['.ts']).filter((file) => readsState(file, sourceOf(file))),
    );
    expect(found).toEqual([]);
  });

  test(`no file is longer than ${LINES_MAX} lines`, () => {
    const long = [...FOLDERS, 'tla'].flatMap((folder) =>
      filesIn(folder, ['.ts', '.mjs', '.tla'])
        .map((file) => ({ file, lines: sourceOf(file).trimEnd().split('\n').length }))
        .filter(({ lines }) => lines > LINES_MAX),
    );
    expect(long).toEqual([]);
  });
});

describe('what may not be used', () => {
  test('the state of the core, outside of it', () => {
    expect(readsState('x.ts', 'const free = this.#core.state.slab;')).toBe(true);
    expect(readsState('x.ts', 'const free = core.view.slab; // not core.state')).toBe(false);
  });

  test.each(['Math.random()', 'Date.now()', 'new Date()', 'setTimeout(f, 1)', 'console.log(1)', 'performance.now()'])(
    '%s is found in code, not in prose',
    (code) => {
      expect(bannedIn('x.ts', `const x = ${code};`)).toHaveLength(1);
      expect(bannedIn('x.ts', `// never ${code}\nconst x = '${code}'; /* ${code} */\n`)).toEqual([]);
    },
  );
});
