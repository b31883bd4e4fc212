// The write log byte by byte: its format, and what its reader says of a log that is cut, damaged, or not in order.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { IoCounters } from '../../../../../src/devices/file/io-counters.ts';
import { Job, WRITE } from '../../../../../src/devices/file/job.ts';
import { Transfer } from '../../../../../src/devices/file/transfer.ts';
import * as format from '../../../../../src/devices/file/write-log-format.ts';
import { readWriteLog, WriteLog } from '../../../../../src/devices/file/write-log.ts';
import { ScriptedFiles } from '../../../../support/scripted-files.ts';
import { messageOf, mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';

const BYTES = 64;
const ABOUT = { version: 1, blockBytes: BYTES, volumes: [{ path: '/v1', blocks: 8 }, { path: '/v2', blocks: 7 }] }; // prettier-ignore
const HEADER = format.encodeHeader(ABOUT);

let path: string;
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'write-log-units-'));
  path = join(directory, 'log');
});
afterAll(() => rmSync(directory, { recursive: true }));

type Part = Partial<format.LogRecord> & { readonly kind: format.RecordKind };

/** A record, with its contents if it is a WRITE. */
function record(part: Part, value = 1): Buffer {
  const contents = Buffer.alloc(part.kind === format.WRITE_RECORD ? BYTES : 0, value);
  const whole = { volume: 0, block: 0, number: 1, contentsCrc: crc32(contents), ...part };
  return Buffer.concat([format.encodeRecord(whole), contents]);
}
const write = (number: number, volume = 0, block = 1): Buffer =>
  record({ kind: format.WRITE_RECORD, number, volume, block });
const failure = (number: number): Buffer => record({ kind: format.FAILURE_RECORD, number, block: 1 });
const flush = (number: number, volume = 0): Buffer => record({ kind: format.FLUSH_RECORD, number, volume });

/** What the log of these parts tells. */
function told(...parts: readonly Uint8Array[]): string[] {
  writeFileSync(path, Buffer.concat(parts));
  return [...readWriteLog(path)].map((entry) => {
    const { kind } = entry;
    switch (kind) {
      case 'header':
        return kind;
      case 'write':
        return `${kind} ${entry.number} ${entry.volume}/${entry.block} ${entry.bytes.length} of ${entry.bytes[0]}`;
      case 'failure':
        return `${kind} ${entry.number} ${entry.volume}/${entry.block}`;
      case 'flush':
        return `${kind} ${entry.volume}`;
      case 'torn':
        return `${kind} ${entry.at} ${entry.bytes}`;
    }
  });
}

const malformed = (seen: string, at = 0): string =>
  `DeviceError: read at byte ${at} on ${path} was promised to succeed; seen: MALFORMED, ${seen}. ` +
  'Name an undamaged write log, made with the option writeLog.';

test('header and records stand where the format says, and are read as they were written', () => {
  const names = JSON.stringify(['/v1', '/v2']);
  mustBe(format.headerBytes(2, names.length), 24 + 16 + names.length + 4);
  mustBe(HEADER.length, 24 + 16 + names.length + 4);
  mustBe(HEADER.toString('latin1', 0, 8), 'HIOKWLOG');
  mustBe(HEADER.toString('hex', 8, 40), '01000000' + '40000000' + '02000000' + '0d000000' + '0000000000002040' + '0000000000001c40'); // prettier-ignore
  mustEqual([HEADER.toString('latin1', 40, 53), HEADER.readUInt32LE(53)], [names, crc32(HEADER.subarray(0, 53))]);
  mustEqual(format.decodeHeader(HEADER), ABOUT);
  const one: format.LogRecord = {
    kind: format.FAILURE_RECORD,
    volume: 3,
    block: 2 ** 40,
    number: 2 ** 41,
    contentsCrc: 0xdeadbeef,
  };
  const bytes = format.encodeRecord(one);
  mustEqual([bytes.length, format.decodeRecord(bytes)], [32, one]);
  mustBe(bytes.toString('hex', 0, 28), '02000000' + '03000000' + '0000000000007042' + '0000000000008042' + 'efbeadde');
  for (const at of [4, 8, 16, 24, 28]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    mustBe(format.decodeRecord(changed), undefined);
  }
  const kinds = [0, 1, 2, 3, 4].map((kind) =>
    format.decodeRecord(format.encodeRecord({ ...one, kind: kind as format.RecordKind })),
  );
  mustEqual(kinds.map((found) => found?.kind), [undefined, 1, 2, 3, undefined]); // prettier-ignore
});

test('what happened is told in order', () => {
  const parts = [write(1), write(2, 1, 6), failure(2), flush(3, 1), failure(1)];
  mustEqual(told(HEADER, ...parts), ['header', 'write 1 0/1 64 of 1', 'write 2 1/6 64 of 1', 'failure 2 0/1', 'flush 1', 'failure 1 0/1']); // prettier-ignore
  writeFileSync(path, HEADER);
  mustEqual([...readWriteLog(path)], [{ kind: 'header', header: ABOUT }]);
});

test('what is no log is refused in one sentence', () => {
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(HEADER);
    bytes[at]! ^= 2;
    return bytes;
  };
  const no = 'it does not begin as a write log does';
  for (const bytes of [new Uint8Array(0), HEADER.subarray(0, 23), changed(7)]) mustThrow(() => told(bytes), malformed(no)); // prettier-ignore
  mustThrow(() => told(changed(8)), malformed('it is a write log of version 3, and this reads version 1'));
  for (const bytes of [HEADER.subarray(0, -1), HEADER.subarray(0, 24), changed(30)])
    mustThrow(() => told(bytes), malformed('its header is damaged'));
  const nowhere = join(directory, 'nowhere');
  const missing = 'no such file or directory. Check the path; with create a regular file is made, in a directory that exists.'; // prettier-ignore
  const text = `DeviceError: read at byte 0 on ${nowhere} was promised to succeed; seen: ENOENT, ${missing}`;
  mustThrow(() => [...readWriteLog(nowhere)], text);
});

