// What a path leads to, looked at before anything is opened: opening a pipe waits for its other end, in a thread of node's pool
// that nothing can call back, and opening a device of characters can do anything at all. Only regular files and block devices
// are opened, and without waiting, should one have become something else in between.

import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { DeviceError, deviceErrorFrom } from './device-error.ts';

export type FileKind = 'regular file' | 'block device';

/** The path without symbolic links, and what is there. @throws DeviceError for anything else, and what the system throws. */
export async function findFile(path: string): Promise<{ path: string; kind: FileKind }> {
  const real = await realpath(path);
  const found = await stat(real);
  if (found.isFile()) return { path: real, kind: 'regular file' };
  if (found.isBlockDevice()) return { path: real, kind: 'block device' };
  throw new DeviceError({
    file: path,
    operation: 'open',
    code: found.isDirectory() ? 'EISDIR' : 'ENOTSUP',
    seen: `it is ${found.isDirectory() ? 'a directory' : 'a character device, pipe or socket'}`,
    advice: 'Name a regular file or a block device.',
  });
}

/** The first bytes of a file or device: `bytes`, or as many as there are. @throws DeviceError, code ENOENT where nothing is. */
export async function readFirstBytes(path: string, bytes: number): Promise<Uint8Array> {
  const first = new Uint8Array(bytes);
  try {
    const { path: real } = await findFile(path);
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { bytesRead } = await handle.read(first, 0, bytes, 0);
      return first.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw deviceErrorFrom(thrown, { file: path, operation: 'open' });
  }
}
