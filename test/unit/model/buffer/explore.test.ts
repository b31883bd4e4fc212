// The explorer: exact counts, shortest paths, violations, goals, stuck clients. A wrong count here is a changed machine.

import { describe, expect, test } from 'vitest';
import type { Goal, Invariant, Property } from '../../../../spec/claim.ts';
import { INVARIANTS, PROPERTIES } from '../../../../spec/index.ts';
import type { Snapshot } from '../../../../spec/buffer/snapshot.ts';
import { blankSnapshot, createMachine, explore, pathTo, stuckStates } from '../../../../model/index.ts';
import { configuration } from '../../../kit/configurations.ts';
import { QUIET_ACTS } from '../../../support/quiet-acts.ts';
import { actsWithout, block, shapeOf } from '../../../support/shape-of.ts';

const blank = blankSnapshot(shapeOf());
const claim = { tla: 'X', statement: 'x', why: 'x', original: [], status: 'checked' } as const;

describe('exploring one block', () => {
  test.each([
    ['data', 3216],
    ['meta', 4186],
    ['undo', 4008],
    ['volume', 3078],
  ] as const)('%s with two clients has its exact number of states', (type, states) => {
    const exploration = explore(createMachine(shapeOf({ blocks: [block('b1', type)], acts: QUIET_ACTS })));
    expect(exploration).toMatchObject({ distinct: states, complete: true });
  });

  test('every edge is what the machine does from its source', () => {
    const machine = createMachine(shapeOf({ acts: QUIET_ACTS, clients: ['c1'] }));
    const { graph, rows, distinct } = explore(machine, { graph: true });
    const into = new Int32Array(machine.rowWords);
    let edges = 0;
    for (let state = 0; state < distinct; state++)
      for (let index = 0; index < machine.actions.length; index++) {
        const step = machine.step(rows, state * machine.rowWords, index, into);
        expect(step === undefined).toBe(machine.refusal(rows, state * machine.rowWords, index) !== undefined);
        if (step !== undefined) edges += 1;
      }
    expect(edges).toBe(graph!.length);
    for (let i = 0; i < graph!.length; i++) {
      machine.step(rows, graph!.source[i]! * machine.rowWords, graph!.action[i]!, into);
      const target = graph!.target[i]! * machine.rowWords;
      expect(into).toEqual(rows.slice(target, target + machine.rowWords));
    }
  });

  test('stops at maxStates and says that it is not complete', () => {
    const exploration = explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { maxStates: 100 });
    expect(exploration.complete).toBe(false);
    expect(exploration.distinct).toBeLessThan(3216);
  });

  test('is the same on every run', () => {
    const once = explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { graph: true });
    const again = explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { graph: true });
    expect(again.rows).toEqual(once.rows);
    expect(again.graph).toEqual(once.graph);
  });
});