test('a record that is out of order, or outside of the volumes, is not believed', () => {
  const misplaced: readonly Buffer[] = [
    write(2), flush(2), flush(0), failure(1), write(1, 2), flush(1, 2), write(1, 0, 8), write(1, 1, 7),
  ]; // prettier-ignore
  for (const part of misplaced)
    mustThrow(() => told(HEADER, part), malformed('a record does not belong there', HEADER.length));
  const second = HEADER.length + 96;
  for (const part of [write(1), write(3), failure(2), flush(1)])
    mustThrow(() => told(HEADER, write(1), part), malformed('a record does not belong there', second));
});

test('what cannot be read is a torn end if nothing can stand behind it, and else damage', () => {
  const at = HEADER.length;
  const whole = write(1);
  const damaged = (byte: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[byte]! ^= 1;
    return bytes;
  };
  for (const byte of [0, 9, 31, 32, 95]) {
    mustEqual(told(HEADER, damaged(byte)), ['header', `torn ${at} 96`]);
    const text = malformed('a record is damaged', at);
    mustThrow(() => told(HEADER, damaged(byte), Uint8Array.of(1)), text);
  }
  for (const length of [1, 31, 32, 33, 95])
    mustEqual(told(HEADER, whole.subarray(0, length)), ['header', `torn ${at} ${length}`]);
  mustEqual(told(HEADER, whole, new Uint8Array(70_000)).at(-1), `torn ${at + 96} 70000`);
  const far = Buffer.alloc(70_000);
  far[69_999] = 1;
  mustThrow(() => told(HEADER, whole, far), malformed('a record is damaged', at + 96));
});

test('a log that becomes shorter while it is read is said to', () => {
  writeFileSync(path, Buffer.concat([HEADER, write(1), write(2)]));
  const entries = readWriteLog(path);
  mustBe(entries.next().value!.kind, 'header');
  truncateSync(path, HEADER.length);
  mustBe(messageOf(() => entries.next()), malformed('it became shorter while it was read', HEADER.length)); // prettier-ignore
});

test('appends go behind one another in pieces that a system call takes, until one fails', () => {
  const disk = new ScriptedFiles(1, 0);
  const log = new WriteLog(0, 10, new Transfer(disk.syscalls, new IoCounters()));
  const jobs = Array.from({ length: 513 }, (_, i) => new Job(i).set(WRITE, 1, i, [new Uint8Array(8).fill(i)]));
  mustBe(log.appendWrites(jobs), 0);
  mustEqual(disk.calls.map(({ position, views, bytes }) => [position, views, bytes]), [[10, 1024, 512 * 40], [10 + 512 * 40, 2, 40]]); // prettier-ignore
  mustEqual([jobs[0]!.logged, jobs[512]!.logged, log.end], [1, 513, 10 + 513 * 40]);
  mustEqual([log.appendFailure(jobs[4]!), log.appendFlush(3), log.end], [0, 0, 10 + 513 * 40 + 64]);
  const [failed, flushed] = [32, 64].map((back) => disk.files[0]!.subarray(log.end - 96 + back, log.end - 64 + back));
  mustEqual(format.decodeRecord(failed!), { kind: 2, volume: 1, block: 4, number: 5, contentsCrc: 0 });
  mustEqual(format.decodeRecord(flushed!), { kind: 3, volume: 3, block: 0, number: 514, contentsCrc: 0 });
  disk.script = () => 'ENOSPC';
  const end = log.end;
  mustEqual([log.appendFlush(3), log.end], [constants.errno.ENOSPC, end]);
  disk.script = () => undefined;
  mustEqual([log.appendWrites([jobs[0]!]), log.end, disk.calls.length], [constants.errno.ENOSPC, end, 5]);
});

test('a view of several blocks is logged as so many writes, and so is its failure', () => {
  const disk = new ScriptedFiles(1, 0);
  const log = new WriteLog(0, 0, new Transfer(disk.syscalls, new IoCounters()), 8);
  const bytes = Uint8Array.from({ length: 24 }, (_, i) => i >> 3);
  const several = new Job(0).set(WRITE, 1, 5, [bytes]);
  const single = new Job(1).set(WRITE, 1, 2, [bytes.subarray(8, 16)]);
  mustEqual([log.appendWrites([several, single]), log.appendFailure(several)], [0, 0]);
  mustEqual([several.logged, single.logged, log.end], [1, 4, 4 * 40 + 3 * 32]);
  const at = (position: number): Buffer => disk.files[0]!.subarray(position, position + 32);
  const records = [0, 40, 80, 120, 160, 192, 224].map((position) => format.decodeRecord(at(position))!);
  mustEqual(records.map(({ kind, block, number }) => [kind, block, number]), [[1, 5, 1], [1, 6, 2], [1, 7, 3], [1, 2, 4], [2, 5, 1], [2, 6, 2], [2, 7, 3]]); // prettier-ignore
  mustEqual([...disk.files[0]!.subarray(72, 80)], [1, 1, 1, 1, 1, 1, 1, 1]);
  mustBe(records[2]!.contentsCrc, crc32(bytes.subarray(16)));
});
