// The driver of production: the core of `src/` over a device in memory, told as actions of the vocabulary.
//
// It decides nothing that the core decides. It keeps, per client, the number of the latest handle and ticket, and it maps
// blocks of the shape to block numbers and completions to pending requests. A snapshot is read off the fields that the core
// maintains; what the device holds volatile is read off the device's own record.

import type { RunEntry, Shape } from '../../spec/snapshot.ts';
import type { Action, Outcome, StepStats } from '../../spec/vocabulary.ts';
import type { Answer } from '../../src/answer.ts';
import type { Request, Result } from '../../src/device.ts';
import { ImpossibleInput } from '../../src/errors.ts';
import { HammerIoCore } from '../../src/hammer-io-core.ts';
import type { HammerIo } from '../../src/hammer-io.ts';
import type { Fault } from '../../src/memory-device.ts';
import { MemoryDevice } from '../../src/memory-device.ts';
import { NO_HANDLE, NO_TICKET } from '../../src/answer.ts';
import { isChecked, isWanted, refsOf } from '../../src/lock.ts';
import type { VolumeOptions } from '../../src/options.ts';
import type { TicketRecord } from '../../src/tickets.ts';
import type { Handle, Ticket, TicketKind } from '../../src/index.ts';
import { placeBlocks } from './block-places.ts';
import type { Driver, MutableSnapshot, StepResult } from './driver.ts';
import { BLANK_CLIENT, BLANK_IO, NotOffered } from './driver.ts';

/** A client as the core knows it: by numbers. `holds` and `waits` say whether they are live. */
interface Client {
  handle: Handle;
  holds: boolean;
  ticket: Ticket;
  waits: boolean;
}

/** Production as a Driver. */
export interface CoreDriverOptions {
  /** Hash the bytes of each write at issue and completion. Default true. */
  readonly verify?: boolean;
  /** The device under the core, fresh for each reset. Default: a MemoryDevice. */
  readonly makeDevice?: (volumes: number, blockBytes: number) => DeviceInMemory;
}

/** What can stand in for a MemoryDevice, such as the fault device. */
export type DeviceInMemory = Pick<MemoryDevice, keyof MemoryDevice>;

export function createCoreDriver(shape: Shape, options: CoreDriverOptions = {}): CoreDriver {
  return new CoreDriver(shape, options);
}

export { createCoreDriver as coreDriver };

const EIO: Fault = { code: 'EIO' };
const inMemory = (volumes: number, blockBytes: number): DeviceInMemory => new MemoryDevice(volumes, blockBytes);

export class CoreDriver implements Driver {
  core!: HammerIoCore;
  device!: DeviceInMemory;
  readonly #shape: Shape;
  readonly #verify: boolean;
  readonly #makeDevice: (volumes: number, blockBytes: number) => DeviceInMemory;
  readonly #memory: SharedArrayBuffer;
  readonly #volumes: readonly VolumeOptions[];
  /** Block number of each io. */
  readonly #blockOf: readonly number[];
  /** Index of the io at a block number, per volume. */
  readonly #ioAt: readonly (readonly number[])[];
  readonly #clients: Client[];
  /** The flush in flight per volume, or 0. */
  readonly #flushes: number[];
  readonly #ioEntries: readonly RunEntry[];
  readonly #clientEntries: readonly RunEntry[];
  readonly #result = { outcome: 'done' as Outcome, stats: NO_STATS, woken: [] as number[] };

  constructor(shape: Shape, { verify = true, makeDevice = inMemory }: CoreDriverOptions) {
    const places = placeBlocks(shape);
    this.#shape = shape;
    this.#verify = verify;
    this.#makeDevice = makeDevice;
    this.#volumes = places.volumes;
    this.#blockOf = places.blockOf;
    this.#ioAt = places.ioAt;
    this.#memory = new SharedArrayBuffer(2 * shape.blocks.length * shape.blockBytes);
    this.#clients = shape.clients.map(() => ({ handle: NO_HANDLE, holds: false, ticket: NO_TICKET, waits: false }));
    this.#flushes = shape.volumes.map(() => 0);
    this.#ioEntries = shape.blocks.map((_, io) => ({ io }));
    this.#clientEntries = shape.clients.map((_, client) => ({ client }));
    this.reset();
  }

