// Opening: what a volume may be, how long it is, and that a refusal is one sentence and leaves everything as it was.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DeviceError,
  FileDevice,
  type FileDeviceOptions,
  type FileVolume,
} from '../../../../../src/devices/file/index.ts';
import { VolumeFile } from '../../../../../src/devices/file/volume-file.ts';
import { InvalidArgument } from '../../../../../src/index.ts';
import { loopDevice } from '../../../../support/block-device.ts';

const BYTES = 1024;
const { slab } = FileDevice.alignedSlab(16 * BYTES);

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'open-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);
const sized = (name: string, bytes: number): string => {
  writeFileSync(at(name), '');
  truncateSync(at(name), bytes);
  return at(name);
};
const open = (volume: FileVolume, options: Partial<FileDeviceOptions> = {}): Promise<FileDevice> =>
  FileDevice.open({ volumes: [volume], blockBytes: BYTES, slab, ...options });

/** The error with which a volume is refused; nothing may be there that was not there before. */
async function refusal(volume: FileVolume, options: Partial<FileDeviceOptions> = {}): Promise<unknown> {
  const before = readdirSync(directory);
  const error: unknown = await open(volume, options).then(
    async (device) => {
      await device.close();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  expect(readdirSync(directory)).toEqual(before);
  return error;
}

/** Without the thread of a device, which has no part in it. */
async function blocksOf(volume: FileVolume, blockBytes = BYTES): Promise<number> {
  const file = await VolumeFile.open(volume, blockBytes);
  await file.close();
  return file.blocks;
}

describe('the length of a volume', () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 1000])('is what the file has: %i blocks', async (blocks) => {
    expect(await blocksOf({ path: sized('v', blocks * BYTES) })).toBe(blocks);
  });

  test('counts whole blocks only', async () => {
    expect(await blocksOf({ path: sized('v', 5 * BYTES - 1) })).toBe(4);
    expect(await blocksOf({ path: sized('w', 4 * BYTES + 1) })).toBe(4);
  });

  test('is found in a file of a terabyte, without reading it', async () => {
    expect(await blocksOf({ path: sized('v', 2 ** 40) }, 16_384)).toBe(2 ** 26);
  });

  test('is what is asked for, if there is so much', async () => {
    const path = sized('v', 8 * BYTES);
    expect(await blocksOf({ path, blocks: 5 })).toBe(5);
    expect(await blocksOf({ path, blocks: 8 })).toBe(8);
    expect(await refusal({ path, blocks: 9 })).toMatchObject({
      code: 'SHORT',
      operation: 'measure',
      message: expect.stringMatching(/it ends before block 8 does, at byte 9216.*give fewer blocks/) as string,
    });
  });

  test('is at least a block', async () => {
    const error = await refusal({ path: sized('v', BYTES - 1) });
    expect(String(error)).toMatch(/SHORT, it does not hold one block of 1024 bytes/);
  });
});

describe('a file that is not there', () => {
  test('is made, of zeros, and is there afterwards', async () => {
    const path = at('new');
    expect(await blocksOf({ path, blocks: 7, create: true })).toBe(7);
    expect(statSync(path).size).toBe(7 * BYTES);
    expect(readdirSync(directory)).toEqual(['new']);
  });

  test('is not made unless that is asked for', async () => {
    const error = await refusal({ path: at('new'), blocks: 7 });
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ code: 'ENOENT', file: at('new'), operation: 'open' });
  });

  test('is removed again if the device cannot be opened', async () => {
    const there = at('there');
    writeFileSync(there, 'evidence');
    const error = await refusal({ path: at('new'), blocks: 7, create: true }, { writeLog: there });
    expect(String(error)).toMatch(/log on .*there.*EEXIST.*Move the file that is there away/);
  });

  test('is not what create changes: a file that is there keeps its contents', async () => {
    const path = at('v');
    writeFileSync(path, new Uint8Array(4 * BYTES).fill(5));
    expect(await blocksOf({ path, blocks: 4, create: true })).toBe(4);
    expect(statSync(path).size).toBe(4 * BYTES);
    expect(await refusal({ path, blocks: 5, create: true })).toMatchObject({ code: 'SHORT' });
  });

  test('needs a directory', async () => {
    const error = await refusal({ path: join(directory, 'no', 'new'), blocks: 7, create: true });
    expect(error).toMatchObject({ code: 'ENOENT' });
  });
});

