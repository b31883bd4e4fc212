// Which buffer to give up, what to write when, and how far to read: the decisions that the core leaves open. A policy acts
// on the core only through its public actions (recycle, ioInval, writeBack, clusterPull, cleanLoose), so whatever it decides
// is a step that can be recorded and checked against the model. It is synchronous, keeps no clock and no dice, and never waits:
// where only a completion or a sync can help, it says so, and its owner asks again afterwards.
//
//   before a get that may need a buffer   makeRoom(core, 1), or 2 when it reads ahead
//   after modifications and completions   writeBehind(core)
//   before a read                         wantsAhead(volume, block)
//
// `ClockPolicy` is CLOCK, that is LRU with one bit: a hand goes round the slab, a buffer that was used since the hand came by
// last gets a second chance, the others go. A hit costs the setting of a bit. One policy object serves one core.

import type { Answer } from '../core/answer.ts';
import type { Buf } from '../core/records/buf.ts';
import { isPullable, useOf } from './buf-use.ts';
import { SequentialReads } from './sequential-reads.ts';
import { InvalidArgument, unreachable } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { HammerIo } from '../core/records/hammer-io.ts';
import type { MountState } from '../core/core-state.ts';

/**
 * Whether there is room:
 *
 * - `room`: as many buffers as were asked for are free.
 * - `writing`: not yet. Requests in flight, writes or reads ahead, will make room when they complete: ask again after the
 *   next completion, of whatever kind.
 * - `flush`: what could be freed is dirty META or VOLUME, which only a flush of the layer may write: a sync is needed.
 * - `full`: every buffer is held by a handle or a ticket, being loaded, or pinned by a failed write.
 */
export type Room = 'room' | 'writing' | 'flush' | 'full';

/** What a policy has done since it was made. */
export interface CachePolicyStatistics {
  /** Clean buffers that were given up. */
  readonly recycled: number;
  /** Cached contents without a structure that were given up. */
  readonly purged: number;
  /** Delayed writes that were issued for their own sake. */
  readonly writtenBack: number;
  /** Delayed writes that were issued because a neighbour was. */
  readonly clustered: number;
  /** Structures without a buffer that were cleaned away. */
  readonly loosened: number;
  /** Times that the core refused. It is not asked for what it would refuse, so this stays 0. */
  readonly refusals: number;
  /** Buffers that were looked at. */
  readonly swept: number;
}

