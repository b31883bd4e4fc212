// What an error of a file device carries besides its sentence, and which options are accepted.

import { test } from 'vitest';
import { alignedSlab } from '../../../../../src/devices/file/aligned-slab.ts';
import { DeviceError, deviceErrorFrom, DIRECT_ADVICE } from '../../../../../src/devices/file/device-error.ts';
import { checkFileDeviceOptions, type FileDeviceOptions } from '../../../../../src/devices/file/file-device-options.ts';
import { messageOf, mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';

test('an error says where, and keeps what was said in other words, and its cause', () => {
  const place = { file: '/v', operation: 'read', code: 'EIO', offset: 4096, bytes: 512 } as const;
  const cause = new Error('why');
  const error = new DeviceError({ ...place, seen: 'smoke', advice: 'Run.' }, cause);
  const text = 'Cannot read 512 bytes at byte 4096 of /v: smoke (EIO). Run.';
  mustBe(error.message, text);
  mustEqual(Object.fromEntries(Object.entries(error)), { name: 'DeviceError', ...place, advice: 'Run.' });
  mustBe(error.cause, cause);
  mustBe('cause' in new DeviceError(place), false);
});

test('what the system threw becomes an error of the device, and nothing else does', () => {
  const where = { file: '/v', operation: 'open' } as const;
  const own = new DeviceError({ ...where, code: 'EIO' });
  mustBe(deviceErrorFrom(own, where), own);
  const system = Object.assign(new Error('no'), { code: 'ENOENT' });
  const made = deviceErrorFrom(system, where);
  mustEqual([made.code, made.file, made.operation, made.cause === system], ['ENOENT', '/v', 'open', true]);
  const defect = new TypeError('a defect');
  mustThrow(() => deviceErrorFrom(defect, where), 'a defect');
  mustThrow(() => deviceErrorFrom(null, where), 'null');
});

test('options that make sense are accepted', () => {
  const slab = new SharedArrayBuffer(8);
  const sound: FileDeviceOptions = { volumes: [{ path: 'v' }], blockBytes: 1024, slab };
  const volume = (change: object): Partial<FileDeviceOptions> => ({ volumes: [{ path: 'v', ...change }] });
  const fine = [
    {},
    { blockBytes: 1000 },
    { writeLog: 'log' },
    volume({ direct: true }),
    volume({ direct: false, blocks: 1 }),
    volume({ create: true, blocks: 3 }),
  ];
  for (const change of fine) {
    mustBe(
      messageOf(() => checkFileDeviceOptions({ ...sound, ...change })),
      '(nothing was thrown)',
    );
  }
});

test('an aligned slab has whole pages, up to 4 GiB', () => {
  for (const [bytes, whole] of [[1, 65_536], [65_536, 65_536], [65_537, 131_072]] as const) {
    const { slab, offset } = alignedSlab(bytes);
    mustEqual([slab instanceof SharedArrayBuffer, slab.byteLength, offset], [true, whole, 0]);
  } // prettier-ignore
  for (const bytes of [0, -1, 1.5, 2 ** 32 + 1]) {
    const promised = 'an aligned slab of 1 byte to 4 GiB';
    const text = `Expected ${promised}, but got ${bytes}. Choose fewer or smaller buffers.`;
    mustThrow(() => alignedSlab(bytes), text);
  }
  mustBe(DIRECT_ADVICE.split(',')[0], 'With direct');
});
