// Sets and what is said of their elements. A set that is only looked through is not made where how it is written says enough: an
// interval, a choice between sets, a single element, a filter.

import { CallCompiler } from './compile-call.ts';
import type { Context } from './context.ts';
import { isOperator, type Bound, type Expression, type Of } from './expression.ts';
import { ListedSet } from './sets.ts';
import type { Value } from './values.ts';

/** Known sets up to this size are written out. */
const WRITTEN_OUT = 3;

export abstract class SetCompiler extends CallCompiler {
  /** A function of one element that binds its name or names. */
  binder(bound: Bound, c: Context, body: (inner: Context) => string): string {
    const { params, context } = this.bind(bound, 'x', c);
    const x = params.name;
    return params.code === '' ? `(${x})=>${body(context)}` : `(${x})=>{${params.code}return ${body(context)};}`;
  }

  /** Names for what is bound, and the code that takes a tuple apart. */
  bind(
    bound: Bound,
    prefix: string,
    c: Context,
  ): { readonly params: { name: string; code: string }; readonly context: Context } {
    const name = this.unit.fresh(prefix);
    let { env } = c;
    if (!bound.isTuple) {
      env = env.with(bound.names[0]!, { kind: 'code', code: name });
      return { params: { name, code: '' }, context: { ...c, env } };
    }
    const parts = `${name}t`;
    bound.names.forEach((one, i) => (env = env.with(one, { kind: 'code', code: `${parts}[${i}]` })));
    const code = `const ${parts}=parts(${name},${bound.names.length},${this.at(bound.set)});`;
    return { params: { name, code }, context: { ...c, env } };
  }

  protected quantifier(e: Of<'quantifier'> & Expression, c: Context): string {
    const go = (place: number, context: Context): string => {
      const bound = e.bounds[place];
      if (bound === undefined) return this.bool(e.body, context);
      const values = bound.isTuple ? undefined : this.fewValues(bound.set, c);
      if (values !== undefined) {
        const parts = values.map((value) =>
          go(place + 1, { ...context, env: context.env.with(bound.names[0]!, { kind: 'value', value }) }),
        );
        return joined(parts, e.every);
      }
      return this.over(e.every, bound, bound.set, c, context, (inner) => go(place + 1, inner));
    };
    return go(0, c);
  }

  /** The elements of a set that is known and small. */
  fewValues(set: Expression, c: Context): readonly Value[] | undefined {
    const value = this.known(set, c);
    if (!(value instanceof ListedSet) || value.size > WRITTEN_OUT) return undefined;
    return value.items();
  }

  /** A quantifier over one set; sets that are written as a choice, a single element or a filter are not made. */
  protected over(every: boolean, bound: Bound, set: Expression, outside: Context, c: Context, body: (inner: Context) => string): string {
    const p = this.at(set);
    const shape = this.shapeOf(set, outside);
    const { e } = shape;
    if (!bound.isTuple && this.known(e, shape.c) === undefined) {
      if (e.kind === 'if') {
        const [then, other] = [e.then, e.else].map((part) => this.over(every, bound, part, shape.c, c, body));
        return `(${this.bool(e.test, shape.c)}?${then}:${other})`;
      }
      if (e.kind === 'set' && e.items.length === 1) {
        return `(${this.binder(bound, c, body)})(${this.expr(e.items[0]!, shape.c)})`;
      }
      if (e.kind === 'filter' && !e.bound.isTuple) {
        const same = (inner: Context, to: Context): Context => ({ ...to, env: to.env.with(e.bound.names[0]!, inner.env.find(bound.names[0]!)!) });
        return this.over(every, bound, e.bound.set, shape.c, c, (inner) => {
          const test = this.bool(e.body, same(inner, shape.c));
          return every ? `(!${test}||${body(inner)})` : `(${test}&&${body(inner)})`;
        });
      }
      const ends = this.interval(e, shape.c);
      if (ends !== undefined) return `${every ? 'everyIn' : 'someIn'}(${ends.join(',')},${this.binder(bound, c, body)},${p})`;
    }
    const known = this.known(e, shape.c);
    if (known instanceof ListedSet) {
      if (known.size === 0) return every ? 'true' : 'false';
      return `${every ? 'everyOf' : 'someOf'}(${this.unit.constant(known.items())},${this.binder(bound, c, body)})`;
    }
    return `${every ? 'every' : 'some'}(${this.expr(set, outside)},${this.binder(bound, c, body)},${p})`;
  } // prettier-ignore

  /** What a set is written as, through definitions that are no more than a choice, a listed set or a filter. */
  shapeOf(e: Expression, c: Context): { readonly e: Expression; readonly c: Context } {
    if (e.kind !== 'call' || e.definition.recursive || c.env.find(e.definition) !== undefined) return { e, c };
    const { kind } = e.definition.body;
    if (kind !== 'if' && kind !== 'set' && kind !== 'filter' && kind !== 'call') return { e, c };
    // Arguments would be written, and evaluated, several times.
    if (!e.args.every((one) => !isOperator(one) && this.isTotal(one, c))) return { e, c };
    return this.shapeOf(e.definition.body, this.inside(e, c));
  }

  /** Code of both ends, where a set is written as an interval that is not known. */
  interval(set: Expression, c: Context): readonly string[] | undefined {
    if (set.kind !== 'builtin' || set.name !== '..' || this.known(set, c) !== undefined) return undefined;
    if (this.common.replaced.has('..')) return undefined;
    return (set.args as readonly Expression[]).map((end) => this.expr(end, c));
  }

  protected mapped(bounds: readonly Bound[], body: Expression, c: Context): string {
    const go = (place: number, context: Context): string => {
      const bound = bounds[place]!;
      const isLast = place === bounds.length - 1;
      const binder = this.binder(bound, context, (inner) => (isLast ? this.expr(body, inner) : go(place + 1, inner)));
      return `items(${this.expr(bound.set, c)},${this.at(bound.set)}).${isLast ? 'map' : 'flatMap'}(${binder})`;
    };
    return go(0, c);
  }
}

/** Parts that are all to hold, or one of which is. */
function joined(parts: readonly string[], every: boolean): string {
  const [neutral, deciding] = every ? ['true', 'false'] : ['false', 'true'];
  if (parts.includes(deciding)) return deciding;
  const kept = parts.filter((part) => part !== neutral);
  return kept.length === 0 ? neutral : `(${kept.join(every ? '&&' : '||')})`;
}
