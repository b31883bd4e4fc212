// What a file of the built package names: the modules that it imports, the packages among them, and the files beside it that
// it finds by `new URL('…', import.meta.url)`. Read from the syntax tree, so that an example in a comment is none.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** A file that another file names. */
export interface Reference {
  /** As the code has it. */
  readonly written: string;
  /** Where it leads: a path. */
  readonly target: string;
}

/** The files that `file`, with that text, names relative to itself. Throws where a name is computed. */
export function referencesIn(file: string, text: string): Reference[] {
  return namesIn(file, text)
    .filter((name) => name.isUrl || name.written.startsWith('.'))
    .map(({ written }) => ({ written, target: resolve(dirname(file), declared(file, written)) }));
}

/** The packages that `file` imports, and the modules of Node by their full name. */
export function packagesIn(file: string, text: string): string[] {
  return namesIn(file, text)
    .filter((name) => !name.isUrl && !name.written.startsWith('.'))
    .map(({ written }) => written);
}

/**
 * The files of a directory that the given ones lead to, themselves included, those that are missing too. A directory that is
 * named leads nowhere: nobody can tell what is wanted of it.
 */
export function reachedFrom(directory: string, files: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const path = join(directory, file);
    if (!/\.(m?js|ts)$/.test(file) || !existsSync(path)) continue;
    for (const { written, target } of referencesIn(path, readFileSync(path, 'utf8'))) {
      if (!written.endsWith('/')) open.push(relative(directory, target));
    }
  }
  return reached;
}

/** A declaration names modules by their sources, and TypeScript reads the declarations in their place. */
function declared(file: string, written: string): string {
  return file.endsWith('.d.ts') ? written.replace(/(?<!\.d)\.ts$/, '.d.ts') : written;
}

interface Name {
  readonly written: string;
  readonly isUrl: boolean;
}

function namesIn(file: string, text: string): Name[] {
  const names: Name[] = [];
  const found = (node: ts.Node | undefined, isUrl = false): void => {
    if (node === undefined || !ts.isStringLiteralLike(node)) {
      throw new Error(`${file} computes a name, so that nobody can tell which file belongs to the package.`);
    }
    names.push({ written: node.text, isUrl });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) found(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) found(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) found(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isCallExpression(node) && isImportOrRequire(node.expression)) found(node.arguments[0]);
    else if (ts.isNewExpression(node) && isUrlBesideModule(node)) found(node.arguments?.[0], true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2023));
  return names;
}

/** `import(…)`, or `createRequire(import.meta.url)(…)`. */
function isImportOrRequire(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  return (
    ts.isCallExpression(callee) && ts.isIdentifier(callee.expression) && callee.expression.text === 'createRequire'
  );
}

/** `new URL(…, import.meta.url)`. */
function isUrlBesideModule({ expression, arguments: given }: ts.NewExpression): boolean {
  const base = given?.[1];
  if (!ts.isIdentifier(expression) || expression.text !== 'URL' || base === undefined) return false;
  return ts.isPropertyAccessExpression(base) && ts.isMetaProperty(base.expression) && base.name.text === 'url';
}
