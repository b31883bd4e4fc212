// What the bytes of each block must be, told as versions: which one the medium has, which one a buffer holds, which one stays in
// the device cache and which one a write carries. 0 is a block of zeros; every change makes a version that was never there.
//
// Versions grow without end and decide nothing, so they are no part of a row: states stay as few as they are, and this runs
// beside the machine. Whoever has bytes is told here what must stand in them (claims H20 to H23).

/** The version of a block of zeros. */
export const ZEROS = 0;

type Version = number | undefined;

/** The versions that stand in the bytes of each block, in every place where it has bytes. */
export class Contents {
  /** Completed last, whether or not a device flush has covered it. */
  readonly medium: number[];
  /** Of the attached buffer, if there is one. */
  readonly buffer: Version[];
  /** Of what the device cache holds for a block whose buffer is not attached. */
  readonly cached: Version[];
  /** Of the write in flight. */
  readonly writing: Version[];
  #newest = ZEROS;

  constructor(blocks: number) {
    this.medium = new Array<number>(blocks).fill(ZEROS);
    this.buffer = new Array<Version>(blocks).fill(undefined);
    this.cached = new Array<Version>(blocks).fill(undefined);
    this.writing = new Array<Version>(blocks).fill(undefined);
  }

  /** Every place as at the start: the medium has zeros, and no other place has anything. */
  reset(): void {
    this.medium.fill(ZEROS);
    for (const versions of [this.buffer, this.cached, this.writing]) versions.fill(undefined);
    this.#newest = ZEROS;
  }

  /** hammer_io_new: the old contents do not matter, and nobody sees them (L393-420). */
  madeNew(b: number): void {
    this.buffer[b] = ZEROS;
    this.cached[b] = undefined;
  }

  /** A read has completed for the buffer (L309-375). */
  loaded(b: number): void {
    this.buffer[b] = this.medium[b];
  }

  /** The read of the block before has brought this one along. */
  readAhead(b: number): void {
    this.cached[b] = this.medium[b];
  }

  /** A buffer is attached with what the device cache had (L317). */
  takenFromCache(b: number): void {
    this.buffer[b] = this.cached[b];
    this.cached[b] = undefined;
  }

  /** Bytes change under an open modification; the version that they are now. */
  changed(b: number): number {
    return (this.buffer[b] = ++this.#newest);
  }

  /** A write is issued: it carries the bytes of this moment (L714-730). */
  issued(b: number): void {
    this.writing[b] = this.buffer[b];
  }

  /** It completes. Where it fails, nothing has arrived (L1087-1117). */
  written(b: number, error: boolean): void {
    if (!error) this.medium[b] = this.writing[b]!;
    this.writing[b] = undefined;
  }

  /** The buffer goes; `kept`: its contents stay in the device cache (L122-158). */
  detached(b: number, kept: boolean): void {
    this.cached[b] = kept ? this.buffer[b] : undefined;
    this.buffer[b] = undefined;
  }

  /** The device cache holds nothing for the block any more (L447-495). */
  purged(b: number): void {
    this.cached[b] = undefined;
  }
}
