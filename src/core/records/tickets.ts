// Tickets: the part of the original's threads that sleep. A call that cannot finish leaves a ticket; whatever it has counted
// so far stays counted. A wake-up only marks the ticket runnable and puts it at the end of the ready queue; `resume` tests
// again and may wait again. Nothing is called back.
//
// A ticket that waits for a structure stands in that structure's list of waiters, one that waits for the mount in a list
// of the mount; order in a list is order of arrival, so that wake-ups are first come, first served. All links live in the
// records.

import type { ClientAt, GetHow } from '../../../spec/buffer/snapshot.ts';
import type { Ticket } from '../ids.ts';
import type { HandleRecord, LiveHandle } from './handles.ts';
import type { HammerIo } from './hammer-io.ts';
import type { RunEntry } from './run-list.ts';
import { Slot, Slots } from './slots.ts';

/** What a ticket waits for. `failed` and `flushFailed` only wait to be told so. */
export type WaitsAt = Exclude<ClientAt, 'idle' | 'hold'>;

export class TicketRecord extends Slot {
  at: WaitsAt = 'get';
  io: HammerIo | undefined = undefined;
  /** The handle that is busy with this ticket. */
  handle: HandleRecord | undefined = undefined;
  runnable = false;
  /** In `get`: what to do when the interlock is won. */
  how: GetHow = 'read';
  /** In `modify` and `regetblk`: an UNDO record is wanted, for these bytes. */
  wantsUndo = false;
  undoOffset = 0;
  undoBytes = 0;
  /** In `release`: the structure is being unloaded. */
  closing = false;
  /** In `flushSync`, per volume: 0 nothing, 1 the flush in flight, 2 the next one. */
  needs: Uint8Array | undefined = undefined;

  // Links of the list of waiters that the ticket stands in.
  list: TicketList | undefined = undefined;
  waitPrev: TicketRecord | undefined = undefined;
  waitNext: TicketRecord | undefined = undefined;
  // Links of the ready queue.
  isReady = false;
  readyPrev: TicketRecord | undefined = undefined;
  readyNext: TicketRecord | undefined = undefined;
  // Links of the run list, when the ticket is a placemarker.
  readonly isPlacemarker = true;
  runPrev: RunEntry | undefined = undefined;
  runNext: RunEntry | undefined = undefined;
}

/** Tickets in order of arrival. */
export class TicketList {
  head: TicketRecord | undefined = undefined;
  #tail: TicketRecord | undefined = undefined;

  append(ticket: TicketRecord): void {
    ticket.list = this;
    ticket.waitPrev = this.#tail;
    if (this.#tail === undefined) this.head = ticket;
    else this.#tail.waitNext = ticket;
    this.#tail = ticket;
  }

  remove(ticket: TicketRecord): void {
    const { waitPrev, waitNext } = ticket;
    if (waitPrev === undefined) this.head = waitNext;
    else waitPrev.waitNext = waitNext;
    if (waitNext === undefined) this.#tail = waitPrev;
    else waitNext.waitPrev = waitPrev;
    ticket.waitPrev = ticket.waitNext = undefined;
    ticket.list = undefined;
  }

  /** Does somebody here, at one of two places, still sleep? */
  someoneSleeps(at: WaitsAt, orAt: WaitsAt): boolean {
    for (let t = this.head; t !== undefined; t = t.waitNext) {
      if (!t.runnable && (t.at === at || t.at === orAt)) return true;
    }
    return false;
  }
}

export class Tickets {
  readonly #slots = new Slots('tickets', (slot) => new TicketRecord(slot));
  #readyHead: TicketRecord | undefined = undefined;
  #readyTail: TicketRecord | undefined = undefined;

  find(ticket: Ticket): TicketRecord | undefined {
    return this.#slots.find(ticket);
  }

  /** A sleeping ticket in a list of waiters, or in none: a barrier stands on the run list instead. */
  issue(at: WaitsAt, list: TicketList | undefined): TicketRecord {
    const ticket = this.#slots.take();
    ticket.at = at;
    list?.append(ticket);
    return ticket;
  }

  /** A sleeping ticket that concerns a structure. */
  issueFor(io: HammerIo, at: WaitsAt): TicketRecord {
    const ticket = this.issue(at, io.waiters);
    ticket.io = io;
    return ticket;
  }

  /** A sleeping ticket that keeps a handle busy. */
  issueOn(handle: LiveHandle, at: WaitsAt): TicketRecord {
    const ticket = this.issueFor(handle.io, at);
    ticket.handle = handle;
    handle.ticket = ticket;
    return ticket;
  }

  /** Marks a ticket runnable, behind those that were woken before it. */
  wake(ticket: TicketRecord): void {
    if (ticket.runnable) return;
    ticket.runnable = true;
    ticket.isReady = true;
    ticket.readyPrev = this.#readyTail;
    if (this.#readyTail === undefined) this.#readyHead = ticket;
    else this.#readyTail.readyNext = ticket;
    this.#readyTail = ticket;
  }

  /** A resumed ticket sleeps on. */
  sleep(ticket: TicketRecord): void {
    ticket.runnable = false;
    this.#leaveReady(ticket);
  }

  /** Ends a ticket: its number is stale, its handle is free, and it stands in no list any more. */
  retire(ticket: TicketRecord): void {
    this.sleep(ticket);
    if (ticket.list !== undefined) ticket.list.remove(ticket);
    if (ticket.handle !== undefined) ticket.handle.ticket = undefined;
    ticket.io = undefined;
    ticket.handle = undefined;
    ticket.how = 'read';
    ticket.wantsUndo = false;
    ticket.closing = false;
    ticket.needs?.fill(0);
    this.#slots.give(ticket);
  }

  /** The buffer is no concern of the ticket any more. */
  forgetIo(ticket: TicketRecord): void {
    if (ticket.list !== undefined) ticket.list.remove(ticket);
    ticket.io = undefined;
  }

  /** Takes the ticket that was woken first out of the ready queue; it stays runnable until it is resumed. */
  nextReady(): TicketRecord | undefined {
    const ticket = this.#readyHead;
    if (ticket !== undefined) this.#leaveReady(ticket);
    return ticket;
  }

  #leaveReady(ticket: TicketRecord): void {
    if (!ticket.isReady) return;
    const { readyPrev, readyNext } = ticket;
    if (readyPrev === undefined) this.#readyHead = readyNext;
    else readyPrev.readyNext = readyNext;
    if (readyNext === undefined) this.#readyTail = readyPrev;
    else readyNext.readyPrev = readyPrev;
    ticket.readyPrev = ticket.readyNext = undefined;
    ticket.isReady = false;
  }
}
