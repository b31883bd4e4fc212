// How a FileDevice is set up, and the check that a set-up makes sense before any file is touched.

import { inspect } from 'node:util';
import { InvalidArgument } from '../../core/errors.ts';
import type { FileVolume } from './volume-file.ts';

/** How a FileDevice is opened. */
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

/** No disk has smaller ones; one that has larger ones refuses when the volume is opened. */
const SECTOR_BYTES = 512;

export function checkFileDeviceOptions({ volumes, blockBytes, slab, writeLog }: FileDeviceOptions): void {
  expect(volumes.length > 0, 'one volume or more', 'none');
  expect(isPositive(blockBytes) && blockBytes % 8 === 0, 'a blockBytes that is a positive multiple of 8', blockBytes);
  expect(slab instanceof SharedArrayBuffer, 'a slab that is a SharedArrayBuffer', Object.prototype.toString.call(slab));
  expect(writeLog === undefined || isPath(writeLog), 'a writeLog that is a path', inspect(writeLog));
  for (const { path, blocks, create, readOnly, direct } of volumes) {
    expect(isPath(path), 'a path that is a string and not empty', inspect(path));
    const fits = blocks === undefined || (isPositive(blocks) && Number.isSafeInteger(blocks * blockBytes));
    expect(fits, `a number of blocks for ${path} that is positive and fits into a file`, blocks);
    const isWhole = direct !== true || blockBytes % SECTOR_BYTES === 0;
    expect(isWhole, `blocks of whole sectors of ${SECTOR_BYTES} bytes for ${path}, with direct`, blockBytes);
    if (create === true) {
      expect(blocks !== undefined, `a number of blocks for ${path}, which is to be created`, blocks);
      expect(readOnly !== true, `create or readOnly for ${path}`, 'both');
    }
  }
}

const isPositive = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) > 0;
const isPath = (path: unknown): boolean => typeof path === 'string' && path !== '' && !path.includes('\0');

function expect(holds: boolean, promised: string, seen: unknown): void {
  if (!holds) throw new InvalidArgument(promised, String(seen), 'Correct the options of the device.');
}
