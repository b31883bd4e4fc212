// Quantifiers and choices of an action become loops of the generated code: one for each bound, around the code of what follows.

import { ExpressionCompiler } from './compile-expression.ts';
import type { Context } from './context.ts';
import type { Bound, Expression } from './expression.ts';
import { ListedSet } from './sets.ts';

export class LoopCompiler extends ExpressionCompiler {
  /** A loop for each bound. */
  protected each(bounds: readonly Bound[], c: Context, body: (inner: Context) => string): string {
    const go = (place: number, context: Context): string => {
      const bound = bounds[place];
      if (bound === undefined) return body(context);
      const known = this.known(bound.set, c);
      const values = known === undefined || bound.isTuple ? undefined : this.fewValues(bound.set, c);
      if (values !== undefined && values.length <= 1) {
        if (values.length === 0) return '';
        return go(place + 1, {
          ...context,
          env: context.env.with(bound.names[0]!, { kind: 'value', value: values[0]! }),
        });
      }
      return this.#loop(bound, bound.set, c, context, (inner) => go(place + 1, inner));
    };
    return go(0, c);
  }

  /** A loop over one set; sets that are written as a choice, a single element or a filter are not made. */
  #loop(bound: Bound, set: Expression, outside: Context, c: Context, body: (inner: Context) => string): string {
    const shape = this.shapeOf(set, outside);
    const { e } = shape;
    const p = this.at(set);
    const { params, context } = this.bind(bound, 'e', c);
    if (!bound.isTuple && this.known(e, shape.c) === undefined) {
      if (e.kind === 'set' && e.items.length === 0) return '';
      if (e.kind === 'set' && e.items.length === 1) {
        return `{const ${params.name}=${this.expr(e.items[0]!, shape.c)};${body(context)}}`;
      }
      const isEmpty = (part: Expression): boolean => part.kind === 'set' && part.items.length === 0;
      if (e.kind === 'if' && (isEmpty(e.then) || isEmpty(e.else))) {
        const test = this.bool(e.test, shape.c);
        if (isEmpty(e.else)) return `if(${test}){${this.#loop(bound, e.then, shape.c, c, body)}}`;
        return `if(!(${test})){${this.#loop(bound, e.else, shape.c, c, body)}}`;
      }
      if (e.kind === 'filter' && !e.bound.isTuple) {
        return this.#loop(bound, e.bound.set, shape.c, c, (inner) => {
          const element = inner.env.find(bound.names[0]!)!;
          const test = this.bool(e.body, { ...shape.c, env: shape.c.env.with(e.bound.names[0]!, element) });
          return `if(${test}){${body(inner)}}`;
        });
      }
      const ends = this.interval(e, shape.c);
      if (ends !== undefined) {
        const end = this.unit.fresh('h');
        return `for(let ${params.name}=int32(${ends[0]},${p}),${end}=int32(${ends[1]},${p});${params.name}<=${end};${params.name}++){${body(context)}}`;
      }
    }
    const known = this.known(e, shape.c);
    const items =
      known instanceof ListedSet ? this.unit.constant(known.items()) : `items(${this.expr(set, outside)},${p})`;
    return `for(const ${params.name} of ${items}){${params.code}${body(context)}}`;
  }
}
