// The memory through which the owner of a device and its I/O thread speak: a table of slots, one for each request in flight,
// and two rings of slot numbers, one for each direction.
//
//   owner    writes a slot, then its number into `submitted`, and publishes any number of them by moving the tail
//   thread   sleeps on that tail; takes all there is, carries it out, writes verdicts into the slots, and moves the tail of
//            `completed`
//
// Each tail has one writer, and each slot belongs to one side at a time, handed over by the atomic store of a tail: what was
// written before the store is seen after the load, so the words of a slot, the counters and the blocks themselves need no
// atomics of their own. A ring has a place for every slot and can not overflow. Tails count modulo 2^32.
//
// The thread is woken by the tail it waits on. The owner, whose event loop must not wait, is woken by a message; `calls` says
// whether one is under way already, so that a burst of completions costs one.

import { COUNTER_WORDS } from './io-counters.ts';
import { FLUSH_AHEAD, type Job, type JobKind } from './job.ts';

/** Requests in flight at a time; a power of two. More of them wait at the owner's side. */
export const SLOTS = 1024;

// Control words.
const SUBMITTED = 0;
const COMPLETED = 1;
const CALLS = 2;
const CONTROL_WORDS = 4; // One to spare: what follows is aligned to 8 bytes.

// Words of a slot, as float64 because file offsets and memory offsets do not fit into 32 bits.
const KIND = 0;
const VOLUME = 1;
const BLOCK = 2;
/** How many of the next two words are memory offsets. */
const VIEWS = 3;
const MEMORY = 4;
/** Bytes of each view. */
const VIEW_BYTES = 6;
const VERDICT = 7;
const FAILED_AT = 8;
const FAILED_IN_LOG = 9;
const SLOT_WORDS = 10;

const INT_BYTES = 4 * (CONTROL_WORDS + 2 * SLOTS);
const RING_BYTES = INT_BYTES + 8 * (SLOTS * SLOT_WORDS + COUNTER_WORDS);

/** In the word for the kind of job: none, and nothing will follow. */
const END = -1;

const NOBODY = 0;
const UNDER_WAY = 1;

export class IoRing {
  /** Hand this to the other side, and make an IoRing of it there. */
  readonly memory: SharedArrayBuffer;
  /** Words of IoCounters. */
  readonly counterWords: Float64Array;
  readonly #control: Int32Array;
  readonly #submitted: Int32Array;
  readonly #completed: Int32Array;
  readonly #slots: Float64Array;
  /** How far this side has read what the other one publishes, and how far it has written. */
  #head = 0;
  #tail = 0;

  constructor(memory = new SharedArrayBuffer(RING_BYTES)) {
    this.memory = memory;
    this.#control = new Int32Array(memory, 0, CONTROL_WORDS);
    this.#submitted = new Int32Array(memory, 4 * CONTROL_WORDS, SLOTS);
    this.#completed = new Int32Array(memory, 4 * (CONTROL_WORDS + SLOTS), SLOTS);
    this.#slots = new Float64Array(memory, INT_BYTES, SLOTS * SLOT_WORDS);
    this.counterWords = new Float64Array(memory, INT_BYTES + 8 * SLOTS * SLOT_WORDS, COUNTER_WORDS);
  }

  // ── The owner's side ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts a request into a slot that is free; the thread sees it when `publish` is called. */
  put(slot: number, kind: JobKind, volume: number, block: number, views: readonly Uint8Array[]): void {
    const words = this.#slots;
    const base = slot * SLOT_WORDS;
    words[base + KIND] = kind;
    words[base + VOLUME] = volume;
    words[base + BLOCK] = block;
    words[base + VIEWS] = views.length;
    for (let i = 0; i < views.length; i++) words[base + MEMORY + i] = views[i]!.byteOffset;
    words[base + VIEW_BYTES] = views[0]?.length ?? 0;
    this.#push(slot);
  }

  /** Shows the thread what was put, and wakes it. */
  publish(): void {
    Atomics.store(this.#control, SUBMITTED, this.#tail);
    Atomics.notify(this.#control, SUBMITTED);
  }

  /** Calls `visit` with each slot whose request has ended and was not visited yet; it is free from then on. */
  drain(visit: (slot: number, verdict: number, failedAt: number, failedInLog: boolean) => void): void {
    // Before the tail is read: whoever completes something after that must call again.
    Atomics.store(this.#control, CALLS, NOBODY);
    const tail = Atomics.load(this.#control, COMPLETED);
    while (this.#head !== tail) {
      const slot = this.#completed[this.#head & (SLOTS - 1)]!;
      this.#head = (this.#head + 1) | 0;
      const base = slot * SLOT_WORDS;
      const words = this.#slots;
      visit(slot, words[base + VERDICT]!, words[base + FAILED_AT]!, words[base + FAILED_IN_LOG] === 1);
    }
  }

  /** Lets the thread end when it has done what was submitted before; `slot` is any free one. */
  stop(slot: number): void {
    this.#slots[slot * SLOT_WORDS + KIND] = END;
    this.#push(slot);
    this.publish();
  }

  #push(slot: number): void {
    this.#submitted[this.#tail & (SLOTS - 1)] = slot;
    this.#tail = (this.#tail + 1) | 0;
  }

  // ── The thread's side ────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Sleeps until something is submitted, and tells `visit` of all there is. Answers false if the thread is to end when it
   * has done that.
   */
  take(visit: (slot: number, kind: JobKind, volume: number, block: number, memory: number[]) => void): boolean {
    let tail: number;
    while ((tail = Atomics.load(this.#control, SUBMITTED)) === this.#head) {
      Atomics.wait(this.#control, SUBMITTED, tail);
    }
    const words = this.#slots;
    while (this.#head !== tail) {
      const slot = this.#submitted[this.#head & (SLOTS - 1)]!;
      this.#head = (this.#head + 1) | 0;
      const base = slot * SLOT_WORDS;
      if (words[base + KIND] === END) return false;
      const memory: number[] = [];
      for (let i = 0; i < words[base + VIEWS]!; i++) memory.push(words[base + MEMORY + i]!);
      visit(slot, words[base + KIND] as JobKind, words[base + VOLUME]!, words[base + BLOCK]!, memory);
    }
    return true;
  }

  /** Bytes of each view of the job in a slot that was taken. */
  viewBytes(slot: number): number {
    return this.#slots[slot * SLOT_WORDS + VIEW_BYTES]!;
  }

  /**
   * Publishes how jobs went. Answers whether the owner must be called, because it waits for one of them and no call is under
   * way.
   */
  complete(jobs: readonly Job[]): boolean {
    const words = this.#slots;
    for (const { slot, verdict, failedAt, failedInLog } of jobs) {
      const base = slot * SLOT_WORDS;
      words[base + VERDICT] = verdict;
      words[base + FAILED_AT] = failedAt;
      words[base + FAILED_IN_LOG] = failedInLog ? 1 : 0;
      this.#completed[this.#tail & (SLOTS - 1)] = slot;
      this.#tail = (this.#tail + 1) | 0;
    }
    Atomics.store(this.#control, COMPLETED, this.#tail);
    // Nobody waits for a flush ahead; its slot goes back with the next jobs.
    if (jobs.every(({ kind }) => kind === FLUSH_AHEAD)) return false;
    return Atomics.exchange(this.#control, CALLS, UNDER_WAY) === NOBODY;
  }
}
