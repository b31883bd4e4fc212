// The buffer memory: one aligned slab, cut into buffers of one block each, and the record that the kernel's `struct buf`
// would be. A Buf is attached to a hammer_io (its `bp`), reserved for a read in flight, or *residue*: the device cache
// still holds, or is reading ahead, a block that no io owns. Otherwise it is free.
//
// The slab is a SharedArrayBuffer so that an I/O worker can use the same memory. Which buffer to give up when all are
// occupied is a policy and not decided here: taking one from a full slab throws CacheFull.

import { CacheFull, InvalidArgument } from './errors.ts';

export class Buf {
  /** Position in the slab, counted in blocks. */
  readonly index: number;
  /** The memory itself. */
  readonly bytes: Uint8Array;
  /** B_LOCKED and nothing else: somebody wants the buffer gone, as soon as that can be. */
  locked = false;
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
  readonly #blockBytes: number;
  readonly #free: Buf[] = [];
  #created = 0;

  constructor(capacityBufs: number, blockBytes: number, memory?: SharedArrayBuffer) {
    if (memory !== undefined && memory.byteLength < capacityBufs * blockBytes) {
      throw new InvalidArgument(
        `a slab of ${capacityBufs * blockBytes} bytes`,
        `one of ${memory.byteLength}`,
        'Allocate capacityBufs * blockBytes.',
      );
    }
    this.memory = memory ?? new SharedArrayBuffer(capacityBufs * blockBytes);
    this.capacityBufs = capacityBufs;
    this.#blockBytes = blockBytes;
  }

  /** Buffers that are neither attached nor reserved nor residue. */
  get freeBufs(): number {
    return this.#free.length + this.capacityBufs - this.#created;
  }

  /** A free buffer with undefined contents. Throws CacheFull before anything changes. */
  take(): Buf {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#created === this.capacityBufs) throw new CacheFull(this.capacityBufs);
    const index = this.#created++;
    return new Buf(index, new Uint8Array(this.memory, index * this.#blockBytes, this.#blockBytes));
  }

  /** Gives a buffer back; what it said about its contents is forgotten. */
  give(buf: Buf): void {
    forget(buf);
    this.#free.push(buf);
  }
}

/** The buffer belongs to no io any more: flags that only make sense with one are cleared (`locked` is counted elsewhere). */
export function forget(buf: Buf): void {
  buf.delwri = false;
  buf.notmeta = false;
  buf.activity = 0;
  buf.arrived = false;
}
