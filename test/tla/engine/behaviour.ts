// What a cfg asks of a specification, taken apart: the initial predicate, the next-state relation and the fairness of a behaviour,
// and the parts of its properties that can be checked state by state or step by step. What remains is for `temporal.ts`.

import { EVERYTHING, type Context } from './context.ts';
import { SpecificationError } from './errors.ts';
import type { Expression, Of } from './expression.ts';
import { STATE, TEMPORAL, type Levels } from './level.ts';
import type { ExpressionCompiler } from './compile-expression.ts';

/** An expression with the meaning of its bound names. */
export interface Formula {
  readonly e: Expression;
  readonly c: Context;
}

export interface Behaviour {
  readonly init: readonly Formula[];
  readonly next: Formula;
  /** WF, SF, and whatever else a specification demands of whole behaviours. */
  readonly fairness: readonly Formula[];
}

export interface Property {
  readonly name: string;
  /** Must hold initially, of every state, of every step. */
  readonly initially: readonly Formula[];
  readonly always: readonly Formula[];
  readonly steps: readonly Formula[];
  readonly temporal: readonly Formula[];
}

export class Reader {
  readonly #levels: Levels;
  readonly #compiler: ExpressionCompiler;

  constructor(levels: Levels, compiler: ExpressionCompiler) {
    [this.#levels, this.#compiler] = [levels, compiler];
  }

  /** The parts of a specification, which is a conjunction of them. */
  behaviour(spec: Expression): Behaviour {
    const init: Formula[] = [];
    const fairness: Formula[] = [];
    let next: Formula | undefined;
    for (const part of this.conjuncts({ e: spec, c: EVERYTHING })) {
      const square = squareOf(part.e);
      if (this.#levels.level(part.e) <= STATE) init.push(part);
      else if (square !== undefined && next === undefined) next = { e: square.action, c: part.c };
      else fairness.push(part);
    }
    if (init.length === 0 || next === undefined) {
      throw new SpecificationError('specification', spec.position, 'A specification has the form Init /\\ [][Next]_vars, perhaps with fairness.');
    } // prettier-ignore
    return { init, next, fairness };
  }

  property(name: string, e: Expression): Property {
    const property = {
      name,
      initially: [] as Formula[],
      always: [] as Formula[],
      steps: [] as Formula[],
      temporal: [] as Formula[],
    };
    for (const part of this.conjuncts({ e, c: EVERYTHING })) {
      const square = squareOf(part.e);
      const { kind } = part.e;
      if (this.#levels.level(part.e) <= STATE) property.initially.push(part);
      else if (square !== undefined) property.steps.push({ e: square, c: part.c });
      else if (kind === 'always' && this.#levels.level(part.e.of) <= STATE)
        property.always.push({ e: part.e.of, c: part.c });
      else property.temporal.push(part);
    }
    return property;
  }

  /** The conjuncts of a temporal formula: through definitions, and through quantifiers over known sets. */
  conjuncts(part: Formula): readonly Formula[] {
    const { e, c } = part;
    if (this.#levels.level(e) < TEMPORAL)
      return e.kind === 'and' ? e.items.flatMap((item) => this.conjuncts({ e: item, c })) : [part];
    switch (e.kind) {
      case 'and':
        return e.items.flatMap((item) => this.conjuncts({ e: item, c }));
      case 'always':
        // [] of a conjunction is the conjunction of [].
        if (e.of.kind !== 'and') return [part];
        return e.of.items.flatMap((of) => this.conjuncts({ e: { ...e, of, position: of.position, text: of.text }, c }));
      case 'call':
        return this.conjuncts({ e: e.definition.body, c: this.#compiler.inside(e, c) });
      case 'quantifier':
        return e.every ? this.instances(e, c).flatMap((inner) => this.conjuncts({ e: e.body, c: inner })) : [part];
      case 'let':
        return this.conjuncts({ e: e.body, c });
      default:
        return [part];
    }
  }

  /** A context for each element of the sets of a quantifier, which must be known. */
  instances(e: Of<'quantifier'> & Expression, c: Context): readonly Context[] {
    let contexts = [c];
    for (const bound of e.bounds) {
      const set = this.#compiler.known(bound.set, c);
      if (set === undefined || bound.isTuple) {
        throw new SpecificationError('quantifier', bound.set.position, 'A temporal formula is quantified over a set that is no constant.');
      } // prettier-ignore
      const items = this.#compiler.common.runtime.items(set, 0);
      contexts = contexts.flatMap((context) =>
        items.map((value) => ({ ...context, env: context.env.with(bound.names[0]!, { kind: 'value', value }) })),
      );
    }
    return contexts;
  }
}

/** `[][A]_v` */
function squareOf(e: Expression): (Of<'square'> & Expression) | undefined {
  return e.kind === 'always' && e.of.kind === 'square' ? e.of : undefined;
}
