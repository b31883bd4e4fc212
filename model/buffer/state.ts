// The state of the reference model: primary facts only, one word per buffer, per client, and one for volumes and mount.
//
// What production maintains is derived here: the interlock's owner is the client that loads or waits in a release; the
// flags waiting, waitmod and wanted say that a client sleeps; running is a place on the run list; list membership follows
// from `modified` and `loose`; sums are sums. Equal snapshots then prove production's bookkeeping.

import type { ClientAt, FlushState, GetHow, Residue, Shape, Volatile } from '../../spec/buffer/snapshot.ts';
import { packedRecord } from '../explorer/packed.ts';

/** Primary facts of one hammer_io and its block. */
export interface Io {
  exists: boolean;
  refs: number;
  check: boolean;
  bp: boolean;
  released: boolean;
  modified: boolean;
  /** Open modifications, -1 under the write interlock. */
  modifyRefs: number;
  waitdep: boolean;
  reclaim: boolean;
  ioerror: boolean;
  gencrc: boolean;
  locked: boolean;
  delwri: boolean;
  notmeta: boolean;
  /** On the loose list. */
  loose: boolean;
  residue: Residue;
  /** Place on the run list, 1 = head; 0 when no write is in flight. */
  place: number;
}

/** One client: a thread of the original, with at most one handle or ticket. */
export interface Client {
  at: ClientAt;
  /** Buffer concerned plus one; 0 for none. */
  io1: number;
  runnable: boolean;
  how: GetHow;
  wantsUndo: boolean;
  closing: boolean;
  mods: number;
  interlock: boolean;
  bare: boolean;
  /** Place of its placemarker on the run list, 1 = head; 0 when it has none. */
  place: number;
  /** Two bits per volume: 1 waits for the device flush in flight, 2 for the next one. */
  needs: number;
}

export interface Volume {
  flush: FlushState;
  volatile: Volatile;
}

export interface Mount {
  criticalError: boolean;
  /** Without repair D11: by how much the original's count of locked buffers is too high. */
  lockedExtra: number;
}

/** Widest configuration that a row can hold. */
export const LIMITS = { refs: 63, clients: 15, blocks: 30, volumes: 4, modsMax: 7, runList: 31 } as const;

const IoRecord = packedRecord<Io>({
  exists: 'flag',
  refs: { bits: 6 },
  check: 'flag',
  bp: 'flag',
  released: 'flag',
  modified: 'flag',
  modifyRefs: { bits: 5, least: -1 },
  waitdep: 'flag',
  reclaim: 'flag',
  ioerror: 'flag',
  gencrc: 'flag',
  locked: 'flag',
  delwri: 'flag',
  notmeta: 'flag',
  loose: 'flag',
  residue: ['none', 'ahead', 'cached'],
  place: { bits: 5 },
});

/** Where a client can be. */
export const PLACES: readonly ClientAt[] = [
  'idle',
  'get',
  'load',
  'failed',
  'hold',
  'modify',
  'regetblk',
  'cover',
  'interlock',
  'wait',
  'release',
  'waitAll',
  'flushSync',
  'flushFailed',
  'backlog',
];

const ClientRecord = packedRecord<Client>({
  at: PLACES,
  io1: { bits: 5 },
  runnable: 'flag',
  how: ['read', 'ahead', 'new'],
  wantsUndo: 'flag',
  closing: 'flag',
  mods: { bits: 3 },
  interlock: 'flag',
  bare: 'flag',
  place: { bits: 5 },
  needs: { bits: 8 },
});

const VolumeRecord = packedRecord<Volume>({
  flush: ['clean', 'dirty', 'flushing', 'flushingDirty', 'failed'],
  volatile: ['none', 'covered', 'exposed'],
});

const MountRecord = packedRecord<Mount>({ criticalError: 'flag', lockedExtra: { bits: 3 } });

/** The one mutable state of a machine: transitions change it, the explorer copies rows in and out of `words`. */
export class State {
  readonly shape: Shape;
  readonly words: Int32Array;
  readonly ios: readonly Io[];
  readonly clients: readonly Client[];
  readonly volumes: readonly Volume[];
  readonly mount: Mount;
  /** Index of the io of each volume, or -1 where volumes are no ios. */
  readonly volumeIo: readonly number[];
  /** Disk statistics of the step being made, in bytes. */
  diskRead = 0;
  diskWrite = 0;

  constructor(shape: Shape) {
    checkLimits(shape);
    const { blocks, clients, volumes } = shape;
    this.shape = shape;
    this.words = new Int32Array(blocks.length + clients.length + volumes.length + 1);
    let base = 0;
    this.ios = blocks.map(() => new IoRecord(this.words, base++));
    this.clients = clients.map(() => new ClientRecord(this.words, base++));
    this.volumes = volumes.map(() => new VolumeRecord(this.words, base++));
    this.mount = new MountRecord(this.words, base);
    this.volumeIo = volumes.map((_, v) => blocks.findIndex((block) => block.type === 'volume' && block.volume === v));
    for (const io of this.ios) io.modifyRefs = 0;
  }
}

/** A shape that does not fit into a row. */
export class ShapeTooLarge extends Error {
  override readonly name = 'ShapeTooLarge';
}

function checkLimits(shape: Shape): void {
  const tooMany = (what: string, have: number, most: number): void => {
    if (have > most)
      throw new ShapeTooLarge(`the model holds ${most} ${what}, and the shape has ${have}; make it smaller`);
  };
  tooMany('blocks', shape.blocks.length, LIMITS.blocks);
  tooMany('clients', shape.clients.length, LIMITS.clients);
  tooMany('volumes', shape.volumes.length, LIMITS.volumes);
  tooMany('modifications per handle', shape.modsMax, LIMITS.modsMax);
  tooMany('entries of the run list', shape.blocks.length + shape.clients.length, LIMITS.runList);
}
