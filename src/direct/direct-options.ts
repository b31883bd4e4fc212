// How direct I/O is set up, and the check that a set-up makes sense.

import { checkShape, having, listOf, optional, shape, TRUTH, whole } from '../core/check-shape.ts';
import { InvalidArgument } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { DataZone } from './translation.ts';

/** How direct I/O is set up. */
export interface DirectOptions {
  /** The core on the same volumes. DirectIo takes the numbers of its requests from it, so that one device can serve both. */
  readonly core: HammerIoCore;
  /** Which blocks hold file data and nothing else. What lies in no zone cannot be translated. */
  readonly zones: readonly DataZone[];
  /** Bytes of a cell of a file, a multiple of the block size: the most that one front, record or element holds. Default: 4 blocks. */
  readonly extentBytes?: number;
  /** Let whole reads go through the device cache too (vfs.hammer.double_buffer). Default false. */
  readonly doubleBuffer?: boolean;
  /** Compute the crc32 of what is written. Default true. */
  readonly checksums?: boolean;
  /** Compare it when a whole element is read through the device cache (vfs.hammer.verify_data). Default true. */
  readonly verify?: boolean;
}

/** Blocks of one volume. */
export const ZONE_SHAPE = shape<DataZone>({ volume: whole(0), block: whole(0), blocks: whole(1) });

const DIRECT_SHAPE = shape<DirectOptions>({
  core: having('a HammerIoCore', 'ioRead', 'drainRequests'),
  zones: listOf(ZONE_SHAPE),
  extentBytes: optional(whole(1)),
  doubleBuffer: optional(TRUTH),
  checksums: optional(TRUTH),
  verify: optional(TRUTH),
});

export type CheckedDirectOptions = Required<DirectOptions>;

export function checkDirectOptions(options: DirectOptions): CheckedDirectOptions {
  checkShape(DIRECT_SHAPE, options, 'DirectIo');
  const { core, zones, doubleBuffer = false, checksums = true, verify = true } = options;
  const { blockBytes, volumes } = core.view;
  const { extentBytes = 4 * blockBytes } = options;
  const advice = 'Correct the options of DirectIo.';
  if (!Number.isSafeInteger(extentBytes) || extentBytes <= 0 || extentBytes % blockBytes !== 0) {
    throw new InvalidArgument(`an extentBytes that is a multiple of ${blockBytes}`, String(extentBytes), advice);
  }
  for (const { volume, block, blocks } of zones) {
    const seen = `${blocks} blocks from block ${block} of volume ${volume} on`;
    const header = volumes[volume]?.headerBlock ?? -1;
    if (header >= block && header < block + blocks) {
      throw new InvalidArgument(`a zone without the header of its volume, block ${header}`, seen, advice);
    }
  }
  return { core, zones, extentBytes, doubleBuffer, checksums, verify };
}
