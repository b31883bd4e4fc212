// A flush ahead: begun behind the writes before it is asked for, it answers the flush that follows, and no other. Seen on files
// in memory, with the real thread, and from a mount, which announces the barriers of its sync.

import { constants } from 'node:os';
import { beforeEach, describe, expect, test } from 'vitest';
import { IoBatch } from '../../../../../src/devices/file/io-batch.ts';
import { IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { IoRing } from '../../../../../src/devices/file/io-ring.ts';
import { FLUSH, FLUSH_AHEAD, Job, WRITE, type JobKind } from '../../../../../src/devices/file/job.ts';
import { OK } from '../../../../../src/devices/file/transfer.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';

const { EIO } = constants.errno;

describe('in a batch', () => {
  const BYTES = 16;
  let disk: ScriptedFiles;
  let batch: IoBatch;
  let slots = 0;

  beforeEach(() => {
    disk = new ScriptedFiles(2, 8 * BYTES);
    batch = new IoBatch({ files: [0, 1], blockBytes: BYTES, syscalls: disk.syscalls, counters: new IoCounters() });
  });

  const job = (kind: JobKind, volume = 0): Job =>
    new Job(slots++).set(kind, volume, 0, kind === WRITE ? [new Uint8Array(BYTES)] : []);

  /** Runs jobs; answers the system calls they made, without their places, and the verdict of the last one. */
  function run(...jobs: readonly Job[]): { calls: string[]; verdict: number } {
    const before = disk.told.length;
    batch.run(jobs, () => undefined);
    const calls = disk.told.slice(before).map((call) => call.split(' ').slice(0, 2).join(' '));
    return { calls, verdict: jobs.at(-1)!.verdict };
  }

  test('it comes behind the writes, and the next flush needs no call', () => {
    const portions: JobKind[][] = [];
    batch.run([job(FLUSH_AHEAD), job(WRITE)], (settled) => portions.push(settled.map(({ kind }) => kind)));
    expect(portions).toEqual([[WRITE], [FLUSH_AHEAD]]);
    expect(disk.told.map((call) => call.split(' ')[0])).toEqual(['writev', 'fdatasync']);
    expect(run(job(FLUSH))).toEqual({ calls: [], verdict: OK });
  });

  test('it answers one request for flushes, of its volume', () => {
    run(job(WRITE), job(WRITE, 1), job(FLUSH_AHEAD));
    expect(run(job(FLUSH, 1)).calls).toEqual(['fdatasync 1']);
    expect(run(job(FLUSH), job(FLUSH)).calls).toEqual([]);
    expect(run(job(FLUSH)).calls).toEqual(['fdatasync 0']);
  });

  test('it covers no write that came later', () => {
    run(job(WRITE), job(FLUSH_AHEAD));
    run(job(WRITE));
    expect(run(job(FLUSH)).calls).toEqual(['fdatasync 0']);
    run(job(WRITE), job(FLUSH_AHEAD));
    run(job(WRITE, 1));
    expect(run(job(FLUSH)).calls).toEqual([]);
  });

  test('a write in the batch of the flush waits until that is answered, and needs a flush of its own', () => {
    run(job(WRITE), job(FLUSH_AHEAD));
    const portions: string[] = [];
    batch.run([job(WRITE), job(FLUSH), job(WRITE, 1), job(FLUSH, 1), job(FLUSH_AHEAD)], (settled) =>
      portions.push(settled.map(({ kind, volume }) => `${kind}/${volume}`).join(' ')),
    );
    expect(portions).toEqual([`${FLUSH}/0`, `${WRITE}/0 ${WRITE}/1`, `${FLUSH_AHEAD}/0`, `${FLUSH}/1`]);
    expect(disk.told.slice(2).map((call) => call.slice(0, 11))).toEqual([
      'writev 0 @0',
      'writev 1 @0',
      'fdatasync 0',
      'fdatasync 1',
    ]);
    expect(run(job(FLUSH)).calls).toEqual([]);
    expect(run(job(FLUSH)).calls).toEqual(['fdatasync 0']);
  });

  test('nor one that failed on the way: part of it may have arrived', () => {
    run(job(WRITE), job(FLUSH_AHEAD));
    disk.script = ({ name }) => (name === 'writev' ? 'EIO' : undefined);
    expect(run(job(WRITE)).verdict).toBe(EIO);
    expect(run(job(FLUSH)).calls).toEqual(['fdatasync 0']);
  });

  test('one that fails has failed for good: every flush of the volume says so, and asks the system no more', () => {
    disk.script = ({ name }, before) => (name === 'fdatasync' && before.length < 2 ? 'EIO' : undefined);
    run(job(WRITE), job(FLUSH_AHEAD));
    expect(run(job(FLUSH))).toEqual({ calls: [], verdict: EIO });
    expect(run(job(WRITE), job(FLUSH_AHEAD), job(FLUSH))).toEqual({ calls: ['writev 0'], verdict: EIO });
  });

  test('its owner is not called for it', () => {
    const ring = new IoRing();
    expect(ring.complete([job(FLUSH_AHEAD)])).toBe(false);
    expect(ring.complete([job(FLUSH_AHEAD), job(FLUSH)])).toBe(true);
  });
});
