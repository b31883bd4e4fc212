// The record of one block that the layer knows: the seed's `struct hammer_io`, with its field names. It exists from the
// first get until it is destroyed, and it outlives its buffer: a structure whose buffer the kernel took is *loose* and
// stands on the lose list until it is loaded again or cleaned away.
//
// This file only says what the fields mean. Who may change them: get.ts (loading), modify.ts (dirtying), write.ts
// (issue), kernel-hooks.ts (completion and what the kernel asks), release.ts (the end).

import type { IoType, ModRoot } from '../spec/snapshot.ts';
import type { Buf } from './buf.ts';
import type { RefWord } from './lock.ts';
import type { RunEntry } from './run-list.ts';
import type { TicketRecord } from './tickets.ts';
import { TicketList } from './tickets.ts';
import type { Volume } from './volumes.ts';

export class HammerIo implements RefWord {
  readonly volume: Volume;
  readonly block: number;
  readonly type: IoType;
  /** Place in every ordered list: by block, then by volume (hammer_io.c L69-85). */
  readonly order: number;

  // The reference word; see lock.ts.
  word = 0;
  owner: TicketRecord | undefined = undefined;

  /** The attached buffer. */
  bp: Buf | undefined = undefined;
  /** The buffer reserved for the read in flight; it becomes `bp` if the read succeeds. */
  incoming: Buf | undefined = undefined;
  /** The block behind this one is being read ahead by the same request. */
  readsAhead = false;
  /** A read is in flight. */
  reading = false;
  /** The bytes may be used. For a volume header this ends at the last release, while `bp` may stay (ondisk:470). */
  ondisk = false;
  /** Passively associated: the kernel may take the buffer when it asks first. */
  released = false;
  modified = false;
  /** A write is in flight. */
  running = false;
  /** Somebody sleeps until `running` goes. */
  waiting = false;
  /** Open modifications; -1 while the write interlock is held. */
  modifyRefs = 0;
  /** Somebody sleeps until modifyRefs allows it in. */
  waitmod = false;
  /** The release in progress must wait for the write in flight. */
  waitdep = false;
  /** Drop the contents when the buffer is detached. */
  reclaim = false;
  /** A write failed; a reference pins the structure so that its contents are not lost (L1109-1116). */
  ioerror = false;
  /** CRC work is left for the next issue and holds a reference (L959-982). */
  gencrc = false;
  modRoot: ModRoot = 'none';

  /** The request in flight for `reading` or `running`; 0 if none. */
  request = 0;
  /** Tickets that concern this structure, in order of arrival. */
  readonly waiters = new TicketList();
  /** How many of them wait for the write interlock, woken or not: they keep new modifiers out (D35). */
  interlocksWaiting = 0;

  // Links of the run list; see run-list.ts.
  readonly isPlacemarker = false;
  onRunList = false;
  runPrev: RunEntry | undefined = undefined;
  runNext: RunEntry | undefined = undefined;

  constructor(volume: Volume, block: number, type: IoType) {
    this.volume = volume;
    this.block = block;
    this.type = type;
    this.order = block * 256 + volume.number;
  }
}

/** How an error message calls the structure. */
export function nameOf(io: HammerIo): string {
  return `${io.type} block ${io.block} of volume ${io.volume.name}`;
}

/** Are the bytes of this buffer counted in lockedDirtySpace, and may only a flush of ours write it (L580-599)? */
export function isWrittenByUsOnly(io: HammerIo): boolean {
  return io.type === 'meta' || io.type === 'volume';
}
