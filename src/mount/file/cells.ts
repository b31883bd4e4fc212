// The cells of an open file: how a part of a call that lies in one cell is read or written. Whoever calls sees to it that one
// part at a time is at work in a cell.
//
// A part goes through a front, for which memory of the mount is borrowed; so its bytes are copied once, and the program's memory
// is the program's again at once. Where the program's own memory is memory of the mount (see lent-memory.ts) and the part takes
// whole blocks, the front stands over just that, and nothing is copied. The front is closed when the part has ended, so nobody
// finds there what the program does afterwards.

import { crc32 } from 'node:zlib';
import type { Extent, Front } from '../../direct/index.ts';
import { ReadOnlyError } from '../errors.ts';
import type { FileRange } from './errors.ts';
import { FileCorrupt, FileReadFailed, FileWriteFailed, NoSpace } from './errors.ts';
import type { FileParts } from './parts.ts';
import type { FileWork } from './work.ts';

/** What lies in one cell of what a call reads or writes. */
export interface Part {
  /** The first byte of the cell in the file. */
  readonly cell: number;
  /** Where in the cell the part begins. */
  readonly at: number;
  /** Memory of the program. */
  readonly bytes: Uint8Array;
  /** That memory was lent by the mount, begins where a block of it does, and is left alone until the call has ended. */
  readonly isLent: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Blocks of a cell that a front is to stand for. */
interface Span {
  readonly cell: number;
  /** Where in the cell it begins. */
  readonly from: number;
  readonly bytes: number;
  /** Memory for it; otherwise some is borrowed. */
  readonly memory: Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
}

export class FileCells {
  readonly counts = { directReads: 0, bufferedReads: 0, directWrites: 0, bufferedWrites: 0, verified: 0 };
  /** Bytes of the file up to the end of the last extent. */
  size = 0;
  readonly #parts: FileParts;
  readonly #work: FileWork;
  readonly #verify: boolean;
  readonly #blockBytes: number;

  constructor(parts: FileParts, work: FileWork, verify: boolean) {
    this.#parts = parts;
    this.#work = work;
    this.#verify = verify;
    this.#blockBytes = parts.core.view.blockBytes;
    for (const { fileOffset, length } of work.file.index.values()) this.size = Math.max(this.size, fileOffset + length);
  }

  /** The newest data of a cell. */
  #newest(cell: number): Extent | undefined {
    const { records, index } = this.#work.file;
    return records.get(cell) ?? index.get(cell);
  }

  // ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Fills a part. The errors are those of MountFile.read. */
  async read({ cell, at, bytes, isLent, signal }: Part): Promise<void> {
    signal?.throwIfAborted();
    const newest = this.#newest(cell);
    const wanted = Math.min(bytes.length, (newest?.length ?? 0) - at);
    if (newest === undefined || wanted <= 0) {
      bytes.fill(0);
      return;
    }
    // All of it where the CRC is wanted, or most of the bytes; else the blocks that the part touches.
    const isWhole = this.#verify || wanted * 2 >= newest.length;
    const from = isWhole ? 0 : at - (at % this.#blockBytes);
    const length = this.#wholeBlocks((isWhole ? newest.length : at + wanted) - from);
    const memory = isLent && from === at && length <= bytes.length ? bytes.subarray(0, length) : undefined;
    await this.#withFront({ cell, from, bytes: length, memory, signal }, async (front) => {
      await this.#fill(front, { offset: cell + at, length: bytes.length });
      signal?.throwIfAborted(); // The memory may be the program's again.
      if (memory === undefined) bytes.set(front.bytes.subarray(at - from, at - from + wanted));
      bytes.fill(0, wanted);
    });
  }

  async #fill(front: Front, range: FileRange): Promise<void> {
    const { direct } = this.#work;
    const isHole = this.#newest(front.cell) === undefined;
    const ended = await this.#work.perform(front, () => {
      const outcome = direct.strategyRead(front);
      if (front.how === 'direct' || front.how === 'whole') this.counts.directReads++;
      else if (outcome !== 'again' && outcome !== 'error' && !isHole) this.counts.bufferedReads++;
      return outcome;
    });
    if (ended === 'error') throw this.#readError(front, range);
    const newest = this.#newest(front.cell);
    if (!this.#verify || newest?.crc === undefined || front.length < newest.length) return;
    this.counts.verified++;
    const seen = crc32(front.bytes.subarray(0, newest.length));
    if (seen === newest.crc) return;
    const place = this.#parts.faults.place(newest.volume, newest.block);
    throw new FileCorrupt({ offset: newest.fileOffset, length: newest.length }, place, newest.crc, seen);
  }

  #readError(front: Front, range: FileRange): Error {
    const { faults } = this.#parts;
    const { volume, block, reason } = front.failure!;
    let cause: Error | undefined;
    if (reason === 'device') cause = faults.takeReadError(volume, block);
    else if (reason === 'lostWrite') cause = faults.writeError(volume, block);
    return new FileReadFailed(range, faults.place(volume, block), cause ?? this.#work.direct.failureOf(front));
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Writes a part, and with it all of its cell. The errors are those of MountFile.write. */
  async write({ cell, at, bytes, isLent, signal }: Part): Promise<void> {
    signal?.throwIfAborted();
    const there = this.#newest(cell)?.length ?? 0;
    const length = Math.max(there, at + bytes.length);
    const span = this.#wholeBlocks(length);
    const range = { offset: cell + at, length: bytes.length };
    const isWhole = at === 0 && bytes.length >= there;
    const memory = isLent && isWhole && bytes.length === span ? bytes : undefined;
    await this.#withFront({ cell, from: 0, bytes: span, memory, signal }, async (front) => {
      if (!isWhole) await this.#fill(front, range);
      signal?.throwIfAborted();
      if (memory === undefined) {
        front.bytes.set(bytes, at);
        front.bytes.fill(0, length); // Nothing of others gets onto the medium.
      }
      await this.#writeFront(front, length, range);
      this.size = Math.max(this.size, cell + length);
    });
  }

  async #writeFront(front: Front, length: number, range: FileRange): Promise<void> {
    const { core, faults, policy, turns } = this.#parts;
    const { direct, file } = this.#work;
    const blocks = Math.ceil(length / this.#blockBytes);
    const isSmall = length < this.#blockBytes;
    const ended = await this.#work.perform(front, () => {
      const place = direct.findSpace(blocks);
      if (place === undefined) throw new NoSpace(range, blocks, blocksOf(direct.delayed) + blocksOf(file.replaced));
      return direct.strategyWrite(front, place, length, isSmall);
    });
    if (ended === 'refused') throw new ReadOnlyError(faults.critical);
    if (ended === 'error') throw this.#writeError(front, range);
    this.counts[isSmall ? 'bufferedWrites' : 'directWrites']++;
    if (isSmall) policy.writeBehind(core);
    turns.take();
  }

  #writeError(front: Front, range: FileRange): Error {
    const { faults } = this.#parts;
    const { volume, block, reason } = front.failure!;
    const failed = faults.writeError(volume, block);
    const place = faults.place(volume, block);
    // A small write begins with a read of its block.
    if (failed === undefined && reason === 'device') {
      return new FileReadFailed(range, place, faults.takeReadError(volume, block));
    }
    return new FileWriteFailed(range, place, failed ?? this.#work.direct.failureOf(front));
  }

  // ── Fronts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  #wholeBlocks(bytes: number): number {
    return Math.ceil(bytes / this.#blockBytes) * this.#blockBytes;
  }

  /** Opens a front for as long as `use` runs. */
  async #withFront({ cell, from, bytes, memory, signal }: Span, use: (front: Front) => Promise<void>): Promise<void> {
    const { fileMemory } = this.#parts;
    const borrowed = memory ?? fileMemory.lend(bytes, { signal });
    const front = this.#work.direct.openFront(
      this.#work.file,
      cell + from,
      borrowed instanceof Uint8Array ? borrowed : await borrowed,
    );
    let isOver = false;
    try {
      await use(front);
      isOver = true;
    } finally {
      // If the mount is broken the device may still be at it: then nobody gets the memory again.
      if (isOver || !front.isInFlight) {
        this.#work.direct.closeFront(front);
        if (memory === undefined) fileMemory.giveBack(front.bytes);
      }
    }
  }
}

function blocksOf(extents: Iterable<Extent>): number {
  let sum = 0;
  for (const { blocks } of extents) sum += blocks;
  return sum;
}
