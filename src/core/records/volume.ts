// Volumes: what exists on each, and what is known of its volatile cache.
//
// A write that has completed may still be lost with the power until a device flush that was issued after its completion
// has succeeded. So completion of any write marks the volume (D2: whoever started the write), and only a flush that
// succeeds takes the mark away (D4: the original clears it before the flush has even started, hammer_io.c L1970).
//
//   clean ──mark──▶ dirty ──sync──▶ flushing ──done──▶ clean
//                     ▲                │ mark
//                     │ done           ▼
//                     └──────── flushingDirty ──done, and somebody waits for the next flush──▶ flushing
//   any flush that fails ──▶ failed, for good
//
// A caller of ioFlushSync joins the flush in flight only if nothing completed since it was issued; otherwise it needs the
// next one, which is issued when the first is done. `needs` of its ticket says so, per volume.

import type { FlushState } from '../../../spec/buffer/snapshot.ts';
import type { Answer } from '../answer.ts';
import { DONE, ERROR, unfinished } from '../answer.ts';
import { BlockTable } from './block-table.ts';
import type { Buf } from './buf.ts';
import type { Result } from '../../devices/device.ts';
import { InvalidArgument, unreachable } from '../errors.ts';
import type { HammerIo } from './hammer-io.ts';
import { isLocked } from './reference-word.ts';
import type { MountState } from '../core-state.ts';
import type { VolumeOptions } from '../options.ts';
import type { Ticket, TicketRecord } from './tickets.ts';

/** What a ticket needs of a volume. */
const NOTHING = 0;
const FLUSH_IN_FLIGHT = 1;
const NEXT_FLUSH = 2;

export class Volume {
  readonly number: number;
  readonly name: string;
  readonly blocks: number;
  /** Block of the header, or -1 when the volume is no structure of its own. */
  readonly headerBlock: number;
  /** The structures that exist, by block. */
  readonly ios = new BlockTable<HammerIo>();
  /** The structure of the header, while it exists. */
  header: HammerIo | undefined = undefined;
  /** Buffers of the device cache that no structure owns, by block: read ahead, or left behind. */
  readonly residue = new BlockTable<Buf>();
  /** Writes in flight. */
  runningIos = 0;
  flush: FlushState = 'clean';

  constructor(number: number, options: VolumeOptions) {
    this.number = number;
    this.name = options.name;
    this.blocks = options.blocks;
    this.headerBlock = options.headerBlock ?? -1;
  }

  /** There is no header, or it is loaded and not being loaded or unloaded. */
  get isLoaded(): boolean {
    return this.headerBlock < 0 || (this.header?.bp !== undefined && !isLocked(this.header));
  }
}

export function volumeOf(m: MountState, number: number): Volume {
  const volume = m.volumes[number];
  if (volume === undefined) {
    throw new InvalidArgument(
      `a volume number below ${m.volumes.length}`,
      String(number),
      'Volumes are numbered from 0.',
    );
  }
  return volume;
}

/** A write to the volume has completed, or may have: the next sync must flush it. */
export function mark(volume: Volume): void {
  if (volume.flush === 'clean') volume.flush = 'dirty';
  else if (volume.flush === 'flushing') volume.flush = 'flushingDirty';
}

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

/** All are one flush nearer. True if one of them needs the next one. */
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

/** What the flush was to make durable may be lost: a critical error, and all who relied on it learn of it. */
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
