// One volume: a regular file or a block device that is open, measured, and nobody else's.
//
//   whose      Linux lets one opener at a time have a block device with O_EXCL, and none while it is mounted. A regular file
//              is guarded by a lock file beside it, which those who only read share. Both end at the first name of the file (realpath), so symbolic links are
//              one file. Hard links are two names with two locks; within a process they are noticed by device and inode.
//   how long   a block device has no size for stat(2). The system's answers are ioctls, which node does not have, and
//              /sys/dev/block, which is Linux's and not always mounted. Reading is enough: at and behind the end a read
//              gives 0 bytes, so the end is found by doubling and halving, in 30 reads or so. The same question is asked of
//              regular files, and of a number of blocks that is given: can the last byte of the last block be read?
//   created    a regular file is made under the lock and is removed again if the device cannot be opened. It is sparse: space
//              is taken when blocks are written, and ENOSPC comes then.
//   watched    a regular file can lose its name or its end while it is open: see path-guard.ts
//   direct     O_DIRECT is tried with one read when the volume is opened, because some filesystems refuse it only then. Where
//              the file has no space yet nothing is transferred, and they refuse it later.
//
// Nothing is opened that is neither a regular file nor a block device (see find-file.ts): opening a pipe could wait for ever.

import { constants } from 'node:fs';
import { open, realpath, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { alignedSlab } from './aligned-slab.ts';
import { DeviceError, deviceErrorFrom, DIRECT_ADVICE, type DeviceOperation } from './device-error.ts';
import { findFile, type FileKind } from './find-file.ts';
import { LockFile } from './lock-file.ts';
import { guardOf, lookAtPath, REMOVED, type PathGuard } from './path-guard.ts';
import { SYSTEM_CALLS } from './syscalls.ts';
import { OK } from './transfer.ts';

/** A regular file or block device to be opened. */
export interface FileVolume {
  /** A regular file or a block device. */
  readonly path: string;
  /** Blocks to use, from the first on. Default: as many whole ones as the file or device has. */
  readonly blocks?: number;
  /** Bypass the page cache (O_DIRECT). Blocks must be whole sectors, and the slab from FileDevice.alignedSlab. Default false. */
  readonly direct?: boolean;
  /** Let each write be durable when it completes (O_DSYNC). Flushes are carried out all the same. Default false. */
  readonly dsync?: boolean;
  /** Make a regular file of `blocks` blocks of zeros if there is none. Default false. */
  readonly create?: boolean;
  /** Refuse writes. Default false. */
  readonly readOnly?: boolean;
  /**
   * Look at every device flush and at close whether `path` still leads to the file that is written, and fail (code REMOVED or
   * REPLACED) if it was deleted or another was renamed over it. Default true. Switch it off where a filesystem gives an open file
   * new inode numbers, as some network filesystems do; one that does so already at open is noticed.
   */
  readonly watchPath?: boolean;
}

/** The volumes that this module has open, by what they are: how many times to read, or once to write. */
const openHere = new Map<string, number | 'written'>();

/** Open for good: their bytes have no other name. */
const strays: FileHandle[] = [];

/** The error for a file whose path does not lead to it any more, with the way to its bytes. */
export function strayed({ volume, fd }: VolumeFile, verdict: number, operation: DeviceOperation): DeviceError {
  const isRemoved = verdict === REMOVED;
  return new DeviceError({
    file: volume.path,
    operation,
    code: isRemoved ? 'REMOVED' : 'REPLACED',
    seen: isRemoved
      ? 'the file was deleted or moved away while it was open'
      : 'another file was put in its place while it was open',
    advice: `Its bytes can be copied from /proc/${process.pid}/fd/${fd} as long as this process runs.`,
  });
}

export class VolumeFile {
  readonly volume: FileVolume;
  /** The path without symbolic links. */
  readonly path: string;
  readonly blocks: number;
  /** Of a regular file that may be written. */
  readonly guard: PathGuard | undefined;
  readonly #handle: FileHandle;
  readonly #undo: Undo;

  private constructor(
    volume: FileVolume,
    found: Pick<VolumeFile, 'path' | 'blocks' | 'guard'>,
    handle: FileHandle,
    undo: Undo,
  ) {
    this.volume = volume;
    this.path = found.path;
    this.blocks = found.blocks;
    this.guard = found.guard;
    this.#handle = handle;
    this.#undo = undo;
  }

  get fd(): number {
    return this.#handle.fd;
  }

  /** Opens a volume, or throws DeviceError and leaves everything as it was. */
  static async open(volume: FileVolume, blockBytes: number): Promise<VolumeFile> {
    const undo = new Undo();
    try {
      const { path, kind } = await find(volume);
      if (kind !== 'block device') await lock(path, volume, undo);
      if (kind === 'nothing') await create(path, volume.blocks! * blockBytes, undo);
      const handle = await openHandle(path, volume, kind === 'block device');
      undo.later(() => handle.close(), 'handle');
      await claim(path, handle, volume.readOnly === true, undo);
      const blocks = await measure(path, volume, blockBytes);
      if (volume.direct === true) await tryDirect(path, handle, blockBytes);
      const isGuarded = kind !== 'block device' && volume.readOnly !== true;
      const guard = isGuarded
        ? guardOf(handle.fd, volume.path, blocks * blockBytes, volume.watchPath ?? true, SYSTEM_CALLS)
        : undefined;
      return new VolumeFile(volume, { path, blocks, guard }, handle, undo);
    } catch (thrown) {
      // What went wrong first says most; that something could not be undone comes second.
      await undo.run().catch(() => undefined);
      throw deviceErrorFrom(thrown, { file: volume.path, operation: 'open' });
    }
  }

  /**
   * Closes and unlocks. A file that has lost its name (DeviceError, code REMOVED or REPLACED) is unlocked and stays open until the
   * process ends, because closing it could free its blocks.
   */
  async close(): Promise<void> {
    this.#undo.keep('file');
    const verdict = this.guard === undefined ? OK : lookAtPath(this.guard, SYSTEM_CALLS);
    if (verdict === OK) return this.#undo.run();
    this.#undo.keep('handle');
    strays.push(this.#handle);
    await this.#undo.run();
    throw strayed(this, verdict, 'close');
  }

  /** As close, but a file that was made is removed: the device could not be opened. */
  async discard(): Promise<void> {
    await this.#undo.run();
  }
}

/** What is to be undone, newest first, when a volume is closed or could not be opened. */
class Undo {
  #steps: { readonly step: () => unknown; readonly of: string }[] = [];

  later(step: () => unknown, of = ''): void {
    this.#steps.push({ step, of });
  }

  /** Forgets the steps that would undo something which is to stay. */
  keep(of: string): void {
    this.#steps = this.#steps.filter((one) => one.of !== of);
  }

  /** Takes every step, also behind one that fails; rejects with the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let one = this.#steps.pop(); one !== undefined; one = this.#steps.pop()) {
      try {
        await one.step();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function find({ path, create: mayCreate }: FileVolume): Promise<{ path: string; kind: FileKind | 'nothing' }> {
  try {
    return await findFile(path);
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code !== 'ENOENT' || mayCreate !== true) throw thrown;
    // The directory must exist; what is not there yet has no links to follow.
    return { path: join(await realpath(dirname(path)), basename(path)), kind: 'nothing' };
  }
}

async function lock(path: string, { readOnly }: FileVolume, undo: Undo): Promise<void> {
  try {
    const held = await (readOnly === true ? LockFile.share(path) : LockFile.take(path));
    undo.later(() => held.release());
  } catch (thrown) {
    // Where nobody can write, nobody needs to be kept out, and no lock could be made.
    if (!(readOnly === true && thrown instanceof DeviceError && thrown.code === 'EROFS')) throw thrown;
  }
}

async function create(path: string, bytes: number, undo: Undo): Promise<void> {
  const where = { file: path, operation: 'create', bytes } as const;
  try {
    const handle = await open(path, 'wx', 0o644);
    undo.later(() => unlink(path), 'file');
    try {
      await handle.truncate(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // The name too must survive a crash, or a flush would vouch for blocks of a file that nobody finds.
    const directory = await open(dirname(path), 'r');
    await directory.sync().finally(() => directory.close());
  } catch (thrown) {
    throw deviceErrorFrom(thrown, where);
  }
}

async function openHandle(path: string, volume: FileVolume, isBlockDevice: boolean): Promise<FileHandle> {
  const { O_RDONLY, O_RDWR, O_DIRECT, O_DSYNC, O_EXCL } = constants;
  const flags =
    (volume.readOnly === true ? O_RDONLY : O_RDWR) |
    (volume.direct === true ? O_DIRECT : 0) |
    (volume.dsync === true ? O_DSYNC : 0) |
    (isBlockDevice ? O_EXCL : 0);
  try {
    return await open(path, flags);
  } catch (thrown) {
    const isDirect = volume.direct === true && (thrown as { code?: unknown }).code === 'EINVAL';
    throw deviceErrorFrom(thrown, { file: path, operation: 'open', ...(isDirect ? { advice: DIRECT_ADVICE } : {}) });
  }
}

/** Nobody in this process has it open under another name, unless all only read. */
async function claim(path: string, handle: FileHandle, readOnly: boolean, undo: Undo): Promise<void> {
  const { dev, ino } = await handle.stat({ bigint: true });
  const identity = `${dev}:${ino}`;
  const before = openHere.get(identity) ?? 0;
  if (before === 'written' || (before > 0 && !readOnly)) {
    throw new DeviceError({
      file: path,
      operation: 'open',
      code: 'EBUSY',
      seen: 'this process has the same file open under another name (a hard link)',
      advice: 'Name each file once.',
    });
  }
  openHere.set(identity, readOnly ? before + 1 : 'written');
  undo.later(() => {
    const now = openHere.get(identity)!;
    if (now === 'written' || now === 1) openHere.delete(identity);
    else openHere.set(identity, now - 1);
  });
}

/** The number of blocks to use. */
async function measure(path: string, { blocks }: FileVolume, blockBytes: number): Promise<number> {
  // A descriptor of its own: one with O_DIRECT does not read single bytes.
  const handle = await open(path, 'r');
  const byte = new Uint8Array(1);
  let at = 0;
  const hasBlock = async (block: number): Promise<boolean> => {
    at = (block + 1) * blockBytes - 1;
    return (await handle.read(byte, 0, 1, at)).bytesRead === 1;
  };
  try {
    if (blocks === undefined) {
      const found = await firstWithout(hasBlock, Math.floor(Number.MAX_SAFE_INTEGER / blockBytes));
      if (found > 0) return found;
      throw new DeviceError({
        file: path,
        operation: 'measure',
        code: 'SHORT',
        seen: `it does not hold one block of ${blockBytes} bytes`,
        advice: 'Make the file as long as the volume is to be, or give blocks and create and remove it first.',
      });
    }
    if (await hasBlock(blocks - 1)) return blocks;
    throw new DeviceError({
      file: path,
      operation: 'measure',
      code: 'SHORT',
      seen: `it ends before block ${blocks - 1} does, at byte ${at + 1}`,
    });
  } catch (thrown) {
    const advice = 'If the place cannot be read, give blocks, so that the length need not be found.';
    throw deviceErrorFrom(thrown, {
      file: path,
      operation: 'measure',
      offset: at,
      ...(blocks === undefined ? { advice } : {}),
    });
  } finally {
    await handle.close();
  }
}

/** The first number for which a question is answered with no, when it is yes for all before and no for all behind. */
async function firstWithout(isThere: (n: number) => Promise<boolean>, max: number): Promise<number> {
  let [low, high] = [0, 1];
  while (high < max && (await isThere(high - 1))) [low, high] = [high, high * 2];
  high = Math.min(high, max);
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (await isThere(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function tryDirect(path: string, handle: FileHandle, blockBytes: number): Promise<void> {
  const { slab, offset } = alignedSlab(blockBytes);
  try {
    await handle.read(new Uint8Array(slab, offset, blockBytes), 0, blockBytes, 0);
  } catch (thrown) {
    const isRefused = (thrown as { code?: unknown }).code === 'EINVAL';
    throw deviceErrorFrom(thrown, {
      file: path,
      operation: 'read',
      offset: 0,
      bytes: blockBytes,
      ...(isRefused ? { seen: 'O_DIRECT was refused', advice: DIRECT_ADVICE } : {}),
    });
  }
}
