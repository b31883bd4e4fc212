// A block that the program holds: its bytes, and what can be done with them. While it is held its buffer stays where it is and
// cannot be given up for others, so hold few and release soon.
//
// Modifications of one block do not exclude each other, even of one holder: a function that awaits may find bytes changed that
// it has not changed. A function that does not await is atomic. While a modification is open the block is not written, so a
// `flush` or `sync` waits for it; awaiting one of these inside a modification of the same block would wait for ever.

import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { Answer } from '../core/answer.ts';
import { checkFunction } from '../core/check-shape.ts';
import { NO_HANDLE, NO_TICKET, type Handle } from '../core/ids.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { ReadableBytes } from '../core/view.ts';
import type { CachePolicy } from '../policy/cache-policy.ts';
import { ABORT } from './call-options.ts';
import { BlockReleased } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Modifying } from './modifying.ts';
import { reservedBytes } from './modifying.ts';
import type { Releases } from './releases.ts';
import type { Passage, Room } from './room.ts';
import type { Turns } from './turns.ts';
import type { AbortOptions } from './waits.ts';

/** What a modification does to the bytes. They may be changed until it returns, or until its promise settles. */
export type Change<T> = (bytes: Uint8Array) => T | Promise<T>;

/** What blocks of one mount need. */
export interface BlockParts {
  readonly core: HammerIoCore;
  readonly policy: CachePolicy;
  readonly faults: Faults;
  readonly lifecycle: Lifecycle;
  readonly modifying: Modifying;
  readonly releases: Releases;
  readonly room: Room;
  readonly turns: Turns;
}

/** A block that the program holds until `release`. */
export class Block {
  /** Number of the volume in the mount. */
  readonly volume: number;
  readonly block: number;
  readonly #parts: BlockParts;
  /** NO_HANDLE when it was released. */
  #handle: Handle;
  /** A volume header, which the mount holds as long as it lives. */
  readonly #isOfMount: boolean;
  /** Without what belongs to the layer. */
  #view: Uint8Array | undefined;
  /** While a modification waits to be opened, which keeps the handle busy. */
  #opening: Promise<void> | undefined;
  #isDirtied: boolean;

  /** @internal Blocks come from a Mount. */
  constructor(parts: BlockParts, handle: Handle, volume: number, block: number, isOfMount = false, isDirtied = false) {
    this.#parts = parts;
    this.#handle = handle;
    this.volume = volume;
    this.block = block;
    this.#isOfMount = isOfMount;
    this.#isDirtied = isDirtied;
  }

  /** It was given up, and may not be used any more. */
  get isReleased(): boolean {
    return this.#handle === NO_HANDLE;
  }

  /** What the block holds. @throws BlockReleased */
  get type(): IoType {
    return this.#parts.modifying.typeOf(this.#held());
  }

  /**
   * The bytes, to read, until release; they change when somebody modifies the block. In META without the checksum in its
   * first four bytes, in a volume header the application's area. They are a view of memory that threads share, which some of the
   * platform refuses (crypto.subtle, fetch, TextDecoder in browsers): give it a copy, `block.bytes.slice()`. @throws BlockReleased
   */
  get bytes(): ReadableBytes {
    return this.#bytes();
  }

