// Units of the direct model: what an exploration tells besides its graph, what a machine hands out, which shapes are refused, and
// stories of steps that no small machine makes.

import { test } from 'vitest';
import {
  blankDirectSnapshot,
  createDirectMachine,
  DIRECT_OUTCOMES,
  directPathTo,
  exploreDirect,
  stuckFronts,
} from '../../../../model/direct/index.ts';
import type { DirectGoal, DirectInvariant, DirectProperty, DirectShape } from '../../../../spec/direct/index.ts';
import { directShapeOf, type DirectShapeParts } from '../../../support/direct-shapes.ts';
import { DIRECT_MACHINES } from '../../../support/direct-machines.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

const SHAPE = DIRECT_MACHINES['a record that is replaced']!;
const blank = blankDirectSnapshot(SHAPE);
const CLAIM = { tla: 'X', statement: 'X.', why: 'X.', original: [], status: 'checked' } as const;

const invariant = (id: string, holds: DirectInvariant['holds'], parts: Partial<DirectInvariant> = {}): DirectInvariant => ({
  ...CLAIM, id, form: 'state', applies: () => true, holds, violation: blank, ...parts,
}); // prettier-ignore

const property = (id: string, parts: Partial<DirectProperty>): DirectProperty => ({
  ...CLAIM, id, form: 'step', on: 'any', applies: () => true, holds: () => true, ...parts,
  violation: { before: blank, step: { action: { kind: 'cycle' }, outcome: 'done', completed: 0 }, after: blank },
}); // prettier-ignore

test('outcomes have their codes', () => mustBe(DIRECT_OUTCOMES.join(), 'done,io,wait,again,error,refused'));

test('a blank snapshot has the shape, and nothing in it', () => {
  const front = { at: 'empty', how: 'none', cached: -1, from: -1, version: 0, aged: false, runnable: false };
  const marks = { live: false, backend: false, io: false, wait: false, inval: false, failed: false };
  const site = {
    ...{ use: 'free', age: 0, head: -1, version: 0, content: 0, alias: 'none', aliasVersion: 0 },
    ...{ ...marks, held: false, moving: false },
  };
  mustEqual(blankDirectSnapshot(directShapeOf({ heads: 2, snapshots: 1, sites: 3 })), {
    ...{ fronts: [front, front, front], sites: [site, site, site], index: [0, 0], kept: [0], newest: [0, 0], next: 0 },
    ...{ criticalError: false, nullReleased: false, falseAlarm: false },
  });
});

test('a machine hands out its initial row, not its memory, and writes no more than a row', () => {
  const machine = createDirectMachine(SHAPE);
  const initial = [...machine.initialRow()];
  machine.initialRow().fill(-1);
  machine.state.words.fill(-1);
  mustEqual([...machine.initialRow()], initial);
  const into = new Int32Array(machine.rowWords + 1);
  for (let index = 0; index < machine.actions.length; index++) machine.step(machine.initialRow(), 0, index, into);
  mustBe(into[machine.rowWords], 0);
});

test('what a row cannot hold is refused', () => {
  const refuse = (parts: DirectShapeParts, said: string): void =>
    mustThrow(() => createDirectMachine(directShapeOf(parts)), `the direct model holds ${said}: make it smaller`);
  refuse({ sites: 16 }, '15 sites, the shape has 16');
  refuse({ heads: 4, sites: 8 }, '3 heads, the shape has 4');
  refuse({ snapshots: 31 }, '31 fronts, the shape has 32');
  refuse({ writesMax: 30 }, '31 versions, the shape has 32');
  mustBe(createDirectMachine(directShapeOf({ sites: 15, heads: 3, snapshots: 28, writesMax: 29 })).rowWords, 78);
});

test('without anything asked a search tells its size and its tree alone', () => {
  const seen = exploreDirect(createDirectMachine(SHAPE));
  const { distinct, transitions, depth, complete, parent, via, rows, machine, applied, goals } = seen;
  mustEqual([distinct, transitions, depth, complete, applied.size, goals.size], [43, 62, 7, true, 0, 0]);
  mustEqual([parent.length, via.length, rows.length], [43, 43, 43 * machine.rowWords]);
  mustEqual(['graph' in seen, 'violation' in seen, parent[0], parent[1]], [false, false, -1, 0]);
  mustBe(Math.round(seen.bytesPerState * distinct), BYTES);
  mustEqual(directPathTo(seen, 0), []);
  const { graph } = exploreDirect(machine, { graph: true });
  mustEqual([graph!.length, graph!.source.length, graph!.outcome.length], [62, 62, 62]);
});

