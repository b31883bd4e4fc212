// Small shapes for tests: one DATA block on one volume with two clients, every repair, every action; override what matters.

import { ACTION_KINDS, type ActionKind } from '../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type IoType, type Shape } from '../../spec/buffer/snapshot.ts';

/** A shape with the given parts replaced. */
export function shapeOf(parts: Partial<Shape> = {}): Shape {
  return {
    blocks: [block('d1', 'data')],
    volumes: ['v1'],
    clients: ['c1', 'c2'],
    repairs: REPAIR_IDS,
    faults: [],
    acts: ACTION_KINDS,
    readAhead: null,
    undoLog: true,
    blockBytes: 16_384,
    backlogBytesMax: 0,
    modsMax: 1,
    ...parts,
  };
}

export const block = (name: string, type: IoType, volume = 0): Shape['blocks'][number] => ({ name, type, volume });

/** Every action kind but these. */
export const actsWithout = (...kinds: ActionKind[]): readonly ActionKind[] =>
  ACTION_KINDS.filter((kind) => !kinds.includes(kind));
