// Statements that we believed and that are false: each trace of the catalogue runs on the model, and ends where the
// statement does not hold. Without this, a change of the machine could make one of them true again and nobody would know.

import { describe, expect, it } from 'vitest';
import {
  ACTION_KINDS,
  CLAIMS,
  INVARIANTS,
  PROPERTIES,
  REPAIR_IDS,
  type Shape,
  type Snapshot,
} from '../../../spec/index.ts';
import { blankSnapshot, createMachine, explore, pathTo } from '../../../model/index.ts';
import { stepText } from '../../kit/story.ts';

const SHAPE: Shape = {
  blocks: [{ name: 'd', type: 'data', volume: 0 }],
  volumes: ['v1'],
  clients: ['A', 'B'],
  repairs: REPAIR_IDS,
  faults: ['read', 'write', 'flush', 'undo'],
  acts: ACTION_KINDS,
  readAhead: null,
  undoLog: false,
  blockBytes: 16384,
  backlogBytesMax: 0,
  modsMax: 2,
};

/** The refuted statements, each about a state, a step, or a whole path, which runs from the initial state. */
const STATES: Readonly<Record<string, (s: Snapshot) => boolean>> = {
  I6: (s) => s.ios.every((io) => !io.bp || io.released || io.refs > 0 || io.type === 'meta' || io.type === 'volume'),
  H11: (s) => s.ios.every((io) => !io.bp || io.released || !io.modified || !io.delwri),
  I48: (s) =>
    s.volumes.every(
      ({ flush, volatile }) =>
        volatile === 'none' || flush === 'dirty' || flush === 'failed' || flush === 'flushingDirty',
    ),
};
const STEPS: Readonly<Record<string, (before: Snapshot, after: Snapshot) => boolean>> = {
  H5: (before, after) =>
    before.clients.every((who, c) => {
      const isWaitedFor = before.clients.some((other, o) => o !== c && other.at === 'interlock' && other.io === who.io);
      return !isWaitedFor || who.mods > 0 || after.clients[c]!.mods === 0;
    }),
};
const PATHS: Readonly<Record<string, (path: readonly Snapshot[]) => boolean>> = {
  I34: (path) => {
    if (last(path).clients[1]!.at === 'waitAll') return true;
    const start = path.findIndex((s) => s.clients[1]!.at === 'waitAll') - 1;
    return path[start]!.ios.every((io, b) => !io.running || !last(path).ios[b]!.running);
  },
};

/** Does the statement hold everywhere on the path? */
function holdsOn(id: string, path: readonly Snapshot[]): boolean {
  const [state, step, whole] = [STATES[id], STEPS[id], PATHS[id]];
  if (state !== undefined) return path.every(state);
  if (step !== undefined) return path.every((s, i) => i === 0 || step(path[i - 1]!, s));
  return whole!(path);
}

const last = (path: readonly Snapshot[]): Snapshot => path.at(-1)!;

/** The states along a trace, by trying every action whose text is the next line. */
function replay(trace: readonly string[]): Snapshot[] {
  const machine = createMachine(SHAPE);
  const into = new Int32Array(machine.rowWords);
  let row: Int32Array = machine.initialRow().slice();
  const path = [snapshotOf(row)];
  for (const line of trace) {
    const before = last(path);
    const index = machine.actions.findIndex((action, i) => {
      const step = machine.step(row, 0, i, into);
      return step !== undefined && stepText(SHAPE, action, step.outcome, before) === line;
    });
    if (index < 0) throw new Error(`the model cannot do '${line}' after ${path.length - 1} steps`);
    row = into.slice();
    path.push(snapshotOf(row));
  }
  return path;

  function snapshotOf(words: Int32Array): Snapshot {
    const s = blankSnapshot(SHAPE);
    machine.snapshot(words, 0, s);
    return s;
  }
}

const REFUTED = CLAIMS.flatMap(({ id, refutation }) => (refutation === undefined ? [] : [[id, refutation] as const]));

/** Steps on the shortest path to a violation; the claim of that id is only the dress of the refuted statement. */
function shortest(id: string): number {
  const [state, step] = [STATES[id], STEPS[id]];
  const found = explore(createMachine(SHAPE), {
    invariants: state === undefined ? [] : [{ ...INVARIANTS[0]!, applies: () => true, holds: (s) => state(s) }],
    properties:
      step === undefined ? [] : [{ ...PROPERTIES[0]!, on: 'any', applies: () => true, holds: (b, _, a) => step(b, a) }],
  });
  const violation = found.violation!;
  return pathTo(found, violation.state).length + (violation.action === undefined ? 0 : 1);
}

describe('refuted statements', () => {
  it('are all known here', () => {
    const known = [STATES, STEPS, PATHS].flatMap((statements) => Object.keys(statements));
    expect(REFUTED.map(([id]) => id).sort()).toEqual(known.sort());
  });

  it.each(REFUTED)('%s does not hold at the end of its trace, and holds until then', (id, { trace }) => {
    expect(holdsOn(id, replay(trace))).toBe(false);
    expect(holdsOn(id, replay(trace.slice(0, -1)))).toBe(true);
  });

  it.each(REFUTED.filter(([id]) => PATHS[id] === undefined))('%s has no shorter trace', (id, { trace }) => {
    expect(shortest(id)).toBe(trace.length);
  });
});
