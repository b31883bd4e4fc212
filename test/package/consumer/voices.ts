// A consumer of the catalogue and the model: draws up a small machine, sees all its states, and asks every claim in them.
// With the repair of D35 left out the claim that the catalogue names is violated, by a path that can be printed.

import assert from 'node:assert/strict';
import { createMachine, explore, pathTo, ShapeTooLarge } from 'hammer-io-kit/model';
import { INVARIANTS, labelOf, PROPERTIES, REPAIR_IDS, REPAIRS, type ActionKind, type Shape } from 'hammer-io-kit/spec';

const acts: readonly ActionKind[] = [
  ...(['ioRead', 'readDone', 'resumeGet', 'release', 'ioModify', 'resumeModify', 'ioModifyDone'] as const),
  ...(['ioWriteInterlock', 'resumeInterlock', 'ioDoneInterlock'] as const),
];
const shape: Shape = {
  blocks: [{ name: 'd1', type: 'data', volume: 0 }],
  volumes: ['v1'],
  clients: ['c1', 'c2'],
  repairs: REPAIR_IDS,
  faults: [],
  acts,
  readAhead: null,
  undoLog: false,
  blockBytes: 512,
  backlogBytesMax: 0,
  modsMax: 1,
};

const claims = { invariants: INVARIANTS, properties: PROPERTIES };
const whole = explore(createMachine(shape), claims);
assert.equal(whole.complete, true);
assert.equal(whole.violation, undefined);

const without = { ...shape, repairs: REPAIR_IDS.filter((id) => id !== 'D35') };
const broken = explore(createMachine(without), claims);
assert.ok(broken.violation);
assert.equal(broken.violation.claim, REPAIRS.find(({ id }) => id === 'D35')?.claim);
const path = pathTo(broken, broken.violation.state).map(({ action, outcome }) => labelOf(action.kind, outcome));

assert.throws(() => createMachine({ ...shape, clients: Array.from({ length: 99 }, (_, i) => `c${i}`) }), ShapeTooLarge);

process.stdout.write(
  `voices: ${whole.distinct} states hold; without D35 ${broken.violation.claim} falls after ${path.join(', ')}\n`,
);
