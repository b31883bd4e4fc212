// A device in memory that fails as it is told: for each completion the test may name a fault (`injected-fault.ts`), and there
// are no dice inside. Without faults it is MemoryDevice to the byte, which the shared suite and an every-edge run show.
//
// It keeps two media per volume. `pristine` is what would be there if every completion had done what it said; what really is
// there lies over it and is what reads, flushes and power loss work on. So a test can always ask for the truth, list the
// damage, or `heal` the device: faults off, contents as they should be. A write that ended in error was never promised, so
// in the pristine contents it has not happened.
//
// Power loss takes all requests, and of each write that no flush has covered, whether it completed or was still pending, the
// sectors that the test does not name; `everyPowerLoss` names all choices. Ids of requests are unique between power losses.

import type { Volatile } from '../../spec/buffer/snapshot.ts';
import type { Completion, CompletionSink, Device, DeviceRequest, Result } from '../../src/index.ts';
import { ImpossibleInput } from '../../src/index.ts';
import { checkFault, ImpossibleFault, leadingSectors, type InjectedFault } from './injected-fault.ts';
import { flipped, Medium, NO_SECTORS, SECTOR_BYTES, type Sectors, type StoredWrite, type Survivors } from './medium.ts';

interface Pending {
  readonly request: DeviceRequest;
  /** Of a write: its contents at submission. */
  readonly contents: Uint8Array;
  /** How many writes of the volume had completed at submission. */
  readonly clock: number;
}

/** A write that power loss may take, in whole or in part. */
export interface VolatileWrite {
  readonly id: number;
  readonly volume: number;
  readonly block: number;
  /** Whether the core was told of its end; one that was not may have arrived all the same. */
  readonly completed: boolean;
}

/** Sectors that do not hold what they should. */
export interface Damage {
  readonly volume: number;
  readonly block: number;
  /** Sectors that a read would get wrong, and sectors that would be wrong after power loss. */
  readonly read: readonly number[];
  readonly durable: readonly number[];
}

const NO_BYTES = new Uint8Array(0);
const EIO: InjectedFault = { code: 'EIO' };

export class FaultDevice implements Device {
  readonly blockBytes: number;
  readonly #pristine: readonly Medium[];
  readonly #actual: Medium[];
  readonly #pending = new Map<number, Pending>();
  /** What fails for good. */
  readonly #bad = new Set<string>();
  #gone = false;

  constructor(volumes: number, blockBytes: number) {
    if (!Number.isSafeInteger(blockBytes) || blockBytes <= 0 || blockBytes % SECTOR_BYTES !== 0)
      throw new RangeError(`A block is whole sectors of ${SECTOR_BYTES} bytes, not ${blockBytes} bytes.`);
    this.blockBytes = blockBytes;
    this.#pristine = Array.from({ length: volumes }, () => new Medium(blockBytes));
    this.#actual = this.#pristine.map((medium) => medium.copy());
  }

  /** Sectors of a block, which power loss takes one by one. */
  get sectorsPerBlock(): number {
    return this.blockBytes / SECTOR_BYTES;
  }

  submit(request: DeviceRequest): void {
    // Not `slice`, which is a view and no copy when a Buffer is handed in.
    const contents = request.kind === 'write' ? new Uint8Array(request.bytes) : NO_BYTES;
    this.#pending.set(request.id, { request, contents, clock: this.#medium(request.volume).clock });
  }

