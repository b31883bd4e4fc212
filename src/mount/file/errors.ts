// What reads and writes of file ranges reject with, beyond what a mount does anyway. Each names the range of the file, and the
// place on the medium where it went wrong. They stand beside errors.ts: those speak of blocks in the cache, these of file data
// that goes around it.

import { HammerIoError } from '../../core/errors.ts';
import { because, type BlockPlace } from '../errors.ts';

/** Bytes of a file. */
export interface FileRange {
  /** Where they begin. */
  readonly offset: number;
  readonly length: number;
}

const bytesOf = ({ offset, length }: FileRange): string => `${length} bytes from byte ${offset} of the file on`;
const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

/** A range of a file could not be read: the device cannot, or its place cannot be reached. It may be tried again. */
export class FileReadFailed extends HammerIoError {
  override readonly name = 'FileReadFailed';
  readonly range: FileRange;
  readonly place: BlockPlace;

  constructor(range: FileRange, place: BlockPlace, cause: unknown) {
    super(
      `FileReadFailed: ${bytesOf(range)} were promised to be readable at block ${place.block} of ${place.name}; ` +
        `seen: ${because(cause)} The range may be asked for again; other ranges are not concerned.`,
      { cause },
    );
    this.range = range;
    this.place = place;
  }
}

/** A range of a file could not be written. After an error of the device the mount is read-only. */
export class FileWriteFailed extends HammerIoError {
  override readonly name = 'FileWriteFailed';
  readonly range: FileRange;
  readonly place: BlockPlace;

  constructor(range: FileRange, place: BlockPlace, cause: unknown) {
    super(
      `FileWriteFailed: ${bytesOf(range)} were promised to be written from block ${place.block} of ${place.name} on; ` +
        `seen: ${because(cause)} What was committed before stands where it stood: open it anew from its extents.`,
      { cause },
    );
    this.range = range;
    this.place = place;
  }
}

/** An extent of a file does not hold the bytes that were written, by their CRC-32. */
export class FileCorrupt extends HammerIoError {
  override readonly name = 'FileCorrupt';
  /** The range of the whole extent, which has one CRC. */
  readonly range: FileRange;
  readonly place: BlockPlace;
  /** CRC-32 of what was written. */
  readonly written: number;
  /** CRC-32 of what was read. */
  readonly seen: number;

  constructor(range: FileRange, place: BlockPlace, written: number, seen: number) {
    super(
      `FileCorrupt: ${bytesOf(range)} were promised to have CRC-32 ${hex(written)} at block ${place.block} of ` +
        `${place.name}; seen: ${hex(seen)}. Take the data from a copy; with \`verify: false\` it can be read as it is.`,
    );
    this.range = range;
    this.place = place;
    this.written = written;
    this.seen = seen;
  }
}

/** The space of a file has no free run of blocks for a write. Nothing has changed. */
export class NoSpace extends HammerIoError {
  override readonly name = 'NoSpace';
  readonly range: FileRange;
  /** Blocks side by side that were looked for. */
  readonly blocks: number;

  constructor(range: FileRange, blocks: number, givenUp: number) {
    super(
      `NoSpace: ${bytesOf(range)} were promised ${blocks} free blocks side by side in the space of the file; seen: none` +
        `${givenUp === 0 ? '' : `, and ${givenUp} that are needed no more, which the next two or three commits make free`}. ` +
        'Commit, or open the file with more space.',
    );
    this.range = range;
    this.blocks = blocks;
  }
}
