// Handles: the part of the original's threads that own something. A handle owns one reference on a buffer, its open
// modifications, and perhaps the write interlock. It is open from the `done` of a get until it is released; while a call on
// it is unfinished it is *busy* with that call's ticket and may only be read. It knows its structure by number, so that a
// handle can be opened and closed by a hit without a look at the structure.

import { BrokenPromise } from '../errors.ts';
import type { Handle } from '../ids.ts';
import type { HammerIo } from './hammer-io.ts';
import { nameOf } from './hammer-io.ts';
import { Slot, Slots } from './slots.ts';
import { Structures } from './structures.ts';
import type { TicketRecord } from './tickets.ts';

const INTERLOCK = 1 << 28;
const BUSY = 1 << 29;
/** Open modifications of one handle: as many as anybody will ever have. */
const MODS = INTERLOCK - 1;

export class HandleRecord extends Slot {
  readonly #structures: Structures;
  /** The number of the structure that the handle is on. */
  index = 0;
  /** Open modifications, INTERLOCK, BUSY: everything that a release asks for, in one number. */
  #burden = 0;
  #ticket: TicketRecord | undefined = undefined;

  constructor(slot: number, structures: Structures) {
    super(slot);
    this.#structures = structures;
  }

  /** The structure, while the handle is live. */
  get io(): HammerIo | undefined {
    return this.isLive ? this.#structures.at(this.index) : undefined;
  }

  /** Open modifications of this handle. */
  get mods(): number {
    return this.#burden & MODS;
  }
  set mods(mods: number) {
    this.#burden = (this.#burden & ~MODS) | mods;
  }

  /** This handle owns the write interlock. */
  get interlock(): boolean {
    return (this.#burden & INTERLOCK) !== 0;
  }
  set interlock(on: boolean) {
    this.#burden = on ? this.#burden | INTERLOCK : this.#burden & ~INTERLOCK;
  }

  /** The unfinished call that keeps the handle busy. */
  get ticket(): TicketRecord | undefined {
    return this.#ticket;
  }
  set ticket(ticket: TicketRecord | undefined) {
    this.#ticket = ticket;
    this.#burden = ticket === undefined ? this.#burden & ~BUSY : this.#burden | BUSY;
  }

  /** Is all well that a release asks for: not busy, and nothing opened under it? */
  get isReleasable(): boolean {
    return this.#burden === 0;
  }
}

/** A live handle: one with a buffer. */
export type LiveHandle = HandleRecord & { readonly io: HammerIo };

/** The handles of a core, and the structures that they are on. Whatever `find` finds is live and therefore has a buffer. */
export class Handles extends Slots<LiveHandle> {
  readonly structures: Structures;

  constructor(structures = new Structures()) {
    super('handles', (slot) => new HandleRecord(slot, structures) as LiveHandle);
    this.structures = structures;
  }

  /** A new handle on a structure; it owns a reference that the caller has counted. */
  open(index: number): Handle {
    const record = this.take();
    record.index = index;
    return record.id as Handle;
  }

  close(record: LiveHandle): void {
    this.give(record);
  }

  /** The handle if it is live, busy or not; throws HandleOpen if it is not. */
  live(handle: Handle): LiveHandle {
    const record = this.find(handle);
    if (record === undefined)
      throw new BrokenPromise('HandleOpen', `handle ${handle}, which is not open or was released`);
    return record;
  }

  /** The handle if it is open, that is live and not busy; throws HandleOpen if it is not. */
  opened(handle: Handle): LiveHandle {
    const record = this.live(handle);
    if (record.ticket !== undefined) {
      throw new BrokenPromise('HandleOpen', `a handle on ${nameOf(record.io)} that waits in ${record.ticket.at}`);
    }
    return record;
  }
}

export function promiseNoOpenModification(handle: LiveHandle): void {
  if (handle.mods !== 0) {
    throw new BrokenPromise('NoOpenModification', `${handle.mods} open on ${nameOf(handle.io)}`);
  }
}

export function promiseNotInterlocked(handle: LiveHandle): void {
  if (handle.interlock) throw new BrokenPromise('NotInterlocked', `it owns that of ${nameOf(handle.io)}`);
}

export function promiseModificationOpen(handle: LiveHandle): void {
  if (handle.mods === 0) throw new BrokenPromise('ModificationOpen', `none on ${nameOf(handle.io)}`);
}
