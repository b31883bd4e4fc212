// The write log: it tells what was done to the files, in order, and from it every state that a crash could leave can be made.

import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeviceError, readWriteLog, type LogEntry } from '../../../../../src/devices/file/index.ts';
import { IoBatch } from '../../../../../src/devices/file/io-batch.ts';
import { IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { FLUSH, Job, WRITE } from '../../../../../src/devices/file/job.ts';
import { OK, Transfer } from '../../../../../src/devices/file/transfer.ts';
import { encodeHeader, RECORD_BYTES, VERSION } from '../../../../../src/devices/file/write-log-format.ts';
import { WriteLog } from '../../../../../src/devices/file/write-log.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';

const BYTES = 64;
const BLOCKS = 8;
const LOG = 2;
const HEADER = encodeHeader({
  version: VERSION,
  blockBytes: BYTES,
  volumes: [
    { path: '/some/v1', blocks: BLOCKS },
    { path: '/some/v2', blocks: BLOCKS },
  ],
});

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'write-log-'))));
afterAll(() => rmSync(directory, { recursive: true }));

/** Two volumes and their log in memory; each fdatasync keeps what was durable then. */
class LoggedDisk {
  readonly disk = new ScriptedFiles(2, BLOCKS * BYTES);
  readonly durable: { readonly volume: number; readonly contents: Buffer }[] = [];
  readonly #batch: IoBatch;
  #slots = 0;

  constructor() {
    const { disk } = this;
    disk.files.push(Buffer.from(HEADER));
    const syscalls = {
      ...disk.syscalls,
      fdatasync: (fd: number) => {
        disk.syscalls.fdatasync(fd);
        this.durable.push({ volume: fd, contents: Buffer.from(disk.files[fd]!) });
      },
    };
    const log = new WriteLog(LOG, HEADER.length, new Transfer(syscalls, new IoCounters()));
    this.#batch = new IoBatch({ files: [0, 1], blockBytes: BYTES, syscalls, counters: new IoCounters(), log });
  }

  run(...jobs: Job[]): Job[] {
    this.#batch.run(jobs, () => undefined);
    return jobs;
  }

