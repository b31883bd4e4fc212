// What an expression depends on: its level (constant, state, action, temporal) as the language defines it, the bound names that are
// free in it, and which of its parameters an operator is sure to evaluate.

import {
  definitionsIn,
  isOperator,
  partsOf,
  type Argument,
  type Binding,
  type Definition,
  type Expression,
} from './expression.ts';

export const CONSTANT = 0;
export const STATE = 1;
export const ACTION = 2;
export const TEMPORAL = 3;

export class Levels {
  readonly #level = new Map<Expression, number>();
  readonly #ofDefinition = new Map<Definition, number>();
  readonly #free = new Map<Expression, ReadonlySet<Binding>>();
  readonly #freeOfDefinition = new Map<Definition, ReadonlySet<Binding>>();
  readonly #strict = new Map<Definition, ReadonlySet<Binding>>();
  readonly #boolean = new Map<Definition, boolean>();
  readonly #replaced: ReadonlyMap<string, Definition>;

  /** `replaced`: constants that the cfg gives with `<-` by a definition. */
  constructor(replaced: ReadonlyMap<string, Definition>) {
    this.#replaced = replaced;
  }

  level(e: Expression): number {
    const known = this.#level.get(e);
    if (known !== undefined) return known;
    const found = this.#find(e);
    this.#level.set(e, found);
    return found;
  }

