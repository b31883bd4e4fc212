// The state of one core: what the original keeps in `struct hammer_mount` and in its global counters. Every count here is
// maintained where its cause changes and never computed, so that comparing it with a model that computes it proves the
// bookkeeping. This file also holds the three smallest changes that touch such a count.

import { Slab } from './records/buf.ts';
import { DirtyLists } from './records/dirty-lists.ts';
import { Handles } from './records/handles.ts';
import type { HammerIo } from './records/hammer-io.ts';
import { Outbox } from './outbox.ts';
import { RunList } from './records/run-list.ts';
import type { CoreOptions } from './options.ts';
import { checkOptions } from './options.ts';
import type { CoreView } from './view.ts';
import { TicketList, Tickets } from './records/tickets.ts';
import { Volume } from './records/volume.ts';

export class MountState implements CoreView {
  readonly blockBytes: number;
  readonly backlogBytesMax: number;
  readonly undoLog: boolean;
  readonly verify: boolean;
  readonly volumes: readonly Volume[];
  readonly slab: Slab;
  readonly lists: DirtyLists;
  readonly runList = new RunList();
  readonly tickets = new Tickets();
  readonly handles = new Handles();
  readonly outbox = new Outbox();
  /** Tickets in flushSync, and those that wait to hear that a flush failed are no longer among them. */
  readonly flushWaiters = new TicketList();
  readonly backlogWaiters = new TicketList();
  /** A write or a device flush has failed. For good (claim I32). */
  criticalError = false;
  /** Bytes being written. */
  ioRunningSpace = 0;
  /** Bytes being read: the original's global counter hammer_count_io_running_read. */
  runningReadBytes = 0;
  /** Bytes being written: the original's global counter hammer_count_io_running_write. */
  runningWriteBytes = 0;
  /** Buffers with `locked`. */
  ioLockedCount = 0;

  constructor(options: CoreOptions) {
    const checked = checkOptions(options);
    this.blockBytes = checked.blockBytes;
    this.backlogBytesMax = checked.backlogBytesMax;
    this.undoLog = checked.undoLog;
    this.verify = checked.verify;
    this.volumes = checked.volumes.map((volume, number) => new Volume(number, volume));
    this.slab = new Slab(checked.capacityBufs, checked.blockBytes, options.slab, options.slabOffset);
    this.lists = new DirtyLists(checked.blockBytes);
  }
}

/** Sets or clears B_LOCKED; the count moves only when the flag does (D11: the original counts twice at L1321). */
export function setLocked(m: MountState, io: HammerIo, locked: boolean): void {
  if (io.locked === locked) return;
  io.locked = locked;
  m.ioLockedCount += locked ? 1 : -1;
}

/** The buffer has gone dirty: it stands on the list of its type. Dirty again, it is not to be dropped any more (D30). */
export function setModified(m: MountState, io: HammerIo): void {
  if (io.modified) return;
  m.lists.joinModified(io);
  io.modified = true;
  io.reclaim = false;
}

/**
 * Takes what the device cache holds for a block and gives its buffer back. One that is being read ahead is the device's
 * until the read has ended: readDone gives it back.
 */
export function dropResidue(m: MountState, volume: Volume, block: number): void {
  const residue = volume.residue.get(block);
  if (residue === undefined) return;
  volume.residue.delete(block);
  if (residue.arrived) m.slab.give(residue);
}
