// Fronts: buffers of files, in memory that the caller supplies. A front stands for one range of one file, of whole blocks and
// within one cell of the file's grid; there is at most one front for a cell. It is *empty*, *valid*, or *in flight*: an
// operation of it is under way, which ends it in one of the other two, and in nothing else. So a front has at most one ticket,
// and is that ticket itself.

import type { FrontAt, FrontHow, Trouble } from '../../spec/direct/snapshot.ts';
import { BrokenPromise } from '../core/errors.ts';
import type { ExtentRecord, Place } from './extents.ts';
import type { FileRecord } from './files.ts';

/**
 * Why an operation has ended with `error`. `lookup`, `missing`, `beyond`: the place cannot be reached; `device`: EIO;
 * `checksum`: the bytes are not those that were written; `lostWrite`: the newest data is a record whose write has failed;
 * `critical`: there has been a critical error meanwhile; `alias`: new space is being changed through the core; `abandoned`.
 */
export type FailureReason =
  Exclude<Trouble, 'none'> | 'device' | 'checksum' | 'lostWrite' | 'critical' | 'alias' | 'abandoned';

/** Why the last operation of a front has failed, and where. */
export interface Failure extends Place {
  readonly reason: FailureReason;
}

export class FrontRecord {
  readonly file: FileRecord;
  /** Where in the file it begins, in bytes. */
  readonly fileOffset: number;
  /** Its memory: whole blocks. The device's while the front is in flight; the caller's to change before a write only. */
  readonly bytes: Uint8Array;
  /** First byte of the cell of the file that it lies in. */
  readonly cell: number;
  at: FrontAt = 'empty';
  how: FrontHow = 'none';
  /** Where its data stands, learnt in advance or from an earlier read. */
  cached: ExtentRecord | undefined = undefined;
  /** What the operation under way reads or writes. */
  from: ExtentRecord | undefined = undefined;
  /** Bytes of data in it, while valid or being written; what follows them was zeroed when it was read. */
  length = 0;
  /** Its contents came through the device cache, so they may be dropped first (B_AGE). */
  aged = false;
  /** What it waited for has come about: it may be resumed. */
  runnable = false;
  /** Stands in the queue of DirectIo.nextRunnable. */
  queued = false;
  /** How its last operation has ended. */
  result: 'none' | 'done' | 'error' = 'none';
  failure: Failure | undefined = undefined;
  /** Operations that have ended: each ends exactly once (claim I46). */
  answered = 0;
  isOpen = true;

  /** While blocks come through the device cache: blocks of the extent before the front. @internal */
  firstBlock = 0;
  /** Blocks that the front wants. @internal */
  wanted = 0;
  /** How many of these were asked for, in order. @internal */
  asked = 0;
  /** How many of the latter have not come. @internal */
  awaited = 0;
  /** While syncing: aliases that are not written yet. @internal */
  unsynced = 0;

  constructor(file: FileRecord, fileOffset: number, bytes: Uint8Array, cell: number) {
    this.file = file;
    this.fileOffset = fileOffset;
    this.bytes = bytes;
    this.cell = cell;
  }

  get isInFlight(): boolean {
    return this.at !== 'empty' && this.at !== 'valid';
  }
}

/** A buffer of a file. To be read, but for the contents of `bytes`: only DirectIo changes it. */
export type Front = Readonly<FrontRecord>;

/** Puts a front in flight. */
export function depart(front: FrontRecord, at: FrontAt, how: FrontHow, extent: ExtentRecord): void {
  if (isReading(front)) front.from!.readers--;
  front.at = at;
  front.how = how;
  front.from = extent;
  front.runnable = false;
  if (isReading(front)) extent.readers++;
}

/** The operation of a front is over, and it has contents. */
export function becomeValid(front: FrontRecord, length: number, aged: boolean): void {
  if (isReading(front)) front.from!.readers--;
  front.at = 'valid';
  front.how = 'none';
  front.from = undefined;
  front.runnable = false;
  front.length = length;
  front.aged = aged;
}

/** The front is given up: nothing is known of its contents, or of where they stand. */
export function becomeEmpty(front: FrontRecord): void {
  if (isReading(front)) front.from!.readers--;
  front.at = 'empty';
  front.how = 'none';
  front.cached = undefined;
  front.from = undefined;
  front.runnable = false;
  front.length = 0;
  front.aged = false;
}

function isReading({ at }: FrontRecord): boolean {
  return at === 'syncing' || at === 'reading' || at === 'copying';
}

export function promiseIdle(front: FrontRecord): void {
  if (front.isInFlight) throw new BrokenPromise('BufferIdle', `${nameOfFront(front)} is ${front.at}`);
}

/** How an error message calls it. */
export function nameOfFront({ file, fileOffset, bytes }: Front): string {
  return `the front of ${bytes.length} bytes at byte ${fileOffset} of ${file.name}`;
}
