// Opening a file: its options, the checks that they make sense, and a cache that knows nothing of its free blocks.

import type { DataZone, Element } from '../../direct/index.ts';
import { DirectIo } from '../../direct/index.ts';
import { checkShape, listOf, optional, shape, TRUTH, whole } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import { ZONE_SHAPE } from '../../direct/direct-options.ts';
import { checkApart } from './lists.ts';
import type { FileParts } from './parts.ts';
import { FileWork } from './work.ts';

/** What a file is made of. */
export interface FileOptions {
  /**
   * Where the data stands: what the latest `commit` returned. Default: an empty file. Each extent begins at a multiple of
   * `extentBytes`, is at most that long, and lies in `space`.
   */
  readonly extents?: readonly Element[];
  /**
   * Extents of lists that may still have to be read instead, such as the list stored last, where `extents` is newer and not
   * stored yet. Their blocks are written only after two more commits, as if they had been superseded just now. Default: none.
   */
  readonly older?: readonly Element[];
  /**
   * Blocks that belong to this file alone, none of them a header; what no extent names is free to be written. The system writes
   * large extents faster that begin at a multiple of their length in the volume, so space best begins at one of `extentBytes`.
   */
  readonly space: readonly DataZone[];
  /** Compute the CRC-32 of what is written, and compare it at every read. Default true. */
  readonly verify?: boolean;
  /** Let reads of whole extents go through the cache too (vfs.hammer.double_buffer). Default false. */
  readonly doubleBuffer?: boolean;
  /** Bytes of a cell, a multiple of the size of a block; the same at every open. Default: 16 blocks. */
  readonly extentBytes?: number;
}

const EXTENT_SHAPE = shape<Element>({
  fileOffset: whole(0),
  volume: whole(0),
  block: whole(0),
  length: whole(1),
  crc: optional(whole(0, 0xffff_ffff)),
});

const FILE_SHAPE = shape<FileOptions>({
  extents: optional(listOf(EXTENT_SHAPE)),
  older: optional(listOf(EXTENT_SHAPE)),
  space: listOf(ZONE_SHAPE),
  verify: optional(TRUTH),
  doubleBuffer: optional(TRUTH),
  extentBytes: optional(whole(1)),
});

/** Opens a file. The errors are those of Mount.openFile. */
export async function openWork(parts: FileParts, options: FileOptions): Promise<FileWork> {
  const { core, files, lifecycle, fileMemory, room, turns } = parts;
  lifecycle.promiseUsable();
  checkShape(FILE_SHAPE, options, 'openFile');
  const { extents = [], older = [], space, verify = true, doubleBuffer = false } = options;
  const { extentBytes = 16 * core.view.blockBytes } = options;
  checkSpace(parts, space);
  checkApart(extents, core.view.blockBytes);
  // DirectIo compares CRCs only on one of its paths, so all of that is done here.
  const direct = new DirectIo({ core, zones: space, extentBytes, doubleBuffer, checksums: verify, verify: false });
  if (extentBytes > fileMemory.bytes) {
    const promised = `an extentBytes that fits into the ${fileMemory.bytes} bytes which the mount has for files`;
    throw new InvalidArgument(promised, String(extentBytes), 'Give the mount more fileBytes, or the slab more room.');
  }
  for (const { volume, block, length } of [...extents, ...older]) {
    const blocks = Math.ceil(length / core.view.blockBytes);
    if (direct.isReachable({ volume, block }, blocks)) continue;
    const seen = `${blocks} blocks at block ${block} of volume ${volume}`;
    throw new InvalidArgument('extents that lie in the space of the file', seen, 'Correct the extents or the space.');
  }
  const work = new FileWork(direct, direct.openFile('the file', extents, older), room, turns);
  lifecycle.uses++;
  files.add(work);
  try {
    await forgetFree(work);
  } catch (thrown) {
    files.remove(work);
    throw thrown;
  } finally {
    lifecycle.uses--;
  }
  return work;
}

/** Space of a file is on the volumes, and belongs to no other open file. */
function checkSpace({ core, files }: FileParts, space: readonly DataZone[]): void {
  const taken = files.all.flatMap(({ direct }) => [...direct.zones]);
  for (const zone of space) {
    const { volume, block, blocks } = zone;
    const seen = `${blocks} blocks at block ${block} of volume ${volume}`;
    const end = core.view.volumes[volume]?.blocks;
    if (end === undefined || !(block + blocks <= end)) {
      throw new InvalidArgument('space on the volumes of the mount', seen, 'Correct the space.');
    }
    if (
      taken.some(
        (other) => other.volume === volume && other.block < block + blocks && block < other.block + other.blocks,
      )
    ) {
      throw new InvalidArgument(
        'space of its own for the file',
        seen,
        'Another file has blocks of it: give each file its own.',
      );
    }
    taken.push(zone);
  }
}

/** The cache forgets free blocks, or it might write what it has of them over what the file will write there. */
async function forgetFree(work: FileWork): Promise<void> {
  const { direct } = work;
  for (const place of direct.freeAliases()) await work.perform(place, () => direct.purgeFree(place));
}
