// The I/O thread without a thread: the ring between owner and thread with both of its sides here, the thread's life on a ring
// that was filled and stopped before, jobs, verdicts, and the system calls on real files.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { IoBatch } from '../../../../../src/devices/file/io-batch.ts';
import { COUNTER_WORDS, IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { IoRing, SLOTS } from '../../../../../src/devices/file/io-ring.ts';
import { serve } from '../../../../../src/devices/file/io-thread.ts';
import { FLUSH, FLUSH_AHEAD, Job, READ, WRITE } from '../../../../../src/devices/file/job.ts';
import { SYSTEM_CALLS } from '../../../../../src/devices/file/syscalls.ts';
import { END_OF_FILE, NO_PROGRESS, OK, Transfer } from '../../../../../src/devices/file/transfer.ts';
import { WriteLog } from '../../../../../src/devices/file/write-log.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';
import { mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';
import { ASLEEP, refuseToSleep } from '../../../../support/no-sleep.ts';

refuseToSleep();

const BYTES = 16;
const { EIO } = constants.errno;

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'thread-'))));
afterAll(() => rmSync(directory, { recursive: true }));

/** A slab of 8 blocks, each of which holds its number. */
function numbered(): { slab: SharedArrayBuffer; view: (n: number) => Uint8Array } {
  const slab = new SharedArrayBuffer(8 * BYTES);
  const view = (n: number): Uint8Array => new Uint8Array(slab, n * BYTES, BYTES);
  for (let n = 0; n < 8; n++) view(n).fill(n);
  return { slab, view };
}

type Taken = [slot: number, kind: number, volume: number, block: number, memory: number[]];

function take(ring: IoRing): { jobs: Taken[]; goesOn: boolean } {
  const jobs: Taken[] = [];
  const goesOn = ring.take((...job) => {
    if (jobs.push(job) > SLOTS) throw new Error('There are no so many jobs.');
  });
  return { jobs, goesOn };
}

type Ended = [slot: number, verdict: number, failedAt: number, failedInLog: boolean];

function drain(ring: IoRing): readonly Ended[] {
  const ended: Ended[] = [];
  ring.drain((...verdict) => {
    if (ended.push(verdict) > SLOTS) throw new Error('There were no so many jobs.');
  });
  return ended;
}

test('a request crosses the ring when it is published, and its verdict back', () => {
  const owner = new IoRing();
  const thread = new IoRing(owner.memory);
  const { view } = numbered();
  owner.put(5, READ, 1, 6, [view(1)]);
  mustThrow(() => take(thread), ASLEEP);
  owner.publish();
  mustEqual(take(thread), { jobs: [[5, READ, 1, 6, [BYTES]]], goesOn: true });
  mustBe(thread.viewBytes(5), BYTES);
  mustThrow(() => take(thread), ASLEEP);
  mustEqual(drain(owner), []);
  thread.complete([new Job(5)]);
  mustEqual([drain(owner), drain(owner)], [[[5, OK, 0, false]], []]);
  owner.put(5, WRITE, 1, 6, [view(2)]);
  owner.stop(6);
  mustEqual(take(thread), { jobs: [[5, WRITE, 1, 6, [2 * BYTES]]], goesOn: false });
});

test('requests and verdicts cross the ring as they were put, in order', () => {
  const owner = new IoRing();
  const thread = new IoRing(owner.memory);
  const { view } = numbered();
  owner.put(1023, READ, 3, 2 ** 40, [view(1), view(2)]);
  owner.put(0, WRITE, 1, 5, [view(3)]);
  owner.put(7, FLUSH, 2, 0, []);
  owner.publish();
  const expected: Taken[] = [[1023, READ, 3, 2 ** 40, [BYTES, 2 * BYTES]], [0, WRITE, 1, 5, [3 * BYTES]], [7, FLUSH, 2, 0, []]]; // prettier-ignore
  mustEqual(take(thread), { jobs: expected, goesOn: true });
  const [bad, good] = [new Job(1023), new Job(0)];
  bad.failed(5, 2 ** 41, true);
  mustBe(thread.complete([bad, good]), true);
  const worse = new Job(7);
  worse.failed(END_OF_FILE, 17);
  mustBe(thread.complete([worse]), false); // A call is under way.
  mustEqual(drain(owner), [
    [1023, 5, 2 ** 41, true],
    [0, OK, 0, false],
    [7, END_OF_FILE, 17, false],
  ]);
  mustEqual(drain(owner), []);
  mustBe(thread.complete([good]), true);
});

