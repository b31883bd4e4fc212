// The driver of production: the core of `src/` over a device in memory, told as actions of the vocabulary.
//
// It decides nothing that the core decides. It keeps, per client, the number of the latest handle and ticket, and it maps
// blocks of the shape to block numbers and completions to pending requests. A snapshot is read off the core by CoreObservation; what
// the device holds volatile is read off the device's own record.

import type { Shape, Volatile } from '../../spec/buffer/snapshot.ts';
import type { Action, Outcome, StepStats } from '../../spec/buffer/vocabulary.ts';
import type {
  Answer,
  Fault,
  Handle,
  IoView,
  Request,
  Result,
  Ticket,
  TicketKind,
  VolumeOptions,
} from '../../src/index.ts';
import { HammerIoCore, ImpossibleInput, MemoryDevice, NO_HANDLE, NO_TICKET } from '../../src/index.ts';
import { placeBlocks } from './block-places.ts';
import type { Driver, MutableSnapshot, StepResult } from './driver.ts';
import { NotOffered } from './not-offered.ts';
import { CoreObservation, type BlockPlace } from './trace/core-observation.ts';
import { Roles } from './trace/roles.ts';

/** The numbers that a client got last, live or not: with stale ones promises are broken. */
interface Latest {
  handle: Handle;
  ticket: Ticket;
}

/** How production is set up for a shape. */
export interface CoreDriverOptions {
  /** Hash the bytes of each write at issue and completion. Default true. */
  readonly verify?: boolean;
  /** The device under the core, fresh for each reset. Default: a MemoryDevice. */
  readonly makeDevice?: (volumes: number, blockBytes: number) => DeviceInMemory;
}

/** What can stand in for a MemoryDevice, such as the fault device. */
export type DeviceInMemory = Pick<MemoryDevice, keyof MemoryDevice>;

/** Production as a Driver of the shape, with a fresh core and device after each reset. */
export function createCoreDriver(shape: Shape, options: CoreDriverOptions = {}): CoreDriver {
  return new CoreDriver(shape, options);
}

const EIO: Fault = { code: 'EIO' };
const inMemory = (volumes: number, blockBytes: number): DeviceInMemory => new MemoryDevice(volumes, blockBytes);

/** Production as a Driver: a core, a device, and the clients who call the one and complete the other. */
export class CoreDriver implements Driver {
  core!: HammerIoCore;
  device!: DeviceInMemory;
  readonly #shape: Shape;
  readonly #verify: boolean;
  readonly #makeDevice: (volumes: number, blockBytes: number) => DeviceInMemory;
  readonly #memory: SharedArrayBuffer;
  readonly #volumes: readonly VolumeOptions[];
  /** Where each io is. */
  readonly #places: readonly BlockPlace[];
  #roles!: Roles;
  #view!: CoreObservation;
  readonly #latest: readonly Latest[];
  /** The flush in flight per volume, or 0. */
  readonly #flushes: number[];
  readonly #result = { outcome: 'done' as Outcome, stats: NO_STATS, woken: [] as number[] };

  constructor(shape: Shape, { verify = true, makeDevice = inMemory }: CoreDriverOptions) {
    const places = placeBlocks(shape);
    this.#shape = shape;
    this.#verify = verify;
    this.#makeDevice = makeDevice;
    this.#volumes = places.volumes;
    this.#places = shape.blocks.map(({ volume }, io) => ({ volume, block: places.blockOf[io]! }));
    this.#memory = new SharedArrayBuffer(2 * shape.blocks.length * shape.blockBytes);
    this.#latest = shape.clients.map(() => ({ handle: NO_HANDLE, ticket: NO_TICKET }));
    this.#flushes = shape.volumes.map(() => 0);
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
    this.#roles = new Roles(this.#latest.length);
    this.#view = new CoreObservation(this.core, this.#places, this.#roles, this.#volatileOf);
    this.#flushes.fill(0);
    for (const latest of this.#latest) {
      latest.handle = NO_HANDLE;
      latest.ticket = NO_TICKET;
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
    if ('client' in action) this.#note(action, answer);
    this.core.drainRequests(this.#submit);
    this.#result.outcome = answer.outcome;
    this.#result.stats = answer;
    this.#collectWoken();
    return this.#result;
  }

  readonly #volatileOf = (volume: number): Volatile => this.device.volatileState(volume);

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
        return core[action.kind](...this.#placeOf(action.io));
      case 'ioStart':
      case 'ioFsync':
      case 'ioSync':
      case 'ioMovedeps':
      case 'ioCheckread':
      case 'ioCountdeps':
        return this.#hook(action.io);
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
    if (!this.#roles.isIdle(client)) throw new NotOffered(`Client ${this.#shape.clients[client]} is not idle.`);
  }

  #placeOf(io: number): [volume: number, block: number] {
    const { volume, block } = this.#places[io]!;
    return [volume, block];
  }

  #typeOf(io: number) {
    return this.#shape.blocks[io]!.type;
  }

  #nameOf(io: number): string {
    return this.#shape.blocks[io]!.name;
  }

  #record(io: number): IoView | undefined {
    const { volume, block } = this.#places[io]!;
    return this.core.view.volumes[volume]!.ios.get(block);
  }

  /** Hooks of the kernel that have nothing to do in production: all that there is to see is whether there is a buffer. */
  #hook(io: number): Answer {
    if (this.#record(io)?.bp === undefined) throw new NotOffered(`${this.#nameOf(io)} has no buffer.`);
    return { outcome: 'done', handle: NO_HANDLE, ticket: NO_TICKET, diskRead: 0, diskWrite: 0 };
  }

  /** The latest handle of a client, live or not: that is how promises get broken. */
  #handle(action: { readonly client: number }): Handle {
    return this.#latest[action.client]!.handle;
  }

  #ticket(action: { readonly client: number }): Ticket {
    return this.#latest[action.client]!.ticket;
  }

  #note(action: Action & { readonly client: number }, answer: Answer): void {
    const latest = this.#latest[action.client]!;
    if (answer.ticket !== NO_TICKET) latest.ticket = answer.ticket;
    if (answer.handle !== NO_HANDLE) latest.handle = answer.handle;
    this.#roles.note(action, answer, this.core);
  }

  #collectWoken(): void {
    const { core } = this;
    const { woken } = this.#result;
    woken.length = 0;
    for (let t = core.nextRunnable(); t !== NO_TICKET; t = core.nextRunnable()) woken.push(this.#view.clientOf(t));
  }

  snapshot(into: MutableSnapshot): void {
    this.#view.snapshot(into);
  }
}

/** Behind the CRC of a META block. */
const CHANGED_BYTE = 4;
const NO_STATS: StepStats = { diskRead: 0, diskWrite: 0 };

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
