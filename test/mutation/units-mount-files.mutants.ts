// Mounting and formatting files: what is looked at before any device is opened, what is passed on to it, and what is left open.
// Few devices, because each costs a thread.

import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { MemoryVolumes } from '../../src/memory-volumes.ts';
import { formatDevice, formatVolumes, Mount, VolumeExists } from '../../src/mount/index.ts';
import { readHeader, writeHeader } from '../../src/mount/volume-header.ts';
import { DrivenVolumes, SET_ID } from '../kit/mount-stage.ts';
import { mustBe, mustEqual } from './must.ts';

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
  'ENOENT, no such file or directory. Check the path; with create a regular file is made, in a directory that exists.';
const isDirectory = 'EISDIR, illegal operation on a directory. Name a regular file or a block device, not a directory.';
const failure = (operation: string, path: string, seen: string): string =>
  `DeviceError: ${operation} on ${path} was promised to succeed; seen: ${seen}`;

test('what is no volume is refused before a device is opened, and every file is closed', async () => {
  const open = (...volumes: string[]): Promise<string> => rejection(Mount.open({ volumes, cacheBytes: 4096 }));
  mustBe(await open(at('none')), failure('open', at('none'), missing));
  mustBe(await open(directory), failure('open', directory, isDirectory));
  const [small, large] = [files(1)[0]!, files(1, 1024)[0]!];
  const advice = 'Name all volumes of one set, each once, in the order of their numbers.';
  const differs = `WrongSet: ${large} was promised to have blocks of 512 bytes like ${small}; seen: 1024 bytes. ${advice}`;
  mustBe(await open(small, large), differs);
  fs.writeFileSync(at('short'), 'short');
  const short =
    'promised to begin with a volume header; seen: 5 bytes in all. Check the path, or format the volume first.';
  mustBe(await open(at('short')), `NotAVolume: ${at('short')} was ${short}`);
  mustBe(descriptors(), 0);
});

test('a mount of files passes on what it was asked for, and gives back what it cannot use', async () => {
  const [a, b] = files(2) as [string, string];
  const image = fs.readFileSync(b);
  fs.writeFileSync(b, Buffer.from(image).fill(1, 300, 301));
  const refused = await rejection(Mount.open({ volumes: [a, b], cacheBytes: 4096 }));
  mustBe(refused.split(':')[0], 'CorruptHeader');
  mustEqual([fs.existsSync(`${a}.lock`), descriptors()], [false, 0]);
  fs.writeFileSync(b, image);
  const writeLog = at('log');
  const mount = await Mount.open({ volumes: [a, { path: b, readOnly: true }], cacheBytes: 4096, writeLog });
  mustEqual([mount.isReadOnly, fs.existsSync(writeLog), mount.statistics.cacheBytes], [true, true, 4096]);
  mustEqual(mount.volumes, [{ name: a, blocks: 8 }, { name: b, blocks: 8 }]); // prettier-ignore
  mustBe((await mount.read(3, { volume: 1 }))[0], 0);
  await mount.close();
  const again = await Mount.open({ volumes: [a, b] });
  mustEqual([again.isReadOnly, again.statistics.cacheBytes], [false, 64 * 1024 * 1024]);
  await again.close();
});

test('formatting looks at every file before it touches one, and overwrites what it was told to', async () => {
  const taken = files(1)[0]!;
  const exists = `VolumeExists: ${taken} was promised to be no volume yet; seen: a volume header. Give \`overwrite\` if its contents may be lost, or another path.`;
  const both = [{ path: at('new'), blocks: 4 }, { path: taken }]; // prettier-ignore
  mustBe(await rejection(formatVolumes(both, { blockBytes: 512 })), exists);
  mustBe(await rejection(formatVolumes([{ path: directory }])), failure('open', directory, isDirectory));
  mustEqual([fs.existsSync(at('new')), descriptors(), new VolumeExists('v').name], [false, 0, 'VolumeExists']);
  await formatVolumes(both, { blockBytes: 512, setId: SET_ID, overwrite: true });
  const headers = both.map(({ path }) => readHeader(fs.readFileSync(path).subarray(0, 512), path));
  const common = { volumes: 2, blockBytes: 512, setId: SET_ID, generation: 0 };
  mustEqual(headers, [{ ...common, number: 0, blocks: 4 }, { ...common, number: 1, blocks: 8 }]); // prettier-ignore
  mustEqual([fs.existsSync(`${taken}.lock`), descriptors()], [false, 0]);
});

test('a set has an id of 32 digits, and a device without names has numbers', async () => {
  const volumes = new MemoryVolumes({ blocks: [4], blockBytes: 512 });
  for (const setId of [`${SET_ID}0`, `0${SET_ID}`, SET_ID.toUpperCase()]) {
    const text = `InvalidArgument: promised was a setId of 32 hexadecimal digits; seen: '${setId}'. Correct it, or leave it out.`;
    mustBe(await rejection(formatDevice(volumes, { setId })), text);
  }
  await formatDevice(volumes);
  const { setId } = readHeader(volumes.device.readDurable(0, 0), 'v');
  mustBe(/^[0-9a-f]{8}0{24}$/.test(setId), false); // Drawn, to its last digit.
  const device = new DrivenVolumes(volumes);
  device.isAutomatic = true;
  mustBe((await rejection(formatDevice(device))).split(' was')[0], 'VolumeExists: volume0');
  const mount = await Mount.open({ device: volumes.reopen(), cacheBytes: 2048, slabOffset: 512 });
  mustBe(mount.statistics.cacheBytes, 2048);
  await mount.close();
});
