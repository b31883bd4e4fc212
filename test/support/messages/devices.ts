// What devices say: an error of the system by its code, files that are in use, options and requests that make no sense.

import type { FileDeviceOptions } from '../../../src/index.ts';
import { FileDevice, MemoryVolumes, readWriteLog } from '../../../src/index.ts';
import { alignedSlab } from '../../../src/devices/file/aligned-slab.ts';
import { DeviceError, DIRECT_ADVICE, type DeviceFailure } from '../../../src/devices/file/device-error.ts';
import { checkFileDeviceOptions } from '../../../src/devices/file/file-device-options.ts';
import type { Entry } from './list.ts';

const CODES = [
  'EACCES', 'EAGAIN', 'EBADF', 'EBUSY', 'EDQUOT', 'EEXIST', 'EFBIG', 'EINTR', 'EINVAL', 'EIO', 'EISDIR', 'EMFILE', 'ENFILE',
  'ENODEV', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'ENXIO', 'EPERM', 'EROFS', 'ETXTBSY', 'SHORT', 'STUCK', 'THREAD', 'MALFORMED',
  'EWHAT',
]; // prettier-ignore

const failure = (failed: Partial<DeviceFailure>) => () =>
  new DeviceError({ file: '/v', operation: 'write', code: 'EIO', ...failed });

const slab = new SharedArrayBuffer(8);
const options = (change: Partial<FileDeviceOptions>) => () =>
  checkFileDeviceOptions({ volumes: [{ path: 'v' }], blockBytes: 1024, slab, ...change });
const volume = (change: object): (() => void) => options({ volumes: [{ path: 'v', ...change }] });

const failing = (): MemoryVolumes => new MemoryVolumes({ blocks: [4], blockBytes: 8, fault: () => ({ code: 'EIO' }) });

export const DEVICES: readonly Entry[] = [
  ...CODES.map((code): Entry => [`a write that ends with ${code}`, failure({ code })]),
  ['a flush that ends with EIO', failure({ operation: 'flush' })],
  ['a flush that ends with an unknown code', failure({ operation: 'flush', code: 'EWHAT' })],
  ['a read that fails, with its place', failure({ operation: 'read', offset: 4096, bytes: 512 })],
  ['a measurement that fails, with its place', failure({ operation: 'measure', offset: 4095 })],
  ['a file that cannot be created, with its size', failure({ operation: 'create', bytes: 4096 })],
  ['a log that cannot be written', failure({ operation: 'log', file: '/log', code: 'ENOSPC' })],
  [
    'a failure in other words',
    failure({ operation: 'lock', seen: 'process 7 has it open', advice: 'Close it there.' }),
  ],
  ['a transfer that O_DIRECT does not allow', failure({ code: 'EINVAL', advice: DIRECT_ADVICE })],
  [
    'a device on a file that is not there',
    () => FileDevice.open({ volumes: [{ path: '/no/such/volume' }], blockBytes: 8, slab }),
  ],
  ['a device on a directory', () => FileDevice.open({ volumes: [{ path: '/' }], blockBytes: 8, slab })],
  ['a write log that is not there', () => [...readWriteLog('/no/such/log')]],
  [
    'a write that volumes in memory let fail',
    async () => {
      const volumes = failing();
      const ended = new Promise((resolve) => (volumes.onCompletions = ([first]) => resolve(first!.error)));
      volumes.submit({ kind: 'write', id: 1, volume: 0, block: 2, bytes: new Uint8Array(8) });
      return ended;
    },
  ],
  ['options without a volume', options({ volumes: [] })],
  ['options with blocks of no bytes', options({ blockBytes: 0 })],
  ['options with blocks of 12 bytes', options({ blockBytes: 12 })],
  ['options with a slab that is not shared', options({ slab: new ArrayBuffer(8) as never })],
  ['options with an empty path for the log', options({ writeLog: '' })],
  ['options with an empty path', volume({ path: '' })],
  ['options with a path that is a number', volume({ path: 5 })],
  ['options with a volume of no blocks', volume({ blocks: 0 })],
  ['options with a volume of too many blocks', volume({ blocks: 2 ** 50 })],
  ['options with direct and half sectors', options({ volumes: [{ path: 'v', direct: true }], blockBytes: 1000 })],
  ['options with a file to create, of no size', volume({ create: true })],
  ['options with a file to create, and read only', volume({ create: true, blocks: 1, readOnly: true })],
  ['an aligned slab of no bytes', () => alignedSlab(0)],
  ['an aligned slab of more than 4 GiB', () => alignedSlab(2 ** 32 + 1)],
];
