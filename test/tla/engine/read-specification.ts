// A specification is read once, however many cfgs it is checked with: parsed, its names resolved, its strings put in order.

import type { Cfg } from '../../kit/tla/cfg.ts';
import { Levels } from './level.ts';
import { Resolver, type Specification } from './resolve.ts';
import { unescaped } from './symbols.ts';
import { moduleParser, type ModuleSyntax, type Node } from './syntax.ts';

/** Where modules come from. */
export interface Source {
  readonly root: string;
  /** The text of a module; undefined where there is none of that name. Standard modules are not asked for. */
  readonly modules: (name: string) => string | undefined;
}

/** What is read of a specification, whatever its cfg says. */
export interface Read {
  readonly specification: Specification;
  /** Strings in the order of TLC; see below. */
  readonly strings: readonly string[];
  /** The text of every module that was asked for. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly levels: Levels;
}

/** Specifications that were read before: checks come in dozens over the same modules. */
const known = new Map<string, Read>();

export function readSpecification(
  input: Source,
  cfg: Cfg | undefined,
  parse: Awaited<ReturnType<typeof moduleParser>>,
): Read {
  const before = known.get(input.root);
  // A definition that the cfg replaces is replaced for good.
  const replaces = [...(cfg?.constants.values() ?? [])].some(({ kind }) => kind === 'operator');
  if (before !== undefined && !replaces && [...before.texts].every(([name, text]) => input.modules(name) === text)) {
    return before;
  }
  const parsed = new Map<string, ModuleSyntax>();
  const texts = new Map<string, string | undefined>();
  const modules = (name: string): ModuleSyntax | undefined => {
    if (!parsed.has(name) && !texts.has(name)) {
      const text = input.modules(name);
      texts.set(name, text);
      // A file may hold more modules behind its own.
      for (const module of text === undefined ? [] : parse(name, text)) {
        if (!parsed.has(module.name)) parsed.set(module.name, module);
      }
    }
    return parsed.get(name);
  };
  const specification = new Resolver(modules).specification(input.root);
  const read = { specification, strings: stringsInOrder([...parsed.values()]), texts, levels: new Levels(new Map()) };
  if (!replaces) known.set(input.root, read);
  return read;
}

/** The constants that a module and those that it extends declare. */
export async function constantsOf(root: string, modules: Source['modules']): Promise<readonly string[]> {
  const parse = await moduleParser();
  const { specification } = readSpecification({ root, modules }, undefined, parse);
  return specification.constants.map(({ name }) => name);
}

/** The names in the standard modules, in order: one-letter strings stand where these have put them. */
const STANDARD_NAMES =
  'Nat a b n Int Seq S Len s t i Append e Head Tail SubSeq m SelectSeq Test F IsFiniteSet seq Cardinality CS T x Print out val d f g w Op p j';

const fieldNames = (node: Node): string[] => [
  ...(node.type === 'record_literal' || node.type === 'set_of_records' || node.type === 'record_value' || node.type === 'except_update_record_field'
    ? node.children.filter(({ type }) => type.startsWith('identifier')).map(({ text }) => text)
    : []),
  ...node.children.flatMap(fieldNames),
]; // prettier-ignore

/**
 * CHOOSE among strings takes the first in TLC's order: that of the first appearance as a name, in the modules as they are read and
 * the standard ones behind them, and then that of the strings themselves.
 */
function stringsInOrder(modules: readonly ModuleSyntax[]): readonly string[] {
  const names: string[] = [];
  const strings: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'string') strings.push(unescaped(node.text.slice(1, -1)));
    else if (node.type === 'identifier' || node.type === 'identifier_ref') names.push(node.text);
    node.children.forEach(visit);
  };
  for (const { units } of modules) units.forEach(visit);
  names.push(...STANDARD_NAMES.split(' '));
  const fields = new Set([...modules].flatMap(({ units }) => units.flatMap(fieldNames)));
  const used = new Set([...strings, ...fields]);
  return [...new Set([...names.filter((name) => used.has(name)), ...strings])];
}

/** What was read of a root is of no use any more: a cfg has changed it. */
export function forget(root: string): void {
  known.delete(root);
}