test('nobody is called for a flush ahead alone', () => {
  const ring = new IoRing();
  const ahead = new Job(1).set(FLUSH_AHEAD, 0, 0, []);
  mustEqual([ring.complete([ahead]), ring.complete([ahead, new Job(2)]), ring.complete([new Job(3)])], [false, true, false]); // prettier-ignore
});

test('the ring goes round, and every slot may be in flight', () => {
  const owner = new IoRing();
  const thread = new IoRing(owner.memory);
  for (let round = 0; round < 3; round++) {
    for (let slot = 0; slot < SLOTS - round; slot++) owner.put(slot, WRITE, 0, round * SLOTS + slot, []);
    owner.publish();
    const { jobs } = take(thread);
    for (const [slot, , , block] of jobs) if (block !== round * SLOTS + slot) throw new Error(`slot ${slot}: ${block}`);
    thread.complete(jobs.map(([slot]) => new Job(slot)));
    const ended = drain(owner).map(([slot]) => slot);
    mustEqual(
      ended,
      Array.from({ length: SLOTS - round }, (_, slot) => slot),
    );
  }
});

test('the ring ends behind what was submitted before, and carries the counts', () => {
  const owner = new IoRing();
  const thread = new IoRing(owner.memory);
  owner.put(3, FLUSH, 0, 0, []);
  owner.stop(4);
  mustEqual(take(thread), { jobs: [[3, FLUSH, 0, 0, []]], goesOn: false });
  mustBe(owner.counterWords.length, COUNTER_WORDS);
  thread.counterWords.fill(9);
  new IoCounters(thread.counterWords).add('splits', 2);
  const all = { batches: 9, reads: 9, writes: 9, flushes: 9, transfers: 9, syncs: 9, shortTransfers: 9, retries: 9 };
  mustEqual(new IoCounters(owner.counterWords).snapshot(), { ...all, splits: 11 });
  owner.put(1023, WRITE, 8, 8, [new Uint8Array(owner.memory, 8, 8), new Uint8Array(owner.memory, 8, 8)]);
  mustBe(thread.counterWords[0], 9); // The last slot ends before the counts begin.
});

/** A transfer whose system calls answer what the list says, its last entry for ever; negative: an errno. */
function scripted(...answers: readonly number[]) {
  const told: string[] = [];
  const next = (call: string): number => {
    if (told.push(call) > 3000) throw new Error('It asks for ever.');
    const answer = answers[told.length - 1] ?? answers.at(-1)!;
    if (answer < 0) throw Object.assign(new Error('no'), { errno: answer });
    return answer;
  };
  const move = (fd: number, views: readonly Uint8Array[], position: number): number =>
    next(`${fd} @${position} ${views.map((view) => `${view[0]}+${view.length}`).join(' ')}`);
  const counters = new IoCounters();
  const fdatasync = (fd: number): void => void next(`sync ${fd}`);
  const files = new ScriptedFiles(1, 0).syscalls;
  const transfer = new Transfer({ ...files, readv: move, writev: move, fdatasync }, counters);
  return { transfer, told, counts: () => counters.snapshot() };
}

