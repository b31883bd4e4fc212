// One open file at work: what DirectIo answers, turned into promises. An operation is called until its answer is an end:
//
//   io, wait    the front, or the record, is handed out by nextEnded or nextRunnable in a later turn
//   again       an alias is in use: called again in every turn, for whatever frees the alias takes one
//   CacheFull   through Room, like a get of the mount
//
// Files is all open files of a mount as its other parts see them: whose request or ticket is it, and what can go on.

import type { DirectOutcome } from '../../../spec/direct/vocabulary.ts';
import type { DeviceRequest, Result } from '../../core/device.ts';
import type { DirectFile, DirectIo, Extent, Front, Place } from '../../direct/index.ts';
import { CacheFull } from '../../core/errors.ts';
import type { Ticket } from '../../core/ids.ts';
import type { Breakable } from '../lifecycle.ts';
import type { Passage, Room } from '../room.ts';
import type { Participant, Source, Turns } from '../turns.ts';
import type { Adopter } from '../waits.ts';

/** How an operation has ended. */
export type Ended = 'done' | 'error' | 'refused';

/** What an operation is about; of free blocks, their place. */
type Subject = Front | Extent | Place;

interface Waiter {
  readonly call: () => DirectOutcome;
  /** Free buffers with which it can begin. */
  readonly bufs: number;
  readonly resolve: (ended: Ended) => void;
  readonly reject: (error: unknown) => void;
  readonly passage: Passage;
}

export class FileWork {
  readonly direct: DirectIo;
  readonly file: DirectFile;
  readonly #room: Room;
  readonly #turns: Turns;
  readonly #waiting = new Map<Subject, Waiter>();
  /** An alias is in use. */
  #again: (readonly [Subject, Waiter])[] = [];
  /** Tickets of the core for which there was no buffer, and nothing that could make one free. */
  #starved: Ticket[] = [];
  /** Who waits for the last ticket to end. */
  #whenQuiet: (() => void)[] = [];

  constructor(direct: DirectIo, file: DirectFile, room: Room, turns: Turns) {
    this.direct = direct;
    this.file = file;
    this.#room = room;
    this.#turns = turns;
  }

  /** Begins an operation, and resolves when it has ended. Rejects with what `call` throws. */
  perform(of: Subject, call: () => DirectOutcome, bufs = 1): Promise<Ended> {
    const ended = this.#promised(of, call, bufs);
    this.#turns.take();
    return ended;
  }

  /** The same for several, none of which waits for another. */
  performAll<Of extends Subject>(all: Iterable<Of>, call: (of: Of) => DirectOutcome): Promise<Ended[]> {
    const ended = [...all].map((of) => this.#promised(of, () => call(of), 1));
    this.#turns.take();
    return Promise.all(ended);
  }

  #promised(of: Subject, call: () => DirectOutcome, bufs: number): Promise<Ended> {
    return new Promise((resolve, reject) => {
      this.#begin(of, { call, bufs, resolve, reject, passage: this.#room.passage() });
    });
  }

  #begin(of: Subject, waiter: Waiter): void {
    if (!this.#attempt(of, waiter, waiter.call)) this.#seek(of, waiter, waiter.call, waiter.reject);
  }

