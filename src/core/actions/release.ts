// The end of a use: what becomes of a buffer when its last reference goes, and of a structure when its buffer has gone
// (hammer_io.c L517-656; ondisk:1005-1067 for buffers, ondisk:470 for volume headers).
//
// The decision, for a structure with a buffer, without references:
//
//   write?    dirty, and it is being unloaded, or the kernel has asked for it and its type may be written at any time
//   wait?     it is to be disposed of (waitdep) and a write is in flight: the interlock stays until that has ended
//   dispose           unloading or reclaim, clean, no write in flight    detached for good
//   keepDirty         dirty META or VOLUME, or already with the kernel   stays as it is
//   giveBackDirty     dirty DATA or UNDO that we held                    the kernel's, as a delayed write
//   giveBackClean     clean, held                                        the kernel's
//   detach            clean, and the kernel has asked for it             detached; its contents may stay cached
//   leave             with the kernel already                            stays as it is

import type { Answer } from '../answer.ts';
import { AGAIN, DONE, unfinished } from '../answer.ts';
import { forget } from '../records/buf.ts';
import { BrokenPromise, ImpossibleInput, InvalidArgument, unreachable } from '../errors.ts';
import type { Handle, Ticket } from '../ids.ts';
import type { LiveHandle } from '../records/handles.ts';
import { promiseNoOpenModification, promiseNotInterlocked } from '../records/handles.ts';
import type { HammerIo } from '../records/hammer-io.ts';
import { isWrittenByUsOnly, nameOf } from '../records/hammer-io.ts';
import { clearCheck, dropRef, dropRefAndCheck, isUnreferenced, lock, refsOf } from '../records/reference-word.ts';
import { clearModify } from './modify.ts';
import type { MountState } from '../core-state.ts';
import { dropResidue, setLocked } from '../core-state.ts';
import type { TicketRecord } from '../records/tickets.ts';
import { volumeOf } from '../records/volume.ts';
import { interlockDone } from './waking.ts';
import { issueWrite } from './write.ts';

/** The handle if it may be given up: open, nothing open under it, and not the owner of the interlock. */
function releasable(m: MountState, handle: Handle): LiveHandle {
  const record = m.handles.opened(handle);
  promiseNoOpenModification(record);
  promiseNotInterlocked(record);
  return record;
}

/** The end of a hit: true if all that there was to do is done, else nothing has happened. */
export function tryRelease(m: MountState, handle: Handle): boolean {
  const record = m.handles.find(handle);
  // Told apart by one look at a word: nobody else is concerned, and the decision is `leave`.
  if (record === undefined || !record.isReleasable || !m.handles.structures.endHit(record.index)) return false;
  m.handles.close(record);
  return true;
}

/** `undoReclaim`: an UNDO buffer that is written now will not be appended to again and may be dropped when written. */
export function release(m: MountState, handle: Handle, undoReclaim: boolean): Answer {
  return tryRelease(m, handle) ? DONE : releaseLast(m, handle, undoReclaim);
}

function releaseLast(m: MountState, handle: Handle, undoReclaim: boolean): Answer {
  const record = releasable(m, handle);
  const { io } = record;
  m.handles.close(record);
  return relBuffer(m, io, undoReclaim);
}

/** Drops a counted reference; the last one decides. */
export function relBuffer(m: MountState, io: HammerIo, undoReclaim: boolean): Answer {
  dropRef(io);
  if (refsOf(io) > 0) return DONE;
  if (io.type === 'volume') io.ondisk = false; // Before the buffer goes (ondisk:470).
  if (ioRelease(m, io, false, undoReclaim)) {
    finish(m, io);
    return DONE;
  }
  return waitForWrite(m, io, false);
}

/** The interlock stays with a ticket until the write in flight has ended; writeDone finishes the release. */
function waitForWrite(m: MountState, io: HammerIo, closing: boolean): Answer {
  const ticket = m.tickets.issueFor(io, 'release');
  ticket.closing = closing;
  lock(io, ticket);
  io.waiting = true;
  return unfinished('wait', ticket.id as Ticket);
}

/** Carries out the decision above; answers false if it must wait for the write in flight. */
function ioRelease(m: MountState, io: HammerIo, flush: boolean, undoReclaim: boolean): boolean {
  if (io.bp === undefined) return true;
  if (io.modified && (flush || (io.locked && !isWrittenByUsOnly(io)))) {
    issueWrite(m, io, io.type === 'undo' && !flush && undoReclaim);
  }
  if (io.waitdep && io.running) return false;
  const decision = decideRelease(io, flush);
  switch (decision) {
    case 'dispose':
    case 'detach':
      io.released = true;
      disassociate(m, io, flush);
      return true;
    case 'giveBackDirty':
      io.released = true;
      io.bp.delwri = true;
      return true;
    case 'giveBackClean':
      io.released = true;
      return true;
    case 'keepDirty':
    case 'leave':
      return true;
    default:
      return unreachable(decision);
  }
}

type ReleaseDecision = 'dispose' | 'keepDirty' | 'giveBackDirty' | 'giveBackClean' | 'detach' | 'leave';

function decideRelease(io: HammerIo, flush: boolean): ReleaseDecision {
  if ((flush || io.reclaim) && !io.modified && !io.running) return 'dispose';
  if (io.modified) return io.released || isWrittenByUsOnly(io) ? 'keepDirty' : 'giveBackDirty';
  if (io.running) return 'leave'; // A buffer being written is released; completion deals with it (L645-652).
  if (io.locked) return 'detach';
  return io.released ? 'leave' : 'giveBackClean';
}

