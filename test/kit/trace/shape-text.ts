// A shape as JSON: what a trace or a hello says about blocks, volumes and clients, and how it is read with suspicion.
//
// Only what an implementation can know is written. Which actions a configuration offers and which faults it injects are
// bounds of an exploration: whoever reads a shape back gets all of them.

import { LIMITS } from '../../../model/index.ts';
import { ACTION_KINDS } from '../../../spec/buffer/vocabulary.ts';
import type { BlockShape, RepairId, Shape } from '../../../spec/buffer/snapshot.ts';
import { flagOf, listOf, Malformed, objectOf, quoted, refuseOthers, textOf, wholeOf, wordOf } from './malformed.ts';

export type PlainShape = Omit<Shape, 'repairs' | 'faults' | 'acts'>;

const FIELDS = [
  'blocks', 'volumes', 'clients', 'readAhead', 'undoLog', 'blockBytes', 'backlogBytesMax', 'modsMax',
] as const satisfies (keyof PlainShape)[]; // prettier-ignore
const TYPES = ['volume', 'meta', 'undo', 'data'] as const;
const BLOCK_BYTES_MAX = 1 << 24;

/** The part of a shape that is written. */
export function plainShape(shape: Shape): PlainShape {
  const { blocks, volumes, clients, readAhead, undoLog, blockBytes, backlogBytesMax, modsMax } = shape;
  return { blocks, volumes, clients, readAhead, undoLog, blockBytes, backlogBytesMax, modsMax };
}

/** The shape that JSON means, with the given repairs and without bounds of exploration. */
export function readShape(given: unknown, repairs: readonly RepairId[]): Shape {
  const shape = objectOf(given, 'the shape');
  refuseOthers(shape, FIELDS, 'the shape');
  const volumes = names(shape['volumes'], LIMITS.volumes, 'volumes');
  const blocks = listOf(shape['blocks'], LIMITS.blocks, '"blocks"').map((item) => readBlock(item, volumes.length));
  const clients = names(shape['clients'], LIMITS.clients, 'clients');
  distinct([...blocks.map(({ name }) => name), ...volumes, ...clients]);
  if (blocks.length === 0) throw new Malformed('the shape has no block');
  if (blocks.length + clients.length > LIMITS.runList)
    throw new Malformed(`the shape has more than ${LIMITS.runList} blocks and clients together`);
  if (volumes.some((_, v) => blocks.filter((b) => b.type === 'volume' && b.volume === v).length > 1))
    throw new Malformed('the shape has a volume with two blocks of type volume');
  return {
    blocks,
    volumes,
    clients,
    repairs,
    faults: ['read', 'write', 'flush', 'undo'],
    acts: ACTION_KINDS,
    readAhead: readPair(shape['readAhead'], blocks),
    undoLog: flagOf(shape['undoLog'], '"undoLog"'),
    blockBytes: wholeOf(shape['blockBytes'], BLOCK_BYTES_MAX, '"blockBytes"'),
    backlogBytesMax: wholeOf(shape['backlogBytesMax'], Number.MAX_SAFE_INTEGER, '"backlogBytesMax"'),
    modsMax: wholeOf(shape['modsMax'], LIMITS.modsMax, '"modsMax"'),
  };
}

function names(given: unknown, most: number, what: string): readonly string[] {
  const list = listOf(given, most, `"${what}"`).map((item) => textOf(item, `an entry of "${what}"`));
  if (list.length === 0) throw new Malformed(`"${what}" is empty`);
  return list;
}

function readBlock(given: unknown, volumes: number): BlockShape {
  const block = objectOf(given, 'a block');
  refuseOthers(block, ['name', 'type', 'volume'], 'a block');
  return {
    name: textOf(block['name'], '"name" of a block'),
    type: wordOf(block['type'], TYPES, '"type" of a block'),
    volume: wholeOf(block['volume'], volumes - 1, '"volume" of a block'),
  };
}

/** Two things of one name could not be told apart in a story. */
function distinct(all: readonly string[]): void {
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new Malformed(`the shape has two things called ${quoted(twice)}`);
}

function readPair(given: unknown, blocks: readonly BlockShape[]): Shape['readAhead'] {
  if (given === null) return null;
  const pair = listOf(given, 2, '"readAhead"').map((item) => wholeOf(item, blocks.length - 1, '"readAhead"'));
  const [head, next] = pair;
  if (head === undefined || next === undefined) throw new Malformed('"readAhead" is neither null nor a pair of blocks');
  const second = blocks[next]!;
  if (next <= head || second.type === 'volume' || second.volume !== blocks[head]!.volume)
    throw new Malformed('"readAhead" does not name a block and one behind it on the same volume');
  return [head, next];
}
