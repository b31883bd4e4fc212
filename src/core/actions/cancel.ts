// Withdrawing a queued ticket, which the original cannot do with a sleep. Everything the ticket had counted is given back, and
// whoever waited only because of it is woken. Loads, UNDO records and waiting releases are not withdrawn: the device will
// end them, whoever still listens.

import type { Answer } from '../answer.ts';
import { DONE } from '../answer.ts';
import { BrokenPromise } from '../errors.ts';
import type { HammerIo } from '../records/hammer-io.ts';
import { clearCheck, dropRef, isLocked, isWanted, refsOf, setWanted } from '../records/reference-word.ts';
import { uncountModification } from './modify.ts';
import type { MountState } from '../core-state.ts';
import { relBuffer } from './release.ts';
import type { Ticket } from '../ids.ts';
import { wakeModRefs } from './waking.ts';
import { takeOffRunList } from './write.ts';

export function cancel(m: MountState, ticketNumber: Ticket): Answer {
  const ticket = m.tickets.find(ticketNumber);
  if (ticket === undefined) throw new BrokenPromise('TicketQueued', `ticket ${ticketNumber}, which has ended`);
  const { at, io } = ticket;
  switch (at) {
    case 'get':
      m.tickets.retire(ticket);
      cancelGet(m, io!);
      return DONE;
    case 'modify':
      m.tickets.retire(ticket);
      recallWaitmod(io!);
      return DONE;
    case 'regetblk':
      m.tickets.retire(ticket);
      uncountModification(m, io!);
      return DONE;
    case 'interlock':
      m.tickets.retire(ticket);
      io!.interlocksWaiting--;
      wakeModRefs(m, io!); // Modifiers may have kept out only for its sake (D35).
      return DONE;
    case 'wait':
      m.tickets.retire(ticket);
      io!.waiting &&= io!.waiters.someoneSleeps('wait', 'release');
      return DONE;
    case 'waitAll':
      takeOffRunList(m, ticket);
      m.tickets.retire(ticket);
      return DONE;
    case 'flushSync':
    case 'backlog':
      m.tickets.retire(ticket);
      return DONE;
    case 'load':
    case 'failed':
    case 'cover':
    case 'release':
    case 'flushFailed':
    default:
      throw new BrokenPromise('TicketQueued', `a ticket in ${at}`);
  }
}

/** The counted reference goes. Where it is the last one and a release or unload is under way, that one sees to the rest. */
function cancelGet(m: MountState, io: HammerIo): void {
  if (isWanted(io)) setWanted(io, io.waiters.someoneSleeps('get', 'get'));
  if (refsOf(io) > 1 || !isLocked(io)) {
    relBuffer(m, io, false);
    return;
  }
  dropRef(io);
  clearCheck(io);
}

function recallWaitmod(io: HammerIo): void {
  io.waitmod &&= io.waiters.someoneSleeps('modify', 'interlock');
}
