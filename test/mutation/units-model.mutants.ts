// The parts of the model that stand alone: packed records, truth tables, the table of states, and what an exploration tells
// besides its graph.

import { test } from 'vitest';
import {
  decideCheckwrite,
  decideComplete,
  decideDeallocate,
  checkwriteStep,
  completeStep,
  deallocateStep,
} from '../../model/decide.ts';
import { decideRelease, releaseStep, type ReleaseFacts } from '../../model/decide.ts';
import { blankSnapshot, createMachine, explore, pathTo, stuckStates } from '../../model/index.ts';
import { packedRecord } from '../../model/packed.ts';
import { Records, Sight } from '../../model/sight.ts';
import { takeSnapshot, View } from '../../model/snapshot.ts';
import { StateTable } from '../../model/state-table.ts';
import { State } from '../../model/state.ts';
import type { Goal, Invariant, Property, Shape, Snapshot } from '../../spec/index.ts';
import { QUIET_ACTS } from '../kit/quiet-acts.ts';
import { graphOf } from '../kit/search-tree.ts';
import { seedReleaseFlow } from '../kit/seed-release-flow.ts';
import { block, shapeOf } from '../kit/shape-of.ts';
import { sameSnapshot } from '../kit/snapshot-difference.ts';
import { explorationOf } from './explorations.ts';
import { mustBe, mustEqual, mustThrow } from './must.ts';
import { SMALL_MACHINES } from './small-machines.ts';

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
  const full = new (packedRecord<{ all: number }>({ all: { bits: 32 } }))(new Int32Array(1), 0);
  mustBe(full.all, 0);
});

const NAMES = ['flush', 'locked', 'reclaim', 'waitdep', 'pure', 'modified', 'released', 'running'] as const;

test('the release decision is the seed’s in all rows, however it is asked', () => {
  for (let bits = 0; bits < 256; bits++) {
    const facts = Object.fromEntries(NAMES.map((name, i) => [name, (bits & (1 << i)) !== 0])) as ReleaseFacts;
    mustBe(decideRelease(facts), seedReleaseFlow(facts));
    mustBe(releaseStep(bits), seedReleaseFlow(facts));
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
  for (let pass = 0; pass < 2; pass++) {
    for (let n = 0; n < 300; n++) {
      row[0] = n % 17;
      row[1] = n * 65_536;
      mustBe(table.intern(row), n);
    }
  }
  mustBe(table.size, 300);
  mustEqual([...table.rows.subarray(2 * 20, 2 * 22)], [3, 20 * 65_536, 4, 21 * 65_536]);
  mustBe(table.bytes, 300 <= table.rows.length / 2 ? table.bytes : 0);
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

/** States that are seen before the search ends. */
const SEEN_BEFORE_IDLE = 54;

const SHAPE = SMALL_MACHINES['two clients, the kernel and DATA']!;
const blank = blankSnapshot(SHAPE);
const CLAIM = { tla: 'X', statement: 'X.', why: 'X.', seed: [], status: 'checked' } as const;

function invariant(
  id: string,
  holds: (s: Snapshot, blockBytes?: number) => boolean,
  parts: Partial<Invariant> = {},
): Invariant {
  return { ...CLAIM, id, form: 'state', applies: () => true, holds, violation: blank, ...parts };
}

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
      goal('loose', (s) => s.ios[0]!.modRoot === 'lose'),
      goal('too', (s) => s.ios[0]!.modRoot === 'lose'),
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

test('sight and view show at every edge what a snapshot shows that is taken anew', () => {
  for (const name of SHOWN) {
    const exploration = explorationOf(name);
    const { machine, rows } = exploration;
    const { state, rowWords, shape } = machine;
    const graph = graphOf(exploration);
    const load = (number: number): void => state.words.set(rows.subarray(number * rowWords, (number + 1) * rowWords));
    load(0);
    const records = new Records(state);
    const [before, after, view, anew] = [new Sight(records), new Sight(records), new View(state), blankSnapshot(shape)];
    const same = (seen: Snapshot): void => {
      takeSnapshot(state, anew);
      if (!sameSnapshot(anew, seen)) throw new Error(`${name}: a snapshot is not what it should be`);
    };
    let at = -1;
    for (let edge = 0; edge < graph.length; edge++) {
      if (graph.source[edge] !== at) {
        at = graph.source[edge]!;
        load(at);
        same(before.settle());
        same(before.snapshot);
      }
      load(graph.target[edge]!);
      same(after.look(before));
      same(view.look());
      same(view.look());
    }
  }
});

/** Machines with all that a sight may share: waiters, lists, the run list, several blocks, several volumes. */
const SHOWN = [
  'two clients queue for DATA',
  'three clients wait to modify',
  'barriers',
  'syncs of two volumes',
  'read-ahead',
];

test('a search may outgrow its tables', () => {
  const { distinct, transitions, parent, via, graph, complete } = explore(
    createMachine(shapeOf({ acts: QUIET_ACTS })),
    {
      graph: true,
    },
  );
  mustBe([distinct, transitions, complete].join(), OUTGROWN);
  const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => (a * 31 + b) | 0, 0);
  mustBe([parent, via, graph!.source, graph!.target, graph!.action, graph!.outcome].map(sum).join(), OUTGROWN_SUMS);
});

/** More states and edges than the tables begin with. */
const OUTGROWN = '3216,20048,true';
const OUTGROWN_SUMS = '-328080934,-1005648492,1773188340,365163825,-119260150,-1579555802';
