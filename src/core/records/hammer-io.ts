// The record of one block that the layer knows: the original's `struct hammer_io`, with its field names. It exists from the
// first get until it is destroyed, and it outlives its buffer: a structure whose buffer the kernel took is *loose* and
// stands on the loose list until it is loaded again or cleaned away.
//
// This file only says what the fields mean. Who may change them: get.ts (loading), modify.ts (dirtying), write.ts
// (issue), kernel.ts (completion and what the kernel asks), release.ts (the end).

import type { IoType, ModRoot } from '../../../spec/buffer/snapshot.ts';
import type { Buf } from './buf.ts';
import type { RefWord } from './reference-word.ts';
import { isChecked, isUnreferenced, isWanted, refsOf } from './reference-word.ts';
import type { RunEntry } from './run-list.ts';
import type { Structures } from './structures.ts';
import type { TicketRecord } from './tickets.ts';
import { TicketList } from './tickets.ts';
import type { Volume } from './volume.ts';

const RELEASED = 1;
const MODIFIED = 2;
const RUNNING = 4;
const WAITDEP = 8;
const RECLAIM = 16;
const LOCKED = 32;
/** Not flags of the original: a buffer is attached; the structure is a volume header, which lives by rules of its own. */
const ATTACHED = 64;
const HEADER = 128;

/**
 * An attached buffer, not a header, that is clean and the kernel's, with nothing in flight and nothing asked of it: as long
 * as that is so, getting and releasing it only counts references.
 */
const AT_REST = ATTACHED | RELEASED;

export class HammerIo implements RefWord {
  readonly block: number;
  /** Its number among the structures of the core, which keep its word. */
  readonly index: number;
  readonly #structures: Structures;
  /** The flags above that are set. */
  #flags = 0;

  #bp: Buf | undefined = undefined;
  readonly type: IoType;
  readonly volume: Volume;
  /** Place in every ordered list: by block, then by volume (hammer_io.c L69-85). */
  readonly order: number;
  /** Who owns LOCKED of the reference word. */
  owner: TicketRecord | undefined = undefined;
  /** The buffer reserved for the read in flight; it becomes `bp` if the read succeeds. */
  incoming: Buf | undefined = undefined;
  /** The buffer into which the same request reads the block behind this one. */
  ahead: Buf | undefined = undefined;
  /** A read is in flight. */
  reading = false;
  /** The bytes may be used. For a volume header this ends at the last release, while `bp` may stay (ondisk:470). */
  ondisk = false;
  /** Somebody sleeps until `running` goes. */
  waiting = false;
  /** Open modifications; -1 while the write interlock is held. */
  modifyRefs = 0;
  /** Somebody sleeps until modifyRefs allows it in. */
  waitmod = false;
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
  runPrev: RunEntry | undefined = undefined;
  runNext: RunEntry | undefined = undefined;

  constructor(structures: Structures, volume: Volume, block: number, type: IoType) {
    this.#structures = structures;
    this.index = structures.add(this);
    this.volume = volume;
    this.block = block;
    this.type = type;
    this.order = block * 256 + volume.number;
    if (type === 'volume') this.#flags = HEADER;
  }

  /** The reference word; see reference-word.ts. */
  get word(): number {
    return this.#structures.word(this.index);
  }
  set word(word: number) {
    this.#structures.setWord(this.index, word);
  }

  // What the word says, for those who only look (view.ts).
  get refs(): number {
    return refsOf(this);
  }
  get isUnreferenced(): boolean {
    return isUnreferenced(this);
  }
  get check(): boolean {
    return isChecked(this);
  }
  get wanted(): boolean {
    return isWanted(this);
  }

  /** Somebody got the buffer since a replacement policy last looked and cleared this. */
  get used(): boolean {
    return this.#structures.isUsed(this.index);
  }
  set used(on: boolean) {
    this.#structures.setUsed(this.index, on);
  }

  #setFlag(flag: number, on: boolean): void {
    this.#flags = on ? this.#flags | flag : this.#flags & ~flag;
    this.#structures.setRests(this.index, this.#flags === AT_REST);
  }

  /** The attached buffer. */
  get bp(): Buf | undefined {
    return this.#bp;
  }
  set bp(buf: Buf | undefined) {
    this.#bp = buf;
    this.#setFlag(ATTACHED, buf !== undefined);
  }

  /** Passively associated: the kernel may take the buffer when it asks first. */
  get released(): boolean {
    return (this.#flags & RELEASED) !== 0;
  }
  set released(on: boolean) {
    this.#setFlag(RELEASED, on);
  }

  get modified(): boolean {
    return (this.#flags & MODIFIED) !== 0;
  }
  set modified(on: boolean) {
    this.#setFlag(MODIFIED, on);
  }

  /** A write is in flight. */
  get running(): boolean {
    return (this.#flags & RUNNING) !== 0;
  }
  set running(on: boolean) {
    this.#setFlag(RUNNING, on);
  }

  /** The release in progress must wait for the write in flight. */
  get waitdep(): boolean {
    return (this.#flags & WAITDEP) !== 0;
  }
  set waitdep(on: boolean) {
    this.#setFlag(WAITDEP, on);
  }

  /** Drop the contents when the buffer is detached. */
  get reclaim(): boolean {
    return (this.#flags & RECLAIM) !== 0;
  }
  set reclaim(on: boolean) {
    this.#setFlag(RECLAIM, on);
  }

  /** B_LOCKED of the buffer and nothing else: somebody wants it gone, as soon as that can be. */
  get locked(): boolean {
    return (this.#flags & LOCKED) !== 0;
  }
  set locked(on: boolean) {
    this.#setFlag(LOCKED, on);
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
