// How a core is set up, and the check that a set-up makes sense.

import { checkShape, listOf, numberFrom, optional, shape, SHARED_MEMORY, TEXT, TRUTH, whole } from './check-shape.ts';
import { InvalidArgument } from './errors.ts';

/** One volume: blocks of equal size, numbered from 0. */
export interface VolumeOptions {
  /** For messages. */
  readonly name: string;
  /** Capacity in blocks; valid block numbers are 0 to blocks - 1. */
  readonly blocks: number;
  /**
   * Block of the volume header. With one, the volume is a full structure: its header must be loaded before other buffers
   * of the volume are got, and each of them holds a reference on it. Without one, no block has the type `volume`.
   */
  readonly headerBlock?: number;
}

/** How a core is set up. */
export interface CoreOptions {
  /** 1 to 256 volumes; their position is their number. */
  readonly volumes: readonly VolumeOptions[];
  /** Buffers in the slab. Blocks that the device cache holds without a structure occupy buffers too. */
  readonly capacityBufs: number;
  /** Bytes of a block, a multiple of 8. Default 16384. */
  readonly blockBytes?: number;
  /** ioLimitBacklog waits while more bytes than this are being written. Default: a quarter of the slab. */
  readonly backlogBytesMax?: number;
  /** Is somebody there who lays UNDO records and answers with undoLaid? Without, modifications open at once. Default false. */
  readonly undoLog?: boolean;
  /** Compare crc32 of the bytes at issue and at completion of each write (claim I14). Default false. */
  readonly verify?: boolean;
  /** Memory for the buffers, at least slabOffset + capacityBufs * blockBytes bytes; default: allocated. */
  readonly slab?: SharedArrayBuffer;
  /** Where in `slab` the first buffer begins, for devices that need aligned memory. Default 0. */
  readonly slabOffset?: number;
}

const VOLUME_SHAPE = shape<VolumeOptions>({ name: TEXT, blocks: whole(1), headerBlock: optional(whole(0)) });

const CORE_SHAPE = shape<CoreOptions>({
  volumes: listOf(VOLUME_SHAPE),
  capacityBufs: whole(1),
  blockBytes: optional(whole(8)),
  backlogBytesMax: optional(numberFrom(0)),
  undoLog: optional(TRUTH),
  verify: optional(TRUTH),
  slab: optional(SHARED_MEMORY),
  slabOffset: optional(whole(0)),
});

type CheckedOptions = Required<Omit<CoreOptions, 'slab' | 'slabOffset'>>;

/** The number of volumes that fits into the order of the lists (hammer_io.c L75-78 keeps 8 bits for it). */
const VOLUMES_MAX = 256;

export function checkOptions(options: CoreOptions): CheckedOptions {
  checkShape(CORE_SHAPE, options, 'HammerIoCore');
  const { volumes, capacityBufs, blockBytes = 16384 } = options;
  const { backlogBytesMax = (capacityBufs * blockBytes) / 4, undoLog = false, verify = false } = options;
  expect(volumes.length >= 1 && volumes.length <= VOLUMES_MAX, `1 to ${VOLUMES_MAX} volumes`, volumes.length);
  expect(Number.isSafeInteger(capacityBufs) && capacityBufs > 0, 'a positive capacityBufs', capacityBufs);
  expect(blockBytes > 0 && blockBytes % 8 === 0, 'a blockBytes that is a positive multiple of 8', blockBytes);
  expect(backlogBytesMax >= 0, 'a backlogBytesMax of 0 or more', backlogBytesMax);
  for (const { blocks, headerBlock } of volumes) {
    expect(Number.isSafeInteger(blocks * VOLUMES_MAX) && blocks > 0, 'a positive number of blocks', blocks);
    if (headerBlock !== undefined) {
      expect(
        Number.isSafeInteger(headerBlock) && headerBlock >= 0 && headerBlock < blocks,
        'a headerBlock on its volume',
        headerBlock,
      );
    }
  }
  return { volumes, capacityBufs, blockBytes, backlogBytesMax, undoLog, verify };
}

function expect(holds: boolean, promised: string, seen: number): void {
  if (!holds) throw new InvalidArgument(promised, String(seen), 'Correct the options of the core.');
}
