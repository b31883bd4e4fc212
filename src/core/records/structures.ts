// The structures of a core by number, and of each the one word that a hit looks at and changes: its reference word, with two
// bits beside it. All words lie in one array, so that getting and releasing a resident buffer goes from block to number
// (BlockTable) to word, and never touches the object, which is some hundred bytes somewhere else in memory:
//
//   block ──BlockTable──▶ index ──▶ word         references and interlock (reference-word.ts), RESTS, USED
//                           └─────▶ HammerIo     everything else; its `word` is this word
//
//   RESTS   getting and releasing the buffer only counts references. Follows from the flags of the structure, which sets it
//           whenever it sets one of them.
//   USED    somebody got the buffer since a replacement policy last looked and cleared this.
//
// There is one truth: whoever takes the long way reads and writes the same words. A number belongs to a structure until that
// is destroyed, and then perhaps to another one, so a destroyed structure must not be asked for its word. The words are small
// integers in a plain array, which the engine reads with fewer checks than a typed array.

import type { HammerIo } from './hammer-io.ts';

const REFERENCE_WORD = (1 << 28) - 1;
const RESTS = 1 << 28;
const USED = 1 << 29;

export class Structures {
  readonly #words: number[] = [];
  readonly #ios: (HammerIo | undefined)[] = [];
  /** Numbers of structures that were destroyed. */
  readonly #free: number[] = [];

  /** A number for a new structure; its word is 0. */
  add(io: HammerIo): number {
    const index = this.#free.pop() ?? this.#ios.length;
    this.#words[index] = 0;
    this.#ios[index] = io;
    return index;
  }

  /** The structure is destroyed. */
  delete(index: number): void {
    this.#ios[index] = undefined;
    this.#free.push(index);
  }

  at(index: number): HammerIo {
    return this.#ios[index]!;
  }

  /** The reference word, without the two bits. */
  word(index: number): number {
    return this.#words[index]! & REFERENCE_WORD;
  }
  setWord(index: number, word: number): void {
    this.#words[index] = (this.#words[index]! & ~REFERENCE_WORD) | word;
  }

  setRests(index: number, on: boolean): void {
    this.#set(index, RESTS, on);
  }

  isUsed(index: number): boolean {
    return (this.#words[index]! & USED) !== 0;
  }
  setUsed(index: number, on: boolean): void {
    this.#set(index, USED, on);
  }

  /** The first reference on a buffer at rest that nobody uses or waits for; false, and nothing has happened, if it is not so. */
  hit(index: number): boolean {
    if ((this.#words[index]! & ~USED) !== RESTS) return false;
    this.#words[index] = RESTS | USED | 1;
    return true;
  }

  /** The end of that, if it is still the only reference and nothing else has become of the buffer meanwhile. */
  endHit(index: number): boolean {
    const word = this.#words[index]!;
    if ((word & ~USED) !== (RESTS | 1)) return false;
    this.#words[index] = word - 1;
    return true;
  }

  #set(index: number, bit: number, on: boolean): void {
    const word = this.#words[index]!;
    this.#words[index] = on ? word | bit : word & ~bit;
  }
}
