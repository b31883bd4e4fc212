// The write log: a second file in which a device records what it does to its volumes, in exact order of execution, so that
// every state in which a crash could have left them can be made from it later. The format is in `write-log-format.ts`.
//
// What may be relied on. A write stands in the log before the first byte of it can reach its volume. Once a flush stands in
// the log, every write before it that did not fail is durable. So after a loss of power the volumes hold all that stands
// before the last flush, and of each later write any sectors or none. Appends are left to the page cache: the log survives
// the end of the process, however sudden, but is only made durable when the device is closed. A log whose machine lost its
// power may therefore end early, or in the middle of a record; that is called a torn tail, and is no error.
//
// The first append that fails ends the log: what follows a gap would be read as if there were none.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { checkShape, PATH } from '../../core/check-shape.ts';
import { DeviceError, deviceErrorFrom } from './device-error.ts';
import type { Job } from './job.ts';
import { OK, type Transfer } from './transfer.ts';
import {
  decodeHeader,
  decodeRecord,
  encodeRecord,
  FAILURE_RECORD,
  FLUSH_RECORD,
  headerBytes,
  MAGIC,
  PREFIX_BYTES,
  RECORD_BYTES,
  VERSION,
  WRITE_RECORD,
  type LogRecord,
  type WriteLogHeader,
} from './write-log-format.ts';

/** Appends to a log whose header is written. Belongs to the I/O thread. */
export class WriteLog {
  /** Where the next record goes: the length of the log. */
  end: number;
  readonly #file: number;
  readonly #transfer: Transfer;
  readonly #blockBytes: number | undefined;
  #records = 0;
  #verdict = OK;

  /** `blockBytes`: a write of several blocks is logged as one write of each. Default: every write is of one block. */
  constructor(file: number, end: number, transfer: Transfer, blockBytes?: number) {
    this.#file = file;
    this.end = end;
    this.#transfer = transfer;
    this.#blockBytes = blockBytes;
  }

  /** These writes are about to be issued. Answers a verdict. */
  appendWrites(jobs: readonly Job[]): number {
    const parts: Uint8Array[] = [];
    for (const job of jobs) {
      job.logged = this.#records + 1;
      this.#blocksOf(job).forEach((contents, i) => {
        const at = { volume: job.volume, block: job.block + i };
        parts.push(record(WRITE_RECORD, at, ++this.#records, crc32(contents)), contents);
      });
    }
    // In pieces, because a system call takes 1024 views, and a run of that many blocks is twice as many parts.
    for (let from = 0; from < parts.length; from += PARTS_MAX) this.#append(parts.slice(from, from + PARTS_MAX));
    return this.#verdict;
  }

  /** A write that was logged has failed. */
  appendFailure(job: Job): number {
    const { volume, block, logged } = job;
    return this.#append(
      this.#blocksOf(job).map((_, i) => record(FAILURE_RECORD, { volume, block: block + i }, logged + i, 0)),
    );
  }

  /** All that was written to the volume is durable. */
  appendFlush(volume: number): number {
    return this.#append([record(FLUSH_RECORD, { volume, block: 0 }, ++this.#records, 0)]);
  }

  #blocksOf({ views }: Job): readonly Uint8Array[] {
    const contents = views[0]!;
    const blockBytes = this.#blockBytes ?? contents.length;
    if (contents.length === blockBytes) return [contents];
    return Array.from({ length: contents.length / blockBytes }, (_, i) =>
      contents.subarray(i * blockBytes, (i + 1) * blockBytes),
    );
  }

  #append(parts: readonly Uint8Array[]): number {
    if (this.#verdict !== OK) return this.#verdict;
    this.#verdict = this.#transfer.write(this.#file, parts, this.end);
    if (this.#verdict === OK) for (const { length } of parts) this.end += length;
    return this.#verdict;
  }
}

const PARTS_MAX = 1024;

function record(kind: LogRecord['kind'], at: { volume: number; block: number }, number: number, crc: number): Buffer {
  return encodeRecord({ kind, volume: at.volume, block: at.block, number, contentsCrc: crc });
}

/** What a log tells, in order. */
export type LogEntry =
  | { readonly kind: 'header'; readonly header: WriteLogHeader }
  | {
      readonly kind: 'write';
      /** Of this write, in the log. */
      readonly number: number;
      readonly volume: number;
      readonly block: number;
      readonly bytes: Uint8Array;
    }
  /** The write of that number was reported as failed; any part of it may have arrived. */
  | { readonly kind: 'failure'; readonly number: number; readonly volume: number; readonly block: number }
  /** Every write to the volume that stands before this, and did not fail, is durable. */
  | { readonly kind: 'flush'; readonly volume: number }
  /** The log ends within a record, at byte `at`, with `bytes` bytes of it. Always the last entry. */
  | { readonly kind: 'torn'; readonly at: number; readonly bytes: number };

