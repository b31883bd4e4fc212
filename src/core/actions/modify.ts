// Modifying a buffer: opening and closing modifications, the write interlock that keeps modifiers out, and what makes a
// buffer clean again (hammer_io.c L770-853, L861-909, L924-986).
//
// A modification opens in three stages. *Enter*: wait until no write interlock is held, or, for a handle that is not inside
// already, until none is waited for either (D35: the original lets new modifiers overtake a waiting interlock for ever); then
// count. *Own*: wait until the buffer is not being written; hold it and make it dirty. *Open*: where the old bytes must be
// in the UNDO log first, wait for the record; if it cannot be laid, the modification is withdrawn (D9: the original goes on
// without). Only then may bytes change.

import type { Answer } from '../answer.ts';
import { DONE, doneWith, ERROR, unfinished } from '../answer.ts';
import { finalizeCrc } from '../block-crc.ts';
import type { Result } from '../device.ts';
import { BrokenPromise, ImpossibleInput, InvalidArgument } from '../errors.ts';
import type { Handle, Ticket } from '../ids.ts';
import type { LiveHandle } from '../records/handles.ts';
import { promiseModificationOpen, promiseNoOpenModification, promiseNotInterlocked } from '../records/handles.ts';
import type { HammerIo } from '../records/hammer-io.ts';
import { nameOf } from '../records/hammer-io.ts';
import { addRef, dropRef } from '../records/reference-word.ts';
import type { MountState } from '../core-state.ts';
import { setModified } from '../core-state.ts';
import type { TicketRecord, WaitsAt } from '../records/tickets.ts';
import { wakeModRefs } from './waking.ts';

/** The old bytes that an UNDO record must hold before they may change; `undefined` if none is wanted. */
interface UndoRange {
  readonly offset: number;
  readonly bytes: number;
}

/** ioModify: any type, never an UNDO record. */
export function ioModify(m: MountState, handle: Handle): Answer {
  const record = m.handles.opened(handle);
  promiseNotInterlocked(record);
  return enter(m, record, undefined, undefined);
}

/** modifyBuffer (META) and modifyVolume (VOLUME). No bytes, no record (L864, L886). */
export function modifyCovered(
  m: MountState,
  handle: Handle,
  type: 'meta' | 'volume',
  offset: number,
  bytes: number,
): Answer {
  const record = m.handles.opened(handle);
  if (record.io.type !== type) {
    const advice = 'Use modifyVolume for headers, modifyBuffer for META, else ioModify.';
    throw new InvalidArgument(`a ${type} block`, nameOf(record.io), advice);
  }
  if (!Number.isSafeInteger(offset) || !(offset >= 0 && bytes >= 0 && offset + bytes <= m.blockBytes)) {
    const seen = `${bytes} bytes from ${offset}`;
    throw new InvalidArgument(`a range within ${m.blockBytes} bytes`, seen, 'Name the bytes that will change.');
  }
  promiseNotInterlocked(record);
  return enter(m, record, bytes === 0 ? undefined : { offset, bytes }, undefined);
}

function enter(
  m: MountState,
  handle: LiveHandle,
  undo: UndoRange | undefined,
  ticket: TicketRecord | undefined,
): Answer {
  const { io } = handle;
  if (io.modifyRefs < 0 || (handle.mods === 0 && io.interlocksWaiting > 0)) {
    io.waitmod = true;
    return park(m, handle, 'modify', undo, ticket);
  }
  io.modifyRefs++;
  return own(m, handle, undo, ticket);
}

function own(m: MountState, handle: LiveHandle, undo: UndoRange | undefined, ticket: TicketRecord | undefined): Answer {
  const { io } = handle;
  if (!io.modified || io.released) {
    if (io.released && io.running) return park(m, handle, 'regetblk', undo, ticket);
    io.released = false; // Hold the buffer before it is dirty, or the kernel could be asked to write it (L790-793).
    setModified(m, io);
  }
  return open(m, handle, undo, ticket);
}

function open(
  m: MountState,
  handle: LiveHandle,
  undo: UndoRange | undefined,
  ticket: TicketRecord | undefined,
): Answer {
  handle.mods++;
  if (undo === undefined || !m.undoLog) {
    if (ticket !== undefined) m.tickets.retire(ticket);
    return doneWith(handle.id as Handle);
  }
  const { io } = handle;
  const covering = ticket ?? m.tickets.issueOn(handle, 'cover');
  covering.at = 'cover';
  covering.wantsUndo = false;
  m.tickets.sleep(covering);
  m.outbox.postUndo({
    kind: 'undo',
    handle: handle.id as Handle,
    volume: io.volume.number,
    block: io.block,
    offset: undo.offset,
    before: io.bp!.bytes.slice(undo.offset, undo.offset + undo.bytes),
  });
  return unfinished('cover', covering.id as Ticket);
}

