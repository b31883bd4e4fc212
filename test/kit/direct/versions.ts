// What stands in blocks of file data while they are checked: bytes that tell their version.

import { crc32 } from 'node:zlib';

/** Blocks full of bytes that tell their version. Only the first `length` bytes are data, and only these are looked at. */
export class Versions {
  readonly length: number;
  readonly #blocks: Uint8Array[];
  readonly #byCrc = new Map<number, number>();

  constructor(blockBytes: number, length: number, versions: number) {
    this.length = length;
    this.#blocks = Array.from({ length: versions }, (_, v) =>
      // Never 0, which stands for what was there before, and never the same at one position for two of 254 versions.
      Uint8Array.from({ length: blockBytes }, (__, i) => (v === 0 ? 0 : 1 + ((v + 7 * i) % 255))),
    );
    this.#blocks.forEach((_, v) => this.#byCrc.set(this.crcOf(v), v));
  }

  bytesOf(version: number): Uint8Array {
    return this.#blocks[version]!;
  }

  crcOf(version: number): number {
    return crc32(this.bytesOf(version).subarray(0, this.length));
  }

  /** The version that these bytes are, or -1. */
  versionOf(bytes: Uint8Array): number {
    const version = bytes[0] === 0 ? 0 : bytes[0]! - 1;
    const block = this.#blocks[version];
    if (block === undefined) return -1;
    for (let i = 0; i < this.length; i++) if (bytes[i] !== block[i]) return -1;
    return version;
  }

  /** The version whose data has this checksum, or -1. */
  versionWith(crc: number | undefined): number {
    return this.#byCrc.get(crc!) ?? -1;
  }
}
