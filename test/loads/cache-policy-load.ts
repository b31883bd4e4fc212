// A program with far more data than buffers: it gets, changes, releases and syncs blocks at random, lets a cache policy make
// room, and knows from a plain map what every block must contain. Chance comes from a seed, completions come when the dice
// say so, in any order and, if asked for, with faults. The same options give the same run, up to any of its questions for
// room; that is how a test gets a second core in the same state to try things on.

import type { IoType } from '../../spec/buffer/snapshot.ts';
import { HammerIoCore, MemoryDevice, NO_HANDLE, NO_TICKET } from '../../src/index.ts';
import type { Answer, Handle, Ticket } from '../../src/index.ts';
import type { CachePolicy, RoomVerdict } from '../../src/policy/cache-policy.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';

export const BLOCK_BYTES = 64;
/** The first four bytes of META are the layer's. */
const STAMP = 4;

export interface LoadOptions {
  readonly seed: number;
  readonly capacityBufs: number;
  /** Blocks of each of the two volumes. The second one has a header, its block 0. */
  readonly blocks: number;
  /** Most handles that are held or waited for, but for one of the sync. */
  readonly holders: number;
  readonly policy: CachePolicy;
  readonly backlogBytesMax?: number;
  /** Reads, and writes of what is not UNDO, fail now and then. */
  readonly faults?: boolean;
  /** The one block of the first volume from which it may read ahead; default: from all. */
  readonly aheadFrom?: number;
  /** Stands in for the core: a recorder. */
  readonly stand?: (core: HammerIoCore, device: MemoryDevice) => HammerIoCore;
  /** Told of every answer to a question for room, at once. */
  readonly onRoom?: (room: RoomVerdict, bufs: number, load: CacheLoad) => void;
}

/** A block that the program knows. */
export interface Place {
  readonly volume: number;
  readonly block: number;
  readonly type: IoType;
}

interface Held {
  readonly handle: Handle;
  readonly place: Place;
  /** A call on the handle waits. */
  busy: boolean;
}

type Waiting = { readonly for: 'get'; readonly place: Place } | { readonly for: 'modify'; readonly held: Held };

/** The blocks of a load of this size: on the first volume DATA, UNDO and META in turn, on the second META behind the header. */
export function placesOf(blocks: number): Place[] {
  const types = ['data', 'data', 'undo', 'data', 'meta'] as const;
  const first = Array.from({ length: blocks }, (_, block): Place => ({ volume: 0, block, type: types[block % 5]! }));
  const second = Array.from({ length: Math.ceil(blocks / 4) }, (_, block): Place => {
    return { volume: 1, block, type: block === 0 ? 'volume' : 'meta' };
  });
  return [...first, ...second];
}

export class CacheLoad {
  readonly core: HammerIoCore;
  readonly device = new MemoryDevice(2, BLOCK_BYTES);
  readonly answers: Record<RoomVerdict, number> = { room: 0, writing: 0, flush: 0, full: 0 };
  /** Handles that the program holds. */
  readonly held: Held[] = [];
  readonly #options: LoadOptions;
  readonly #policy: CachePolicy;
  readonly #dice: Dice;
  readonly #places: readonly Place[];
  readonly #contents = new Map<Place, number>();
  readonly #waiting = new Map<Ticket, Waiting>();
  readonly #runnable: Ticket[] = [];
  #syncs = false;
  #stamp = 0;
  #next = 0;

  constructor(options: LoadOptions) {
    const { seed, capacityBufs, blocks, backlogBytesMax } = options;
    const core = new HammerIoCore({
      volumes: [
        { name: 'v0', blocks },
        { name: 'v1', blocks, headerBlock: 0 },
      ],
      capacityBufs,
      blockBytes: BLOCK_BYTES,
      verify: true,
      ...(backlogBytesMax !== undefined && { backlogBytesMax }),
    });
    this.core = options.stand?.(core, this.device) ?? core;
    this.#options = options;
    this.#policy = options.policy;
    this.#dice = diceOf(seed);
    this.#places = placesOf(blocks);
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.step();
  }

  step(): void {
    const what = this.#dice(100);
    if (what < 34) this.#getSome();
    else if (what < 54) this.#releaseOne();
    else if (what < 74) this.#modifyOne();
    else if (what < 92) this.#completeOne();
    else if (what < 95) this.#policy.writeBehind(this.core);
    else if (what < 97) this.#writeOne();
    else this.#sync();
    this.#submit();
    this.#resumeSome();
    this.#lookAtAll();
  }