/** Sleeps at a stage, under a new ticket or on with the old one. */
function park(
  m: MountState,
  handle: LiveHandle,
  at: WaitsAt,
  undo: UndoRange | undefined,
  ticket: TicketRecord | undefined,
): Answer {
  const parked = ticket ?? m.tickets.issueOn(handle, at);
  parked.at = at;
  parked.wantsUndo = undo !== undefined;
  parked.undoOffset = undo?.offset ?? 0;
  parked.undoBytes = undo?.bytes ?? 0;
  m.tickets.sleep(parked);
  return unfinished('wait', parked.id as Ticket);
}

/** A woken modification takes up the stage it slept at. */
export function resumeModify(m: MountState, ticket: TicketRecord): Answer {
  const handle = ticket.handle as LiveHandle;
  const undo = ticket.wantsUndo ? { offset: ticket.undoOffset, bytes: ticket.undoBytes } : undefined;
  return ticket.at === 'modify' ? enter(m, handle, undo, ticket) : own(m, handle, undo, ticket);
}

/** The UNDO record is laid, or cannot be laid: then the modification is withdrawn before any byte has changed (D9). */
export function undoLaid(m: MountState, handle: Handle, result: Result): Answer {
  const record = m.handles.find(handle);
  const ticket = record?.ticket;
  if (record === undefined || ticket?.at !== 'cover') {
    const seen = record === undefined ? `handle ${handle}, which is not open` : `a handle on ${nameOf(record.io)}`;
    throw new ImpossibleInput('undoLaid', 'the handle waits for an UNDO record', seen);
  }
  m.tickets.retire(ticket);
  if (result === 'ok') return DONE;
  closeModification(m, record);
  return ERROR;
}

/** The handle if its bytes may be changed now. */
export function promiseChangeable(m: MountState, handle: Handle): LiveHandle {
  const record = m.handles.opened(handle);
  promiseModificationOpen(record);
  return record;
}

/** Bytes change. In META the block's CRC must follow before the next issue, which holds a reference until then. */
export function change(m: MountState, handle: Handle): Answer {
  const { io } = promiseChangeable(m, handle);
  if (io.type === 'meta' && !io.gencrc) {
    io.gencrc = true;
    addRef(io);
  }
  return DONE;
}

export function ioModifyDone(m: MountState, handle: Handle): Answer {
  closeModification(m, promiseChangeable(m, handle));
  return DONE;
}

function closeModification(m: MountState, handle: LiveHandle): void {
  handle.mods--;
  uncountModification(m, handle.io);
}

export function uncountModification(m: MountState, io: HammerIo): void {
  io.modifyRefs--;
  if (io.modifyRefs === 0) wakeModRefs(m, io);
}

export function ioWriteInterlock(m: MountState, handle: Handle): Answer {
  const record = m.handles.opened(handle);
  promiseNoOpenModification(record);
  promiseNotInterlocked(record);
  if (record.io.modifyRefs === 0) {
    takeInterlock(record);
    return DONE;
  }
  const ticket = m.tickets.issueOn(record, 'interlock');
  record.io.interlocksWaiting++;
  record.io.waitmod = true;
  return unfinished('wait', ticket.id as Ticket);
}

export function resumeInterlock(m: MountState, ticket: TicketRecord): Answer {
  const handle = ticket.handle as LiveHandle;
  const { io } = handle;
  if (io.modifyRefs === 0) {
    m.tickets.retire(ticket);
    io.interlocksWaiting--;
    takeInterlock(handle);
    return DONE;
  }
  m.tickets.sleep(ticket);
  io.waitmod = true;
  return unfinished('wait', ticket.id as Ticket);
}

function takeInterlock(handle: LiveHandle): void {
  handle.io.modifyRefs = -1;
  handle.interlock = true;
}

export function ioDoneInterlock(m: MountState, handle: Handle): Answer {
  const record = m.handles.opened(handle);
  if (!record.interlock) throw new BrokenPromise('InterlockOwned', `not that of ${nameOf(record.io)}`);
  record.interlock = false;
  record.io.modifyRefs = 0;
  wakeModRefs(m, record.io);
  return DONE;
}

/**
 * Makes a buffer clean: because it is about to be written, or, with `inval`, because its contents are given up. Either way
 * the CRC work that was left is settled and its reference goes; only a write needs the CRC itself.
 */
export function clearModify(m: MountState, io: HammerIo, inval: boolean): void {
  if (!io.modified) return;
  m.lists.leaveModified(io);
  io.modified = false;
  if (!io.gencrc) return;
  io.gencrc = false;
  if (!inval) finalizeCrc(io.bp!.bytes);
  dropRef(io);
}