  write(volume: number, block: number, value: number): Job {
    return new Job(this.#slots++).set(WRITE, volume, block, [new Uint8Array(BYTES).fill(value)]);
  }

  flush(volume: number): Job {
    return new Job(this.#slots++).set(FLUSH, volume, 0, []);
  }

  get logBytes(): Buffer {
    return this.disk.files[LOG]!;
  }
}

function entriesOf(log: Uint8Array): LogEntry[] {
  const path = join(directory, 'log');
  writeFileSync(path, log);
  return [...readWriteLog(path)];
}

/** Entries as words: `write 2: 0/3 = 7`. */
const told = (entries: readonly LogEntry[]): string[] =>
  entries.map((entry) => {
    switch (entry.kind) {
      case 'header':
        return `header: ${entry.header.volumes.map(({ path, blocks }) => `${path} ${blocks}`).join(', ')}`;
      case 'write':
        return `write ${entry.number}: ${entry.volume}/${entry.block} = ${entry.bytes[0]}`;
      case 'failure':
        return `failure of ${entry.number}`;
      case 'flush':
        return `flush ${entry.volume}`;
      case 'torn':
        return `torn at ${entry.at}: ${entry.bytes}`;
    }
  });

/** The volumes after these entries, if they held zeros before. */
function replay(entries: Iterable<LogEntry>, blocks = BLOCKS, blockBytes = BYTES): Buffer[] {
  const volumes = [0, 1].map(() => Buffer.alloc(blocks * blockBytes));
  for (const entry of entries)
    if (entry.kind === 'write') volumes[entry.volume]!.set(entry.bytes, entry.block * blockBytes);
  return volumes;
}

/** Writes and flushes of a fixed kind of chance. */
function busy(logged: LoggedDisk, rounds: number): void {
  let word = 11;
  const below = (n: number): number => ((word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % n;
  for (let round = 0; round < rounds; round++) {
    const jobs = Array.from({ length: 1 + below(6) }, (_, i) => logged.write(below(2), below(BLOCKS), 1 + round + i));
    if (below(2) === 0) jobs.push(logged.flush(below(2)));
    logged.run(...jobs);
  }
}

describe('what is logged', () => {
  test('writes before they are issued, failures after, flushes when they have succeeded', () => {
    const logged = new LoggedDisk();
    logged.run(logged.write(0, 3, 7), logged.write(0, 2, 6), logged.flush(0));
    logged.disk.script = ({ name, fd, position, bytes }) =>
      (name === 'writev' && fd === 1 && position + bytes > BYTES) || name === 'fdatasync' ? 'EIO' : undefined;
    const jobs = logged.run(logged.write(1, 0, 1), logged.write(1, 1, 2), logged.flush(1));
    expect(jobs.map(({ verdict }) => verdict)).toEqual([OK, constants.errno.EIO, constants.errno.EIO]);
    expect(told(entriesOf(logged.logBytes))).toEqual([
      'header: /some/v1 8, /some/v2 8',
      'write 1: 0/2 = 6',
      'write 2: 0/3 = 7',
      'flush 0',
      'write 4: 1/0 = 1',
      'write 5: 1/1 = 2',
      'failure of 5',
    ]);
    const order = logged.disk.calls.map(({ name, fd }) => `${name} ${fd}`);
    expect(order.slice(0, 4)).toEqual([`writev ${LOG}`, 'writev 0', 'fdatasync 0', `writev ${LOG}`]);
  });

  test('a write that cannot be logged is not issued, and nothing is logged behind the gap', () => {
    const logged = new LoggedDisk();
    logged.run(logged.write(0, 1, 1));
    const { length } = logged.logBytes;
    logged.disk.script = ({ fd }) => (fd === LOG ? 'ENOSPC' : undefined);
    const [lost] = logged.run(logged.write(0, 1, 2));
    logged.disk.script = () => undefined;
    const later = logged.run(logged.write(0, 1, 3), logged.flush(0));
    for (const { verdict, failedInLog } of [lost!, ...later])
      expect([verdict, failedInLog]).toEqual([constants.errno.ENOSPC, true]);
    expect(lost!.failedAt).toBe(length);
    expect(logged.disk.files[0]![BYTES]).toBe(1);
    expect(logged.logBytes).toHaveLength(length);
  });

  test('a run whose records do not fit into one system call', () => {
    const disk = new ScriptedFiles(1, 3000 * 8);
    disk.files.push(encodeHeader({ version: VERSION, blockBytes: 8, volumes: [{ path: 'v', blocks: 3000 }] }));
    const log = new WriteLog(1, disk.files[1]!.length, new Transfer(disk.syscalls, new IoCounters()));
    const batch = new IoBatch({ files: [0], blockBytes: 8, syscalls: disk.syscalls, counters: new IoCounters(), log });
    const jobs = Array.from({ length: 1500 }, (_, i) => new Job(i).set(WRITE, 0, i, [new Uint8Array(8).fill(i)]));
    batch.run(jobs, () => undefined);
    expect(jobs.every(({ verdict }) => verdict === OK)).toBe(true);
    expect(disk.calls.every(({ views }) => views <= 1024)).toBe(true);
    expect(replay(entriesOf(disk.files[1]!), 3000, 8)[0]).toEqual(disk.files[0]);
  });
});

describe('what a log is good for', () => {
  test('replayed over zeros it gives the volumes, and up to each flush what was durable then', () => {
    const logged = new LoggedDisk();
    busy(logged, 60);
    const entries = entriesOf(logged.logBytes);
    expect(replay(entries)).toEqual(logged.disk.files.slice(0, 2));
    const flushes = entries.flatMap((entry, i) => (entry.kind === 'flush' ? [i] : []));
    expect(flushes.length).toBeGreaterThan(20);
    expect(flushes).toHaveLength(logged.durable.length);
    for (const [i, { volume, contents }] of logged.durable.entries())
      expect(replay(entries.slice(0, flushes[i]))[volume]!.equals(contents), `flush ${i}`).toBe(true);
  });

  test('cut anywhere, it gives its whole records and says that the rest is torn', () => {
    const logged = new LoggedDisk();
    busy(logged, 2);
    const bytes = logged.logBytes;
    const whole = entriesOf(bytes);
    const wrong: number[] = [];
    let boundaries = 0;
    for (let length = HEADER.length; length < bytes.length; length++) {
      const entries = entriesOf(bytes.subarray(0, length));
      const last = entries.at(-1)!;
      const intact = last.kind === 'torn' ? entries.slice(0, -1) : entries;
      if (last.kind !== 'torn') boundaries++;
      else if (last.at + last.bytes !== length) wrong.push(length);
      if (told(intact).join() !== told(whole.slice(0, intact.length)).join()) wrong.push(length);
    }
    expect(wrong).toEqual([]);
    expect(boundaries).toBe(whole.length - 1);
  });

  test('ended by zeros or by half a record, as a loss of power leaves it, it is torn', () => {
    const logged = new LoggedDisk();
    logged.run(logged.write(0, 1, 1));
    const { logBytes } = logged;
    const at = logBytes.length;
    expect(told(entriesOf(Buffer.concat([logBytes, Buffer.alloc(5000)]))).at(-1)).toBe(`torn at ${at}: 5000`);
    const half = Buffer.from(logBytes);
    half.fill(0, at - BYTES / 2);
    expect(told(entriesOf(half))).toEqual([
      'header: /some/v1 8, /some/v2 8',
      `torn at ${HEADER.length}: ${RECORD_BYTES + BYTES}`,
    ]);
  });
});

/** How often this process has a file open. */
function openDescriptors(path: string): number {
  const leadsThere = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false; // The descriptor by which the directory was read.
    }
  };
  return readdirSync('/proc/self/fd').filter(leadsThere).length;
}

describe('what is no log is refused in one sentence', () => {
  const log = (): Buffer => {
    const logged = new LoggedDisk();
    busy(logged, 8);
    return Buffer.from(logged.logBytes);
  };
  const changed = (at: number): Buffer => {
    const bytes = log();
    bytes[at]! ^= 1;
    return bytes;
  };
  const twice = (): Buffer => {
    const bytes = log();
    const first = bytes.subarray(HEADER.length, HEADER.length + RECORD_BYTES + BYTES);
    return Buffer.concat([bytes.subarray(0, HEADER.length), first, first, bytes.subarray(HEADER.length)]);
  };

  test.each<[string, () => Uint8Array, RegExp]>([
    ['an empty file', () => new Uint8Array(0), /does not begin as a write log/],
    ['a text', () => Buffer.from('{"kind":"write","volume":0,"block":1}'), /does not begin as a write log/],
    ['another version', () => changed(8), /version 0, and this reads version 1/],
    ['a damaged header', () => changed(30), /header is damaged/],
    ['half a header', () => HEADER.subarray(0, -3), /header is damaged/],
    [
      'a damaged record',
      () => changed(HEADER.length + 9),
      new RegExp(`at byte ${HEADER.length} .*a record is damaged`),
    ],
    ['damaged contents', () => changed(HEADER.length + RECORD_BYTES + 3), /a record is damaged/],
    ['a record that stands twice', twice, /a record does not belong there/],
  ])('%s', (_, bytes, sentence) => {
    expect(() => entriesOf(bytes())).toThrow(DeviceError);
    expect(() => entriesOf(bytes())).toThrow(sentence);
  });

  test('a file that is not there', () => {
    expect(() => [...readWriteLog(join(directory, 'nowhere'))]).toThrow(/ENOENT.*Check the path/);
  });

  test.skipIf(process.platform !== 'linux')('a log that is only looked into is closed (told by /proc)', () => {
    const path = join(directory, 'log');
    writeFileSync(path, log());
    for (const entry of readWriteLog(path)) {
      expect(entry.kind).toBe('header');
      expect(openDescriptors(path)).toBe(1);
      break;
    }
    expect(openDescriptors(path)).toBe(0);
  });
});
