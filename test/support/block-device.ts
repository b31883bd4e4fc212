// A block device to test on: the one named by HAMMER_IO_BLOCK_DEVICE, whose first blocks are OVERWRITTEN, or else a loop device
// that is made from a file, which takes root. Where there is neither, the reason is told, so that a report can say what was not
// checked.

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type BlockDevice =
  { readonly path: string; readonly release: () => void } | { readonly path?: undefined; readonly reason: string };

const NAME = 'HAMMER_IO_BLOCK_DEVICE';

/** A block device of `bytes` bytes or more. */
export function blockDevice(bytes: number): BlockDevice {
  const path = process.env[NAME];
  if (path === undefined || path === '') return loopDevice(bytes);
  process.stderr.write(`\nOVERWRITING the first ${bytes} bytes of ${path} (${NAME})\n`);
  return { path, release: () => undefined };
}

/** A loop device whose sectors have a size. */
export function loopDevice(bytes: number, sectorBytes = 512): BlockDevice {
  if (process.getuid?.() !== 0) return { reason: `${NAME} is not set, and only root makes loop devices` };
  if (!existsSync('/dev/loop-control')) return { reason: `${NAME} is not set, and there is no /dev/loop-control` };
  const directory = mkdtempSync(join(tmpdir(), 'block-device-'));
  const image = join(directory, 'image');
  try {
    writeFileSync(image, '');
    truncateSync(image, bytes);
    const made = losetup('--find', '--show', '--sector-size', String(sectorBytes), image).trim();
    // Detached while it is open, the device stays until the last descriptor is closed: even when this process is killed.
    const hold = openSync(made, 'r');
    losetup('--detach', made);
    const release = (): void => {
      closeSync(hold);
      rmSync(directory, { recursive: true });
    };
    return { path: made, release };
  } catch (error) {
    rmSync(directory, { recursive: true });
    return { reason: `losetup failed: ${(error as Error).message.split('\n')[0] ?? ''}` };
  }
}

function losetup(...options: string[]): string {
  return execFileSync('losetup', options, { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Fills the beginning of a block device with zeros. */
export function zero(path: string, bytes: number): void {
  writeFileSync(path, new Uint8Array(bytes), { flag: 'r+', flush: true });
}
