// The four wake-ups of a structure. Each marks every ticket that sleeps for its reason runnable, in order of arrival, and
// clears the flag that said somebody sleeps; where the flag is clear nobody does, and nothing is looked at.

import type { HammerIo } from '../records/hammer-io.ts';
import { isWanted, setWanted, dropLoadLock } from '../records/reference-word.ts';
import type { MountState } from '../core-state.ts';

/** Those who queue for the interlock may look again. */
export function wakeGetters(m: MountState, io: HammerIo): void {
  if (!isWanted(io)) return;
  setWanted(io, false);
  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'get') m.tickets.wake(t);
}

/** modifyRefs or the queue for the write interlock has changed. */
export function wakeModRefs(m: MountState, io: HammerIo): void {
  if (!io.waitmod) return;
  io.waitmod = false;
  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) {
    if (t.stage === 'modify' || t.stage === 'interlock') m.tickets.wake(t);
  }
}

/** The write in flight has ended, for those who wait for just that. */
export function wakeRun(m: MountState, io: HammerIo): void {
  if (!io.waiting) return;
  io.waiting = false;
  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'wait') m.tickets.wake(t);
}

/** The buffer is not the device's any more, for those who want to change it. The original keeps no flag for these. */
export function wakeBp(m: MountState, io: HammerIo): void {
  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'regetblk') m.tickets.wake(t);
}

/** Lets go of the interlock, if anybody owns it, and wakes those who queued for it. */
export function interlockDone(m: MountState, io: HammerIo): void {
  dropLoadLock(io);
  wakeGetters(m, io);
}
