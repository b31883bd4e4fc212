// What a call of the core answers: an outcome and, where they apply, the handle or ticket that came into being and the
// disk statistics of the step. Answers that carry nothing but their outcome are shared and frozen, so that the common
// `done` of a release costs no allocation; all others are fresh objects, so that an answer may be kept.

import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import { NO_HANDLE, NO_TICKET, type Handle, type Ticket } from './ids.ts';

/** The answer to one call. */
export interface Answer {
  readonly outcome: Outcome;
  /** The handle that the call opened or worked on, or NO_HANDLE. */
  readonly handle: Handle;
  /** The ticket to resume when it is runnable, or NO_TICKET. */
  readonly ticket: Ticket;
  /** Bytes that this step counts as read from the device (also when its cache had them, hammer_io.c L317). */
  readonly diskRead: number;
  /** Bytes that this step counts as written to the device (L1127). */
  readonly diskWrite: number;
}

function bare(outcome: Outcome): Answer {
  return Object.freeze({ outcome, handle: NO_HANDLE, ticket: NO_TICKET, diskRead: 0, diskWrite: 0 });
}

export const DONE = bare('done');
export const AGAIN = bare('again');
export const REFUSED = bare('refused');
export const NONE = bare('none');
export const CLEAN = bare('clean');
export const ERROR = bare('error');

/** `done` with the handle it is about; `diskRead` bytes were counted as read. */
export function doneWith(handle: Handle, diskRead = 0): Answer {
  return { outcome: 'done', handle, ticket: NO_TICKET, diskRead, diskWrite: 0 };
}

/** Not finished: `ticket` has been issued, or waits again. */
export function unfinished(outcome: 'wait' | 'io' | 'cover', ticket: Ticket): Answer {
  return { outcome, handle: NO_HANDLE, ticket, diskRead: 0, diskWrite: 0 };
}

/** A completion, with what it moved. */
export function completed(outcome: 'done' | 'error', diskRead: number, diskWrite: number): Answer {
  return { outcome, handle: NO_HANDLE, ticket: NO_TICKET, diskRead, diskWrite };
}
