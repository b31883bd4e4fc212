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
import type { Expression } from './expression.ts';
import { Unit } from './unit.ts';
import type { Value } from './values.ts';

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
        return this.field(this.expr(e.of, c), e.name, p);
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
