// MountFile: data of any size and alignment that goes around the cache. A file is a list of extents, which its owner keeps:
// each says which bytes of the file stand where, with their CRC-32. The mount keeps no directory; where the list is stored
// (a header, a META block, somewhere else) is the program's business.
//
//   const file = await mount.openFile({ space: [{ volume: 0, block: 16, blocks: 1000 }] });
//   await file.write(0, bytes);              // into free blocks of its space, never over old ones
//   const extents = await file.commit();     // the new list
//   await mount.sync();                      // the data is durable: now the list may be stored, and be made durable by a sync
//
// The file is cut into *cells* of `extentBytes`. Each cell has at most one extent and one call at work; calls that touch the
// same cell go one after the other, in the order in which they were made, so that a call is atomic in each cell and not beyond.
// A write that covers a part of a cell reads the rest first, and writes all of it anew: so write large pieces. What goes direct
// is decided as the original decides it: whole extents go straight between memory and device; parts of extents, and what was not
// committed yet, through buffers of the cache; so does a write of less than a block.
//
// What a commit supersedes stays where it is for two more commits. So a program that stores the list of each commit before it
// makes the next but one finds, after a crash, a list whose blocks are untouched. A file that is opened anew knows only the
// lists that it is given: `extents`, and as `older` whatever else may still have to be read. That is all: two files, or a file
// and its list, are not changed atomically.
//
// With `verify` every read compares the CRC of each extent that it touches, which is therefore read whole. The original cannot do
// that on its direct path, where the kernel may exchange pages under it (hammer_io.c L1459-1468); fronts are memory of ours
// alone. So it is done here, after the read, and not by DirectIo, which compares on its path through the device cache only.

import type { Element, Extent } from '../../direct/index.ts';
import { shown } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import { ABORT } from '../call-options.ts';
import { MountClosed, ReadOnlyError } from '../errors.ts';
import type { Part } from './cells.ts';
import { FileCells } from './cells.ts';
import type { FileOptions } from './opening.ts';
import { openWork } from './opening.ts';
import type { FileParts } from './parts.ts';
import type { FileWork } from './work.ts';
import type { AbortOptions } from '../waits.ts';
import { unlessAborted } from '../waits.ts';

/** What a file has done since it was opened. */
export interface FileStatistics {
  /** Extents read straight from the device, and through the cache; holes are not counted. */
  readonly directReads: number;
  readonly bufferedReads: number;
  /** Extents written straight to the device, and through the cache. */
  readonly directWrites: number;
  readonly bufferedWrites: number;
  /** Extents whose CRC was compared. */
  readonly verified: number;
  /** Extents written and not committed yet. */
  readonly uncommitted: number;
}

/** Data of any size around the cache of a mount. What has been committed, and synced after that, is durable. */
export class MountFile {
  /** Bytes of a cell: see FileOptions. */
  readonly extentBytes: number;
  readonly #parts: FileParts;
  readonly #work: FileWork;
  readonly #cells: FileCells;
  /** By cell: when the calls before have ended. */
  readonly #tails = new Map<number, Promise<unknown>>();
  #committing: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #isClosed = false;

  private constructor(parts: FileParts, work: FileWork, verify: boolean) {
    this.#parts = parts;
    this.#work = work;
    this.#cells = new FileCells(parts, work, verify);
    this.extentBytes = work.direct.extentBytes;
  }

  /** @internal Files come from Mount.openFile. */
  static async open(parts: FileParts, options: FileOptions): Promise<MountFile> {
    return new MountFile(parts, await openWork(parts, options), options.verify ?? true);
  }

  /** Bytes up to the end of the last extent, those written and not committed included. */
  get size(): number {
    return this.#cells.size;
  }

