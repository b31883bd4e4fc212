// The buffer memory: one aligned slab, cut into buffers of one block each, and the record that the kernel's `struct buf`
// would be. A Buf is attached to a hammer_io (its `bp`), reserved for a read in flight, or *residue*: the device cache
// still holds, or is reading ahead, a block that no io owns. Otherwise it is free.
//
// The slab is a SharedArrayBuffer so that an I/O worker can use the same memory. Which buffer to give up when all are
// occupied is a policy and not decided here: taking one from a full slab throws CacheFull.

import { CacheFull, InvalidArgument } from '../errors.ts';

export class Buf {
  /** The memory itself. */
  readonly bytes: Uint8Array;
  /** Position in the slab, counted in blocks. */
  readonly index: number;
  /** The volume whose block the buffer holds or is to hold. */
  volume = -1;
  /** That block; -1 while the buffer is free. */
  block = -1;
  /** B_DELWRI: dirty in the kernel's hands. */
  delwri = false;
  /** B_NOTMETA: holds file data although it is a device buffer. */
  notmeta = false;
  /** How often the buffer was used lately, saturating: food for a replacement policy. */
  activity = 0;
  /** While residue: whether its contents have arrived. */
  arrived = false;
  /** With `verify`: crc32 of the bytes at issue of the write in flight. */
  issuedCrc = 0;

  constructor(index: number, bytes: Uint8Array) {
    this.index = index;
    this.bytes = bytes;
  }
}

export class Slab {
  /** The raw memory; whoever writes to it directly breaks claim I14. */
  readonly memory: SharedArrayBuffer;
  readonly capacityBufs: number;
  /** Every buffer that was used at least once, by index: what a replacement policy sweeps over. */
  readonly bufs: readonly Buf[];
  readonly #bufs: Buf[] = [];
  readonly #blockBytes: number;
  /** Where in the memory the first buffer begins. */
  readonly #offset: number;
  readonly #free: Buf[] = [];

  constructor(capacityBufs: number, blockBytes: number, memory?: SharedArrayBuffer, offset = 0) {
    const needed = offset + capacityBufs * blockBytes;
    if (memory !== undefined && memory.byteLength < needed) {
      throw new InvalidArgument(
        `a slab of ${needed} bytes`,
        `one of ${memory.byteLength}`,
        'Allocate slabOffset + capacityBufs * blockBytes.',
      );
    }
    this.memory = memory ?? new SharedArrayBuffer(needed);
    this.capacityBufs = capacityBufs;
    this.bufs = this.#bufs;
    this.#blockBytes = blockBytes;
    this.#offset = offset;
  }

  /** Buffers that are neither attached nor reserved nor residue. */
  get freeBufs(): number {
    return this.#free.length + this.capacityBufs - this.#bufs.length;
  }

  /** A free buffer for a block, with undefined contents. Throws CacheFull before anything changes. */
  take(volume: number, block: number): Buf {
    const buf = this.#free.pop() ?? this.#create();
    buf.volume = volume;
    buf.block = block;
    return buf;
  }

  #create(): Buf {
    const index = this.#bufs.length;
    if (index === this.capacityBufs) throw new CacheFull(this.capacityBufs);
    const bytes = new Uint8Array(this.memory, this.#offset + index * this.#blockBytes, this.#blockBytes);
    const buf = new Buf(index, bytes);
    this.#bufs.push(buf);
    return buf;
  }

  /** Gives a buffer back; what it said about its contents is forgotten. */
  give(buf: Buf): void {
    clearFlags(buf);
    buf.block = -1;
    this.#free.push(buf);
  }
}

/** The buffer belongs to no io any more: flags that only make sense with one are cleared. */
export function clearFlags(buf: Buf): void {
  buf.delwri = false;
  buf.notmeta = false;
  buf.activity = 0;
  buf.arrived = false;
}
