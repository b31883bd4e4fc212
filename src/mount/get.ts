// A get under way: from the wish for a block to a handle on it, through hits, waiting for room, queueing and loading.
//
//   attempt ──done──▶ accept              CacheFull ──▶ Room, which attempts again
//      │ ticket                                  ▲
//      ▼                                         │ starved: its turn has come, and no buffer is free
//    Waits ──ended──▶ accept ──▶ a handle, ReadFailed, or CorruptBlock
//
// When it is abandoned by its signal, it withdraws from the queue that it stands in; a load goes on, and the handle that it
// brings is released at once.

import type { Answer } from '../core/answer.ts';
import { hasValidCrc } from '../core/block-crc.ts';
import { CacheFull } from '../core/errors.ts';
import { NO_HANDLE, NO_TICKET, type Handle, type Ticket } from '../core/ids.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { CachePolicy } from '../policy/cache-policy.ts';
import { CorruptBlock, ReadFailed } from './errors.ts';
import type { Faults } from './faults.ts';
import type { ReadsAhead } from './reads-ahead.ts';
import type { Releases } from './releases.ts';
import type { Passage, Room, Seeker } from './room.ts';
import type { Counters } from './statistics.ts';
import type { Turns } from './turns.ts';
import type { Waiter, Waits } from './waits.ts';
import { onAbort } from './waits.ts';

/** The types of a block that a program may ask for; headers are held by the mount. */
export type BlockType = 'data' | 'meta' | 'undo';

export interface Wish {
  readonly volume: number;
  readonly block: number;
  readonly type: BlockType;
  /** `new`: the old contents do not matter. */
  readonly how: 'read' | 'new';
  /** Of the passing operation that needs the block, if it is one. */
  readonly passage?: Passage | undefined;
}

/** What a get brings. */
export interface Got {
  readonly handle: Handle;
  /** The buffer was made for this get, and is all zeros. */
  readonly isZeroed: boolean;
}

/** What gets need. */
export interface GetParts {
  readonly core: HammerIoCore;
  readonly policy: CachePolicy;
  readonly counters: Counters;
  readonly faults: Faults;
  readonly readsAhead: ReadsAhead;
  readonly releases: Releases;
  readonly room: Room;
  readonly turns: Turns;
  readonly waits: Waits;
}

/** Gets blocks. */
export class Gets {
  readonly #parts: GetParts;

  constructor(parts: GetParts) {
    this.#parts = parts;
  }

