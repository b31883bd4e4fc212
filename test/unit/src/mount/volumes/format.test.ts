// Volumes are made once and believed only if everything about them is right: each way in which a header can be wrong has an
// error of its own, and a formatted volume is not formatted again by mistake.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finalizeCrc } from '../../../../../src/core/block-crc.ts';
import { DeviceError } from '../../../../../src/devices/file/index.ts';
import { InvalidArgument } from '../../../../../src/core/errors.ts';
import { MemoryVolumes } from '../../../../../src/devices/memory-volumes.ts';
import {
  CorruptHeader,
  formatDevice,
  formatVolumes,
  Mount,
  NotAVolume,
  UnsupportedFormat,
  VolumeExists,
  WrongSize,
} from '../../../../../src/mount/index.ts';
import { readHeader, renewHeader, writeHeader, type VolumeHeader } from '../../../../../src/mount/volumes/header.ts';
import { formatted, SET_ID } from '../../../../support/mount-stage.ts';

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'mount-format-'))));
afterAll(() => rmSync(dir, { recursive: true }));

let made = 0;
const fresh = (): string => join(dir, `${++made}.vol`);

const HEADER: VolumeHeader = { number: 1, volumes: 3, blockBytes: 512, blocks: 77, setId: SET_ID, generation: 5 };

function headerBlock(change: (block: DataView) => void = () => undefined, keepCrc = false): Uint8Array {
  const block = new Uint8Array(512);
  writeHeader(block, HEADER);
  change(new DataView(block.buffer));
  if (!keepCrc) finalizeCrc(block);
  return block;
}

describe('a header', () => {
  test('is read as it was written, whatever the application keeps behind it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 448, maxLength: 448 }), (area) => {
        const block = headerBlock((view) => new Uint8Array(view.buffer).set(area, 64));
        if (JSON.stringify(readHeader(block, 'v')) !== JSON.stringify(HEADER)) throw new Error('differs');
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('counts its changes', () => {
    const block = headerBlock();
    renewHeader(block);
    expect(readHeader(block, 'v')).toEqual({ ...HEADER, generation: 6 });
  });

  test('with any byte changed is not believed', () => {
    for (let at = 0; at < 512; at++) {
      const block = headerBlock();
      block[at]! ^= 0x10;
      let seen: unknown;
      try {
        readHeader(block, 'v');
      } catch (error) {
        seen = error;
      }
      const kinds = [NotAVolume, UnsupportedFormat, CorruptHeader, WrongSize];
      if (!kinds.some((kind) => seen instanceof kind)) throw new Error(`byte ${at}: ${String(seen)}`);
    }
  });

  test.each([
    ['no magic', NotAVolume, (v: DataView) => v.setUint8(4, 0x68), /its first bytes are/],
    [
      'another version',
      UnsupportedFormat,
      (v: DataView) => v.setUint16(12, 2, true),
      /version 2, and this package reads version 1/,
    ],
    ['blocks of no power of two', CorruptHeader, (v: DataView) => v.setUint32(20, 1000, true), /1000 bytes/],
    ['blocks that are too small', CorruptHeader, (v: DataView) => v.setUint32(20, 256, true), /256 bytes/],
    [
      'blocks of another size',
      WrongSize,
      (v: DataView) => v.setUint32(20, 1024, true),
      /blocks of 1024 bytes, but 512/,
    ],
    ['no volumes', CorruptHeader, (v: DataView) => v.setUint16(16, 0, true), /0 volumes/],
    ['too many volumes', CorruptHeader, (v: DataView) => v.setUint16(16, 257, true), /257 volumes/],
    ['a number beyond the set', CorruptHeader, (v: DataView) => v.setUint16(14, 3, true), /volume 3 of 3/],
    ['no blocks', CorruptHeader, (v: DataView) => v.setBigUint64(24, 0n, true), /0 blocks/],
  ])('with %s says so, with a right checksum', (_, kind, change, message) => {
    const read = (): unknown => readHeader(headerBlock(change), 'x.vol');
    expect(read).toThrow(kind);
    expect(read).toThrow(message);
    expect(read).toThrow(/x\.vol /);
  });
});

describe('formatting', () => {
  test('a device in memory works alike', async () => {
    const volumes = await formatted([8, 9]);
    await expect(formatDevice(volumes)).rejects.toThrow(VolumeExists);
    await formatDevice(volumes, { overwrite: true, setId: SET_ID });
    await expect(formatDevice(new MemoryVolumes({ blocks: [4], blockBytes: 96 }))).rejects.toThrow(InvalidArgument);
    expect(readHeader(volumes.device.readDurable(1, 0), 'm')).toMatchObject({ number: 1, blocks: 9 });
  });

  test('refuses sizes and ids that make no sense, and what cannot be opened', async () => {
    const path = fresh();
    await expect(formatVolumes([{ path, blocks: 4 }], { blockBytes: 1000 })).rejects.toThrow(/power of two/);
    await expect(formatVolumes([{ path, blocks: 4 }], { setId: 'x' })).rejects.toThrow(/32 hexadecimal digits/);
    await expect(formatVolumes([{ path }])).rejects.toThrow(InvalidArgument);
    await expect(formatVolumes([])).rejects.toThrow(InvalidArgument);
    await expect(formatVolumes([{ path: join(dir, 'no', 'where'), blocks: 4 }])).rejects.toThrow(DeviceError);
    await expect(formatVolumes([{ path: dir, blocks: 4 }])).rejects.toThrow(DeviceError);
  });
});

describe('opening', () => {
  const open = (volumes: string[]): Promise<Mount> => Mount.open({ volumes, cacheBytes: 512 * 8 });

  test('says which file is no volume, or not there', async () => {
    const path = fresh();
    await expect(open([path])).rejects.toThrow(DeviceError);
    writeFileSync(path, 'short');
    await expect(open([path])).rejects.toThrow(/does not begin with a volume header: it has 5 bytes in all/);
    writeFileSync(path, Buffer.alloc(2048));
    await expect(open([path])).rejects.toThrow(NotAVolume);
    await expect(open([dir])).rejects.toThrow(DeviceError);
    await expect(open([])).rejects.toThrow(InvalidArgument);
  });

  test('does not close a device that was given and could not be mounted', async () => {
    const volumes = new MemoryVolumes({ blocks: [8], blockBytes: 512 });
    await expect(Mount.open({ device: volumes })).rejects.toThrow(NotAVolume);
    await formatDevice(volumes);
    await (await Mount.open({ device: volumes })).close();
  });

  test('says when the header cannot be read', async () => {
    const volumes = await formatted([8], () => ({ code: 'EIO' }));
    await expect(Mount.open({ device: volumes })).rejects.toThrow(/The read of block 0 of memory0 failed/);
    let reads = 0;
    const later = volumes.reopen(() => (++reads === 2 ? { code: 'EIO' } : undefined));
    await expect(Mount.open({ device: later })).rejects.toThrow(/Block 0 of memory0 could not be read/);
  });
});
