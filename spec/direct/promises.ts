// The promises of a caller of the direct machine. As in ../promises.ts they are tested in the order of the rules of an action, and
// production throws an error that names the first broken one, before anything has changed.

import type { OriginalRef } from '../claim.ts';
import type { DirectActionKind } from './vocabulary.ts';

/** The name by which an error tells which promise was broken. */
export type DirectPromiseName =
  'BufferIdle' | 'Writable' | 'SpaceReserved' | 'RecordLive' | 'TicketRunnable' | 'HandleOpen';

/** Something that a caller of the direct machine may not do. */
export interface DirectPromise {
  readonly name: DirectPromiseName;
  readonly statement: string;
  readonly original: readonly OriginalRef[];
  readonly on: readonly DirectActionKind[];
}

/** Every promise of a caller of the direct machine. */
export const DIRECT_PROMISES: readonly DirectPromise[] = [
  {
    name: 'Writable',
    statement: 'The front is that of the newest state of its file; a snapshot is not written.',
    original: [{ line: 1682, what: 'the operation is a write, which the layer above has let through' }],
    on: ['strategyWrite'],
  },
  {
    name: 'BufferIdle',
    statement: 'No operation of the front is under way.',
    original: [
      { line: 1429, what: 'the operation has the locked buffer of the file to itself' },
      { line: 1703, what: 'so has a write' },
    ],
    on: ['strategyRead', 'strategyWrite'],
  },
  {
    name: 'SpaceReserved',
    statement: 'The space that is written is free, and reserved by the writer alone.',
    original: [{ line: 1679, what: 'the record names the space that was reserved for it' }],
    on: ['strategyWrite'],
  },
  {
    name: 'RecordLive',
    statement: 'The record that is committed is visible.',
    original: [{ line: 1867, to: 1868, what: 'a record that the backend takes has its space' }],
    on: ['commitRecord'],
  },
  {
    name: 'TicketRunnable',
    statement: 'Who is resumed was waiting, and what it waited for is over.',
    original: [{ line: 1850, to: 1853, what: 'a sleeper goes on when the direct write is over' }],
    on: ['resumeRead', 'resumeWrite', 'resumeCommit'],
  },
  {
    name: 'HandleOpen',
    statement: 'Who lets go of a buffer of the device holds it.',
    original: [{ line: 1753, what: 'a buffer that was got is released, once' }],
    on: ['deviceRelease'],
  },
];
