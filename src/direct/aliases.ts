// Aliases: what the core holds of the blocks of file data. DirectIo is a client of the core here and works through handles and
// tickets; where it looks into the state of the core, it only looks.
//
//   purge   nothing of these blocks is cached any more, or `again` while somebody uses one of them
//   sync    the writes of dirty ones are issued and waited for: get, keep modifiers out, flush, wait, release
//   load    a block comes into the cache, for all fronts that want it under one ticket
//
// Nothing is held beyond a call but what waits: a block that has come is copied to those who wanted it and released at once.

import type { Alias } from '../../spec/direct/snapshot.ts';
import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import type { Answer } from '../core/answer.ts';
import { NO_HANDLE, NO_TICKET, type Handle, type Ticket } from '../core/ids.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { HammerIo } from '../core/records/hammer-io.ts';
import { isUnreferenced } from '../core/records/reference-word.ts';
import type { MountState } from '../core/core-state.ts';
import type { ExtentRecord, Run } from './extents.ts';
import type { FrontRecord } from './fronts.ts';

/** Who is told when what a front waits for has come about. */
export interface AliasEvents {
  /** A block has come, or cannot be read. Its bytes can be had with `copy` as long as this runs. */
  arrived(front: FrontRecord, block: number, result: 'ok' | 'error'): void;
  /** The dirty aliases that the front has waited for are written. */
  synced(front: FrontRecord): void;
}

/** A block that is on its way into the cache. */
class Load {
  readonly volume: number;
  readonly block: number;
  readonly key: number;
  /** Who wants it, in order of arrival. */
  fronts: FrontRecord[];
  /** Somebody else is loading the block, and we have queued behind that. */
  isBehindLoad = false;

  constructor(volume: number, block: number, front: FrontRecord) {
    this.volume = volume;
    this.block = block;
    this.key = keyOf(volume, block);
    this.fronts = [front];
  }
}

/** An alias that is being written. */
class Sync {
  readonly io: HammerIo;
  readonly front: FrontRecord;
  stage: 'get' | 'interlock' | 'written' = 'get';
  handle: Handle = NO_HANDLE;

  constructor(io: HammerIo, front: FrontRecord) {
    this.io = io;
    this.front = front;
  }
}

export class Aliases {
  readonly #core: HammerIoCore;
  readonly #mount: MountState;
  readonly #events: AliasEvents;
  readonly #loads = new Map<number, Load>();
  /** Our tickets of the core, and what for. */
  readonly #tickets = new Map<Ticket, Load | Sync>();

  constructor(core: HammerIoCore, events: AliasEvents) {
    this.#core = core;
    this.#mount = core.state;
    this.#events = events;
  }

  get holdsTickets(): boolean {
    return this.#tickets.size > 0;
  }

  /**
   * What the device cache holds of a block, in a buffer of the layer or in one that came by read-ahead, or that the layer has
   * given up (residue): a purge destroys both, and whoever wants the latter makes it the former first.
   */
  stateOf(volumeNumber: number, block: number): Alias {
    const volume = this.#mount.volumes[volumeNumber];
    if (volume === undefined) return 'none';
    const io = volume.ios.get(block);
    if (io !== undefined) {
      if (io.reading) return 'loading';
      if (io.bp !== undefined) {
        if (io.running) return 'writing';
        if (io.modified) return 'dirty';
        return io.ioerror ? 'failed' : 'clean';
      }
    }
    const residue = volume.residue.get(block);
    if (residue === undefined) return 'none';
    return residue.arrived ? 'clean' : 'loading';
  }

  /** Is one of the blocks of an extent in this state? */
  has(extent: ExtentRecord, state: Alias): boolean {
    const { volume, block, blocks } = extent;
    for (let b = block; b < block + blocks; b++) if (this.stateOf(volume, b) === state) return true;
    return false;
  }

  // ── Purging ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Destroys all aliases of an extent, dirty ones too; or none, and answers false, if one of them is in use (D12). */
  purge({ volume, block, blocks }: Run): boolean {
    for (let b = block; b < block + blocks; b++) if (this.#isInUse(volume, b)) return false;
    let isPurged = true;
    for (let b = block; b < block + blocks; b++) isPurged = this.#destroy(volume, b) && isPurged;
    return isPurged;
  }

  #isInUse(volume: number, block: number): boolean {
    const state = this.stateOf(volume, block);
    if (state === 'loading' || state === 'writing' || state === 'failed') return true;
    const io = this.#mount.volumes[volume]?.ios.get(block);
    return io !== undefined && !isUnreferenced(io);
  }