  /** Requests that were submitted and have not ended, in order of submission. */
  pending(): readonly DeviceRequest[] {
    return [...this.#pending.values()].map(({ request }) => request);
  }

  /** Ends a pending request, well or with a fault; the core is not told. */
  complete(id: number, fault?: InjectedFault): Completion {
    const pending = this.#pending.get(id);
    if (pending === undefined)
      throw new ImpossibleInput('complete', 'the request is pending', `no pending request ${id}`);
    const { request } = pending;
    if (fault !== undefined) checkFault(request, fault, this.blockBytes);
    const met = this.#isBroken(request) ? EIO : fault;
    const ended = this.#end(pending, met);
    this.#pending.delete(id);
    if (fault?.code === 'gone') this.#gone = true;
    if (fault?.code === 'EIO' && fault.sticky === true) for (const place of placesOf(request)) this.#bad.add(place);
    return { request, result: ended.result, bytes: ended.bytes };
  }

  /** Ends a pending request and tells the core, which throws ImpossibleInput if that brings too few bytes. */
  deliver(id: number, core: CompletionSink, fault?: InjectedFault): void {
    const { request, result, bytes } = this.complete(id, fault);
    if (request.kind === 'read') core.readDone(id, result, bytes);
    else if (request.kind === 'write') core.writeDone(id, result);
    else core.flushDone(id, result);
  }

  /** Of the writes that were said to have completed: none would be lost with the power, all are covered by a pending flush, or some are not. */
  volatileState(volume: number): Volatile {
    const newest = this.#promised(volume).newestUnflushed;
    if (newest === 0) return 'none';
    for (const { request, clock } of this.#pending.values()) {
      if (request.kind === 'flush' && request.volume === volume && clock >= newest) return 'covered';
    }
    return 'exposed';
  }

  /** What is there: what a read without a fault would give now. */
  read(volume: number, block: number): Uint8Array {
    return this.#medium(volume).read(block);
  }

  /** What would be there after power loss, if no unflushed write made it. */
  readDurable(volume: number, block: number): Uint8Array {
    return this.#medium(volume).readDurable(block);
  }

  /** What should be there. */
  readonly pristine = {
    /** What reading the block should give. */
    read: (volume: number, block: number): Uint8Array => this.#promised(volume).read(block),
    /** What the block should hold after power loss, if no unflushed write made it. */
    readDurable: (volume: number, block: number): Uint8Array => this.#promised(volume).readDurable(block),
  };

  /** Puts contents on the medium as if they had been there always. */
  format(volume: number, block: number, contents: Uint8Array): void {
    const copy = new Uint8Array(contents);
    this.#medium(volume).format(block, copy);
    this.#promised(volume).format(block, copy);
  }

  /** A bit of what is durable flips, between requests. */
  flipAtRest(volume: number, block: number, bit: number): void {
    if (!Number.isSafeInteger(bit) || bit < 0 || bit >= this.blockBytes * 8)
      throw new ImpossibleFault('flipAtRest', `a bit from 0 to ${this.blockBytes * 8 - 1}`, String(bit));
    this.#medium(volume).flip(block, bit);
  }

  /** Where what is there is not what should be there. */
  damage(): Damage[] {
    return this.#actual.flatMap((actual, volume) => {
      const promised = this.#promised(volume);
      const blocks = [...new Set([...actual.blocks(), ...promised.blocks()])].sort((a, b) => a - b);
      return blocks.flatMap((block) => {
        const read = differing(actual.read(block), promised.read(block));
        const durable = differing(actual.readDurable(block), promised.readDurable(block));
        return read.length + durable.length === 0 ? [] : [{ volume, block, read, durable }];
      });
    });
  }

  /** Faults off: the contents are as they should be, nothing is broken for good, and a device that was gone is back. */
  heal(): void {
    this.#pristine.forEach((medium, volume) => (this.#actual[volume] = medium.copy()));
    this.#bad.clear();
    this.#gone = false;
  }

  /** Writes that power loss may take: completed and unflushed ones in order of completion, then pending ones. */
  volatileWrites(): VolatileWrite[] {
    const completed = this.#actual.flatMap((medium, volume) =>
      medium.unflushed.map(({ id, block }) => ({ id, volume, block, completed: true })),
    );
    const pending = this.pending().flatMap((request) =>
      request.kind === 'write'
        ? [{ id: request.id, volume: request.volume, block: request.block, completed: false }]
        : [],
    );
    return [...completed, ...pending];
  }

  /** The power goes: of the volatile writes only the named sectors are there, as far as they had arrived; all requests end untold. */
  losePower(survivors: Survivors = new Map<number, Sectors>()): void {
    const arriving = this.#actual.map((): StoredWrite[] => []);
    for (const { request, contents } of this.#pending.values()) {
      if (request.kind !== 'write') continue;
      arriving[request.volume]!.push({ id: request.id, block: request.block, contents, sectors: 'all' });
    }
    for (const media of [this.#actual, this.#pristine])
      media.forEach((medium, volume) => medium.losePower(survivors, arriving[volume]!));
    this.#pending.clear();
  }

  #end(pending: Pending, fault: InjectedFault | undefined): { result: Result; bytes: Uint8Array | undefined } {
    const { request } = pending;
    switch (request.kind) {
      case 'read':
        return this.#endRead(request.volume, request.block, request.blocks, fault);
      case 'write':
        return { result: this.#endWrite(pending, request.block, fault), bytes: undefined };
      case 'flush':
        return { result: this.#endFlush(pending, fault), bytes: undefined };
    }
  }

  #endRead(volume: number, block: number, blocks: number, fault: InjectedFault | undefined) {
    if (fault?.code === 'EIO' || fault?.code === 'gone') return { result: 'error' as const, bytes: undefined };
    const medium = this.#medium(volume);
    let bytes: Uint8Array = new Uint8Array(blocks * this.blockBytes);
    for (let i = 0; i < blocks; i++) bytes.set(medium.read(block + i), i * this.blockBytes);
    if (fault?.code === 'stale') bytes.set(oldVersion(medium, block, fault.versionsBack));
    if (fault?.code === 'flip') bytes = flipped(bytes, fault.bit);
    if (fault?.code === 'short') bytes = bytes.slice(0, fault.bytes);
    return { result: 'ok' as const, bytes };
  }

  #endWrite({ request, contents }: Pending, block: number, fault: InjectedFault | undefined): Result {
    const { id, volume } = request;
    const { result, sectors } = fateOfWrite(fault);
    const arriving = fault?.code === 'flip' ? flipped(contents, fault.bit) : contents;
    this.#medium(volume).write({ id, block, contents: arriving, sectors });
    this.#promised(volume).write({ id, block, contents, sectors: result === 'ok' ? 'all' : NO_SECTORS });
    return result;
  }

  #endFlush({ request, clock }: Pending, fault: InjectedFault | undefined): Result {
    if (fault?.code === 'EIO' || fault?.code === 'gone') return 'error';
    if (fault?.code !== 'lost') this.#medium(request.volume).flush(clock);
    this.#promised(request.volume).flush(clock);
    return 'ok';
  }

  #isBroken(request: DeviceRequest): boolean {
    return this.#gone || (this.#bad.size > 0 && placesOf(request).some((place) => this.#bad.has(place)));
  }

  #medium(volume: number): Medium {
    return mediumOf(this.#actual, volume);
  }

  #promised(volume: number): Medium {
    return mediumOf(this.#pristine, volume);
  }
}

