// Writing out what is dirty: sync, and the relief of a cache that is full of META.
//
// A round of sync:
//   1. every dirty DATA and UNDO buffer is written, each under its write interlock, that is after the modifications that were
//      open when its turn came; then all writes in flight have ended
//   2. barrier: the devices flush
//   3. every dirty header and META buffer in the same way
//   4. barrier; a device that has got nothing since the last one is not asked
// So META reaches a medium after the DATA and UNDO that were dirty when the round began. That is an order, not a transaction:
// power loss between 3 and 4 leaves any part of the META behind, and what is modified while a round runs may be written by its
// step 3 if it is META, and only by the next round if it is DATA. All writes of a step are issued in one synchronous stretch, and the
// device is told that a barrier follows them, so that it need not wait for the request to begin with it.
//
// Group commit: who calls while a round is running gets the next one, together with everybody else who came meanwhile, because
// the running one may have passed by what they have modified.
//
// Relief is the same without waiting for the program: buffers that are being modified are left out.

import type { ModRoot } from '../../spec/buffer/snapshot.ts';
import { NO_HANDLE, type Handle } from '../core/ids.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { MountDevice } from '../devices/mount-device.ts';
import { MountBroken, SyncFailed } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Releases } from './releases.ts';
import type { Relief } from './room.ts';
import type { Counters } from './statistics.ts';
import type { Turns } from './turns.ts';
import type { Waits } from './waits.ts';

/** What is dirty, by list. */
type ListName = Exclude<ModRoot, 'none'>;

/** A dirty buffer to be written. */
interface Dirty {
  readonly volume: number;
  readonly block: number;
}

/** What writing out needs. */
export interface SyncingParts {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  readonly counters: Counters;
  readonly faults: Faults;
  readonly lifecycle: Lifecycle;
  readonly releases: Releases;
  readonly turns: Turns;
  readonly waits: Waits;
}

export class Syncing implements Relief {
  readonly #parts: SyncingParts;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(parts: SyncingParts) {
    this.#parts = parts;
  }

  /** Everything that was modified before the call is durable when it resolves. Rejects with SyncFailed or ReadOnlyError. */
  sync(): Promise<void> {
    this.#parts.counters.syncCalls++;
    // The next round is planned until it runs, also in the moment between the end of one and the beginning of the other.
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#begin();
    this.#next = this.#running.then(ignore, ignore).then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  /** Resolves when no round is running or planned any more. */
  async idle(): Promise<void> {
    for (let last = this.#last; last !== undefined; last = this.#last) await last.then(ignore, ignore);
  }

  /** Flushes what was written, and writes nothing: for close, also after a write has failed. Rejects when a volume may not have it. */
  flush(): Promise<void> {
    return this.#barrier();
  }

  get #last(): Promise<void> | undefined {
    return this.#next ?? this.#running;
  }

  #begin(): Promise<void> {
    const round = this.#round().finally(() => {
      this.#running = undefined;
    });
    this.#running = round;
    return round;
  }

  async #round(): Promise<void> {
    this.#parts.lifecycle.promiseUnbroken();
    this.#parts.faults.promiseWritable();
    this.#parts.counters.syncRounds++;
    await this.#makeDurable(['undo', 'data'], true);
    await this.#makeDurable(['volu', 'meta'], true);
  }

  /** Writes what is dirty and not being modified; answers how many headers and META buffers that were. */
  async relieve(): Promise<number> {
    this.#parts.faults.promiseWritable();
    await this.#makeDurable(['undo', 'data'], false);
    const volumes = await this.#write(['volu', 'meta'], false);
    await this.#writesEnded();
    return volumes.length;
  }

  /** Writes what is on these lists, and flushes. */
  async #makeDurable(lists: readonly ListName[], patient: boolean): Promise<void> {
    const volumes = await this.#write(lists, patient);
    for (const volume of new Set(volumes)) this.#parts.device.flushAhead?.(volume);
    await this.#writesEnded();
    await this.#barrier();
  }

  /** Issues the write of every buffer on the lists; resolves with the volume of each when the last one is issued. */
  async #write(lists: readonly ListName[], patient: boolean): Promise<readonly number[]> {
    this.#parts.lifecycle.promiseUnbroken();
    const { core } = this.#parts;
    const dirty: Dirty[] = [];
    for (const list of lists) {
      core.view.lists.forEach(list, (io) => {
        if (patient || io.modifyRefs === 0) dirty.push({ volume: io.volume.number, block: io.block });
      });
    }
    if (dirty.length === 0) return [];
    return new Promise((resolve, reject) => {
      let left = dirty.length;
      const issued = (): void => {
        if (--left === 0) resolve(dirty.map(({ volume }) => volume));
      };
      for (const { volume, block } of dirty) this.#issue(volume, block, issued, reject);
      this.#parts.turns.take();
    });
  }

  #issue(volume: number, block: number, issued: () => void, fail: (error: Error) => void): void {
    const { core, waits } = this.#parts;
    const handle = core.tryGet(volume, block);
    if (handle === NO_HANDLE) throw new MountBroken(`block ${block} of volume ${volume} is dirty and cannot be got`);
    waits.then(core.ioWriteInterlock(handle), 'interlock', {
      next: () => {
        this.#issueInterlocked(handle);
        issued();
      },
      fail,
    });
  }

  #issueInterlocked(handle: Handle): void {
    const { core, faults } = this.#parts;
    if (faults.critical === undefined) core.ioFlush(handle); // Or nothing may be written any more: the round will fail.
    core.ioDoneInterlock(handle);
    this.#parts.releases.release(handle);
  }

  async #writesEnded(): Promise<void> {
    this.#parts.lifecycle.promiseUnbroken();
    const { core, waits } = this.#parts;
    const answer = core.ioWaitAll();
    if (answer.outcome === 'wait') await waits.until(answer, 'writes');
    this.#promiseNothingFailed();
  }

  async #barrier(): Promise<void> {
    this.#parts.lifecycle.promiseUnbroken();
    const { core, waits } = this.#parts;
    const answer = core.ioFlushSync();
    if (answer.outcome === 'wait') {
      const ended = waits.until(answer, 'barrier');
      this.#parts.turns.take();
      await ended;
    }
    this.#promiseNothingFailed();
  }

  #promiseNothingFailed(): void {
    const { critical } = this.#parts.faults;
    if (critical !== undefined) throw new SyncFailed(critical);
  }
}

function ignore(): void {
  // Whoever asked for that round hears of its failure.
}
