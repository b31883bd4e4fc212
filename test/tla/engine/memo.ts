// What the parts of a specification answered, by what they looked at.
//
// A part is an action of Next with its quantified names given, or a conjunct of a claim. It reads a few cells of a state, and which it
// reads next depends only on those that it has read: so its answers stand at the leaves of a tree whose branches are cells and their
// values. Most steps change few cells, so most parts are answered by a walk down this tree; compiled code runs only for what is new.
//
// Most answers are trivial: an action is not enabled, a conjunct is true; and many of these are told by one cell. For each value of
// each cell there is a bit for each tree, off where that value alone makes its answer trivial. A state walks only the trees whose bits
// are on. And parts that have been seen to read the same cells share a tree, once there is something to go by.

import type { Row } from './layout.ts';

/** Numbers of nodes: none, and the leaf of all trivial answers. */
const NONE = 0;
const TRIVIAL = 1;

/** After so many states parts that read the same cells are put together. */
const SEEN_ENOUGH = 1 << 11;

/** After so many new answers a tree must have been worth it: of so many states one answer was new. */
const TRIALS = [
  { answers: 1 << 14, states: 4 },
  { answers: 1 << 12, states: 1.5 },
] as const;

export class Memo<T> {
  readonly #trivial: T;
  readonly #isTrivial: (answer: T) => boolean;
  /** The parts of each tree, in order, the root, and how many answers it has learnt: -1 where it was given up. */
  #trees: readonly (readonly number[])[];
  #roots: Int32Array;
  #learnt: Int32Array;
  #nodes = new Nodes();
  #answers: T[] = [];
  /** The cells that each part has read at some time. */
  #reads: readonly Set<number>[];
  #words = 0;
  /** Bits of the trees that look at a cell first, and for each value that it has had those that may have more to say. */
  #first: Int32Array[] = [];
  #masks: Int32Array[][] = [];
  /** Bits of the trees that are walked for every state. */
  #always = new Int32Array(0);
  #asked = 0;

  constructor(parts: number, trivial: T, isTrivial: (answer: T) => boolean) {
    this.#trivial = trivial;
    this.#isTrivial = isTrivial;
    this.#trees = Array.from({ length: parts }, (_, part) => [part]);
    this.#reads = Array.from({ length: parts }, () => new Set<number>());
    this.#roots = new Int32Array(parts);
    this.#learnt = new Int32Array(parts);
    this.#begin();
  }

  /** The parts of a tree. */
  partsOf(tree: number): readonly number[] {
    return this.#trees[tree]!;
  }

  #begin(): void {
    const trees = this.#trees.length;
    this.#roots = new Int32Array(trees);
    this.#learnt = new Int32Array(trees);
    this.#nodes = new Nodes();
    this.#answers = [];
    this.#words = (trees + 31) >> 5;
    [this.#first, this.#masks, this.#always] = [[], [], new Int32Array(this.#words)];
    for (let tree = 0; tree < trees; tree++) this.#always[tree >> 5]! |= 1 << (tree & 31);
  }