  /** Answers false, and nothing has happened, if there was no buffer. */
  #attempt(of: Subject, waiter: Waiter, call: () => DirectOutcome): boolean {
    let outcome: DirectOutcome;
    try {
      outcome = call();
    } catch (error) {
      if (error instanceof CacheFull) return false;
      waiter.reject(error);
      return true;
    }
    if (outcome === 'io' || outcome === 'wait') {
      this.#waiting.set(of, waiter);
      waiter.passage.begin(); // Whatever buffers it uses, it gives back without the program.
    } else if (outcome === 'again') this.#again.push([of, waiter]);
    else this.#end(waiter, outcome);
    return true;
  }

  #end({ passage, resolve }: Waiter, ended: Ended): void {
    passage.end();
    resolve(ended);
  }

  #seek(of: Subject, waiter: Waiter, call: () => DirectOutcome, fail: (error: Error) => void): void {
    const attempt = (): boolean => this.#attempt(of, waiter, call);
    this.#room.seek({ bufs: waiter.bufs, needsBuf: () => true, attempt, fail });
  }

  // ── What is asked in turns ────────────────────────────────────────────────────────────────────────────────

  /** Answers whether the ticket is one of this file; then it has gone on, or will when there is a buffer. */
  adopt(ticket: Ticket): boolean {
    try {
      return this.direct.resumeCore(ticket);
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
      const attempt = (): boolean => this.#resume(ticket);
      this.#room.seek({ bufs: 1, needsBuf: () => true, attempt, fail: () => void this.#starved.push(ticket) });
      return true;
    }
  }

  #resume(ticket: Ticket): boolean {
    try {
      return this.direct.resumeCore(ticket);
    } catch (error) {
      if (error instanceof CacheFull) return false;
      throw error;
    }
  }

  /** Resolves when no ticket of the core is one of this file: nobody need ask `adopt` any more. */
  async quiet(): Promise<void> {
    if (this.direct.holdsTickets) await new Promise<void>((resolve) => this.#whenQuiet.push(resolve));
  }

  /** Goes on with whatever can; answers whether something has. */
  goOn(): boolean {
    let hasMoved = false;
    for (let front = this.direct.nextEnded(); front !== undefined; front = this.direct.nextEnded()) {
      hasMoved = true;
      this.#end(this.#take(front), front.result === 'done' ? 'done' : 'error');
    }
    for (let of = this.direct.nextRunnable(); of !== undefined; of = this.direct.nextRunnable()) {
      hasMoved = true;
      this.#resumeRunnable(of);
    }
    if (this.#whenQuiet.length > 0 && !this.direct.holdsTickets) this.#tellQuiet();
    return hasMoved;
  }

  /** Once in a turn: what can only be found out by trying. */
  tryAgain(): void {
    const [again, starved] = [this.#again, this.#starved];
    if (again.length > 0) {
      this.#again = [];
      for (const [of, waiter] of again) this.#begin(of, waiter);
    }
    if (starved.length > 0) this.#starved = starved.filter((ticket) => !this.#resume(ticket));
  }

  #resumeRunnable(of: Front | Extent): void {
    const waiter = this.#take(of);
    const resume = (): DirectOutcome => this.direct.resume(of);
    if (this.#attempt(of, waiter, resume)) return;
    this.#seek(of, waiter, resume, (error) => {
      if ('bytes' in of) this.direct.abandon(of);
      waiter.passage.end();
      waiter.reject(error);
    });
  }

  #take(of: Subject): Waiter {
    const waiter = this.#waiting.get(of)!;
    this.#waiting.delete(of);
    return waiter;
  }

  /** Nothing will end any more. */
  failAll(error: Error): void {
    for (const { reject } of [...this.#waiting.values(), ...this.#again.map(([, waiter]) => waiter)]) reject(error);
    this.#waiting.clear();
    this.#again = [];
    this.#tellQuiet();
  }

  #tellQuiet(): void {
    const waiting = this.#whenQuiet;
    this.#whenQuiet = [];
    for (const resolve of waiting) resolve();
  }
}

/** The open files of a mount. */
export class Files implements Adopter, Participant, Source, Breakable {
  #all: readonly FileWork[] = [];
  /** By id, whose the requests are that the device has. */
  readonly #owners = new Map<number, DirectIo>();
  /** What a file does counts as a use of the mount, and what a failed read leaves behind is in flight. */
  readonly isIdle = true;

  /** In the order in which they were opened. */
  get all(): readonly FileWork[] {
    return this.#all;
  }

  add(work: FileWork): void {
    this.#all = [...this.#all, work];
  }

  remove(work: FileWork): void {
    this.#all = this.#all.filter((one) => one !== work);
  }

  adopt(ticket: Ticket): boolean {
    for (const work of this.#all) if (work.adopt(ticket)) return true;
    return false;
  }

  goOn(): boolean {
    let hasMoved = false;
    for (const work of this.#all) hasMoved = work.goOn() || hasMoved;
    return hasMoved;
  }

  tryAgain(): void {
    for (const work of this.#all) work.tryAgain();
  }

  drainRequests(submit: (request: DeviceRequest) => void): void {
    for (const { direct } of this.#all) {
      direct.drainRequests((request) => {
        this.#owners.set(request.id, direct);
        submit(request);
      });
    }
  }

  /** Is it a request of one of them that the device has? */
  owns(id: number): boolean {
    return this.#owners.has(id);
  }

  /** If a request of one of them has ended: tells it, and answers true. */
  ended({ kind, id }: DeviceRequest, result: Result): boolean {
    const owner = this.#owners.get(id);
    if (owner === undefined) return false;
    this.#owners.delete(id);
    if (kind === 'read') owner.readDone(id, result);
    else owner.writeDone(id, result);
    return true;
  }

  failAll(error: Error): void {
    for (const work of this.#all) work.failAll(error);
  }
}
