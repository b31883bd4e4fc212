// What is observed of each part of a state: of an io, a client, a volume, the sums, the lists, the run list.
//
// Production maintains these things; here they are computed from the primary facts. Each function writes one part anew into
// a record that is used over and over. Sums and lists are read off ios that are taken already.

import type {
  ClientSnapshot,
  IoSnapshot,
  ModRoot,
  MountSnapshot,
  RunEntry,
  VolumeSnapshot,
} from '../../spec/buffer/snapshot.ts';
import { isOndisk, isRunning, modRootOf, runListLength } from './facts.ts';
import { needOf } from './barrier.ts';
import type { State } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type MutableIo = Mutable<IoSnapshot>;
export type MutableClient = Mutable<Omit<ClientSnapshot, 'needs'>> & { readonly needs: number[] };
export type MutableVolume = Mutable<VolumeSnapshot>;
export type MutableMount = Mutable<MountSnapshot>;
export type MutableLists = Readonly<Record<Exclude<ModRoot, 'none'>, number[]>>;

/** The mount's sums, from ios that are taken already. */
export function takeSums(s: State, ios: readonly IoSnapshot[], into: MutableMount): void {
  let [lockedDirty, reads, writes, locks] = [0, 0, 0, s.mount.lockedExtra];
  for (let b = 0; b < ios.length; b++) {
    const { reading, running, locked, modRoot } = ios[b]!;
    if (reading) reads += 1;
    if (running) writes += 1;
    if (locked) locks += 1;
    if (modRoot === 'meta' || modRoot === 'volu') lockedDirty += 1;
  }
  const { blockBytes } = s.shape;
  into.criticalError = s.mount.criticalError;
  into.lockedDirtySpace = lockedDirty * blockBytes;
  into.ioRunningSpace = into.runningWriteBytes = writes * blockBytes;
  into.runningReadBytes = reads * blockBytes;
  into.ioLockedCount = locks;
}

/** The lists, from ios that are taken already. Blocks stand in device order, so they come out in the original's order (L69-85). */
export function takeLists(ios: readonly IoSnapshot[], into: MutableLists): void {
  empty(into.volu);
  empty(into.meta);
  empty(into.undo);
  empty(into.data);
  empty(into.loose);
  for (let b = 0; b < ios.length; b++) {
    const { modRoot } = ios[b]!;
    if (modRoot !== 'none') into[modRoot].push(b);
  }
}

/** The run list: places are its indices plus one. */
export function takeRunList(s: State, into: RunEntry[]): void {
  const length = runListLength(s);
  if (into.length > length) into.length = length;
  for (let b = 0; b < s.ios.length; b++) {
    const { place } = s.ios[b]!;
    if (place > 0) into[place - 1] = IO_ENTRIES[b]!;
  }
  for (let c = 0; c < s.clients.length; c++) {
    const { place } = s.clients[c]!;
    if (place > 0) into[place - 1] = CLIENT_ENTRIES[c]!;
  }
}

/** Setting the length of an array is slow even when it is empty, and most are. */
function empty(array: unknown[]): void {
  if (array.length > 0) array.length = 0;
}

export function takeVolume(s: State, v: number, into: MutableVolume): void {
  into.flush = s.volumes[v]!.flush;
  into.volatile = s.volumes[v]!.volatile;
}

/**
 * One io, but for what never changes of it: its type and volume. It follows from its own word and from `waiters`, what
 * `waitersOf` says of it.
 */
export function takeIo(s: State, b: number, waiters: number, into: MutableIo): void {
  const io = s.ios[b]!;
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
  into.reading = (waiters & READING) !== 0;
  into.wanted = (waiters & WANTED) !== 0;
  into.waiting = (waiters & WAITING) !== 0;
  into.waitmod = (waiters & WAITMOD) !== 0;
  into.interlockOwner = (waiters >> OWNER_SHIFT) - 1;
}

const READING = 1;
const WANTED = 2;
const WAITING = 4;
const WAITMOD = 8;
/** Above the flags stands the owner of the interlock plus one. */
const OWNER_SHIFT = 4;

/** What is said of an io because of the clients that are concerned with it, as a number: in one pass over them. */
export function waitersOf(s: State, b: number): number {
  let flags = 0;
  let owner = 0;
  for (let c = 0; c < s.clients.length; c++) {
    const client = s.clients[c]!;
    if (client.io1 !== b + 1) continue;
    const { at } = client;
    if (at === 'load') {
      flags |= READING;
      owner = c + 1;
    } else if (!client.runnable) {
      if (at === 'release') owner = c + 1;
      if (at === 'get') flags |= WANTED;
      else if (at === 'wait' || at === 'release') flags |= WAITING;
      else if (at === 'modify' || at === 'interlock') flags |= WAITMOD;
    }
  }
  return flags | (owner << OWNER_SHIFT);
}

export function takeClient(s: State, c: number, into: MutableClient): void {
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
