// TLA+ text as a plain syntax tree: the first of the engine's steps (parse, resolve, level, compile, explore).
//
// The parser is tree-sitter's TLA+ grammar, compiled to WebAssembly. It goes on after an error, which a checker must not: a text
// with an error anywhere is refused at its first error. It also takes operators side by side that TLA+ wants told apart by
// parentheses, so the precedence of the language is checked here once more (`precedence.ts`). Comments and proofs are left out.

import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import { SpecificationError, type Position } from './errors.ts';
import { checkPrecedence } from './precedence.ts';

export interface Node {
  /** The grammar's name, for instance `bound_infix_op`. */
  readonly type: string;
  /** The grammar's name of this node's role in its parent, for instance `lhs`. */
  readonly field: string | undefined;
  readonly text: string;
  readonly position: Position;
  readonly children: readonly Node[];
}

export interface ModuleSyntax {
  readonly name: string;
  /** The units of the module in order: EXTENDS, declarations, definitions, and so on. */
  readonly units: readonly Node[];
}

const LEFT_OUT = new Set(['comment', 'block_comment', 'extramodular_text', 'non_terminal_proof', 'terminal_proof']);

let parser: Promise<Parser> | undefined;

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const file = createRequire(import.meta.url).resolve('@tlaplus/tree-sitter-tlaplus/tree-sitter-tlaplus.wasm');
  return new Parser().setLanguage(await Language.load(file));
}

/** Parses modules of one specification; loading the grammar is the only thing that takes time. */
export async function moduleParser(): Promise<(name: string, source: string) => readonly ModuleSyntax[]> {
  const loaded = await (parser ??= loadParser());
  return (name, source) => parseModule(loaded, name, source);
}

/** The module of that name, and those that stand behind it in the same text. */
function parseModule(using: Parser, name: string, source: string): readonly ModuleSyntax[] {
  const root = copyTree(using, name, source);
  const broken = firstError(root);
  if (broken !== undefined) throw new SpecificationError('syntax error', broken.position, syntaxErrorText(broken));
  const modules = root.children.filter(({ type }) => type === 'module');
  const [module] = modules;
  if (module === undefined) throw new SpecificationError('no module', root.position, `The file has no module ${name}.`);
  const heading = childOf(module, 'name');
  if (heading.text !== name) {
    const text = `The file of module ${name} begins with module ${heading.text}; name them alike.`;
    throw new SpecificationError('another module', heading.position, text);
  }
  return modules.map(moduleSyntax);
}

/** A module's name and units. */
export function moduleSyntax(module: Node): ModuleSyntax {
  const units = module.children.filter(({ type, field }) => field !== 'name' && !type.endsWith('_line'));
  units.forEach(checkPrecedence);
  return { name: childOf(module, 'name').text, units };
}

function syntaxErrorText({ text }: Node): string {
  const shown = text.split('\n')[0]!.trim().slice(0, 40);
  return shown === '' ? 'Something is missing here.' : `This is no TLA+: ${shown}`;
}

function copyTree(using: Parser, module: string, source: string): Node {
  // What lies in the parser's own memory is given back here, not when the collector finds the time.
  const tree = using.parse(source)!;
  const cursor = tree.walk();
  const copy = (): Node => {
    const { row, column } = cursor.startPosition;
    const children: Node[] = [];
    const node: Node = {
      type: cursor.nodeIsMissing ? 'ERROR' : cursor.nodeType,
      field: cursor.currentFieldName ?? undefined,
      text: source.slice(cursor.startIndex, cursor.endIndex),
      position: { module, line: row + 1, column: column + 1 },
      children,
    };
    if (!cursor.gotoFirstChild()) return node;
    do {
      const kept = (cursor.nodeIsNamed || cursor.nodeIsMissing) && !LEFT_OUT.has(cursor.nodeType);
      if (kept) children.push(copy());
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
    return node;
  };
  const root = copy();
  cursor.delete();
  tree.delete();
  return root;
}

function firstError(node: Node): Node | undefined {
  if (node.type === 'ERROR') return node;
  for (const child of node.children) {
    const found = firstError(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The child in that role; the grammar says that there is one. */
export function childOf(node: Node, field: string): Node {
  return node.children.find((child) => child.field === field)!;
}

export function childrenOf(node: Node, field: string): readonly Node[] {
  return node.children.filter((child) => child.field === field);
}
