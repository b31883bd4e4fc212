// Mounting and formatting files: what is looked at before any device is opened, what is passed on to it, and what is left open.
// The device that is opened then is one in memory, without a thread.

import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, onTestFinished, test } from 'vitest';
import { FileDevice, type FileDeviceOptions } from '../../../../../src/devices/file/index.ts';
import { MemoryVolumes } from '../../../../../src/devices/memory-volumes.ts';
import { formatDevice, formatVolumes, Mount, VolumeExists } from '../../../../../src/mount/index.ts';
import { readHeader, writeHeader } from '../../../../../src/mount/volumes/header.ts';
import { DrivenVolumes, SET_ID } from '../../../../support/mount-stage.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';

const isLinux = process.platform === 'linux';

let directory: string;
beforeEach(() => (directory = fs.mkdtempSync(join(tmpdir(), 'mount-files-'))));
afterEach(() => fs.rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

/** Volumes of a set as formatVolumes makes them, without a device. */
function files(count: number, blockBytes = 512): string[] {
  return Array.from({ length: count }, (_, number) => {
    const image = Buffer.alloc(8 * blockBytes);
    const header = { number, volumes: count, blockBytes, blocks: 8, setId: SET_ID, generation: 0 };
    writeHeader(image.subarray(0, blockBytes), header);
    const path = at(`${number}.${blockBytes}`);
    fs.writeFileSync(path, image);
    return path;
  });
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '(nothing was thrown)',
    (error: unknown) => (error as Error).message,
  );
}

/** Descriptors of this process that lead into the directory. */
function descriptors(): number {
  const leadsThere = (fd: string): boolean => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
    } catch {
      return false; // The one by which the directory was read.
    }
  };
  return isLinux ? fs.readdirSync('/proc/self/fd').filter(leadsThere).length : 0;
}

const missing =
  'no such file or directory (ENOENT). Check the path; with create, a regular file is made in an existing directory.';
const isDirectory = 'it is a directory (EISDIR). Name a regular file or a block device.';
const failure = (operation: string, path: string, seen: string): string => `Cannot ${operation} ${path}: ${seen}`;

test('what is no volume is refused before a device is opened, and every file is closed', async () => {
  const open = (...volumes: string[]): Promise<string> => rejection(Mount.open({ volumes, cacheBytes: 4096 }));
  mustBe(await open(at('none')), failure('open', at('none'), missing));
  mustBe(await open(directory), failure('open', directory, isDirectory));
  const [small, large] = [files(1)[0]!, files(1, 1024)[0]!];
  const advice = 'Name all volumes of one set, each once, in the order of their numbers.';
  const differs = `${large} does not fit in with the other volumes: its blocks have 1024 bytes, and those of ${small} have 512. ${advice}`;
  mustBe(await open(small, large), differs);
  fs.writeFileSync(at('short'), 'short');
  const short =
    'does not begin with a volume header: it has 5 bytes in all. Check the path, or format the volume first.';
  mustBe(await open(at('short')), `${at('short')} ${short}`);
  mustBe(descriptors(), 0);
});

/** Lets these be opened, one after the other, in place of files; answers what was asked, and how often one was closed. */
function opening(...devices: MemoryVolumes[]): { asked: FileDeviceOptions[]; closings: () => number } {
  const real = FileDevice.open.bind(FileDevice);
  onTestFinished(() => {
    FileDevice.open = real;
  });
  const asked: FileDeviceOptions[] = [];
  let closings = 0;
  FileDevice.open = (options) => {
    const device = devices[asked.push(options) - 1]!;
    const close = device.close.bind(device);
    device.close = () => {
      closings++;
      return close();
    };
    return Promise.resolve(device as unknown as FileDevice);
  };
  return { asked, closings: () => closings };
}

