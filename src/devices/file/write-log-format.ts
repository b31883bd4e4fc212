// The write log, as bytes. All numbers are little endian; crc is CRC-32.
//
//   header   magic 8 | version u32 | block bytes u32 | volumes u32 | names bytes u32 | blocks f64 for each volume |
//            names: the paths as JSON | crc u32 of all that
//   record   kind u32 | volume u32 | block f64 | number f64 | crc u32 of the contents | crc u32 of the record so far
//            and, behind a WRITE, the contents: one block
//
//   WRITE    these contents are about to be written to this block
//   FAILURE  the write of that number has failed; how much of it arrived is not known
//   FLUSH    what was written to this volume is durable: every WRITE before this record
//
// `number` counts the records from 1, except in a FAILURE, where it is the number of the write. So a record that is lost or
// stands twice is noticed.

import { crc32 } from 'node:zlib';

export const MAGIC = Buffer.from('HIOKWLOG', 'latin1');
export const VERSION = 1;
/** Bytes of the header up to the capacities. */
export const PREFIX_BYTES = 24;
export const RECORD_BYTES = 32;

export const WRITE_RECORD = 1;
export const FAILURE_RECORD = 2;
export const FLUSH_RECORD = 3;
export type RecordKind = typeof WRITE_RECORD | typeof FAILURE_RECORD | typeof FLUSH_RECORD;

/** What a write log says about itself. */
export interface WriteLogHeader {
  readonly version: number;
  readonly blockBytes: number;
  readonly volumes: readonly { readonly path: string; readonly blocks: number }[];
}

export interface LogRecord {
  readonly kind: RecordKind;
  readonly volume: number;
  readonly block: number;
  readonly number: number;
  readonly contentsCrc: number;
}

export function encodeHeader({ version, blockBytes, volumes }: WriteLogHeader): Buffer {
  const names = Buffer.from(JSON.stringify(volumes.map(({ path }) => path)));
  const header = Buffer.alloc(headerBytes(volumes.length, names.length));
  MAGIC.copy(header);
  [version, blockBytes, volumes.length, names.length].forEach((value, i) => header.writeUInt32LE(value, 8 + 4 * i));
  volumes.forEach(({ blocks }, i) => header.writeDoubleLE(blocks, PREFIX_BYTES + 8 * i));
  names.copy(header, PREFIX_BYTES + 8 * volumes.length);
  header.writeUInt32LE(crc32(header.subarray(0, -4)), header.length - 4);
  return header;
}

/** Bytes of a whole header, from the two numbers that decide it. */
export function headerBytes(volumes: number, namesBytes: number): number {
  return PREFIX_BYTES + 8 * volumes + namesBytes + 4;
}

/** The header in these bytes, which are exactly its own; undefined if its crc does not match. */
export function decodeHeader(header: Buffer): WriteLogHeader | undefined {
  if (header.readUInt32LE(header.length - 4) !== crc32(header.subarray(0, -4))) return undefined;
  const [version, blockBytes, count] = [8, 12, 16].map((at) => header.readUInt32LE(at)) as [number, number, number];
  const names = header.subarray(PREFIX_BYTES + 8 * count, -4).toString();
  const volumes = (JSON.parse(names) as string[]).map((path, i) => ({
    path,
    blocks: header.readDoubleLE(PREFIX_BYTES + 8 * i),
  }));
  return { version, blockBytes, volumes };
}

export function encodeRecord({ kind, volume, block, number, contentsCrc }: LogRecord): Buffer {
  const record = Buffer.allocUnsafe(RECORD_BYTES);
  record.writeUInt32LE(kind, 0);
  record.writeUInt32LE(volume, 4);
  record.writeDoubleLE(block, 8);
  record.writeDoubleLE(number, 16);
  record.writeUInt32LE(contentsCrc, 24);
  record.writeUInt32LE(crc32(record.subarray(0, 28)), 28);
  return record;
}

/** The record in these RECORD_BYTES bytes; undefined if its crc does not match or it is of no kind. */
export function decodeRecord(bytes: Buffer): LogRecord | undefined {
  const kind = bytes.readUInt32LE(0);
  if (kind !== WRITE_RECORD && kind !== FAILURE_RECORD && kind !== FLUSH_RECORD) return undefined;
  if (bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return undefined;
  return {
    kind,
    volume: bytes.readUInt32LE(4),
    block: bytes.readDoubleLE(8),
    number: bytes.readDoubleLE(16),
    contentsCrc: bytes.readUInt32LE(24),
  };
}