describe('what is no volume is refused in one sentence', () => {
  test('a directory', async () => {
    mkdirSync(at('d'));
    expect(String(await refusal({ path: at('d') }))).toMatch(
      /open on .*EISDIR, it is a directory\. Name a regular file/,
    );
  });

  test('a character device', async () => {
    expect(String(await refusal({ path: '/dev/null' }))).toMatch(/ENOTSUP, it is a character device, pipe or socket/);
  });

  test('a socket, which would never open', async () => {
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await refusal({ path: at('socket') })).toMatchObject({ code: 'ENOTSUP' });
    await new Promise((resolve) => server.close(resolve));
  });

  test.skipIf(process.getuid?.() === 0)('a file of somebody else (not as root, who may all)', async () => {
    const path = sized('v', BYTES);
    chmodSync(path, 0o000);
    expect(String(await refusal({ path }))).toMatch(/EACCES.*permission/);
  });

  test('with direct: blocks smaller than the sectors of the disk', async (context) => {
    const found = loopDevice(64 * 1024, 4096);
    if (found.path === undefined) {
      context.skip(found.reason);
      return;
    }
    const volume = { path: found.path, direct: true };
    const [error, sound] = [await refusal(volume), await refusal(volume, { blockBytes: 4096 })];
    found.release();
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toMatch(
      /read of 1024 bytes at byte 0 on .*EINVAL, O_DIRECT was refused.*whole sectors.*alignedSlab/,
    );
    expect(sound).toBeUndefined();
  });

  test.each<[string, Partial<FileDeviceOptions>]>([
    ['no volume', { volumes: [] }],
    ['no path', { volumes: [{ path: '' }] }],
    ['a path with a zero byte', { volumes: [{ path: 'a\0b' }] }],
    ['a block of nothing', { blockBytes: 0 }],
    ['a block of 12 bytes', { blockBytes: 12 }],
    ['a block of half bytes', { blockBytes: 8.5 }],
    ['half a block', { volumes: [{ path: 'v', blocks: 0.5 }] }],
    ['no blocks', { volumes: [{ path: 'v', blocks: 0 }] }],
    ['more blocks than a file can have', { volumes: [{ path: 'v', blocks: 2 ** 50 }] }],
    ['a new file of unknown length', { volumes: [{ path: 'v', create: true }] }],
    ['a new file that is read only', { volumes: [{ path: 'v', blocks: 1, create: true, readOnly: true }] }],
    ['direct blocks that are not whole sectors', { volumes: [{ path: 'v', direct: true }], blockBytes: 1000 }],
    ['memory that is not shared', { slab: new ArrayBuffer(8) as unknown as SharedArrayBuffer }],
    ['a log without a name', { writeLog: '' }],
  ])('%s', async (_, options) => {
    const error = await refusal({ path: at('v') }, options);
    expect(error).toBeInstanceOf(InvalidArgument);
    expect(String(error)).toMatch(/promised was .*; seen: .*\. (Correct|Give) .*\.$/);
  });
});

describe('an aligned slab', () => {
  test('has the bytes, zeroed, behind its offset', () => {
    const { slab: memory, offset } = FileDevice.alignedSlab(100_000);
    expect(memory).toBeInstanceOf(SharedArrayBuffer);
    const bytes = new Uint8Array(memory, offset, 100_000);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 32 + 1])('of %d bytes is refused', (bytes) => {
    expect(() => FileDevice.alignedSlab(bytes)).toThrow(InvalidArgument);
  });
});

test('an error tells file, operation, code, place and advice, to people and to programs', () => {
  const error = new DeviceError({ file: '/v', operation: 'write', code: 'ENOSPC', offset: 4096, bytes: 1024 });
  expect(error.message).toBe(
    'DeviceError: write of 1024 bytes at byte 4096 on /v was promised to succeed; seen: ENOSPC, no space left on device. ' +
      'Free space on the filesystem that holds the file, then write again.',
  );
  expect(error).toMatchObject({ file: '/v', operation: 'write', code: 'ENOSPC', offset: 4096, bytes: 1024 });
  const flush = new DeviceError({ file: '/v', operation: 'flush', code: 'EIO' });
  expect(flush.message).toMatch(/no later flush can vouch for it/);
  expect(new DeviceError({ file: '/v', operation: 'read', code: 'EWHAT' }).message).toMatch(
    /seen: EWHAT, an error without a description\. Read the system log\.$/,
  );
});
