// Nobody has a file open twice: the lock beside it, who holds it, and what becomes of the lock of a process that died.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileDevice } from '../../../../../src/devices/file/index.ts';
import { LockFile, type LockHolder } from '../../../../../src/devices/file/lock-file.ts';

const hasProc = existsSync('/proc/self/stat');

let directory: string;
let file: string;
let children: ChildProcess[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(directory, 'volume');
  writeFileSync(file, new Uint8Array(4096));
  children = [];
});
afterEach(async () => {
  for (const child of children) await end(child);
  rmSync(directory, { recursive: true });
});

/** What is in the directory beside the volume. */
const beside = (): string[] => readdirSync(directory).filter((name) => name !== 'volume');

/** Who holds the lock, as its file tells. */
const holder = (): LockHolder => JSON.parse(readFileSync(`${file}.lock`, 'utf8')) as LockHolder;

/** Leaves a lock that says it is ours but for some parts. */
async function leaveLock(parts: Partial<LockHolder>): Promise<void> {
  const lock = await LockFile.take(file);
  const text = JSON.stringify({ ...holder(), ...parts });
  await lock.release();
  writeFileSync(`${file}.lock`, text);
}

async function otherProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'inherit'] });
  children.push(child);
  await once(child, 'spawn');
  return child.pid!;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}

describe('a lock', () => {
  test('is held once, tells by whom, and leaves nothing behind', async () => {
    const lock = await LockFile.take(file);
    expect(beside()).toEqual(['volume.lock']);
    expect(holder()).toMatchObject({ pid: process.pid, host: hostname() });
    await expect(LockFile.take(file)).rejects.toThrow(
      /lock on .*EBUSY, this process has it open already.*close it first/,
    );
    expect(beside()).toEqual(['volume.lock']);
    await lock.release();
    expect(beside()).toEqual([]);
    await (await LockFile.take(file)).release();
    expect(beside()).toEqual([]);
  });

  test('of many who want it at once one gets it', async () => {
    for (let round = 0; round < 20; round++) {
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => LockFile.take(file)));
      const won = all.filter((one) => one.status === 'fulfilled');
      if (won.length !== 1) expect.fail(`${won.length} got the lock in round ${round}`);
      await won[0]!.value.release();
    }
    expect(beside()).toEqual([]);
  });

  test('that somebody removed by hand and took is not removed again', async () => {
    const lock = await LockFile.take(file);
    rmSync(`${file}.lock`);
    const other = await LockFile.take(file);
    await lock.release();
    expect(beside()).toEqual(['volume.lock']);
    await other.release();
    await other.release();
  });

  test('is not altered by what an earlier process with our number has left', async () => {
    await leaveLock({ host: 'elsewhere', boot: 'another' });
    const before = holder();
    // The second name of that lock, left by a process that died between link and unlink, is what our next one would have.
    linkSync(`${file}.lock`, `${file}.lock.${process.pid}.${before.thread}.${before.number + 1}`);
    await expect(LockFile.take(file)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(holder()).toEqual(before);
  });
});

describe('the lock of another process', () => {
  test.runIf(hasProc)('is respected while it lives, and taken over when it has died', async () => {
    const pid = await otherProcess();
    await leaveLock({ pid, started: startOf(pid) });
    await expect(LockFile.take(file)).rejects.toThrow(`EBUSY, process ${pid} has it open`);
    await end(children[0]!);
    const lock = await LockFile.take(file);
    expect(holder().pid).toBe(process.pid);
    expect(beside()).toEqual(['volume.lock']);
    await lock.release();
  });

  test.runIf(hasProc)('is dead when its number belongs to a process that started at another time', async () => {
    const pid = await otherProcess();
    await leaveLock({ pid, started: '1' });
    await (await LockFile.take(file)).release();
  });

  test.runIf(hasProc)('is dead when its process is a zombie', async () => {
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(shell);
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = (of: number): string => readFileSync(`/proc/${of}/stat`, 'utf8');
    // Once the shell has become another program, nobody waits for its child.
    await expect.poll(() => stat(shell.pid!)).toMatch('(sleep)');
    process.kill(pid);
    await expect.poll(() => stat(pid)).toMatch(/\) [ZX] /);
    await leaveLock({ pid, started: startOf(pid) });
    await (await LockFile.take(file)).release();
  });

  test.runIf(hasProc)('is dead when the machine has been started since', async () => {
    await leaveLock({ boot: 'an earlier run' });
    await (await LockFile.take(file)).release();
  });

  test.each<[string, Partial<LockHolder>]>([
    ['from another machine', { host: 'elsewhere', boot: 'another' }],
    ['from another pid namespace', { host: 'elsewhere', pidNamespace: 'pid:[1]', pid: 999_999_999 }],
  ])('is respected when it is %s, because nobody can tell', async (_, parts) => {
    await leaveLock(parts);
    const refused = LockFile.take(file);
    await expect(refused).rejects.toThrow(/EBUSY.* on elsewhere, which cannot be seen from here.*remove .*\.lock/);
    expect(holder()).toMatchObject(parts);
  });

  test.each(['', '{"pid":', '[]', 'null', '{"pid":1}'])('is respected when it says %j', async (text) => {
    writeFileSync(`${file}.lock`, text);
    await expect(LockFile.take(file)).rejects.toThrow(/EBUSY, its lock .* does not tell who holds it.*remove/);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(text);
  });
});