  #find(e: Expression): number {
    const below = this.#below(e);
    switch (e.kind) {
      case 'variable':
        return STATE;
      case 'prime':
      case 'unchanged':
      case 'square':
      case 'angle':
        return below === TEMPORAL ? TEMPORAL : ACTION;
      case 'enabled':
        return STATE;
      case 'always':
      case 'eventually':
      case 'fair':
      case 'leadsTo':
        return TEMPORAL;
      default:
        return below;
    }
  }

  #below(e: Expression): number {
    let level = 0;
    for (const part of partsOf(e)) level = Math.max(level, this.level(part));
    for (const definition of this.#named(e)) level = Math.max(level, this.ofDefinition(definition));
    return level;
  }

  #named(e: Expression): readonly Definition[] {
    const name = e.kind === 'constant' ? e.constant.name : e.kind === 'builtin' ? e.name : undefined;
    const replaced = name === undefined ? undefined : this.#replaced.get(name);
    return replaced === undefined ? definitionsIn(e) : [replaced, ...definitionsIn(e)];
  }

  ofDefinition(definition: Definition): number {
    const known = this.#ofDefinition.get(definition);
    if (known !== undefined) return known;
    this.#ofDefinition.set(definition, 0);
    const found = this.level(definition.body);
    this.#ofDefinition.set(definition, found);
    return found;
  }

  /** The bound names, from outside of the expression, that it speaks of. */
  free(e: Expression): ReadonlySet<Binding> {
    let known = this.#free.get(e);
    if (known === undefined) this.#free.set(e, (known = this.#findFree(e)));
    return known;
  }

  #findFree(e: Expression): ReadonlySet<Binding> {
    const found = new Set<Binding>();
    for (const part of partsOf(e)) for (const binding of this.free(part)) found.add(binding);
    if (e.kind === 'local') found.add(e.binding);
    for (const argument of 'args' in e ? (e.args as readonly Argument[]) : []) {
      if (isOperator(argument) && argument.of === 'binding') found.add(argument.binding);
      if (isOperator(argument) && argument.of === 'lambda') argument.params.forEach((one) => found.delete(one));
    }
    for (const definition of this.#named(e)) for (const one of this.#freeIn(definition)) found.add(one);
    for (const bound of boundsOf(e)) for (const name of bound) found.delete(name);
    return found;
  }

  #freeIn(definition: Definition): ReadonlySet<Binding> {
    const known = this.#freeOfDefinition.get(definition);
    if (known !== undefined) return known;
    this.#freeOfDefinition.set(definition, new Set());
    const found = new Set(this.free(definition.body));
    definition.params.forEach((param) => found.delete(param));
    this.#freeOfDefinition.set(definition, found);
    return found;
  }

  /** The parameters that the operator evaluates whenever it is evaluated. */
  strict(definition: Definition): ReadonlySet<Binding> {
    const known = this.#strict.get(definition);
    if (known !== undefined) return known;
    this.#strict.set(definition, new Set());
    const found = this.#strictIn(definition.body);
    this.#strict.set(definition, found);
    return found;
  }

  #strictIn(e: Expression): Set<Binding> {
    const all = (parts: readonly Expression[]): Set<Binding> =>
      new Set(parts.flatMap((part) => [...this.#strictIn(part)]));
    switch (e.kind) {
      case 'local':
        return new Set([e.binding]);
      case 'and':
      case 'or':
        return this.#strictIn(e.items[0]!);
      case 'if': {
        const [then, other] = [this.#strictIn(e.then), this.#strictIn(e.else)];
        return new Set([...this.#strictIn(e.test), ...[...then].filter((one) => other.has(one))]);
      }
      case 'case':
        return this.#strictIn(e.arms[0]![0]);
      case 'builtin':
        return e.name === '=>' || e.name === 'Assert' ? this.#strictIn(e.args[0] as Expression) : all(e.args.filter((one) => !isOperator(one))); // prettier-ignore
      case 'call': {
        const strict = this.strict(e.definition);
        const sure = e.args.filter(
          (one, i): one is Expression => !isOperator(one) && strict.has(e.definition.params[i]!),
        );
        return all(sure);
      }
      case 'quantifier':
      case 'map':
        return this.#strictIn(e.bounds[0]!.set);
      case 'function':
        // Domains are seldom empty; where one is, an argument that has no value is refused that nobody would have looked at.
        return all([e.bounds[0]!.set, e.body]);
      case 'choose':
      case 'filter':
        return this.#strictIn(e.bound.set);
      case 'except':
        return all([e.of, ...e.updates.map(({ value }) => value)]);
      case 'field':
      case 'unchanged':
        return this.#strictIn(e.of);
      case 'apply':
        return all([e.of, ...e.args]);
      case 'set':
      case 'tuple':
        return all(e.items);
      case 'record':
      case 'recordSet':
        return all(e.fields.map(([, value]) => value));
      case 'let':
        return this.#strictIn(e.body);
      default:
        return new Set();
    }
  }

  /** Whether the expression can only be a truth value, so that nobody has to look. */
  isBoolean(e: Expression): boolean {
    switch (e.kind) {
      case 'literal':
        return typeof e.value === 'boolean';
      case 'and':
      case 'or':
      case 'quantifier':
      case 'unchanged':
      case 'enabled':
      case 'square':
      case 'angle':
        return true;
      case 'builtin':
        return TRUTH.has(e.name);
      case 'if':
        return this.isBoolean(e.then) && this.isBoolean(e.else);
      case 'let':
        return this.isBoolean(e.body);
      case 'call': {
        const known = this.#boolean.get(e.definition);
        if (known !== undefined) return known;
        this.#boolean.set(e.definition, false);
        const found = this.isBoolean(e.definition.body);
        this.#boolean.set(e.definition, found);
        return found;
      }
      default:
        return false;
    }
  }
}

const TRUTH = new Set([
  '=', '#', '\\in', '\\notin', '\\subseteq', '=>', '<=>', '~', '<', '>', '=<', '>=', 'IsFiniteSet', 'Assert', 'PrintT',
]); // prettier-ignore

/** The names that an expression binds in its parts. */
function boundsOf(e: Expression): readonly (readonly Binding[])[] {
  switch (e.kind) {
    case 'quantifier':
    case 'map':
    case 'function':
      return e.bounds.map(({ names }) => names);
    case 'choose':
    case 'filter':
      return [e.bound.names];
    case 'except':
      return [e.updates.map(({ old }) => old)];
    case 'let':
      return e.definitions.map(({ params }) => params);
    default:
      return [];
  }
}
