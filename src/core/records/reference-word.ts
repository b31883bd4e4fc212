// The reference word of a structure: a count and three flags in one integer, as in hammer_subs.c.
//
//   LOAD    one ticket owns the transition between "no references" and "in use": a load, a release or an unload that is
//           waiting for the device. Transitions that end within one call are atomic here and need no flag.
//   CHECK   the first reference since the last validation is not validated yet: whoever comes later queues.
//   WANTED  somebody sleeps until the load lock goes.
//
// What may be relied on: CHECK is never left set with no references and the load lock free (claim I26); only its owner gives the
// load lock back (I27). A structure that nobody uses or waits for is recognised by one mask of one integer: the hit path, for whose
// sake the words of all structures lie together, and two bits of its own above these (structures.ts).

import type { TicketRecord } from './tickets.ts';

/** Enough for a reference by each buffer of a volume with 512 GiB of them on its header. */
const REFS = (1 << 25) - 1;
const LOAD_LOCK = 1 << 25;
const WANTED = 1 << 26;
const CHECK = 1 << 27;

export interface RefWord {
  word: number;
  /** The ticket that owns the load lock. */
  loadLockOwner: TicketRecord | undefined;
}

export const refsOf = (on: RefWord): number => on.word & REFS;
export const isLoadLocked = (on: RefWord): boolean => (on.word & LOAD_LOCK) !== 0;
export const isChecked = (on: RefWord): boolean => (on.word & CHECK) !== 0;
export const isWanted = (on: RefWord): boolean => (on.word & WANTED) !== 0;

/** Referenced and validated: one more may use it at once (hammer_ref_interlock answers 0). */
export const isInUse = (on: RefWord): boolean => (on.word & CHECK) === 0 && (on.word & REFS) !== 0;

/** No references and nobody loads or releases it: what hammer_try_interlock_norefs asks for. */
export const isUnreferenced = (on: RefWord): boolean => (on.word & (REFS | LOAD_LOCK)) === 0;

export function addRef(on: RefWord): void {
  on.word++;
}

/** Drops a reference and leaves the flags alone; whoever drops the last one decides about CHECK. */
export function dropRef(on: RefWord): void {
  on.word--;
}

/** Drops a reference; the last one takes CHECK with it (hammer_rel). */
export function dropRefAndCheck(on: RefWord): void {
  on.word--;
  if ((on.word & REFS) === 0) on.word &= ~CHECK;
}

/** A reference from outside any get, such as a pin: if it is the first, later getters must validate (hammer_ref). */
export function addForeignRef(on: RefWord): void {
  if ((on.word & REFS) === 0) on.word |= CHECK;
  on.word++;
}

export function setCheck(on: RefWord): void {
  on.word |= CHECK;
}

export function clearCheck(on: RefWord): void {
  on.word &= ~CHECK;
}

export function setWanted(on: RefWord, wanted: boolean): void {
  on.word = wanted ? on.word | WANTED : on.word & ~WANTED;
}

export function takeLoadLock(on: RefWord, owner: TicketRecord): void {
  on.word |= LOAD_LOCK;
  on.loadLockOwner = owner;
}

export function dropLoadLock(on: RefWord): void {
  on.word &= ~LOAD_LOCK;
  on.loadLockOwner = undefined;
}
