// Issuing writes and waiting for them. A buffer is made clean before its write is issued, so that a change made meanwhile
// is seen as dirty again (hammer_io.c L714-730); it goes to the tail of the run list; and what is left of CRC work is done
// before the bytes leave (L959-982).

import { crc32 } from 'node:zlib';
import type { Answer } from '../answer.ts';
import { CLEAN, DONE, NONE, unfinished } from '../answer.ts';
import { BrokenPromise } from '../errors.ts';
import type { Handle, Ticket } from '../ids.ts';
import type { HammerIo } from '../records/hammer-io.ts';
import { nameOf } from '../records/hammer-io.ts';
import { clearCheck, dropRef, isLocked, refsOf } from '../records/reference-word.ts';
import { clearModify } from './modify.ts';
import type { MountState } from '../core-state.ts';
import { setLocked } from '../core-state.ts';
import type { TicketRecord } from '../records/tickets.ts';
import { volumeOf } from '../records/volume.ts';

/** Writes a dirty buffer. `reclaim`: drop it when it is written (L704-709). */
export function issueWrite(m: MountState, io: HammerIo, reclaim: boolean): void {
  const buf = io.bp!;
  io.released = true;
  if (reclaim) {
    io.reclaim = true;
    setLocked(m, io, true);
  }
  clearModify(m, io, false);
  io.running = true;
  m.ioRunningSpace += m.blockBytes;
  m.runningWriteBytes += m.blockBytes;
  io.volume.runningIos++;
  m.runList.append(io);
  buf.delwri = false;
  if (m.verify) buf.issuedCrc = crc32(buf.bytes);
  io.request = m.outbox.newId();
  m.outbox.post({ kind: 'write', id: io.request, volume: io.volume.number, block: io.block, bytes: buf.bytes });
}

export function ioFlush(m: MountState, handle: Handle, reclaim: boolean): Answer {
  const { io } = m.handles.opened(handle);
  if (io.modified && io.modifyRefs > 0) {
    throw new BrokenPromise('NotBeingModified', `${io.modifyRefs} modifications open on ${nameOf(io)}`);
  }
  if (!io.modified) return CLEAN;
  issueWrite(m, io, reclaim);
  return DONE;
}

export function ioWait(m: MountState, handle: Handle): Answer {
  const record = m.handles.opened(handle);
  if (!record.io.running) return DONE;
  const ticket = m.tickets.issueOn(record, 'wait');
  record.io.waiting = true;
  return unfinished('wait', ticket.id as Ticket);
}

export function resumeWait(m: MountState, ticket: TicketRecord): Answer {
  const io = ticket.io!;
  if (!io.running) {
    m.tickets.retire(ticket);
    return DONE;
  }
  m.tickets.sleep(ticket);
  io.waiting = true;
  return unfinished('wait', ticket.id as Ticket);
}

export function ioWaitAll(m: MountState): Answer {
  if (m.runList.isEmpty) return DONE;
  const ticket = m.tickets.issue('waitAll', undefined);
  m.runList.append(ticket);
  return unfinished('wait', ticket.id as Ticket);
}

export function resumeWaitAll(m: MountState, ticket: TicketRecord): Answer {
  takeOffRunList(m, ticket);
  m.tickets.retire(ticket);
  return DONE;
}

/** Takes a write or a placemarker off the run list; a placemarker that becomes the head is woken. */
export function takeOffRunList(m: MountState, entry: HammerIo | TicketRecord): void {
  const head = m.runList.remove(entry);
  if (head !== undefined) m.tickets.wake(head);
}

export function ioLimitBacklog(m: MountState): Answer {
  if (m.ioRunningSpace <= m.backlogBytesMax) return DONE;
  return unfinished('wait', m.tickets.issue('backlog', m.backlogWaiters).id as Ticket);
}

export function resumeBacklog(m: MountState, ticket: TicketRecord): Answer {
  if (m.ioRunningSpace <= m.backlogBytesMax) {
    m.tickets.retire(ticket);
    return DONE;
  }
  m.tickets.sleep(ticket);
  return unfinished('wait', ticket.id as Ticket);
}

/** Drops the pin of a failed write; the caller's own reference stays (L234-246). */
export function ioClearError(m: MountState, handle: Handle): Answer {
  const { io } = m.handles.opened(handle);
  if (!io.ioerror) return NONE;
  io.ioerror = false;
  dropRef(io);
  return DONE;
}

/** The same at close, when the pin is the only reference (L248-259, ondisk:912). */
export function ioClearErrorNoassert(m: MountState, volumeNumber: number, block: number): Answer {
  const volume = volumeOf(m, volumeNumber);
  const io = volume.ios.get(block);
  if (io === undefined)
    throw new BrokenPromise('PinnedOnly', `no structure for block ${block} of volume ${volume.name}`);
  if (!io.ioerror || refsOf(io) !== 1 || isLocked(io)) {
    const pinned = io.ioerror ? 'pinned' : 'not pinned';
    throw new BrokenPromise('PinnedOnly', `${nameOf(io)} is ${pinned} and has ${refsOf(io)} references`);
  }
  io.ioerror = false;
  dropRef(io);
  clearCheck(io);
  if (io.type === 'volume') io.ondisk = false;
  return DONE;
}
