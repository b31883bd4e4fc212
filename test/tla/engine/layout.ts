// How a state is kept: as a row of cells, each a small number for the value that it holds.
//
// A variable that is a function over a few keys, as most are in specifications of several alike things, has a cell for each key; any
// other variable has one cell. What a step does not change then stays as it is without being touched, and what an action depends on is
// told by the cells that it looks at (`frame.ts`). Which variables are taken apart is told by the initial states.

import type { SetValue } from './sets.ts';
import { Fcn, type Domain, type Value, type ValueStore } from './values.ts';

export type Row = Int32Array;

/** Functions over more keys than this are kept whole. */
const MOST_KEYS = 32;

/** The values that one cell has had, numbered from 0 as they came. */
export class Column {
  readonly #store: ValueStore;
  readonly #numbers = new Map<number, number>();
  readonly values: Value[] = [];

  constructor(store: ValueStore) {
    this.#store = store;
  }

  numberOf(value: Value): number {
    const id = this.#store.idOf(value);
    let number = this.#numbers.get(id);
    if (number === undefined) {
      this.#numbers.set(id, (number = this.values.length));
      this.values.push(this.#store.canonical(value));
    }
    return number;
  }
}

/** Where a variable is: at one cell, or from there on at one for each key of its domain. */
export interface Place {
  readonly first: number;
  readonly cells: number;
  readonly domain: Domain | undefined;
}

/** A variable that was taken apart is given a value that is no function over the same keys; it must be kept whole. */
export class NotAlike extends Error {
  override readonly name = 'NotAlike';
  readonly variable: number;

  constructor(variable: number) {
    super(`Variable ${variable} is not always a function over the same keys.`);
    this.variable = variable;
  }
}

export class Layout {
  readonly store: ValueStore;
  readonly places: readonly Place[];
  readonly columns: readonly Column[];

  /** `initial`: the values of all variables in each initial state; `whole`: variables that are not taken apart. */
  constructor(
    store: ValueStore,
    variables: number,
    initial: readonly (readonly Value[])[],
    whole: ReadonlySet<number>,
  ) {
    this.store = store;
    const places: Place[] = [];
    let first = 0;
    for (let variable = 0; variable < variables; variable++) {
      const domain = whole.has(variable) ? undefined : sharedDomain(initial.map((values) => values[variable]!));
      const cells = domain?.keys.length ?? 1;
      places.push({ first, cells, domain });
      first += cells;
    }
    this.places = places;
    this.columns = Array.from({ length: first }, () => new Column(store));
  }

  /** Cells of a state. */
  get width(): number {
    return this.columns.length;
  }

  /** Calls `put` for every cell of a variable that has this value. */
  spread(variable: number, value: Value, put: (cell: number, number: number) => void): void {
    const { first, cells, domain } = this.places[variable]!;
    if (domain === undefined) {
      put(first, this.columns[first]!.numberOf(value));
      return;
    }
    if (!(value instanceof Fcn) || value.domain !== domain) throw new NotAlike(variable);
    for (let i = 0; i < cells; i++) put(first + i, this.columns[first + i]!.numberOf(value.values[i]!));
  }

  /** The value of a variable in the state whose cells begin at a place of a list of them. */
  value(variable: number, rows: Row, at: number): Value {
    const { first, cells, domain } = this.places[variable]!;
    if (domain === undefined) return this.columns[first]!.values[rows[at + first]!]!;
    const values = new Array<Value>(cells);
    for (let i = 0; i < cells; i++) values[i] = this.columns[first + i]!.values[rows[at + first + i]!]!;
    return this.store.fcn(domain, values);
  }

  /** A state as one number of the store for each variable. */
  ids(rows: Row, at: number): Int32Array {
    return Int32Array.from(this.places, (_, variable) => this.store.idOf(this.value(variable, rows, at)));
  }
}

function sharedDomain(values: readonly (Value | SetValue)[]): Domain | undefined {
  const [first] = values;
  if (!(first instanceof Fcn) || first.domain.keys.length > MOST_KEYS) return undefined;
  return values.every((value) => value instanceof Fcn && value.domain === first.domain) ? first.domain : undefined;
}
