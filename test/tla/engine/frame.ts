// The state that compiled code looks at, and a note of what it has looked at.
//
// Code reads a variable whole, or the value at one key of it. Each read is noted by its cell, in the order of first reads; `memo.ts`
// keeps results by these.

import type { Layout, Row } from './layout.ts';
import type { Runtime } from './runtime.ts';
import type { Fcn } from './values.ts';
import { type Value } from './values.ts';

/** The cells that have been read since the last beginning. */
export class Reads {
  cells: number[] = [];
  /** Something beside the state was looked at or done: the result holds for this once only. */
  onceOnly = false;
  #epoch = 0;
  #seen: number[] = [];

  begin(): void {
    this.#epoch++;
    this.cells = [];
    this.onceOnly = false;
  }

  note(cell: number): void {
    if (this.#seen[cell] === this.#epoch) return;
    this.#seen[cell] = this.#epoch;
    this.cells.push(cell);
  }
}

export class Frame {
  readonly #runtime: Runtime;
  readonly #reads: Reads;
  #layout: Layout | undefined;
  /** What is added to a cell where it is noted: 0 for a state, the width of a state for the next one. */
  #offset = 0;
  #rows: Row = new Int32Array(0);
  #at = 0;
  #whole: (Value | undefined)[] = [];

  constructor(runtime: Runtime, reads: Reads) {
    [this.#runtime, this.#reads] = [runtime, reads];
  }

  use(layout: Layout, offset: number): void {
    [this.#layout, this.#offset] = [layout, offset];
  }

  /** From now on the state is the one whose cells begin there. */
  look(rows: Row, at: number): void {
    [this.#rows, this.#at] = [rows, at];
    this.#whole = [];
  }

  whole(variable: number): Value {
    const { first, cells } = this.#layout!.places[variable]!;
    for (let i = 0; i < cells; i++) this.#reads.note(this.#offset + first + i);
    return (this.#whole[variable] ??= this.#layout!.value(variable, this.#rows, this.#at));
  }

  /** `v[key]` */
  part(variable: number, key: Value, p: number): Value {
    const cell = this.#cellOf(variable, key);
    return cell < 0 ? this.#runtime.app(this.whole(variable), key, p) : this.#cell(cell);
  }

  #cell(cell: number): Value {
    this.#reads.note(this.#offset + cell);
    return this.#layout!.columns[cell]!.values[this.#rows[this.#at + cell]!]!;
  }

  #cellOf(variable: number, key: Value): number {
    const { first, domain } = this.#layout!.places[variable]!;
    if (domain === undefined) return -1;
    const place = domain.placeOf(this.#runtime.store.canonical(key));
    return place < 0 ? -1 : first + place;
  }

  /** `[v EXCEPT ![key] = …, …]`: a patch where the variable is taken apart, else the value. */
  except(
    variable: number,
    updates: readonly (readonly [key: Value, value: (old: Value) => Value])[],
    p: number,
  ): Value | Patch {
    const { first, domain } = this.#layout!.places[variable]!;
    if (domain === undefined) {
      const f = this.whole(variable);
      const values = this.#runtime.valuesOf(f, p);
      for (const [key, value] of updates) {
        const place = this.#runtime.place(f as Fcn, key, p);
        if (place >= 0) values[place] = value(values[place]!);
      }
      return this.#runtime.rebuilt(f as Fcn, values);
    }
    const patch = new Patch(variable);
    for (const [key, value] of updates) {
      const place = domain.placeOf(this.#runtime.store.canonical(key));
      if (place < 0) this.#runtime.place(this.whole(variable) as Fcn, key, p);
      else patch.values.set(place, value(patch.values.get(place) ?? this.#cell(first + place)));
    }
    return patch;
  }

  /** The variable as a patch leaves it. */
  patched(patch: Patch): Value {
    const f = this.whole(patch.variable) as Fcn;
    const values = f.values.slice();
    for (const [place, value] of patch.values) values[place] = value;
    return this.#runtime.rebuilt(f, values);
  }
}

/** The next value of a variable that is taken apart: as it is, but for some places. */
export class Patch {
  readonly variable: number;
  readonly values = new Map<number, Value>();

  constructor(variable: number) {
    this.variable = variable;
  }
}
