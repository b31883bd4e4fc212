// Volumes on a filesystem in memory: every step of opening, making, closing and discarding one in order, block devices, which a
// test machine has not, and what a system may refuse at each step, word for word.

import { constants } from 'node:fs';
import { test } from 'vitest';
import { DIRECT_ADVICE } from '../../../../../src/devices/file/device-error.ts';
import { FileDevice } from '../../../../../src/devices/file/index.ts';
import { VolumeFile, type FileVolume } from '../../../../../src/devices/file/volume-file.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';
import { systemError, FakeFs, type Entry } from '../../../../support/fake-fs.ts';

const BYTES = 512;
const { O_RDONLY, O_RDWR, O_DIRECT, O_DSYNC, O_EXCL } = constants;

/** A disk with this volume, `/d/v`. */
function newDisk(parts: Partial<Entry> = {}): FakeFs {
  const disk = new FakeFs();
  disk.put('/d', { kind: 'directory' });
  disk.put('/d/v', { bytes: 4 * BYTES, ...parts });
  return disk;
}

const open = (volume: Partial<FileVolume> = {}, blockBytes = BYTES): Promise<VolumeFile> =>
  VolumeFile.open({ path: '/d/v', ...volume }, blockBytes);
const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '(nothing was thrown)',
    (error: unknown) => (error as Error).message,
  );
const said = (operation: string, seen: string): string => `DeviceError: ${operation} was promised to succeed; seen: ${seen}`; // prettier-ignore

/** The calls but for those of the lock. */
const told = ({ told: calls }: FakeFs): string[] => calls.filter((call) => !call.includes('.lock'));
const isLocked = ({ told: calls }: FakeFs): boolean => calls.some((call) => call.endsWith(' /d/v.lock'));

const LOST = 'The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.'; // prettier-ignore

test('a regular file is locked, opened and measured by another descriptor', async () => {
  const disk = newDisk();
  await disk.during(async () => {
    const volume = await open();
    mustEqual([volume.path, volume.blocks, disk.descriptors.size, isLocked(disk)], ['/d/v', 4, 1, true]);
    mustEqual(told(disk), [`open /d/v ${O_RDWR}`, 'open /d/v r', 'close /d/v']);
    mustEqual([disk.names, disk.descriptors.has(volume.fd)], [['/d', '/d/v', '/d/v.lock'], true]);
    await volume.close();
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v'], 0]);
    await volume.close();
    mustEqual(told(disk).slice(3), ['close /d/v']);
  });
});

test('a block device is the system’s to lock', async () => {
  const disk = newDisk({ kind: 'block device', bytes: 7 * BYTES + 3 });
  await disk.during(async () => {
    const volume = await open({ readOnly: true });
    mustEqual([volume.blocks, isLocked(disk)], [7, false]);
    mustBe(disk.told[0], `open /d/v ${O_RDONLY | O_EXCL}`);
    await volume.discard();
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v'], 0]);
  });
});

test('the length is found wherever it is', async () => {
  for (const blocks of [1, 2, 3, 4, 5, 7, 8, 9, 1000, 2 ** 40]) {
    const disk = newDisk({ bytes: blocks * BYTES + 1 });
    await disk.during(async () => {
      const volume = await open();
      mustBe(volume.blocks, blocks);
      await volume.close();
    });
  }
});

test('a file is made whole, durably with its name, and goes when it is discarded', async () => {
  const disk = newDisk();
  await disk.during(async () => {
    const volume = await open({ path: '/d/new', create: true, blocks: 3 });
    mustEqual(told(disk).slice(0, 7), [
      'open /d/new wx 644', `truncate /d/new ${3 * BYTES}`, 'sync /d/new', 'close /d/new', 'open /d r', 'sync /d', 'close /d',
    ]); // prettier-ignore
    mustEqual([volume.path, volume.blocks, disk.descriptors.size], ['/d/new', 3, 1]);
    await volume.discard();
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v'], 0]);
    mustBe(told(disk).at(-1), 'unlink /d/new');
    await (await open({ path: '/d/new', create: true, blocks: 3 })).close();
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/new', '/d/v'], 0]);
  });
});

