// Modifying and flushing a held block: the parts that wait. A modification opens when no flush of the block is about to begin
// and no write of it is in flight; while it is open, no write of the block is issued.

import type { Answer } from '../core/answer.ts';
import { NO_HANDLE, NO_TICKET, type Handle } from '../core/ids.ts';
import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { CachePolicy } from '../policy/cache-policy.ts';
import { MountBroken, WriteFailed } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Releases } from './releases.ts';
import type { Passage } from './room.ts';
import type { WaitReason } from './statistics.ts';
import type { Turns } from './turns.ts';
import type { Waits } from './waits.ts';
import { HEADER_BYTES, renewHeader } from './volumes/header.ts';

/** Bytes of a block that belong to the layer: a checksum in META, the fixed part in a header. */
export function reservedBytes(type: IoType): number {
  if (type === 'volume') return HEADER_BYTES;
  return type === 'meta' ? 4 : 0;
}

/** What modifications and flushes of blocks need. */
export interface ModifyingParts {
  readonly core: HammerIoCore;
  readonly policy: CachePolicy;
  readonly faults: Faults;
  readonly lifecycle: Lifecycle;
  readonly releases: Releases;
  readonly turns: Turns;
  readonly waits: Waits;
}

export class Modifying {
  readonly #parts: ModifyingParts;

  constructor(parts: ModifyingParts) {
    this.#parts = parts;
  }

  /** What the type of a held block is. */
  typeOf(handle: Handle): IoType {
    return this.#parts.core.view.handles.live(handle).io.type;
  }

  /** Opens a modification: `done`, or `wait` with a ticket for `untilOpen`. */
  begin(handle: Handle): Answer {
    const { core } = this.#parts;
    const type = this.typeOf(handle);
    if (type === 'volume') return core.modifyVolume(handle);
    return type === 'meta' ? core.modifyBuffer(handle) : core.ioModify(handle);
  }

  /**
   * Resolves when the modification of that ticket is open. `passage`: of the passing operation that this is a part of; it ends
   * where only the program can help. Rejects with ReadOnlyError if a write has failed meanwhile, or with the signal's reason.
   */
  async untilOpen(
    handle: Handle,
    waiting: Answer,
    signal: AbortSignal | undefined,
    passage: Passage | undefined,
  ): Promise<void> {
    const { core, waits, faults, turns } = this.#parts;
    const reason = this.#waitsFor(waiting);
    if (reason === 'modify') passage?.end();
    await waits.until(waiting, reason, signal);
    if (!faults.isReadOnly) return;
    core.ioModifyDone(handle);
    turns.take();
    faults.promiseWritable();
  }

  #waitsFor({ ticket }: Answer): WaitReason {
    return this.#parts.core.view.tickets.find(ticket)?.at === 'regetblk' ? 'write' : 'modify';
  }

  /** Closes a modification in which bytes may have changed, and lets delayed writes begin. */
  end(handle: Handle): void {
    const { core, policy, lifecycle, turns } = this.#parts;
    if (lifecycle.broken !== undefined) return;
    if (this.typeOf(handle) === 'volume') renewHeader(core.bytes(handle));
    core.change(handle);
    core.ioModifyDone(handle);
    policy.writeBehind(core);
    turns.take();
  }

  /** Writes a block that somebody holds, and waits until it is written. Rejects with WriteFailed or ReadOnlyError. */
  async flush(volume: number, block: number, signal: AbortSignal | undefined): Promise<void> {
    const { core, waits, faults, releases, turns } = this.#parts;
    faults.promiseWritable();
    signal?.throwIfAborted();
    // A handle of its own: the holder may go on using the block meanwhile.
    const handle = core.tryGet(volume, block);
    if (handle === NO_HANDLE) throw new MountBroken(`block ${block} of volume ${volume} is held and cannot be got`);
    try {
      const interlock = core.ioWriteInterlock(handle);
      if (interlock.ticket !== NO_TICKET) await waits.until(interlock, 'interlock', signal);
      const isTooLate = faults.isReadOnly;
      if (!isTooLate) core.ioFlush(handle);
      core.ioDoneInterlock(handle);
      if (isTooLate) faults.promiseWritable();
      const write = core.ioWait(handle);
      if (write.ticket !== NO_TICKET) {
        const ended = waits.until(write, 'write', signal);
        turns.take();
        await ended;
      }
    } finally {
      releases.release(handle);
      turns.take();
    }
    const error = faults.writeError(volume, block);
    if (error !== undefined) throw new WriteFailed(faults.place(volume, block), error);
  }
}