  /** Counters since open. A copy: it does not change any more. */
  get statistics(): FileStatistics {
    return { ...this.#cells.counts, uncommitted: this.#work.file.records.size };
  }

  /**
   * Reads up to `length` bytes from `offset` on, fewer at the end of the file; what was never written is zeros.
   *
   * Rejects with FileReadFailed, FileCorrupt (with `verify`), CacheFull, InvalidArgument, MountClosed, MountBroken, or the signal's
   * reason.
   */
  async read(offset: number, length: number, patience: AbortOptions = {}): Promise<Uint8Array> {
    ABORT.check(patience, 'read');
    checkRange(offset, length);
    const into = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    await this.readInto(offset, into, patience);
    return into;
  }

  /**
   * The same into memory of the program; answers how many bytes of it were filled. They are not to be looked at before. When it
   * rejects, some of them may have been filled. Into memory of Mount.lend nothing is copied, and an abort takes effect when the
   * device has done with it.
   */
  async readInto(offset: number, into: Uint8Array, options: AbortOptions = {}): Promise<number> {
    ABORT.check(options, 'readInto');
    const { signal } = options;
    checkBytes(offset, into);
    const filled = Math.max(0, Math.min(into.length, this.size - offset));
    await this.#inCells(offset, into.subarray(0, filled), signal, (part) => this.#cells.read(part));
    return filled;
  }

  /**
   * Writes bytes at `offset`, into free blocks; behind the end the file grows. They must not change until that has ended.
   * When it resolves the data is with the device, or in the cache; durable, and found again, after `commit` and a sync.
   * If it rejects, each cell of the range holds the old bytes, or the new ones, or (after FileWriteFailed) cannot be read.
   * From memory of Mount.lend nothing is copied, and an abort takes effect when the device has done with it.
   *
   * Rejects with FileWriteFailed (the mount is read-only from then on), ReadOnlyError, NoSpace, what `read` rejects with when a
   * part of a cell is written, or the signal's reason: what has left for the device goes on then.
   */
  async write(offset: number, bytes: Uint8Array, options: AbortOptions = {}): Promise<void> {
    ABORT.check(options, 'write');
    const { signal } = options;
    checkBytes(offset, bytes);
    this.#parts.faults.promiseWritable();
    await this.#inCells(offset, bytes, signal, (part) => this.#cells.write(part));
  }

  /**
   * Puts what was written before the call into the list of extents, and answers the list, by offset. What it supersedes is free
   * after two more commits. Data first, list second: store the list after a `mount.sync()` that began after this has resolved.
   *
   * Waits while the program holds blocks of the file through the mount. Rejects with ReadOnlyError after a failed write.
   */
  commit(): Promise<readonly Element[]> {
    const committed = this.#committing.then(() => this.#use(() => this.#commit()));
    this.#committing = committed.catch(() => undefined);
    return committed;
  }

  /**
   * Waits for the calls under way, and closes the file; what was not committed is lost. Its space may then be used otherwise.
   * A mount that closes closes its files.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#underWay > 0) await Promise.allSettled([...this.#tails.values(), this.#committing]);
    await this.#work.quiet(); // A read that has failed leaves loads of its other blocks behind.
    this.#parts.files.remove(this.#work);
  }

  /** For `await using`: closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ── Calls and cells ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Cuts a range at the cells, and does the work of each when its turn has come. */
  async #inCells(
    offset: number,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
    work: (part: Part) => Promise<void>,
  ): Promise<void> {
    signal?.throwIfAborted();
    this.#promiseOpen();
    const loan = this.#parts.loans.find(bytes);
    loan?.begin();
    const parts: Promise<void>[] = [];
    for (let from = 0; from < bytes.length;) {
      const at = (offset + from) % this.extentBytes;
      const cell = offset + from - at;
      const end = Math.min(bytes.length, from + this.extentBytes - at);
      const piece = bytes.subarray(from, end);
      const part: Part = { cell, at, bytes: piece, isLent: loan?.suits(piece) ?? false, signal };
      parts.push(this.#inTurn(cell, () => this.#use(() => work(part))));
      from = end;
    }
    const all = Promise.allSettled(parts).then((ended) => {
      loan?.end();
      const failed = ended.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    });
    // The device may be at memory that was lent, and the program gets that back with the end of the call.
    await (loan === undefined ? unlessAborted(all, signal) : all);
  }

  #inTurn(cell: number, work: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(cell);
    const run = before === undefined ? work() : before.then(work);
    const tail = run
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(cell) === tail) this.#tails.delete(cell);
      });
    this.#tails.set(cell, tail);
    return run;
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    this.#parts.lifecycle.promiseUnbroken();
    this.#parts.lifecycle.uses++;
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#parts.lifecycle.uses--;
    }
  }

  #promiseOpen(): void {
    this.#parts.lifecycle.promiseUsable();
    if (this.#isClosed) throw new MountClosed();
  }

  // ── Committing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async #commit(): Promise<readonly Element[]> {
    this.#promiseOpen();
    this.#parts.faults.promiseWritable();
    await Promise.allSettled([...this.#tails.values()]);
    const { direct, file } = this.#work;
    direct.cycle();
    for (const freed of [...direct.delayed]) {
      // What somebody still uses stays for the next time.
      if (freed.age >= 2) direct.reserveComplete(freed);
    }
    const commit = (record: Extent) => (record.live ? direct.commitRecord(record) : 'done');
    const committed = await this.#work.performAll(file.records.values(), commit);
    if (committed.some((ended) => ended !== 'done')) throw new ReadOnlyError(this.#parts.faults.critical);
    await this.#work.performAll(file.replaced, (record) => direct.destroyRecord(record));
    return [...file.index.values()].map(elementOf);
  }
}

function elementOf({ fileOffset, volume, block, length, crc }: Extent): Element {
  return { fileOffset, volume, block, length, ...(crc !== undefined && { crc }) };
}

function checkBytes(offset: number, bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new InvalidArgument('a Uint8Array, such as a Buffer', shown(bytes), 'Make one over the same memory.');
  }
  checkRange(offset, bytes.length);
}

function checkRange(offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) return;
  const seen = `${String(length)} bytes at byte ${String(offset)}`;
  throw new InvalidArgument('a range of whole bytes from 0 on', seen, 'Correct the offset or the length.');
}
