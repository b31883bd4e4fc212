// What a file device says when something goes wrong, word for word: DeviceError for each code, and what is refused before any
// file is touched.

import { test } from 'vitest';
import { alignedSlab } from '../../../../../src/devices/file/aligned-slab.ts';
import {
  DeviceError,
  deviceErrorFrom,
  DIRECT_ADVICE,
  type DeviceFailure,
} from '../../../../../src/devices/file/device-error.ts';
import { checkFileDeviceOptions, type FileDeviceOptions } from '../../../../../src/devices/file/file-device-options.ts';
import { messageOf, mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';

/** What is seen, and the advice, by code. */
const SAID: Readonly<Record<string, string>> = {
  EACCES: 'permission denied. Give this user the permission for the file and its directory, or run as a user who has it.',
  EAGAIN: 'resource temporarily unavailable. The system keeps asking for patience; look for what holds the device up, and try again.',
  EBADF: 'bad file descriptor. The volume was opened readOnly; open it without, to write to it.',
  EBUSY: 'resource busy or locked. Somebody else uses it (or it is mounted); close that first.',
  EDQUOT: 'an error without a description. The disk quota of this user is used up; free space or have it raised, then write again.',
  EEXIST: 'file already exists. Move the file that is there away, or choose another name.',
  EFBIG: 'file too large. The filesystem or a limit of this process (ulimit -f) forbids a file of that size.',
  EINTR: 'interrupted system call. Signals keep interrupting the transfer; find who sends them.',
  EINVAL: 'invalid argument. The system refuses the arguments; check the size of the file and of a block.',
  EIO: 'i/o error. The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.',
  EISDIR: 'illegal operation on a directory. Name a regular file or a block device, not a directory.',
  EMFILE: 'too many open files. This process has too many open files; close some or raise ulimit -n.',
  ENFILE: 'file table overflow. The system has too many open files; close some.',
  ENODEV: 'no such device. The device has gone; attach it and open the volume again.',
  ENOENT: 'no such file or directory. Check the path; with create a regular file is made, in a directory that exists.',
  ENOSPC: 'no space left on device. Free space on the filesystem that holds the file, then write again.',
  ENOTDIR: 'not a directory. Check the path; a part of it is no directory.',
  ENXIO: 'no such device or address. The device has gone; attach it and open the volume again.',
  EPERM: 'operation not permitted. The system forbids it: the file may be immutable, or its filesystem may not know hard links.',
  EROFS: 'read-only file system. The filesystem is mounted read-only; open the volume readOnly, or remount it.',
  ETXTBSY: 'text file is busy. The file is being executed or used as swap; choose another.',
  SHORT: 'the file ends before that place. Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.',
  STUCK: 'the write was accepted and moved no byte. The driver of the device is at fault; read the system log.',
  THREAD: 'the I/O thread has died. Close the device, open it again, and check what was being written.',
  MALFORMED: 'the contents are not of that kind. Check the path.',
  EWHAT: 'an error without a description. Read the system log.',
}; // prettier-ignore

const said = (failure: DeviceFailure): string => new DeviceError(failure).message;

test('an error says what was seen and what to do, by its code', () => {
  for (const [code, words] of Object.entries(SAID)) {
    const text = said({ file: '/v', operation: 'write', code });
    mustBe(text, `DeviceError: write on /v was promised to succeed; seen: ${code}, ${words}`);
  }
});

test('a flush that failed vouches for nothing, whatever the system said of it', () => {
  const lost =
    'What was written since the last flush may be lost, and no later flush can vouch for it; close the volume and check it.';
  const text = said({ file: '/v', operation: 'flush', code: 'EIO' });
  mustBe(text, `DeviceError: flush on /v was promised to succeed; seen: EIO, i/o error. ${lost}`);
  mustBe(new DeviceError({ file: '/v', operation: 'flush', code: 'EWHAT' }).advice, 'Read the system log.');
});

test('an error says where, and keeps what was said in other words, and its cause', () => {
  const place = { file: '/v', operation: 'read', code: 'EIO', offset: 4096, bytes: 512 } as const;
  const cause = new Error('why');
  const error = new DeviceError({ ...place, seen: 'smoke', advice: 'Run.' }, cause);
  const text = 'DeviceError: read of 512 bytes at byte 4096 on /v was promised to succeed; seen: EIO, smoke. Run.';
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
    const text = `InvalidArgument: promised was ${promised}; seen: ${bytes}. Choose fewer or smaller buffers.`;
    mustThrow(() => alignedSlab(bytes), text);
  }
  mustBe(DIRECT_ADVICE.split(',')[0], 'With direct');
});