describe('a lock that is taken over', () => {
  test.runIf(hasProc)('goes to one of many who find it dead at once', async () => {
    for (let round = 0; round < 30; round++) {
      await leaveLock({ boot: 'an earlier run' });
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => LockFile.take(file)));
      const won = all.filter((one) => one.status === 'fulfilled');
      if (won.length !== 1) expect.fail(`${won.length} took the lock over in round ${round}`);
      await won[0]!.value.release();
      if (beside().length > 0) expect.fail(`round ${round} left ${beside().join()}`);
    }
  });

  test.runIf(hasProc)('is left to a person when a take-over was interrupted', async () => {
    await leaveLock({ boot: 'an earlier run' });
    writeFileSync(`${file}.lock.takeover`, '');
    await expect(LockFile.take(file)).rejects.toThrow(/EBUSY, its lock is being taken over.*remove .*takeover/);
    rmSync(`${file}.lock.takeover`);
    await (await LockFile.take(file)).release();
  });
});

describe('a device', () => {
  const slab = new SharedArrayBuffer(4096);
  const open = (...paths: string[]): Promise<FileDevice> =>
    FileDevice.open({ volumes: paths.map((path) => ({ path })), blockBytes: 1024, slab });

  test('has a file once, by whatever name', async () => {
    symlinkSync(file, join(directory, 'symbolic'));
    linkSync(file, join(directory, 'hard'));
    const device = await open(file);
    await expect(open(file)).rejects.toMatchObject({ code: 'EBUSY' });
    await expect(open(join(directory, 'symbolic'))).rejects.toThrow(/EBUSY, this process has it open already/);
    await expect(open(join(directory, 'hard'))).rejects.toThrow(
      /EBUSY.*another name \(a hard link\).*Name each file once/,
    );
    expect(beside().sort()).toEqual(['hard', 'symbolic', 'volume.lock']);
    await device.close();
    expect(beside().sort()).toEqual(['hard', 'symbolic']);
    await (await open(join(directory, 'hard'))).close();
  });

  test('does not have a file twice as two volumes', async () => {
    await expect(open(file, file)).rejects.toMatchObject({ name: 'DeviceError', code: 'EBUSY' });
    expect(beside()).toEqual([]);
  });
});

describe('a lock that is shared', () => {
  const locks = (): string[] => readdirSync(directory).filter((name) => name.includes('.lock'));

  test('is had by many who read, and leaves nothing', async () => {
    const readers = [await LockFile.share(file), await LockFile.share(file)];
    expect(locks()).toHaveLength(2);
    for (const reader of readers) await reader.release();
    expect(locks()).toEqual([]);
  });

  test('keeps out who writes, until the last has gone', async () => {
    const [one, two] = [await LockFile.share(file), await LockFile.share(file)];
    await one.release();
    await expect(LockFile.take(file)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(locks()).toHaveLength(1);
    await two.release();
    await (await LockFile.take(file)).release();
  });

  test('is not had while somebody writes, and nothing is left of the attempt', async () => {
    const writer = await LockFile.take(file);
    await expect(LockFile.share(file)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(locks()).toHaveLength(1);
    await writer.release();
    await (await LockFile.share(file)).release();
  });

  test('does not outlive its process, and one that tells nothing counts as alive', async () => {
    const own = await LockFile.share(file);
    const [name] = locks();
    const text = readFileSync(join(directory, name!), 'utf8');
    await own.release();
    writeFileSync(`${file}.lock.reader.1.0.1`, text.replace(/"started":"\d+"/, '"started":"1"'));
    await (await LockFile.take(file)).release();
    expect(locks()).toEqual([]);
    writeFileSync(`${file}.lock.reader.1.0.2`, 'nothing');
    await expect(LockFile.take(file)).rejects.toMatchObject({ code: 'EBUSY' });
    expect(locks()).toEqual([`${basename(file)}.lock.reader.1.0.2`]);
  });
});
