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
import type { Breakable } from './lifecycle.ts';
import type { Releases } from './releases.ts';
import type { Counters } from './statistics.ts';
import type { Participant, Turns } from './turns.ts';
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

/** Writes dirty META and headers, where only that can make room. */
export interface Relief {
  /** Writes those that are not being modified; answers how many buffers were written. */
  relieve(): Promise<number>;
}

/** What room is made of. */
export interface RoomParts {
  readonly core: HammerIoCore;
  readonly policy: CachePolicy;
  readonly counters: Counters;
  /** Dirty bytes of DATA and UNDO, those in flight included, beyond which modifications wait. */
  readonly dirtyBytesHard: number;
  readonly releases: Releases;
  readonly relief: Relief;
  readonly turns: Turns;
}

export class Room implements Participant, Breakable {
  readonly #core: HammerIoCore;
  readonly #policy: CachePolicy;
  readonly #counters: Counters;
  readonly #dirtyBytesHard: number;
  readonly #releases: Releases;
  readonly #relief: Relief;
  readonly #turns: Turns;
  readonly #seekers: Seeker[] = [];
  readonly #throttled: (() => void)[] = [];
  #passing = 0;
  /** The chances to make room that there had been when it looked last. */
  #chancesSeen = 0;
  #isRelieving = false;
  /** The latest relief wrote nothing, or failed: the chances that there had been then, which are not enough for another one. */
  #vainAt: number | undefined;

  constructor(parts: RoomParts) {
    this.#core = parts.core;
    this.#policy = parts.policy;
    this.#counters = parts.counters;
    this.#dirtyBytesHard = parts.dirtyBytesHard;
    this.#releases = parts.releases;
    this.#relief = parts.relief;
    this.#turns = parts.turns;
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
    this.#releases.stir();
    this.#turns.take();
  }

  /** If something has happened that may have made room, lets those go on who can; answers whether anybody waited. */
  goOn(): boolean {
    const { chances } = this.#releases;
    if (this.#chancesSeen === chances) return false;
    this.#chancesSeen = chances;
    if (this.#seekers.length === 0 && this.#throttled.length === 0) return false;
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
    const isVain = this.#vainAt === this.#releases.chances;
    if (verdict === 'flush' && !this.#isRelieving && !isVain) void this.#beginRelief();
    return this.#isRelieving || this.#passing > 0;
  }

  async #beginRelief(): Promise<void> {
    this.#isRelieving = true;
    let written = 0;
    try {
      written = await this.#relief.relieve();
    } catch {
      // Whoever needs to hear of it does so from `deviceError`, and here by CacheFull.
    }
    this.#isRelieving = false;
    this.#releases.stir();
    this.#vainAt = written === 0 ? this.#releases.chances : undefined;
    this.#turns.take();
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