test('what the system leaves over is asked for again, from where it stopped', () => {
  const views = [1, 2, 3].map((value) => new Uint8Array(4).fill(value));
  const { transfer, told, counts } = scripted(5, 3, 4);
  mustBe(transfer.read(9, views, 100), OK);
  mustEqual(told, ['9 @100 1+4 2+4 3+4', '9 @105 2+3 3+4', '9 @108 3+4']);
  mustEqual([counts().transfers, counts().shortTransfers, counts().retries], [3, 2, 0]);
  const begun = scripted(3, 9);
  mustBe(begun.transfer.write(9, views, 0), OK);
  mustEqual(begun.told, ['9 @0 1+4 2+4 3+4', '9 @3 1+1 2+4 3+4']);
  for (const [way, verdict] of [['read', END_OF_FILE], ['write', NO_PROGRESS]] as const) {
    const ended = scripted(6, 0);
    mustBe(ended.transfer[way](9, views, 100), verdict);
    mustEqual([ended.transfer.failedAt, ended.told.length, ended.counts().shortTransfers], [106, 2, 1]);
  } // prettier-ignore
});

test('what was interrupted is repeated, a thousand times in a row', () => {
  const { EINTR, EAGAIN } = constants.errno;
  const views = [new Uint8Array(4)];
  for (const errno of [EINTR, EAGAIN]) {
    const [moving, syncing] = [scripted(-errno), scripted(-errno)];
    mustEqual([moving.transfer.read(1, views, 5), syncing.transfer.sync(1)], [errno, errno]);
    mustEqual([moving.told.length, syncing.told.length, moving.transfer.failedAt], [1001, 1001, 5]);
    mustEqual([moving.counts().retries, syncing.counts().retries, syncing.counts().syncs], [1000, 1000, 1001]);
    const few = scripted(-errno, -errno, 4);
    mustEqual([few.transfer.write(1, views, 5), few.told.length], [OK, 3]);
    mustEqual([few.transfer.sync(1), few.counts().retries, few.counts().transfers], [OK, 2, 3]);
    const again = scripted(-errno, 0);
    mustEqual([again.transfer.sync(1), again.told], [OK, ['sync 1', 'sync 1']]);
  }
  const bursts = Array<number>(900).fill(-EINTR);
  const moved = scripted(...bursts, 1, ...bursts, 3);
  mustEqual([moved.transfer.read(1, views, 0), moved.told.length], [OK, 1802]);
  const [worn, unsynced] = [scripted(-EIO), scripted(-EIO)];
  mustEqual([worn.transfer.write(1, views, 0), unsynced.transfer.sync(1)], [EIO, EIO]);
  mustEqual([worn.told.length, unsynced.told.length], [1, 1]);
});

test('a thread carries out all that there is, tells it, and ends', () => {
  const { slab, view } = numbered();
  const disk = new ScriptedFiles(2, 64 * BYTES);
  const ring = new IoRing();
  ring.put(0, WRITE, 0, 2, [view(2)]);
  ring.put(1, WRITE, 1, 3, [view(3)]);
  ring.put(2, READ, 0, 4, [view(4), view(5)]);
  ring.put(3, FLUSH, 1, 0, []);
  ring.stop(4);
  let calls = 0;
  const files = [0, 1];
  serve({ ring: ring.memory, slab, blockBytes: BYTES, files, guards: [] }, () => calls++, disk.syscalls);
  mustEqual(disk.told, ['readv 0 @64 +32', 'writev 0 @32 +16', 'writev 1 @48 +16', 'fdatasync 1']);
  mustEqual([disk.files[0]![2 * BYTES], disk.files[1]![3 * BYTES], view(5)[0], view(6)[0]], [2, 3, 0, 6]);
  mustBe(calls, 1);
  const ended: number[] = [];
  ring.drain((slot, verdict) => ended.push(verdict === OK ? slot : -1));
  mustEqual(ended, [2, 0, 1, 3]);
  const counts = { batches: 1, reads: 1, writes: 2, flushes: 1, transfers: 3, syncs: 1, shortTransfers: 0, retries: 0, splits: 0 }; // prettier-ignore
  mustEqual(new IoCounters(ring.counterWords).snapshot(), counts);
  const idle = new IoRing();
  idle.stop(0);
  serve({ ring: idle.memory, slab, blockBytes: BYTES, files, guards: [] }, () => calls++, disk.syscalls);
  mustEqual([calls, new IoCounters(idle.counterWords).snapshot().batches], [1, 0]);
});

