// The system calls of the I/O thread, as an interface, so that tests can have them stop short, be interrupted or fail where and
// when they choose. Each throws an error with `errno` (negative) as node:fs does.

import type { BigIntStats } from 'node:fs';
import { fdatasyncSync, fstatSync, readSync, readvSync, statSync, writeSync, writevSync } from 'node:fs';

/** What tells one file from another, and its length in bytes. */
export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
}

export interface Syscalls {
  /** Bytes read into the views, from `position` of the file; fewer than they hold, and 0 at its end. */
  readonly readv: (fd: number, views: readonly Uint8Array[], position: number) => number;
  /** Bytes written from the views, to `position` of the file; maybe fewer than they hold. */
  readonly writev: (fd: number, views: readonly Uint8Array[], position: number) => number;
  /** Returns when what was written is durable. */
  readonly fdatasync: (fd: number) => void;
  /** The file behind a descriptor. */
  readonly fstat: (fd: number) => FileFacts;
  /** The file that a path leads to; `undefined` where it leads nowhere. */
  readonly stat: (path: string) => FileFacts | undefined;
}

/** The real ones. One view is the common case, and cheaper without a vector. */
export const SYSTEM_CALLS: Syscalls = {
  readv: (fd, views, position) => {
    const first = views[0]!;
    return views.length === 1 ? readSync(fd, first, 0, first.length, position) : readvSync(fd, views, position);
  },
  writev: (fd, views, position) => {
    const first = views[0]!;
    return views.length === 1 ? writeSync(fd, first, 0, first.length, position) : writevSync(fd, views, position);
  },
  fdatasync: fdatasyncSync,
  fstat: (fd) => factsOf(fstatSync(fd, { bigint: true })),
  stat: (path) => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && factsOf(found);
  },
};

const factsOf = ({ dev, ino, size }: BigIntStats): FileFacts => ({ dev, ino, size: Number(size) });
