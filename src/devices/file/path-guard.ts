// Does the path of a volume still lead to the file that is written?
//
// A file can be deleted, replaced by renaming another over it, or cut short while it is open. Every system call on its
// descriptor goes on to succeed: the bytes go to a file without a name, or with holes where blocks were. So the I/O thread
// looks before it writes (is the file as long as it was?) and after each device flush (does the path lead to this file, and
// is it whole?), which takes one fstat and one stat. What it sees is a verdict like that of a transfer.
//
//   open ──▶ guard: path, device and inode, length ──▶ before writes: length ──▶ after fdatasync and at close: all three
//
// Not guarded: block devices, whose node may go while the device stays, and volumes that are read only. A filesystem on which
// fstat and stat disagree already at open has no inode numbers to rely on; there only the length is compared.

import { resolve } from 'node:path';
import type { FileFacts, Syscalls } from './syscalls.ts';
import { END_OF_FILE, OK } from './transfer.ts';

/** The path leads nowhere: the file was deleted, or its directory moved away. */
export const REMOVED = -3;
/** The path leads to another file. */
export const REPLACED = -4;

/** What a volume's path led to when the volume was opened. */
export interface PathGuard {
  /** Absolute, as the user named it: a symbolic link that is turned elsewhere counts too. */
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes that all blocks of the volume take. */
  readonly size: number;
  /** Compare device and inode, not only the length. */
  readonly byIdentity: boolean;
}

/** The guard of a file that has just been opened. `wanted`: the user did not switch it off. */
export function guardOf(fd: number, path: string, size: number, wanted: boolean, syscalls: Syscalls): PathGuard {
  const absolute = resolve(path);
  const { dev, ino } = syscalls.fstat(fd);
  const named = syscalls.stat(absolute);
  return { path: absolute, dev, ino, size, byIdentity: wanted && named?.dev === dev && named.ino === ino };
}

/** Is the file as long as its blocks? Returns OK or END_OF_FILE; `size` is where it ends. */
export function lookAtLength(guard: PathGuard, fd: number, syscalls: Syscalls): { verdict: number; size: number } {
  const size = seen(() => syscalls.fstat(fd).size, guard.size);
  return { verdict: size < guard.size ? END_OF_FILE : OK, size };
}

/** Does the path lead to the file? Returns OK, REMOVED or REPLACED. */
export function lookAtPath(guard: PathGuard, syscalls: Syscalls): number {
  if (!guard.byIdentity) return OK;
  const named = seen<FileFacts | undefined>(() => syscalls.stat(guard.path), guard);
  if (named === undefined) return REMOVED;
  return named.dev === guard.dev && named.ino === guard.ino ? OK : REPLACED;
}

/** What a look shows; `otherwise` where the system does not let us look, which says nothing about the file. */
function seen<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
