// Resuming a ticket: from what it waits for to the code that looks again.

import type { Answer } from '../answer.ts';
import { BrokenPromise, unreachable } from '../errors.ts';
import { resumeFlushSync } from './barrier.ts';
import { resumeGet } from './get.ts';
import { resumeInterlock, resumeModify } from './modify.ts';
import type { MountState } from '../core-state.ts';
import { resumeRelease } from './release.ts';
import type { Ticket } from '../ids.ts';
import type { WaitsAt } from '../records/tickets.ts';
import { resumeBacklog, resumeWait, resumeWaitAll } from './write.ts';

/** What a ticket is about, whichever stage it is at. */
export type TicketKind = 'get' | 'release' | 'modify' | 'interlock' | 'wait' | 'waitAll' | 'flushSync' | 'backlog';

/** A load and its failure belong to the get, a regetblk and an UNDO record to the modification. */
export function kindOf(at: WaitsAt): TicketKind {
  switch (at) {
    case 'load':
    case 'failed':
      return 'get';
    case 'regetblk':
    case 'cover':
      return 'modify';
    case 'flushFailed':
      return 'flushSync';
    case 'get':
    case 'release':
    case 'modify':
    case 'interlock':
    case 'wait':
    case 'waitAll':
    case 'flushSync':
    case 'backlog':
      return at;
    default:
      return unreachable(at);
  }
}

export function resume(m: MountState, ticketNumber: Ticket, expected: TicketKind | undefined): Answer {
  const ticket = m.tickets.find(ticketNumber);
  if (ticket === undefined) throw new BrokenPromise('TicketRunnable', `ticket ${ticketNumber}, which has ended`);
  const kind = kindOf(ticket.at);
  if (expected !== undefined && expected !== kind) {
    throw new BrokenPromise('TicketRunnable', `a ticket of ${kind}, not of ${expected}`);
  }
  if (!ticket.runnable) throw new BrokenPromise('TicketRunnable', `a ticket that still waits in ${ticket.at}`);
  switch (kind) {
    case 'get':
      return resumeGet(m, ticket);
    case 'release':
      return resumeRelease(m, ticket);
    case 'modify':
      return resumeModify(m, ticket);
    case 'interlock':
      return resumeInterlock(m, ticket);
    case 'wait':
      return resumeWait(m, ticket);
    case 'waitAll':
      return resumeWaitAll(m, ticket);
    case 'flushSync':
      return resumeFlushSync(m, ticket);
    case 'backlog':
      return resumeBacklog(m, ticket);
    default:
      return unreachable(kind);
  }
}
