// A specification with a configuration, compiled: functions over rows of numbers, one number for the value of each variable.
//
// The generated code keeps a state in the variables s0, s1, … and the next one in n0, n1, …. What the explorer asks for is loaded
// into these from rows; what an action finds is stored into a row.

import { ActionCompiler } from './compile-action.ts';
import type { Common } from './compiler-base.ts';
import type { Behaviour, Formula } from './behaviour.ts';
import type { Context } from './context.ts';
import type { Expression } from './expression.ts';
import { Unit } from './unit.ts';
import type { Value } from './values.ts';

export type Row = Int32Array;

/** What the generated code offers. */
interface Code {
  init(found: () => void): void;
  next(found: (leaf: number) => void): void;
  load(row: Row, at: number): void;
  loadNext(row: Row, at: number): void;
  /** The next values, as a row. */
  store(row: Row): void;
  /** The values of the label's arguments, of the step that was found last. */
  args(): readonly Value[];
  readonly predicates: readonly (() => boolean)[];
  readonly values: readonly (() => Value)[];
}

/** A predicate or value that the explorer will ask for, by its number. */
export type Handle = number;

/** Collects what is asked for, then compiles everything at once. */
export class ProgramBuilder {
  readonly unit: Unit;
  readonly compiler: ActionCompiler;
  readonly #common: Common;
  readonly #predicates: string[] = [];
  readonly #values: string[] = [];
  readonly leaves: string[] = [];
  #init = '';
  #next = '';

  constructor(common: Common) {
    this.#common = common;
    this.unit = new Unit(common.runtime);
    this.compiler = new ActionCompiler(common, this.unit);
  }

  behaviour({ init, next }: Behaviour, name: string): void {
    this.#init = this.compiler.initial(init, 'found();');
    this.#next = this.compiler.steps(next.e, next.c, name, (label) => {
      const leaf = this.leaves.push(label.name) - 1;
      return `args=${label.args.length === 0 ? 'none' : `[${label.args.join(',')}]`};found(${leaf});`;
    });
  }

  /** Of the loaded state; with `step`, also of the next one. `onNext`: of the next one alone. */
  predicate({ e, c }: Formula, mode: 'state' | 'step' | 'next'): Handle {
    const code = this.compiler.bool(e, this.#context(c, mode));
    return this.#predicates.push(`()=>${code}`) - 1;
  }

  value({ e, c }: Formula, mode: 'state' | 'step' | 'next'): Handle {
    return this.#values.push(`()=>${this.compiler.expr(e, this.#context(c, mode))}`) - 1;
  }

  #context(c: Context, mode: 'state' | 'step' | 'next'): Context {
    return { ...c, primed: mode === 'next', assigned: mode === 'state' ? new Set() : 'all' };
  }

  compile(): Code {
    const numbers = this.#common.variables.map((_, i) => i);
    const all = (write: (i: number) => string): string => numbers.map(write).join('');
    const letters = numbers.length === 0 ? '' : `let ${numbers.map((i) => `s${i},n${i}`).join(',')};`;
    return this.unit.run(`${letters}
const none=[];let args=none;
function init(found){${this.#init}}
function next(found){${this.#next}}
function load(row,at){${all((i) => `s${i}=known(row[at+${i}]);`)}}
function loadNext(row,at){${all((i) => `n${i}=known(row[at+${i}]);`)}}
function store(row){${all((i) => `row[${i}]=idOf(n${i});`)}}
return {init,next,load,loadNext,store,args:()=>args,predicates:[${this.#predicates.join(',')}],values:[${this.#values.join(',')}]};`) as Code;
  }
}

/** The text of an action's subscript pair as an expression: `<<A>>_v`. */
export function angle(action: Expression, subscript: Expression): Expression {
  const { position, text } = action;
  return { kind: 'angle', action, subscript, position, text };
}

export type Program = Code;