/** Decides which buffers are given up and when dirty ones are written. Acts on the core by its public actions only. */
export interface CachePolicy {
  /**
   * Tries to have `bufs` free buffers. Looks at each buffer of the slab twice at most.
   * @throws InvalidArgument when the slab is smaller than that.
   */
  makeRoom(core: HammerIoCore, bufs: number): Room;
  /**
   * Delayed write: once more than dirtyBytesMax of DATA and UNDO are dirty, writes are issued, those used longest ago first
   * and their neighbours with them, until no more than dirtyBytesLow are dirty or the backlog is full; in that case the next
   * calls go on. Answers how many were issued. Looks at each buffer of the slab twice at most; neighbours apart.
   */
  writeBehind(core: HammerIoCore): number;
  /** Shall the read of this block cover the next one too? To be asked once for each block that was not resident. */
  wantsAhead(volume: number, block: number): boolean;
  /** What was done since the policy was made. */
  readonly statistics: CachePolicyStatistics;
}

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
    const { dirtyBytesMax, dirtyBytesLow, clusterBlocksMax = 16, looseMax = 1024 } = options;
    expectBytes(dirtyBytesMax ?? 0, Infinity, 'a dirtyBytesMax of 0 or more');
    expectBytes(dirtyBytesLow ?? 0, dirtyBytesMax ?? Infinity, 'a dirtyBytesLow from 0 to dirtyBytesMax');
    expectWhole(clusterBlocksMax, 1, 'a clusterBlocksMax of 1 or more blocks');
    expectWhole(looseMax, 0, 'a looseMax of 0 or more structures');
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

  makeRoom(core: HammerIoCore, bufs: number): Room {
    const { slab, lists } = core.state;
    if (slab.freeBufs >= bufs) return 'room';
    if (!(bufs <= slab.capacityBufs)) {
      const most = `at most the ${slab.capacityBufs} buffers of the slab`;
      throw new InvalidArgument(most, String(bufs), 'Ask for fewer.');
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
    const { slab } = core.state;
    this.#coming = this.#dirty = 0;
    for (let left = slab.bufs.length; left > 0 && slab.freeBufs < bufs; left--) {
      if (this.#hand >= slab.bufs.length) this.#hand = 0;
      this.#take(core, slab.bufs[this.#hand++]!);
      if (slab.freeBufs + this.#coming >= bufs) left = Math.min(left, LOOK_ON);
    }
  }

  /** Does what can be done to free one buffer. A second chance is for those that could be freed; the others keep their bit. */
  #take(core: HammerIoCore, buf: Buf): void {
    this.#statistics.swept++;
    if (buf.block < 0) return;
    const { volume, block } = buf;
    const owner = core.state.volumes[volume]!;
    const io = owner.ios.get(block);
    const use = useOf(buf, io, owner);
    switch (use) {
      case 'held':
        return;
      case 'coming':
        this.#coming++;
        return;
      case 'dirty':
        this.#dirty++;
        return;
      case 'clean':
        if (!wasUsed(io!)) this.#done(core.recycle(volume, block), 'recycled');
        return;
      case 'cached':
        // Nobody has used it yet, so there is no bit. It arrived behind the hand, and a turn was its chance.
        this.#done(core.ioInval(volume, block), 'purged');
        return;
      case 'delayed':
        if (wasUsed(io!)) return;
        // With a full backlog it is written later; what is in the backlog completes before, and that is when to ask again.
        if (hasBacklog(core.state)) this.#write(core, volume, block);
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
    const { volumes } = core.state;
    if (!volumes.some(({ header }) => header?.bp !== undefined)) return;
    this.#cleanLoose(core);
    for (const { header } of volumes) {
      if (header?.bp === undefined) continue;
      header.used = false;
      this.#take(core, header.bp);
    }
  }

  #cleanLoose(core: HammerIoCore): void {
    const loose = core.state.lists.size('loose');
    if (loose === 0) return; // To ask for nothing is no step of the model.
    this.#statistics.loosened += loose;
    core.cleanLoose();
  }

  // ── Delayed writes ───────────────────────────────────────────────────────────────────────────────────────────────────

  writeBehind(core: HammerIoCore): number {
    const { state } = core;
    const { bufs, capacityBufs } = state.slab;
    const max = this.#dirtyBytesMax ?? (capacityBufs * state.blockBytes) / 2;
    const low = Math.min(this.#dirtyBytesLow ?? max / 2, max);
    if (!this.#isBehind) {
      if (dirtyBytes(state) <= max) return 0;
      this.#writeHand = this.#hand; // Those that were used longest ago stand before the other hand.
    }
    const issuedBefore = this.#issued;
    // Where the last call found nothing to write (handles hold all that is dirty), a few are looked at, not the whole slab.
    const turn = this.#isInVain ? 0 : bufs.length;
    let left = this.#isInVain ? LOOK_ON : 2 * turn;
    for (; left > 0 && dirtyBytes(state) > low && hasBacklog(state); left--) {
      if (this.#writeHand >= bufs.length) this.#writeHand = 0;
      const buf = bufs[this.#writeHand++]!;
      this.#statistics.swept++;
      if (!buf.delwri) continue;
      const owner = state.volumes[buf.volume]!;
      const io = owner.ios.get(buf.block);
      // Those used lately have their turn when the others did not suffice. Their bit stays: they are written, not given up.
      const isTurn = io?.used !== true || left <= turn || turn === 0;
      if (isTurn && useOf(buf, io, owner) === 'delayed') this.#write(core, buf.volume, buf.block);
    }
    this.#isBehind = dirtyBytes(state) > low;
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
    const { state } = core;
    if (!hasBacklog(state) || !isPullable(state.volumes[volume]!, block)) return false;
    this.#done(core.clusterPull(volume, block), 'clustered');
    return true;
  }

  #done({ outcome }: Answer, what: 'recycled' | 'purged' | 'writtenBack' | 'clustered'): void {
    this.#statistics[outcome === 'done' ? what : 'refusals']++;
  }
}

/** Takes the bit away and tells whether it was there. */
function wasUsed(io: HammerIo): boolean {
  const { used } = io;
  io.used = false;
  return used;
}

/** May one more write be issued without making anybody wait in ioLimitBacklog? One may always be in flight. */
function hasBacklog({ ioRunningSpace, backlogBytesMax, blockBytes }: MountState): boolean {
  return ioRunningSpace === 0 || ioRunningSpace + blockBytes <= backlogBytesMax;
}

/** Dirty bytes that may be written at any time. */
function dirtyBytes({ lists, blockBytes }: MountState): number {
  return (lists.size('data') + lists.size('undo')) * blockBytes;
}

function expectBytes(seen: number, most: number, promised: string): void {
  if (!(seen >= 0 && seen <= most)) throw new InvalidArgument(promised, String(seen), ADVICE);
}

function expectWhole(seen: number, least: number, promised: string): void {
  if (!Number.isSafeInteger(seen) || seen < least) throw new InvalidArgument(promised, String(seen), ADVICE);
}

const ADVICE = 'Correct the options of the cache policy.';
