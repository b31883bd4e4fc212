// A request as the I/O thread sees it: where, with which memory, and, when it has been carried out, how it went. The thread
// has one for each slot of its ring and uses it again and again.

import { OK } from './transfer.ts';

export const READ = 0;
export const WRITE = 1;
export const FLUSH = 2;
/** A flush that nobody has asked for yet. */
export const FLUSH_AHEAD = 3;
export type JobKind = typeof READ | typeof WRITE | typeof FLUSH | typeof FLUSH_AHEAD;

export class Job {
  /** Its place in the ring, for ever. */
  readonly slot: number;
  kind: JobKind = READ;
  volume = 0;
  /** The first block; 0 for a flush. */
  block = 0;
  /** Memory of the blocks: one view for each, or one for all of them; none for a flush. */
  views: readonly Uint8Array[] = [];
  /** How it went: a verdict of `transfer.ts`. */
  verdict = OK;
  /** The byte of the file at which it failed. */
  failedAt = 0;
  /** Whether it was the write log that failed, and not the volume. */
  failedInLog = false;
  /** Of a write that was logged: its number in the log, or the first of several, one for each block. */
  logged = 0;

  constructor(slot: number) {
    this.slot = slot;
  }

  /** Makes it a new job, not carried out yet. */
  set(kind: JobKind, volume: number, block: number, views: readonly Uint8Array[]): this {
    this.kind = kind;
    this.volume = volume;
    this.block = block;
    this.views = views;
    this.verdict = OK;
    this.failedAt = 0;
    this.failedInLog = false;
    return this;
  }

  failed(verdict: number, at: number, inLog = false): void {
    this.verdict = verdict;
    this.failedAt = at;
    this.failedInLog = inLog;
  }
}
