// Combinations of repairs left out, as an implementation may have them: of each pair, in each safe configuration, the states
// within a bound. Asked for claims, an exploration ends at one that the catalogue names or finds that all hold; not asked, as
// `npm run conform` explores, it goes on beyond them. In neither does the model break down.

import { describe, expect, test } from 'vitest';
import { createMachine, explore, ModelFault } from '../../../../model/index.ts';
import { CLAIMS, INVARIANTS, PROPERTIES } from '../../../../spec/index.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../../../spec/buffer/snapshot.ts';
import { configuration, SAFE_CONFIGURATIONS } from '../../../kit/configurations.ts';

/** More than any safe configuration has with all its repairs. */
const STATES_MAX = 8_000;

const ASKED = { invariants: INVARIANTS, properties: PROPERTIES };

const PAIRS = REPAIR_IDS.flatMap((one, i) =>
  REPAIR_IDS.slice(i + 1).map((other): [RepairId, RepairId] => [one, other]),
);

const without = (shape: Shape, left: readonly RepairId[]): Shape => ({
  ...shape,
  repairs: shape.repairs.filter((id) => !left.includes(id)),
});

describe.each(SAFE_CONFIGURATIONS)('%s without two repairs', (name) => {
  const { shape } = configuration(name);

  test('ends in a named claim or holds', { timeout: 60_000 }, () => {
    const ids = CLAIMS.map(({ id }) => id);
    for (const pair of PAIRS) {
      const { violation } = explore(createMachine(without(shape, pair)), { ...ASKED, maxStates: STATES_MAX });
      if (violation !== undefined) expect(ids, pair.join()).toContain(violation.claim);
    }
  });

  test('goes on beyond the claims without breaking down', { timeout: 60_000 }, () => {
    for (const pair of PAIRS)
      expect(
        explore(createMachine(without(shape, pair)), { maxStates: STATES_MAX }).distinct,
        pair.join(),
      ).toBeGreaterThan(100);
  });
});

test('without D30 a step that would have to wait in its middle is refused and leaves the state as it was', () => {
  const machine = createMachine(without(configuration('data').shape, ['D30']));
  const { rows, distinct } = explore(machine);
  const into = new Int32Array(machine.rowWords);
  let stuck = 0;
  for (let at = 0; at < distinct * machine.rowWords; at += machine.rowWords)
    machine.actions.forEach(({ kind }, index) => {
      if (kind !== 'cancel' || machine.refusal(rows, at, index)?.reason !== 'bound') return;
      stuck++;
      expect(machine.step(rows, at, index, into)).toBeUndefined();
      expect([...machine.state.words]).toEqual([...rows.subarray(at, at + machine.rowWords)]);
    });
  expect(stuck).toBeGreaterThan(0);
});

test('an exception of the model names itself', () => {
  const machine = createMachine(configuration('data').shape);
  machine.state.clients[0]!.at = 'hold'; // On no buffer, which no transition leads to.
  const index = machine.actions.findIndex(({ kind }) => kind === 'release');
  expect(() => machine.perform(index)).toThrow(ModelFault);
  expect(() => machine.perform(index)).toThrow(/^The model broke down at \{"kind":"release",/);
});
