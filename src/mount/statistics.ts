// What a mount counts. The counters only grow; what is dirty or in flight now is read off the core when asked for.

import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { CachePolicy, CachePolicyStatistics } from '../policy/cache-policy.ts';

/**
 * Why a call had to wait:
 *
 * - `load`: for its own read from the device.
 * - `queue`: for the same block being loaded or disposed of by another call.
 * - `space`: for a free buffer.
 * - `modify`: for a flush of the block to begin.
 * - `write`: for a write of the block in flight.
 * - `interlock`: a flush, for open modifications of the block to end.
 * - `dirty`: a modification, because too much is dirty already.
 * - `writes`: a sync, for the writes in flight.
 * - `barrier`: a sync, for device flushes.
 */
export type WaitReason = (typeof WAIT_REASONS)[number];
export const WAIT_REASONS = [
  'load',
  'queue',
  'space',
  'modify',
  'write',
  'interlock',
  'dirty',
  'writes',
  'barrier',
] as const;

/** Counters since the mount was opened, and what is under way now. A copy: it does not change any more. */
export interface MountStatistics {
  /** Gets that were served at once. */
  readonly hits: number;
  /** Gets that needed the device or had to wait. */
  readonly misses: number;
  /** Waits, by reason. One call may wait several times. */
  readonly waits: Readonly<Record<WaitReason, number>>;
  /** Bytes that devices have read, ahead of need included, and written. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Device flushes that succeeded. */
  readonly deviceFlushes: number;
  /** Requests that devices could not fulfil. */
  readonly deviceErrors: number;
  /** Calls of sync. */
  readonly syncCalls: number;
  /** Rounds of writing that served them: fewer than the calls where calls shared one. */
  readonly syncRounds: number;
  /** Clean buffers that were given up for others. */
  readonly evictions: number;
  /** Bytes of all buffers. */
  readonly cacheBytes: number;
  /** Bytes modified and not being written yet. */
  readonly dirtyBytes: number;
  /** Bytes being written now. */
  readonly writingBytes: number;
  /** Blocks that the program holds or is getting now. */
  readonly blocksInUse: number;
  /** What the policy has done. */
  readonly policy: CachePolicyStatistics;
}

/** The counters as they are kept. */
export type Counters = ReturnType<typeof newCounters>;

export function newCounters() {
  const waits = Object.fromEntries(WAIT_REASONS.map((reason) => [reason, 0])) as Record<WaitReason, number>;
  return {
    hits: 0,
    misses: 0,
    bytesRead: 0,
    bytesWritten: 0,
    deviceFlushes: 0,
    deviceErrors: 0,
    syncCalls: 0,
    syncRounds: 0,
    waits,
  };
}

/** All of it, as it is now. `uses`: blocks that the program holds or is getting. */
export function statisticsOf(
  { view }: HammerIoCore,
  counters: Counters,
  policy: CachePolicy,
  uses: number,
): MountStatistics {
  const { slab, lists, blockBytes } = view;
  const dirty = lists.size('data') + lists.size('undo') + lists.size('meta') + lists.size('volu');
  const ofPolicy = { ...policy.statistics };
  return {
    ...counters,
    waits: { ...counters.waits },
    evictions: ofPolicy.recycled + ofPolicy.purged,
    cacheBytes: slab.capacityBufs * blockBytes,
    dirtyBytes: dirty * blockBytes,
    writingBytes: view.ioRunningSpace,
    blocksInUse: uses,
    policy: ofPolicy,
  };
}
