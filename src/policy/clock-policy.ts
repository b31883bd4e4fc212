// CLOCK, that is LRU with one bit: a hand goes round the slab, a buffer that was used since the hand came by last gets a second
// chance, the others go. A hit costs the setting of a bit. Delayed writes begin when much is dirty, with a second hand and with
// their neighbours, and end when less is.

import type { Answer } from '../core/answer.ts';
import { checkShape, numberFrom, optional, shape, whole } from '../core/check-shape.ts';
import { InvalidArgument, unreachable } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { BufView } from '../core/view.ts';
import { dirtyBytes, hasBacklog, isPullable, useOf } from './buf-use.ts';
import type { CachePolicy, CachePolicyStatistics, RoomVerdict } from './cache-policy.ts';
import { SequentialReads } from './sequential-reads.ts';

/** How a ClockPolicy is set up. */
export interface ClockPolicyOptions {
  /** Bytes of dirty DATA and UNDO beyond which writeBehind begins to write. Default: half of the slab. */
  readonly dirtyBytesMax?: number;
  /** Bytes at which it ends. Default: half of dirtyBytesMax. */
  readonly dirtyBytesLow?: number;
  /** Most blocks that are written together. Default 16. */
  readonly clusterBlocksMax?: number;
  /** Structures without a buffer beyond which they are cleaned away. Default 1024. */
  readonly looseMax?: number;
}

const CLOCK_SHAPE = shape<ClockPolicyOptions>({
  dirtyBytesMax: optional(numberFrom(0)),
  dirtyBytesLow: optional(numberFrom(0)),
  clusterBlocksMax: optional(whole(1)),
  looseMax: optional(whole(0)),
});

/** Buffers that are still looked at when enough writes are under way, in the hope for one that is free at once. */
const LOOK_ON = 64;

