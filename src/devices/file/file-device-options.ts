// How a FileDevice is set up, and the check that a set-up makes sense before any file is touched.

import { checkShape, listOf, optional, PATH, shape, SHARED_MEMORY, TRUTH, whole } from '../../core/check-shape.ts';
import { InvalidArgument } from '../../core/errors.ts';
import type { FileVolume } from './volume-file.ts';

/** What FileDevice.open is told. */
export interface FileDeviceOptions {
  /** Their position is their number. */
  readonly volumes: readonly FileVolume[];
  /** Bytes of a block: the same for all volumes, a multiple of 8. */
  readonly blockBytes: number;
  /** The memory of which requests carry views. */
  readonly slab: SharedArrayBuffer;
  /** Path of a file that does not exist yet: every write and flush is recorded there, see `readWriteLog`. */
  readonly writeLog?: string;
}

/** Of one volume, but for its path and whether it is made. */
export const FILE_VOLUME_ENTRIES = {
  path: PATH,
  blocks: optional(whole(1)),
  direct: optional(TRUTH),
  dsync: optional(TRUTH),
  readOnly: optional(TRUTH),
  watchPath: optional(TRUTH),
};

const FILE_DEVICE_SHAPE = shape<FileDeviceOptions>({
  volumes: listOf(shape<FileVolume>({ ...FILE_VOLUME_ENTRIES, create: optional(TRUTH) })),
  blockBytes: whole(8),
  slab: SHARED_MEMORY,
  writeLog: optional(PATH),
});

/** No disk has smaller ones; one that has larger ones refuses when the volume is opened. */
const SECTOR_BYTES = 512;

export function checkFileDeviceOptions(options: FileDeviceOptions): void {
  checkShape(FILE_DEVICE_SHAPE, options, 'FileDevice.open');
  const { volumes, blockBytes } = options;
  expect(volumes.length > 0, 'a volume or more', 'none');
  expect(blockBytes % 8 === 0, 'a blockBytes that is a positive multiple of 8', blockBytes);
  for (const { path, blocks, create, readOnly, direct } of volumes) {
    const fits = blocks === undefined || Number.isSafeInteger(blocks * blockBytes);
    expect(fits, `a number of blocks for ${path} that is positive and fits into a file`, blocks);
    const isWhole = direct !== true || blockBytes % SECTOR_BYTES === 0;
    expect(isWhole, `blocks of whole sectors of ${SECTOR_BYTES} bytes for ${path}, with direct`, blockBytes);
    if (create === true) {
      expect(blocks !== undefined, `a number of blocks for ${path}, which is to be made`, blocks);
      expect(readOnly !== true, `${path} to be made or to be read only`, 'both');
    }
  }
}

function expect(holds: boolean, promised: string, seen: unknown): void {
  if (!holds) throw new InvalidArgument(promised, String(seen), 'Correct the options of the device.');
}
