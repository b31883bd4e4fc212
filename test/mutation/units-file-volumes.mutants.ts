// Volumes and their locks without a device: how a file is opened, what stays behind, who holds a lock by what its file says, and
// every refusal word for word.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'vitest';
import { DIRECT_ADVICE } from '../../src/file-device/device-error.ts';
import { LockFile, type LockHolder } from '../../src/file-device/lock-file.ts';
import { VolumeFile, type FileVolume } from '../../src/file-device/volume-file.ts';
import { mustBe, mustEqual } from './must.ts';

const BYTES = 512;
const isLinux = process.platform === 'linux';
const { O_DIRECT, O_DSYNC } = fs.constants;

let directory: string;
let file: string;
let lockName: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'volumes-'));
  file = join(directory, 'v');
  lockName = `${file}.lock`;
  fs.writeFileSync(file, new Uint8Array(4 * BYTES));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

/** What a promise is rejected with, as text. */
async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '(nothing was thrown)',
    (error: unknown) => (error as Error).message,
  );
}

const open = (volume: Partial<FileVolume> = {}, blockBytes = BYTES): Promise<VolumeFile> =>
  VolumeFile.open({ path: file, ...volume }, blockBytes);
const there = (): string[] => fs.readdirSync(directory).sort();
const said = (operation: string, seen: string): string =>
  `DeviceError: ${operation} was promised to succeed; seen: ${seen}`;

const missing =
  'ENOENT, no such file or directory. Check the path; with create a regular file is made, in a directory that exists.';

/** Descriptors of this process that lead into the directory. */
function descriptors(): number {
  const leadsThere = (fd: string): boolean => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
    } catch {
      return false; // The one by which the directory was read.
    }
  };
  return fs.readdirSync('/proc/self/fd').filter(leadsThere).length;
}

/** Flags with which a descriptor was opened, as the system tells. */
const flagsOf = (fd: number): number =>
  parseInt(/flags:\s+(\d+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8);

// ── Volumes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('an open volume is locked and has one descriptor, and a closed one none', async () => {
  fs.symlinkSync(file, join(directory, 'name'));
  const volume = await open({ path: join(directory, 'name') });
  mustEqual([volume.path, volume.blocks, there()], [fs.realpathSync(file), 4, ['name', 'v', 'v.lock']]);
  if (isLinux) mustBe(descriptors(), 1);
  await volume.close();
  mustEqual(there(), ['name', 'v']);
  if (isLinux) mustBe(descriptors(), 0);
});

test('a new file stays when it is closed, and goes when it is discarded, with all that it was made with', async () => {
  const path = join(directory, 'new');
  const volume = await open({ path, blocks: 3, create: true });
  mustEqual([volume.blocks, fs.statSync(path).size, there()], [3, 3 * BYTES, ['new', 'new.lock', 'v']]);
  if (isLinux) mustBe(descriptors(), 1);
  await volume.discard();
  mustEqual(there(), ['v']);
  const again = await open({ path, blocks: 3, create: true });
  await again.close();
  mustEqual(there(), ['new', 'v']);
  const existing = await open({ path, blocks: 3, create: true });
  await existing.discard(); // It was there before.
  mustEqual(there(), ['new', 'v']);
  if (isLinux) mustBe(descriptors(), 0);
});

test.runIf(isLinux)('a volume is opened as it was asked for', async () => {
  const asked: readonly (readonly [Partial<FileVolume>, number, number])[] = [
    [{}, O_DIRECT | O_DSYNC | 3, 2],
    [{ readOnly: true }, 3, 0],
    [{ readOnly: false, direct: false, dsync: false }, O_DIRECT | O_DSYNC | 3, 2],
    [{ dsync: true }, O_DIRECT | O_DSYNC, O_DSYNC],
  ];
  for (const [options, mask, flags] of asked) {
    const volume = await open(options);
    mustBe(flagsOf(volume.fd) & mask, flags);
    await volume.close();
  }
});

test.runIf(isLinux)('with direct it is tried at once whether the system takes such transfers', async () => {
  fs.writeFileSync(file, new Uint8Array(8192));
  const direct = await open({ direct: true }, 4096);
  mustBe(flagsOf(direct.fd) & O_DIRECT, O_DIRECT);
  await direct.close();
  const text = await open({ direct: true }, 1000).then(
    (volume) => volume.close().then(() => undefined), // This filesystem takes any transfer.
    (error: unknown) => (error as Error).message,
  );
  const refused = said(`read of 1000 bytes at byte 0 on ${fs.realpathSync(file)}`, 'EINVAL, O_DIRECT was refused.');
  if (text !== undefined) mustBe(text, `${refused} ${DIRECT_ADVICE}`);
  mustEqual([there(), descriptors()], [['v'], 0]);
});

