// The blocks that the benches of the cache work on, and in which order. All orders are drawn from fixed seeds.
//
// A block holds its number, a stamp that says when it was written last, and a pattern; so every contender can be asked whether
// it has really read and written what it should. Block 0 is left to the header of a volume.

import { diceOf } from '../kit/random/dice.ts';

export const BLOCK_BYTES = 16_384;
/** Blocks that are read and written, from 1 on: 256 MiB. */
export const BLOCKS = 16_384;

/** What a block holds beyond number and stamp, which stand in its first 8 bytes: nothing that repeats within it. */
const PATTERN = (() => {
  const dice = diceOf(0xb10c);
  return Uint8Array.from({ length: BLOCK_BYTES }, () => dice(256));
})();

/** Makes of a block the same with another number and stamp: 8 bytes. */
export function renumberBlock(bytes: Uint8Array, block: number, stamp: number): void {
  writeWord(bytes, 0, block);
  writeWord(bytes, 4, stamp);
}

/** Memory for blocks, already filled but for number and stamp, so that nobody's time goes into filling it. */
export function blockBuffers(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => PATTERN.slice());
}

/** The change that the benches make to a block that is resident. */
export function writeStamp(bytes: Uint8Array, stamp: number): void {
  writeWord(bytes, 4, stamp);
}

export const stampOf = (bytes: Bytes): number => word(bytes, 4);

/** A contender has not done what it was measured for. */
export class WorkNotDone extends Error {
  override readonly name = 'WorkNotDone';
}

/** Looks at what was read. Throws WorkNotDone for another block. */
export function expectBlock(bytes: Bytes, block: number, who: string): void {
  if (word(bytes, 0) !== block) throw new WorkNotDone(`${who} answered block ${word(bytes, 0)} for block ${block}.`);
}

type Bytes = Readonly<Record<number, number>>;

function word(bytes: Bytes, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** The blocks from 1 to `blocks`, shuffled. */
export function shuffledBlocks(blocks: number, seed: number): Int32Array {
  const dice = diceOf(seed);
  const order = Int32Array.from({ length: blocks }, (_, i) => i + 1);
  for (let i = blocks - 1; i > 0; i--) {
    const j = dice(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** `count` of these blocks, drawn so that four of five are among the first fifth. */
export function skewedBlocks(blocks: Int32Array, count: number, seed: number): Int32Array {
  const dice = diceOf(seed);
  const hot = Math.ceil(blocks.length / 5);
  return Int32Array.from({ length: count }, () => blocks[dice(dice(5) < 4 ? hot : blocks.length)]!);
}

/** `count` different ones of these blocks. */
export function drawnBlocks(blocks: Int32Array, count: number, seed: number): Int32Array {
  const dice = diceOf(seed);
  const left = Array.from(blocks);
  return Int32Array.from({ length: count }, () => left.splice(dice(left.length), 1)[0]!);
}
