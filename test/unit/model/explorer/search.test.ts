// What an exploration tells besides its graph: violations with their paths, how often claims applied, goals, progress, who is
// stuck; and what a machine hands out.

import { test } from 'vitest';
import { blankSnapshot, createMachine, explore, pathTo, stuckStates } from '../../../../model/index.ts';
import { OUTCOMES } from '../../../../model/buffer/explore.ts';
import { cancelGet } from '../../../../model/buffer/release.ts';
import type { Goal, Invariant, Property, Snapshot } from '../../../../spec/index.ts';
import { explorationOf } from '../../../support/explorations.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';
import { SMALL_MACHINES } from '../../../support/small-machines.ts';

/** States that are seen before the search ends. */
const SEEN_BEFORE_IDLE = 54;

const SHAPE = SMALL_MACHINES['two clients, the kernel and DATA']!;
const blank = blankSnapshot(SHAPE);
const CLAIM = { tla: 'X', statement: 'X.', why: 'X.', original: [], status: 'checked' } as const;

function invariant(
  id: string,
  holds: (s: Snapshot, blockBytes?: number) => boolean,
  parts: Partial<Invariant> = {},
): Invariant {
  return { ...CLAIM, id, form: 'state', applies: () => true, holds, violation: blank, ...parts };
}

test('a search begins with small tables, which the first steps do not outgrow', () => {
  const { distinct, transitions, graph, bytesPerState, machine } = explore(createMachine(SHAPE), {
    maxStates: 1,
    graph: true,
  });
  mustBe(`${distinct} ${transitions}`, '5 5');
  mustBe(distinct * bytesPerState, 1024 * (machine.rowWords * 4 + 2 * 4 + 4 + 2));
  mustBe([graph!.source, graph!.target, graph!.action, graph!.outcome].map(({ buffer }) => buffer.byteLength).join(), EDGES); // prettier-ignore
});

test('edges carry their outcomes as codes', () =>
  mustBe(OUTCOMES.join(), 'done,wait,io,cover,again,error,refused,none,clean'));

/** The bytes of 4096 edges. */
const EDGES = '16384,16384,8192,4096';

test('the first state that breaks an invariant ends the search, with a shortest path', () => {
  const machine = createMachine(SHAPE);
  const seen = explore(machine, {
    invariants: [
      invariant('unasked', () => false, { status: 'refuted' }),
      invariant('sized', (_, blockBytes) => blockBytes === 64),
      invariant('idle', (s) => !(s.ios[0]!.running && s.ios[0]!.locked)),
      invariant('later', (s) => !(s.ios[0]!.running && s.ios[0]!.locked)),
    ],
  });
  mustBe(seen.violation!.claim, 'idle');
  mustBe(seen.complete, false);
  mustBe(seen.distinct, SEEN_BEFORE_IDLE);
  const path = pathTo(seen, seen.violation!.state).map(({ action, index, outcome }) => {
    mustBe(machine.actions[index], action);
    return `${action.kind} ${outcome}`;
  });
  mustBe(path.join(), 'ioNew done,release done,ioRead done,writeBack refused,release done');
  mustBe([...seen.applied.keys()].join(), 'sized,idle,later');
  mustBe(seen.applied.get('idle'), seen.distinct);
});

test('the first step that breaks a property is named by its source and action', () => {
  const property = (id: string, parts: Partial<Property>): Property => ({
    ...CLAIM, id, form: 'step', on: 'any', applies: () => true, holds: () => true,
    violation: { before: blank, step: { action: { kind: 'cleanLoose' }, outcome: 'done' }, after: blank }, ...parts,
  }); // prettier-ignore
  const machine = createMachine(SHAPE);
  const { violation, applied, rows } = explore(machine, {
    properties: [
      property('unasked', { status: 'refuted', holds: () => false }),
      property('any', { holds: (before, _, after) => JSON.stringify(before) !== JSON.stringify(after) }),
      property('ends', {
        on: ['writeDone'],
        applies: (_, step) => step.outcome === 'error',
        holds: (before, step, after) =>
          before.ios[0]!.running && !after.ios[0]!.running && step.action.kind !== 'writeDone',
      }),
    ],
  });
  mustBe(violation!.claim, 'ends');
  mustEqual(machine.actions[violation!.action!], { kind: 'writeDone', io: 0, error: true });
  const source = blankSnapshot(SHAPE);
  machine.snapshot(rows, violation!.state * machine.rowWords, source);
  mustBe(source.ios[0]!.running, true);
  mustBe(applied.get('ends'), 1);
  mustBe([...applied.keys()].join(), 'any,ends');
});

test('goals are told with the first state that reaches them', () => {
  const goal = (id: string, reached: Goal['reached']): Goal => ({ id, statement: 'X.', reached, example: blank });
  const { goals, complete, violation, graph } = explore(createMachine(SHAPE), {
    goals: [
      goal('start', () => true),
      goal('loose', (s) => s.ios[0]!.modRoot === 'loose'),
      goal('too', (s) => s.ios[0]!.modRoot === 'loose'),
      goal('never', (s) => s.ios[0]!.refs > 9),
    ],
  });
  mustBe([...goals].map(([id, state]) => `${id} ${Math.min(state, 1)}`).join(), 'start 0,loose 1,too 1');
  mustBe(goals.get('loose'), goals.get('too'));
  mustBe(complete, true);
  mustBe(violation, undefined);
  mustBe(graph, undefined);
});

