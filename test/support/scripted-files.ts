// Files in memory behind the system calls of a FileDevice, which fail, stop short or are interrupted exactly where a test
// says: `script` is asked before each call, and every call is written down.

import { constants } from 'node:os';
import type { Syscalls } from '../../src/devices/file/syscalls.ts';

export type SyscallName = 'readv' | 'writev' | 'fdatasync';

export interface Call {
  readonly name: SyscallName;
  readonly fd: number;
  /** In bytes; 0 for fdatasync. */
  readonly position: number;
  readonly bytes: number;
  /** How many views it was given. */
  readonly views: number;
}

/** An errno by name, or the most bytes that may move; undefined for a call that goes well. */
export type Fault = keyof typeof constants.errno | number | undefined;

export class ScriptedFiles {
  readonly files: Buffer[];
  readonly calls: Call[] = [];
  /** Where paths lead: numbers of files. They are not written down, for they change nothing. */
  readonly paths = new Map<string, number>();
  /** Told of each look at a file or path, by its descriptor or path; what it throws is thrown. */
  looks: (at: number | string) => void = () => undefined;
  script: (call: Call, before: readonly Call[]) => Fault = () => undefined;

  constructor(files: number, bytes: number) {
    this.files = Array.from({ length: files }, () => Buffer.alloc(bytes));
  }

  readonly syscalls: Syscalls = {
    readv: (fd, views, position) => {
      const room = this.#begin('readv', fd, views, position);
      const there = Math.max(0, Math.min(room, this.files[fd]!.length - position));
      return spread(views, there, (view, at, bytes) =>
        view.set(this.files[fd]!.subarray(position + at, position + at + bytes)),
      );
    },
    writev: (fd, views, position) => {
      const room = this.#begin('writev', fd, views, position);
      const file = this.files[fd]!;
      if (position + room > file.length) this.files[fd] = Buffer.concat([file], position + room);
      return spread(views, room, (view, at, bytes) => this.files[fd]!.set(view.subarray(0, bytes), position + at));
    },
    fdatasync: (fd) => {
      this.#begin('fdatasync', fd, [], 0);
    },
    fstat: (fd) => {
      this.looks(fd);
      return { dev: 1n, ino: BigInt(fd), size: this.files[fd]!.length };
    },
    stat: (path) => {
      this.looks(path);
      const fd = this.paths.get(path);
      return fd === undefined ? undefined : { dev: 1n, ino: BigInt(fd), size: this.files[fd]!.length };
    },
  };

  /** The calls as words: `writev 0 @1024 +2048`. */
  get told(): string[] {
    return this.calls.map(({ name, fd, position, bytes }) =>
      name === 'fdatasync' ? `fdatasync ${fd}` : `${name} ${fd} @${position} +${bytes}`,
    );
  }

  /** Bytes that may move. */
  #begin(name: SyscallName, fd: number, views: readonly Uint8Array[], position: number): number {
    const bytes = views.reduce((sum, { length }) => sum + length, 0);
    const call = { name, fd, position, bytes, views: views.length };
    const fault = this.script(call, this.calls);
    this.calls.push(call);
    if (typeof fault !== 'string') return Math.min(bytes, fault ?? bytes);
    throw Object.assign(new Error(fault), { code: fault, errno: -constants.errno[fault] });
  }
}

/** Visits as many bytes of the views, and answers how many. */
function spread(
  views: readonly Uint8Array[],
  bytes: number,
  visit: (v: Uint8Array, at: number, n: number) => void,
): number {
  let at = 0;
  for (const view of views) {
    const n = Math.min(view.length, bytes - at);
    if (n > 0) visit(view, at, n);
    at += n;
  }
  return at;
}
