// The observable state of the model as a whole, and a view of it that is kept current.

import type { BlockShape, RunEntry, Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import {
  takeClient,
  takeIo,
  takeLists,
  takeRunList,
  takeSums,
  takeVolume,
  waitersOf,
  type MutableClient,
  type MutableIo,
  type MutableLists,
  type MutableMount,
  type MutableVolume,
} from './observation.ts';
import type { State } from './state.ts';

/** A Snapshot that is written over and over; arrays are reused. */
export interface MutableSnapshot extends Snapshot {
  readonly ios: readonly MutableIo[];
  readonly clients: readonly MutableClient[];
  readonly volumes: readonly MutableVolume[];
  readonly mount: MutableMount;
  readonly iorun: RunEntry[];
  readonly lists: MutableLists;
}

/** Writes the whole observable state of `s` into `into`. */
export function takeSnapshot(s: State, into: MutableSnapshot): void {
  const { blocks } = s.shape;
  for (let b = 0; b < s.ios.length; b++) {
    into.ios[b]!.type = blocks[b]!.type;
    into.ios[b]!.volume = blocks[b]!.volume;
    takeIo(s, b, waitersOf(s, b), into.ios[b]!);
  }
  for (let c = 0; c < s.clients.length; c++) takeClient(s, c, into.clients[c]!);
  for (let v = 0; v < s.volumes.length; v++) takeVolume(s, v, into.volumes[v]!);
  takeSums(s, into.ios, into.mount);
  takeLists(into.ios, into.lists);
  takeRunList(s, into.iorun);
}

/**
 * A snapshot that is kept current. What is observed of an io follows from its own word and from the words of the clients
 * that are concerned with it, and one step changes few words: `look` takes anew only what could have changed.
 */
export class View {
  readonly snapshot: MutableSnapshot;
  /** The row that it shows. */
  readonly words: Int32Array;
  private readonly state: State;
  /** By client: the block that it was concerned with plus one, 0 for none. */
  private readonly concerns: Uint8Array;
  /** By block plus one: it may look different. What comes first stands for no block. */
  private readonly stale: Uint8Array;

  constructor(state: State) {
    this.state = state;
    this.snapshot = blankSnapshot(state.shape);
    this.words = state.words.slice();
    this.concerns = new Uint8Array(state.clients.length);
    this.stale = new Uint8Array(state.ios.length + 1);
    takeSnapshot(state, this.snapshot);
    state.clients.forEach((client, c) => (this.concerns[c] = client.io1));
  }

  /** The snapshot of what the state is now. */
  look(): MutableSnapshot {
    const { state, snapshot, words, concerns, stale } = this;
    const now = state.words;
    const blocks = state.ios.length;
    let changed = false;
    stale.fill(0);
    for (let i = 0; i < words.length; i++) {
      if (words[i] === now[i]) continue;
      words[i] = now[i]!;
      changed = true;
      if (i < blocks) stale[i + 1] = 1;
      else if (i < blocks + concerns.length) {
        const c = i - blocks;
        const io1 = state.clients[c]!.io1;
        stale[io1] = 1;
        stale[concerns[c]!] = 1;
        concerns[c] = io1;
        takeClient(state, c, snapshot.clients[c]!);
      }
    }
    if (!changed) return snapshot;
    let moved = false;
    for (let b = 0; b < blocks; b++) {
      if (stale[b + 1] === 0) continue;
      const io = snapshot.ios[b]!;
      const { modRoot } = io;
      takeIo(state, b, waitersOf(state, b), io);
      moved ||= io.modRoot !== modRoot;
    }
    for (let v = 0; v < state.volumes.length; v++) takeVolume(state, v, snapshot.volumes[v]!);
    takeSums(state, snapshot.ios, snapshot.mount);
    if (moved) takeLists(snapshot.ios, snapshot.lists);
    takeRunList(state, snapshot.iorun);
    return snapshot;
  }
}

/** A snapshot of the shape to be written into. */
export function blankSnapshot(shape: Shape): MutableSnapshot {
  return {
    ios: shape.blocks.map(blankIo),
    clients: shape.clients.map(() => blankClient(shape)),
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
    lists: { volu: [], meta: [], undo: [], data: [], loose: [] },
  };
}

export function blankIo({ type, volume }: BlockShape): MutableIo {
  return {
    type, volume, exists: false, refs: 0, interlockOwner: -1, check: false, wanted: false, bp: false, reading: false, ondisk: false,
    released: false, modified: false, running: false, waiting: false, modifyRefs: 0, waitmod: false, waitdep: false, reclaim: false,
    ioerror: false, gencrc: false, locked: false, delwri: false, notmeta: false, modRoot: 'none', residue: 'none',
  }; // prettier-ignore
}

export function blankClient(shape: Shape): MutableClient {
  return {
    at: 'idle', io: -1, runnable: false, how: 'read', wantsUndo: false, closing: false, mods: 0, interlock: false, bare: false,
    needs: shape.volumes.map(() => 0),
  }; // prettier-ignore
}