  /**
   * Changes the bytes: opens a modification, calls `change` with them, and closes it when that has returned or its promise has
   * settled. The block is then dirty and written in the background (DATA, UNDO), by `flush` or by `sync`. If nothing is in the
   * way, a function that does not await has run when the call returns. If it throws, so does the call, and the bytes are what
   * it has made of them. Keep no view beyond.
   *
   * Rejects with ReadOnlyError after a failed write, BlockReleased, MountClosed, the signal's reason (before `change` was
   * called), or what `change` throws.
   */
  async modify<T>(change: Change<T>, options: AbortOptions = {}): Promise<T> {
    checkFunction(change, 'a function that changes the bytes, as the argument of modify');
    ABORT.check(options, 'modify');
    const { signal } = options;
    if (!this.#isOfMount) return this.#modify(change, signal, undefined);
    this.#parts.lifecycle.uses++; // A block that the program holds counts already.
    try {
      return await this.#modify(change, signal, undefined);
    } finally {
      this.#parts.lifecycle.uses--;
    }
  }

  /** The same as a part of a passing operation. @internal */
  modifyPassing<T>(change: Change<T>, signal: AbortSignal | undefined, passage: Passage): Promise<T> {
    return this.#modify(change, signal, passage);
  }

  /**
   * Writes the block if it is dirty, after the modifications that are open, and waits for that write and for one that was in
   * flight already. Written is not durable: that takes `mount.sync()`. META is written although DATA that it speaks of may not
   * be: where the order matters, leave it to `sync`. Rejects with WriteFailed, ReadOnlyError, BlockReleased,
   * MountClosed, or the signal's reason; a write that was issued goes on.
   */
  async flush(options: AbortOptions = {}): Promise<void> {
    ABORT.check(options, 'flush');
    const { signal } = options;
    this.#held();
    this.#parts.lifecycle.promiseUsable();
    this.#parts.lifecycle.uses++;
    try {
      await this.#parts.modifying.flush(this.volume, this.block, signal);
    } finally {
      this.#parts.lifecycle.uses--;
    }
  }

  /**
   * Gives the block up; `bytes` must not be used any more. A volume header stays with the mount, and this does nothing.
   * @throws BlockReleased when it was given up before, BrokenPromise while a modification of it is open.
   */
  release(): void {
    if (this.#isOfMount) return;
    const { core, policy, lifecycle, releases, turns } = this.#parts;
    releases.release(this.#held());
    this.#handle = NO_HANDLE;
    this.#view = undefined;
    lifecycle.uses--;
    if (this.#isDirtied && lifecycle.broken === undefined) policy.writeBehind(core);
    turns.take();
  }

  /** For `using`: releases the block unless that has been done. */
  [Symbol.dispose](): void {
    if (!this.isReleased) this.release();
  }

  #held(): Handle {
    if (this.#handle === NO_HANDLE) throw new BlockReleased(this.#parts.faults.place(this.volume, this.block));
    return this.#handle;
  }

  #bytes(): Uint8Array {
    const handle = this.#held();
    if (this.#view !== undefined) return this.#view;
    this.#parts.lifecycle.promiseUsable();
    const whole = this.#parts.core.contents(handle) as Uint8Array;
    const reserved = reservedBytes(this.#parts.modifying.typeOf(handle));
    this.#view = reserved === 0 ? whole : whole.subarray(reserved);
    return this.#view;
  }

  async #modify<T>(change: Change<T>, signal: AbortSignal | undefined, passage: Passage | undefined): Promise<T> {
    const { room, modifying } = this.#parts;
    signal?.throwIfAborted();
    this.#promiseModifiable();
    if (room.isTooDirty()) {
      await room.untilCleaner(signal);
      this.#promiseModifiable();
    }
    while (this.#opening !== undefined) {
      await this.#opening;
      signal?.throwIfAborted();
      this.#promiseModifiable();
    }
    const answer = modifying.begin(this.#handle);
    const hasBegun = answer.ticket === NO_TICKET ? undefined : await this.#untilOpen(answer, signal, passage);
    try {
      const result = change(this.#bytes());
      hasBegun?.();
      if (!isPromise(result)) return result;
      passage?.end(); // From here on only the program knows how long it takes.
      return await result;
    } finally {
      hasBegun?.();
      this.#isDirtied = true;
      modifying.end(this.#handle);
    }
  }

  /**
   * Others who want to modify through this handle wait meanwhile, because it is busy. They go on after the answer was called:
   * first come, first served.
   */
  async #untilOpen(answer: Answer, signal: AbortSignal | undefined, passage: Passage | undefined): Promise<() => void> {
    let goOn = (): void => undefined;
    const opening = new Promise<void>((resolve) => (goOn = resolve));
    this.#opening = opening;
    const hasBegun = (): void => {
      if (this.#opening === opening) this.#opening = undefined;
      goOn();
    };
    try {
      await this.#parts.modifying.untilOpen(this.#handle, answer, signal, passage);
      return hasBegun;
    } catch (thrown) {
      hasBegun();
      throw thrown;
    }
  }

  #promiseModifiable(): void {
    this.#held();
    this.#parts.lifecycle.promiseUsable();
    this.#parts.faults.promiseWritable();
  }
}

function isPromise<T>(result: T | Promise<T>): result is Promise<T> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