test('what fails on the way is told, and everything is undone', async () => {
  const made = { path: '/d/new', create: true, blocks: 3 } as const;
  const length = 'If the place cannot be read, give blocks, so that the length need not be found.';
  const missing = 'Check the path; with create a regular file is made, in a directory that exists.';
  const cases: readonly (readonly [string, string, Partial<FileVolume>, string])[] = [
    ['truncate', 'EIO', made, said(`create of ${3 * BYTES} bytes on /d/new`, `EIO, i/o error. ${LOST}`)],
    ['sync /d/new', 'EIO', made, said(`create of ${3 * BYTES} bytes on /d/new`, `EIO, i/o error. ${LOST}`)],
    ['sync /d', 'EIO', made, said(`create of ${3 * BYTES} bytes on /d/new`, `EIO, i/o error. ${LOST}`)],
    ['open /d/v', 'EIO', {}, said('open on /d/v', `EIO, i/o error. ${LOST}`)],
    ['open /d/v', 'EIO', { direct: true }, said('open on /d/v', `EIO, i/o error. ${LOST}`)],
    ['open /d/v', 'EINVAL', {}, said('open on /d/v', 'EINVAL, invalid argument. The system refuses the arguments; check the size of the file and of a block.')],
    ['open /d/v', 'EINVAL', { direct: true }, said('open on /d/v', `EINVAL, invalid argument. ${DIRECT_ADVICE}`)],
    ['read /d/v 511', 'EIO', {}, said('measure at byte 511 on /d/v', `EIO, i/o error. ${length}`)],
    ['read /d/v 1535', 'EIO', { blocks: 3 }, said('measure at byte 1535 on /d/v', `EIO, i/o error. ${LOST}`)],
    ['read /d/v 0 512', 'EIO', { direct: true }, said('read of 512 bytes at byte 0 on /d/v', `EIO, i/o error. ${LOST}`)],
    ['read /d/v 0 512', 'EINVAL', { direct: true }, said('read of 512 bytes at byte 0 on /d/v', `EINVAL, O_DIRECT was refused. ${DIRECT_ADVICE}`)],
    ['realpath /d/v', 'ENOENT', {}, said('open on /d/v', `ENOENT, no such file or directory. ${missing}`)],
    ['realpath /d/v', 'EIO', { create: true, blocks: 2 }, said('open on /d/v', `EIO, i/o error. ${LOST}`)],
    ['link', 'EROFS', {}, said('lock on /d/v', 'EROFS, read-only file system. The filesystem is mounted read-only; open the volume readOnly, or remount it.')],
    ['write /d/v.lock.reader', 'EIO', { readOnly: true }, said('lock on /d/v', `EIO, i/o error. ${LOST}`)],
  ]; // prettier-ignore
  for (const [which, code, volume, text] of cases) {
    const disk = newDisk();
    disk.script = (call) => {
      if (call === which || (call.startsWith(which) && which !== 'sync /d')) throw systemError(code);
    };
    await disk.during(async () => {
      mustBe(await rejection(open(volume)), text);
      mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v'], 0]);
    });
  }
});

test('nobody needs to be kept out where nobody can write', async () => {
  const disk = newDisk();
  disk.script = (call) => {
    if (call.startsWith('write')) throw systemError('EROFS');
  };
  await disk.during(async () => {
    const volume = await open({ readOnly: true });
    mustBe(disk.told.includes(`open /d/v ${O_RDONLY}`), true);
    await volume.close();
    mustBe(disk.descriptors.size, 0);
    disk.script = (call) => {
      if (call.startsWith('write')) throw new RangeError('a defect');
    };
    mustBe(await rejection(open({ readOnly: true })), 'a defect');
  });
});

test('a transfer is tried with direct, and only then', async () => {
  for (const [direct, tried] of [[true, 1], [false, 0], [undefined, 0]] as const) {
    const disk = newDisk();
    const calls: string[] = [];
    disk.script = (call) => void calls.push(call);
    await disk.during(async () => {
      const volume = await open(direct === undefined ? {} : { direct });
      mustBe(calls.filter((call) => call === 'read /d/v 0 512').length, tried);
      mustBe(disk.told.includes(`open /d/v ${tried === 1 ? O_RDWR | O_DIRECT : O_RDWR}`), true);
      await volume.close();
    });
  } // prettier-ignore
});

