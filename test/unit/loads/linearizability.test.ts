// The check of linearizability: checked against trying every order, and shown to refuse each kind of contradiction.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAnomaly, ImproperHistory, type Operation } from '../../loads/linearizability.ts';

const INITIAL = 1;

let clients = 0;
const operation =
  (kind: Operation['kind'], outcome: Operation['outcome'] = 'ok') =>
  (value: number, begun: number, answered?: number): Operation => ({
    ...{ client: clients++, kind, value, begun, answered, outcome },
  });
const wrote = operation('write');
const failed = operation('write', 'error');
const read = operation('read');

describe('a history is refused', () => {
  test.each([
    ['of a value that nobody wrote', 'unwritten value', [read(7, 0, 1)]],
    ['of a read that was over before its write', 'read before its write', [read(3, 0, 1), wrote(3, 2, 3)]],
    ['of the initial value after a write', 'value out of order', [wrote(3, 0, 1), read(INITIAL, 2, 3)]],
    ['of an overwritten value', 'value out of order', [wrote(3, 0, 1), wrote(4, 2, 3), read(3, 4, 5)]],
    [
      'of two readers who saw two writes in two orders',
      'two values at once',
      [wrote(3, 0, 20), wrote(4, 0, 20), read(3, 1, 2), read(4, 3, 4), read(3, 5, 6), read(4, 7, 8)],
    ],
    [
      'of a failed write that is seen, gone, and seen again',
      'value out of order',
      [failed(3, 0, 1), read(3, 2, 3), wrote(4, 4, 5), read(3, 6, 7)],
    ],
  ] as const)('%s', (_, rule, history) => {
    expect(findAnomaly(history, INITIAL)?.rule).toBe(rule);
  });
});

describe('a history is accepted', () => {
  test.each([
    ['without operations', []],
    ['of a read that overlaps its write', [wrote(3, 0, 5), read(3, 1, 2), read(3, 3, 4)]],
    ['of a read of the old value while it is overwritten', [wrote(3, 0, 5), read(INITIAL, 1, 2)]],
    ['of a failed write that never happened', [failed(3, 0, 1), read(INITIAL, 2, 3)]],
    ['of a failed write that happened late', [failed(3, 0, 1), read(INITIAL, 2, 3), read(3, 4, 5)]],
    ['of a write that was never answered and read', [wrote(3, 0), read(INITIAL, 2, 3), read(3, 4, 5)]],
    ['of reads that failed', [wrote(3, 0, 1), operation('read', 'error')(9, 2, 3)]],
  ] as const)('%s', (_, history) => {
    expect(findAnomaly(history, INITIAL)).toBeUndefined();
  });
});

test('an anomaly names the operations that contradict each other, in one sentence', () => {
  const history = [wrote(3, 0, 1), wrote(4, 2, 3), read(3, 4, 5), read(4, 6, 7)];
  const found = findAnomaly(history, INITIAL)!;
  expect(found.operations).toEqual(history);
  expect(found.summary).toBe('Not linearizable: the register would have to hold 3 and 4 at once.');
});

test('a history with one value written twice, or answered before it begins, is improper', () => {
  expect(() => findAnomaly([wrote(3, 0, 1), wrote(3, 2, 3)], INITIAL)).toThrow(ImproperHistory);
  expect(() => findAnomaly([wrote(INITIAL, 0, 1)], INITIAL)).toThrow(ImproperHistory);
  expect(() => findAnomaly([wrote(3, 2, 1)], INITIAL)).toThrow(ImproperHistory);
});

/** The same question, answered by trying every order of every choice of what happened. */
function hasOrder(history: readonly Operation[], initial: number): boolean {
  const certain = history.filter(({ kind, outcome, answered }) =>
    kind === 'read' ? outcome === 'ok' && answered !== undefined : true,
  );
  const endOf = ({ answered, outcome }: Operation): number => (outcome === 'ok' ? (answered ?? Infinity) : Infinity);
  const place = (left: readonly Operation[], value: number): boolean => {
    if (left.every((one) => endOf(one) === Infinity)) return true; // What has no end need not have happened.
    const earliestEnd = Math.min(...left.map(endOf));
    return left.some((one) => {
      if (one.begun > earliestEnd) return false;
      if (one.kind === 'read' && one.value !== value) return false;
      return place(
        left.filter((other) => other !== one),
        one.kind === 'write' ? one.value : value,
      );
    });
  };
  return place(certain, initial);
}

test('agrees with trying every order, on small histories', () => {
  const drawn = fc
    .record({
      writes: fc.array(fc.tuple(fc.nat(9), fc.nat(6), fc.constantFrom('ok', 'ok', 'error', 'never')), { maxLength: 4 }),
      reads: fc.array(fc.tuple(fc.nat(9), fc.nat(6), fc.nat(4)), { maxLength: 5 }),
    })
    .map(({ writes, reads }) => [
      ...writes.map(([begun, length, how], i): Operation => {
        const answered = how === 'never' ? undefined : begun + length;
        return { client: i, kind: 'write', value: 2 + i, begun, answered, outcome: how === 'error' ? 'error' : 'ok' };
      }),
      ...reads.map(([begun, length, which], i): Operation => {
        const value = which < writes.length ? 2 + which : INITIAL;
        return { client: 9 + i, kind: 'read', value, begun, answered: begun + length, outcome: 'ok' };
      }),
    ]);
  let refused = 0;
  fc.assert(
    fc.property(drawn, (history) => {
      const order = hasOrder(history, INITIAL);
      if (!order) refused++;
      return (findAnomaly(history, INITIAL) === undefined) === order;
    }),
    { numRuns: 4000, seed: 5 },
  );
  expect(refused).toBeGreaterThan(800);
});

test('a long history costs about as much as sorting it', () => {
  const history: Operation[] = [];
  for (let i = 0; i < 50_000; i++) history.push(wrote(2 + i, 10 * i, 10 * i + 3), read(2 + i, 10 * i + 4, 10 * i + 6));
  expect(findAnomaly(history, INITIAL)).toBeUndefined();
  const stale = [...history, read(2, 600_000, 600_001)];
  expect(findAnomaly(stale, INITIAL)?.rule).toBe('two values at once');
});