test('a thread logs, and does not count that among the transfers of the volumes', () => {
  const { slab, view } = numbered();
  const disk = new ScriptedFiles(2, 64 * BYTES);
  const ring = new IoRing();
  ring.put(0, WRITE, 0, 2, [view(2)]);
  ring.stop(1);
  const log = { file: 1, end: 100 };
  serve({ ring: ring.memory, slab, blockBytes: BYTES, files: [0], guards: [], log }, () => undefined, disk.syscalls);
  mustEqual(disk.told, ['writev 1 @100 +48', 'writev 0 @32 +16']);
  mustBe(new IoCounters(ring.counterWords).snapshot().transfers, 1);
});

test('a job begins as if it had gone well, and again when it is set', () => {
  const job = new Job(3);
  const fresh = { slot: 3, kind: READ, volume: 0, block: 0, views: [], verdict: OK, failedAt: 0, failedInLog: false, logged: 0 }; // prettier-ignore
  mustEqual(Object.fromEntries(Object.entries(job)), fresh);
  job.failed(5, 77, true);
  mustEqual([job.verdict, job.failedAt, job.failedInLog], [5, 77, true]);
  job.failed(6, 78);
  mustBe(job.failedInLog, false);
  mustEqual(Object.fromEntries(Object.entries(job.set(FLUSH, 1, 0, []))), { ...fresh, kind: FLUSH, volume: 1 });
});

test('only negative numbers of the system are verdicts; all else is a defect', () => {
  mustEqual([OK, END_OF_FILE, NO_PROGRESS], [0, -1, -2]);
  const thrown: unknown[] = [{ errno: -EIO }, { errno: 0, toString: () => 'zero' }, { errno: 5, toString: () => 'five' }, null]; // prettier-ignore
  const failing = (what: unknown): Transfer => {
    const fail = (): never => {
      throw what;
    };
    return new Transfer({ ...SYSTEM_CALLS, readv: fail, writev: fail, fdatasync: fail }, new IoCounters());
  };
  mustBe(failing(thrown[0]).read(0, [new Uint8Array(1)], 5), EIO);
  mustThrow(() => failing(thrown[1]).sync(0), 'zero');
  mustThrow(() => failing(thrown[2]).sync(0), 'five');
  mustThrow(() => failing(thrown[3]).sync(0), 'null');
});

test('a batch counts what it does, and says where a flush failed', () => {
  const { view } = numbered();
  const disk = new ScriptedFiles(2, 64 * BYTES);
  const counters = new IoCounters();
  const log = new WriteLog(1, 100, new Transfer(disk.syscalls, new IoCounters()));
  const batch = new IoBatch({ files: [0], blockBytes: BYTES, syscalls: disk.syscalls, counters, log });
  const flush = new Job(0).set(FLUSH, 0, 0, []);
  disk.script = ({ fd }) => (fd === 1 ? 'ENOSPC' : undefined);
  batch.run([flush], () => undefined);
  mustEqual([flush.verdict, flush.failedAt, flush.failedInLog], [constants.errno.ENOSPC, 100, true]);
  disk.script = ({ name }) => (name === 'fdatasync' ? 'EIO' : undefined);
  batch.run([flush.set(FLUSH, 0, 0, [])], () => undefined);
  mustEqual([flush.verdict, flush.failedAt, flush.failedInLog], [EIO, 0, false]);
  const reads = [new Job(1).set(READ, 0, 1, [view(1)]), new Job(2).set(READ, 0, 5, [view(2)])];
  batch.run([...reads, new Job(3).set(WRITE, 0, 1, [view(1)])], () => undefined);
  mustEqual(counters.snapshot(), {
    batches: 3, reads: 2, writes: 1, flushes: 2, transfers: 2, syncs: 2, shortTransfers: 0, retries: 0, splits: 0,
  }); // prettier-ignore
});

