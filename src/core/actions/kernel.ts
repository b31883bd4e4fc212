// The kernel's side: the nine bioops by which it tells or asks us about a buffer, and the actions of its daemons that call
// them. Completion contexts and daemons hold no references; they may touch a structure only if it is unreferenced, else
// all they can do is leave B_LOCKED behind, which the next completion or last release will honour
// (hammer_io.c L1055-1383; claims I16, I20).
//
//   io_start, io_fsync, io_sync, io_movedeps, io_checkread, io_countdeps   nothing to do
//   io_complete     the original's one hook for the end of a transfer: here writeDone, and readDone in get.ts, whose buffer
//                   is not attached before; flushDone in barrier.ts ends a device flush, for which the original has no hook
//   io_deallocate   recycle, and the tail of writeDone
//   io_checkwrite   writeBack and clusterPull

import { crc32 } from 'node:zlib';
import type { Answer } from '../answer.ts';
import { completed, DONE, REFUSED } from '../answer.ts';
import type { Result } from '../device.ts';
import { BytesChanged, ImpossibleInput } from '../errors.ts';
import type { HammerIo } from '../records/hammer-io.ts';
import { nameOf } from '../records/hammer-io.ts';
import { addForeignRef, isUnreferenced } from '../records/reference-word.ts';
import type { MountState } from '../core-state.ts';
import { setWantedByKernel } from '../core-state.ts';
import { detachForKernel, finishWaitingRelease } from './release.ts';
import { mark, volumeOf } from '../records/volume.ts';
import { wakeBp, wakeRun } from './waking.ts';
import { issueWrite, takeOffRunList } from './write.ts';

/** io_complete of a write (L1075-1163). */
export function writeDone(m: MountState, id: number, result: Result): Answer {
  const request = m.outbox.inFlight('write', id);
  const io = volumeOf(m, request.volume).ios.get(request.block)!;
  if (m.verify) verifyBytes(io);
  m.outbox.completed(id);
  io.request = 0;
  if (result === 'error') pinAfterError(m, io); // Before `running` goes (claim I33).
  m.runningWriteBytes -= m.blockBytes;
  m.ioRunningSpace -= m.blockBytes;
  io.running = false;
  io.volume.runningIos--;
  takeOffRunList(m, io);
  mark(io.volume); // Whoever started the write, and even if it failed: a part may have arrived (D2).
  wakeRun(m, io);
  wakeBp(m, io);
  if (m.ioRunningSpace <= m.backlogBytesMax) wakeBacklog(m);
  if (io.loadLockOwner?.stage === 'release') finishWaitingRelease(m, io, io.loadLockOwner);
  else if (io.wantedByKernel && isUnreferenced(io)) detachForKernel(m, io, false);
  return completed(result === 'ok' ? 'done' : 'error', 0, m.blockBytes);
}

/**
 * A failed write is critical: from then on the UNDO log is not advanced, so recovery finds a consistent state and failed
 * UNDO buffers may go. Others are pinned, so that the users of the now read-only mount go on seeing their bytes (L1087-1117).
 */
function pinAfterError(m: MountState, io: HammerIo): void {
  m.criticalError = true;
  if (io.type === 'undo' || io.ioerror) return;
  io.ioerror = true;
  addForeignRef(io);
}

function wakeBacklog(m: MountState): void {
  for (let t = m.backlogWaiters.head; t !== undefined; t = t.waitNext) m.tickets.wake(t);
}

function verifyBytes(io: HammerIo): void {
  const { bytes, issuedCrc } = io.bp!;
  const crc = crc32(bytes);
  if (crc !== issuedCrc) throw new BytesChanged(nameOf(io), issuedCrc, crc);
}

/** The kernel wants a clean passive buffer for something else: io_deallocate (L1182-1228). */
export function recycle(m: MountState, volume: number, block: number): Answer {
  const io = attached(m, 'recycle', volume, block);
  if (!io.released || io.running || io.bp!.delwri || io.wantedByKernel) {
    throw new ImpossibleInput('recycle', 'the buffer is on the clean queue', describe(io));
  }
  if (!isUnreferenced(io)) return refuse(m, io);
  detachForKernel(m, io, true);
  return DONE;
}

/** A daemon asks to write a delayed-write buffer and does so if allowed: io_checkwrite (L1290-1363). */
export function writeBack(m: MountState, volume: number, block: number): Answer {
  const io = attached(m, 'writeBack', volume, block);
  if (!isDelayedWrite(io)) throw new ImpossibleInput('writeBack', 'the buffer is a delayed write', describe(io));
  return checkwrite(m, io);
}

/** The same, asked by a write in flight that looks for neighbours to write along. */
export function clusterPull(m: MountState, volume: number, block: number): Answer {
  const io = attached(m, 'clusterPull', volume, block);
  if (!isDelayedWrite(io) || io.wantedByKernel || io.volume.runningIos === 0) {
    const when = 'the buffer is a delayed write, not locked, and another one of its volume is being written';
    throw new ImpossibleInput('clusterPull', when, describe(io));
  }
  return checkwrite(m, io);
}

/** The buffer is in use: that somebody wants it is remembered. */
function refuse(m: MountState, io: HammerIo): Answer {
  setWantedByKernel(m, io, true);
  return REFUSED;
}

function checkwrite(m: MountState, io: HammerIo): Answer {
  if (!isUnreferenced(io)) return refuse(m, io);
  issueWrite(m, io, false);
  return DONE;
}

function isDelayedWrite(io: HammerIo): boolean {
  return io.released && io.bp!.delwri && !io.running;
}

function attached(m: MountState, input: string, volumeNumber: number, block: number): HammerIo {
  const volume = volumeOf(m, volumeNumber);
  const io = volume.ios.get(block);
  if (io?.bp === undefined) {
    throw new ImpossibleInput(
      input,
      'the kernel has a buffer of ours',
      `it has none for block ${block} of volume ${volume.name}`,
    );
  }
  return io;
}

function describe(io: HammerIo): string {
  const { released, running, wantedByKernel, bp } = io;
  return `${nameOf(io)} has released ${released}, running ${running}, delwri ${bp!.delwri}, locked ${wantedByKernel}`;
}
