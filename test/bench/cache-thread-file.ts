// What a thread costs by itself: the system calls of RawFile, in the same order, in a thread that does nothing else. A batch is
// handed over once and answered with one message, nothing is checked, sorted or counted. A cache whose I/O leaves the event
// loop free pays at least this; what it needs beyond is its own.

import { Worker } from 'node:worker_threads';
import type { Contender } from './cache-contender.ts';
import { BLOCK_BYTES, blockBuffers, renumberBlock, WorkNotDone } from './cache-load.ts';
import { RawFile, stampInFile } from './cache-raw-file.ts';

const BUFFERS = 64;

// Control words: the number of the batch, or END; how many blocks it has; which.
const BATCH = 0;
const COUNT = 1;
const FIRST = 2;
const END = -1;

/** JavaScript, because a worker inherits no loader; see src/devices/file/io-worker-start.ts. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { openSync, closeSync, writeSync, fdatasyncSync } = require('node:fs');
const { path, control, memory } = workerData;
const fd = openSync(path, 'r+');
const views = Array.from({ length: ${BUFFERS} }, (_, i) => new Uint8Array(memory, i * ${BLOCK_BYTES}, ${BLOCK_BYTES}));
for (let batch = 0; ; ) {
  Atomics.wait(control, ${BATCH}, batch);
  batch = Atomics.load(control, ${BATCH});
  if (batch === ${END}) break;
  for (let i = 0; i < control[${COUNT}]; i++) writeSync(fd, views[i], 0, ${BLOCK_BYTES}, control[${FIRST} + i] * ${BLOCK_BYTES});
  fdatasyncSync(fd);
  parentPort.postMessage(batch);
}
closeSync(fd);`;

export class ThreadFile implements Contender {
  readonly name = 'fs in a thread';
  readonly #path: string;
  readonly #file: RawFile;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * (FIRST + BUFFERS)));
  readonly #buffers: readonly Uint8Array[];
  readonly #worker: Worker;

  /** On a file of makeBlockFile. */
  constructor(path: string) {
    this.#path = path;
    this.#file = new RawFile(path);
    const memory = new SharedArrayBuffer(BUFFERS * BLOCK_BYTES);
    this.#buffers = blockBuffers(BUFFERS).map((filled, i) => {
      const buffer = new Uint8Array(memory, i * BLOCK_BYTES, BLOCK_BYTES);
      buffer.set(filled);
      return buffer;
    });
    const workerData = { path, control: this.#control, memory };
    this.#worker = new Worker(THREAD, { eval: true, execArgv: [], workerData });
  }

  /** Keeps nothing, so it reads as RawFile does: on the main thread. */
  read(blocks: Int32Array): void {
    this.#file.read(blocks);
  }

  write(blocks: Int32Array, stamp: number): Promise<void> {
    if (blocks.length > BUFFERS) throw new WorkNotDone(`${this.name} takes ${BUFFERS} blocks, not ${blocks.length}.`);
    for (const [i, block] of blocks.entries()) {
      renumberBlock(this.#buffers[i]!, block, stamp);
      this.#control[FIRST + i] = block;
    }
    this.#control[COUNT] = blocks.length;
    return new Promise((resolve, reject) => {
      const failed = (cause: unknown): void => reject(new WorkNotDone(`${this.name} has ended early.`, { cause }));
      this.#worker.once('error', failed);
      this.#worker.once('message', () => {
        this.#worker.off('error', failed);
        resolve();
      });
      this.#wake(this.#control[BATCH]! + 1);
    });
  }

  stampOnMedium(block: number): number {
    return stampInFile(this.#path, block);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#wake(END);
    await ended;
    this.#file.close();
  }

  #wake(batch: number): void {
    Atomics.store(this.#control, BATCH, batch);
    Atomics.notify(this.#control, BATCH);
  }
}