  reset(): void {
    const { blocks, volumes, blockBytes, backlogBytesMax, undoLog } = this.#shape;
    this.core = new HammerIoCore({
      volumes: this.#volumes,
      // A block has at most one buffer, attached, incoming or residue, and one more while a purged read-ahead goes on.
      capacityBufs: 2 * blocks.length,
      blockBytes,
      backlogBytesMax,
      undoLog,
      verify: this.#verify,
      slab: this.#memory,
    });
    this.device = this.#makeDevice(volumes.length, blockBytes);
    this.#flushes.fill(0);
    for (const client of this.#clients) {
      client.handle = NO_HANDLE;
      client.ticket = NO_TICKET;
      client.holds = client.waits = false;
    }
  }

  perform(action: Action): StepResult {
    let answer: Answer;
    try {
      answer = this.#call(action);
    } catch (error) {
      if (error instanceof ImpossibleInput) throw new NotOffered(error.message, { cause: error });
      throw error;
    }
    if ('client' in action) this.#note(this.#clients[action.client]!, answer);
    this.core.drainRequests(this.#submit);
    this.#result.outcome = answer.outcome;
    this.#result.stats = answer;
    this.#collectWoken();
    return this.#result;
  }

  readonly #submit = (request: Request): void => {
    if (request.kind === 'undo') return; // The shape's UNDO log answers by the action undoLaid.
    if (request.kind === 'flush') this.#flushes[request.volume] = request.id;
    this.device.submit(request);
  };

  #call(action: Action): Answer {
    const { core } = this;
    switch (action.kind) {
      case 'ioRead':
        return core.ioRead(...this.#placeFor(action), this.#typeOf(action.io), action.ahead);
      case 'ioNew':
        return core.ioNew(...this.#placeFor(action), this.#typeOf(action.io));
      case 'unload':
        return core.unload(...this.#placeFor(action));
      case 'ioWaitAll':
      case 'ioFlushSync':
      case 'ioLimitBacklog':
        this.#mustBeIdle(action.client);
        return core[action.kind]();
      case 'release':
        return core.release(this.#handle(action), action.undoReclaim);
      case 'ioFlush':
        return core.ioFlush(this.#handle(action), action.reclaim);
      case 'lowMemoryRelease':
      case 'delBuffer':
      case 'ioAdvance':
      case 'ioNotmeta':
      case 'ioClearError':
      case 'ioModify':
      case 'modifyBuffer':
      case 'modifyVolume':
      case 'ioModifyDone':
      case 'ioWriteInterlock':
      case 'ioDoneInterlock':
      case 'ioWait':
        return core[action.kind](this.#handle(action));
      case 'change':
        return this.#change(this.#handle(action));
      case 'undoLaid':
        return core.undoLaid(this.#handle(action), resultOf(action.error));
      case 'cancel':
        return core.cancel(this.#ticket(action));
      case 'resumeGet':
      case 'resumeRelease':
      case 'resumeModify':
      case 'resumeInterlock':
      case 'resumeWait':
      case 'resumeWaitAll':
      case 'resumeFlushSync':
      case 'resumeBacklog':
        return core.resume(this.#ticket(action), RESUMES[action.kind]);
      case 'readDone':
        return this.#readDone(action.io, action.error);
      case 'writeDone':
        return this.#writeDone(action.io, action.error);
      case 'flushDone':
        return this.#flushDone(action.volume, action.error);
      case 'ioFlushMark':
        return core.ioFlushMark(action.volume);
      case 'cleanLoose':
        return core.cleanLoose();
      case 'ioInval':
      case 'ioClearErrorNoassert':
      case 'recycle':
      case 'writeBack':
      case 'clusterPull':
      case 'ioStart':
      case 'ioFsync':
      case 'ioSync':
      case 'ioMovedeps':
      case 'ioCheckread':
      case 'ioCountdeps':
        return core[action.kind](...this.#placeOf(action.io));
      default:
        throw new NotOffered(`No such action: ${String(action satisfies never)}.`);
    }
  }

  /** Really changes a byte, so that what is hashed and what reaches the medium is not always the same. */
  #change(handle: Handle): Answer {
    const answer = this.core.change(handle);
    const bytes = this.core.bytes(handle);
    bytes[CHANGED_BYTE] = bytes[CHANGED_BYTE]! + 1;
    return answer;
  }

  #readDone(io: number, error: boolean): Answer {
    const record = this.#record(io);
    if (!record?.reading) throw new NotOffered(`No read of ${this.#nameOf(io)} is in flight.`);
    const { result, bytes } = this.device.complete(record.request, error ? EIO : undefined);
    return this.core.readDone(record.request, result, bytes);
  }

  #writeDone(io: number, error: boolean): Answer {
    const record = this.#record(io);
    if (!record?.running) throw new NotOffered(`No write of ${this.#nameOf(io)} is in flight.`);
    const { result } = this.device.complete(record.request, error ? EIO : undefined);
    return this.core.writeDone(record.request, result);
  }

  #flushDone(volume: number, error: boolean): Answer {
    const request = this.#flushes[volume] ?? 0;
    if (request === 0) throw new NotOffered(`No flush of volume ${volume} is in flight.`);
    this.#flushes[volume] = 0; // If the core asks for the next one at once, draining the outbox notes it.
    const { result } = this.device.complete(request, error ? EIO : undefined);
    return this.core.flushDone(request, result);
  }

  #placeFor(action: { readonly client: number; readonly io: number }): [volume: number, block: number] {
    this.#mustBeIdle(action.client);
    return this.#placeOf(action.io);
  }

  #mustBeIdle(client: number): void {
    const { holds, waits } = this.#clients[client]!;
    if (holds || waits) throw new NotOffered(`Client ${this.#shape.clients[client]} is not idle.`);
  }

  #placeOf(io: number): [volume: number, block: number] {
    return [this.#shape.blocks[io]!.volume, this.#blockOf[io]!];
  }

  #typeOf(io: number) {
    return this.#shape.blocks[io]!.type;
  }

  #nameOf(io: number): string {
    return this.#shape.blocks[io]!.name;
  }

  #record(io: number): HammerIo | undefined {
    return this.core.state.volumes[this.#shape.blocks[io]!.volume]!.ios.get(this.#blockOf[io]!);
  }

  /** The latest handle of a client, live or not: that is how promises get broken. */
  #handle(action: { readonly client: number }): Handle {
    return this.#clients[action.client]!.handle;
  }