  /** Releases everything, writes everything, and holds the device against the map. */
  settle(): void {
    while (this.#waiting.size > 0 || this.held.length > 0 || this.device.pending().length > 0) {
      if (this.held.length > 0) this.#releaseOne();
      this.#submit();
      this.#completeOne();
      this.#resumeSome();
    }
    for (const list of ['data', 'undo', 'meta', 'volu'] as const) this.#flushAll(list);
    while (this.device.pending().length > 0) this.#completeOne();
    for (const place of this.#places) this.#check(place, this.device.read(place.volume, place.block), 'the device');
  }

  // ── Getting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Mostly any block, now and then the one behind the last. */
  #getSome(): void {
    if (this.held.length + this.#gets() >= this.#options.holders) return;
    this.#next = this.#dice(3) === 0 ? (this.#next + 1) % this.#places.length : this.#dice(this.#places.length);
    const place = this.#places[this.#next]!;
    if (place.volume === 1 && place.block !== 0 && !this.held.some((held) => held.place.type === 'volume')) return;
    this.#get(place);
  }

  #get(place: Place): void {
    const { volume, block, type } = place;
    const hit = this.core.tryGet(volume, block);
    if (hit !== NO_HANDLE) {
      this.#hold(hit, place);
      return;
    }
    const ahead = this.#policy.wantsAhead(volume, block) && this.#mayReadAhead(place);
    if (!this.#hasRoom(ahead ? 2 : 1)) return;
    const isUnknown = this.core.view.volumes[volume]!.ios.get(block) === undefined;
    if (isUnknown && type !== 'volume' && this.#dice(4) === 0) {
      this.#contents.set(place, 0);
      this.#note(this.core.ioNew(volume, block, type), { for: 'get', place });
    } else this.#note(this.core.ioRead(volume, block, type, ahead), { for: 'get', place });
  }

  #mayReadAhead({ volume, block }: Place): boolean {
    const { aheadFrom } = this.#options;
    return aheadFrom === undefined || (volume === 0 && block === aheadFrom);
  }

