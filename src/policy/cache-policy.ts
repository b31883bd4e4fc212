// What a cache policy is: which buffer to give up, what to write when, and how far to read, the decisions that the core
// leaves open. A policy looks at the core through `view` and acts on it only through its public actions (recycle, ioInval,
// writeBack, clusterPull, cleanLoose), so whatever it decides is a step that can be recorded and compared with the model.
// It is synchronous, keeps no clock and no dice, and never waits: where only a completion or a sync can help, it says so,
// and its owner asks again afterwards.
//
//   before a get that may need a buffer   makeRoom(core, 1), or 2 when it reads ahead
//   after modifications and completions   writeBehind(core)
//   before a read                         wantsAhead(volume, block)
//
// One policy object serves one core. `cachePolicySuite` of the kit says whether one keeps its word.

import type { HammerIoCore } from '../core/hammer-io-core.ts';

/**
 * Whether there is room:
 *
 * - `room`: as many buffers as were asked for are free.
 * - `writing`: not yet. Requests in flight, writes or reads ahead, will make room when they complete: ask again after the
 *   next completion, of whatever kind.
 * - `flush`: what could be freed is dirty META or VOLUME, which only a flush of the layer may write: somebody must sync.
 * - `full`: every buffer is held by a handle or a ticket, being loaded, or pinned by a failed write.
 */
export type RoomVerdict = 'room' | 'writing' | 'flush' | 'full';

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
  /** Times that the core refused. It is not asked for what it would refuse (see `useOf`), so this stays 0. */
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
  makeRoom(core: HammerIoCore, bufs: number): RoomVerdict;
  /**
   * Delayed write: issues writes of DATA and UNDO when the policy finds that too much of it is dirty, never beyond the
   * backlog. Answers how many were issued. Looks at each buffer of the slab twice at most; neighbours apart.
   */
  writeBehind(core: HammerIoCore): number;
  /** Shall the read of this block cover the next one too? To be asked once for each block that was not resident. */
  wantsAhead(volume: number, block: number): boolean;
  /** What was done since the policy was made. */
  readonly statistics: CachePolicyStatistics;
}