test('what is no volume, or too short for one, is refused', async () => {
  const volume = 'Name a regular file or a block device.';
  const longer = 'Make the file as long as the volume is to be, or give blocks and create and remove it first.';
  const cut = 'Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.'; // prettier-ignore
  const cases: readonly (readonly [Partial<Entry>, Partial<FileVolume>, string])[] = [
    [{ kind: 'directory' }, {}, said('open on /d/v', `EISDIR, it is a directory. ${volume}`)],
    [{ kind: 'other' }, { create: true, blocks: 1 }, said('open on /d/v', `ENOTSUP, it is a character device, pipe or socket. ${volume}`)],
    [{ bytes: BYTES - 1 }, {}, said('measure on /d/v', `SHORT, it does not hold one block of 512 bytes. ${longer}`)],
    [{ bytes: 5 * BYTES - 1 }, { blocks: 5 }, said('measure on /d/v', `SHORT, it ends before block 4 does, at byte 2560. ${cut}`)],
  ]; // prettier-ignore
  for (const [parts, options, text] of cases) {
    const disk = newDisk(parts);
    await disk.during(async () => mustBe(await rejection(open(options)), text));
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v'], 0]);
  }
});

test('each write is durable by itself where that was asked for', async () => {
  for (const [dsync, flags] of [[true, O_RDWR | O_DSYNC], [false, O_RDWR]] as const) {
    const disk = newDisk();
    await disk.during(async () => {
      const volume = await open({ dsync });
      mustBe(told(disk)[0], `open /d/v ${flags}`);
      await volume.close();
    });
  } // prettier-ignore
});

test('closing takes every step, also behind one that fails, and tells the first failure', async () => {
  const disk = newDisk();
  disk.script = (call) => {
    if (call === 'close /d/v' && disk.descriptors.size === 1) throw systemError('EIO');
    if (call === 'read /d/v.lock') throw systemError('ENOSPC');
  };
  await disk.during(async () => {
    const volume = await open();
    mustBe(await rejection(volume.close()), 'EIO: so it was said');
    mustBe(await rejection(volume.close()), '(nothing was thrown)');
    disk.script = () => undefined;
    disk.entries.delete('/d/v.lock');
    await (await open()).close(); // Nobody has it open any more.
  });
});

test('what was wrong first is told, also when something could not be undone', async () => {
  const disk = newDisk();
  disk.script = (call) => {
    if (call === 'read /d/v 511 1' || call === 'unlink /d/v.lock') throw systemError(call.startsWith('r') ? 'EIO' : 'EROFS'); // prettier-ignore
  };
  const length = 'If the place cannot be read, give blocks, so that the length need not be found.';
  await disk.during(async () => {
    mustBe(await rejection(open()), said('measure at byte 511 on /d/v', `EIO, i/o error. ${length}`));
    mustBe(disk.descriptors.size, 0);
  });
});

test('a file is open once, by whatever name, and until it is closed', async () => {
  const disk = newDisk({ inode: 77n });
  disk.put('/d/w', { bytes: BYTES, inode: 77n });
  const twice = 'EBUSY, this process has the same file open under another name (a hard link). Name each file once.';
  await disk.during(async () => {
    const volume = await open();
    mustBe(await rejection(open({ path: '/d/w' })), said('open on /d/w', twice));
    await volume.close();
    await (await open({ path: '/d/w' })).close();
  });
});

test('a log that cannot be written is removed again, and what was opened before is closed', async () => {
  const full = 'ENOSPC, no space left on device. Free space on the filesystem that holds the file, then write again.';
  const options = { volumes: [{ path: '/d/v' }], blockBytes: BYTES, slab: new SharedArrayBuffer(BYTES), writeLog: '/d/log' }; // prettier-ignore
  for (const isStuck of [false, true]) {
    const disk = newDisk();
    disk.script = (call) => {
      if (call.startsWith('write /d/log')) throw systemError('ENOSPC');
      if (isStuck && call === 'unlink /d/v.lock') throw systemError('EROFS');
    };
    await disk.during(async () => {
      mustBe(await rejection(FileDevice.open(options)), said('log on /d/log', full));
      mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/v', ...(isStuck ? ['/d/v.lock'] : [])], 0]);
      mustEqual(told(disk).slice(-3), ['close /d/log', 'unlink /d/log', 'close /d/v']);
    });
  }
});

test('a log that is there already is evidence, and is kept', async () => {
  const disk = newDisk();
  disk.put('/d/log');
  await disk.during(async () => {
    const volumes = [{ path: '/d/v' }, { path: '/d/new', blocks: 1, create: true }];
    const options = { volumes, blockBytes: BYTES, slab: new SharedArrayBuffer(BYTES), writeLog: '/d/log' };
    const there = 'EEXIST, file already exists. Move the file that is there away, or choose another name.';
    mustBe(await rejection(FileDevice.open(options)), said('log on /d/log', there));
    mustEqual([disk.names, disk.descriptors.size], [['/d', '/d/log', '/d/v'], 0]);
  });
});