  #destroy(volumeNumber: number, block: number): boolean {
    const volume = this.#mount.volumes[volumeNumber];
    const io = volume?.ios.get(block);
    if (io?.bp === undefined) {
      if (volume?.residue.has(block)) this.#core.ioInval(volumeNumber, block);
      return true;
    }
    const handle = this.#core.tryGet(volumeNumber, block);
    return handle !== NO_HANDLE && this.#core.delBuffer(handle).outcome === 'done';
  }

  // ── Writing back ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Has all dirty aliases of an extent written; `front.unsynced` of them are to be waited for. L1430, ondisk:735. */
  sync(front: FrontRecord, { volume, block, blocks }: ExtentRecord): void {
    front.unsynced = 0;
    for (let b = block; b < block + blocks; b++) {
      const state = this.stateOf(volume, b);
      if (state !== 'dirty' && state !== 'writing') continue;
      const io = this.#mount.volumes[volume]!.ios.get(b)!;
      front.unsynced++;
      this.#syncOn(new Sync(io, front), this.#core.ioRead(volume, b, io.type));
    }
  }

  /** Goes on until there is something to wait for, or nothing to do. */
  #syncOn(sync: Sync, first: Answer): void {
    const { io } = sync;
    for (let answer = first; ;) {
      if (answer.ticket !== NO_TICKET) {
        this.#tickets.set(answer.ticket, sync);
        return;
      }
      if (sync.stage === 'get') sync.handle = answer.handle;
      if (sync.stage === 'written' || sync.handle === NO_HANDLE) break;
      if (sync.stage === 'interlock') {
        this.#core.ioFlush(sync.handle);
        this.#core.ioDoneInterlock(sync.handle);
      }
      if (io.running) {
        sync.stage = 'written';
        answer = this.#core.ioWait(sync.handle);
      } else if (io.modified) {
        sync.stage = 'interlock';
        answer = this.#core.ioWriteInterlock(sync.handle);
      } else break;
    }
    if (sync.handle !== NO_HANDLE) this.#core.release(sync.handle);
    sync.front.unsynced--;
    if (sync.front.unsynced === 0 && sync.front.at === 'syncing') this.#events.synced(sync.front);
  }

  // ── Loading and copying ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Copies what is cached of a block; answers false if it is not. */
  copy(volume: number, block: number, into: Uint8Array): boolean {
    const handle = this.#core.tryGet(volume, block);
    if (handle === NO_HANDLE) return false;
    into.set(this.#core.contents(handle));
    this.#core.release(handle);
    return true;
  }

  /** Changes what is cached of a block, which becomes dirty; answers false if it is not cached, or cannot be changed now. */
  overwrite(volume: number, block: number, bytes: Uint8Array): boolean {
    const core = this.#core;
    const handle = core.tryGet(volume, block);
    if (handle === NO_HANDLE) return false;
    const { outcome, ticket } = core.ioModify(handle);
    if (outcome === 'done') {
      core.bytes(handle).set(bytes);
      core.ioModifyDone(handle);
    } else core.cancel(ticket);
    core.release(handle);
    return outcome === 'done';
  }

  /** `done`: the block is cached. Otherwise the front is told when it has come. Throws CacheFull, and nothing has happened. */
  load(front: FrontRecord, volume: number, block: number): 'done' | 'io' | 'wait' {
    const load = this.#loads.get(keyOf(volume, block));
    if (load !== undefined) {
      load.fronts.push(front);
      return 'wait';
    }
    const { outcome, handle, ticket } = this.#core.ioRead(volume, block, 'data');
    if (handle !== NO_HANDLE) {
      this.#core.release(handle);
      return 'done';
    }
    const begun = new Load(volume, block, front);
    this.#loads.set(begun.key, begun);
    this.#await(begun, outcome, ticket);
    return outcome === 'io' ? 'io' : 'wait';
  }

  /** The front does not wait for these blocks any more; they come all the same. */
  forget(front: FrontRecord, volume: number, block: number, blocks: number): void {
    for (let b = block; b < block + blocks; b++) {
      const load = this.#loads.get(keyOf(volume, b));
      if (load !== undefined) load.fronts = load.fronts.filter((one) => one !== front);
    }
  }

  // ── Tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** If the ticket is one of ours, which the core has woken: goes on with what waited, and answers true. Throws CacheFull, and nothing has happened. */
  resumed(ticket: Ticket): boolean {
    const waiting = this.#tickets.get(ticket);
    if (waiting === undefined) return false;
    if (waiting instanceof Sync) {
      const answer = this.#core.resume(ticket);
      this.#tickets.delete(ticket);
      this.#syncOn(waiting, answer);
    } else this.#loadOn(waiting, ticket);
    return true;
  }

  #loadOn(load: Load, ticket: Ticket): void {
    // The load that we have queued behind has failed: that is an answer, and no reason to try again.
    if (load.isBehindLoad && this.stateOf(load.volume, load.block) === 'none') {
      this.#tickets.delete(ticket);
      this.#core.cancel(ticket);
      this.#end(load, 'error');
      return;
    }
    const { outcome, handle, ticket: again } = this.#core.resume(ticket);
    this.#tickets.delete(ticket);
    if (again !== NO_TICKET) {
      this.#await(load, outcome, again);
      return;
    }
    this.#end(load, outcome === 'done' ? 'ok' : 'error');
    if (handle !== NO_HANDLE) this.#core.release(handle);
  }

  #await(load: Load, outcome: Outcome, ticket: Ticket): void {
    load.isBehindLoad = outcome === 'wait' && this.stateOf(load.volume, load.block) === 'loading';
    this.#tickets.set(ticket, load);
  }

  #end(load: Load, result: 'ok' | 'error'): void {
    this.#loads.delete(load.key);
    for (const front of load.fronts) this.#events.arrived(front, load.block, result);
  }
}

/** A number for a block: volumes have 8 bits of it (hammer_io.c L75-78). */
function keyOf(volume: number, block: number): number {
  return block * 256 + volume;
}
