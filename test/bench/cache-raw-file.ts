// The file that contenders work on, and the plainest of them: one system call after the other on the main thread.

import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { Contender } from './cache-contender.ts';
import { BLOCK_BYTES, blockBuffers, expectBlock, renumberBlock, stampOf } from './cache-load.ts';

/** A file of blocks 0 to `blocks`, written, durable, and in the page cache. */
export function makeBlockFile(path: string, blocks: number): void {
  const fd = openSync(path, 'wx');
  try {
    const bytes = blockBuffers(1)[0]!;
    for (let block = 0; block <= blocks; block++) {
      renumberBlock(bytes, block, 0);
      writeSync(fd, bytes, 0, BLOCK_BYTES, block * BLOCK_BYTES);
    }
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The stamp of a block in a file. */
export function stampInFile(path: string, block: number): number {
  const fd = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(8);
    readSync(fd, bytes, 0, 8, block * BLOCK_BYTES);
    return stampOf(bytes);
  } finally {
    closeSync(fd);
  }
}

/** As many as the others have requests in flight: few enough to stay in a processor's cache, which is to our disadvantage. */
const FEW_BUFFERS = 64;

export class RawFile implements Contender {
  readonly name: string;
  readonly path: string;
  readonly #fd: number;
  readonly #buffers: readonly Uint8Array[];

  /** On a file of makeBlockFile; reads and writes with `buffers` buffers in turn. */
  constructor(path: string, buffers = FEW_BUFFERS) {
    this.name = buffers === FEW_BUFFERS ? 'fs, call by call' : `fs, call by call, ${buffers} buffers`;
    this.path = path;
    this.#fd = openSync(path, 'r+');
    this.#buffers = blockBuffers(buffers);
  }

  /** Another one on the same file. */
  withBuffers(buffers: number): RawFile {
    return new RawFile(this.path, buffers);
  }

  read(blocks: Int32Array): void {
    for (let i = 0; i < blocks.length; i++) {
      const bytes = this.#buffers[i % this.#buffers.length]!;
      readSync(this.#fd, bytes, 0, BLOCK_BYTES, blocks[i]! * BLOCK_BYTES);
      expectBlock(bytes, blocks[i]!, this.name);
    }
  }

  write(blocks: Int32Array, stamp: number): void {
    for (let i = 0; i < blocks.length; i++) {
      const bytes = this.#buffers[i % this.#buffers.length]!;
      renumberBlock(bytes, blocks[i]!, stamp);
      writeSync(this.#fd, bytes, 0, BLOCK_BYTES, blocks[i]! * BLOCK_BYTES);
    }
    fdatasyncSync(this.#fd);
  }

  stampOnMedium(block: number): number {
    return stampInFile(this.path, block);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