  #ticket(action: { readonly client: number }): Ticket {
    return this.#clients[action.client]!.ticket;
  }

  /** Only what a client does itself ends its handle and its ticket, so now is the time to see whether they live. */
  #note(client: Client, answer: Answer): void {
    const { tickets, handles } = this.core.state;
    if (answer.ticket !== NO_TICKET) {
      client.ticket = answer.ticket;
      client.waits = true;
    }
    if (answer.handle !== NO_HANDLE) {
      client.handle = answer.handle;
      client.holds = true;
    }
    client.waits &&= tickets.find(client.ticket) !== undefined;
    client.holds &&= handles.find(client.handle) !== undefined;
  }

  #collectWoken(): void {
    const { woken } = this.#result;
    woken.length = 0;
    for (let t = this.core.nextRunnable(); t !== NO_TICKET; t = this.core.nextRunnable()) woken.push(this.#clientOf(t));
  }

  /** The client whose ticket this is; -2, which is nobody, if none says so. */
  #clientOf(ticket: number): number {
    for (let c = 0; c < this.#clients.length; c++) {
      if (this.#clients[c]!.waits && (this.#clients[c]!.ticket as number) === ticket) return c;
    }
    return -2;
  }

  snapshot(into: MutableSnapshot): void {
    const { state } = this.core;
    for (let i = 0; i < into.ios.length; i++) this.#snapshotIo(i, into.ios[i]!);
    for (let c = 0; c < into.clients.length; c++) this.#snapshotClient(this.#clients[c]!, into.clients[c]!);
    for (let v = 0; v < into.volumes.length; v++) {
      into.volumes[v]!.flush = state.volumes[v]!.flush;
      into.volumes[v]!.volatile = this.device.volatileState(v);
    }
    const { mount } = into;
    mount.criticalError = state.criticalError;
    mount.lockedDirtySpace = state.lists.lockedDirtySpace;
    mount.ioRunningSpace = state.ioRunningSpace;
    mount.runningReadBytes = state.runningReadBytes;
    mount.runningWriteBytes = state.runningWriteBytes;
    mount.ioLockedCount = state.ioLockedCount;
    into.iorun.length = 0;
    for (let e = state.runList.head; e !== undefined; e = e.runNext) {
      into.iorun.push(
        e.isPlacemarker ? this.#clientEntries[this.#clientOf(e.id)]! : this.#ioEntries[this.#indexOf(e)]!,
      );
    }
    for (const list of LISTS) {
      this.#listed = into.lists[list];
      this.#listed.length = 0;
      state.lists.forEach(list, this.#collectListed);
    }
  }

  #listed: number[] = [];
  readonly #collectListed = (io: HammerIo): void => {
    this.#listed.push(this.#indexOf(io));
  };

  #indexOf(io: HammerIo): number {
    return this.#ioAt[io.volume.number]![io.block]!;
  }

  #snapshotIo(index: number, into: MutableSnapshot['ios'][number]): void {
    const block = this.#blockOf[index]!;
    const volume = this.core.state.volumes[into.volume]!;
    const io = volume.ios.get(block);
    if (io === undefined) Object.assign(into, BLANK_IO);
    else this.#snapshotRecord(io, into);
    const residue = volume.residue.get(block);
    if (residue !== undefined) into.residue = residue.arrived ? 'cached' : 'ahead';
    else into.residue = 'none';
  }

  #snapshotRecord(io: HammerIo, into: MutableSnapshot['ios'][number]): void {
    const { bp } = io;
    into.exists = true;
    into.refs = refsOf(io);
    into.interlockOwner = io.owner === undefined ? -1 : this.#clientOf(io.owner.id);
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

  #snapshotClient(client: Client, into: MutableSnapshot['clients'][number]): void {
    const { tickets, handles } = this.core.state;
    const ticket = client.waits ? tickets.find(client.ticket) : undefined;
    const handle = client.holds ? handles.find(client.handle) : undefined;
    into.mods = handle?.mods ?? 0;
    into.interlock = handle?.interlock ?? false;
    if (ticket !== undefined) {
      this.#snapshotTicket(ticket, into);
      return;
    }
    into.at = handle === undefined ? 'idle' : 'hold';
    into.io = handle === undefined ? -1 : this.#indexOf(handle.io);
    into.runnable = BLANK_CLIENT.runnable;
    into.how = BLANK_CLIENT.how;
    into.wantsUndo = BLANK_CLIENT.wantsUndo;
    into.closing = BLANK_CLIENT.closing;
    into.needs.fill(0);
  }

  #snapshotTicket(ticket: TicketRecord, into: MutableSnapshot['clients'][number]): void {
    into.at = ticket.at;
    into.io = ticket.io === undefined ? -1 : this.#indexOf(ticket.io);
    into.runnable = ticket.runnable;
    into.how = ticket.how;
    into.wantsUndo = ticket.wantsUndo;
    into.closing = ticket.closing;
    for (let v = 0; v < into.needs.length; v++) into.needs[v] = ticket.needs?.[v] ?? 0;
  }
}

/** Behind the CRC of a META block. */
const CHANGED_BYTE = 4;
const NO_STATS: StepStats = { diskRead: 0, diskWrite: 0 };
const LISTS = ['volu', 'meta', 'undo', 'data', 'lose'] as const;

const RESUMES = {
  resumeGet: 'get',
  resumeRelease: 'release',
  resumeModify: 'modify',
  resumeInterlock: 'interlock',
  resumeWait: 'wait',
  resumeWaitAll: 'waitAll',
  resumeFlushSync: 'flushSync',
  resumeBacklog: 'backlog',
} as const satisfies Record<string, TicketKind>;

function resultOf(error: boolean): Result {
  return error ? 'error' : 'ok';
}
