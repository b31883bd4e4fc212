// What a mount needs of whoever moves its bytes: a device that completes requests by itself, some time after it was asked.
// `FileDevice` is one over files and block devices, `MemoryVolumes` one in memory.
//
// A device fills the views that a read names (`into`) and takes the bytes of a write from the view that it carries. It may
// complete requests in any order and in any grouping, but never from inside `submit`. A flush covers every write of its volume
// that was completed before the flush was submitted.

import type { Device, DeviceRequest, Result } from '../core/device.ts';

/** How a request ended. */
export interface MountCompletion {
  readonly request: DeviceRequest;
  readonly result: Result;
  /** Why, if the result is `error`. */
  readonly error?: Error;
}

/** A device that completes requests by itself, and tells whoever uses it. */
export interface MountDevice extends Device {
  /** Bytes of a block. */
  readonly blockBytes: number;
  /** Capacity of each volume in blocks; their position is their number. */
  readonly blocks: readonly number[];
  /** What error messages call each volume. Default: volume0, volume1, … */
  readonly names?: readonly string[];
  /**
   * Set by whoever uses the device; called with requests that have ended, never from inside `submit`. Written as a method so
   * that a device may say more precisely what errors it gives.
   */
  onCompletions(batch: readonly MountCompletion[]): void;
  /** A flush of the volume will be submitted when its writes in flight have ended; a device may begin it behind them. */
  flushAhead?(volume: number): void;
  /** Waits for what was submitted, and lets go of everything. */
  close(): Promise<void>;
}