/** Of its tables, and of its tree with room for 1,024 states. */
const BYTES = 32_768 + 1024 * 6;

test('a search stops above the most states that it may see, and tells its progress', () => {
  const told: number[] = [];
  const onProgress = (states: number): void => void told.push(states);
  const some = exploreDirect(createDirectMachine(SHAPE), { maxStates: 20, onProgress });
  mustEqual([some.complete, some.distinct, told.join()], [false, SOME, '1']);
  mustBe(exploreDirect(createDirectMachine(SHAPE), { maxStates: 43 }).complete, true);
});

const SOME = 21;

test('the first state that breaks an invariant ends the search, with a shortest path', () => {
  const isIdle: DirectInvariant['holds'] = (s) => s.sites[1]!.use !== 'media';
  const seen = exploreDirect(createDirectMachine(SHAPE), {
    invariants: [
      invariant('unasked', () => false, { status: 'refuted' }),
      invariant('silent', () => false, { applies: () => false }),
      invariant('first', isIdle),
      invariant('second', isIdle),
    ],
    properties: [property('unasked too', { status: 'refuted', holds: () => false })],
    graph: true,
  });
  mustEqual([seen.violation!.claim, seen.violation!.action, seen.complete], ['first', undefined, false]);
  mustEqual([...seen.applied.keys()], ['silent', 'first', 'second']);
  mustEqual([seen.applied.get('silent'), seen.applied.get('first')], [0, seen.distinct]);
  const path = directPathTo(seen, seen.violation!.state);
  mustBe(path.map(({ action, outcome }) => `${action.kind} ${outcome}`).join(), 'strategyWrite io,directWriteDone done,commitRecord done'); // prettier-ignore
  for (const { action, index } of path) mustBe(seen.machine.actions[index], action);
  mustBe(seen.graph!.length, seen.transitions);
});

test('the first step that breaks a property is named by its source and action', () => {
  const machine = createDirectMachine(SHAPE);
  const { violation, applied, rows, complete } = exploreDirect(machine, {
    properties: [
      property('any', { holds: (before, _, after) => JSON.stringify(before) !== JSON.stringify(after) }),
      property('ends', {
        on: ['directWriteDone'],
        applies: (before) => before.next === 4,
        holds: (before, { action, outcome, completed }, after) =>
          !(action.kind === 'directWriteDone' && outcome === 'done' && completed === 1) ||
          !(before.sites[1]!.io && !after.sites[1]!.io && before.sites[1]!.backend),
      }),
      property('ends too', { on: ['directWriteDone'], applies: ({ next }) => next === 5, holds: () => false }),
      property('elsewhere', { on: ['cycle'], holds: () => false }),
    ],
  });
  mustEqual([violation!.claim, complete], ['ends', false]);
  mustEqual(machine.actions[violation!.action!], { kind: 'directWriteDone', front: 0, error: false });
  const source = blankDirectSnapshot(SHAPE);
  machine.snapshot(rows, violation!.state * machine.rowWords, source);
  mustEqual([source.sites[1]!.io, source.sites[1]!.backend], [true, true]);
  mustEqual([...applied.keys()], ['any', 'ends', 'ends too', 'elsewhere']);
  mustEqual([applied.get('elsewhere'), applied.get('ends')! > 2, applied.get('any')! > 4], [0, true, true]);
});

test('of two broken properties the first is named, and the search goes no further', () => {
  const broken = (id: string): DirectProperty => property(id, { on: ['directWriteDone'], holds: () => false });
  const { violation, transitions } = exploreDirect(createDirectMachine(SHAPE), { properties: [broken('A'), broken('B')] });
  mustEqual([violation!.claim, transitions < 6], ['A', true]);
}); // prettier-ignore

test('goals are told with the first state that reaches them', () => {
  const goal = (id: string, reached: DirectGoal['reached']): DirectGoal => ({ id, statement: 'X.', reached, example: blank }); // prettier-ignore
  let asked = 0;
  const { goals, complete } = exploreDirect(createDirectMachine(SHAPE), {
    goals: [
      goal('start', () => ++asked > 0),
      goal('written', ({ newest }) => newest[0] === 3),
      goal('too', ({ newest }) => newest[0] === 3),
      goal('never', ({ newest }) => newest[0] === 9),
    ],
  });
  mustBe([...goals].map(([id, state]) => `${id} ${Math.min(state, 1)}`).join(), 'start 0,written 1,too 1');
  mustEqual([goals.get('written'), complete, asked], [goals.get('too'), true, 1]);
});

