// The model's name for a state must be letter for letter what is read from an engine's output for the same state. The engine's
// text is written here in another way than in the kit: fields in the order of the vocabulary, then through the reader of values.

import { describe, expect, test } from 'vitest';
import { createMachine, explore, blankSnapshot } from '../../../model/index.ts';
import { LABELS } from '../../../spec/buffer/vocabulary.ts';
import type { Shape, Snapshot } from '../../../spec/buffer/snapshot.ts';
import { countEdges, depthOf } from '../../tla/graph.ts';
import { modelGraph } from '../../tla/model-graph.ts';
import { stateWriter } from '../../kit/tla-text.ts';
import { canonical, canonicalState, parseValue } from '../../kit/tla/value.ts';
import { DATA_SHAPE, META_UNDO_SHAPE } from '../../support/shapes.ts';

/** What tla-checker prints for a state, variable by variable. */
function engineText(shape: Shape, s: Snapshot): [string, string][] {
  const name = (names: readonly string[], i: number): string => names[i] ?? 'none';
  const blocks = shape.blocks.map((b) => b.name);
  const text = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));
  const record = (fields: Record<string, string>): string =>
    `[${Object.entries(fields)
      .map(([key, value]) => `${key} |-> ${value}`)
      .join(', ')}]`;
  const map = (keys: readonly string[], values: readonly string[]): string =>
    `(${keys.map((key, i) => `${key} :> ${values[i]!}`).join(' @@ ')})`;
  const texts = (from: object): Record<string, string> =>
    Object.fromEntries(Object.entries(from).map(([key, value]) => [key, text(value)]));
  const ios = s.ios.map(({ type: _type, volume: _volume, interlockOwner, ...rest }) =>
    record({ ...texts(rest), owner: name(shape.clients, interlockOwner) }),
  );
  const clients = s.clients.map(({ io, needs, ...rest }) =>
    record({ ...texts(rest), io: name(blocks, io), needs: map(shape.volumes, needs.map(String)) }),
  );
  const run = s.iorun.map((e) => ('io' in e ? blocks[e.io]! : shape.clients[e.client]!));
  return [
    ['io', map(blocks, ios)],
    ['cl', map(shape.clients, clients)],
    [
      'vol',
      map(
        shape.volumes,
        s.volumes.map((v) => record(texts(v))),
      ),
    ],
    ['iorun', `<<${run.join(', ')}>>`],
    ['crit', String(s.mount.criticalError)],
    ['lockedExtra', String(s.mount.ioLockedCount - s.ios.filter((io) => io.locked).length)],
  ];
}

const read = (variables: readonly [string, string][]): string =>
  canonicalState(variables.map(([name, value]) => [name, canonical(parseValue(value))] as const));

describe('the text of a state', () => {
  test.each([
    ['DATA, two clients', DATA_SHAPE],
    ['META with UNDO', META_UNDO_SHAPE],
  ])('%s: is what is read from an engine, in every reachable state', (_, shape) => {
    const { machine, rows, distinct } = explore(createMachine(shape));
    const write = stateWriter(shape);
    const snapshot = blankSnapshot(shape);
    const texts = new Set<string>();
    const wrong: string[] = [];
    for (let state = 0; state < distinct; state++) {
      machine.snapshot(rows, state * machine.rowWords, snapshot);
      const text = write(snapshot);
      texts.add(text);
      if (text !== read(engineText(shape, snapshot))) wrong.push(text);
    }
    expect(wrong).toEqual([]);
    expect(texts.size).toBe(distinct); // no two states under one name
  });

  test('of the initial state reads as it stands here', () => {
    const machine = createMachine({ ...DATA_SHAPE, clients: ['c1'] });
    const snapshot = blankSnapshot(machine.shape);
    machine.snapshot(machine.initialRow(), 0, snapshot);
    expect(stateWriter(machine.shape)(snapshot)).toBe(
      'cl=(#c1:[at:"idle",bare:false,closing:false,how:"read",interlock:false,io:#none,mods:0,needs:(#v1:0),runnable:false,' +
        'wantsUndo:false]);crit=false;io=(#d1:[bp:false,check:false,delwri:false,exists:false,gencrc:false,ioerror:false,' +
        'locked:false,modRoot:"none",modified:false,modifyRefs:0,notmeta:false,ondisk:false,owner:#none,reading:false,' +
        'reclaim:false,refs:0,released:false,residue:"none",running:false,waitdep:false,waiting:false,waitmod:false,' +
        'wanted:false]);iorun=<>;lockedExtra=0;vol=(#v1:[flush:"clean",volatile:"none"])',
    );
  });
});

describe("the model's graph", () => {
  const exploration = explore(createMachine(META_UNDO_SHAPE), { graph: true });
  const graph = modelGraph(exploration);

  test('has the states, the edges and the depth of the exploration', () => {
    expect(graph.states.length).toBe(exploration.distinct);
    expect(graph.source.length).toBe(exploration.transitions);
    expect(countEdges(graph)).toBeLessThanOrEqual(exploration.transitions); // two clients may do the same
    expect(depthOf(graph)).toBe(exploration.depth);
    expect(graph.init).toEqual([0]);
  });

  test('has labels of the vocabulary, each once', () => {
    expect(new Set(graph.labels).size).toBe(graph.labels.length);
    expect(graph.labels.filter((label) => !LABELS.includes(label))).toEqual([]);
    expect(Math.max(...graph.label)).toBe(graph.labels.length - 1);
  });

  test('cannot be had from an exploration without edges', () => {
    expect(() => modelGraph(explore(createMachine(META_UNDO_SHAPE)))).toThrow(/graph: true/);
  });
});
