// A snapshot made of shared parts: what the explorer shows to the claims, before a step and after it.
//
// Steps are many and each changes little. So a sight is told from which other sight it differs by a step at most, takes that
// one's part wherever the row is the same, and looks only at the rest. What is observed of an io or a client is the same
// record whenever it is the same: few differ, however many the states, so each is made once (`Records`) and never changed.
// Sums and lists are written anew at the next look. Whoever is shown a sight keeps nothing of it.

import type {
  ClientSnapshot,
  IoSnapshot,
  MountSnapshot,
  RunEntry,
  Snapshot,
  VolumeSnapshot,
} from '../../spec/buffer/snapshot.ts';
import { runListLength } from './facts.ts';
import { takeClient, takeIo, takeLists, takeRunList, takeSums, takeVolume, waitersOf } from './observation.ts';
import { blankClient, blankIo, blankSnapshot, type MutableSnapshot } from './snapshot.ts';
import type { State } from './state.ts';

/** Every io and client record that was observed, found by what it follows from. */
export class Records {
  readonly state: State;
  /** By block, by what its waiters say, by its word. */
  private readonly ios: Map<number, IoSnapshot>[][];
  /** By client, by its word. */
  private readonly clients: Map<number, ClientSnapshot>[];

  constructor(state: State) {
    this.state = state;
    this.ios = state.ios.map(() => []);
    this.clients = state.clients.map(() => new Map<number, ClientSnapshot>());
  }

  io(b: number): IoSnapshot {
    const { state } = this;
    const waiters = waitersOf(state, b);
    const known = (this.ios[b]![waiters] ??= new Map());
    const word = state.words[b]!;
    const found = known.get(word);
    if (found !== undefined) return found;
    const made = blankIo(state.shape.blocks[b]!);
    takeIo(state, b, waiters, made);
    known.set(word, made);
    return made;
  }

  client(c: number): ClientSnapshot {
    const { state } = this;
    const known = this.clients[c]!;
    const word = state.words[state.ios.length + c]!;
    const found = known.get(word);
    if (found !== undefined) return found;
    const made = blankClient(state.shape);
    takeClient(state, c, made);
    known.set(word, made);
    return made;
  }
}

/** A snapshot whose parts are replaced, not written. */
interface Shared {
  readonly ios: IoSnapshot[];
  readonly clients: ClientSnapshot[];
  readonly volumes: VolumeSnapshot[];
  mount: MountSnapshot;
  iorun: readonly RunEntry[];
  lists: Snapshot['lists'];
}

export class Sight {
  private readonly shared: Shared;
  private readonly records: Records;
  private readonly state: State;
  /** The row that was shown when the sight settled. */
  private readonly row: Int32Array;
  /** What is written here when it cannot be shared. */
  private readonly own: MutableSnapshot;
  /** One run list of each length, filled when it is first needed: changing the length of an array is slow. */
  private readonly runLists: readonly RunEntry[][];
  /** By block plus one: it may look different. What comes first stands for no block. */
  private readonly stale: Uint8Array;

  constructor(records: Records) {
    const { state } = records;
    this.records = records;
    this.state = state;
    this.row = state.words.slice();
    this.own = blankSnapshot(state.shape);
    const entries = state.ios.length + state.clients.length;
    this.runLists = Array.from({ length: entries + 1 }, () => []);
    this.stale = new Uint8Array(state.ios.length + 1);
    for (let v = 0; v < state.volumes.length; v++) takeVolume(state, v, this.own.volumes[v]!);
    const ios = state.ios.map((_, b) => records.io(b));
    const clients = state.clients.map((_, c) => records.client(c));
    const { volumes, mount, lists } = this.own;
    takeSums(state, ios, mount);
    takeLists(ios, lists);
    this.shared = { ios, clients, volumes: [...volumes], mount, iorun: this.runList(), lists };
  }

  /** What was seen at the last look. */
  get snapshot(): Snapshot {
    return this.shared;
  }

  /** Shows what the state is now, for others to look since. */
  settle(): Snapshot {
    this.look(this);
    this.row.set(this.state.words);
    return this.shared;
  }

  /** Shows what the state is now; it differs little from what `since` showed when it settled. */
  look(since: Sight): Snapshot {
    const clientsQueued = this.lookAtClients(since);
    const iosQueued = this.lookAtIos(since);
    this.lookAtVolumes(since);
    this.shared.iorun = clientsQueued || iosQueued ? this.runList() : since.shared.iorun;
    return this.shared;
  }

  /**
   * An io is seen anew when its word differs, and when a client differs that is or was concerned with it. Returns whether a
   * client that differs has or had a place on the run list.
   */
  private lookAtClients(since: Sight): boolean {
    const { shared, stale } = this;
    const blocks = shared.ios.length;
    let queued = false;
    for (let b = 0; b < blocks; b++) stale[b + 1] = this.differs(since, b) ? 1 : 0;
    for (let c = 0; c < shared.clients.length; c++) {
      const was = since.shared.clients[c]!;
      const is = this.differs(since, blocks + c) ? this.records.client(c) : was;
      shared.clients[c] = is;
      if (is === was) continue;
      stale[was.io + 1] = 1;
      stale[is.io + 1] = 1;
      queued ||= was.at === 'waitAll' || is.at === 'waitAll';
    }
    return queued;
  }

  /** Ios, and what is summed up and listed of them. Returns whether one that differs is or was on the run list. */
  private lookAtIos(since: Sight): boolean {
    const { state, own, shared, stale } = this;
    let counts = this.differs(since, this.row.length - 1);
    let lists = false;
    let queued = false;
    for (let b = 0; b < shared.ios.length; b++) {
      const was = since.shared.ios[b]!;
      const is = stale[b + 1] === 1 ? this.records.io(b) : was;
      shared.ios[b] = is;
      if (is === was) continue;
      lists ||= is.modRoot !== was.modRoot;
      queued ||= is.running || was.running;
      counts ||= is.reading !== was.reading || is.running !== was.running || is.locked !== was.locked;
    }
    counts ||= lists;
    if (counts) takeSums(state, shared.ios, own.mount);
    shared.mount = counts ? own.mount : since.shared.mount;
    if (lists) takeLists(shared.ios, own.lists);
    shared.lists = lists ? own.lists : since.shared.lists;
    return queued;
  }

  private lookAtVolumes(since: Sight): void {
    const { state, own, shared } = this;
    const first = shared.ios.length + shared.clients.length;
    for (let v = 0; v < own.volumes.length; v++) {
      const differs = this.differs(since, first + v);
      if (differs) takeVolume(state, v, own.volumes[v]!);
      shared.volumes[v] = differs ? own.volumes[v]! : since.shared.volumes[v]!;
    }
  }

  private runList(): readonly RunEntry[] {
    const { state } = this;
    const list = this.runLists[runListLength(state)]!;
    takeRunList(state, list);
    return list;
  }

  private differs(since: Sight, word: number): boolean {
    return this.state.words[word] !== since.row[word];
  }
}
