// The observable state of a core: read off the fields that it maintains, with the names of a shape. It changes nothing and asks
// nobody. What a core does not know others say: whose handle or ticket a number is, and whether an UNDO record is missing,
// its roles; what is durable, its device.

import type { RunEntry, Volatile } from '../../../spec/buffer/snapshot.ts';
import type { HammerIoCore, IoView } from '../../../src/index.ts';
import type { MutableSnapshot } from '../driver.ts';
import type { Roles } from './roles.ts';

/** A block of the shape as the core knows it. */
export interface BlockPlace {
  readonly volume: number;
  readonly block: number;
}

type MutableIo = MutableSnapshot['ios'][number];
type MutableClient = MutableSnapshot['clients'][number];

const LISTS = ['volu', 'meta', 'undo', 'data', 'loose'] as const;

/** Stands for a block or a client that the shape does not have. Unlike -1, which is none, no state of the model shows it. */
const STRANGER = -2;

export class CoreObservation {
  readonly #core: HammerIoCore;
  readonly #places: readonly BlockPlace[];
  readonly #roles: Roles;
  readonly #volatileOf: ((volume: number) => Volatile) | undefined;
  /** Index of the io at a block number, per volume. */
  readonly #ioAt: readonly ReadonlyMap<number, number>[];
  readonly #ioEntries: readonly RunEntry[];
  readonly #clientEntries: RunEntry[] = [];

  constructor(
    core: HammerIoCore,
    places: readonly BlockPlace[],
    roles: Roles,
    volatileOf: ((volume: number) => Volatile) | undefined,
  ) {
    this.#core = core;
    this.#places = places;
    this.#roles = roles;
    this.#volatileOf = volatileOf;
    const ioAt = core.view.volumes.map(() => new Map<number, number>());
    places.forEach(({ volume, block }, io) => ioAt[volume]!.set(block, io));
    this.#ioAt = ioAt;
    this.#ioEntries = places.map((_, io) => ({ io }));
  }

  /** Index of the io at a place; undefined where the shape has none. */
  indexAt(volume: number, block: number): number | undefined {
    return this.#ioAt[volume]?.get(block);
  }

  /** The client with that ticket; a number that is no client's if nobody has it. */
  clientOf(ticket: number): number {
    return this.#roles.ofTicket(ticket) ?? STRANGER;
  }

  /** Writes the whole observable state into a snapshot of the shape. */
  snapshot(into: MutableSnapshot): void {
    const { view } = this.#core;
    for (let i = 0; i < into.ios.length; i++) this.#takeIo(i, into.ios[i]!);
    for (let c = 0; c < into.clients.length; c++) this.#takeClient(c, into.clients[c]!);
    for (let v = 0; v < into.volumes.length; v++) {
      into.volumes[v]!.flush = view.volumes[v]!.flush;
      into.volumes[v]!.volatile = this.#volatileOf?.(v) ?? 'none';
    }
    const { mount, iorun } = into;
    mount.criticalError = view.criticalError;
    mount.lockedDirtySpace = view.lists.lockedDirtySpace;
    mount.ioRunningSpace = view.ioRunningSpace;
    mount.runningReadBytes = view.runningReadBytes;
    mount.runningWriteBytes = view.runningWriteBytes;
    mount.ioLockedCount = view.ioLockedCount;
    iorun.length = 0;
    for (let e = view.runList.head; e !== undefined; e = e.runNext) {
      iorun.push(e.isPlacemarker ? this.#entryOfClient(this.clientOf(e.id)) : this.#entryOf(e));
    }
    for (const list of LISTS) {
      this.#listed = into.lists[list];
      this.#listed.length = 0;
      view.lists.forEach(list, this.#collectListed);
    }
  }

  #listed: number[] = [];
  readonly #collectListed = (io: IoView): void => {
    this.#listed.push(this.#indexOf(io));
  };

  #indexOf(io: IoView): number {
    return this.indexAt(io.volume.number, io.block) ?? STRANGER;
  }

  #entryOf(io: IoView): RunEntry {
    return this.#ioEntries[this.#indexOf(io)] ?? { io: STRANGER };
  }

  #entryOfClient(client: number): RunEntry {
    return client < 0 ? { client } : (this.#clientEntries[client] ??= { client });
  }

  #takeIo(index: number, into: MutableIo): void {
    const { volume, block } = this.#places[index]!;
    const { ios, residue } = this.#core.view.volumes[volume]!;
    const io = ios.get(block);
    if (io === undefined) takeNothing(into);
    else this.#takeRecord(io, into);
    const left = residue.get(block);
    if (left === undefined) into.residue = 'none';
    else into.residue = left.arrived ? 'cached' : 'ahead';
  }

  #takeRecord(io: IoView, into: MutableIo): void {
    const { bp } = io;
    into.exists = true;
    into.refs = io.refs;
    into.interlockOwner = io.owner === undefined ? -1 : this.clientOf(io.owner.id);
    into.check = io.check;
    into.wanted = io.wanted;
    into.bp = bp !== undefined;
    into.reading = io.reading;
    into.ondisk = io.ondisk;
    into.released = io.released;
    into.modified = io.modified;
    into.running = io.running;
    into.waiting = io.waiting;
    into.modifyRefs = io.modifyRefs;
    into.waitmod = io.waitmod;
    into.waitdep = io.waitdep;
    into.reclaim = io.reclaim;
    into.ioerror = io.ioerror;
    into.gencrc = io.gencrc;
    into.locked = io.locked;
    into.delwri = bp?.delwri ?? false;
    into.notmeta = bp?.notmeta ?? false;
    into.modRoot = io.modRoot;
  }

  #takeClient(index: number, into: MutableClient): void {
    const { tickets, handles } = this.#core.view;
    const role = this.#roles.of(index);
    const ticket = role.ticket === undefined ? undefined : tickets.find(role.ticket);
    const handle = role.handle === undefined ? undefined : handles.find(role.handle);
    into.mods = handle?.mods ?? 0;
    into.interlock = handle?.interlock ?? false;
    into.bare = role.undo.isMissing;
    into.at = ticket?.at ?? (handle === undefined ? 'idle' : 'hold');
    into.runnable = ticket?.runnable ?? false;
    into.how = ticket?.how ?? 'read';
    into.wantsUndo = ticket?.wantsUndo ?? false;
    into.closing = ticket?.closing ?? false;
    const needs = ticket?.needs;
    for (let v = 0; v < into.needs.length; v++) into.needs[v] = needs?.[v] ?? 0;
    const io = ticket === undefined ? handle?.io : ticket.io;
    into.io = io === undefined ? -1 : this.#indexOf(io);
  }
}

/** An io without a structure: as in a blank snapshot, written out because assigning a whole object takes ten times as long. */
function takeNothing(into: MutableIo): void {
  into.exists = false;
  into.refs = 0;
  into.interlockOwner = -1;
  into.check = false;
  into.wanted = false;
  into.bp = false;
  into.reading = false;
  into.ondisk = false;
  into.released = false;
  into.modified = false;
  into.running = false;
  into.waiting = false;
  into.modifyRefs = 0;
  into.waitmod = false;
  into.waitdep = false;
  into.reclaim = false;
  into.ioerror = false;
  into.gencrc = false;
  into.locked = false;
  into.delwri = false;
  into.notmeta = false;
  into.modRoot = 'none';
}
