// How a batch is carried out, on files in memory that fail as they are told: order, joining, short transfers, interruptions,
// and a verdict for each job.

import { constants } from 'node:os';
import { beforeEach, describe, expect, test } from 'vitest';
import { IoBatch } from '../../../../../src/devices/file/io-batch.ts';
import { IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { FLUSH, Job, READ, WRITE, type JobKind } from '../../../../../src/devices/file/job.ts';
import { END_OF_FILE, NO_PROGRESS, OK } from '../../../../../src/devices/file/transfer.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';

const BYTES = 16;
const BLOCKS = 64;
const { EIO, ENOSPC, EINTR, EAGAIN } = constants.errno;

let disk: ScriptedFiles;
let counters: IoCounters;
let batch: IoBatch;
let slots = 0;

beforeEach(() => {
  disk = new ScriptedFiles(2, BLOCKS * BYTES);
  counters = new IoCounters();
  batch = new IoBatch({ files: [0, 1], blockBytes: BYTES, syscalls: disk.syscalls, counters });
});

const filled = (value: number): Uint8Array => new Uint8Array(BYTES).fill(value);
const job = (kind: JobKind, volume: number, block: number, views: Uint8Array[]): Job =>
  new Job(slots++).set(kind, volume, block, views);
const read = (block: number, volume = 0, blocks = 1): Job =>
  job(
    READ,
    volume,
    block,
    Array.from({ length: blocks }, () => filled(0xee)),
  );
const write = (block: number, value: number, volume = 0): Job => job(WRITE, volume, block, [filled(value)]);
const flush = (volume = 0): Job => job(FLUSH, volume, 0, []);
const verdicts = (jobs: readonly Job[]): number[] => jobs.map(({ verdict }) => verdict);

/** Runs jobs and answers in which portions they were told to be settled. */
function run(jobs: readonly Job[]): JobKind[][] {
  const portions: JobKind[][] = [];
  batch.run(jobs, (settled) => portions.push(settled.map(({ kind }) => kind)));
  return portions;
}

function valueAt(block: number, volume = 0): number | 'mixed' {
  const bytes = disk.files[volume]!.subarray(block * BYTES, (block + 1) * BYTES);
  return bytes.every((byte) => byte === bytes[0]) ? bytes[0]! : 'mixed';
}

describe('order', () => {
  test('reads, then writes, then flushes, each told when it is settled', () => {
    const portions = run([flush(), write(3, 3), read(1), flush(1), write(9, 9), read(5)]);
    expect(portions).toEqual([
      [READ, READ],
      [WRITE, WRITE],
      [FLUSH, FLUSH],
    ]);
    expect(disk.told).toEqual([
      'readv 0 @16 +16',
      'readv 0 @80 +16',
      'writev 0 @48 +16',
      'writev 0 @144 +16',
      'fdatasync 0',
      'fdatasync 1',
    ]);
  });

  test('many reads are told piece by piece, each once, and neighbours together', () => {
    const apart = Array.from({ length: 36 }, (_, i) => read(2 * i));
    const neighbours = Array.from({ length: 18 }, (_, i) => read(i + 80));
    expect(run([...neighbours, ...apart]).map((portion) => portion.length)).toEqual([32, 22]);
    expect(run([read(1)]).map((portion) => portion.length)).toEqual([1]);
    expect(run(Array.from({ length: 64 }, (_, i) => read(2 * i))).map((portion) => portion.length)).toEqual([32, 32]);
  });

  test('by volume and block, and neighbours of a volume in one call', () => {
    run([write(7, 7), write(2, 2), write(3, 3, 1), write(1, 1), write(3, 3), write(4, 4, 1), write(8, 8)]);
    expect(disk.told).toEqual(['writev 0 @16 +48', 'writev 0 @112 +32', 'writev 1 @48 +32']);
    expect([1, 2, 3, 7, 8].map((block) => valueAt(block))).toEqual([1, 2, 3, 7, 8]);
    expect([3, 4, 5].map((block) => valueAt(block, 1))).toEqual([3, 4, 0]);
  });

  test('of two writes to a block the one submitted last counts', () => {
    run([write(5, 1), write(6, 6), write(5, 2), write(4, 4), write(5, 3)]);
    expect([4, 5, 6].map((block) => valueAt(block))).toEqual([4, 3, 6]);
  });

  test('the last block of a volume and the first of the next are no neighbours', () => {
    run([write(BLOCKS - 1, 1), write(BLOCKS, 2, 1)]);
    expect(disk.calls).toHaveLength(2);
  });

  test('reads of two blocks are joined with what is behind them', () => {
    disk.files[0]!.forEach((_, i, bytes) => (bytes[i] = Math.floor(i / BYTES)));
    const jobs = [read(6), read(3, 0, 2), read(5), read(4)];
    run(jobs);
    expect(disk.told).toEqual(['readv 0 @48 +32', 'readv 0 @64 +48']);
    expect(jobs.map(({ views }) => views.map((view) => view[BYTES - 1]))).toEqual([[6], [3, 4], [5], [4]]);
  });

  test('no call is given more than 1024 views', () => {
    disk = new ScriptedFiles(1, 3000 * BYTES);
    batch = new IoBatch({ files: [0], blockBytes: BYTES, syscalls: disk.syscalls, counters });
    run(Array.from({ length: 2500 }, (_, i) => write(i, i & 127)));
    expect(disk.calls.map(({ views }) => views)).toEqual([1024, 1024, 452]);
    expect([0, 1023, 1024, 2499].map((block) => valueAt(block))).toEqual([0, 127, 0, 2499 & 127]);
  });

  describe('large jobs', () => {
    const LARGE = 2048; // Blocks of 512 bytes: a quarter of a piece.
    const large = (block: number, volume = 0): Job => job(WRITE, volume, block, [new Uint8Array(LARGE * 512)]);
    const small = (block: number, volume = 0): Job => job(WRITE, volume, block, [new Uint8Array(512)]);
    const portionsOf = (jobs: readonly Job[]): number[][] => {
      const portions: number[][] = [];
      batch.run(jobs, (settled) => portions.push(settled.map((one) => jobs.indexOf(one))));
      return portions;
    };

    beforeEach(() => {
      disk = new ScriptedFiles(2, 8 * LARGE * 512);
      batch = new IoBatch({ files: [0, 1], blockBytes: 512, syscalls: disk.syscalls, counters });
    });

    test.each<JobKind>([READ, WRITE])('are moved and told 4 MiB at a time (%s)', (kind) => {
      const jobs = Array.from({ length: 8 }, (_, i) => job(kind, 0, i * LARGE, [new Uint8Array(LARGE * 512)]));
      expect(portionsOf(jobs)).toEqual([
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ]);
      expect(disk.calls.map(({ bytes }) => bytes)).toEqual([4 << 20, 4 << 20]);
    });

    test('are told with small ones beside them, each once; a run is cut when it has 4 MiB', () => {
      const jobs = [
        small(8 * LARGE - 1),
        large(1),
        small(0),
        large(LARGE + 1),
        large(2 * LARGE + 1),
        large(3 * LARGE + 1),
      ];
      expect(portionsOf([...jobs, small(4 * LARGE + 1), small(0, 1)])).toEqual([
        [2, 1, 3, 4, 5],
        [6, 0, 7],
      ]);
      expect(disk.calls.map(({ bytes }) => bytes)).toEqual([(4 << 20) + 512, 512, 512, 512]);
    });

    test('that lie apart are told when they are 4 MiB together', () => {
      expect(portionsOf([large(0), large(2 * LARGE), large(4 * LARGE), large(6 * LARGE), small(0, 1)])).toEqual([
        [0, 1, 2, 3],
        [4],
      ]);
      expect(disk.calls).toHaveLength(5);
    });

    test('fail each for itself, in the piece in which they are', () => {
      disk.script = ({ position, bytes }) => (position + bytes > 5 * LARGE * 512 ? 'EIO' : undefined);
      const jobs = Array.from({ length: 6 }, (_, i) => large(i * LARGE));
      expect(portionsOf(jobs).map((portion) => portion.length)).toEqual([4, 2]);
      expect(verdicts(jobs)).toEqual([OK, OK, OK, OK, OK, EIO]);
      expect(counters.snapshot()).toMatchObject({ splits: 1 });
    });
  });

  test('several flushes of a volume are one fdatasync', () => {
    run([flush(), flush(), flush(1)]);
    expect(disk.told).toEqual(['fdatasync 0', 'fdatasync 1']);
    expect(counters.snapshot()).toMatchObject({ batches: 1, flushes: 3, syncs: 2, transfers: 0 });
  });
});

describe('transfers that stop short', () => {
  test.each([1, 5, BYTES, BYTES + 1, 3 * BYTES - 1])('are continued: %i bytes at a time', (most) => {
    disk.script = () => most;
    const writes = [write(1, 1), write(2, 2), write(3, 3)];
    const reads = [read(1), read(2, 0, 2)];
    run(writes);
    run(reads);
    expect(verdicts([...writes, ...reads])).toEqual([OK, OK, OK, OK, OK]);
    expect(reads.flatMap(({ views }) => views)).toEqual([filled(1), filled(2), filled(3)]);
    expect(counters.snapshot()).toMatchObject({ splits: 0, retries: 0 });
    expect(counters.snapshot().shortTransfers).toBe(2 * (Math.ceil((3 * BYTES) / most) - 1));
  });

  test('interruptions are repeated, in the middle too', () => {
    const errors = ['EINTR', 'EAGAIN', 7, 'EINTR', undefined, 'EINTR', 'EINTR', undefined] as const;
    disk.script = (_, { length }) => errors[length];
    const jobs = [write(1, 1), write(2, 2), flush()];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK, OK, OK]);
    expect([valueAt(1), valueAt(2)]).toEqual([1, 2]);
    expect(counters.snapshot()).toMatchObject({ retries: 5, shortTransfers: 1, syncs: 3 });
  });

  test.each([
    ['EINTR', EINTR],
    ['EAGAIN', EAGAIN],
  ] as const)('%s for ever is given up', (code, errno) => {
    disk.script = () => code;
    const jobs = [write(1, 1), flush()];
    run(jobs);
    expect(verdicts(jobs)).toEqual([errno, errno]);
    expect(disk.calls).toHaveLength(2002);
  });

  test('however often altogether, as long as bytes move in between', () => {
    disk.script = (_, { length }) => (length % 900 === 899 ? 1 : 'EINTR');
    const jobs = [write(1, 1)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK]);
    expect(counters.snapshot()).toMatchObject({ retries: BYTES * 899, shortTransfers: BYTES - 1 });
  });

  test('the end of the file is an error that tells where it is', () => {
    disk.files[0] = disk.files[0]!.subarray(0, 10 * BYTES + 3);
    const jobs = [read(9), read(10), read(11)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK, END_OF_FILE, END_OF_FILE]);
    expect(jobs.map(({ failedAt }) => failedAt)).toEqual([0, 10 * BYTES + 3, 11 * BYTES]);
  });

  test('a write that moves nothing is an error and no endless loop', () => {
    disk.script = () => 0;
    const jobs = [write(1, 1)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([NO_PROGRESS]);
  });
});