/** CLOCK with delayed writes: buffers that were used since the hand came by get a second chance. */
export class ClockPolicy implements CachePolicy {
  readonly #dirtyBytesMax: number | undefined;
  readonly #dirtyBytesLow: number | undefined;
  readonly #clusterBlocksMax: number;
  readonly #looseMax: number;
  readonly #reads = new SequentialReads();
  readonly #statistics = {
    recycled: 0,
    purged: 0,
    writtenBack: 0,
    clustered: 0,
    loosened: 0,
    refusals: 0,
    swept: 0,
  };
  /** Where makeRoom looks next. */
  #hand = 0;
  /** Seen on the latest turn of the hand: buffers that a completion will free, and buffers that a sync would. */
  #coming = 0;
  #dirty = 0;
  /** Where writeBehind looks next, and whether it is at work: between the high mark and the low one. */
  #writeHand = 0;
  #isBehind = false;
  /** The last call of writeBehind went through the slab in vain. */
  #isInVain = false;

  /** @throws InvalidArgument when an option makes no sense. */
  constructor(options: ClockPolicyOptions = {}) {
    checkShape(CLOCK_SHAPE, options, 'ClockPolicy');
    const { dirtyBytesMax, dirtyBytesLow, clusterBlocksMax = 16, looseMax = 1024 } = options;
    if ((dirtyBytesLow ?? 0) > (dirtyBytesMax ?? Infinity)) {
      const advice = 'Correct the options of the cache policy.';
      throw new InvalidArgument('a dirtyBytesLow from 0 to dirtyBytesMax', String(dirtyBytesLow), advice);
    }
    this.#dirtyBytesMax = dirtyBytesMax;
    this.#dirtyBytesLow = dirtyBytesLow;
    this.#clusterBlocksMax = clusterBlocksMax;
    this.#looseMax = looseMax;
  }

  /** What was done since the policy was made; the numbers go on counting. */
  get statistics(): CachePolicyStatistics {
    return this.#statistics;
  }

  wantsAhead(volume: number, block: number): boolean {
    return this.#reads.note(volume, block);
  }

  // ── Room ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  makeRoom(core: HammerIoCore, bufs: number): RoomVerdict {
    const { slab, lists } = core.view;
    if (slab.freeBufs >= bufs) return 'room';
    if (!(bufs <= slab.capacityBufs)) {
      const seen = `${bufs} of them`;
      throw new InvalidArgument(`at most the ${slab.capacityBufs} buffers of the slab`, seen, 'Ask for fewer.');
    }
    // The first turn takes what was not used lately. Where writes under way will do, that is all: what was used lately is
    // worth more than the wait. Delayed writes are issued on the way even beyond what is asked for; they will be wanted
    // next, and the device takes them together.
    this.#turn(core, bufs);
    if (slab.freeBufs + this.#coming < bufs) this.#turn(core, bufs);
    if (slab.freeBufs < bufs && this.#coming === 0) this.#loosenHeaders(core);
    if (lists.size('loose') > this.#looseMax) this.#cleanLoose(core);
    if (slab.freeBufs >= bufs) return 'room';
    if (this.#coming > 0) return 'writing';
    return this.#dirty > 0 ? 'flush' : 'full';
  }

  /** Goes round the slab once, and ends early when there is room. */
  #turn(core: HammerIoCore, bufs: number): void {
    const { slab } = core.view;
    this.#coming = this.#dirty = 0;
    for (let left = slab.bufs.length; left > 0 && slab.freeBufs < bufs; left--) {
      if (this.#hand >= slab.bufs.length) this.#hand = 0;
      this.#take(core, slab.bufs[this.#hand++]!);
      if (slab.freeBufs + this.#coming >= bufs) left = Math.min(left, LOOK_ON);
    }
  }

  /** Does what can be done to free one buffer. A second chance is for those that could be freed; the others keep their bit. */
  #take(core: HammerIoCore, buf: BufView): void {
    this.#statistics.swept++;
    const { volume, block } = buf;
    const use = useOf(core.view, buf);
    switch (use) {
      case 'free':
      case 'held':
        return;
      case 'coming':
        this.#coming++;
        return;
      case 'dirty':
        this.#dirty++;
        return;
      case 'clean':
        if (!core.clearUsed(volume, block)) this.#done(core.recycle(volume, block), 'recycled');
        return;
      case 'cached':
        // Nobody has used it yet, so there is no bit. It arrived behind the hand, and a turn was its chance.
        this.#done(core.ioInval(volume, block), 'purged');
        return;
      case 'delayed':
        if (core.clearUsed(volume, block)) return;
        // With a full backlog it is written later; what is in the backlog completes before, and that is when to ask again.
        if (hasBacklog(core.view)) this.#write(core, volume, block);
        this.#coming++;
        return;
      default:
        unreachable(use);
    }
  }

  /**
   * Structures without a buffer hold a reference each on the header of their volume, if it has one. Where nothing else is
   * left, they go, and then perhaps the header's buffer, used lately or not.
   */
  #loosenHeaders(core: HammerIoCore): void {
    const { volumes } = core.view;
    if (!volumes.some(({ header }) => header?.bp !== undefined)) return;
    this.#cleanLoose(core);
    for (const { number, header } of volumes) {
      if (header?.bp === undefined) continue;
      core.clearUsed(number, header.block);
      this.#take(core, header.bp);
    }
  }

  #cleanLoose(core: HammerIoCore): void {
    const loose = core.view.lists.size('loose');
    if (loose === 0) return; // To ask for nothing is no step of the model.
    this.#statistics.loosened += loose;
    core.cleanLoose();
  }

  // ── Delayed writes ───────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Once more than dirtyBytesMax of DATA and UNDO are dirty, writes are issued, those used longest ago first and their neighbours
   * with them, until no more than dirtyBytesLow are dirty or the backlog is full; in that case the next calls go on.
   */
  writeBehind(core: HammerIoCore): number {
    const { view } = core;
    const { bufs, capacityBufs } = view.slab;
    const max = this.#dirtyBytesMax ?? (capacityBufs * view.blockBytes) / 2;
    const low = Math.min(this.#dirtyBytesLow ?? max / 2, max);
    if (!this.#isBehind) {
      if (dirtyBytes(view) <= max) return 0;
      this.#writeHand = this.#hand; // Those that were used longest ago stand before the other hand.
    }
    const issuedBefore = this.#issued;
    // Where the last call found nothing to write (handles hold all that is dirty), a few are looked at, not the whole slab.
    const turn = this.#isInVain ? 0 : bufs.length;
    let left = this.#isInVain ? LOOK_ON : 2 * turn;
    for (; left > 0 && dirtyBytes(view) > low && hasBacklog(view); left--) {
      if (this.#writeHand >= bufs.length) this.#writeHand = 0;
      const buf = bufs[this.#writeHand++]!;
      this.#statistics.swept++;
      if (!buf.delwri) continue;
      // Those used lately have their turn when the others did not suffice. Their bit stays: they are written, not given up.
      const isTurn = view.volumes[buf.volume]!.ios.get(buf.block)?.used !== true || left <= turn || turn === 0;
      if (isTurn && useOf(view, buf) === 'delayed') this.#write(core, buf.volume, buf.block);
    }
    this.#isBehind = dirtyBytes(view) > low;
    const issued = this.#issued - issuedBefore;
    this.#isInVain = left === 0 && issued === 0;
    return issued;
  }

  get #issued(): number {
    return this.#statistics.writtenBack + this.#statistics.clustered;
  }

  /** Writes a delayed write, and along with it its neighbours upwards and downwards, so that the device can make one of them. */
  #write(core: HammerIoCore, volume: number, block: number): void {
    this.#done(core.writeBack(volume, block), 'writtenBack');
    let left = this.#clusterBlocksMax - 1;
    for (let next = block + 1; left > 0 && this.#pull(core, volume, next); next++) left--;
    for (let next = block - 1; left > 0 && this.#pull(core, volume, next); next--) left--;
  }

  #pull(core: HammerIoCore, volume: number, block: number): boolean {
    if (!hasBacklog(core.view) || !isPullable(core.view, volume, block)) return false;
    this.#done(core.clusterPull(volume, block), 'clustered');
    return true;
  }

  #done({ outcome }: Answer, what: 'recycled' | 'purged' | 'writtenBack' | 'clustered'): void {
    this.#statistics[outcome === 'done' ? what : 'refusals']++;
  }
}
