// Writing a front to fresh space, and its end. The order is what matters: the record is in the tree before the write leaves,
// or whoever reads the file between completion and insertion would find the old data (hammer_io.c L1733, commit 6362a262e6).
//
//   large   record visible, request out ──▶ completion: writer told, marks of the record changed, volume marked for flush
//   small   block loaded if it is not cached, bytes changed there, record visible; the core writes it when it likes
//
// A record that the backend is about to commit cannot be replaced; the write waits until it has let go. (L1664-1827)

import { crc32 } from 'node:zlib';
import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Result } from '../core/device.ts';
import { BrokenPromise, InvalidArgument } from '../core/errors.ts';
import type { DirectState } from './direct-state.ts';
import type { Place } from './extents.ts';
import { ExtentRecord } from './extents.ts';
import type { FrontRecord } from './fronts.ts';
import { depart, nameOfFront, promiseIdle } from './fronts.ts';
import { checkPlace, promiseFree } from './opening.ts';

export function strategyWrite(
  s: DirectState,
  front: FrontRecord,
  place: Place,
  length: number,
  small: boolean,
): DirectOutcome {
  const { file, cell } = front;
  if (file.kind !== 'head') throw new BrokenPromise('Writable', `${nameOfFront(front)} belongs to a snapshot`);
  promiseIdle(front);
  checkRange(s, front, length, small);
  checkPlace(place.volume, place.block);
  const crc = s.checksums ? crc32(front.bytes.subarray(0, length)) : undefined;
  const data = { fileOffset: cell, length, ...(crc !== undefined && { crc }) };
  const record = new ExtentRecord('record', place, s.blocksOf(length), file, data);
  promiseFree(s, record);
  if (s.isCritical) return 'refused';
  const trouble = s.translation.troubleOf(place.volume, place.block, record.blocks);
  if (trouble !== 'none') return s.giveUp(front, trouble, place);
  const cached = small ? s.aliases.load(front, place.volume, place.block) : 'done';
  s.space.reserve(record);
  front.cached = undefined;
  front.aged = false;
  front.length = length;
  return continueWrite(s, front, record, small, cached);
}

/** A write replaces its cell as a whole, so it must bring all of it; and a small one must fit into one block (L1744). */
function checkRange(s: DirectState, front: FrontRecord, length: number, small: boolean): void {
  const { file, cell, fileOffset, bytes } = front;
  const advice = 'Read the whole cell first, and write it as a whole.';
  const most = small ? s.blockBytes : bytes.length;
  if (!Number.isSafeInteger(length) || length <= 0 || length > Math.min(most, bytes.length)) {
    throw new InvalidArgument(`a length of 1 to ${most} bytes`, String(length), 'Name the bytes of data in the front.');
  }
  const there = (file.records.get(cell) ?? file.index.get(cell))?.length ?? 0;
  if (fileOffset === cell && length >= there) return;
  const promised = `a write of the whole cell at byte ${cell}, with the ${there} bytes that it has`;
  throw new InvalidArgument(promised, `${length} bytes at byte ${fileOffset}`, advice);
}

/** Everything about the write is known but whether it may go on now. `cached`: is the block of a small one in the device cache? */
function continueWrite(
  s: DirectState,
  front: FrontRecord,
  record: ExtentRecord,
  small: boolean,
  cached: 'done' | 'io' | 'wait',
): DirectOutcome {
  const how = small ? 'small' : 'large';
  if (cached !== 'done') {
    depart(front, 'loading', how, record);
    return cached;
  }
  const { file, cell } = front;
  if (file.records.get(cell)?.backend) {
    depart(front, 'replacing', how, record);
    return 'wait';
  }
  return small ? changeBlock(s, front, record) : leaveForDevice(s, front, record);
}

function leaveForDevice(s: DirectState, front: FrontRecord, record: ExtentRecord): 'io' {
  replace(front, record);
  record.io = true;
  record.inval = true;
  depart(front, 'writing', 'large', record);
  s.transfers.write(front, record);
  return 'io';
}

function changeBlock(s: DirectState, front: FrontRecord, record: ExtentRecord): DirectOutcome {
  const { length } = record;
  if (!s.aliases.overwrite(record.volume, record.block, front.bytes.subarray(0, length))) {
    return withdraw(s, front, record, 'alias');
  }
  replace(front, record);
  return s.done(front, length, true);
}

/** The record is the newest data of its cell; the one that was is to be destroyed (hammer_ip_replace_bulk). */
function replace({ file, cell }: FrontRecord, record: ExtentRecord): void {
  const old = file.records.get(cell);
  if (old !== undefined) {
    old.live = false;
    file.replaced.add(old);
  }
  record.live = true;
  file.records.set(cell, record);
}

/** The record was never to be seen; its blocks are free as if nothing had happened. */
function withdraw(
  s: DirectState,
  front: FrontRecord,
  record: ExtentRecord,
  reason: 'critical' | 'alias' | 'device' | 'abandoned',
): 'error' {
  s.space.release(record);
  return s.giveUp(front, reason, record);
}

/** The backend has let go of the record that is to be replaced. */
export function resumeWrite(s: DirectState, front: FrontRecord): DirectOutcome {
  if (!front.runnable)
    throw new BrokenPromise('TicketRunnable', `${nameOfFront(front)} is ${front.at} and was not woken`);
  const record = front.from!;
  const small = front.how === 'small';
  if (s.isCritical) return withdraw(s, front, record, 'critical');
  return continueWrite(s, front, record, small, small ? s.aliases.load(front, record.volume, record.block) : 'done');
}

/** The block of a small write has come, or cannot be read. */
export function smallArrived(s: DirectState, front: FrontRecord, result: Result): void {
  const record = front.from!;
  if (result === 'error') withdraw(s, front, record, 'device');
  else if (s.isCritical) withdraw(s, front, record, 'critical');
  else continueWrite(s, front, record, true, 'done');
}

export function directWriteDone(s: DirectState, request: number, result: Result): DirectOutcome {
  const front = s.transfers.ended(request, 'writing');
  const record = front.from!;
  s.core.ioFlushMark(record.volume); // At completion, and even if it has failed: a part may have arrived (D2, D3).
  if (result === 'ok') s.done(front, front.length, false);
  else failWrite(s, front, record);
  record.io = false;
  if (record.wait) {
    record.wait = false;
    s.wake(record);
  }
  return result === 'ok' ? 'done' : 'error';
}

/** The front is thrown away, or the kernel would try again; and nobody knows what stands at the record (D40). */
function failWrite(s: DirectState, front: FrontRecord, record: ExtentRecord): void {
  s.mount.criticalError = true;
  record.failed = true;
  s.giveUp(front, 'device', record);
}

export function abandon(s: DirectState, front: FrontRecord): DirectOutcome {
  if (!front.runnable)
    throw new BrokenPromise('TicketRunnable', `${nameOfFront(front)} is ${front.at} and was not woken`);
  const { from } = front;
  return front.at === 'replacing' ? withdraw(s, front, from!, 'abandoned') : s.giveUp(front, 'abandoned', from!);
}
