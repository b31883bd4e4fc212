// The table of blocks against a Map, over long random runs in which it grows, collides, and loses items from the middle of
// runs of collisions.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockTable } from '../../../../../src/core/records/block-table.ts';

interface Item {
  readonly block: number;
  readonly index: number;
}

/** Blocks that collide, that are neighbours, that differ only above 2^31 or 2^32, and numbers that are no blocks. */
const blocks = fc.oneof(
  fc.nat(40),
  fc.nat(40).map((n) => n * 16),
  fc.nat(3).map((n) => n * 2 ** 32 + 7),
  fc.nat(3).map((n) => 2 ** 31 * n + 5),
  fc.nat({ max: 2 ** 45 }),
  fc.constantFrom(-1, -8, 7.5, NaN, Infinity),
);

const isBlock = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

describe('the table of blocks', () => {
  test('is a map from block to item', () => {
    const commands = fc.array(fc.tuple(fc.boolean(), blocks), { maxLength: 200 });
    fc.assert(
      fc.property(commands, (program) => {
        const table = new BlockTable<Item>();
        const map = new Map<number, Item>();
        let next = 0;
        for (const [adds, block] of program) {
          if (adds && isBlock(block) && !map.has(block)) {
            const item = { block, index: next++ };
            table.add(item);
            map.set(block, item);
          } else if (!adds) {
            table.delete(block);
            map.delete(block);
          }
          for (const [known, item] of map) {
            if (table.get(known) !== item || table.indexOf(known) !== item.index) return false;
          }
          if (!map.has(block) && table.indexOf(block) !== -1) return false;
          if (table.size !== map.size || table.has(block) !== map.has(block)) return false;
        }
        return [...table].every((item) => map.get(item.block) === item);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });

  test('finds what is there after many neighbours came and went', () => {
    const table = new BlockTable<Item>();
    for (let block = 0; block < 10_000; block++) table.add({ block, index: block });
    for (let block = 0; block < 10_000; block++) if (block % 3 !== 0) table.delete(block);
    expect(table.size).toBe(3334);
    expect([...table].map((item) => item.block).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 3334 }, (_, i) => i * 3),
    );
  });
});
