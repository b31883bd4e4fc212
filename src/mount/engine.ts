// The moving parts of a mount, put together: core, device, policy, waits, room and faults. Everything that happens in a mount
// goes through here in the same way: enter the core, then take a *turn*, which resumes whoever can go on, lets in who waited
// for room, and hands the requests that have come about to the device in one synchronous stretch, so that the device can make
// one batch of them.
//
// Nothing here runs code of the program: promises are settled, and their reactions run after the turn; events are told at its
// end. Where the core throws and no caller is there to hear it (a broken contract, found at a completion), the mount is broken:
// every wait and every call from then on ends with MountBroken, and nothing is submitted any more.

import { hasValidCrc } from '../core/block-crc.ts';
import type { CachePolicy } from '../policy/clock-policy.ts';
import type { DeviceRequest, ReadRequest, Request, Result } from '../devices/device.ts';
import type { Handle } from '../core/records/handles.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import { refsOf } from '../core/records/reference-word.ts';
import type { BlockPlace } from './errors.ts';
import { MountBroken, MountClosed } from './errors.ts';
import type { DeviceFault } from './faults.ts';
import { Faults } from './faults.ts';
import type { FileMemory } from './file/memory.ts';
import { Files } from './file/work.ts';
import type { Loans } from './file/lent-memory.ts';
import type { MountCompletion, MountDevice } from '../devices/mount-device.ts';
import { ReadsAhead } from './reads-ahead.ts';
import { Room } from './room.ts';
import type { MountStatistics } from './statistics.ts';
import { newCounters } from './statistics.ts';
import { Waits } from './waits.ts';

/** The events of a mount. */
export interface Tell {
  deviceError(fault: DeviceFault): void;
  criticalError(error: Error): void;
}

export interface EngineParts {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  /** What messages call the volumes. */
  readonly names: readonly string[];
  readonly policy: CachePolicy;
  readonly dirtyBytesHard: number;
  /** The volumes were opened so that they cannot be written. */
  readonly openedReadOnly: boolean;
  /** For data of files on its way. */
  readonly fileMemory: FileMemory;
  /** Memory that the program has borrowed. */
  readonly loans: Loans;
  /** See Room. */
  readonly relieve: () => Promise<number>;
}

export class Engine {
  readonly core: HammerIoCore;
  readonly device: MountDevice;
  readonly policy: CachePolicy;
  readonly waits: Waits;
  readonly room: Room;
  readonly faults: Faults;
  readonly readsAhead = new ReadsAhead();
  readonly files = new Files();
  readonly fileMemory: FileMemory;
  readonly loans: Loans;
  readonly counters = newCounters();
  /** Set by the mount. */
  tell: Tell = { deviceError: () => undefined, criticalError: () => undefined };
  /** Blocks that the program holds, and its gets and flushes under way. */
  uses = 0;
  /** `closing` can be called off, `closed` cannot. */
  phase: 'open' | 'closing' | 'closed' = 'open';
  #broken: MountBroken | undefined;
  #isTurning = false;
  readonly #news: (() => void)[] = [];
  readonly #whenQuiet: (() => void)[] = [];
  readonly #submit = (request: Request): void => this.device.submit(request as DeviceRequest);

  constructor({
    core,
    device,
    names,
    policy,
    dirtyBytesHard,
    openedReadOnly,
    fileMemory,
    loans,
    relieve,
  }: EngineParts) {
    this.core = core;
    this.device = device;
    this.policy = policy;
    const turn = (): void => this.turn();
    this.fileMemory = fileMemory;
    this.loans = loans;
    this.waits = new Waits(core, this.counters, turn, this.files);
    this.faults = new Faults(names, openedReadOnly);
    this.room = new Room({ core, policy, counters: this.counters, dirtyBytesHard, relieve, turn });
    device.onCompletions = (batch) => this.#completed(batch);
  }

  /** @throws MountClosed, MountBroken */
  promiseUsable(): void {
    this.promiseUnbroken();
    if (this.phase !== 'open') throw new MountClosed();
  }

