// Why a predicate is false: the conjunct that is, for which values of its bound names, and what stands on both sides of it.

import type { Formula } from './behaviour.ts';
import { ActionCompiler } from './compile-action.ts';
import type { Common } from './compiler-base.ts';
import type { Context } from './context.ts';
import { placeText, type Position } from './errors.ts';
import { isOperator, type Expression, type Of } from './expression.ts';
import type { Row } from './layout.ts';
import { CONSTANT } from './level.ts';
import { nextValuesCode } from './program.ts';
import { show } from './show.ts';
import { SetValue } from './sets.ts';
import { Unit } from './unit.ts';
import type { Value } from './values.ts';

export interface Because {
  /** The part that is false, as it is written. */
  readonly text: string;
  readonly position: Position;
  /** Bound names with their values, outermost first. */
  readonly bound: readonly (readonly [name: string, value: string])[];
  /** Expressions in it with their values. */
  readonly values: readonly (readonly [expression: string, value: string])[];
}

const COMPARISONS = new Set(['=', '#', '\\in', '\\notin', '\\subseteq', '<', '>', '=<', '>=', '<=>']);
const LONGEST_TEXT = 200;

export class Explainer {
  readonly #common: Common;

  /** Of a state, or of a step, by their cells. */
  constructor(common: Common, row: Row, next = row) {
    this.#common = common;
    common.runtime.now.look(row, 0);
    common.runtime.next.look(next, 0);
  }

  why({ e, c }: Formula): Because {
    return this.#why(e, { ...c, assigned: 'all' }, []);
  }

  #why(e: Expression, c: Context, bound: Because['bound']): Because {
    switch (e.kind) {
      case 'and': {
        const broken = e.items.find((item) => this.#value(item, c) !== true);
        return this.#why(broken ?? e.items[0]!, c, bound);
      }
      case 'square':
        return this.#why(e.action, c, bound);
      case 'call':
        return e.definition.recursive
          ? this.#leaf(e, c, bound)
          : this.#why(e.definition.body, this.#inside(e, c), bound);
      case 'if':
        return this.#why(this.#value(e.test, c) === true ? e.then : e.else, c, bound);
      case 'let':
        return this.#why(e.body, c, bound);
      case 'quantifier':
        return e.every ? this.#counterexample(e, c, bound) : this.#leaf(e, c, bound);
      case 'builtin':
        if (e.name === '=>') return this.#why(e.args[1] as Expression, c, bound);
        break;
      default:
    }
    return this.#leaf(e, c, bound);
  }

  /** Arguments with their values, so that they are not worked out again below. */
  #inside(e: Of<'call'> & Expression, c: Context): Context {
    let context = this.#compiler().inside(e, c);
    e.definition.params.forEach((param, i) => {
      const argument = e.args[i]!;
      if (isOperator(argument) || this.#common.levels.level(argument) > CONSTANT + 1) return;
      const value = this.#value(argument, c);
      if (value !== undefined) context = { ...context, env: context.env.with(param, { kind: 'value', value }) };
    });
    return context;
  }

  #counterexample(e: Of<'quantifier'> & Expression, c: Context, bound: Because['bound']): Because {
    const go = (place: number, context: Context, names: Because['bound']): Because | undefined => {
      const one = e.bounds[place];
      if (one === undefined)
        return this.#value(e.body, context) === true ? undefined : this.#why(e.body, context, names);
      const set = this.#value(one.set, c);
      if (!(set instanceof SetValue) || one.isTuple) return this.#leaf(e, c, bound);
      for (const value of set.items()) {
        const inner = { ...context, env: context.env.with(one.names[0]!, { kind: 'value', value } as const) };
        const found = go(place + 1, inner, [...names, [one.names[0]!.name, show(value)]]);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return go(0, c, bound) ?? this.#leaf(e, c, bound);
  }

  #leaf(e: Expression, c: Context, bound: Because['bound']): Because {
    const isComparison = e.kind === 'builtin' && COMPARISONS.has(e.name);
    const parts = isComparison ? (e.args as readonly Expression[]) : e.kind === 'builtin' && e.name === '~' ? [] : [];
    const values = parts
      .filter((part) => part.kind !== 'literal' && part.kind !== 'constant')
      .flatMap((part): (readonly [string, string])[] => {
        const value = this.#value(part, c);
        return value === undefined ? [] : [[oneLine(part.text), oneLine(show(value))]];
      });
    return { text: oneLine(e.text), position: e.position, bound, values };
  }

  #compiler(): ActionCompiler {
    return new ActionCompiler(this.#common, new Unit(this.#common.runtime));
  }

  /** The value in the state that is explained; undefined where there is none. */
  #value(e: Expression, c: Context): Value | undefined {
    const compiler = this.#compiler();
    try {
      const body = compiler.expr(e, c);
      return compiler.unit.run(`${nextValuesCode(this.#common.variables)}return ${body};`) as Value;
    } catch {
      return undefined;
    }
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\\\*[^\n]*/g, '').replace(/\s+/g, ' ').trim(); // prettier-ignore
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)} …` : line;
}

/** In a sentence. */
export function becauseText({ text, position, bound, values }: Because): string {
  const names = bound.length === 0 ? '' : ` for ${bound.map(([name, value]) => `${name} = ${value}`).join(', ')}`;
  const shown = values.map(([expression, value]) => `${expression} is ${value}`);
  return `False${names}: ${text} (${placeText(position)})${shown.length === 0 ? '.' : `; ${shown.join(', ')}.`}`;
}
