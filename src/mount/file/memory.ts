// Memory for data of files on its way: the part of a mount's slab behind the buffers of the cache. It is lent in runs of whole
// blocks, first fit, to those who ask first. Whoever has some gives it back without asking for more, so waiting ends.

import type { Breakable } from '../lifecycle.ts';
import type { AbortOptions } from '../waits.ts';
import { onAbort } from '../waits.ts';

interface Run {
  at: number;
  bytes: number;
}

interface Asking {
  readonly bytes: number;
  readonly lend: (memory: Uint8Array) => void;
  readonly fail: (error: Error) => void;
}

export class FileMemory implements Breakable {
  /** All of it. */
  readonly bytes: number;
  readonly #slab: SharedArrayBuffer;
  /** Free runs by position; no two touch. */
  readonly #free: Run[];
  readonly #asking: Asking[] = [];

  constructor(slab: SharedArrayBuffer, offset: number, bytes: number) {
    this.#slab = slab;
    this.bytes = bytes;
    this.#free = bytes > 0 ? [{ at: offset, bytes }] : [];
  }

  /** So many bytes, at most all: now, or when others have given theirs back. Rejects with the signal's reason. */
  lend(bytes: number, { signal }: AbortOptions): Uint8Array | Promise<Uint8Array> {
    const now = this.#asking.length === 0 ? this.#take(bytes) : undefined;
    if (now !== undefined) return now;
    return new Promise((resolve, reject) => {
      const stop = onAbort(signal, (reason) => {
        this.#asking.splice(this.#asking.indexOf(asking), 1);
        reject(reason);
        this.#serve();
      });
      const asking: Asking = {
        bytes,
        lend: (memory) => {
          stop();
          resolve(memory);
        },
        fail: (error) => {
          stop();
          reject(error);
        },
      };
      this.#asking.push(asking);
    });
  }

  /** The same memory that was lent. */
  giveBack(memory: Uint8Array): void {
    let after = this.#free.findIndex(({ at }) => at > memory.byteOffset);
    if (after < 0) after = this.#free.length;
    const run = { at: memory.byteOffset, bytes: memory.length };
    this.#free.splice(after, 0, run);
    this.#join(after);
    if (after > 0) this.#join(after - 1);
    this.#serve();
  }

  /** Nobody will give anything back any more. */
  failAll(error: Error): void {
    for (const asking of this.#asking.splice(0)) asking.fail(error);
  }

  #serve(): void {
    for (let first = this.#asking[0]; first !== undefined; first = this.#asking[0]) {
      const memory = this.#take(first.bytes);
      if (memory === undefined) return;
      this.#asking.shift();
      first.lend(memory);
    }
  }

  #take(bytes: number): Uint8Array | undefined {
    const index = this.#free.findIndex((run) => run.bytes >= bytes);
    const run = this.#free[index];
    if (run === undefined) return undefined;
    const memory = new Uint8Array(this.#slab, run.at, bytes);
    run.at += bytes;
    run.bytes -= bytes;
    if (run.bytes === 0) this.#free.splice(index, 1);
    return memory;
  }

  /** One run of this one and the next, if they touch. */
  #join(index: number): void {
    const [run, next] = [this.#free[index]!, this.#free[index + 1]];
    if (run.at + run.bytes !== next?.at) return;
    run.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }
}