test('who is stuck is told with the first state where nothing helps any more', () => {
  const told = (shape: DirectShape): string =>
    stuckFronts(exploreDirect(createDirectMachine(shape), { graph: true })).map((who) => JSON.stringify(who)).join(' '); // prettier-ignore
  const acts = ['strategyWrite', 'directWriteDone', 'commitRecord'];
  mustBe(told(directShapeOf({ acts, writesMax: 1 })), '{"site":1,"state":3}');
  mustBe(told(directShapeOf({ acts: ['strategyWrite'], snapshots: 1, writesMax: 1 })), '{"front":0,"state":1}');
  mustBe(told(SHAPE), '');
  mustBe(told(directShapeOf({ acts: ['bmap', 'recycleFront'] })), '');
  const graphless = 'stuckFronts needs an exploration with its graph: exploreDirect(machine, { graph: true })';
  mustThrow(() => stuckFronts(exploreDirect(createDirectMachine(SHAPE))), graphless);
});

// ── Stories ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes steps, told as `kind arguments` (1 and 0 for true and false), and compares their answers, or why they cannot happen. */
function story(parts: DirectShapeParts, steps: string): ReturnType<typeof blankDirectSnapshot> {
  const machine = createDirectMachine(directShapeOf(parts));
  let row = machine.initialRow();
  for (const line of steps.trim().split('\n')) {
    const [text, expected] = line.trim().split(' → ');
    const index = machine.actions.findIndex((action) => textOf(action) === text);
    if (index < 0) throw new Error(`there is no ${text}`);
    const into = new Int32Array(machine.rowWords);
    const answer = machine.step(row, 0, index, into);
    const refusal = machine.refusal(row, 0, index);
    mustBe(`${text} ${answer === undefined ? `${refusal!.reason} ${refusal!.name}` : `${answer.outcome} ${answer.completed}`}`, `${text} ${expected}`); // prettier-ignore
    if (answer !== undefined) row = into;
  }
  const seen = blankDirectSnapshot(machine.shape);
  machine.snapshot(row, 0, seen);
  return seen;
}

const textOf = (action: object): string =>
  Object.values(action)
    .map((value) => (typeof value === 'boolean' ? Number(value) : String(value)))
    .join(' ');

const FAULTS = ['read', 'write', 'deviceRead', 'deviceWrite'] as const;

test('an alias that is being written, or could not be, keeps its site from being handed out', () => {
  const steps = (end: string): string => `
    strategyWrite 0 1 0 → io 0
    deviceReadDone 1 0 → done 1
    commitRecord 1 → done 0
    strategyWrite 0 2 1 → io 0
    directWriteDone 0 0 → done 1
    commitRecord 2 → done 0
    cycle → done 0
    reserveComplete 1 → environment reserveComplete
    cycle → done 0
    deviceWriteBack 1 → done 0
    reserveComplete 1 → again 0
    ${end}`;
  const parts = { sites: 3, faults: FAULTS };
  const failed = story(parts, steps('deviceWriteDone 1 1 → error 0\nreserveComplete 1 → again 0'));
  mustEqual([failed.sites[1]!.use, failed.sites[1]!.alias, failed.criticalError], ['delay', 'failed', true]);
  const whole = story(parts, steps('deviceWriteDone 1 0 → done 0\nreserveComplete 1 → done 0'));
  mustEqual([whole.sites[1]!.use, whole.sites[1]!.alias, whole.sites[1]!.aliasVersion], ['free', 'none', 0]);
});

test('a read keeps the site that it comes from, whatever it waits for', () => {
  const moved = story(
    { sites: 3, faults: FAULTS, doubleBuffer: false },
    `
    deviceRead 0 → io 0
    deviceReadDone 0 0 → done 0
    deviceRelease 0 → done 0
    strategyRead 0 1 → io 0
    relocate 0 1 → done 0
    cycle → done 0
    cycle → done 0
    reserveComplete 0 → again 0
    directReadDone 0 0 → done 1
    reserveComplete 0 → done 0
    cycle → environment cycle`,
  );
  mustEqual([moved.index[0], moved.sites[0]!.use], [1, 'free']);
});

