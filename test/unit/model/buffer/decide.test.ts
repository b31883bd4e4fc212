// The parts of the model that stand alone: packed records, truth tables, the table of states, the limits of a shape.

import { test } from 'vitest';
import {
  decideCheckwrite,
  decideComplete,
  decideDeallocate,
  checkwriteStep,
  completeStep,
  deallocateStep,
} from '../../../../model/buffer/decide.ts';
import { decideRelease, releaseStep, type ReleaseFacts } from '../../../../model/buffer/decide.ts';
import { packedRecord } from '../../../../model/explorer/packed.ts';
import { StateTable } from '../../../../model/explorer/tables.ts';
import { State } from '../../../../model/buffer/state.ts';
import type { Shape } from '../../../../spec/index.ts';
import { originalReleaseFlow } from '../../../check/original-release-flow.ts';
import { block, shapeOf } from '../../../support/shape-of.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

interface Lamp {
  lit: boolean;
  colour: 'red' | 'green' | 'blue';
  level: number;
  rest: number;
}
const Lamp = packedRecord<Lamp>({
  lit: 'flag',
  colour: ['red', 'green', 'blue'],
  level: { bits: 4, least: -1 },
  rest: { bits: 25 },
});

test('a packed record keeps each field apart from the others and from the next word', () => {
  const words = new Int32Array(2);
  const [lamp, next] = [new Lamp(words, 0), new Lamp(words, 1)];
  const told = (): unknown => [
    lamp.lit,
    lamp.colour,
    lamp.level,
    lamp.rest,
    next.lit,
    next.colour,
    next.level,
    next.rest,
  ];
  const [lit, dark] = [
    [true, 'blue', 14, 0x1ffffff],
    [false, 'red', -1, 0],
  ];
  Object.assign(lamp, { lit: true, colour: 'blue', level: 14, rest: 0x1ffffff });
  mustEqual(told(), [...lit, ...dark]);
  mustEqual(
    [...words],
    [-1 & ~0, 0].map((word, i) => (i === 0 ? word & ~(1 << 1) : word)),
  );
  lamp.lit = false;
  mustEqual(told(), [false, 'blue', 14, 0x1ffffff, ...dark]);
  lamp.colour = 'green';
  mustEqual(told(), [false, 'green', 14, 0x1ffffff, ...dark]);
  lamp.level = 3;
  mustEqual(told(), [false, 'green', 3, 0x1ffffff, ...dark]);
  lamp.rest = 5;
  next.lit = true;
  mustEqual(told(), [false, 'green', 3, 5, true, 'red', -1, 0]);
  lamp.level = -1;
  mustBe(lamp.level, -1);
});

test('a packed record refuses what does not fit', () => {
  const lamp = new Lamp(new Int32Array(1), 0);
  mustThrow(() => (lamp.level = 15), 'packed field: 15 is outside -1..14');
  mustThrow(() => (lamp.level = -2), 'packed field: -2 is outside -1..14');
  mustThrow(() => (lamp.rest = -1), 'packed field: -1 is outside 0..33554431');
  const wide = 'packed record: field b does not fit into the 32 bits of its word';
  mustThrow(() => packedRecord({ a: { bits: 20 }, b: { bits: 13 } }), wide);
  mustThrow(() => packedRecord({ b: { bits: 32 } }), wide);
  const full = new (packedRecord<{ all: number }>({ all: { bits: 31 } }))(new Int32Array(1), 0);
  full.all = 0x7fffffff;
  mustBe(full.all, 0x7fffffff);
  mustThrow(() => (lamp.colour = 'black' as 'red'), "packed field: 'black' is none of red, green, blue");
});

const NAMES = ['flush', 'locked', 'reclaim', 'waitdep', 'pure', 'modified', 'released', 'running'] as const;

test('the release decision is the original’s in all rows, however it is asked', () => {
  for (let bits = 0; bits < 256; bits++) {
    const facts = Object.fromEntries(NAMES.map((name, i) => [name, (bits & (1 << i)) !== 0])) as ReleaseFacts;
    mustBe(decideRelease(facts), originalReleaseFlow(facts));
    mustBe(releaseStep(bits), originalReleaseFlow(facts));
  }
});

test('the other decisions are what they are in all rows', () => {
  const rows = (step: (bits: number) => string, count: number): string =>
    Array.from({ length: count }, (_, bits) => step(bits)).join(' ');
  mustBe(rows(completeStep, 8), 'fine pin fine drop fine pinned fine drop');
  mustBe(rows(deallocateStep, 4), 'lock detach lock lock');
  mustBe(rows(checkwriteStep, 4), 'lock write lock write');
  mustBe(decideComplete({ error: true, undo: false, pinned: true }), 'pinned');
  mustBe(decideDeallocate({ unused: true, modified: false }), 'detach');
  mustBe(decideCheckwrite({ unused: false, modified: true }), 'lock');
});

test('a table of states numbers them in order of arrival, however many there are', () => {
  const table = new StateTable(2, 4);
  const row = new Int32Array(2);
  const bytes: number[] = [];
  for (let pass = 0; pass < 2; pass++) {
    for (let n = 0; n < 300; n++) {
      row[0] = n % 17;
      row[1] = n * 65_536;
      mustBe(table.intern(row), n);
      bytes.push(table.bytes);
      if (n < GROWTH.length) mustBe(table.bytes, pass === 0 ? GROWTH[n] : bytes[299]);
    }
  }
  mustBe(table.size, 300);
  mustEqual([...table.rows.subarray(2 * 20, 2 * 22)], [3, 20 * 65_536, 4, 21 * 65_536]);
});

/** Four rows of two words in eight slots at first; rows grow by half when they are full, slots double at two thirds. */
const GROWTH = [4, 4, 4, 4, 6, 6, 9, 9, 9, 14].map((rows, n) => rows * 8 + (n < 5 ? 32 : n < 10 ? 64 : 128));

test('a table of states tells rows of one hash apart', () => {
  const table = new StateTable(2);
  const rows = [Int32Array.of(1, 0), Int32Array.of(2, -138_223_894), Int32Array.of(1, 1)];
  for (let pass = 0; pass < 2; pass++) rows.forEach((row, n) => mustBe(table.intern(row), n));
});

test('a shape that a row cannot hold is refused', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  const blocks = (count: number): Shape['blocks'] => many(count).map((name) => block(name, 'data'));
  const refuse = (parts: Partial<Shape>, said: string): void =>
    mustThrow(() => new State(shapeOf(parts)), `the model holds ${said}: make it smaller`);
  refuse({ clients: many(16) }, '15 clients, the shape has 16');
  refuse({ blocks: blocks(31) }, '30 blocks, the shape has 31');
  refuse({ volumes: many(5) }, '4 volumes, the shape has 5');
  refuse({ modsMax: 8 }, '7 modifications per handle, the shape has 8');
  refuse({ blocks: blocks(20), clients: many(12) }, '31 entries of the run list, the shape has 32');
  mustBe(new State(shapeOf({ blocks: blocks(29), clients: many(2), volumes: many(4), modsMax: 7 })).ios.length, 29);
});