/**
 * Reads a log: its header first, then what happened, one entry at a time. Throws DeviceError (code MALFORMED) if the file
 * is no write log or is damaged anywhere but at its end.
 */
export function* readWriteLog(path: string): Generator<LogEntry, void, void> {
  checkShape(PATH, path, 'the path of readWriteLog');
  const file = new LogFile(path);
  try {
    const header = readHeader(file);
    yield { kind: 'header', header };
    yield* readRecords(file, header);
  } finally {
    file.close();
  }
}

function readHeader(file: LogFile): WriteLogHeader {
  const prefix = file.take(PREFIX_BYTES);
  if (!prefix?.subarray(0, MAGIC.length).equals(MAGIC))
    throw file.malformed(0, 'it does not begin as a write log does');
  const version = prefix.readUInt32LE(8);
  if (version !== VERSION)
    throw file.malformed(0, `it is a write log of version ${version}, and this reads version ${VERSION}`);
  const rest = file.take(headerBytes(prefix.readUInt32LE(16), prefix.readUInt32LE(20)) - PREFIX_BYTES);
  const header = rest === undefined ? undefined : decodeHeader(Buffer.concat([prefix, rest]));
  if (header === undefined) throw file.malformed(0, 'its header is damaged');
  return header;
}

function* readRecords(file: LogFile, { blockBytes, volumes }: WriteLogHeader): Generator<LogEntry, void, void> {
  let records = 0;
  while (file.left > 0) {
    const { at, left } = file;
    const head = file.take(RECORD_BYTES);
    const found = head === undefined ? undefined : decodeRecord(head);
    const contents = found?.kind === WRITE_RECORD ? file.take(blockBytes) : undefined;
    const isWhole = found?.kind !== WRITE_RECORD || (contents !== undefined && crc32(contents) === found.contentsCrc);
    if (found === undefined || !isWhole) {
      // What cannot be read is the end of the log if nothing can stand behind it; anywhere else it is damage.
      if (left > RECORD_BYTES + blockBytes && !file.endsInZeros()) throw file.malformed(at, 'a record is damaged');
      yield { kind: 'torn', at, bytes: left };
      return;
    }
    const { kind, volume, block, number } = found;
    if (kind !== FAILURE_RECORD) records++;
    const isInOrder = kind === FAILURE_RECORD ? number <= records : number === records;
    const isInside = volume < volumes.length && block < volumes[volume]!.blocks;
    if (!isInOrder || !isInside) throw file.malformed(at, 'a record does not belong there');
    if (contents !== undefined) yield { kind: 'write', number, volume, block, bytes: contents };
    else if (kind === FLUSH_RECORD) yield { kind: 'flush', volume };
    else yield { kind: 'failure', number, volume, block };
  }
}

/** A file that is read from its beginning to the length it had when it was opened. */
class LogFile {
  at = 0;
  left: number;
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.#path = path;
    // A pipe is opened without waiting for its other end, and is empty.
    this.#fd = this.#ask(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    this.left = this.#ask(() => fstatSync(this.#fd).size);
  }

  /** The next bytes; undefined if there are not so many. */
  take(bytes: number): Buffer | undefined {
    if (bytes > this.left) return undefined;
    const taken = Buffer.allocUnsafeSlow(bytes);
    for (let done = 0; done < bytes;) {
      const read = this.#ask(() => readSync(this.#fd, taken, done, bytes - done, this.at + done));
      if (read === 0) throw this.malformed(this.at, 'it became shorter while it was read');
      done += read;
    }
    this.at += bytes;
    this.left -= bytes;
    return taken;
  }

  /** Whether nothing but zeros is left, as after a loss of power. Takes it all. */
  endsInZeros(): boolean {
    while (this.left > 0) {
      const piece = this.take(Math.min(this.left, 65_536))!;
      if (piece.some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  malformed(offset: number, seen: string): DeviceError {
    return new DeviceError({
      file: this.#path,
      operation: 'read',
      code: 'MALFORMED',
      offset,
      seen,
      advice: 'Name an undamaged write log, made with the option writeLog.',
    });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #ask<T>(question: () => T): T {
    try {
      return question();
    } catch (thrown) {
      throw deviceErrorFrom(thrown, { file: this.#path, operation: 'read', offset: this.at });
    }
  }
}
