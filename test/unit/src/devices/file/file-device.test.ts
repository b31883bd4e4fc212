// FileDevice passes the suite of all devices on every kind of file it is made for. What this machine cannot offer is reported
// as skipped, with the reason.

import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DeviceError, FileDevice, type FileVolume } from '../../../../../src/devices/file/index.ts';
import { blockDevice, zero } from '../../../../support/block-device.ts';
import { deviceSuite, SUITE_SIZES } from '../../../../kit/device-suite.ts';
import { FileDeviceSubject, regularFile, type VolumeMaker } from '../../../../support/file-device-subject.ts';

const { blockBytes, blocks } = SUITE_SIZES;

/** The thread chooses the order, transfers straight from the slab, and cannot be told to fail or to lose power. */
function suite(name: string, volumeOf: VolumeMaker): void {
  deviceSuite({ name, makeDevice: (sizes) => FileDeviceSubject.open(sizes, volumeOf), supports: {} }, test);
}

/** Why O_DIRECT cannot be used in the directory for temporary files; undefined if it can. */
async function directRefused(volume: Partial<FileVolume> = {}): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'file-device-'));
  const { slab } = FileDevice.alignedSlab(blockBytes);
  try {
    const path = join(directory, 'direct');
    const device = await FileDevice.open({
      volumes: [{ path, blocks: 1, create: true, direct: true, ...volume }],
      blockBytes,
      slab,
    });
    await device.close();
    return undefined;
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'EINVAL') return error.message;
    throw error;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

suite('FileDevice, regular file', regularFile());
suite('FileDevice, regular file, dsync', regularFile({ dsync: true }));

const refused = await directRefused();
if (refused === undefined) suite('FileDevice, regular file, direct', regularFile({ direct: true }));
else test.skip(`FileDevice, regular file, direct: not checked, because ${refused}`);

const found = blockDevice(blocks * blockBytes);
if (found.path === undefined) test.skip(`FileDevice, block device: not checked, because ${found.reason}`);
else {
  const { path, release } = found;
  afterAll(release);
  /** The first volume is the block device, the others are regular files. */
  const device =
    (options: Partial<FileVolume>): VolumeMaker =>
    (volume, directory, sizes) => {
      if (volume > 0) return regularFile()(volume, directory, sizes);
      zero(path, blocks * blockBytes);
      return { path, blocks, ...options };
    };
  suite('FileDevice, block device', device({}));
  suite('FileDevice, block device, direct', device({ direct: true }));

  test('a block device is measured, and is opened once', async () => {
    const { slab } = FileDevice.alignedSlab(blockBytes);
    const options = { volumes: [{ path }], blockBytes, slab };
    const one = await FileDevice.open(options);
    expect(one.blocks[0]).toBeGreaterThanOrEqual(blocks);
    await expect(FileDevice.open(options)).rejects.toMatchObject({ name: 'DeviceError', code: 'EBUSY' });
    await one.close();
    // Somebody who is not a FileDevice at all, such as mkfs, keeps it out as well.
    const other = openSync(path, constants.O_RDWR | constants.O_EXCL);
    await expect(FileDevice.open(options)).rejects.toThrow(/Cannot open .*\(EBUSY\)\. It is in use or mounted/);
    closeSync(other);
    const again = await FileDevice.open(options);
    expect(again.blocks).toEqual(one.blocks);
    await again.close();
  });
}