describe('claims', () => {
  const never = (broken: (s: Snapshot) => boolean): Invariant => ({
    ...claim, id: 'N1', form: 'state', applies: () => true, holds: (s) => !broken(s), violation: blank,
  }); // prettier-ignore

  test('a broken invariant is found with a shortest path', () => {
    const machine = createMachine(shapeOf({ acts: QUIET_ACTS }));
    const exploration = explore(machine, {
      invariants: [never((s) => s.ios[0]!.running && s.clients[0]!.at === 'wait')],
    });
    expect(exploration.violation).toMatchObject({ claim: 'N1' });
    expect(exploration.complete).toBe(false);
    const path = pathTo(exploration, exploration.violation!.state);
    expect(path.map(({ action, outcome }) => `${action.kind} ${outcome}`)).toEqual([
      'ioNew done',
      'ioFlush done',
      'ioWait wait',
    ]);
  });

  test('a broken property names its source and action', () => {
    const property: Property = {
      ...claim, id: 'N2', form: 'step', on: ['writeDone'], applies: () => true,
      holds: (before, _, after) => before.ios[0]!.refs === after.ios[0]!.refs,
      violation: { before: blank, step: { action: { kind: 'cleanLoose' }, outcome: 'done' }, after: blank },
    }; // prettier-ignore
    const machine = createMachine(shapeOf({ acts: QUIET_ACTS, faults: ['write'] }));
    const { violation } = explore(machine, { properties: [property] });
    expect(violation?.claim).toBe('N2');
    expect(machine.actions[violation!.action!]).toMatchObject({ kind: 'writeDone', error: true });
  });

  test('what applied is counted, and a claim that is not checked is not asked', () => {
    const dirty: Invariant = { ...never(() => false), id: 'N3', applies: (s) => s.ios[0]!.modified };
    const refuted: Invariant = { ...never(() => true), id: 'N4', status: 'refuted' };
    const exploration = explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { invariants: [dirty, refuted] });
    expect(exploration.complete).toBe(true);
    expect(exploration.applied.get('N3')).toBeGreaterThan(100);
    expect(exploration.applied.has('N4')).toBe(false);
  });

  // A claim about each io by itself is asked once for every io that differs. Nobody may be able to tell.
  test.each(['data', 'meta-faults', 'two-volumes', 'without-D2', 'without-D30', 'without-D39'])(
    '%s: claims about each io find and count the same when they are asked of every state',
    (name) => {
      const machine = createMachine(configuration(name).shape);
      const ofStates = INVARIANTS.map(({ ofIo: _, ...claim }): Invariant => claim);
      const quick = explore(machine, { invariants: INVARIANTS, properties: PROPERTIES });
      const slow = explore(machine, { invariants: ofStates, properties: PROPERTIES });
      expect(quick.violation === undefined).toBe(!name.startsWith('without'));
      expect([quick.violation, quick.distinct, ...quick.applied]).toEqual([
        slow.violation,
        slow.distinct,
        ...slow.applied,
      ]);
    },
  );

  test('of two invariants that one state breaks, the first in the order given is named', () => {
    const dirty = (id: string): Invariant => ({ ...never((s) => s.ios[0]!.modified), id });
    const dirtyIo: Invariant = { ...dirty('N6'), ofIo: (io) => (io.modified ? 'broken' : 'silent') };
    const first = (...invariants: Invariant[]): string | undefined =>
      explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { invariants }).violation?.claim;
    expect(first(dirtyIo, dirty('N7'))).toBe('N6');
    expect(first(dirty('N5'), dirtyIo)).toBe('N5');
  });

  test('every io is asked, not the last alone', () => {
    const blocks = [block('b1', 'data'), block('b2', 'undo')];
    const machine = createMachine(shapeOf({ blocks, acts: QUIET_ACTS, clients: ['c1'] }));
    for (const type of ['data', 'undo']) {
      const dirty: Invariant = {
        ...never((s) => s.ios.some((io) => io.modified && io.type === type)),
        ofIo: (io) => (io.modified && io.type === type ? 'broken' : 'silent'),
      };
      const { violation, rows } = explore(machine, { invariants: [dirty] });
      const snapshot = blankSnapshot(machine.shape);
      machine.snapshot(rows, violation!.state * machine.rowWords, snapshot);
      expect(snapshot.ios.map((io) => io.modified)).toEqual(blocks.map((one) => one.type === type));
    }
  });

  test('a goal is reported with the first state that reaches it, an impossible one not at all', () => {
    const goal = (id: string, reached: (s: Snapshot) => boolean): Goal => ({
      id,
      statement: id,
      reached,
      example: blank,
    });
    const exploration = explore(createMachine(shapeOf({ acts: QUIET_ACTS })), {
      goals: [
        goal('start', () => true),
        goal('loose', (s) => s.ios[0]!.modRoot === 'loose'),
        goal('never', (s) => s.ios[0]!.refs > 40),
      ],
    });
    expect(exploration.goals.get('start')).toBe(0);
    expect(exploration.goals.get('loose')).toBeGreaterThan(0);
    expect(exploration.goals.has('never')).toBe(false);
  });
});

describe('stuck states', () => {
  test('nobody is stuck in the whole machine', () => {
    expect(stuckStates(explore(createMachine(shapeOf({ acts: QUIET_ACTS })), { graph: true }))).toEqual([]);
  });

  // A lost wake-up looks like this: the step that would end the wait exists no more.
  test('a modifier is stuck when an interlock can never end', () => {
    const exploration = explore(createMachine(shapeOf({ acts: actsWithout('ioDoneInterlock', 'cancel') })), {
      graph: true,
    });
    const stuck = stuckStates(exploration);
    expect(stuck.map(({ client }) => client)).toEqual([0, 1]);
    const snapshot = blankSnapshot(shapeOf());
    exploration.machine.snapshot(exploration.rows, stuck[0]!.state * exploration.machine.rowWords, snapshot);
    expect(snapshot.clients[0]!.at).toBe('modify');
  });

  test('needs the graph', () => {
    expect(() => stuckStates(explore(createMachine(shapeOf({ acts: QUIET_ACTS }))))).toThrow('graph: true');
  });
});
