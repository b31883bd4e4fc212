// What follows from the primary facts: questions that transitions and snapshots ask of a state.

import type { ClientAt, ModRoot, RepairId } from '../../spec/buffer/snapshot.ts';
import type { Client, Io, State } from './state.ts';

export const isRunning = (io: Io): boolean => io.place > 0;

/** DATA and UNDO may be written by the kernel; META and VOLUME only by the flusher (original 1282-1303). */
export function isPure(s: State, b: number): boolean {
  const type = s.shape.blocks[b]!.type;
  return type === 'data' || type === 'undo';
}

export const isVolume = (s: State, b: number): boolean => s.shape.blocks[b]!.type === 'volume';

export const isRepaired = (s: State, repair: RepairId): boolean => s.shape.repairs.includes(repair);

/** The client that owns the interlock of `b`: it loads, or its release waits. -1 for nobody. */
export function ownerOf(s: State, b: number): number {
  for (let c = 0; c < s.clients.length; c++) {
    const client = s.clients[c]!;
    if (client.io1 === b + 1 && (client.at === 'load' || (client.at === 'release' && !client.runnable))) return c;
  }
  return -1;
}

export function isReading(s: State, b: number): boolean {
  return isAnybody(s, b, 'load');
}

/** Somebody is at `at` on `b`, asleep or woken. */
export function isAnybody(s: State, b: number, at: ClientAt): boolean {
  for (const client of s.clients) if (client.at === at && client.io1 === b + 1) return true;
  return false;
}

/** The reference word of `b` is zero: the kernel could take the interlock (original 1193, 1320). */
export function isUnused(s: State, b: number): boolean {
  return s.ios[b]!.refs === 0 && ownerOf(s, b) === -1;
}

export function modRootOf(s: State, b: number): ModRoot {
  const io = s.ios[b]!;
  if (io.loose) return 'loose';
  if (!io.modified) return 'none';
  const type = s.shape.blocks[b]!.type;
  return type === 'volume' ? 'volu' : type;
}

/** A buffer's bytes are usable while it has them; a volume forgets at the last release and learns again when it is got. */
export function isOndisk(s: State, b: number): boolean {
  const io = s.ios[b]!;
  return isVolume(s, b) ? io.bp && io.refs > 0 && !io.check : io.bp;
}

export function runningBytes(s: State): number {
  let bytes = 0;
  for (const io of s.ios) if (isRunning(io)) bytes += s.shape.blockBytes;
  return bytes;
}

export function runListLength(s: State): number {
  let length = 0;
  for (const io of s.ios) length = Math.max(length, io.place);
  for (const client of s.clients) length = Math.max(length, client.place);
  return length;
}

export function wake(client: Client): void {
  client.runnable = true;
}

/** Wakes everybody at `at` on `b`. */
export function wakeAll(s: State, b: number, at: ClientAt): void {
  for (const client of s.clients) if (client.at === at && client.io1 === b + 1) wake(client);
}
