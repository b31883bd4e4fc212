// The state of one DirectIo, put together, and what every part of it needs: ends of operations and wake-ups, in order. What is done
// with it are functions beside it (reading, writing, committing, relocating, opening); direct-io.ts puts the two together.

import { InvalidArgument } from '../core/errors.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { MountState } from '../core/core-state.ts';
import type { Result } from '../core/device.ts';
import { Aliases } from './aliases.ts';
import type { DirectOptions } from './direct-options.ts';
import { checkDirectOptions } from './direct-options.ts';
import type { Place } from './extents.ts';
import { ExtentRecord } from './extents.ts';
import type { FailureReason, Front, FrontRecord } from './fronts.ts';
import { becomeEmpty, becomeValid } from './fronts.ts';
import { Space } from './space.ts';
import { Transfers } from './transfers.ts';
import { Translation } from './translation.ts';

/** What goes on when a block that a front waits for has come, or cannot be read. */
export type Arrived = (s: DirectState, front: FrontRecord, block: number, result: Result) => void;

export class DirectState {
  /** By this its files know whose they are. */
  readonly identity = Symbol('DirectIo');
  readonly core: HammerIoCore;
  readonly mount: MountState;
  readonly blockBytes: number;
  readonly extentBytes: number;
  readonly doubleBuffer: boolean;
  readonly checksums: boolean;
  readonly verify: boolean;
  readonly translation: Translation;
  readonly space = new Space();
  readonly transfers: Transfers;
  readonly aliases: Aliases;
  /** Fronts whose operation has ended outside their own call, in order. */
  readonly ended: FrontRecord[] = [];
  /** The front whose own call runs: it hears the end of its operation from that. */
  calling: Front | undefined = undefined;
  readonly #runnable: (FrontRecord | ExtentRecord)[] = [];

  constructor(options: DirectOptions, arrived: Arrived) {
    const { core, zones, extentBytes, doubleBuffer, checksums, verify } = checkDirectOptions(options);
    this.core = core;
    this.mount = core.state;
    this.blockBytes = core.state.blockBytes;
    this.extentBytes = extentBytes;
    this.doubleBuffer = doubleBuffer;
    this.checksums = checksums;
    this.verify = verify;
    this.translation = new Translation(core.state, zones);
    this.transfers = new Transfers(core.state.outbox, this.blockBytes);
    this.aliases = new Aliases(core, {
      arrived: (front, block, result) => arrived(this, front, block, result),
      synced: (front) => this.wake(front),
    });
  }

  /** A write has failed, of the core or of ours: nothing is written any more. */
  get isCritical(): boolean {
    return this.mount.criticalError;
  }

  /** The number of blocks that so many bytes take. */
  blocksOf(bytes: number): number {
    return Math.ceil(bytes / this.blockBytes);
  }

  isUsable(place: Place, blocks: number): boolean {
    return this.translation.troubleOf(place.volume, place.block, blocks) === 'none';
  }

  /** What begins at a place; an extent that is not there any more is none. */
  extentAt(place: Place): ExtentRecord | undefined {
    const extent = this.space.at(place);
    return place instanceof ExtentRecord && place !== extent ? undefined : extent;
  }

  findSpace(blocks: number): Place | undefined {
    if (!Number.isSafeInteger(blocks) || blocks <= 0) {
      throw new InvalidArgument('one block or more', String(blocks), 'Say how many blocks the data takes.');
    }
    return this.space.find(this.translation.zones, blocks, (zone) => this.isUsable(zone, zone.blocks));
  }

  // ── Ends and wake-ups ────────────────────────────────────────────────────────────────────────────────────────────────

  /** The operation of a front has ended well. */
  done(front: FrontRecord, length: number, aged: boolean): 'done' {
    becomeValid(front, length, aged);
    front.failure = undefined;
    this.#answer(front, 'done');
    return 'done';
  }

  /** The operation of a front has failed, and the front is given up. */
  giveUp(front: FrontRecord, reason: FailureReason, { volume, block }: Place): 'error' {
    becomeEmpty(front);
    front.failure = { reason, volume, block };
    this.#answer(front, 'error');
    return 'error';
  }

  #answer(front: FrontRecord, result: 'done' | 'error'): void {
    front.answered++;
    front.result = result;
    if (front !== this.calling) this.ended.push(front);
  }

  /** What waits may look again, behind those that were woken before. */
  wake(waiting: FrontRecord | ExtentRecord): void {
    waiting.runnable = true;
    if (waiting.queued) return;
    waiting.queued = true;
    this.#runnable.push(waiting);
  }

  nextRunnable(): FrontRecord | ExtentRecord | undefined {
    for (let next = this.#runnable.shift(); next !== undefined; next = this.#runnable.shift()) {
      next.queued = false;
      if (next.runnable) return next;
    }
    return undefined;
  }
}
