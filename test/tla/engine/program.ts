// A specification with a configuration, compiled: the initial states, the actions of Next with their quantified names given, and the
// predicates and values that are asked for, each a function without arguments.
//
// The generated code reads the state, and a next state that is known, from the two frames of the runtime. The next values that an
// action gives are in n0, n1, …: undefined for what stays as it is, a patch for a function of which some places change, `loaded` for
// what is in the next frame. N0, N1, … answer them as values.

import { ActionCompiler } from './compile-action.ts';
import type { Common } from './compiler-base.ts';
import type { Behaviour, Formula } from './behaviour.ts';
import type { Context } from './context.ts';
import type { Expression } from './expression.ts';
import type { Patch } from './frame.ts';
import { Unit } from './unit.ts';
import type { Value } from './values.ts';

/** The next value of a variable: undefined if it stays. */
export type Given = Value | Patch | undefined;

/** What the generated code offers. */
interface Code {
  init(): void;
  /** The parts of Next, in order. */
  readonly steps: readonly (() => void)[];
  /** Who hears of initial states and steps. */
  hear(found: (leaf: number) => void): void;
  /** The next values of all variables. */
  given(): readonly Given[];
  /** The values of the label's arguments, of the step that was found last. */
  args(): readonly Value[];
  /** The conjuncts of each predicate, in order. */
  readonly predicates: readonly (readonly (() => boolean)[])[];
  readonly values: readonly (() => Value)[];
}

/** A predicate or value that the explorer will ask for, by its number. */
export type Handle = number;

/** What is looked at: a state, or a step to the state of the next frame. */
export type Mode = 'state' | 'step';

/** Code of the variables' next values, as every piece of generated code begins. */
export function nextValuesCode(variables: readonly string[]): string {
  return variables
    .map(
      (_, i) =>
        `let n${i}=loaded;function N${i}(){return n${i}===undefined?now.whole(${i}):n${i}===loaded?next.whole(${i}):n${i} instanceof Patch?now.patched(n${i}):n${i};}function P${i}(x,p){return n${i}===undefined?now.part(${i},x,p):n${i}===loaded?next.part(${i},x,p):app(N${i}(),x,p);}`,
    )
    .join('\n');
}

/** Collects what is asked for, then compiles everything at once. */
export class ProgramBuilder {
  readonly unit: Unit;
  readonly compiler: ActionCompiler;
  readonly #common: Common;
  readonly #predicates: string[] = [];
  readonly #values: string[] = [];
  readonly leaves: string[] = [];
  #init = '';
  #steps: readonly string[] = [];

  constructor(common: Common) {
    this.#common = common;
    this.unit = new Unit(common.runtime);
    this.compiler = new ActionCompiler(common, this.unit);
  }

  behaviour({ init, next }: Behaviour, name: string): void {
    this.#init = this.compiler.initial(init, 'found(0);');
    this.#steps = this.compiler.steps(next.e, next.c, name, (label) => {
      const leaf = this.leaves.push(label.name) - 1;
      return `args=${label.args.length === 0 ? 'none' : `[${label.args.join(',')}]`};found(${leaf});`;
    });
  }

  predicate({ e, c }: Formula, mode: Mode): Handle {
    const parts = this.compiler.conjuncts(e, this.#context(c, mode));
    return this.#predicates.push(`[${parts.map((part) => this.#asked(part, mode)).join(',')}]`) - 1;
  }

  value({ e, c }: Formula): Handle {
    return this.#values.push(this.#asked(this.compiler.expr(e, this.#context(c, 'state')), 'state')) - 1;
  }

  #context(c: Context, mode: Mode): Context {
    return { ...c, primed: false, assigned: mode === 'state' ? new Set() : 'all' };
  }

  #asked(code: string, mode: Mode): string {
    return mode === 'state' ? `()=>${code}` : `()=>{load();return ${code};}`;
  }

  compile(): Code {
    const { variables } = this.#common;
    const letters = variables.map((_, i) => `n${i}`);
    return this.unit.run(`${nextValuesCode(variables)}
const none=[];let args=none,found;
function load(){${letters.map((letter) => `${letter}=loaded;`).join('')}}
function init(){${this.#init}}
return {init,hear(f){found=f;},given:()=>[${letters.join(',')}],args:()=>args,steps:[${this.#steps.map((step) => `()=>{${step}}`).join(',')}],predicates:[${this.#predicates.join(',')}],values:[${this.#values.join(',')}]};`) as Code;
  }
}

/** The text of an action's subscript pair as an expression: `<<A>>_v`. */
export function angle(action: Expression, subscript: Expression): Expression {
  const { position, text } = action;
  return { kind: 'angle', action, subscript, position, text };
}

export type Program = Code;
