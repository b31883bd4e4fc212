// What a name means at a place: scopes within scopes, and what the standard modules bring.
//
// TLA+ knows no shadowing: a name that means something already may not be bound again. That is checked wherever one is declared.

import { SpecificationError, type Position } from './errors.ts';
import type { Argument, Binding, Constant, Definition, Variable } from './expression.ts';

/** What a name can stand for. */
export type Entity =
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'binding'; readonly binding: Binding }
  /** With the parameters of the INSTANCE that it comes from, which stand before its own. */
  | { readonly kind: 'definition'; readonly definition: Definition; readonly prefix: readonly Binding[] }
  /** A constant or variable of an instantiated module, replaced by this. */
  | { readonly kind: 'substitute'; readonly argument: Argument }
  /** `I` of `I!Op`. */
  | { readonly kind: 'instance'; readonly params: readonly Binding[]; readonly names: ReadonlyMap<string, Entity> }
  | { readonly kind: 'builtin'; readonly name: string; readonly arity: number };

export class Scope {
  readonly #parent: Scope | undefined;
  readonly #names = new Map<string, Entity>();
  readonly #local = new Set<string>();

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  find(name: string): Entity | undefined {
    return this.#names.get(name) ?? this.#parent?.find(name);
  }

  /** Gives a name its meaning here; refuses one that has another already. */
  declare(name: string, entity: Entity, position: Position, isLocal = false): void {
    const known = this.find(name);
    if (known !== undefined && !isSame(known, entity)) {
      throw new SpecificationError('multiply-defined symbol', position, `${name} means something already here; choose another name.`);
    } // prettier-ignore
    if (known === undefined) this.#names.set(name, entity);
    if (isLocal) this.#local.add(name);
  }

  /** What this scope itself declares and does not keep to itself. */
  get exports(): ReadonlyMap<string, Entity> {
    return new Map([...this.#names].filter(([name]) => !this.#local.has(name)));
  }
}

function isSame(a: Entity, b: Entity): boolean {
  if (a === b) return true;
  if (a.kind === 'builtin' && b.kind === 'builtin') return a.name === b.name;
  if (a.kind === 'definition' && b.kind === 'definition') return a.definition === b.definition;
  if (a.kind === 'constant' && b.kind === 'constant') return a.constant === b.constant;
  if (a.kind === 'variable' && b.kind === 'variable') return a.variable === b.variable;
  return false;
}

const NATURALS = {
  '+': 2,
  '-': 2,
  '*': 2,
  '^': 2,
  '<': 2,
  '>': 2,
  '=<': 2,
  '>=': 2,
  '%': 2,
  '\\div': 2,
  '..': 2,
  Nat: 0,
};
const SEQUENCES = { Seq: 1, Len: 1, '\\o': 2, Append: 2, Head: 1, Tail: 1, SubSeq: 3, SelectSeq: 2 };

/** The operators of the standard modules, with their numbers of arguments. */
const STANDARD: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Naturals: NATURALS,
  Integers: { ...NATURALS, Int: 0, '-.': 1 },
  Sequences: SEQUENCES,
  FiniteSets: { IsFiniteSet: 1, Cardinality: 1 },
  TLC: {
    ...{ Print: 2, PrintT: 1, Assert: 2, ':>': 2, '@@': 2, Permutations: 1, SortSeq: 2, ToString: 1, TLCEval: 1 },
    ...{ JavaTime: 0, TLCGet: 1, TLCSet: 2, RandomElement: 1, Any: 0 },
  },
  Bags: {},
};

/** Symbols of the language that may be given as arguments; the value is the number of arguments. */
export const LANGUAGE_OPERATORS: Readonly<Record<string, number>> = {
  '=': 2, '#': 2, '\\in': 2, '\\notin': 2, '\\subseteq': 2, '\\cup': 2, '\\cap': 2, '\\': 2, '/\\': 2, '\\/': 2, '=>': 2, '<=>': 2,
  SUBSET: 1, UNION: 1, DOMAIN: 1, '~': 1,
}; // prettier-ignore

const REFUSED = new Set(['Bags', 'Reals', 'RealTime', 'Randomization', 'Json', 'IOUtils', 'CSV', 'TLCExt', 'TLAPS']);

export const isStandard = (module: string): boolean => module in STANDARD || REFUSED.has(module);

/** What EXTENDS or INSTANCE of a standard module brings. */
export function standardModule(module: string, position: Position): ReadonlyMap<string, Entity> {
  if (REFUSED.has(module)) {
    throw new SpecificationError(module, position, `This engine does not know the module ${module}.`);
  }
  const names = new Map<string, Entity>();
  for (const [name, arity] of Object.entries(STANDARD[module]!)) names.set(name, { kind: 'builtin', name, arity });
  return names;
}

/** How many arguments what a name stands for takes. */
export function arityOf(entity: Entity): number {
  if (entity.kind === 'definition') return entity.definition.params.length - entity.prefix.length;
  if (entity.kind === 'binding') return entity.binding.arity;
  if (entity.kind === 'builtin') return entity.arity;
  if (entity.kind === 'constant') return entity.constant.arity;
  if (entity.kind === 'substitute' && entity.argument.kind === 'operator') {
    const { argument } = entity;
    if (argument.of === 'definition') return argument.definition.params.length - argument.prefix.length;
    if (argument.of === 'binding') return argument.binding.arity;
    return argument.of === 'builtin' ? argument.arity : argument.params.length;
  }
  return 0;
}
