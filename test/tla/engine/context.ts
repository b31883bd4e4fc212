// What the compiler knows while it writes code for an expression: where bound names live in the generated code, whether variables
// mean their next values, and which of those an action has said already.

import type { Binding, Definition, Expression, OperatorArgument } from './expression.ts';
import type { Value } from './values.ts';

/** Where the value of a name is to be had. */
export type Location =
  | { readonly kind: 'value'; readonly value: Value }
  /** An expression of the generated code, evaluated or cheap. */
  | { readonly kind: 'code'; readonly code: string }
  /** Not evaluated unless needed: the name of a function that remembers. */
  | { readonly kind: 'thunk'; readonly code: string }
  /** Written anew wherever it is used. */
  | { readonly kind: 'name'; readonly expression: Expression; readonly context: Context }
  /** An operator as a function of the generated code. */
  | { readonly kind: 'function'; readonly code: string }
  | { readonly kind: 'operator'; readonly argument: OperatorArgument; readonly context: Context };

/** A chain of names, innermost first. */
export class Environment {
  readonly #outer: Environment | undefined;
  readonly #key: Binding | Definition | undefined;
  readonly #location: Location | undefined;
  readonly #primed: boolean;

  constructor(outer?: Environment, key?: Binding | Definition, location?: Location, primed = false) {
    [this.#outer, this.#key, this.#location, this.#primed] = [outer, key, location, primed];
  }

  with(key: Binding | Definition, location: Location, primed = false): Environment {
    return new Environment(this, key, location, primed);
  }

  find(key: Binding | Definition): Location | undefined {
    const entry = this.#entry(key);
    return entry === undefined ? undefined : entry.#location;
  }

  /** Whether a LET definition was written with variables meaning their next values. */
  isPrimed(key: Definition): boolean {
    const entry = this.#entry(key);
    return entry !== undefined && entry.#primed;
  }

  #entry(key: Binding | Definition): Environment | undefined {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the chain begins here
    let at: Environment | undefined = this;
    while (at !== undefined && at.#key !== key) at = at.#outer;
    return at;
  }
}

export interface Context {
  readonly env: Environment;
  /** Variables mean their next values: inside of a prime, and in Init. */
  readonly primed: boolean;
  /** Numbers of the variables whose next values are known. */
  readonly assigned: ReadonlySet<number> | 'all';
}

export const EVERYTHING: Context = { env: new Environment(), primed: false, assigned: 'all' };

export const hasAssigned = ({ assigned }: Context, variable: number): boolean =>
  assigned === 'all' || assigned.has(variable);
