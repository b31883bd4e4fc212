// The observable state of a core that a program uses: read off the fields that the core maintains, with the names of a shape.
// It changes nothing and asks nobody; whose handle or ticket a number is, the caller says.

import type { RunEntry, Volatile } from '../../../spec/snapshot.ts';
import type { HammerIoCore } from '../../../src/index.ts';
import type { HammerIo } from '../../../src/hammer-io.ts';
import { isChecked, isWanted, refsOf } from '../../../src/lock.ts';
import type { TicketRecord } from '../../../src/tickets.ts';
import { BLANK_IO, type MutableSnapshot } from '../driver.ts';
import type { Roles } from './roles.ts';

/** A block of the shape as the core knows it. */
export interface BlockPlace {
  readonly volume: number;
  readonly block: number;
}

const LISTS = ['volu', 'meta', 'undo', 'data', 'lose'] as const;

export class CoreView {
  readonly #core: HammerIoCore;
  readonly #places: readonly BlockPlace[];
  readonly #roles: Roles;
  readonly #volatileOf: ((volume: number) => Volatile) | undefined;
  readonly #ioAt = new Map<string, number>();

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
    places.forEach(({ volume, block }, io) => this.#ioAt.set(`${volume}/${block}`, io));
  }

  /** Index of the io at a place; undefined where the shape has none. */
  indexAt(volume: number, block: number): number | undefined {
    return this.#ioAt.get(`${volume}/${block}`);
  }

  snapshot(into: MutableSnapshot): void {
    const { state } = this.#core;
    this.#places.forEach((_, i) => this.#takeIo(i, into.ios[i]!));
    into.clients.forEach((client, c) => this.#takeClient(c, client));
    into.volumes.forEach((volume, v) => {
      volume.flush = state.volumes[v]!.flush;
      volume.volatile = this.#volatileOf?.(v) ?? 'none';
    });
    const { mount, iorun } = into;
    mount.criticalError = state.criticalError;
    mount.lockedDirtySpace = state.lists.lockedDirtySpace;
    mount.ioRunningSpace = state.ioRunningSpace;
    mount.runningReadBytes = state.runningReadBytes;
    mount.runningWriteBytes = state.runningWriteBytes;
    mount.ioLockedCount = state.ioLockedCount;
    iorun.length = 0;
    for (let e = state.runList.head; e !== undefined; e = e.runNext) {
      const entry: RunEntry = e.isPlacemarker ? { client: this.#roles.ofTicket(e.id) ?? -1 } : { io: this.#indexOf(e) };
      iorun.push(entry);
    }
    for (const list of LISTS) {
      into.lists[list].length = 0;
      state.lists.forEach(list, (io) => void into.lists[list].push(this.#indexOf(io)));
    }
  }

  #indexOf(io: HammerIo): number {
    return this.indexAt(io.volume.number, io.block) ?? -1;
  }

  #takeIo(index: number, into: MutableSnapshot['ios'][number]): void {
    const { volume, block } = this.#places[index]!;
    const { ios, residue } = this.#core.state.volumes[volume]!;
    const io = ios.get(block);
    Object.assign(into, BLANK_IO);
    if (io !== undefined) this.#takeRecord(io, into);
    const left = residue.get(block);
    if (left !== undefined) into.residue = left.arrived ? 'cached' : 'ahead';
  }

  #takeRecord(io: HammerIo, into: MutableSnapshot['ios'][number]): void {
    const { bp } = io;
    into.exists = true;
    into.refs = refsOf(io);
    into.interlockOwner = io.owner === undefined ? -1 : (this.#roles.ofTicket(io.owner.id) ?? -1);
    into.check = isChecked(io);
    into.wanted = isWanted(io);
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

  #takeClient(client: number, into: MutableSnapshot['clients'][number]): void {
    const { tickets, handles } = this.#core.state;
    const { handle: handleNumber, ticket: ticketNumber } = this.#roles.of(client);
    const ticket = ticketNumber === undefined ? undefined : tickets.find(ticketNumber);
    const handle = handleNumber === undefined ? undefined : handles.find(handleNumber);
    into.mods = handle?.mods ?? 0;
    into.interlock = handle?.interlock ?? false;
    into.at = ticket?.at ?? (handle === undefined ? 'idle' : 'hold');
    this.#takeTicket(ticket, into);
    const io = ticket === undefined ? handle?.io : ticket.io;
    into.io = io === undefined ? -1 : this.#indexOf(io);
  }

  #takeTicket(ticket: TicketRecord | undefined, into: MutableSnapshot['clients'][number]): void {
    into.runnable = ticket?.runnable ?? false;
    into.how = ticket?.how ?? 'read';
    into.wantsUndo = ticket?.wantsUndo ?? false;
    into.closing = ticket?.closing ?? false;
    for (let v = 0; v < into.needs.length; v++) into.needs[v] = ticket?.needs?.[v] ?? 0;
  }
}