test('after a critical error who waits for the backend gives up, and nothing is committed or moved', () => {
  const seen = story(
    { heads: 2, sites: 6, writesMax: 4, faults: FAULTS },
    `
    deviceRead 0 → io 0
    deviceReadDone 0 0 → done 0
    deviceRelease 0 → done 0
    strategyWrite 0 2 1 → io 0
    commitRecord 2 → wait 0
    directWriteDone 0 0 → done 1
    strategyWrite 0 3 1 → wait 0
    resumeRead 0 → environment resumeRead
    resumeWrite 0 → promise TicketRunnable
    destroyRecord 3 → environment destroyRecord
    strategyWrite 1 4 1 → io 0
    resumeWrite 1 → promise TicketRunnable
    resumeRead 1 → promise TicketRunnable
    directWriteDone 1 1 → error 2
    commitRecord 4 → refused 0
    resumeCommit 2 → error 0
    commitRecord 2 → refused 0
    resumeWrite 0 → error 1
    relocate 0 5 → refused 0
    relocate 2 5 → environment relocate
    relocate 0 1 → environment relocate
    cycle → refused 0
    strategyWrite 0 3 1 → refused 0`,
  );
  mustEqual([seen.sites[2]!.backend, seen.sites[2]!.wait, seen.sites[3]!.use, seen.sites[3]!.version], [false, false, 'free', 0]); // prettier-ignore
});

test('a read that waits to look again is no write', () => {
  const seen = story(
    { sites: 3, doubleBuffer: true, snapshots: 1 },
    `
    deviceRead 0 → io 0
    deviceReadDone 0 0 → done 0
    deviceRelease 0 → done 0
    relocate 0 1 → done 0
    relocate 0 2 → environment relocate
    relocate 1 2 → environment relocate
    strategyRead 0 1 → wait 0
    resumeWrite 0 → environment resumeWrite
    resumeRead 0 → promise TicketRunnable
    deviceWriteDone 1 0 → done 0
    strategyWrite 0 2 0 → promise BufferIdle
    resumeRead 0 → done 1
    resumeRead 0 → promise TicketRunnable`,
  );
  mustEqual([seen.fronts[0]!.at, seen.fronts[0]!.aged, seen.fronts[0]!.cached], ['valid', true, 1]);
});

test('without repair D6 what was translated is believed, and is no write either', () => {
  const seen = story(
    { without: 'D6', snapshots: 1, doubleBuffer: true },
    `
    bmap 0 → done 0
    strategyRead 0 1 → wait 0
    resumeWrite 0 → environment resumeWrite
    resumeRead 0 → io 0
    deviceReadDone 0 0 → done 1`,
  );
  mustBe(seen.fronts[0]!.at, 'valid');
});

test('without repair D8 a volume that was not had is given back, but not by who goes through the layer', () => {
  const parts = { without: 'D8', heads: 2, sites: 5, trouble: { 1: 'missing', 2: 'missing', 3: 'beyond' }, writesMax: 4 } as const; // prettier-ignore
  mustBe(story(parts, 'strategyRead 1 1 → error 2').nullReleased, true);
  mustBe(story(parts, 'strategyRead 1 0 → error 2').nullReleased, false);
  mustBe(story(parts, 'strategyWrite 0 2 1 → error 1').nullReleased, true);
  mustBe(story(parts, 'strategyWrite 0 2 0 → error 1').nullReleased, false);
  mustBe(story(parts, 'strategyWrite 0 3 1 → error 1').nullReleased, false);
  const beyond = { ...parts, trouble: { 1: 'beyond' } } as const;
  mustBe(story(beyond, 'strategyRead 1 1 → error 2').nullReleased, false);
  mustBe(story({ ...parts, without: 'D7' }, 'strategyRead 1 1 → error 2').nullReleased, false);
  mustBe(story({ ...parts, without: 'D7' }, 'strategyWrite 0 2 1 → error 1').nullReleased, false);
});

test('nothing moves to where somebody writes, or what is cached', () => {
  const seen = story(
    { sites: 3, faults: FAULTS, without: 'D7', trouble: { 2: 'lookup' } },
    `
    deviceRead 0 → io 0
    deviceReadDone 0 0 → done 0
    deviceRelease 0 → done 0
    deviceRead 1 → io 0
    relocate 0 1 → environment relocate
    deviceReadDone 1 1 → error 0
    relocate 0 2 → environment relocate
    strategyWrite 0 2 1 → io 0
    relocate 0 1 → done 0
    strategyRead 0 1 → promise BufferIdle`,
  );
  mustEqual([seen.sites[1]!.use, seen.fronts[0]!.from], ['media', 0]);
});