test('flushes that a flush ahead has answered come first, the others last', () => {
  const { view } = numbered();
  const disk = new ScriptedFiles(2, 64 * BYTES);
  const counters = new IoCounters();
  const batch = new IoBatch({ files: [0, 1], blockBytes: BYTES, syscalls: disk.syscalls, counters });
  let slot = 0;
  const job = (kind: Job['kind'], volume: number): Job => new Job(slot++).set(kind, volume, 1, kind === WRITE ? [view(1)] : []); // prettier-ignore
  batch.run([job(WRITE, 0), job(FLUSH_AHEAD, 0)], () => undefined);
  const told: (string | number)[][] = [];
  batch.run([job(WRITE, 1), job(FLUSH, 1), job(FLUSH, 0), job(FLUSH, 0)], (jobs) => {
    told.push(
      jobs.map(({ kind, volume }) => `${kind}/${volume}`),
      [disk.told.length],
    );
  });
  mustEqual(told, [[`${FLUSH}/0`, `${FLUSH}/0`], [2], [`${WRITE}/1`], [3], [`${FLUSH}/1`], [4]]);
  batch.run([job(FLUSH, 0)], () => undefined);
  mustEqual(disk.told.slice(3), ['fdatasync 1', 'fdatasync 0']);
  mustBe(counters.snapshot().flushes, 4);
});

test('4 MiB are enough for a call, and for a piece that is settled', () => {
  const half = new Uint8Array(2 * 1024 * 1024);
  const blocks = half.length / BYTES;
  const told: string[] = [];
  const move = (fd: number, views: readonly Uint8Array[], position: number): number => {
    told.push(`${fd} @${position / half.length} +${views.length}`);
    return views.length * half.length;
  };
  const syscalls = { ...SYSTEM_CALLS, readv: move, writev: move, fdatasync: () => undefined };
  const run = (kind: typeof READ | typeof WRITE, places: readonly number[]): readonly number[][] => {
    const batch = new IoBatch({ files: [3], blockBytes: BYTES, syscalls, counters: new IoCounters() });
    const settled: number[][] = [];
    const jobs = places.map((place) => new Job(place).set(kind, 0, place * blocks, [half]));
    batch.run(jobs, (piece) => settled.push(piece.map(({ slot }) => slot)));
    return settled;
  };
  mustEqual(run(READ, [0, 1, 2, 3, 4]), [[0, 1], [2, 3], [4]]); // prettier-ignore
  mustEqual(told.splice(0), ['3 @0 +2', '3 @2 +2', '3 @4 +1']);
  mustEqual(run(WRITE, [0, 2, 4]), [[0, 2], [4]]); // prettier-ignore
  mustEqual(told.splice(0), ['3 @0 +1', '3 @2 +1', '3 @4 +1']);
  mustEqual([run(READ, []), run(WRITE, []), told], [[], [], []]);
});

test('the system calls move one view and many', () => {
  const path = join(directory, 'file');
  const fd = openSync(path, 'w+');
  try {
    const [one, two, three] = [1, 2, 3].map((value) => new Uint8Array(4).fill(value)) as [Uint8Array, Uint8Array, Uint8Array]; // prettier-ignore
    mustEqual([SYSTEM_CALLS.writev(fd, [one], 2), SYSTEM_CALLS.writev(fd, [two, three], 6)], [4, 8]);
    SYSTEM_CALLS.fdatasync(fd);
    mustEqual([...readFileSync(path)], [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    const [into, behind] = [new Uint8Array(4), new Uint8Array(4)];
    mustEqual([SYSTEM_CALLS.readv(fd, [into], 4), [...into]], [4, [1, 1, 2, 2]]);
    mustEqual([SYSTEM_CALLS.readv(fd, [into, behind], 7), [...into, ...behind]], [7, [2, 2, 2, 3, 3, 3, 3, 0]]);
  } finally {
    closeSync(fd);
  }
  let errno: unknown;
  try {
    SYSTEM_CALLS.readv(fd, [new Uint8Array(1)], 0);
  } catch (thrown) {
    ({ errno } = thrown as { errno: unknown });
  }
  mustBe(errno, -constants.errno.EBADF);
});
