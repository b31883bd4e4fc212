// A file that loses its name or its end while it is open: what the I/O thread sees of it, and when.

import { beforeEach, describe, expect, test } from 'vitest';
import { IoBatch } from '../../../../../src/devices/file/io-batch.ts';
import { IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { FLUSH, FLUSH_AHEAD, Job, WRITE, type JobKind } from '../../../../../src/devices/file/job.ts';
import { guardOf, lookAtPath, REMOVED, REPLACED } from '../../../../../src/devices/file/path-guard.ts';
import { END_OF_FILE, NO_PROGRESS, OK } from '../../../../../src/devices/file/transfer.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';

const BYTES = 16;
const BLOCKS = 8;

let disk: ScriptedFiles;
let batch: IoBatch;

beforeEach(() => {
  disk = new ScriptedFiles(3, BLOCKS * BYTES);
  disk.paths.set('/a', 0).set('/b', 1);
  const { syscalls } = disk;
  const guards = [guardOf(0, '/a', BLOCKS * BYTES, true, syscalls), guardOf(1, '/b', BLOCKS * BYTES, false, syscalls)];
  batch = new IoBatch({ files: [0, 1, 2], guards, blockBytes: BYTES, syscalls, counters: new IoCounters() });
});

/** Carries out jobs of one kind and volume, one after the other, and returns their verdicts. */
function run(kind: JobKind, volume: number, ...blocks: number[]): number[] {
  return blocks.map((block, slot) => {
    const job = new Job(slot).set(kind, volume, block, kind === WRITE ? [new Uint8Array(BYTES).fill(7)] : []);
    batch.run([job], () => undefined);
    return job.verdict;
  });
}

test('the verdicts differ from those of transfers', () => {
  expect(new Set([OK, END_OF_FILE, NO_PROGRESS, REMOVED, REPLACED]).size).toBe(5);
});

describe('a path', () => {
  test('that leads to the file: writes and flushes succeed', () => {
    expect([...run(WRITE, 0, 1, 7), ...run(FLUSH, 0, 0)]).toEqual([OK, OK, OK]);
  });

  test('that leads nowhere fails the flush and every later one, also if it comes back', () => {
    disk.paths.delete('/a');
    expect(run(WRITE, 0, 1)).toEqual([OK]);
    expect(run(FLUSH, 0, 0)).toEqual([REMOVED]);
    disk.paths.set('/a', 0);
    expect(run(FLUSH, 0, 0)).toEqual([REMOVED]);
    expect(run(FLUSH, 1, 0)).toEqual([OK]);
  });

  test('that leads to another file fails the flush', () => {
    disk.paths.set('/a', 2);
    expect(run(FLUSH, 0, 0)).toEqual([REPLACED]);
  });

  test('is looked at after fdatasync: a file that is replaced meanwhile is noticed', () => {
    disk.script = ({ name }) => {
      if (name === 'fdatasync') disk.paths.set('/a', 1);
      return undefined;
    };
    expect(run(FLUSH, 0, 0)).toEqual([REPLACED]);
  });

  test('is looked at by a flush ahead, which then answers no flush', () => {
    disk.paths.delete('/a');
    run(FLUSH_AHEAD, 0, 0);
    expect(run(FLUSH, 0, 0)).toEqual([REMOVED]);
  });

  test('is not looked at where the caller does not want it, where there is no guard, or where it cannot be seen', () => {
    disk.paths.clear();
    expect([...run(FLUSH, 1, 0), ...run(FLUSH, 2, 0)]).toEqual([OK, OK]);
    disk.looks = (at) => {
      if (typeof at === 'string') throw Object.assign(new Error('EACCES'), { errno: -13 });
    };
    expect(run(FLUSH, 0, 0)).toEqual([OK]);
  });

  test('whose filesystem gives another inode already at open is not compared', () => {
    disk.paths.set('/c', 1);
    const guard = guardOf(2, '/c', 0, true, disk.syscalls);
    expect(guard.byIdentity).toBe(false);
    expect(lookAtPath(guard, disk.syscalls)).toBe(OK);
    expect(guardOf(2, '/nowhere', 0, true, disk.syscalls).byIdentity).toBe(false);
  });

  test('is kept whole, so that a change of directory does not matter', () => {
    expect(guardOf(0, 'a.vol', 0, true, disk.syscalls).path).toBe(`${process.cwd()}/a.vol`);
  });

  test('on another device is another file, though its inode has the same number', () => {
    const guard = guardOf(0, '/a', 0, true, disk.syscalls);
    const elsewhere = { ...disk.syscalls, stat: () => ({ dev: 2n, ino: 0n, size: 0 }) };
    expect(lookAtPath(guard, elsewhere)).toBe(REPLACED);
  });
});

describe('a file that was cut short', () => {
  test('is not written, and so not grown again with holes', () => {
    disk.files[0] = disk.files[0]!.subarray(0, 40);
    expect(run(WRITE, 0, 7, 1)).toEqual([END_OF_FILE, END_OF_FILE]);
    expect(disk.files[0].length).toBe(40);
    expect(disk.told).toEqual([]);
  });

  test('fails the flush, and says where it ends', () => {
    disk.files[1] = disk.files[1]!.subarray(0, BLOCKS * BYTES - 1);
    const flush = new Job(0).set(FLUSH, 1, 0, []);
    batch.run([flush], () => undefined);
    expect([flush.verdict, flush.failedAt]).toEqual([END_OF_FILE, BLOCKS * BYTES - 1]);
    disk.files[1] = Buffer.alloc(BLOCKS * BYTES);
    expect([...run(FLUSH, 1, 0), ...run(WRITE, 1, 0)]).toEqual([END_OF_FILE, END_OF_FILE]);
  });

  test('is no matter where there is no guard, or where it cannot be seen', () => {
    disk.files[2] = Buffer.alloc(0);
    expect(run(WRITE, 2, 3)).toEqual([OK]);
    disk.files[0] = Buffer.alloc(0);
    disk.looks = () => {
      throw Object.assign(new Error('ESTALE'), { errno: -116 });
    };
    expect(run(FLUSH, 0, 0)).toEqual([OK]);
  });

  test('a longer one is whole', () => {
    disk.files[0] = Buffer.alloc((BLOCKS + 1) * BYTES);
    expect([...run(WRITE, 0, 1), ...run(FLUSH, 0, 0)]).toEqual([OK, OK]);
  });
});
