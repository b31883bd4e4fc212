// The barrier: device flushes, and who waits for which. What is known of a volume between two of them is in records/volume.ts.
//
// A caller of ioFlushSync joins the flush in flight only if nothing completed since it was issued; otherwise it needs the
// next one, which is issued when the first is done. `needs` of its ticket says so, per volume. (hammer_io.c L1961-1989)

import type { Answer } from '../answer.ts';
import { DONE, ERROR, unfinished } from '../answer.ts';
import type { MountState } from '../core-state.ts';
import type { Result } from '../device.ts';
import { unreachable } from '../errors.ts';
import type { Ticket } from '../ids.ts';
import type { TicketRecord } from '../records/tickets.ts';
import type { Volume } from '../records/volume.ts';
import { volumeOf } from '../records/volume.ts';

/** What a ticket needs of a volume. */
const NOTHING = 0;
const FLUSH_IN_FLIGHT = 1;
const NEXT_FLUSH = 2;

export function ioFlushSync(m: MountState): Answer {
  for (const volume of m.volumes) if (volume.flush === 'failed') return ERROR;
  let ticket: TicketRecord | undefined;
  for (const volume of m.volumes) {
    const need = startOrJoin(m, volume);
    if (need === NOTHING) continue;
    ticket ??= m.tickets.issue('flushSync', m.flushWaiters);
    ticket.needs ??= new Uint8Array(m.volumes.length);
    ticket.needs[volume.number] = need;
  }
  return ticket === undefined ? DONE : unfinished('wait', ticket.id as Ticket);
}

/** Issues a flush if the volume has none; answers which flush makes durable what has completed so far. */
function startOrJoin(m: MountState, volume: Volume): number {
  switch (volume.flush) {
    case 'clean':
      return NOTHING;
    case 'dirty':
      issueFlush(m, volume);
      return FLUSH_IN_FLIGHT;
    case 'flushing':
      return FLUSH_IN_FLIGHT;
    case 'flushingDirty':
      return NEXT_FLUSH;
    case 'failed':
      return NOTHING; // The caller has looked for it.
    default:
      return unreachable(volume.flush);
  }
}

function issueFlush(m: MountState, volume: Volume): void {
  volume.flush = 'flushing';
  m.outbox.post({ kind: 'flush', id: m.outbox.newId(), volume: volume.number });
}

export function flushDone(m: MountState, id: number, result: Result): Answer {
  const volume = volumeOf(m, m.outbox.inFlight('flush', id).volume);
  m.outbox.completed(id);
  if (result === 'error') {
    failFlush(m, volume);
    return ERROR;
  }
  const nextIsNeeded = countDown(m, volume.number);
  if (volume.flush === 'flushing') volume.flush = 'clean';
  else if (nextIsNeeded) issueFlush(m, volume);
  else volume.flush = 'dirty';
  for (let t = m.flushWaiters.head; t !== undefined; t = t.waitNext) {
    if (t.needs!.every((need) => need === NOTHING)) m.tickets.wake(t);
  }
  return DONE;
}

/** Everybody is one flush nearer; answers whether somebody needs the next one. */
function countDown(m: MountState, volume: number): boolean {
  let nextIsNeeded = false;
  for (let t = m.flushWaiters.head; t !== undefined; t = t.waitNext) {
    const need = t.needs![volume]!;
    if (need === NOTHING) continue;
    t.needs![volume] = need - 1;
    nextIsNeeded ||= need === NEXT_FLUSH;
  }
  return nextIsNeeded;
}

/** What the flush was to make durable may be lost: a critical error, and everybody who relied on it is told. */
function failFlush(m: MountState, volume: Volume): void {
  volume.flush = 'failed';
  m.criticalError = true;
  let next: TicketRecord | undefined;
  for (let t = m.flushWaiters.head; t !== undefined; t = next) {
    next = t.waitNext;
    if (t.needs![volume.number] === NOTHING) continue;
    t.needs!.fill(NOTHING);
    t.at = 'flushFailed';
    m.flushWaiters.remove(t);
    m.tickets.wake(t);
  }
}

/** A woken sync learns whether its flushes succeeded. */
export function resumeFlushSync(m: MountState, ticket: TicketRecord): Answer {
  const failed = ticket.at === 'flushFailed';
  m.tickets.retire(ticket);
  return failed ? ERROR : DONE;
}