test('what is no volume, or not long enough, is refused in one sentence', async () => {
  const advice = 'Name a regular file or a block device.';
  mustBe(await rejection(open({ path: directory })), said(`open on ${directory}`, `EISDIR, it is a directory. ${advice}`)); // prettier-ignore
  const other = `ENOTSUP, it is a character device, pipe or socket. ${advice}`;
  mustBe(await rejection(open({ path: '/dev/null' })), said('open on /dev/null', other));
  for (const create of [false, true]) {
    const path = join(directory, 'no', 'v');
    mustBe(await rejection(open({ path, blocks: 1, create })), said(`open on ${path}`, missing));
  }
  const short = 'Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.'; // prettier-ignore
  const real = fs.realpathSync(file);
  mustBe(await rejection(open({ blocks: 5 })), said(`measure on ${real}`, `SHORT, it ends before block 4 does, at byte 2560. ${short}`)); // prettier-ignore
  const least = 'SHORT, it does not hold one block of 4096 bytes. Make the file as long as the volume is to be, or give blocks and create and remove it first.'; // prettier-ignore
  mustBe(await rejection(open({}, 4096)), said(`measure on ${real}`, least));
  mustEqual([there(), isLinux ? descriptors() : 0], [['v'], 0]);
});

test('a file is open once, by whatever name, until it is closed', async () => {
  const hard = join(directory, 'w');
  fs.linkSync(file, hard);
  const volume = await open();
  const twice = 'EBUSY, this process has the same file open under another name (a hard link). Name each file once.';
  mustBe(await rejection(open({ path: hard })), said(`open on ${fs.realpathSync(hard)}`, twice));
  mustEqual(there(), ['v', 'v.lock', 'w']);
  await volume.close();
  await (await open({ path: hard })).close();
});

test('two files are open side by side', async () => {
  const path = join(directory, 'new');
  const volumes = [await open(), await open({ path, blocks: 1, create: true })];
  mustEqual(there(), ['new', 'new.lock', 'v', 'v.lock']);
  for (const volume of volumes) await volume.close();
});

