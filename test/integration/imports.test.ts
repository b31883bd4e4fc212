// Who may import whom, and what may not be used at all.
//
// The four voices are worth comparing because none is made from another. So the table stands here as a test: spec imports
// nothing, model only spec and (by `require`) ts-pattern, src only node, its listed dependencies and types of spec; only test mixes. The
// machine and both of its implementations are deterministic: time, chance and the console are not theirs. And every file can
// be read in one sitting.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['spec', 'model', 'src', 'test'] as const;
type Folder = (typeof FOLDERS)[number];
const LINES_MAX = 450;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function filesIn(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.split(sep).includes('node_modules') && endings.some((ending) => file.endsWith(ending)))
    .map((file) => join(folder, file));
}

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
}

/** Every import, re-export, dynamic import, require and import type. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      found.push({ specifier: literal(node.moduleSpecifier), typeOnly: onlyTypes(node.importClause) });
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      found.push({ specifier: literal(node.moduleSpecifier), typeOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ specifier: literal(node.argument.literal), typeOnly: true });
    } else if (ts.isCallExpression(node) && isImportCall(node)) {
      found.push({ specifier: literal(node.arguments[0]), typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, text));
  return found;
}

function literal(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '(computed)';
}

function isImportCall(node: ts.CallExpression): boolean {
  const { expression } = node;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  const named = namedBindings !== undefined && ts.isNamedImports(namedBindings) ? namedBindings.elements : [];
  return clause.name === undefined && named.length > 0 && named.every((element) => element.isTypeOnly);
}

/** Where an import leads: a folder of the project, `node:`, or the name of a package. */
function homeOf(file: string, specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  if (!specifier.startsWith('.'))
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
  return target.split(sep)[0] ?? '';
}

const dependencies = Object.keys(
  (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies?: object }).dependencies ?? {},
);

/** ts-pattern is a package that users of the model install, so it is required, and looked for (model/ts-pattern.ts). */
const isPattern = ({ specifier, typeOnly }: Import): boolean =>
  specifier === 'node:module' || (specifier === 'ts-pattern' && typeOnly);

/** The table. A sentence when the import is not allowed. */
function breach(folder: Folder, home: string, one: Import): string | undefined {
  const allowed: Record<Folder, boolean> = {
    spec: home === 'spec',
    model: home === 'model' || home === 'spec' || isPattern(one),
    src: home === 'src' || home === 'node:' || (home === 'spec' && one.typeOnly) || dependencies.includes(home),
    test: true,
  };
  if (allowed[folder]) return undefined;
  const kind = one.typeOnly ? 'types of' : 'code of';
  return `${folder} must not import ${kind} ${home} ('${one.specifier}')`;
}

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

/** Where a file reads the state of the core instead of its view, or code of its records: types may lead to the public ones. */
function insightsOf(file: string, text: string): string[] {
  const records = importsOf(file, text).flatMap(({ specifier, typeOnly }) =>
    specifier.includes('/core/records/') && !typeOnly ? [`${file} imports ${specifier}`] : [],
  );
  return /\bcore\.state\b/i.test(codeOf(file, text)) ? [...records, `${file} reads core.state`] : records;
}

describe('the folders', () => {
  for (const folder of FOLDERS) {
    test(`${folder} imports only what it may`, () => {
      const breaches = filesIn(folder, ['.ts', '.mjs', '.js']).flatMap((file) =>
        importsOf(file, sourceOf(file)).flatMap((one) => {
          const said = breach(folder, homeOf(file, one.specifier), one);
          return said === undefined ? [] : [`${file}: ${said}`];
        }),
      );
      expect(breaches).toEqual([]);
    });
  }

  test('what spec, model and src do is decided by their arguments alone', () => {
    const found = ['spec', 'model', 'src'].flatMap((folder) =>
      filesIn(folder, ['.ts']).flatMap((file) => bannedIn(file, sourceOf(file)).map((word) => `${file}: ${word}`)),
    );
    expect(found).toEqual([]);
  });

  test('policies, mounts and the kit know of the core what its view shows, and of its records nothing', () => {
    const found = ['src/policy', 'src/mount', 'src/devices', 'test/kit'].flatMap((folder) =>
      filesIn(folder, ['.ts']).flatMap((file) => insightsOf(file, sourceOf(file))),
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

describe('the table is seen to fail', () => {
  test('a policy that reaches into the core is found', () => {
    const text = `import { refsOf } from '../core/records/reference-word.ts';\nconst free = this.#core.state.slab; // core.state`;
    expect(insightsOf('src/policy/x.ts', text)).toHaveLength(2);
    expect(insightsOf('src/policy/x.ts', 'const free = core.view.slab; // not core.state')).toEqual([]);
  });

  const of = (folder: Folder, text: string): (string | undefined)[] =>
    importsOf(`${folder}/part/x.ts`, text).map((one) =>
      breach(folder, homeOf(`${folder}/part/x.ts`, one.specifier), one),
    );

  test.each([
    ['spec', `import { readFileSync } from 'node:fs';`],
    ['spec', `import type { Machine } from '../../model/buffer/machine.ts';`],
    ['model', `import type { HammerIo } from '../../src/core/records/hammer-io.ts';`],
    ['model', `export { Lists } from '../../src/core/records/dirty-lists.ts';`],
    ['model', `const fs = await import('node:fs');`],
    ['model', `import fc from 'fast-check';`],
    ['src', `import { ACTIONS } from '../../spec/buffer/vocabulary.ts';`],
    ['src', `import { type Action, ACTIONS } from '../../spec/buffer/vocabulary.ts';`],
    ['src', `type M = import('../../model/buffer/machine.ts').Machine;`],
    ['src', `import { test } from 'vitest';`],
    ['src', `const kit = require('../../test/kit/edges.ts');`],
    ['src', `const secret = await import(name);`],
  ] as const)('%s may not: %s', (folder, text) => {
    expect(of(folder, text)).toEqual([expect.stringContaining('must not import')]);
  });

  test.each([
    ['spec', `import type { Shape } from './snapshot.ts';`],
    ['model', `import type { match } from 'ts-pattern';`],
    ['model', `import { labelOf } from '../../spec/buffer/vocabulary.ts';`],
    ['src', `import { open } from 'node:fs/promises';`],
    ['src', `import type { Outcome } from '../../spec/buffer/vocabulary.ts';`],
    ['src', `import { type Outcome, type Action } from '../../spec/buffer/vocabulary.ts';`],
    ['test', `import { createMachine } from '../../model/buffer/machine.ts';`],
  ] as const)('%s may: %s', (folder, text) => {
    expect(of(folder, text)).toEqual([undefined]);
  });

  test.each(['Math.random()', 'Date.now()', 'new Date()', 'setTimeout(f, 1)', 'console.log(1)', 'performance.now()'])(
    '%s is found in code, not in prose',
    (code) => {
      expect(bannedIn('x.ts', `const x = ${code};`)).toHaveLength(1);
      expect(bannedIn('x.ts', `// never ${code}\nconst x = '${code}'; /* ${code} */\n`)).toEqual([]);
    },
  );
});
