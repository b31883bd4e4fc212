// Configurations beyond every bound of exhaustive checking, drawn by dice, and the smaller ones next to a given one.
//
// Four to nine blocks of all types on two or three volumes, with and without volume headers that are full ios; three to six
// clients; now and then a read-ahead pair, an UNDO log, room in the backlog, up to three modifications per handle. Every
// fault is offered; whether a run uses it is the swarm's business.

import type { ActionKind } from '../../../spec/buffer/vocabulary.ts';
import type { BlockShape, IoType, RepairId, Shape } from '../../../spec/buffer/snapshot.ts';
import { BLOCK_BYTES } from '../configurations.ts';
import type { Dice } from './dice.ts';

/** What is not left to chance. */
export interface ShapeTerms {
  readonly repairs: readonly RepairId[];
  readonly acts: readonly ActionKind[];
}

const BUFFER_TYPES: readonly IoType[] = ['data', 'undo', 'meta', 'data', 'undo'];
const LETTER: Readonly<Record<IoType, string>> = { volume: 'h', meta: 'm', undo: 'u', data: 'd' };

export function drawShape(dice: Dice, { repairs, acts }: ShapeTerms): Shape {
  const volumes = 2 + Number(dice(4) === 0);
  const headers = [0, 1, volumes, volumes][dice(4)]!;
  const buffers = Math.max(3, 4 + dice(5) - headers);
  const blocks: BlockShape[] = [];
  const add = (type: IoType, volume: number) => blocks.push({ name: '', type, volume });
  for (let v = 0; v < headers; v++) add('volume', v);
  for (let b = 0; b < buffers; b++) add(BUFFER_TYPES[b < 3 ? b : dice(BUFFER_TYPES.length)]!, dice(volumes));
  return named({
    blocks,
    volumes: Array<string>(volumes).fill(''),
    clients: Array<string>(3 + dice(4)).fill(''),
    repairs,
    faults: ['read', 'write', 'flush', 'undo'],
    acts,
    readAhead: drawPair(dice, blocks),
    undoLog: dice(3) > 0,
    blockBytes: BLOCK_BYTES,
    backlogBytesMax: dice(3) * BLOCK_BYTES,
    modsMax: 1 + dice(3),
  });
}

/** The shape with plain names: m1, m2, d1, … for blocks by their type, c1, … and v1, … */
function named(shape: Shape): Shape {
  const numbers = new Map<IoType, number>();
  const blocks = shape.blocks.map(({ type, volume }) => {
    const number = 1 + (numbers.get(type) ?? 0);
    numbers.set(type, number);
    return { name: `${LETTER[type]}${number}`, type, volume };
  });
  const clients = shape.clients.map((_, c) => `c${c + 1}`);
  return { ...shape, blocks, clients, volumes: shape.volumes.map((_, v) => `v${v + 1}`) };
}

/** Two buffers next to each other on one volume, if there are such and chance wants one. */
function drawPair(dice: Dice, blocks: readonly BlockShape[]): Shape['readAhead'] {
  const heads = blocks.flatMap((block, b) => (isPair(block, blocks[b + 1]) ? [b] : []));
  if (heads.length === 0 || dice(3) === 0) return null;
  const head = heads[dice(heads.length)]!;
  return [head, head + 1];
}

function isPair(head: BlockShape, next: BlockShape | undefined): boolean {
  return next !== undefined && head.type !== 'volume' && next.type !== 'volume' && head.volume === next.volume;
}

/** A shape with one thing less, and where the clients and blocks of the larger one are found in it. */
export interface SmallerShape {
  readonly shape: Shape;
  readonly client: (c: number) => number;
  readonly place: (b: number) => number;
}

const same = (n: number): number => n;
const closing =
  (gap: number) =>
  (n: number): number =>
    n > gap ? n - 1 : n;

/** The `k`-th way to make the shape smaller: undefined where there is nothing to take away, null beyond the last way. */
export function smallerShape(shape: Shape, k: number): SmallerShape | undefined | null {
  const { blocks, clients, volumes } = shape;
  if (k < blocks.length) return blocks.length === 1 ? undefined : withoutBlock(shape, k);
  const c = k - blocks.length;
  if (c < clients.length) {
    if (clients.length === 1) return undefined;
    return { shape: { ...shape, clients: clients.toSpliced(c, 1) }, client: closing(c), place: same };
  }
  const v = c - clients.length;
  if (v < volumes.length) return withoutVolume(shape, v);
  const plainer = plainerShapes(shape);
  const at = v - volumes.length;
  if (at >= plainer.length) return null;
  const plain = plainer[at];
  return plain === undefined ? undefined : { shape: plain, client: same, place: same };
}

function withoutBlock(shape: Shape, b: number): SmallerShape {
  const pair = shape.readAhead;
  const [head, next] = pair ?? [-1, -1];
  const place = closing(b);
  const readAhead: Shape['readAhead'] = pair === null || head === b || next === b ? null : [place(head), place(next)];
  return { shape: { ...shape, blocks: shape.blocks.toSpliced(b, 1), readAhead }, client: same, place };
}

/** Only a volume without blocks can go. */
function withoutVolume(shape: Shape, v: number): SmallerShape | undefined {
  if (shape.volumes.length === 1 || shape.blocks.some(({ volume }) => volume === v)) return undefined;
  const place = closing(v);
  const blocks = shape.blocks.map((block) => ({ ...block, volume: place(block.volume) }));
  return { shape: { ...shape, blocks, volumes: shape.volumes.toSpliced(v, 1) }, client: same, place: same };
}

function hasPlainNames(shape: Shape): boolean {
  const plain = named(shape);
  return (
    shape.blocks.every(({ name }, b) => name === plain.blocks[b]!.name) &&
    shape.clients.every((name, c) => name === plain.clients[c]) &&
    shape.volumes.every((name, v) => name === plain.volumes[v])
  );
}

function plainerShapes(shape: Shape): readonly (Shape | undefined)[] {
  return [
    shape.readAhead === null ? undefined : { ...shape, readAhead: null },
    shape.undoLog ? { ...shape, undoLog: false } : undefined,
    shape.backlogBytesMax === 0 ? undefined : { ...shape, backlogBytesMax: 0 },
    shape.modsMax === 1 ? undefined : { ...shape, modsMax: 1 },
    hasPlainNames(shape) ? undefined : named(shape),
  ];
}

/** The shape in one line: `h1 m1 d1 on v1, d2 on v2; c1 c2; no UNDO log; read-ahead d1-d2; …`. */
export function shapeText(shape: Shape): string {
  const names = (ofVolume: number): string =>
    shape.blocks.flatMap(({ name, volume }) => (volume === ofVolume ? [name] : [])).join(' ') || 'nothing';
  const parts = [
    shape.volumes.map((name, v) => `${names(v)} on ${name}`).join(', '),
    `clients ${shape.clients.join(' ')}`,
    shape.undoLog ? 'UNDO log' : 'no UNDO log',
    `backlog of ${shape.backlogBytesMax / shape.blockBytes} blocks`,
    `${shape.modsMax} modifications per handle`,
  ];
  if (shape.readAhead !== null) {
    const [head, next] = shape.readAhead;
    parts.push(`read-ahead ${shape.blocks[head]!.name}-${shape.blocks[next]!.name}`);
  }
  return parts.join('; ');
}