test.runIf(isLinux)(
  'what cannot be locked or opened is refused as the system says, and nothing stays behind',
  async () => {
    // The system's files are read by everybody, and nobody makes one beside them.
    mustBe(await rejection(open({ path: '/proc/version', readOnly: true }, 1)), said('lock on /proc/version', missing));
    const path = fs.realpathSync(directory) + '/program';
    fs.copyFileSync('/bin/sleep', path);
    const child = spawn(path, ['9'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      const busy = 'ETXTBSY, text file is busy. The file is being executed or used as swap; choose another.';
      for (const direct of [false, true]) mustBe(await rejection(open({ path, direct }, 512)), said(`open on ${path}`, busy)); // prettier-ignore
      mustEqual([there(), descriptors()], [['program', 'v'], 0]);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  },
);

test('closing takes every step, also behind one that fails, and tells the first failure', async () => {
  const path = join(directory, 'new');
  const volume = await open({ path, blocks: 1, create: true });
  fs.unlinkSync(path);
  mustBe((await rejection(volume.discard())).split(':')[0], 'ENOENT');
  mustEqual(there(), ['v']);
});

// ── Locks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

const holder = (): LockHolder => JSON.parse(fs.readFileSync(lockName, 'utf8')) as LockHolder;
const startOf = (pid: number): string =>
  fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19]!; // prettier-ignore

/** Leaves a lock that says it is ours but for some parts. */
async function leaveLock(parts: Partial<LockHolder>): Promise<void> {
  const lock = await LockFile.take(file);
  const text = JSON.stringify({ ...holder(), ...parts });
  await lock.release();
  fs.writeFileSync(lockName, text);
}

async function isTaken(): Promise<boolean> {
  const lock = await LockFile.take(file).catch(() => undefined);
  await lock?.release();
  return lock === undefined;
}

test.runIf(isLinux)('a lock tells who holds it, and which of our locks it is', async () => {
  const lock = await LockFile.take(file);
  const { number, thread, ...us } = holder();
  mustEqual(us, {
    pid: process.pid,
    started: startOf(process.pid),
    boot: fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: fs.readlinkSync('/proc/self/ns/pid'),
    host: hostname(),
  });
  mustEqual([there(), Number.isSafeInteger(thread), number > 0], [['v', 'v.lock'], true, true]);
  await lock.release();
  const next = await LockFile.take(file);
  mustBe(holder().number, number + 1);
  await next.release();
  mustEqual(there(), ['v']);
});

test.runIf(isLinux)('a lock is dead if its process is, and alive if nobody can tell', async () => {
  const cases: readonly (readonly [Partial<LockHolder>, boolean])[] = [
    [{}, true],
    [{ started: '' }, true],
    [{ started: '1' }, false],
    [{ pid: 999_999_999 }, false],
    [{ boot: 'earlier' }, false],
    [{ boot: 'earlier', host: 'elsewhere' }, true],
    [{ pidNamespace: 'pid:[1]', pid: 999_999_999 }, true],
    [{ host: 'renamed', pid: 999_999_999 }, false],
  ];
  for (const [parts, taken] of cases) {
    await leaveLock(parts);
    if ((await isTaken()) !== taken) throw new Error(`${JSON.stringify(parts)} counts as ${taken ? 'dead' : 'alive'}`);
    if (taken) fs.unlinkSync(lockName);
    mustEqual(there(), ['v']);
  }
});

test('a lock that is held is refused in one sentence, by whom and what to do', async () => {
  const refusal = async (): Promise<string> => rejection(LockFile.take(file));
  const busy = (seen: string): string => said(`lock on ${file}`, `EBUSY, ${seen}`);
  const lock = await LockFile.take(file);
  mustBe(await refusal(), busy('this process has it open already. Use the device that is open, or close it first.'));
  await lock.release();
  await leaveLock({ pid: process.ppid, started: '' });
  if (isLinux) mustBe(await refusal(), busy(`process ${process.ppid} has it open. Close it there.`));
  fs.unlinkSync(lockName);
  await leaveLock({ boot: 'another', host: 'elsewhere', pid: process.pid });
  mustBe(
    await refusal(),
    busy(
      `process ${process.pid} on elsewhere, which cannot be seen from here has it open. ` +
        `Close it there, or remove ${lockName} if that process has ended.`,
    ),
  );
  const whole = holder();
  for (const part of ['pid', 'started', 'boot', 'pidNamespace', 'host'] as const) {
    fs.writeFileSync(lockName, JSON.stringify({ ...whole, [part]: undefined }));
    const text = `its lock ${lockName} does not tell who holds it. If nobody has the file open, remove ${lockName}.`;
    mustBe(await refusal(), busy(text));
  }
  fs.unlinkSync(lockName);
  await leaveLock({ boot: 'an earlier run' });
  const guard = `${lockName}.takeover`;
  fs.writeFileSync(guard, '');
  const over = `its lock is being taken over from a process that died (${guard} exists). Try again; if nobody is at it, remove ${guard}.`;
  if (isLinux) mustBe(await refusal(), busy(over));
});

test('a lock that goes while somebody looks at it is taken', async () => {
  fs.symlinkSync(join(directory, 'nothing'), lockName); // A name that is taken, and nothing to be read.
  const taking = LockFile.take(file);
  await new Promise((resolve) => setTimeout(resolve, 2));
  fs.unlinkSync(lockName);
  const lock = await taking;
  mustBe(holder().pid, process.pid);
  await lock.release();
});

test('what the system refuses is told as it is', async () => {
  const lock = await LockFile.take(file);
  fs.unlinkSync(lockName);
  await lock.release(); // Somebody has removed it; it is not ours to complain.
  fs.mkdirSync(lockName);
  const directoryThere = 'EISDIR, illegal operation on a directory. Name a regular file or a block device, not a directory.'; // prettier-ignore
  mustBe(await rejection(lock.release()), said(`close on ${lockName}`, directoryThere));
  mustBe(await rejection(LockFile.take(file)), said(`lock on ${file}`, directoryThere));
  mustEqual(there(), ['v', 'v.lock']);
  const nowhere = join(directory, 'no', 'v');
  mustBe(await rejection(LockFile.take(nowhere)), said(`lock on ${nowhere}`, missing));
});

test.runIf(isLinux)('where no lock can be made, the error says for what it was to be', async () => {
  const text = await rejection(LockFile.take('/sys/volume')); // Nobody may make files there, and a sandbox may have it read-only.
  const denied =
    'EACCES, permission denied. Give this user the right to create /sys/volume.lock, which keeps others out.';
  if (!text.includes('EROFS')) mustBe(text, said('lock on /sys/volume', denied));
});

test('what an earlier process of our number has left is in nobody’s way, unless it cannot be removed', async () => {
  const lock = await LockFile.take(file);
  const { pid, thread, number } = holder();
  await lock.release();
  const temporary = `${lockName}.${pid}.${thread}.${number + 1}`;
  fs.writeFileSync(temporary, 'left');
  await (await LockFile.take(file)).release();
  mustEqual(there(), ['v']);
  fs.mkdirSync(`${lockName}.${pid}.${thread}.${number + 2}`);
  mustBe((await rejection(LockFile.take(file))).startsWith(`DeviceError: lock on ${file}`), true);
});
