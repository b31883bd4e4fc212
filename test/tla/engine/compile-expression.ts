// Expressions become JavaScript.
//
// What depends on nothing is evaluated once, now, and stands in the code as a value; a branch that a value decides is not written.
// Arguments that an operator is sure to evaluate are evaluated before the call, all others when they are asked for, so that nothing
// fails that TLC would not have looked at. Quantifiers over a few known values are written out.
//
// Each kind of expression has its line here; the longer ones are in the classes that this one is made of.

import { SpecificationError } from './errors.ts';
import { builtinCode } from './compile-builtin.ts';
import { FunctionCompiler } from './compile-function.ts';
import type { Context } from './context.ts';
import type { Bound, Expression } from './expression.ts';
import { ListedSet } from './sets.ts';
import { Unit } from './unit.ts';
import type { Value } from './values.ts';

/** A part of a formula as a function of the generated code, with what it is called with. */
export interface Part {
  readonly name: string;
  readonly args: readonly string[];
}

export const callOf = ({ name, args }: Part): string => `${name}(${args.join(',')})`;

/** Sets of more elements than this are not taken apart. */
const MOST_PARTS = 16;

export class ExpressionCompiler extends FunctionCompiler {
  override expr(e: Expression, c: Context): string {
    const value = this.known(e, c);
    return value === undefined ? this.#write(e, c) : this.unit.value(value);
  }

  override bool(e: Expression, c: Context): string {
    const code = this.expr(e, c);
    return this.common.levels.isBoolean(e) || code === 'true' || code === 'false'
      ? code
      : `bool(${code},${this.at(e)})`;
  }

  override returning(e: Expression, c: Context): string {
    if (this.known(e, c) === undefined) {
      if (e.kind === 'let') {
        const { code, context } = this.definitions(e.definitions, c);
        return code + this.returning(e.body, context);
      }
      if (e.kind === 'if') {
        const test = this.bool(e.test, c);
        if (test === 'true') return this.returning(e.then, c);
        if (test === 'false') return this.returning(e.else, c);
        return `if(${test}){${this.returning(e.then, c)}}else{${this.returning(e.else, c)}}`;
      }
    }
    return `return ${this.expr(e, c)};`;
  }

  /** Code of the conjuncts of a predicate in order, each a call; quantifiers over known sets are taken apart. */
  conjuncts(e: Expression, c: Context): readonly string[] {
    return this.#conjuncts(e, c, []).map(callOf);
  }

