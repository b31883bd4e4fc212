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
import { isOndisk, isRunning, modRootOf } from './facts.ts';
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

/** Writes the whole observable state of `s` into `into`. */
export function takeSnapshot(s: State, into: MutableSnapshot): void {
  for (let b = 0; b < s.ios.length; b++) takeIo(s, b, into.ios[b]!);
  for (let c = 0; c < s.clients.length; c++) takeClient(s, c, into.clients[c]!);
  takeTotals(s, into);
}

/**
 * A snapshot that is kept current. What is observed of an io follows from its own word and from the words of the clients
 * that are concerned with it, and one step changes few words: `look` takes anew only what could have changed.
 */
export class View {
  readonly snapshot: MutableSnapshot;
  private readonly state: State;
  private readonly words: Int32Array;
  private readonly concerns: Uint8Array;
  private readonly stale: Uint8Array;

  constructor(state: State) {
    this.state = state;
    this.snapshot = blankSnapshot(state.shape);
    this.words = state.words.slice();
    this.concerns = new Uint8Array(state.clients.length);
    this.stale = new Uint8Array(state.ios.length).fill(1);
    takeSnapshot(state, this.snapshot);
    state.clients.forEach((client, c) => (this.concerns[c] = client.io1));
  }

  /** The snapshot of what the state is now. */
  look(): MutableSnapshot {
    const { state, snapshot, words, concerns, stale } = this;
    const now = state.words;
    const blocks = stale.length;
    let changed = false;
    for (let b = 0; b < blocks; b++) stale[b] = 0;
    for (let i = 0; i < words.length; i++) {
      if (words[i] === now[i]) continue;
      words[i] = now[i]!;
      changed = true;
      if (i < blocks) stale[i] = 1;
      else if (i < blocks + concerns.length) {
        const c = i - blocks;
        const io1 = state.clients[c]!.io1;
        if (io1 > 0) stale[io1 - 1] = 1;
        if (concerns[c]! > 0) stale[concerns[c]! - 1] = 1;
        concerns[c] = io1;
        takeClient(state, c, snapshot.clients[c]!);
      }
    }
    if (!changed) return snapshot;
    for (let b = 0; b < blocks; b++) if (stale[b] === 1) takeIo(state, b, snapshot.ios[b]!);
    takeTotals(state, snapshot);
    return snapshot;
  }
}

/** Sums, lists, run list, volumes and mount, from ios that are taken already. */
function takeTotals(s: State, into: MutableSnapshot): void {
  const { blockBytes } = s.shape;
  const { mount, lists, iorun } = into;
  mount.criticalError = s.mount.criticalError;
  mount.lockedDirtySpace = 0;
  mount.runningReadBytes = 0;
  mount.runningWriteBytes = 0;
  mount.ioLockedCount = s.mount.lockedExtra;
  empty(lists.volu);
  empty(lists.meta);
  empty(lists.undo);
  empty(lists.data);
  empty(lists.lose);
  empty(iorun);
  for (let b = 0; b < s.ios.length; b++) {
    const { reading, running, locked, modRoot } = into.ios[b]!;
    if (reading) mount.runningReadBytes += blockBytes;
    if (running) {
      mount.runningWriteBytes += blockBytes;
      iorun[s.ios[b]!.place - 1] = IO_ENTRIES[b]!;
    }
    if (locked) mount.ioLockedCount += 1;
    if (modRoot === 'meta' || modRoot === 'volu') mount.lockedDirtySpace += blockBytes;
    // Blocks stand in device order, so the lists come out in the seed's order (L69-85).
    if (modRoot !== 'none') lists[modRoot].push(b);
  }
  mount.ioRunningSpace = mount.runningWriteBytes;
  for (let c = 0; c < s.clients.length; c++) {
    const { place } = s.clients[c]!;
    if (place > 0) iorun[place - 1] = CLIENT_ENTRIES[c]!;
  }
  for (let v = 0; v < s.volumes.length; v++) {
    into.volumes[v]!.flush = s.volumes[v]!.flush;
    into.volumes[v]!.volatile = s.volumes[v]!.volatile;
  }
}

/** Setting the length of an array is slow even when it is empty, and most are. */
function empty(array: unknown[]): void {
  if (array.length > 0) array.length = 0;
}

function takeIo(s: State, b: number, into: Mutable<IoSnapshot>): void {
  const io = s.ios[b]!;
  into.type = s.shape.blocks[b]!.type;
  into.volume = s.shape.blocks[b]!.volume;
  into.exists = io.exists;
  into.refs = io.refs;
  into.check = io.check;
  into.bp = io.bp;
  into.ondisk = isOndisk(s, b);
  into.released = io.released;
  into.modified = io.modified;
  into.running = isRunning(io);
  into.modifyRefs = io.modifyRefs;
  into.waitdep = io.waitdep;
  into.reclaim = io.reclaim;
  into.ioerror = io.ioerror;
  into.gencrc = io.gencrc;
  into.locked = io.locked;
  into.delwri = io.delwri;
  into.notmeta = io.notmeta;
  into.modRoot = modRootOf(s, b);
  into.residue = io.residue;
  takeWaiters(s, b, into);
}

/** What is said of an io because of the clients that are concerned with it, in one pass over them. */
function takeWaiters(s: State, b: number, into: Mutable<IoSnapshot>): void {
  into.interlockOwner = -1;
  into.reading = into.wanted = into.waiting = into.waitmod = false;
  for (let c = 0; c < s.clients.length; c++) {
    const client = s.clients[c]!;
    if (client.io1 !== b + 1) continue;
    const { at } = client;
    if (at === 'load') {
      into.reading = true;
      into.interlockOwner = c;
    } else if (!client.runnable) {
      if (at === 'release') into.interlockOwner = c;
      if (at === 'get') into.wanted = true;
      else if (at === 'wait' || at === 'release') into.waiting = true;
      else if (at === 'modify' || at === 'interlock') into.waitmod = true;
    }
  }
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
