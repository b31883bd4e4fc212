// The observable state of the model: what production maintains is computed here from the primary facts.

import type {
  ClientSnapshot,
  IoSnapshot,
  ModRoot,
  MountSnapshot,
  RunEntry,
  Shape,
  Snapshot,
  VolumeSnapshot,
} from '../spec/snapshot.ts';
import { isAsleep, isOndisk, isReading, isRunning, modRootOf, ownerOf } from './facts.ts';
import { needOf } from './barriers.ts';
import type { State } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A Snapshot that is written over and over; arrays are reused. */
export interface MutableSnapshot extends Snapshot {
  readonly ios: readonly Mutable<IoSnapshot>[];
  readonly clients: readonly (Mutable<Omit<ClientSnapshot, 'needs'>> & { readonly needs: number[] })[];
  readonly volumes: readonly Mutable<VolumeSnapshot>[];
  readonly mount: Mutable<MountSnapshot>;
  readonly iorun: RunEntry[];
  readonly lists: Readonly<Record<Exclude<ModRoot, 'none'>, number[]>>;
}

export function takeSnapshot(s: State, into: MutableSnapshot): void {
  const { blockBytes } = s.shape;
  const { mount, lists, iorun } = into;
  mount.criticalError = s.mount.criticalError;
  mount.lockedDirtySpace = 0;
  mount.ioRunningSpace = 0;
  mount.runningReadBytes = 0;
  mount.runningWriteBytes = 0;
  mount.ioLockedCount = s.mount.lockedExtra;
  lists.volu.length = lists.meta.length = lists.undo.length = lists.data.length = lists.lose.length = 0;
  iorun.length = 0;
  for (let b = 0; b < s.ios.length; b++) {
    takeIo(s, b, into.ios[b]!);
    const { reading, running, locked, modRoot } = into.ios[b]!;
    if (reading) mount.runningReadBytes += blockBytes;
    if (running) {
      mount.runningWriteBytes += blockBytes;
      mount.ioRunningSpace += blockBytes;
      iorun[s.ios[b]!.place - 1] = ioEntry(b);
    }
    if (locked) mount.ioLockedCount += 1;
    if (modRoot === 'meta' || modRoot === 'volu') mount.lockedDirtySpace += blockBytes;
    // Blocks stand in device order, so the lists come out in the seed's order (L69-85).
    if (modRoot !== 'none') lists[modRoot].push(b);
  }
  for (let c = 0; c < s.clients.length; c++) {
    takeClient(s, c, into.clients[c]!);
    if (s.clients[c]!.place > 0) iorun[s.clients[c]!.place - 1] = clientEntry(c);
  }
  for (let v = 0; v < s.volumes.length; v++) {
    into.volumes[v]!.flush = s.volumes[v]!.flush;
    into.volumes[v]!.volatile = s.volumes[v]!.volatile;
  }
}

function takeIo(s: State, b: number, into: Mutable<IoSnapshot>): void {
  const io = s.ios[b]!;
  into.type = s.shape.blocks[b]!.type;
  into.volume = s.shape.blocks[b]!.volume;
  into.exists = io.exists;
  into.refs = io.refs;
  into.interlockOwner = ownerOf(s, b);
  into.check = io.check;
  into.wanted = isAsleep(s, b, 'get');
  into.bp = io.bp;
  into.reading = isReading(s, b);
  into.ondisk = isOndisk(s, b);
  into.released = io.released;
  into.modified = io.modified;
  into.running = isRunning(io);
  into.waiting = isAsleep(s, b, 'wait') || isAsleep(s, b, 'release');
  into.modifyRefs = io.modifyRefs;
  into.waitmod = isAsleep(s, b, 'modify') || isAsleep(s, b, 'interlock');
  into.waitdep = io.waitdep;
  into.reclaim = io.reclaim;
  into.ioerror = io.ioerror;
  into.gencrc = io.gencrc;
  into.locked = io.locked;
  into.delwri = io.delwri;
  into.notmeta = io.notmeta;
  into.modRoot = modRootOf(s, b);
  into.residue = io.residue;
}

function takeClient(s: State, c: number, into: MutableSnapshot['clients'][number]): void {
  const client = s.clients[c]!;
  into.at = client.at;
  into.io = client.io1 - 1;
  into.runnable = client.runnable;
  into.how = client.how;
  into.wantsUndo = client.wantsUndo;
  into.closing = client.closing;
  into.mods = client.mods;
  into.interlock = client.interlock;
  into.bare = client.bare;
  for (let v = 0; v < s.volumes.length; v++) into.needs[v] = needOf(client, v);
}

const IO_ENTRIES = Array.from({ length: 32 }, (_, io): RunEntry => ({ io }));
const CLIENT_ENTRIES = Array.from({ length: 32 }, (_, client): RunEntry => ({ client }));
const ioEntry = (b: number): RunEntry => IO_ENTRIES[b]!;
const clientEntry = (c: number): RunEntry => CLIENT_ENTRIES[c]!;

/** A snapshot of the shape to be written into. */
export function blankSnapshot(shape: Shape): MutableSnapshot {
  return {
    ios: shape.blocks.map(({ type, volume }) => ({
      type, volume, exists: false, refs: 0, interlockOwner: -1, check: false, wanted: false, bp: false, reading: false, ondisk: false,
      released: false, modified: false, running: false, waiting: false, modifyRefs: 0, waitmod: false, waitdep: false, reclaim: false,
      ioerror: false, gencrc: false, locked: false, delwri: false, notmeta: false, modRoot: 'none', residue: 'none',
    })), // prettier-ignore
    clients: shape.clients.map(() => ({
      at: 'idle', io: -1, runnable: false, how: 'read', wantsUndo: false, closing: false, mods: 0, interlock: false, bare: false,
      needs: shape.volumes.map(() => 0),
    })), // prettier-ignore
    volumes: shape.volumes.map(() => ({ flush: 'clean', volatile: 'none' })),
    mount: {
      criticalError: false,
      lockedDirtySpace: 0,
      ioRunningSpace: 0,
      runningReadBytes: 0,
      runningWriteBytes: 0,
      ioLockedCount: 0,
    },
    iorun: [],
    lists: { volu: [], meta: [], undo: [], data: [], lose: [] },
  };
}
