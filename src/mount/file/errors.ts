// What reads and writes of file ranges reject with, beyond what a mount does anyway. Each names the range of the file, and the
// place on the medium where it went wrong. They stand beside errors.ts: those speak of blocks in the cache, these of file data
// that goes around it.

import { HammerIoError } from '../../core/errors.ts';
import { reasonOf, type BlockPlace } from '../errors.ts';

/** Bytes of a file. */
export interface FileRange {
  /** Where they begin. */
  readonly offset: number;
  readonly length: number;
}

const bytesOf = ({ offset, length }: FileRange): string => `${length} bytes at byte ${offset} of the file`;
const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

/** A range of a file could not be read: the device cannot, or its place cannot be reached. It may be tried again. */
export class FileReadFailed extends HammerIoError {
  override readonly name = 'FileReadFailed';
  readonly range: FileRange;
  readonly place: BlockPlace;

  constructor(range: FileRange, place: BlockPlace, cause: unknown) {
    super(
      `Reading ${bytesOf(range)} failed at block ${place.block} of ${place.name}: ${reasonOf(cause)} ` +
        'You may read the range again; other ranges are not affected.',
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
      `Writing ${bytesOf(range)} failed at block ${place.block} of ${place.name}: ${reasonOf(cause)} ` +
        'What was committed before is intact: open the file anew from its extents.',
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
      `The ${bytesOf(range)} at block ${place.block} of ${place.name} are not what was written: their CRC-32 is ` +
        `${hex(seen)}, not ${hex(written)}. Restore the data from a copy, or read it as it is with \`verify: false\`.`,
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
      `There is no space for ${bytesOf(range)}: it takes ${blocks} free blocks side by side. ` +
        (givenUp === 0 ? '' : `The next two or three commits make ${givenUp} blocks free. `) +
        'Commit, or open the file with more space.',
    );
    this.range = range;
    this.blocks = blocks;
  }
}
