// Memory of a mount, lent to the program. What a file reads into it or writes from it, whole blocks at a time, goes between it
// and the volumes without being copied:
//
//   using buffer = await mount.lend(1 << 20);
//   await file.readInto(0, buffer.bytes);
//
// While a call uses it the memory is the device's, as with `fs` when a callback has not come yet. So such a call ends when the
// device has done with it, also if it is aborted; and memory that is given back meanwhile is lent anew when the call has ended.
// Only those of a mount that breaks reject at once: then nothing is lent any more, and the memory is the program's when `close`
// has ended.

import { shown } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import type { Breakable } from '../lifecycle.ts';
import type { AbortOptions } from '../waits.ts';
import type { FileMemory } from './memory.ts';

/** Memory of a mount that the program may use until it gives it back. */
export class LentMemory {
  /** Whole blocks. What they hold is left from their last use. Not to be touched when they were given back. */
  readonly bytes: Uint8Array;
  readonly #loans: Loans;
  /** Calls that use it. */
  #users = 0;
  #isGivenBack = false;

  /** @internal Memory comes from Mount.lend. */
  constructor(bytes: Uint8Array, loans: Loans) {
    this.bytes = bytes;
    this.#loans = loans;
  }

  /** Gives the memory back. May be called again. */
  giveBack(): void {
    if (this.#isGivenBack) return;
    this.#isGivenBack = true;
    if (this.#users === 0) this.#loans.end(this);
  }

  /** For `using`: gives it back. */
  [Symbol.dispose](): void {
    this.giveBack();
  }

  /** A call uses some of it. @internal */
  begin(): void {
    this.#users++;
  }

  /** Can the device use a part of it? Only one that begins where a block of the memory does. @internal */
  suits(part: Uint8Array): boolean {
    return (part.byteOffset - this.bytes.byteOffset) % this.#loans.blockBytes === 0;
  }

  /** The call has ended. @internal */
  end(): void {
    if (--this.#users === 0 && this.#isGivenBack) this.#loans.end(this);
  }

  /** Does a view lie in it? @internal */
  holds({ buffer, byteOffset, length }: Uint8Array): boolean {
    const { bytes } = this;
    if (this.#isGivenBack || buffer !== bytes.buffer) return false;
    return byteOffset >= bytes.byteOffset && byteOffset + length <= bytes.byteOffset + bytes.length;
  }
}

/** What a mount has lent. */
export class Loans implements Breakable {
  readonly blockBytes: number;
  readonly #memory: FileMemory;
  readonly #lent = new Set<LentMemory>();

  /** `memory`: nobody else borrows any of it, or the program could keep its own calls waiting. */
  constructor(memory: FileMemory, blockBytes: number) {
    this.#memory = memory;
    this.blockBytes = blockBytes;
  }

  /** At least so many bytes. The errors are those of Mount.lend. */
  async lend(bytes: number, patience: AbortOptions): Promise<LentMemory> {
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes > this.#memory.bytes) {
      const promised = `1 to ${this.#memory.bytes} bytes, which the mount has to lend`;
      throw new InvalidArgument(promised, shown(bytes), 'Open the mount with more lentBytes.');
    }
    const lent = new LentMemory(
      await this.#memory.lend(Math.ceil(bytes / this.blockBytes) * this.blockBytes, patience),
      this,
    );
    this.#lent.add(lent);
    return lent;
  }

  /** Where a view lies, if that was lent. */
  find(view: Uint8Array): LentMemory | undefined {
    for (const lent of this.#lent) if (lent.holds(view)) return lent;
    return undefined;
  }

  end(lent: LentMemory): void {
    this.#lent.delete(lent);
    this.#memory.giveBack(lent.bytes);
  }

  /** Nothing will be lent any more. */
  failAll(error: Error): void {
    this.#memory.failAll(error);
  }
}
