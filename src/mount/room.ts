// Room for one more: who waits for a free buffer, and who waits because too much is dirty. Both queues are first come, first
// served, and both are looked at again when something has happened that may help: a completion, a release, the end of a flush.
//
// What to do when no buffer is free, by the policy's answer:
//
//   room      go on
//   writing   wait: requests in flight will make room
//   flush     only META and headers are left, which nobody but us may write: begin to write them (relief), and wait
//   full      the program holds everything: CacheFull, at once. Waiting could be for ever, since the program may be waiting
//             for just this get before it releases anything.
//
// One thing makes waiting safe although the policy says `full`: *passing* operations, the mount's own short uses of a buffer
// (a copying read, an update whose function is not running), which give it back without the program's help.

import type { CachePolicy, RoomVerdict as Verdict } from '../policy/cache-policy.ts';
import { CacheFull } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { Counters } from './statistics.ts';
import { onAbort } from './waits.ts';

/** Who needs a buffer. */
export interface Seeker {
  /** Buffers it could use: 2 to read ahead. One is enough. */
  readonly bufs: number;
  /** Will it take a buffer? Not if the block is cached, or being loaded already. */
  needsBuf(): boolean;
  /** Goes on; answers false, and changes nothing, if there is no buffer after all. */
  attempt(): boolean;
  /** There will be none. */
  fail(error: Error): void;
}

/** The part of a passing operation in which it has a buffer, or is loading one. Both may be called more than once. */
export interface Passage {
  begin(): void;
  end(): void;
}

export class Room {
  readonly #core: HammerIoCore;
  readonly #policy: CachePolicy;
  readonly #counters: Counters;
  readonly #dirtyBytesHard: number;
  /** Writes dirty META and headers that are not being modified; answers how many buffers were written. */
  readonly #relieve: () => Promise<number>;
  readonly #turn: () => void;
  readonly #seekers: Seeker[] = [];
  readonly #throttled: (() => void)[] = [];
  #passing = 0;
  #isStirred = false;
  #isRelieving = false;
  /** The latest relief wrote nothing, or failed. */
  #isReliefVain = false;

  constructor(parts: {
    core: HammerIoCore;
    policy: CachePolicy;
    counters: Counters;
    /** Dirty bytes of DATA and UNDO, those in flight included, beyond which modifications wait. */
    dirtyBytesHard: number;
    relieve: () => Promise<number>;
    turn: () => void;
  }) {
    this.#core = parts.core;
    this.#policy = parts.policy;
    this.#counters = parts.counters;
    this.#dirtyBytesHard = parts.dirtyBytesHard;
    this.#relieve = parts.relieve;
    this.#turn = parts.turn;
  }

  /** Nobody waits here, and nothing is being written for somebody. */
  get isIdle(): boolean {
    return this.#seekers.length === 0 && this.#throttled.length === 0 && !this.#isRelieving;
  }

  // ── Buffers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Lets the seeker go on: now, or when its turn has come and there is room; or fails it. */
  seek(seeker: Seeker): void {
    if (this.#seekers.length === 0 || !seeker.needsBuf()) {
      if (this.#serve(seeker)) return;
    }
    this.#counters.waits.space++;
    this.#seekers.push(seeker);
  }

  /** A seeker that has changed its mind. */
  leave(seeker: Seeker): void {
    const at = this.#seekers.indexOf(seeker);
    if (at >= 0) this.#seekers.splice(at, 1);
  }

  /** For a passing operation; it has not begun yet. */
  passage(): Passage {
    return new RoomPassage(this);
  }

  /** @internal A passing operation has taken a buffer. */
  passageBegun(): void {
    this.#passing++;
  }

  /** @internal It has given it back. */
  passageEnded(): void {
    this.#passing--;
    this.stir();
    this.#turn();
  }

  /** Something has happened that may have made room. */
  stir(): void {
    this.#isStirred = true;
    this.#isReliefVain &&= this.#isRelieving;
  }

  /** If so, lets those go on who can; answers whether it looked. */
  retry(): boolean {
    if (!this.#isStirred) return false;
    this.#isStirred = false;
    while (this.#seekers.length > 0 && this.#serve(this.#seekers[0]!)) this.#seekers.shift();
    while (this.#throttled.length > 0 && !this.isTooDirty()) this.#throttled.shift()!();
    return true;
  }

  failAll(error: Error): void {
    for (const seeker of this.#seekers.splice(0)) seeker.fail(error);
    for (const goOn of this.#throttled.splice(0)) goOn(); // They will find the mount broken.
  }

  /** Answers whether the seeker is done with waiting here, one way or the other. */
  #serve(seeker: Seeker): boolean {
    const needsBuf = seeker.needsBuf();
    const verdict = needsBuf ? this.#makeRoom(seeker.bufs) : 'room';
    if (verdict === 'room' && seeker.attempt()) return true;
    if (this.#willHelp(verdict)) return false;
    seeker.fail(new CacheFull(this.#core.view.slab.capacityBufs));
    return true;
  }

  #makeRoom(bufs: number): Verdict {
    const { slab } = this.#core.view;
    if (slab.freeBufs >= bufs) return 'room';
    const verdict = this.#policy.makeRoom(this.#core, Math.min(bufs, slab.capacityBufs));
    return slab.freeBufs > 0 ? 'room' : verdict;
  }

  /** Is it certain that something will happen without the program, after which to try again? */
  #willHelp(verdict: Verdict): boolean {
    const { ioRunningSpace, runningReadBytes } = this.#core.view;
    if (verdict === 'writing' && ioRunningSpace + runningReadBytes > 0) return true;
    if (verdict === 'flush' && !this.#isRelieving && !this.#isReliefVain) void this.#beginRelief();
    return this.#isRelieving || this.#passing > 0;
  }

  async #beginRelief(): Promise<void> {
    this.#isRelieving = true;
    let written = 0;
    try {
      written = await this.#relieve();
    } catch {
      // Whoever needs to hear of it does so from `deviceError`, and here by CacheFull.
    }
    this.#isReliefVain = written === 0;
    this.#isRelieving = false;
    this.#isStirred = true;
    this.#turn();
  }

  // ── Dirty bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Is so much dirty that a modification should wait for the writes in flight? Never without one. */
  isTooDirty(): boolean {
    const { lists, blockBytes, ioRunningSpace } = this.#core.view;
    if (ioRunningSpace === 0) return false;
    return (lists.size('data') + lists.size('undo')) * blockBytes + ioRunningSpace > this.#dirtyBytesHard;
  }

  /** Resolves when that is over. */
  untilCleaner(signal?: AbortSignal): Promise<void> {
    this.#counters.waits.dirty++;
    return new Promise((resolve, reject) => {
      const goOn = (): void => {
        stopListening();
        resolve();
      };
      const stopListening = onAbort(signal, (reason) => {
        this.#throttled.splice(this.#throttled.indexOf(goOn), 1);
        reject(reason);
      });
      this.#throttled.push(goOn);
    });
  }
}

class RoomPassage implements Passage {
  readonly #room: Room;
  #isIn = false;

  constructor(room: Room) {
    this.#room = room;
  }

  begin(): void {
    if (this.#isIn) return;
    this.#isIn = true;
    this.#room.passageBegun();
  }

  end(): void {
    if (!this.#isIn) return;
    this.#isIn = false;
    this.#room.passageEnded();
  }
}
