// A filesystem in memory in place of the real one, for tests of what calls node:fs/promises, and of who looks by fstat and stat
// where the path of an open file leads: quick, without a process or a right that is missing. It writes down every call that changes something, and asks `script` before each call, which may let
// it fail, or change what is there. The functions that are put into the module are seen by everything that imports them;
// vitest does not use them while a test runs. Code that goes round in circles is stopped after a thousand calls.

import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a name stands for. */
export interface Entry {
  readonly kind: 'regular file' | 'block device' | 'directory' | 'other';
  readonly text: string;
  readonly bytes: number;
  readonly inode: bigint;
}

const CALLS_MAX = 1000;

/** Each disk is a device of its own, on which no real file is. */
let lastDevice = 2n ** 60n;

export const systemError = (code: string): Error => Object.assign(new Error(`${code}: so it was said`), { code });

/** A function that answers by a promise. */
function promised<Args extends unknown[], Answer>(call: (...args: Args) => Answer): (...args: Args) => Promise<Answer> {
  return (...args) =>
    new Promise((resolve) => {
      resolve(call(...args));
    });
}

export class FakeFs {
  readonly entries = new Map<string, Entry>();
  /** Symbolic links, of /proc only. */
  readonly links = new Map<string, string>();
  readonly told: string[] = [];
  /** Descriptors that are open. */
  readonly descriptors = new Map<number, Entry>();
  /** Told of each call; what it throws, the call throws. */
  script: (call: string) => void = () => undefined;
  #calls = 0;
  #lastInode = 0n;
  readonly #device = ++lastDevice;

  put(path: string, parts: Partial<Entry> = {}): void {
    const { text = '', kind = 'regular file' } = parts;
    this.entries.set(path, { kind, text, bytes: text.length, inode: ++this.#lastInode, ...parts });
  }

  /** Runs with this disk in place of the real one. */
  async during(run: () => Promise<void>): Promise<void> {
    const real = { ...promises };
    const { fstatSync, statSync } = fs;
    const put = (functions: object, looks: object): void => {
      Object.assign(promises, functions);
      Object.assign(fs, looks);
      syncBuiltinESMExports();
    };
    const restore = (): void => put(real, { fstatSync, statSync });
    onTestFinished(restore); // Also behind a test that waits in vain.
    put(this.#functions, this.#looks);
    try {
      await run();
    } finally {
      restore();
    }
  }

  /** The names that are there, but those of the system. */
  get names(): string[] {
    return [...this.entries.keys()].filter((path) => !path.startsWith('/proc/')).sort();
  }

  #begin(call: string, isTold = true): void {
    if (++this.#calls > CALLS_MAX) throw new Error('It goes round in circles.');
    if (isTold) this.told.push(call);
    this.script(call);
  }

  #entry(path: string): Entry {
    const entry = this.entries.get(path);
    if (entry === undefined) throw systemError('ENOENT');
    return entry;
  }

  /** Takes a name that is free. */
  #name(path: string, entry: Entry): void {
    if (this.entries.has(path)) throw systemError('EEXIST');
    this.entries.set(path, entry);
  }

  readonly #functions = {
    link: promised((from: string, to: string) => {
      this.#begin(`link ${from} ${to}`);
      this.#name(to, this.#entry(from));
    }),
    unlink: promised((path: string) => {
      this.#begin(`unlink ${path}`);
      this.#entry(path);
      this.entries.delete(path);
    }),
    writeFile: promised((path: string, text: string, options?: { readonly flag?: string }) => {
      this.#begin(`write ${path} ${options?.flag}`);
      this.put(path, { text });
    }),
    readFile: promised((path: string, how: 'utf8' | { readonly encoding: string } | undefined) => {
      this.#begin(`read ${path}`, false);
      const { text } = this.#entry(path);
      return (typeof how === 'object' ? how.encoding : how) === 'utf8' ? text : Buffer.from(text);
    }),
    readdir: promised((path: string) => {
      this.#begin(`readdir ${path}`, false);
      return this.names.filter((name) => name !== path && dirname(name) === path).map((name) => basename(name));
    }),
    readlink: promised((path: string) => {
      this.#begin(`readlink ${path}`, false);
      const to = this.links.get(path);
      if (to === undefined) throw systemError('ENOENT');
      return to;
    }),
    realpath: promised((path: string) => {
      this.#begin(`realpath ${path}`, false);
      this.#entry(path);
      return path;
    }),
    stat: promised((path: string) => {
      const { kind } = this.#entry(path);
      return { isFile: () => kind === 'regular file', isBlockDevice: () => kind === 'block device', isDirectory: () => kind === 'directory' }; // prettier-ignore
    }),
    open: promised((path: string, flags: unknown, mode?: number) => {
      this.#begin(
        mode === undefined ? `open ${path} ${String(flags)}` : `open ${path} ${String(flags)} ${mode.toString(8)}`,
      );
      if (flags === 'wx') this.#name(path, { kind: 'regular file', text: '', bytes: 0, inode: ++this.#lastInode });
      this.#entry(path);
      return this.#handle(path);
    }),
  };

  /** They change nothing, and are not written down. */
  readonly #looks = {
    fstatSync: (fd: number) => this.#facts(this.descriptors.get(fd)),
    statSync: (path: string) => (this.entries.has(path) ? this.#facts(this.entries.get(path)) : undefined),
  };

  #facts(entry: Entry | undefined): object {
    if (entry === undefined) throw systemError('EBADF');
    return { dev: this.#device, ino: entry.inode, size: BigInt(entry.bytes) };
  }

  #handle(path: string): object {
    const fd = 100 + this.told.length;
    this.descriptors.set(fd, this.#entry(path));
    return {
      fd,
      stat: promised(() => ({ dev: this.#device, ino: this.#entry(path).inode })),
      truncate: promised((bytes: number) => {
        this.#begin(`truncate ${path} ${bytes}`);
        this.entries.set(path, { ...this.#entry(path), bytes });
      }),
      writeFile: promised((data: Uint8Array) => {
        this.#begin(`write ${path} ${data.length}`);
        const text = Buffer.from(data).toString('latin1');
        this.entries.set(path, { ...this.#entry(path), text, bytes: data.length });
      }),
      datasync: promised(() => this.#begin(`datasync ${path}`)),
      sync: promised(() => this.#begin(`sync ${path}`)),
      read: promised((_into: Uint8Array, _offset: number, bytes: number, at: number) => {
        this.#begin(`read ${path} ${at} ${bytes}`, false);
        return { bytesRead: Math.max(0, Math.min(bytes, this.#entry(path).bytes - at)) };
      }),
      close: promised(() => {
        this.#begin(`close ${path}`);
        this.descriptors.delete(fd);
      }),
    };
  }
}
