// What the parts of a specification answered, by what they looked at.
//
// A part is an action of Next with its quantified names given, or a conjunct of a claim. It reads a few cells of a state, and which it
// reads next depends only on those that it has read: so its answers stand at the leaves of a tree whose branches are cells and their
// values. Most steps change few cells, so most parts are answered by a walk down this tree; compiled code runs only for what is new.
//
// Most answers are trivial: an action is not enabled, a conjunct is true; and most of these are told by one cell. Parts are therefore
// kept together, and for each value of each cell there is a bit for each part, off where that value alone makes the part's answer
// trivial. A state asks only the parts whose bits are on.

import type { Row } from './layout.ts';

interface Node<T> {
  /** The cell that is looked at here; -1 for a leaf. */
  readonly cell: number;
  readonly by: (Node<T> | undefined)[];
  readonly answer: T | undefined;
}

interface Part<T> {
  root: Node<T> | undefined;
  learnt: number;
  isWorth: boolean;
}

/** After so many new answers, and after more of them, a part must have been worth remembering: of so many states one answer was new. */
const TRIALS = [
  { answers: 1 << 14, states: 4 },
  { answers: 1 << 12, states: 1.5 },
] as const;

export class Memo<T> {
  readonly #parts: Part<T>[];
  readonly #isTrivial: (answer: T) => boolean;
  readonly #words: number;
  /** Bits of the parts that look at a cell first, and for each value that it has had those that may have more to say. */
  readonly #first: Int32Array[] = [];
  readonly #masks: Int32Array[][] = [];
  /** Bits of the parts that are asked of every state. */
  readonly #always: Int32Array;
  /** States that were asked for. */
  #asked = 0;

  constructor(parts: number, isTrivial: (answer: T) => boolean) {
    this.#parts = Array.from({ length: parts }, () => ({ root: undefined, learnt: 0, isWorth: true }));
    this.#isTrivial = isTrivial;
    this.#words = (parts + 31) >> 5;
    this.#always = new Int32Array(this.#words);
    for (let part = 0; part < parts; part++) this.#always[part >> 5]! |= 1 << (part & 31);
  }

  /** Puts the numbers of the parts that may have more than a trivial answer there into a list, in order; answers how many. */
  open(row: Row, list: Int32Array): number {
    this.#asked++;
    let count = 0;
    const masks = this.#masks;
    for (let word = 0; word < this.#words; word++) {
      let bits = this.#always[word]!;
      for (let cell = 0; cell < masks.length; cell++) {
        const mask = masks[cell]![row[cell]!];
        bits |= mask === undefined ? this.#maskOf(cell, row[cell]!)[word]! : mask[word]!;
      }
      for (; bits !== 0; bits &= bits - 1) list[count++] = (word << 5) + 31 - Math.clz32(bits & -bits);
    }
    return count;
  }

  #maskOf(cell: number, value: number): Int32Array {
    return (this.#masks[cell]![value] = this.#first[cell]!.slice());
  }

  /** What a part answered where the same was read. */
  find(part: number, row: Row): T | undefined {
    let node = this.#parts[part]!.root;
    while (node !== undefined) {
      const { cell } = node;
      if (cell < 0) return node.answer;
      node = node.by[row[cell]!];
    }
    return undefined;
  }

  /** Remembers an answer by the cells that were read for it, in order. */
  learn(number: number, cells: readonly number[], row: Row, answer: T): void {
    const part = this.#parts[number]!;
    if (!part.isWorth) return;
    const { learnt } = part;
    const trial = TRIALS.find(({ answers }) => learnt >= answers);
    part.learnt++;
    if (trial !== undefined && learnt * trial.states > this.#asked) {
      this.#giveUp(part, number);
      return;
    }
    if (part.root === undefined) this.#begin(part, number, cells, row, answer);
    else this.#extend(part.root, cells, row, answer);
    if (cells.length === 1 && this.#isTrivial(answer)) {
      const [cell] = cells;
      const mask = this.#masks[cell!]![row[cell!]!] ?? this.#maskOf(cell!, row[cell!]!);
      mask[number >> 5]! &= ~(1 << (number & 31));
    }
  }

  #giveUp(part: Part<T>, number: number): void {
    part.isWorth = false;
    part.root = undefined;
    this.#always[number >> 5]! |= 1 << (number & 31);
  }

  #begin(part: Part<T>, number: number, cells: readonly number[], row: Row, answer: T): void {
    part.root = path(cells, 0, row, answer);
    const [word, bit] = [number >> 5, 1 << (number & 31)];
    const [cell] = cells;
    if (cell === undefined) {
      if (this.#isTrivial(answer)) this.#always[word]! &= ~bit;
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

  #extend(root: Node<T>, cells: readonly number[], row: Row, answer: T): void {
    let at = root;
    for (let i = 0; i < cells.length; i++) {
      const value = row[cells[i]!]!;
      const below = at.by[value];
      if (below === undefined) {
        at.by[value] = path(cells, i + 1, row, answer);
        return;
      }
      at = below;
    }
  }
}

function path<T>(cells: readonly number[], from: number, row: Row, answer: T): Node<T> {
  let node: Node<T> = { cell: -1, by: [], answer };
  for (let i = cells.length - 1; i >= from; i--) {
    const cell = cells[i]!;
    const by: Node<T>['by'] = [];
    by[row[cell]!] = node;
    node = { cell, by, answer: undefined };
  }
  return node;
}