test('a mount of files passes on what it was asked for, and gives back what it cannot use', async () => {
  const [a, b] = files(2) as [string, string];
  const good = new MemoryVolumes({ blocks: [8, 8], blockBytes: 512 });
  await formatDevice(good, { setId: SET_ID });
  const bad = new MemoryVolumes({ blocks: [8, 8], blockBytes: 512 });
  const { asked, closings } = opening(bad, good.reopen(), good.reopen());
  const refused = await rejection(Mount.open({ volumes: [a, b], cacheBytes: 4096 }));
  mustEqual([refused.split(':')[0], closings(), descriptors()], [`${a} does not begin with a volume header`, 1, 0]);
  const volumes = [a, { path: b, readOnly: true }];
  const mount = await Mount.open({ volumes, cacheBytes: 4096, writeLog: at('log'), fileBytes: 70_000, lentBytes: 512 });
  const { slab, ...options } = asked[1]!;
  mustEqual(options, { volumes: [{ path: a }, { path: b, readOnly: true }], blockBytes: 512, writeLog: at('log') });
  mustBe(slab.byteLength, 2 * 65_536); // Whole pages.
  mustEqual([mount.isReadOnly, mount.statistics.cacheBytes], [true, 4096]);
  mustEqual(mount.volumes, [{ name: a, blocks: 8 }, { name: b, blocks: 8 }]); // prettier-ignore
  mustBe((await mount.read(3, { volume: 1 }))[0], 0);
  await mount.close();
  const again = await Mount.open({ volumes: [a, b] });
  mustEqual([again.isReadOnly, again.statistics.cacheBytes], [false, 64 * 1024 * 1024]);
  mustEqual(['writeLog' in asked[2]!, asked[2]!.slab.byteLength], [false, 80 * 1024 * 1024]);
  await again.close();
  mustBe(closings(), 3);
});

test('formatting looks at every file before it touches one, and overwrites what it was told to', async () => {
  const taken = files(1)[0]!;
  const exists = `${taken} is a volume already. Give \`overwrite\` if its contents may be lost, or another path.`;
  const both = [{ path: at('new'), blocks: 4 }, { path: taken }]; // prettier-ignore
  const blank = new MemoryVolumes({ blocks: [4, 8], blockBytes: 512 });
  const { asked, closings } = opening(blank, blank.reopen(), blank.reopen());
  mustBe(await rejection(formatVolumes(both, { blockBytes: 512 })), exists);
  mustBe(await rejection(formatVolumes([{ path: directory }])), failure('open', directory, isDirectory));
  mustEqual([asked.length, descriptors(), new VolumeExists('v').name], [0, 0, 'VolumeExists']);
  for (let time = 1; time <= 2; time++) {
    await formatVolumes(both, { blockBytes: 512, setId: SET_ID, overwrite: true });
    const { slab, ...options } = asked[time - 1]!;
    mustEqual(options, { volumes: [{ path: at('new'), blocks: 4, create: true }, { path: taken, create: false }], blockBytes: 512 }); // prettier-ignore
    mustEqual([slab.byteLength, closings()], [65_536, time]);
  }
  const headers = [0, 1].map((volume) => readHeader(blank.device.readDurable(volume, 0), 'v'));
  const common = { volumes: 2, blockBytes: 512, setId: SET_ID, generation: 0 };
  mustEqual(headers, [{ ...common, number: 0, blocks: 4 }, { ...common, number: 1, blocks: 8 }]); // prettier-ignore
  fs.writeFileSync(taken, '');
  const found = (await rejection(formatVolumes(both, { blockBytes: 512 }))).split(' already')[0];
  mustEqual([found, closings(), descriptors()], [`${at('new')} is a volume`, 3, 0]); // By the look of the device.
  await formatDevice(blank.reopen(), { overwrite: true });
});

test('a set has an id of 32 digits, and a device without names has numbers', async () => {
  const volumes = new MemoryVolumes({ blocks: [4], blockBytes: 512 });
  for (const setId of [`${SET_ID}0`, `0${SET_ID}`, SET_ID.toUpperCase()]) {
    const text = `Expected a setId of 32 hexadecimal digits, but got '${setId}'. Correct it, or leave it out.`;
    mustBe(await rejection(formatDevice(volumes, { setId })), text);
  }
  await formatDevice(volumes);
  const { setId } = readHeader(volumes.device.readDurable(0, 0), 'v');
  mustBe(/^[0-9a-f]{8}0{24}$/.test(setId), false); // Drawn, to its last digit.
  const device = new DrivenVolumes(volumes);
  device.isAutomatic = true;
  mustBe(
    await rejection(formatDevice(device)),
    'volume0 is a volume already. Give `overwrite` if its contents may be lost, or another path.',
  );
  const mount = await Mount.open({ device: volumes.reopen(), cacheBytes: 2048, slabOffset: 512 });
  mustBe(mount.statistics.cacheBytes, 2048);
  await mount.close();
});
