// What the parts of the compiler of expressions share: the unit that they write into, and what is known without running anything.

import { SpecificationError } from './errors.ts';
import { EVERYTHING, hasAssigned, type Context } from './context.ts';
import { partsOf, type Binding, type Definition, type Expression } from './expression.ts';
import { CONSTANT, type Levels } from './level.ts';
import type { Runtime } from './runtime.ts';
import { IntervalSet, ListedSet } from './sets.ts';
import type { Unit } from './unit.ts';
import type { Domain, Value } from './values.ts';

/** What code for one specification with one configuration has in common. */
export interface Common {
  readonly runtime: Runtime;
  readonly levels: Levels;
  readonly variables: readonly string[];
  readonly constants: ReadonlyMap<string, Value>;
  /** Constants that the cfg gives by a definition. */
  readonly replaced: ReadonlyMap<string, Definition>;
  /** For each field of a record the domain in which it mostly stands, and its place there. */
  readonly fields: ReadonlyMap<string, { readonly domain: Domain; readonly place: number }>;
  /** Results of what was evaluated once; undefined where that failed. */
  readonly folded: Map<Expression, Map<string, Value | undefined>>;
  readonly reads: Map<string, ReadonlySet<number>>;
}

/** Known intervals up to this size stand in the code by their elements. */
const LISTED_UP_TO = 64;

export abstract class CompilerBase {
  readonly common: Common;
  readonly unit: Unit;

  constructor(common: Common, unit: Unit) {
    this.common = common;
    this.unit = unit;
  }

  /** Code of a value. */
  abstract expr(e: Expression, c: Context): string;
  /** Code of a truth value; `true` or `false` where that is known. */
  abstract bool(e: Expression, c: Context): string;
  /** Statements that return the value. */
  abstract returning(e: Expression, c: Context): string;
  /** The value of an expression that depends on nothing but given names; throws where it has none. */
  protected abstract evaluated(e: Expression, c: Context): Value;

  at = (e: { readonly position: Expression['position'] }): string => this.unit.position(e.position);

  /** The value of an expression that depends on nothing; undefined where it depends on something, or has none. */
  known(e: Expression, c: Context): Value | undefined {
    if (e.kind === 'literal') return typeof e.value === 'string' ? this.common.runtime.store.string(e.value) : e.value;
    if (this.common.levels.level(e) !== CONSTANT) return undefined;
    const given = new Map<Binding, Value>();
    for (const binding of this.common.levels.free(e)) {
      const at = c.env.find(binding);
      if (at?.kind !== 'value') return undefined;
      given.set(binding, at.value);
    }
    if (e.kind === 'local' && e.args.length === 0) return given.get(e.binding);
    return this.fold(e, given);
  }

  private fold(e: Expression, given: ReadonlyMap<Binding, Value>): Value | undefined {
    const { folded, runtime } = this.common;
    const results = folded.get(e) ?? new Map<string, Value | undefined>();
    folded.set(e, results);
    const key = keyOf(given, runtime);
    if (key === undefined) return undefined;
    if (results.has(key)) return results.get(key);
    results.set(key, undefined);
    try {
      let { env } = EVERYTHING;
      for (const [binding, value] of given) env = env.with(binding, { kind: 'value', value });
      const value = this.evaluated(e, { ...EVERYTHING, env });
      const isListed = value instanceof ListedSet || (value instanceof IntervalSet && value.size <= LISTED_UP_TO);
      results.set(key, isListed ? runtime.store.canonicalSet(value) : value);
    } catch (error) {
      if (error instanceof SpecificationError) throw error;
    }
    return results.get(key);
  }

  isTotal(e: Expression, c: Context): boolean {
    if (this.known(e, c) !== undefined) return true;
    switch (e.kind) {
      case 'variable':
        return !c.primed || hasAssigned(c, e.variable.index);
      case 'local': {
        const at = c.env.find(e.binding);
        return (
          at?.kind === 'code' || (at?.kind === 'name' && this.isTotal(at.expression, this.nameContext(at.context, c)))
        );
      }
      case 'tuple':
      case 'record':
        return partsOf(e).every((part) => this.isTotal(part, c));
      default:
        return false;
    }
  }

  protected list(items: readonly Expression[], c: Context): string {
    return items.map((item) => this.expr(item, c)).join(',');
  }

  /** Where a name is written anew: its own names, but next values and what is assigned as they are here. */
  nameContext(own: Context, here: Context): Context {
    return { env: own.env, primed: own.primed || here.primed, assigned: here.assigned };
  }
}

/** What given values are called together; undefined where one is infinite and has no number. */
function keyOf(given: ReadonlyMap<Binding, Value>, { store }: Runtime): string | undefined {
  try {
    return [...given.values()].map((value) => store.idOf(value)).join();
  } catch {
    return undefined;
  }
}