/**
 * Takes the buffer away from a clean, released structure. Its contents stay in the device cache unless `drop` or reclaim
 * says otherwise. What was asked of the buffer ends with it: B_LOCKED (L136-139), reclaim (L140-143), and, repaired, waitdep
 * (D30) and the pin of a failed write (D39), which would keep a structure alive that has nothing left to keep.
 */
export function disassociate(m: MountState, io: HammerIo, drop: boolean): void {
  const buf = io.bp!;
  const dropContents = drop || io.reclaim;
  io.bp = undefined;
  io.ondisk = false;
  io.reclaim = false;
  io.waitdep = false;
  if (io.ioerror) {
    io.ioerror = false;
    dropRefAndCheck(io);
  }
  setLocked(m, io, false);
  if (dropContents) {
    m.slab.give(buf);
    return;
  }
  forget(buf);
  buf.arrived = true;
  io.volume.residue.add(buf);
}

/** Ends a release that did not have to wait: the structure goes with its buffer, unless somebody queues for it. */
function finish(m: MountState, io: HammerIo): void {
  if (io.bp === undefined && refsOf(io) === 0 && io.type !== 'volume') {
    destroy(m, io);
    return;
  }
  if (refsOf(io) === 0) clearCheck(io);
  interlockDone(m, io);
}

/** writeDone ended the write that a release or an unload waited for (L556-558). */
export function finishWaitingRelease(m: MountState, io: HammerIo, ticket: TicketRecord): void {
  const { closing } = ticket;
  m.tickets.forgetIo(ticket);
  ticket.closing = false;
  m.tickets.wake(ticket);
  ioRelease(m, io, closing, false); // Nothing runs and nothing is dirty: it cannot wait again.
  if (closing && refsOf(io) === 0) destroy(m, io);
  else finish(m, io);
}

/** Destroys a structure without buffer and references. A buffer's structure gives its reference on the volume header back. */
export function destroy(m: MountState, io: HammerIo): void {
  const { volume } = io;
  m.lists.leaveLoose(io);
  volume.ios.delete(io.block);
  m.handles.structures.delete(io.index);
  if (io.type === 'volume') volume.header = undefined;
  else if (volume.header !== undefined) relBuffer(m, volume.header, false);
}

/** Detaches a clean buffer of an unreferenced structure because the kernel takes it. Buffers become loose (L1209-1221). */
export function detachForKernel(m: MountState, io: HammerIo, drop: boolean): void {
  disassociate(m, io, drop);
  if (io.type !== 'volume') m.lists.joinLoose(io);
}

/** A last release while the kernel is short of memory: brelse offers the clean buffer for recycling at once. */
export function lowMemoryRelease(m: MountState, handle: Handle): Answer {
  const record = releasable(m, handle);
  const { io } = record;
  const { bp } = io;
  if (refsOf(io) !== 1 || bp === undefined || io.modified || io.running || io.locked || io.reclaim) {
    throw new ImpossibleInput('lowMemoryRelease', 'the last reference on a clean, idle buffer goes', nameOf(io));
  }
  m.handles.close(record);
  relBuffer(m, io, false);
  detachForKernel(m, io, true);
  return DONE;
}

export function delBuffer(m: MountState, handle: Handle): Answer {
  const record = releasable(m, handle);
  const { io } = record;
  if (io.type === 'volume') {
    throw new InvalidArgument('a buffer', nameOf(io), 'A volume header goes with unload.');
  }
  if (refsOf(io) > 1) return AGAIN;
  m.handles.close(record);
  clearModify(m, io, true);
  io.reclaim = true;
  io.waitdep = true;
  return relBuffer(m, io, false);
}

/** Destroys an unreferenced structure; dirty contents are dropped, a write in flight is waited for. */
export function unload(m: MountState, volumeNumber: number, block: number): Answer {
  const volume = volumeOf(m, volumeNumber);
  const io = volume.ios.get(block);
  if (io === undefined) throw new BrokenPromise('Exists', `none for block ${block} of volume ${volume.name}`);
  if (!isUnreferenced(io)) {
    const busy = io.owner === undefined ? '' : `, and it is busy in ${io.owner.at}`;
    throw new BrokenPromise('Unreferenced', `${refsOf(io)} references on ${nameOf(io)}${busy}`);
  }
  clearModify(m, io, true);
  io.waitdep = true;
  if (!ioRelease(m, io, true, false)) return waitForWrite(m, io, true);
  destroy(m, io);
  return DONE;
}

/** The release has been finished by writeDone. */
export function resumeRelease(m: MountState, ticket: TicketRecord): Answer {
  m.tickets.retire(ticket);
  return DONE;
}

/** Destroys every loose structure (hammer_flusher_clean_loose_ios). */
export function cleanLoose(m: MountState): Answer {
  for (const io of m.lists.takeLoose()) destroy(m, io);
  return DONE;
}

/** Purges what the device cache holds for a block that no buffer of ours owns (L447-495). */
export function ioInval(m: MountState, volumeNumber: number, block: number): Answer {
  const volume = volumeOf(m, volumeNumber);
  if (block === volume.headerBlock) {
    throw new InvalidArgument('a block that is not a volume header', `block ${block}`, 'A header goes with unload.');
  }
  const io = volume.ios.get(block);
  if (io !== undefined && (io.bp !== undefined || io.reading)) return AGAIN;
  dropResidue(m, volume, block);
  return DONE;
}