test('a search stops at the most states that it may see, and tells its progress', () => {
  const told: number[] = [];
  const some = explore(createMachine(SHAPE), { maxStates: 100, onProgress: (states) => told.push(states) });
  mustBe(some.complete, false);
  mustBe(some.distinct > 100 && some.distinct < 130, true);
  mustEqual(told, [1]);
  const all = explore(createMachine(SHAPE), { maxStates: 283 });
  mustBe(`${all.distinct} ${all.complete}`, '283 true');
  mustBe(Math.round(all.bytesPerState), 123);
  mustBe(all.parent.length + all.via.length, 2 * 283);
});

test('a client is stuck where what it waits for can happen no more', () => {
  const lost = { ...SMALL_MACHINES['two clients modify DATA']! };
  const acts = lost.acts.filter((kind) => kind !== 'ioDoneInterlock' && kind !== 'cancel');
  const exploration = explore(createMachine({ ...lost, acts }), { graph: true });
  const stuck = stuckStates(exploration).map(({ client, state }) => {
    const snapshot = blankSnapshot(lost);
    exploration.machine.snapshot(exploration.rows, state * exploration.machine.rowWords, snapshot);
    return `${client} ${snapshot.clients[client]!.at} ${snapshot.ios[0]!.modifyRefs}`;
  });
  mustBe(stuck.join(), '0 modify -1,1 modify -1');
  mustEqual(stuckStates(explore(createMachine(SHAPE), { graph: true })), []);
  // Nobody holds anything here: who has synced is at rest all the same.
  mustEqual(stuckStates(explorationOf('syncs of two volumes')), []);
  const graphless = 'stuckStates needs an exploration with its graph: explore(machine, { graph: true })';
  mustThrow(() => stuckStates(explore(createMachine(SHAPE))), graphless);
});

test('a machine hands out its initial row and its answers, not its memory', () => {
  const machine = createMachine(SHAPE);
  const initial = [...machine.initialRow()];
  machine.initialRow().fill(-1);
  machine.state.words.fill(-1);
  mustEqual([...machine.initialRow()], initial);
  const release = machine.actions.findIndex(({ kind }) => kind === 'release');
  mustBe(machine.step(machine.initialRow(), 0, release, new Int32Array(machine.rowWords)), undefined);
});

test('a claim about each io is asked of ios, and counted in each state that has one it concerns', () => {
  // More than are kept as bits: the last two are asked of the state.
  const many = Array.from({ length: 33 }, (_, i) =>
    invariant(`c${i}`, () => true, {
      applies: (s) => s.ios[0]!.locked,
      ofIo: (io) => (i === 2 || (i === 3 && !io.running) ? 'silent' : 'kept'),
    }),
  );
  const { applied, violation, machine, rows, distinct } = explore(createMachine(SHAPE), { invariants: many });
  mustBe(violation, undefined);
  let [running, locked] = [0, 0];
  const snapshot = blankSnapshot(SHAPE);
  for (let state = 0; state < distinct; state++) {
    machine.snapshot(rows, state * machine.rowWords, snapshot);
    running += Number(snapshot.ios[0]!.running);
    locked += Number(snapshot.ios[0]!.locked);
  }
  const counts = [0, 2, 3, 30, 31, 32].map((i) => applied.get(`c${i}`));
  mustEqual(counts, [distinct, 0, running, distinct, locked, locked]);
});

test('of several claims that a state breaks the first is named, whether it is about ios or the state', () => {
  const isBroken = (s: Snapshot): boolean => s.ios[0]!.running && s.ios[0]!.locked;
  const ofState = (id: string): Invariant => invariant(id, (s) => !isBroken(s));
  const ofIo = (id: string): Invariant =>
    invariant(id, (s) => !isBroken(s), { ofIo: (io) => (io.running && io.locked ? 'broken' : 'kept') });
  const kept = invariant('kept', () => true, { ofIo: () => 'kept' });
  const broken = (...invariants: Invariant[]): string => {
    const { violation, distinct } = explore(createMachine(SHAPE), { invariants });
    return `${violation!.claim} ${distinct}`;
  };
  mustBe(broken(ofState('A'), kept, ofIo('B'), ofIo('C')), `A ${SEEN_BEFORE_IDLE}`);
  mustBe(broken(kept, ofIo('B'), ofState('A'), ofIo('C')), `B ${SEEN_BEFORE_IDLE}`);
  mustBe(broken(kept, kept, ofState('A')), `A ${SEEN_BEFORE_IDLE}`);
});

test('a release that nobody can wait for never has to wait', () => {
  const { state } = createMachine(SHAPE);
  Object.assign(state.ios[0]!, { exists: true, bp: true, released: true, waitdep: true, place: 1, refs: 1 });
  Object.assign(state.clients[0]!, { at: 'get', io1: 1 });
  mustThrow(() => cancelGet(state, 0), 'model: the release of d1 has to wait in the middle of a step');
});
