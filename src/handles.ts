// Handles: the part of the seed's threads that own something. A handle owns one reference on a buffer, its open
// modifications, and perhaps the write interlock. It is open from the `done` of a get until it is released; while a call on
// it is unfinished it is *busy* with that call's ticket and may only be read.

import { BrokenPromise } from './errors.ts';
import type { HammerIo } from './hammer-io.ts';
import { nameOf } from './hammer-io.ts';
import { Slot, Slots } from './slots.ts';
import type { TicketRecord } from './tickets.ts';

declare const handleBrand: unique symbol;

/** A number that stands for a held buffer; stale after release, which is detected. */
export type Handle = number & { readonly [handleBrand]: 'Handle' };

export class HandleRecord extends Slot {
  io: HammerIo | undefined = undefined;
  /** Open modifications of this handle. */
  mods = 0;
  /** This handle owns the write interlock. */
  interlock = false;
  /** The unfinished call that keeps the handle busy. */
  ticket: TicketRecord | undefined = undefined;

  /** Is all well that a release asks for: not busy, and nothing opened under it? */
  get isReleasable(): boolean {
    return this.ticket === undefined && this.mods === 0 && !this.interlock;
  }
}

/** A live handle: one with a buffer. */
export type LiveHandle = HandleRecord & { io: HammerIo };

/** Whatever `find` finds is live and therefore has a buffer. */
export class Handles extends Slots<LiveHandle> {
  constructor() {
    super('handles', (slot) => new HandleRecord(slot) as LiveHandle);
  }

  /** A new handle; it owns a reference that the caller has counted. */
  open(io: HammerIo): Handle {
    const record = this.take();
    record.io = io;
    return record.id as Handle;
  }

  close(record: LiveHandle): void {
    (record as HandleRecord).io = undefined;
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