  /** Gets a block. Rejects with ReadFailed, CorruptBlock, CacheFull, InvalidArgument, or the signal's reason. */
  get(wish: Wish, signal?: AbortSignal): Promise<Got> {
    return new Promise((resolve, reject) => {
      const get = new Get(this.#parts, wish, resolve, reject);
      get.listen(signal);
      get.begin();
      this.#parts.turns.take();
    });
  }

  /** Is the block known as another type than the one it is wanted as? */
  isOtherType({ volume, block, type }: Wish): boolean {
    const io = this.#parts.core.view.volumes[volume]?.ios.get(block);
    return io !== undefined && io.type !== type;
  }

  /**
   * Forgets what is known of a block as another type, so that it can be got as this one: if no buffer is attached, or if the old
   * contents do not matter. While somebody uses it, or it is dirty META, nothing happens, and the get will be refused.
   */
  async forgetOtherType({ volume, block, type, how }: Wish, signal?: AbortSignal): Promise<void> {
    const { core, waits } = this.#parts;
    const io = core.view.volumes[volume]?.ios.get(block);
    if (io === undefined || io.type === type || io.type === 'volume' || !io.isUnreferenced) return;
    if (io.bp !== undefined && how === 'read') return;
    const answer = core.unload(volume, block);
    if (answer.ticket !== NO_TICKET) await waits.until(answer, 'write', signal);
  }

  /** Gives a corrupt block up, and its buffer with it as soon as nobody else holds it, so that the next get reads again. */
  dropCorrupt(handle: Handle, volume: number, block: number): void {
    dropCorrupt(this.#parts, handle, volume, block);
  }
}

class Get implements Seeker, Waiter {
  bufs: number;
  readonly #parts: GetParts;
  readonly #wish: Wish;
  readonly #resolve: (got: Got) => void;
  readonly #reject: (error: Error) => void;
  #ticket = NO_TICKET;
  #isZeroed = false;
  #stopListening: () => void = nothing;
  /** While it goes on although nobody waits for it. */
  #abandoned: Passage | undefined;

  constructor(parts: GetParts, wish: Wish, resolve: (got: Got) => void, reject: (error: Error) => void) {
    this.#parts = parts;
    this.#wish = wish;
    this.#resolve = resolve;
    this.#reject = reject;
    const { volume, block, how } = wish;
    this.bufs = how === 'read' && parts.policy.wantsAhead(volume, block) ? 2 : 1;
  }

  listen(signal: AbortSignal | undefined): void {
    if (signal !== undefined) this.#stopListening = onAbort(signal, (reason) => this.#abort(reason));
  }

  /** A block that is being read ahead is waited for; the core would give that read up and read again. */
  begin(): void {
    const { volume, block, how } = this.#wish;
    const { core, readsAhead, room, counters } = this.#parts;
    const residue = core.view.volumes[volume]?.residue.get(block);
    if (how === 'new' || residue === undefined || residue.arrived) {
      room.seek(this);
      return;
    }
    counters.waits.queue++;
    readsAhead.join(volume, block, this);
  }

  /** The read ahead has ended, well or not. */
  goOn(): void {
    this.#parts.room.seek(this);
  }

  // ── As a seeker ──────────────────────────────────────────────────────────────────────────────────────────────────────

  needsBuf(): boolean {
    const { block } = this.#wish;
    const volume = this.#parts.core.view.volumes[this.#wish.volume];
    if (volume === undefined || volume.residue.get(block)?.arrived === true) return false;
    const io = volume.ios.get(block);
    return io === undefined || (io.bp === undefined && io.loadLockOwner === undefined);
  }

  attempt(): boolean {
    if (this.#ticket !== NO_TICKET) return this.#attemptAgain();
    const { volume, block, type, how } = this.#wish;
    const { core, waits } = this.#parts;
    const wasAttached = core.view.volumes[volume]?.ios.get(block)?.bp !== undefined;
    let answer: Answer;
    try {
      answer = how === 'new' ? core.ioNew(volume, block, type) : core.ioRead(volume, block, type, this.bufs === 2);
    } catch (error) {
      if (error instanceof CacheFull) return false;
      this.fail(error as Error);
      return true;
    }
    this.#isZeroed = how === 'new' && answer.outcome === 'done' && !wasAttached;
    this.#ticket = answer.ticket;
    this.#wish.passage?.begin();
    waits.then(answer, answer.outcome === 'io' ? 'load' : 'queue', this);
    return true;
  }

  #attemptAgain(): boolean {
    if (!this.#parts.waits.resume(this.#ticket)) return false;
    this.#wish.passage?.begin();
    return true;
  }

  // ── As a waiter ──────────────────────────────────────────────────────────────────────────────────────────────────────

  starved(ticket: Ticket): void {
    this.#ticket = ticket;
    this.#wish.passage?.end();
    this.#parts.room.seek(this);
  }

  next(answer: Answer): void {
    const { volume, block } = this.#wish;
    if (answer.handle === NO_HANDLE) {
      this.#failed(this.#parts.faults.takeReadError(volume, block));
    } else if (this.#isCorrupt(answer)) {
      dropCorrupt(this.#parts, answer.handle, volume, block);
      this.fail(new CorruptBlock(this.#parts.faults.place(volume, block)));
    } else if (this.#abandoned !== undefined) {
      this.#parts.releases.release(answer.handle);
      this.#abandoned.end();
    } else {
      this.#stopListening();
      this.#resolve({ handle: answer.handle, isZeroed: this.#isZeroed });
    }
  }

  /** What failed may have been the block ahead, for which nobody has asked: then once more without it. */
  #failed(why: Error): void {
    const { volume, block } = this.#wish;
    if (this.bufs === 1 || this.#abandoned !== undefined) {
      this.fail(new ReadFailed(this.#parts.faults.place(volume, block), why));
      return;
    }
    this.bufs = 1;
    this.#ticket = NO_TICKET;
    this.#wish.passage?.end();
    this.#parts.room.seek(this);
  }

  fail(error: Error): void {
    this.#stopListening();
    this.#abandoned?.end();
    if (this.#ticket !== NO_TICKET && error instanceof CacheFull) this.#parts.waits.withdraw(this.#ticket);
    this.#reject(error);
  }

  /** `diskRead`: it was taken over from the device cache, where nobody has looked at it yet. */
  #isCorrupt({ handle, diskRead }: Answer): boolean {
    const { volume, block, type, how } = this.#wish;
    const { core, faults } = this.#parts;
    if (type !== 'meta' || how === 'new') return false;
    if (diskRead > 0 && !hasValidCrc(core.contents(handle) as Uint8Array)) faults.markCorrupt(volume, block);
    return faults.isCorrupt(volume, block);
  }

  #abort(reason: Error): void {
    const { waits, room, readsAhead, releases, turns } = this.#parts;
    room.leave(this);
    readsAhead.leave(this);
    if (this.#ticket !== NO_TICKET) {
      if (waits.isWithdrawable(this.#ticket)) waits.withdraw(this.#ticket);
      else {
        this.#abandoned = room.passage();
        this.#abandoned.begin();
      }
    }
    this.#reject(reason);
    releases.stir();
    turns.take();
  }
}

function dropCorrupt({ core, faults, releases }: GetParts, handle: Handle, volume: number, block: number): void {
  if (core.delBuffer(handle).outcome === 'again') releases.release(handle);
  else faults.clearCorrupt(volume, block);
  releases.stir();
}

function nothing(): void {
  // Without a signal there is nothing to stop.
}