  #conjuncts(e: Expression, c: Context, names: readonly string[]): readonly Part[] {
    const whole = (): readonly Part[] => {
      const code = this.bool(e, c);
      return code === 'true' ? [] : [this.partOf(names, `return ${code};`)];
    };
    switch (e.kind) {
      case 'and':
        return e.items.flatMap((item) => this.#conjuncts(item, c, names));
      case 'call':
        if (e.args.length > 0 || e.definition.recursive || e.definition.isFunction || c.env.find(e.definition) !== undefined) return whole();
        return this.#conjuncts(e.definition.body, c, names);
      case 'quantifier':
        if (!e.every) return whole();
        return this.eachElement(e.bounds, c, names, (inner, all) => this.#conjuncts(e.body, inner, all)) ?? whole();
      default:
        return whole();
    }
  } // prettier-ignore

  protected partOf(args: readonly string[], code: string): Part {
    const name = this.unit.fresh('part');
    this.unit.lines.push(`function ${name}(${args.join(',')}){${code}}`);
    return { name, args };
  }

  /** The parts of what is said of an element, for each element of known sets; undefined where the sets are not known, or large. */
  protected eachElement(
    bounds: readonly Bound[],
    c: Context,
    names: readonly string[],
    parts: (inner: Context, names: readonly string[]) => readonly Part[],
  ): readonly Part[] | undefined {
    let context = c;
    const elements: (readonly [name: string, values: readonly string[]])[] = [];
    for (const bound of bounds) {
      const set = bound.isTuple ? undefined : this.known(bound.set, c);
      if (!(set instanceof ListedSet) || set.size > MOST_PARTS) return undefined;
      const code = this.unit.fresh('b');
      context = { ...context, env: context.env.with(bound.names[0]!, { kind: 'code', code }) };
      elements.push([code, set.items().map((value) => this.unit.value(value))]);
    }
    // The last bound varies fastest.
    let found = parts(context, [...names, ...elements.map(([name]) => name)]);
    for (const [name, values] of elements.reverse()) {
      found = values.flatMap((value) => found.map((part) => ({ ...part, args: part.args.map((arg) => (arg === name ? value : arg)) }))); // prettier-ignore
    }
    return found;
  }

  protected override evaluated(e: Expression, c: Context): Value {
    const compiler = new ExpressionCompiler(this.common, new Unit(this.common.runtime));
    return compiler.unit.run(`return ${compiler.#write(e, c)};`) as Value;
  }

  #write(e: Expression, c: Context): string {
    const p = this.at(e);
    switch (e.kind) {
      case 'literal':
        return this.unit.value(this.known(e, c)!);
      case 'variable':
        return this.variable(e, c);
      case 'constant':
        return this.constant(e, c);
      case 'local':
        return this.local(e, c);
      case 'call':
        return this.call(e, c);
      case 'builtin':
        return builtinCode(this, e, c);
      case 'and':
      case 'or':
        return this.junction(e.kind === 'and', e.items, c);
      case 'quantifier':
        return this.quantifier(e, c);
      case 'choose':
        return `choose(${this.expr(e.bound.set, c)},${this.binder(e.bound, c, (inner) => this.bool(e.body, inner))},${p})`;
      case 'filter':
        return `filter(${this.expr(e.bound.set, c)},${this.binder(e.bound, c, (inner) => this.bool(e.body, inner))},${p})`;
      case 'map':
        return `setOf(${this.mapped(e.bounds, e.body, c)},${p})`;
      case 'function':
        return this.function(e, c);
      case 'set':
        return `setOf([${this.list(e.items, c)}],${p})`;
      case 'tuple':
        return `tuple([${this.list(e.items, c)}])`;
      case 'record':
        return this.record(e, c);
      case 'recordSet': {
        const names = e.fields.map(([name]) => this.unit.value(this.common.runtime.store.string(name)));
        return `records([${names.join(',')}],[${this.list(e.fields.map(([, set]) => set), c)}],${p})`; // prettier-ignore
      }
      case 'field':
        return this.field(e.of, e.name, p, c);
      case 'apply':
        return this.apply(e, c);
      case 'except':
        return this.except(this.expr(e.of, c), e.updates, 0, c, p);
      case 'if': {
        const test = this.bool(e.test, c);
        if (test === 'true') return this.expr(e.then, c);
        if (test === 'false') return this.expr(e.else, c);
        return `(${test}?${this.expr(e.then, c)}:${this.expr(e.else, c)})`;
      }
      case 'case': {
        const other = e.other === undefined ? `rt.fail(${p},'No arm of this CASE is true.')` : this.expr(e.other, c);
        return `(${e.arms.map(([guard, value]) => `${this.bool(guard, c)}?${this.expr(value, c)}:`).join('')}${other})`;
      }
      case 'let': {
        const { code, context } = this.definitions(e.definitions, c);
        return `(()=>{${code}${this.returning(e.body, context)}})()`;
      }
      case 'prime':
        return this.expr(e.of, { ...c, primed: true });
      case 'unchanged':
        return `eq(${this.expr(e.of, { ...c, primed: true })},${this.expr(e.of, { ...c, primed: false })},${p})`;
      case 'square':
        return this.junction(
          false,
          [e.action, { kind: 'unchanged', of: e.subscript, position: e.position, text: e.text }],
          c,
        );
      case 'angle':
        return `(${this.bool(e.action, c)}&&!${this.#write({ kind: 'unchanged', of: e.subscript, position: e.position, text: e.text }, c)})`;
      case 'enabled':
        return this.enabled(e.of, c);
      case 'always':
      case 'eventually':
      case 'fair':
      case 'leadsTo':
        throw new SpecificationError(
          'temporal formula',
          e.position,
          'A temporal formula stands where a value is wanted.',
        );
    }
  }

  /** Whether an action is possible; the compiler of actions knows how to find out. */
  protected enabled(e: Expression, _c: Context): string {
    throw new SpecificationError('ENABLED', e.position, 'ENABLED stands where a constant is wanted.');
  }

  protected junction(isAnd: boolean, items: readonly Expression[], c: Context): string {
    const codes: string[] = [];
    const [neutral, deciding] = isAnd ? ['true', 'false'] : ['false', 'true'];
    for (const item of items) {
      const code = this.bool(item, c);
      if (code === neutral) continue;
      codes.push(code);
      if (code === deciding) break;
    }
    if (codes.length === 0) return neutral;
    return codes.length === 1 ? codes[0]! : `(${codes.join(isAnd ? '&&' : '||')})`;
  }
}
