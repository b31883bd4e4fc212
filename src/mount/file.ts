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
// is decided as the seed decides it: whole extents go straight between memory and device; parts of extents, and what was not
// committed yet, through buffers of the cache; so does a write of less than a block.
//
// What a commit supersedes stays where it is for two more commits. So a program that stores the list of each commit before it
// makes the next but one finds, after a crash, a list whose blocks are untouched. That is all: two files, or a file and its
// list, are not changed atomically.
//
// With `verify` every read compares the CRC of each extent that it touches, which is therefore read whole. The seed cannot do
// that on its direct path, where the kernel may exchange pages under it (hammer_io.c L1404); fronts are memory of ours alone.

import { crc32 } from 'node:zlib';
import type { DirectIo, Element, Extent, Front } from '../direct/index.ts';
import { InvalidArgument } from '../errors.ts';
import type { Patience } from './block.ts';
import type { Engine } from './engine.ts';
import { MountClosed, ReadOnlyError } from './errors.ts';
import type { FileRange } from './file-errors.ts';
import { FileCorrupt, FileReadFailed, FileWriteFailed, NoSpace } from './file-errors.ts';
import type { FileOptions } from './file-opening.ts';
import { openWork } from './file-opening.ts';
import type { FileWork } from './file-work.ts';
import { onAbort } from './waits.ts';

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
  readonly #engine: Engine;
  readonly #work: FileWork;
  readonly #verify: boolean;
  /** By cell: when the calls before have ended. */
  readonly #tails = new Map<number, Promise<unknown>>();
  readonly #counts = { directReads: 0, bufferedReads: 0, directWrites: 0, bufferedWrites: 0, verified: 0 };
  #size = 0;
  #committing: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #isClosed = false;

  private constructor(engine: Engine, work: FileWork, verify: boolean) {
    this.#engine = engine;
    this.#work = work;
    this.#verify = verify;
    this.extentBytes = work.direct.state.extentBytes;
    for (const { fileOffset, length } of work.file.index.values())
      this.#size = Math.max(this.#size, fileOffset + length);
  }

  /** @internal Files come from Mount.openFile. */
  static async open(engine: Engine, options: FileOptions): Promise<MountFile> {
    return new MountFile(engine, await openWork(engine, options), options.verify ?? true);
  }

  /** Bytes up to the end of the last extent, those written and not committed included. */
  get size(): number {
    return this.#size;
  }

  /** Counters since open. A copy: it does not change any more. */
  get statistics(): FileStatistics {
    return { ...this.#counts, uncommitted: this.#work.file.records.size };
  }

  /**
   * Reads up to `length` bytes from `offset` on, fewer at the end of the file; what was never written is zeros.
   *
   * Rejects with FileReadFailed, FileCorrupt (with `verify`), CacheFull, InvalidArgument, MountClosed, MountBroken, or the signal's
   * reason.
   */
  async read(offset: number, length: number, patience: Patience = {}): Promise<Uint8Array> {
    checkRange(offset, length);
    const into = new Uint8Array(Math.max(0, Math.min(length, this.#size - offset)));
    await this.readInto(offset, into, patience);
    return into;
  }

  /**
   * The same into memory of the program; answers how many bytes of it were filled. They are not to be looked at before. When it
   * rejects, some of them may have been filled.
   */
  async readInto(offset: number, into: Uint8Array, { signal }: Patience = {}): Promise<number> {
    checkRange(offset, into.length);
    const filled = Math.max(0, Math.min(into.length, this.#size - offset));
    await this.#inCells(offset, filled, signal, (cell, at, from, length) =>
      this.#readCell(cell, at, into.subarray(from, from + length), signal),
    );
    return filled;
  }

  /**
   * Writes bytes at `offset`, into free blocks; behind the end the file grows. They must not change until that has ended.
   * When it resolves the data is with the device, or in the cache; durable, and found again, after `commit` and a sync.
   * If it rejects, each cell of the range holds the old bytes, or the new ones, or (after FileWriteFailed) cannot be read.
   *
   * Rejects with FileWriteFailed (the mount is read-only from then on), ReadOnlyError, NoSpace, what `read` rejects with when a
   * part of a cell is written, or the signal's reason: what has left for the device goes on then.
   */
  async write(offset: number, bytes: Uint8Array, { signal }: Patience = {}): Promise<void> {
    checkRange(offset, bytes.length);
    this.#engine.faults.promiseWritable();
    await this.#inCells(offset, bytes.length, signal, (cell, at, from, length) =>
      this.#writeCell(cell, at, bytes.subarray(from, from + length), signal),
    );
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
    this.#engine.files.all.delete(this.#work);
  }

  /** For `await using`: closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ── Calls and cells ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Cuts a range at the cells, and does the work of each when its turn has come. */
  async #inCells(
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
    work: (cell: number, at: number, from: number, length: number) => Promise<void>,
  ): Promise<void> {
    signal?.throwIfAborted();
    this.#promiseOpen();
    const parts: Promise<void>[] = [];
    for (let from = 0; from < length;) {
      const at = (offset + from) % this.extentBytes;
      const cell = offset + from - at;
      const [begin, bytes] = [from, Math.min(length - from, this.extentBytes - at)];
      parts.push(this.#inTurn(cell, () => this.#use(() => work(cell, at, begin, bytes))));
      from += bytes;
    }
    const all = Promise.allSettled(parts).then((ended) => {
      const failed = ended.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    });
    await unlessAborted(all, signal);
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
    this.#engine.promiseUnbroken();
    this.#engine.uses++;
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.#engine.uses--;
    }
  }

  #promiseOpen(): void {
    this.#engine.promiseUsable();
    if (this.#isClosed) throw new MountClosed();
  }

  /** The newest data of a cell. */
  #newest(cell: number): Extent | undefined {
    const { records, index } = this.#work.file;
    return records.get(cell) ?? index.get(cell);
  }

  // ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #readCell(cell: number, at: number, into: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const newest = this.#newest(cell);
    const wanted = Math.min(into.length, (newest?.length ?? 0) - at);
    if (newest === undefined || wanted <= 0) {
      into.fill(0);
      return;
    }
    const { blockBytes } = this.#engine.core.state;
    // All of it where the CRC is wanted, or most of the bytes; else the blocks that the range touches.
    const isWhole = this.#verify || wanted * 2 >= newest.length;
    const from = isWhole ? 0 : at - (at % blockBytes);
    const end = isWhole ? newest.length : at + wanted;
    await this.#withFront(cell, from, Math.ceil((end - from) / blockBytes) * blockBytes, signal, async (front) => {
      await this.#fill(front, { offset: cell + at, length: into.length });
      if (signal?.aborted === true) return; // The memory is the program's again.
      into.set(front.bytes.subarray(at - from, at - from + wanted));
      into.fill(0, wanted);
    });
  }

  async #fill(front: Front, range: FileRange): Promise<void> {
    const { direct } = this.#work;
    const ended = await this.#work.perform(front, () => {
      const outcome = direct.strategyRead(front);
      if (front.how === 'direct' || front.how === 'whole') this.#counts.directReads++;
      else if (outcome !== 'again' && outcome !== 'error') this.#counts.bufferedReads++;
      return outcome;
    });
    if (ended === 'error') throw this.#readError(front, range);
    const newest = this.#newest(front.cell);
    if (!this.#verify || newest?.crc === undefined || front.length < newest.length) return;
    this.#counts.verified++;
    const seen = crc32(front.bytes.subarray(0, newest.length));
    if (seen === newest.crc) return;
    const place = this.#engine.place(newest.volume, newest.block);
    throw new FileCorrupt({ offset: newest.fileOffset, length: newest.length }, place, newest.crc, seen);
  }

  #readError(front: Front, range: FileRange): Error {
    const { faults } = this.#engine;
    const { volume, block, reason } = front.failure!;
    const cause =
      reason === 'device' ? faults.takeReadError(volume, block)
      : reason === 'lostWrite' ? (faults.writeError(volume, block) ?? this.#work.direct.failureOf(front))
      : this.#work.direct.failureOf(front); // prettier-ignore
    return new FileReadFailed(range, faults.place(volume, block), cause);
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #writeCell(cell: number, at: number, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const { blockBytes } = this.#engine.core.state;
    const there = this.#newest(cell)?.length ?? 0;
    const length = Math.max(there, at + bytes.length);
    const blocks = Math.ceil(length / blockBytes);
    const range = { offset: cell + at, length: bytes.length };
    await this.#withFront(cell, 0, blocks * blockBytes, signal, async (front) => {
      const isWhole = at === 0 && bytes.length >= there;
      if (!isWhole) await this.#fill(front, range);
      signal?.throwIfAborted();
      front.bytes.set(bytes, at);
      front.bytes.fill(0, length); // Nothing of others gets onto the medium.
      await this.#writeFront(front, length, range);
      this.#size = Math.max(this.#size, cell + length);
    });
  }

  async #writeFront(front: Front, length: number, range: FileRange): Promise<void> {
    const { core, faults, policy } = this.#engine;
    const { blockBytes } = core.state;
    const { direct } = this.#work;
    const blocks = Math.ceil(length / blockBytes);
    const isSmall = length < blockBytes;
    const ended = await this.#work.perform(front, () => {
      const place = direct.findSpace(blocks);
      if (place === undefined) throw new NoSpace(range, blocks, blocksOf(direct.delayed));
      return direct.strategyWrite(front, place, length, isSmall);
    });
    if (ended === 'refused') throw new ReadOnlyError(faults.critical);
    if (ended === 'error') {
      const { volume, block } = front.failure!;
      const failed = faults.writeError(volume, block);
      const place = faults.place(volume, block);
      // A small write begins with a read of its block.
      if (failed === undefined && front.failure!.reason === 'device') {
        throw new FileReadFailed(range, place, faults.takeReadError(volume, block));
      }
      const cause = failed ?? direct.failureOf(front);
      throw new FileWriteFailed(range, place, cause);
    }
    this.#counts[isSmall ? 'bufferedWrites' : 'directWrites']++;
    if (isSmall) policy.writeBehind(core);
    this.#engine.turn();
  }

  /** Lends a front memory for as long as `use` runs. */
  async #withFront(
    cell: number,
    from: number,
    bytes: number,
    signal: AbortSignal | undefined,
    use: (front: Front) => Promise<void>,
  ): Promise<void> {
    const { fileMemory } = this.#engine;
    const lent = fileMemory.lend(bytes, { signal });
    const memory = lent instanceof Uint8Array ? lent : await lent;
    const front = this.#work.direct.openFront(this.#work.file, cell + from, memory);
    let isOver = false;
    try {
      await use(front);
      isOver = true;
    } finally {
      // If the mount is broken the device may still be at it: then nobody gets the memory again.
      if (isOver || !front.isInFlight) {
        this.#work.direct.closeFront(front);
        fileMemory.giveBack(memory);
      }
    }
  }

  // ── Committing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async #commit(): Promise<readonly Element[]> {
    this.#promiseOpen();
    this.#engine.faults.promiseWritable();
    await Promise.allSettled([...this.#tails.values()]);
    const { direct, file } = this.#work;
    direct.cycle();
    for (const freed of [...direct.delayed]) {
      // What somebody still uses stays for the next time.
      if (freed.age >= 2) direct.reserveComplete(freed);
    }
    for (const record of [...file.records.values()]) {
      const ended = await this.#settle(record, () => (record.live ? direct.commitRecord(record) : 'done'));
      if (ended !== 'done') throw new ReadOnlyError(this.#engine.faults.critical);
    }
    for (const record of [...file.replaced]) await this.#settle(record, () => direct.destroyRecord(record));
    return [...file.index.values()].map(elementOf);
  }

  #settle(record: Extent, call: () => ReturnType<DirectIo['commitRecord']>): ReturnType<FileWork['perform']> {
    return this.#work.perform(record, call);
  }
}

function elementOf({ fileOffset, volume, block, length, crc }: Extent): Element {
  return { fileOffset, volume, block, length, ...(crc !== undefined && { crc }) };
}

function blocksOf(extents: Iterable<Extent>): number {
  let sum = 0;
  for (const { blocks } of extents) sum += blocks;
  return sum;
}

function checkRange(offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) return;
  const seen = `${length} bytes from byte ${offset} on`;
  throw new InvalidArgument('a range of whole bytes from 0 on', seen, 'Correct the offset or the length.');
}

/** As the promise, but rejects when the signal fires first; the promise goes on. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject);
    promise.finally(stop).then(resolve, reject);
  });
}
