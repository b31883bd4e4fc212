// Extents: runs of blocks of a volume that hold data of a file. One object accompanies its blocks as long as they are not free:
//
//   record   reserved by a write that the media index does not know yet. While it is *live* it supersedes the media: whoever
//            reads the file sees it first. Once replaced it only waits to be destroyed.
//   media    an element of the index of a file, or of snapshots of it
//   delay    freed; old readers may still be on their way, so its blocks are not handed out again for two cycles
//
// The marks of a record are the original's (hammer.h, RECG_DIRECT_*): `io` while its direct write is in flight, `wait` while the
// backend waits for that, `inval` until the aliases of its blocks in the device cache are purged. `failed` is ours (D40): the
// original leaves a record whose write has failed to be read as if nothing had happened.

import type { FileRecord } from './files.ts';

/** Where blocks begin. */
export interface Place {
  readonly volume: number;
  readonly block: number;
}

/** Blocks side by side. */
export interface Run extends Place {
  readonly blocks: number;
}

/** An element of a file as its owner knows it: `length` bytes from `fileOffset` on stand from `block` of `volume` on. */
export interface Element extends Place {
  /** Where in the file it begins, in bytes. */
  readonly fileOffset: number;
  /** Bytes of data; the last block need not be full. */
  readonly length: number;
  /** crc32 of just these bytes, if it is known. */
  readonly crc?: number;
}

export class ExtentRecord implements Run {
  readonly volume: number;
  readonly block: number;
  readonly blocks: number;
  readonly fileOffset: number;
  /** Bytes of data. */
  readonly length: number;
  /** crc32 of the data, or undefined if it was never computed. */
  readonly crc: number | undefined;
  use: 'record' | 'media' | 'delay';
  /** The head that it belongs to, even when only snapshots keep it; undefined once it is freed. */
  file: FileRecord | undefined;
  /** How many indexes it stands in: that of the file, and those of its snapshots. */
  holders = 0;
  /** In delay: cycles since it was freed, up to 2. */
  age = 0;
  live = false;
  /** The backend is about to commit the record, and it may not be replaced (INTERLOCK_BE). */
  backend = false;
  io = false;
  wait = false;
  inval = false;
  failed = false;
  /** Fronts that are being filled from it or wait for that (D41: its blocks are not handed out meanwhile). */
  readers = 0;
  /** The backend waited for its direct write, which is over; see DirectIo.resume. */
  runnable = false;
  /** Stands in the queue of DirectIo.nextRunnable. */
  queued = false;

  constructor(
    use: 'record' | 'media',
    place: Place,
    blocks: number,
    file: FileRecord,
    data: Omit<Element, keyof Place>,
  ) {
    this.use = use;
    this.volume = place.volume;
    this.block = place.block;
    this.blocks = blocks;
    this.file = file;
    this.fileOffset = data.fileOffset;
    this.length = data.length;
    this.crc = data.crc;
  }
}

/** Blocks that are not free, and what they are used for. To be read: only DirectIo changes it. */
export type Extent = Readonly<ExtentRecord>;

/** How an error message calls it. */
export function nameOfExtent({ use, volume, block, blocks }: Extent): string {
  return `the ${use} of ${blocks} ${blocks === 1 ? 'block' : 'blocks'} at block ${block} of volume ${volume}`;
}
