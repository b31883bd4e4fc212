// Reading a snapshot: the few questions that many claims ask.
//
// Called in the explorer's inner loop: plain loops, no allocation. Nothing here decides what is right; the claims do.

import type { ClientAt, ClientSnapshot, IoSnapshot, IoType, ModRoot, RunEntry, Snapshot } from './buffer/snapshot.ts';
import type { Step } from './claim.ts';

export type ListName = Exclude<ModRoot, 'none'>;

export const LIST_NAMES: readonly ListName[] = ['volu', 'meta', 'undo', 'data', 'loose'];

/** The dirty list of each type (original 1020-1036). */
export const DIRTY_LIST: Readonly<Record<IoType, 'volu' | 'meta' | 'undo' | 'data'>> = {
  volume: 'volu',
  meta: 'meta',
  undo: 'undo',
  data: 'data',
};

/** META and volume headers: what only the layer above may have written (original 587-598, 1300-1303). */
export function isLockedDirtyType(type: IoType): boolean {
  return type === 'meta' || type === 'volume';
}

/** A client there has a handle. */
export function hasHandle(at: ClientAt): boolean {
  switch (at) {
    case 'hold':
    case 'modify':
    case 'regetblk':
    case 'cover':
    case 'interlock':
    case 'wait':
      return true;
    default:
      return false;
  }
}

/** A client there owns one reference of its buffer: a handle, or a get whose reference is counted. */
export function clientCounts(at: ClientAt): boolean {
  return at === 'get' || at === 'load' || hasHandle(at);
}

/** Is the client at that place concerned with that io? */
export function anyClientAt(s: Snapshot, at: ClientAt, io: number): boolean {
  const clients = s.clients;
  for (let c = 0; c < clients.length; c++) {
    if (clients[c]!.at === at && clients[c]!.io === io) return true;
  }
  return false;
}

/** Is a client other than `self` there? */
export function otherClientAt(s: Snapshot, at: ClientAt, io: number, self: number): boolean {
  const clients = s.clients;
  for (let c = 0; c < clients.length; c++) {
    if (c !== self && clients[c]!.at === at && clients[c]!.io === io) return true;
  }
  return false;
}

/** Somebody is using the contents: a handle on the io. */
export function hasUser(s: Snapshot, io: number): boolean {
  const clients = s.clients;
  for (let c = 0; c < clients.length; c++) {
    if (clients[c]!.io === io && hasHandle(clients[c]!.at)) return true;
  }
  return false;
}

/** Some client of the state is concerned with the io in any way. */
export function isConcerned(s: Snapshot, io: number): boolean {
  const clients = s.clients;
  for (let c = 0; c < clients.length; c++) if (clients[c]!.io === io) return true;
  return false;
}

/** How often the io stands on the run list. */
export function timesOnRunList(s: Snapshot, io: number): number {
  let times = 0;
  for (let i = 0; i < s.iorun.length; i++) if (entryIo(s.iorun[i]!) === io) times++;
  return times;
}

/** The io of a run list entry, or -1 for a placemarker. */
export function entryIo(entry: RunEntry): number {
  return 'io' in entry ? entry.io : -1;
}

/** The client whose placemarker an entry is, or -1 for a write in flight. */
export function entryClient(entry: RunEntry): number {
  return 'client' in entry ? entry.client : -1;
}

/** The client that a step belongs to, or -1. */
export function clientOf(step: Step): number {
  return 'client' in step.action ? step.action.client : -1;
}

/** The io that a step is about: named by the action, or the one that its client was concerned with; -1 for none. */
export function ioOf(before: Snapshot, step: Step): number {
  const action = step.action;
  if ('io' in action) return action.io;
  if ('client' in action) return before.clients[action.client]?.io ?? -1;
  return -1;
}

/** The record of that io; undefined for -1. */
export function ioAt(s: Snapshot, io: number): IoSnapshot | undefined {
  return io < 0 ? undefined : s.ios[io];
}

/** The record of that client; undefined for -1. */
export function clientAt(s: Snapshot, client: number): ClientSnapshot | undefined {
  return client < 0 ? undefined : s.clients[client];
}

/** A buffer was attached before the step and is not any more. */
export function lostItsBuffer(before: Snapshot, after: Snapshot, io: number): boolean {
  return before.ios[io]!.bp && !after.ios[io]!.bp;
}

/** Some io lost its buffer in the step. */
export function anyLostItsBuffer(before: Snapshot, after: Snapshot): boolean {
  for (let b = 0; b < before.ios.length; b++) if (lostItsBuffer(before, after, b)) return true;
  return false;
}

/** `space` is a count of blocks times their size; without a size it is at least a sum of equal blocks. */
export function isSpaceOf(space: number, count: number, blockBytes: number | undefined): boolean {
  if (blockBytes !== undefined) return space === count * blockBytes;
  return count === 0 ? space === 0 : space > 0 && space % count === 0;
}
