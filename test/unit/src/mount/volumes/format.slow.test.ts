// Volumes on real files: made, believed only as a whole set, and locked.

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeviceError } from '../../../../../src/devices/file/index.ts';
import {
  CorruptHeader,
  formatVolumes,
  Mount,
  VolumeExists,
  WrongSet,
  WrongSize,
} from '../../../../../src/mount/index.ts';
import { readHeader, writeHeader, type VolumeHeader } from '../../../../../src/mount/volumes/header.ts';
import { SET_ID } from '../../../../support/mount-stage.ts';

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'mount-format-'))));
afterAll(() => rmSync(dir, { recursive: true }));

let made = 0;
const fresh = (): string => join(dir, `${++made}.vol`);

const HEADER: VolumeHeader = { number: 1, volumes: 3, blockBytes: 512, blocks: 77, setId: SET_ID, generation: 5 };

describe('formatting', () => {
  test('makes files of the size, durable, that can be mounted', async () => {
    const [a, b] = [fresh(), fresh()];
    await formatVolumes([{ path: a, blocks: 16 }, { path: b, blocks: 32 }], { blockBytes: 4096, setId: SET_ID }); // prettier-ignore
    expect(statSync(b).size).toBe(32 * 4096);
    expect(readHeader(readFileSync(b).subarray(0, 4096), b)).toEqual({
      ...HEADER, volumes: 2, blockBytes: 4096, blocks: 32, generation: 0,
    }); // prettier-ignore
    const mount = await Mount.open({ volumes: [a, b], cacheBytes: 8 * 4096 });
    expect(mount.volumes).toEqual([{ name: a, blocks: 16 }, { name: b, blocks: 32 }]); // prettier-ignore
    expect(mount.blockBytes).toBe(4096);
    await mount.close();
    expect(existsSync(`${a}.lock`)).toBe(false);
  });

  test('draws the id of a set', async () => {
    const ids = [fresh(), fresh()].map(async (path) => {
      await formatVolumes([{ path, blocks: 2 }], { blockBytes: 512 });
      return readHeader(readFileSync(path).subarray(0, 512), path).setId;
    });
    const [one, other] = await Promise.all(ids);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(other).not.toBe(one);
  });

  test('refuses a volume, before it touches any other, unless told to overwrite', async () => {
    const [taken, other] = [fresh(), fresh()];
    await formatVolumes([{ path: taken, blocks: 4 }], { blockBytes: 512, setId: SET_ID });
    const before = readFileSync(taken);
    const both = [{ path: other, blocks: 4 }, { path: taken }]; // prettier-ignore
    await expect(formatVolumes(both, { blockBytes: 512 })).rejects.toThrow(VolumeExists);
    expect(existsSync(other)).toBe(false);
    expect(readFileSync(taken).equals(before)).toBe(true);
    await formatVolumes(both, { blockBytes: 512, overwrite: true });
    expect(readHeader(readFileSync(taken).subarray(0, 512), taken)).toMatchObject({ number: 1, volumes: 2, blocks: 4 });
  });
});

describe('opening', () => {
  /** Files as formatVolumes makes them. */
  const set = (count = 2): string[] => {
    const setId = String(made).padStart(32, '0');
    return Array.from({ length: count }, (_, number) => {
      const image = Buffer.alloc(8 * 512);
      writeHeader(image.subarray(0, 512), { ...HEADER, number, volumes: count, blocks: 8, setId });
      const path = fresh();
      writeFileSync(path, image);
      return path;
    });
  };
  const open = (volumes: string[]): Promise<Mount> => Mount.open({ volumes, cacheBytes: 512 * 8 });

  test('finds a damaged header, and leaves nothing open or locked', async () => {
    const [a, b] = set() as [string, string];
    const bytes = readFileSync(b);
    bytes[300]! ^= 1;
    writeFileSync(b, bytes);
    await expect(open([a, b])).rejects.toThrow(CorruptHeader);
    expect(existsSync(`${a}.lock`)).toBe(false);
    bytes[300]! ^= 1;
    writeFileSync(b, bytes);
    await (await open([a, b])).close();
  });

  test('finds a volume that was cut', async () => {
    const [a, b] = set() as [string, string];
    truncateSync(b, 7 * 512);
    await expect(open([a, b])).rejects.toThrow(/8 blocks, but room for 7/);
    truncateSync(b, 512);
    await expect(open([a, b])).rejects.toThrow(WrongSize);
  });

  test('takes a whole set only, in order', async () => {
    const [a, b] = set() as [string, string];
    const [c, d] = set() as [string, string];
    await expect(open([b, a])).rejects.toThrow(/it is volume 1 of its set, and is named as volume 0/);
    await expect(open([a])).rejects.toThrow(/its set has 2 volumes, and 1 are named/);
    await expect(open([a, d])).rejects.toThrow(/it belongs to set .* and .* to set/);
    await expect(open([a, b, c])).rejects.toThrow(WrongSet);
    const large = fresh();
    await formatVolumes([{ path: large, blocks: 4 }], { blockBytes: 1024 });
    await expect(open([a, large])).rejects.toThrow(/its blocks have 1024 bytes, and those of .* have 512/);
  });

  test('twice at a time is refused by the lock of the device', async () => {
    const paths = set();
    const mount = await open(paths);
    await expect(open(paths)).rejects.toThrow(DeviceError);
    await expect(formatVolumes(paths.map((path) => ({ path })), { overwrite: true })).rejects.toThrow(DeviceError); // prettier-ignore
    await mount.close();
    await (await open(paths)).close();
  });

  test('wants a cache with room for more than the headers', async () => {
    const paths = set();
    await expect(Mount.open({ volumes: paths, cacheBytes: 1024 })).rejects.toThrow(/a cacheBytes of 1536 or more/);
    await (await Mount.open({ volumes: paths, cacheBytes: 1536 })).close();
  });
});