  /** Puts the numbers of the trees that may have more than a trivial answer there into a list, in order; answers how many. */
  open(row: Row, list: Int32Array): number {
    if (++this.#asked === SEEN_ENOUGH) this.#join();
    let count = 0;
    const masks = this.#masks;
    for (let word = 0; word < this.#words; word++) {
      let bits = this.#always[word]!;
      for (let cell = 0; cell < masks.length; cell++) {
        const mask = masks[cell]![row[cell]!] ?? this.#maskOf(cell, row[cell]!);
        bits |= mask[word]!;
      }
      for (; bits !== 0; bits &= bits - 1) list[count++] = (word << 5) + 31 - Math.clz32(bits & -bits);
    }
    return count;
  }

  #maskOf(cell: number, value: number): Int32Array {
    return (this.#masks[cell]![value] = this.#first[cell]!.slice());
  }

  /** Parts that read the same cells share a tree from now on. */
  #join(): void {
    const trees = new Map<string, number[]>();
    this.#reads.forEach((cells, part) => {
      const key = [...cells].sort((a, b) => a - b).join();
      const tree = trees.get(key);
      if (tree === undefined) trees.set(key, [part]);
      else tree.push(part);
    });
    this.#trees = [...trees.values()];
    this.#begin();
  }

  /** What a tree answered where the same was read. */
  find(tree: number, row: Row): T | undefined {
    const nodes = this.#nodes;
    let node = this.#roots[tree]!;
    while (node > TRIVIAL) {
      const cell = nodes.cells[node]!;
      if (cell < 0) return this.#answers[~cell];
      node = nodes.below(node, row[cell]!);
    }
    return node === TRIVIAL ? this.#trivial : undefined;
  }

  /** Notes what a part has read. */
  note(part: number, cells: readonly number[]): void {
    if (this.#asked >= SEEN_ENOUGH) return;
    for (const cell of cells) this.#reads[part]!.add(cell);
  }

  /** Remembers an answer by the cells that were read for it, in order. */
  learn(tree: number, cells: readonly number[], row: Row, answer: T): void {
    const learnt = this.#learnt[tree]!;
    if (learnt < 0) return;
    const trial = TRIALS.find(({ answers }) => learnt >= answers);
    if (trial !== undefined && learnt * trial.states > this.#asked) {
      this.#learnt[tree] = -1;
      this.#roots[tree] = NONE;
      this.#always[tree >> 5]! |= 1 << (tree & 31);
      return;
    }
    this.#learnt[tree] = learnt + 1;
    const isTrivial = this.#isTrivial(answer);
    const leaf = isTrivial ? TRIVIAL : this.#nodes.add(~(this.#answers.push(answer) - 1));
    if (this.#roots[tree] === NONE) {
      this.#roots[tree] = this.#path(cells, 0, row, leaf);
      this.#place(tree, cells[0], isTrivial);
    } else this.#extend(this.#roots[tree]!, cells, row, leaf);
    if (cells.length !== 1 || !isTrivial) return;
    const [cell] = cells;
    const mask = this.#masks[cell!]![row[cell!]!] ?? this.#maskOf(cell!, row[cell!]!);
    mask[tree >> 5]! &= ~(1 << (tree & 31));
  }

  /** Puts a tree among those that look at that cell first. */
  #place(tree: number, cell: number | undefined, isTrivial: boolean): void {
    const [word, bit] = [tree >> 5, 1 << (tree & 31)];
    if (cell === undefined) {
      if (isTrivial) this.#always[word]! &= ~bit;
      return;
    }
    while (this.#masks.length <= cell) {
      this.#masks.push([]);
      this.#first.push(new Int32Array(this.#words));
    }
    this.#always[word]! &= ~bit;
    this.#first[cell]![word]! |= bit;
    this.#masks[cell]!.forEach((mask) => (mask[word]! |= bit));
  }

  #extend(root: number, cells: readonly number[], row: Row, leaf: number): void {
    let at = root;
    for (let i = 0; i < cells.length; i++) {
      const value = row[cells[i]!]!;
      const below = this.#nodes.below(at, value);
      if (below === NONE) {
        this.#nodes.put(at, value, this.#path(cells, i + 1, row, leaf));
        return;
      }
      at = below;
    }
  }

  #path(cells: readonly number[], from: number, row: Row, leaf: number): number {
    let node = leaf;
    for (let i = cells.length - 1; i >= from; i--) {
      const above = this.#nodes.add(cells[i]!);
      this.#nodes.put(above, row[cells[i]!]!, node);
      node = above;
    }
    return node;
  }
}

/** The nodes of all trees, and what is below a node for a value: an open-addressing table of node, value, node below. */
class Nodes {
  /** The cell that each node looks at; for a leaf the complement of its answer's number. */
  cells = new Int32Array(1 << 8);
  #count = 2;
  #table = new Int32Array(4 << 8);
  #entries = 0;

  add(cell: number): number {
    if (this.#count === this.cells.length) {
      const grown = new Int32Array(this.#count * 2);
      grown.set(this.cells);
      this.cells = grown;
    }
    this.cells[this.#count] = cell;
    return this.#count++;
  }

  below(node: number, value: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = slot(node, value) & mask; ; at = (at + 4) & mask) {
      const known = table[at]!;
      if (known === node && table[at + 1] === value) return table[at + 2]!;
      if (known === NONE) return NONE;
    }
  }

  put(node: number, value: number, below: number): void {
    if (++this.#entries * 8 > this.#table.length) this.#grow();
    const table = this.#table;
    const mask = table.length - 1;
    let at = slot(node, value) & mask;
    while (table[at] !== NONE) at = (at + 4) & mask;
    table[at] = node;
    table[at + 1] = value;
    table[at + 2] = below;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2);
    this.#entries = 0;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at] !== NONE) this.put(old[at]!, old[at + 1]!, old[at + 2]!);
    }
    this.#entries = this.#entries + 1;
  }
}

function slot(node: number, value: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(value + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) << 2;
}
