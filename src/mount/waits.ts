// Where a mount waits: from the core's tickets to what goes on when they end. Whoever called the core hands its answer in;
// if the call has finished, what comes next runs at once, in the same synchronous stretch, and else when the ticket ends.
// Tickets are resumed in the order in which they were woken: first come, first served.
//
//   then       for those who may not lose a turn: the next step is a plain function
//   until      for those who await anyway, with an AbortSignal
//
// A wait that is withdrawn by its signal takes its ticket back where the core can; what cannot be taken back (a load) goes on
// alone, and what it brings is given to `late`.

import type { Answer } from '../core/answer.ts';
import { CacheFull } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import { NO_TICKET, type Ticket } from '../core/ids.ts';
import type { Counters, WaitReason } from './statistics.ts';
import type { Breakable } from './lifecycle.ts';
import type { Participant, Turns } from './turns.ts';

/** How long somebody is willing to wait. */
export interface AbortOptions {
  /** Ends a wait; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Who waits for a ticket. */
export interface Waiter {
  /** The call has finished. Must not throw. */
  next(answer: Answer): void;
  /** It never will. */
  fail(error: Error): void;
  /** The ticket's turn has come, but no buffer was free: to be resumed again when there is room. Only gets know this. */
  starved?(ticket: Ticket): void;
}

/** Open files have tickets of their own. */
export interface Adopter {
  /** Answers whether the ticket is one of theirs; then they see to it. */
  adopt(ticket: Ticket): boolean;
}

export class Waits implements Participant, Breakable {
  readonly #core: HammerIoCore;
  readonly #counters: Counters;
  readonly #turns: Turns;
  readonly #files: Adopter;
  readonly #waiters = new Map<Ticket, Waiter>();

  constructor(core: HammerIoCore, counters: Counters, turns: Turns, files: Adopter) {
    this.#core = core;
    this.#counters = counters;
    this.#turns = turns;
    this.#files = files;
  }

  /** Tickets that have not ended. */
  get size(): number {
    return this.#waiters.size;
  }

  get isIdle(): boolean {
    return this.size === 0;
  }

  /** `waiter.next` with the answer: now if the call has finished, else when its ticket has. */
  then(answer: Answer, reason: WaitReason, waiter: Waiter): void {
    if (answer.ticket === NO_TICKET) {
      waiter.next(answer);
      return;
    }
    this.#counters.waits[reason]++;
    this.#waiters.set(answer.ticket, waiter);
  }

  /** The answer that ends a ticket. Rejects with the signal's reason when that fires first, or has fired already. */
  until(answer: Answer, reason: WaitReason, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: Error): void => {
        this.withdraw(answer.ticket);
        reject(why);
        this.#turns.take();
      };
      // Since its caller has last looked: between two waits of one operation there are microtasks.
      if (signal?.aborted === true) {
        giveUp(signal.reason as Error);
        return;
      }
      const withdraw = onAbort(signal, giveUp);
      this.then(answer, reason, {
        next: (ended) => {
          withdraw();
          resolve(ended);
        },
        fail: (error) => {
          withdraw();
          reject(error);
        },
      });
    });
  }

  /** Resumes every ticket that is runnable, and those that become so by it; answers whether there was one. */
  goOn(): boolean {
    let ticket = this.#core.nextRunnable();
    if (ticket === NO_TICKET) return false;
    for (; ticket !== NO_TICKET; ticket = this.#core.nextRunnable()) {
      if (!this.#waiters.has(ticket) && this.#files.adopt(ticket)) continue;
      if (!this.resume(ticket)) this.#waiters.get(ticket)!.starved!(ticket);
    }
    return true;
  }

  /** Looks again at a ticket whose turn has come; `false` if it needs a buffer and none is free: then nothing has changed. */
  resume(ticket: Ticket): boolean {
    let answer: Answer;
    try {
      answer = this.#core.resume(ticket);
    } catch (error) {
      if (error instanceof CacheFull) return false;
      throw error;
    }
    if (answer.outcome === 'io') this.#counters.waits.load++;
    if (answer.ticket === ticket) return true; // It sleeps on, perhaps for something else.
    const waiter = this.#waiters.get(ticket);
    this.#waiters.delete(ticket);
    waiter?.next(answer);
    return true;
  }

  /** Nobody waits for the ticket any more: takes it back, or, where the device must end it, forgets it. */
  withdraw(ticket: Ticket): void {
    this.#waiters.delete(ticket);
    if (this.isWithdrawable(ticket)) this.#core.cancel(ticket);
  }

  /** Can the ticket be taken back? A load and a release cannot; other places that cannot are left within a turn. */
  isWithdrawable(ticket: Ticket): boolean {
    const at = this.#core.view.tickets.find(ticket)?.stage;
    return at !== 'load' && at !== 'release';
  }

  /** Ends every wait with an error; the tickets are left to themselves. */
  failAll(error: Error): void {
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.fail(error);
  }
}

/** As the promise, but rejects when the signal fires first; the promise goes on. */
export function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    promise.finally(stop).then(resolve, reject);
  });
}

/** Calls `then` once if the signal fires; answers how to stop listening. Throws the reason if it has fired already. */
export function onAbort(signal: AbortSignal | undefined, then: (reason: Error) => void): () => void {
  if (signal === undefined) return () => undefined;
  signal.throwIfAborted();
  const listener = (): void => then(signal.reason as Error);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
