// One transfer between memory and a file, carried to its end: what the system leaves over is asked for again, from where it
// stopped, and what was interrupted is repeated. The verdict is a number, because it travels through shared memory:
//
//   0                 every byte has moved
//   positive          the system's errno
//   END_OF_FILE       a read came to the end of the file first
//   NO_PROGRESS       a write moved nothing and said nothing

import { constants } from 'node:os';
import type { IoCounters } from './io-counters.ts';
import type { Syscalls } from './syscalls.ts';

export const OK = 0;
export const END_OF_FILE = -1;
export const NO_PROGRESS = -2;

const { EINTR, EAGAIN } = constants.errno;

/** Interruptions in a row before a call is given up: signals come in bursts, but not in such, and the thread must not spin for ever. */
const RETRIES_MAX = 1000;

export class Transfer {
  /** The byte of the file at which the last transfer that failed had come to. */
  failedAt = 0;
  readonly #syscalls: Syscalls;
  readonly #counters: IoCounters;

  constructor(syscalls: Syscalls, counters: IoCounters) {
    this.#syscalls = syscalls;
    this.#counters = counters;
  }

  /** Fills the views from `position`. Answers a verdict. */
  read(fd: number, views: readonly Uint8Array[], position: number): number {
    return this.#move(this.#syscalls.readv, fd, views, position, END_OF_FILE);
  }

  /** Writes the views to `position`. Answers a verdict. */
  write(fd: number, views: readonly Uint8Array[], position: number): number {
    return this.#move(this.#syscalls.writev, fd, views, position, NO_PROGRESS);
  }

  /** Makes durable what was written. Answers a verdict. */
  sync(fd: number): number {
    for (let retries = 0; ; retries++) {
      try {
        this.#counters.add('syncs');
        this.#syscalls.fdatasync(fd);
        return OK;
      } catch (thrown) {
        const errno = errnoOf(thrown);
        if (!isInterruption(errno) || retries === RETRIES_MAX) return errno;
        this.#counters.add('retries');
      }
    }
  }

  #move(call: Syscalls['readv'], fd: number, views: readonly Uint8Array[], position: number, stuck: number): number {
    let rest = views;
    let at = position;
    let retries = 0;
    while (rest.length > 0) {
      let moved: number;
      try {
        this.#counters.add('transfers');
        moved = call(fd, rest, at);
      } catch (thrown) {
        const errno = errnoOf(thrown);
        if (isInterruption(errno) && retries++ < RETRIES_MAX) {
          this.#counters.add('retries');
          continue;
        }
        return this.#failed(errno, at);
      }
      if (moved === 0) return this.#failed(stuck, at);
      at += moved;
      retries = 0;
      rest = remaining(rest, moved);
      if (rest.length > 0) this.#counters.add('shortTransfers');
    }
    return OK;
  }

  #failed(verdict: number, at: number): number {
    this.failedAt = at;
    return verdict;
  }
}

/** What is left of the views behind their first `moved` bytes. */
function remaining(views: readonly Uint8Array[], moved: number): readonly Uint8Array[] {
  let left = moved;
  for (let i = 0; i < views.length; i++) {
    const view = views[i]!;
    if (left < view.length) return left === 0 ? views.slice(i) : [view.subarray(left), ...views.slice(i + 1)];
    left -= view.length;
  }
  return [];
}

const isInterruption = (errno: number): boolean => errno === EINTR || errno === EAGAIN;

/** The errno of what a system call threw. Anything else is a defect of our own and ends the thread. */
function errnoOf(thrown: unknown): number {
  const errno = (thrown as { errno?: unknown } | null)?.errno;
  if (typeof errno !== 'number' || errno >= 0) throw thrown;
  return -errno;
}