describe('failures', () => {
  test('a run that fails is repeated block by block, and each job has its own verdict', () => {
    const isBad = (position: number, bytes: number): boolean => position <= 2 * BYTES && position + bytes > 2 * BYTES;
    disk.script = ({ name, position, bytes }) => (name === 'writev' && isBad(position, bytes) ? 'EIO' : undefined);
    const jobs = [write(1, 1), write(2, 2), write(3, 3), write(9, 9)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK, EIO, OK, OK]);
    expect([1, 2, 3, 9].map((block) => valueAt(block))).toEqual([1, 0, 3, 9]);
    expect(jobs[1]!.failedAt).toBe(2 * BYTES);
    expect(counters.snapshot()).toMatchObject({ splits: 1, transfers: 5 });
  });

  test('the same for reads, one of which is of two blocks', () => {
    disk.files[0]!.fill(7);
    disk.script = ({ position, bytes }) => (position + bytes > 4 * BYTES ? 'EIO' : undefined);
    const jobs = [read(1), read(2, 0, 2), read(4)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK, OK, EIO]);
    expect(jobs[1]!.views).toEqual([filled(7), filled(7)]);
  });

  test('a disk that fills up while writing', () => {
    disk.script = ({ name, position, bytes }) => {
      if (name !== 'writev') return undefined;
      const room = 3 * BYTES + 4 - position;
      return room <= 0 ? 'ENOSPC' : Math.min(room, bytes);
    };
    const jobs = [write(1, 1), write(2, 2), write(3, 3), write(4, 4)];
    run(jobs);
    expect(verdicts(jobs)).toEqual([OK, OK, ENOSPC, ENOSPC]);
    expect(jobs.map(({ failedAt }) => failedAt)).toEqual([0, 0, 3 * BYTES + 4, 4 * BYTES]);
  });

  test('a failed flush stays failed for its volume, and asks the system no more', () => {
    disk.script = ({ name, fd }) => (name === 'fdatasync' && fd === 0 ? 'EIO' : undefined);
    const first = [flush(), flush(), flush(1)];
    run(first);
    disk.script = () => undefined;
    const later = [write(1, 1), flush(), flush(1)];
    run(later);
    expect(verdicts([...first, ...later])).toEqual([EIO, EIO, OK, OK, EIO, OK]);
    expect(disk.told).toEqual(['fdatasync 0', 'fdatasync 1', 'writev 0 @16 +16', 'fdatasync 1']);
  });

  test('a job that is used again has forgotten how it failed', () => {
    disk.script = () => 'EIO';
    const one = write(1, 1);
    run([one]);
    disk.script = () => undefined;
    run([one.set(WRITE, 0, 2, [filled(2)])]);
    expect([one.verdict, one.failedAt, one.failedInLog]).toEqual([OK, 0, false]);
  });

  test('what is no answer of the system is a defect, and is not taken for one', () => {
    const broken = { ...disk.syscalls, writev: () => (undefined as unknown as { length: number }).length };
    batch = new IoBatch({ files: [0], blockBytes: BYTES, syscalls: broken, counters });
    expect(() => run([write(1, 1)])).toThrow(TypeError);
  });
});
