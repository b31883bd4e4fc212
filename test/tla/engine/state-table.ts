// The states found so far: exact rows of small numbers, found again through an open-addressing table of row numbers.
//
// A state costs four bytes for each cell, four for where it was found from, and at most sixteen of the table. With symmetry or
// VIEW what tells states apart is another row than the state itself; then both are kept.

import type { Row } from './layout.ts';

export class StateTable {
  readonly width: number;
  rows: Int32Array;
  count = 0;
  #table = new Int32Array(1 << 12).fill(-1);

  constructor(width: number) {
    this.width = width;
    this.rows = new Int32Array(width << 10);
  }

  /** The number of a row that is here, or the complement of the number that it has now been given. */
  add(row: Row): number {
    const { width } = this;
    const mask = this.#table.length - 1;
    let at = hash(row, 0, width) & mask;
    for (let known: number; (known = this.#table[at]!) !== -1; at = (at + 1) & mask) {
      if (this.#same(known * width, row)) return known;
    }
    if ((this.count + 1) * width > this.rows.length) {
      const grown = new Int32Array(this.rows.length * 2);
      grown.set(this.rows);
      this.rows = grown;
    }
    for (let i = 0, to = this.count * width; i < width; i++) this.rows[to + i] = row[i]!;
    this.#table[at] = this.count;
    if (++this.count * 2 > this.#table.length) this.#grow();
    return ~(this.count - 1);
  }

  #same(at: number, row: Row): boolean {
    for (let i = 0; i < this.width; i++) if (this.rows[at + i] !== row[i]) return false;
    return true;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let state = 0; state < this.count; state++) {
      let at = hash(this.rows, state * this.width, this.width) & mask;
      while (table[at] !== -1) at = (at + 1) & mask;
      table[at] = state;
    }
    this.#table = table;
  }
}

function hash(row: Row, at: number, width: number): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < width; i++) {
    mixed = Math.imul(mixed ^ row[at + i]!, 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return mixed;
}

/** A list of integers that grows. */
export class Integers {
  #items = new Int32Array(1 << 10);
  length = 0;

  push(item: number): void {
    if (this.length === this.#items.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = item;
  }

  at(place: number): number {
    return this.#items[place]!;
  }

  array(): Int32Array {
    return this.#items.subarray(0, this.length);
  }
}