  /** For what goes on after a wait. @throws MountBroken */
  promiseUnbroken(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** What broke the mount, if something has. */
  get broken(): MountBroken | undefined {
    return this.#broken;
  }

  // ── Turns ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Does all that can be done now. To be called after each entry into the core from outside. */
  turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    try {
      if (this.#broken === undefined) {
        this.files.tryAgain();
        do this.waits.resumeRunnable();
        while (this.files.goOn() || this.room.retry());
        this.core.drainRequests(this.#submit);
        this.files.drain(this.#submit);
      }
    } catch (error) {
      this.break(error);
    } finally {
      this.#isTurning = false;
    }
    if (this.#whenQuiet.length > 0 && this.#isQuiet()) for (const resolve of this.#whenQuiet.splice(0)) resolve();
    while (this.#news.length > 0) this.#news.shift()!();
  }

  /** A handle is given up. Whoever waits for room may get the buffer. */
  release(handle: Handle): void {
    if (this.#broken !== undefined) return; // Its ticket may never end, and nobody needs the buffer.
    // A ticket, should there be one, ends by itself and concerns nobody.
    if (!this.core.tryRelease(handle)) this.core.release(handle);
    this.room.stir();
  }

  /** Resolves when nothing waits and nothing is in flight: for close. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenQuiet.push(resolve);
      this.turn();
    });
  }

  #isQuiet(): boolean {
    if (this.#broken !== undefined) return true;
    const { ioRunningSpace, runningReadBytes } = this.core.state;
    return (
      this.waits.size === 0 &&
      this.room.isIdle &&
      this.readsAhead.isIdle &&
      ioRunningSpace === 0 &&
      runningReadBytes === 0
    );
  }

  /** The contract of core or device does not hold: nobody is served any more. */
  break(error: unknown): void {
    this.#broken ??= new MountBroken(error);
    this.waits.failAll(this.#broken);
    this.room.failAll(this.#broken);
    this.readsAhead.failAll(this.#broken);
    this.files.failAll(this.#broken);
    this.fileMemory.failAll(this.#broken);
    this.loans.failAll(this.#broken);
  }

  // ── Completions ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #completed(batch: readonly MountCompletion[]): void {
    if (this.#broken !== undefined) return;
    try {
      for (const completion of batch) this.#complete(completion);
    } catch (error) {
      this.break(error);
    }
    this.room.stir();
    this.turn();
  }

  #complete(completion: MountCompletion): void {
    const { request, result } = completion;
    const isOfFile = this.files.owns(request.id);
    if (result === 'error') this.#note(completion, isOfFile);
    else this.#count(request);
    if (isOfFile) {
      this.files.ended(request, result);
      return;
    }
    switch (request.kind) {
      case 'read':
        this.#readEnded(request, result);
        return;
      case 'write':
        this.core.writeDone(request.id, result);
        return;
      case 'flush':
      default:
        this.core.flushDone(request.id, result);
    }
  }

  #readEnded(request: ReadRequest, result: Result): void {
    const { id, volume, block, blocks } = request;
    const isLost = result === 'ok' && this.faults.isLost(volume, block, blocks);
    if (result === 'ok' && !isLost) this.#checkArrived(request);
    this.core.readDone(id, isLost ? 'error' : result);
    if (blocks === 2) this.readsAhead.ended(volume, block + 1);
  }

  #note(completion: MountCompletion, isOfFile: boolean): void {
    const wasCritical = this.faults.critical !== undefined;
    const fault = this.faults.note(completion, isOfFile ? this.core.state.blockBytes : undefined);
    this.counters.deviceErrors++;
    this.#news.push(() => this.tell.deviceError(fault));
    const { critical } = this.faults;
    if (!wasCritical && critical !== undefined) this.#news.push(() => this.tell.criticalError(critical));
  }

  #count(request: DeviceRequest): void {
    const { counters } = this;
    if (request.kind === 'read') counters.bytesRead += request.blocks * this.core.state.blockBytes;
    else if (request.kind === 'write') counters.bytesWritten += request.bytes.length;
    else counters.deviceFlushes++;
  }

  /** META is checked when it arrives. What was read ahead has no type yet; it is checked when somebody takes it. */
  #checkArrived({ volume, block, into }: ReadRequest): void {
    const type = this.core.state.volumes[volume]!.ios.get(block)?.type;
    if (type === 'meta' && !hasValidCrc(into[0]!)) this.faults.markCorrupt(volume, block);
  }

  // ── Looking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  place(volume: number, block: number): BlockPlace {
    return this.faults.place(volume, block);
  }

  /** The blocks that handles or tickets refer to, headers apart: references that are not pins or CRC work. */
  blocksInUse(): BlockPlace[] {
    const found: BlockPlace[] = [];
    for (const { number, ios } of this.core.state.volumes) {
      for (const io of ios) {
        if (io.type === 'volume') continue;
        if (refsOf(io) > Number(io.ioerror) + Number(io.gencrc)) found.push(this.place(number, io.block));
      }
    }
    return found;
  }

  statistics(): MountStatistics {
    const { state } = this.core;
    const { slab, lists, blockBytes } = state;
    const dirty = lists.size('data') + lists.size('undo') + lists.size('meta') + lists.size('volu');
    const policy = { ...this.policy.statistics };
    return {
      ...this.counters,
      waits: { ...this.counters.waits },
      evictions: policy.recycled + policy.purged,
      cacheBytes: slab.capacityBufs * blockBytes,
      dirtyBytes: dirty * blockBytes,
      writingBytes: state.ioRunningSpace,
      blocksInUse: this.uses,
      policy,
    };
  }
}