  /** Asks for room, and does what the answer says when there is none. */
  #hasRoom(bufs: number): boolean {
    const room = this.#policy.makeRoom(this.core, bufs);
    this.answers[room]++;
    this.#options.onRoom?.(room, bufs, this);
    if (room === 'writing') this.#completeOne();
    else if (room === 'flush') this.#sync();
    else if (room === 'full') this.#releaseOne();
    return room === 'room';
  }

  #isMissing({ volume, block }: Place): boolean {
    return this.core.view.volumes[volume]!.ios.get(block)?.bp === undefined;
  }

  #hold(handle: Handle, place: Place): void {
    this.held.push({ handle, place, busy: false });
    this.#check(place, this.core.contents(handle), 'a handle');
  }

  #gets(): number {
    let gets = 0;
    for (const waiting of this.#waiting.values()) if (waiting.for === 'get') gets++;
    return gets;
  }

  // ── Holding ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #releaseOne(): void {
    const open = this.held.filter(({ busy }) => !busy);
    if (open.length === 0) return;
    const held = open[this.#dice(open.length)]!;
    this.held.splice(this.held.indexOf(held), 1);
    this.core.release(held.handle);
  }

  #modifyOne(): void {
    const open = this.held.filter(({ busy }) => !busy);
    if (open.length === 0) return;
    const held = open[this.#dice(open.length)]!;
    held.busy = true;
    this.#note(this.core.ioModify(held.handle), { for: 'modify', held });
  }

  /** Writes one without giving it up. */
  #writeOne(): void {
    const held = this.held.find(({ busy }) => !busy);
    if (held === undefined || this.core.view.volumes[held.place.volume]!.ios.get(held.place.block)!.modifyRefs > 0)
      return;
    this.core.ioFlush(held.handle);
  }

  /** Changes the whole block, and takes the pin of a failed write away, since this is going to be written instead. */
  #change(held: Held): void {
    held.busy = false;
    const bytes = this.core.bytes(held.handle);
    const stamp = ++this.#stamp;
    bytes.fill(stamp & 255, STAMP);
    bytes[STAMP] = stamp >> 8;
    this.#contents.set(held.place, stamp);
    this.core.change(held.handle);
    this.core.ioModifyDone(held.handle);
    this.core.ioClearError(held.handle);
  }

  #check(place: Place, bytes: { readonly [at: number]: number; readonly length: number }, where: string): void {
    const stamp = this.#contents.get(place) ?? 0;
    if (bytes[STAMP] === (stamp >> 8) % 256 && bytes[BLOCK_BYTES - 1] === stamp % 256) return;
    const { volume, type, block } = place;
    throw new Error(
      `${where} has other contents for ${type} block ${block} of volume ${volume} than the map: ${stamp}`,
    );
  }

  /** What is held stays right whatever the policy does, and the slab is never overdrawn. */
  #lookAtAll(): void {
    for (const held of this.held) if (!held.busy) this.#check(held.place, this.core.contents(held.handle), 'a handle');
    let occupied = 0;
    const { volumes, slab } = this.core.view;
    for (const { volume, block } of this.#places) {
      const io = volumes[volume]!.ios.get(block);
      if (io?.bp !== undefined || io?.incoming !== undefined) occupied++;
      if (volumes[volume]!.residue.has(block)) occupied++;
    }
    if (occupied + slab.freeBufs > slab.capacityBufs)
      throw new Error(`${occupied} buffers are occupied and ${slab.freeBufs} free, of ${slab.capacityBufs}`);
  }

  // ── Writing and completing ───────────────────────────────────────────────────────────────────────────────────────────

  #sync(): void {
    this.#flushAll('meta');
    this.#flushAll('volu');
    if (this.#syncs) return;
    this.#syncs = this.core.ioFlushSync().ticket !== NO_TICKET;
    this.#submit();
  }

  #flushAll(list: 'data' | 'undo' | 'meta' | 'volu'): void {
    flushAll(this.core, list);
    this.#submit();
  }

  #completeOne(): void {
    const pending = this.device.pending();
    if (pending.length === 0) return;
    const request = pending[this.#dice(pending.length)]!;
    const mayFail =
      this.#options.faults === true &&
      (request.kind === 'read' || (request.kind === 'write' && this.#typeOf(request) !== 'undo'));
    if (mayFail && this.#dice(10) === 0) this.device.deliver(request.id, this.core, { code: 'EIO' });
    else this.device.deliver(request.id, this.core);
  }

  #typeOf(at: { readonly volume: number; readonly block: number }): IoType {
    return this.#places.find(({ volume, block }) => volume === at.volume && block === at.block)!.type;
  }

  #submit(): void {
    submit(this.core, this.device);
  }

  // ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #note(answer: Answer, waiting: Waiting): void {
    if (answer.ticket !== NO_TICKET) this.#waiting.set(answer.ticket, waiting);
    else if (answer.outcome !== 'done') return;
    else if (waiting.for === 'get') this.#hold(answer.handle, waiting.place);
    else this.#change(waiting.held);
    this.#submit();
  }

  #resumeSome(): void {
    for (let t = this.core.nextRunnable(); t !== NO_TICKET; t = this.core.nextRunnable()) this.#runnable.push(t);
    for (let left = this.#runnable.length; left > 0; left--) {
      const ticket = this.#runnable.shift()!;
      const waiting = this.#waiting.get(ticket);
      // A get whose load failed may have to load again, and that takes a buffer.
      if (waiting?.for === 'get' && this.#isMissing(waiting.place) && !this.#hasRoom(1)) {
        this.#runnable.push(ticket);
        continue;
      }
      this.#waiting.delete(ticket);
      const answer = this.core.resume(ticket);
      if (waiting === undefined) this.#syncs = answer.ticket !== NO_TICKET;
      else this.#note(answer, waiting);
    }
  }
}

/** Writes whatever stands on a list of dirty buffers and may be written now. */
export function flushAll(core: HammerIoCore, list: 'data' | 'undo' | 'meta' | 'volu'): void {
  const dirty: { volume: number; block: number }[] = [];
  core.view.lists.forEach(list, (io) => {
    if (io.modifyRefs === 0) dirty.push({ volume: io.volume.number, block: io.block });
  });
  for (const { volume, block } of dirty) {
    const handle = core.tryGet(volume, block);
    if (handle === NO_HANDLE) continue;
    core.ioFlush(handle);
    core.release(handle);
  }
}

/** Hands the core's requests to the device. */
export function submit(core: HammerIoCore, device: MemoryDevice): void {
  core.drainRequests((request) => {
    if (request.kind !== 'undo') device.submit(request);
  });
}
