// TLA+ modules as plain syntax trees, and what a specification made of several of them declares.
//
// The parser is tree-sitter's TLA+ grammar, compiled to WebAssembly; its tree is copied into small objects without
// comments, which stand in a list of their own. Parsing goes on after an error: `ERROR` nodes say where it stumbled.

import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

export interface SyntaxNode {
  /** The grammar's name of the node, for instance `bound_infix_op`; the `k` of `r.k` and `!.k` is a `field_ref` here. */
  readonly type: string;
  /** The grammar's name of this node's role in its parent, for instance `lhs`. */
  readonly field: string | undefined;
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
  readonly parent: SyntaxNode | undefined;
  readonly children: readonly SyntaxNode[];
}

export interface ModuleSyntax {
  readonly file: string;
  readonly source: string;
  readonly root: SyntaxNode;
  readonly comments: readonly SyntaxNode[];
}

/** An operator defined at the top of a module. */
export interface Operator {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly params: readonly string[];
  readonly body: SyntaxNode;
  readonly node: SyntaxNode;
}

/** A name that a module declares, and the place. */
export interface Declared {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** Everything a group of modules declares. */
export interface SpecSyntax {
  readonly modules: readonly ModuleSyntax[];
  readonly operators: ReadonlyMap<string, Operator>;
  readonly variables: ReadonlyMap<string, Declared>;
  readonly constants: ReadonlyMap<string, Declared>;
}

let parser: Promise<Parser> | undefined;

async function loadParser(): Promise<Parser> {
  await Parser.init();
  const file = createRequire(import.meta.url).resolve('@tlaplus/tree-sitter-tlaplus/tree-sitter-tlaplus.wasm');
  return new Parser().setLanguage(await Language.load(file));
}

/** Parses one module. */
export async function parseModule(source: string, file: string): Promise<ModuleSyntax> {
  const tree = (await (parser ??= loadParser())).parse(source)!;
  const cursor = tree.walk();
  const lineAt = lineCounter(source);
  const comments: SyntaxNode[] = [];
  /** Copies the node under the cursor with all below it, and leaves the cursor where it was. */
  const copy = (parent: SyntaxNode | undefined): SyntaxNode => {
    const children: SyntaxNode[] = [];
    const result: SyntaxNode = {
      type: cursor.nodeIsMissing ? 'ERROR' : typeOf(cursor.nodeType, parent),
      field: cursor.currentFieldName ?? undefined,
      text: source.slice(cursor.startIndex, cursor.endIndex),
      line: lineAt(cursor.startIndex),
      endLine: lineAt(cursor.endIndex),
      parent,
      children,
    };
    if (!cursor.gotoFirstChild()) return result;
    do {
      if (!cursor.nodeIsNamed && !cursor.nodeIsMissing) continue;
      const child = copy(result);
      const isComment = child.type === 'comment' || child.type === 'block_comment';
      (isComment ? comments : children).push(child);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
    return result;
  };
  const root = copy(undefined);
  cursor.delete();
  tree.delete();
  return { file, source, root, comments };
}

/** The grammar calls the field of a record an identifier; here it is told from names that mean a variable or operator. */
function typeOf(type: string, parent: SyntaxNode | undefined): string {
  if (type !== 'identifier_ref' || parent === undefined) return type;
  const isField =
    parent.type === 'except_update_record_field' || (parent.type === 'record_value' && parent.children.length > 0);
  return isField ? 'field_ref' : type;
}

/** Tells the line, from 1, of a position in a text. */
function lineCounter(text: string): (position: number) => number {
  const ends: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at);
  return (position) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

/** Collects what the modules declare; of two operators with one name the later module's stands. */
export function collectSpec(modules: readonly ModuleSyntax[]): SpecSyntax {
  const operators = new Map<string, Operator>();
  const variables = new Map<string, Declared>();
  const constants = new Map<string, Declared>();
  for (const { file, root } of modules) {
    for (const unit of descendants(root, (node) => node.type !== 'let_in')) {
      if (unit.type === 'operator_definition') {
        const operator = operatorOf(unit, file);
        if (operator !== undefined) operators.set(operator.name, operator);
      } else if (unit.type === 'variable_declaration') {
        for (const { text: name, line } of unit.children) variables.set(name, { name, file, line });
      } else if (unit.type === 'constant_declaration') {
        for (const child of unit.children) {
          const name = fieldOf(child, 'name')?.text ?? child.text;
          constants.set(name, { name, file, line: child.line });
        }
      }
    }
  }
  return { modules, operators, variables, constants };
}

/** Reads an `operator_definition`; undefined for an infix or otherwise nameless one. */
export function operatorOf(node: SyntaxNode, file: string): Operator | undefined {
  const name = fieldOf(node, 'name');
  const body = fieldOf(node, 'definition');
  if (name?.type !== 'identifier' || body === undefined) return undefined;
  const params = fieldsOf(node, 'parameter').map((p) => fieldOf(p, 'name')?.text ?? p.text);
  return { name: name.text, file, line: node.line, params, body, node };
}

/** A node and all below it, top down; `enter` decides whether to go below a node. */
export function* descendants(
  node: SyntaxNode,
  enter: (node: SyntaxNode) => boolean = () => true,
): Generator<SyntaxNode> {
  yield node;
  if (enter(node)) for (const child of node.children) yield* descendants(child, enter);
}

export function fieldOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function fieldsOf(node: SyntaxNode, field: string): SyntaxNode[] {
  return node.children.filter((child) => child.field === field);
}

/** The symbol's name of an infix, prefix or postfix operator (`implies`, `prime`, …); undefined for other nodes. */
export function symbolOf(node: SyntaxNode): string | undefined {
  if (!/^bound_(infix|prefix|postfix)_op$/.test(node.type)) return undefined;
  return fieldOf(node, 'symbol')?.type;
}

/** The names that a node binds for its children: of quantifiers, comprehensions, functions, CHOOSE, LAMBDA, LET. */
export function boundBy(node: SyntaxNode): SyntaxNode[] {
  switch (node.type) {
    case 'let_in':
      return fieldsOf(node, 'definitions').flatMap((definition) => fieldsOf(definition, 'name'));
    case 'operator_definition':
      return fieldsOf(node, 'parameter').map((p) => fieldOf(p, 'name') ?? p);
    case 'lambda':
      return node.children.filter((child) => child.type === 'identifier');
    case 'choose':
    case 'unbounded_quantification':
      return fieldsOf(node, 'intro').flatMap(identifiersIn);
    default:
      return node.children
        .flatMap((child) => (child.type === 'quantifier_bound' ? fieldsOf(child, 'intro') : []))
        .flatMap(identifiersIn);
  }
}

function identifiersIn(intro: SyntaxNode): readonly SyntaxNode[] {
  return intro.type === 'identifier' ? [intro] : intro.children.filter((child) => child.type === 'identifier');
}
