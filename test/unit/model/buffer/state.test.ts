// The ground of the model: packed records keep what is written into them, and the truth tables say what the seed does.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRelease, releaseStep, type ReleaseFacts } from '../../../../model/buffer/decide.ts';
import { decideCheckwrite, decideComplete, decideDeallocate } from '../../../../model/buffer/decide.ts';
import { packedRecord } from '../../../../model/explorer/packed.ts';
import { LIMITS, ShapeTooLarge, State } from '../../../../model/buffer/state.ts';
import { originalReleaseFlow } from '../../../check/original-release-flow.ts';
import { shapeOf } from '../../../support/shape-of.ts';

interface Lamp {
  lit: boolean;
  colour: 'red' | 'green' | 'blue';
  level: number;
}
const layout = { lit: 'flag', colour: ['red', 'green', 'blue'], level: { bits: 4, least: -1 } } as const;
const LampRecord = packedRecord<Lamp>(layout);
const lamp = fc.record<Lamp>({
  lit: fc.boolean(),
  colour: fc.constantFrom('red', 'green', 'blue'),
  level: fc.integer({ min: -1, max: 14 }),
});

describe('a packed record', () => {
  test('keeps every field apart from its neighbours and from the next word', () => {
    fc.assert(
      fc.property(lamp, lamp, lamp, (first, second, third) => {
        const words = new Int32Array(2);
        const [a, b] = [new LampRecord(words, 0), new LampRecord(words, 1)];
        Object.assign(a, first);
        Object.assign(b, second);
        Object.assign(a, third);
        const read = (record: Lamp): Lamp => ({ lit: record.lit, colour: record.colour, level: record.level });
        expect([read(a), read(b)]).toEqual([third, second]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('refuses a number that does not fit', () => {
    const record = new LampRecord(new Int32Array(1), 0);
    expect(() => (record.level = 15)).toThrow('15 is outside -1..14');
    expect(() => (record.level = -2)).toThrow('-2 is outside -1..14');
  });

  test('refuses a layout wider than its word', () => {
    expect(() => packedRecord({ a: { bits: 20 }, b: { bits: 13 } })).toThrow('field b does not fit');
  });
});

test('a shape that a row cannot hold is refused in one sentence', () => {
  const clients = Array.from({ length: LIMITS.clients + 1 }, (_, c) => `c${c}`);
  expect(() => new State(shapeOf({ clients }))).toThrow(ShapeTooLarge);
  expect(() => new State(shapeOf({ clients }))).toThrow('the model holds 15 clients, and the shape has 16');
});

describe('the release decision', () => {
  const names = ['flush', 'locked', 'reclaim', 'waitdep', 'pure', 'modified', 'released', 'running'] as const;
  const rows = Array.from({ length: 256 }, (_, bits) => ({
    bits,
    facts: Object.fromEntries(names.map((name, i) => [name, (bits & (1 << i)) !== 0])) as ReleaseFacts,
  }));

  test('is looked up by the same bits that it is tabulated by', () => {
    for (const { bits, facts } of rows)
      if (releaseStep(bits) !== decideRelease(facts)) expect.fail(JSON.stringify(facts));
    expect(releaseStep(0b0110_0001)).toBe('write');
  });

  test('agrees with the control flow of the original in all 256 rows', () => {
    const different = rows.filter(({ facts }) => decideRelease(facts) !== originalReleaseFlow(facts));
    expect(different).toEqual([]);
  });
});

test('a failed write pins what memory alone has, drops UNDO, and pins once', () => {
  expect(decideComplete({ error: false, undo: false, pinned: false })).toBe('fine');
  expect(decideComplete({ error: true, undo: false, pinned: false })).toBe('pin');
  expect(decideComplete({ error: true, undo: false, pinned: true })).toBe('pinned');
  expect(decideComplete({ error: true, undo: true, pinned: false })).toBe('drop');
});

test('the kernel gets a buffer only when nobody uses it', () => {
  expect(decideDeallocate({ unused: true, modified: false })).toBe('detach');
  expect(decideDeallocate({ unused: true, modified: true })).toBe('lock');
  expect(decideDeallocate({ unused: false, modified: false })).toBe('lock');
  expect(decideCheckwrite({ unused: true, modified: true })).toBe('write');
  expect(decideCheckwrite({ unused: true, modified: false })).toBe('write');
  expect(decideCheckwrite({ unused: false, modified: true })).toBe('lock');
});