function mediumOf(media: readonly Medium[], volume: number): Medium {
  const medium = media[volume];
  if (medium === undefined) throw new RangeError(`The device has ${media.length} volumes, not ${volume + 1}.`);
  return medium;
}

/** What becomes of a write: what the core is told, and which sectors arrive. */
function fateOfWrite(fault: InjectedFault | undefined): { result: Result; sectors: Sectors } {
  switch (fault?.code) {
    case 'EIO':
      return { result: 'error', sectors: leadingSectors(fault.arrivedBytes ?? 0) };
    case 'short':
      return { result: 'error', sectors: leadingSectors(fault.bytes) };
    case 'gone':
      return { result: 'error', sectors: NO_SECTORS };
    case 'lost':
      return { result: 'ok', sectors: NO_SECTORS };
    case 'torn':
      return { result: fault.result, sectors: fault.sectors };
    default:
      return { result: 'ok', sectors: 'all' };
  }
}

function oldVersion(medium: Medium, block: number, back: number): Uint8Array {
  const old = medium.readVersion(block, back);
  if (old === undefined) throw new ImpossibleFault('stale', 'a version that is remembered', `${back} changes back`);
  return old;
}

/** What a request depends on, as far as that can be broken for good. */
function placesOf(request: DeviceRequest): string[] {
  const { kind, volume } = request;
  if (kind === 'flush') return [`flush ${volume}`];
  const blocks = kind === 'read' && request.blocks === 2 ? [request.block, request.block + 1] : [request.block];
  return blocks.map((block) => `${kind} ${volume} ${block}`);
}

/** Sectors that are not equal. */
function differing(a: Uint8Array, b: Uint8Array): number[] {
  const sectors: number[] = [];
  for (let from = 0; from < a.length; from += SECTOR_BYTES) {
    const sector = Buffer.from(a.buffer, a.byteOffset + from, SECTOR_BYTES);
    if (!sector.equals(b.subarray(from, from + SECTOR_BYTES))) sectors.push(from / SECTOR_BYTES);
  }
  return sectors;
}
