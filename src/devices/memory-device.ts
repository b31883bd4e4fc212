// A device in memory, for tests and as the smallest example of a Device. It completes nothing by itself: whoever drives
// it picks a pending request and says how it ends, in any order. It keeps apart what power loss would take and what not:
//
//   volatile   the contents of completed writes, newest per block
//   durable    the contents that a successful flush has covered
//
// A flush covers exactly the writes that completed before it was submitted. The device knows this from its own record of
// completions and flushes, numbered by one clock; it asks nobody, so `volatileState` is an independent reading of what
// the layer believes about its devices. Unwritten blocks read as zeros. A failed write leaves the old contents unless the
// fault says how much of the new arrived; either way the device can not vouch for the block until the next flush.

import type { Volatile } from '../../spec/buffer/snapshot.ts';
import type { Device, DeviceRequest, Result } from '../core/device.ts';
import { ImpossibleInput, InvalidArgument } from '../core/errors.ts';

/** How a request ends: `arrivedBytes` of a failed write reached the medium. */
export interface Fault {
  readonly code: 'EIO';
  readonly arrivedBytes?: number;
}

/** What the core must be told. */
export interface Completion {
  readonly request: DeviceRequest;
  readonly result: Result;
  /** The contents read. */
  readonly bytes: Uint8Array | undefined;
}

/** The completions of the core, as far as a device gives them. */
export interface CompletionSink {
  /** A read has ended; `bytes` unless they stand in `into` or it failed. */
  readDone(request: number, result: Result, bytes?: Uint8Array): unknown;
  /** A write has ended. */
  writeDone(request: number, result: Result): unknown;
  /** A device flush has ended. */
  flushDone(request: number, result: Result): unknown;
}

interface Pending {
  readonly request: DeviceRequest;
  /** Of a write: its contents at submission. */
  readonly contents: Uint8Array | undefined;
  /** When it was submitted. */
  readonly submitted: number;
}

interface CompletedWrite {
  readonly contents: Uint8Array;
  readonly completed: number;
}

interface Medium {
  /** Per block, its completed writes that no flush has covered, oldest first. */
  readonly unflushed: Map<number, CompletedWrite[]>;
  readonly durable: Map<number, Uint8Array>;
}

/** A device whose blocks stand in memory, and which completes a request when it is told to. Blocks are zeros at first. */
export class MemoryDevice implements Device {
  readonly blockBytes: number;
  #media: Medium[] = [];
  readonly #pending = new Map<number, Pending>();
  #clock = 0;

  constructor(volumes: number, blockBytes: number) {
    this.blockBytes = blockBytes;
    for (let v = 0; v < volumes; v++) this.#media.push({ unflushed: new Map(), durable: new Map() });
  }

  submit(request: DeviceRequest): void {
    const contents = request.kind === 'write' ? new Uint8Array(request.bytes) : undefined;
    this.#pending.set(request.id, { request, contents, submitted: ++this.#clock });
  }

  /** Requests that were submitted and have not ended, in order of submission. */
  pending(): readonly DeviceRequest[] {
    return [...this.#pending.values()].map((p) => p.request);
  }

  /** Ends a pending request, well or with a fault; the core is not told. */
  complete(id: number, fault?: Fault): Completion {
    const pending = this.#pending.get(id);
    if (pending === undefined)
      throw new ImpossibleInput('complete', 'the request is pending', `no pending request ${id}`);
    this.#pending.delete(id);
    const { request } = pending;
    const medium = this.#medium(request.volume);
    const result: Result = fault === undefined ? 'ok' : 'error';
    let bytes: Uint8Array | undefined;
    if (request.kind === 'read' && fault === undefined) bytes = this.#read(medium, request.block, request.blocks);
    if (request.kind === 'write') this.#write(medium, request.block, pending.contents!, fault);
    if (request.kind === 'flush' && fault === undefined) flush(medium, pending.submitted);
    return { request, result, bytes };
  }

  /** Ends a pending request and tells the core. */
  deliver(id: number, core: CompletionSink, fault?: Fault): void {
    const { request, result, bytes } = this.complete(id, fault);
    if (request.kind === 'read') core.readDone(id, result, bytes);
    else if (request.kind === 'write') core.writeDone(id, result);
    else core.flushDone(id, result);
  }

  /** Of the completed writes to a volume: none would be lost with the power, all are covered by a pending flush, or some are not. */
  volatileState(volume: number): Volatile {
    let newest = 0;
    for (const writes of this.#medium(volume).unflushed.values()) newest = Math.max(newest, writes.at(-1)!.completed);
    if (newest === 0) return 'none';
    for (const { request, submitted } of this.#pending.values()) {
      if (request.kind === 'flush' && request.volume === volume && submitted > newest) return 'covered';
    }
    return 'exposed';
  }

  /** What reading the block would give now. */
  read(volume: number, block: number): Uint8Array {
    return this.#read(this.#medium(volume), block, 1);
  }

  /** What the block would hold after power loss, if no unflushed write made it. */
  readDurable(volume: number, block: number): Uint8Array {
    return this.#medium(volume).durable.get(block) ?? new Uint8Array(this.blockBytes);
  }

  /** Puts contents on the medium as if they had been there always. */
  format(volume: number, block: number, contents: Uint8Array): void {
    this.#medium(volume).durable.set(block, contents.slice());
  }

  #medium(volume: number): Medium {
    const medium = this.#media[volume];
    if (medium === undefined) {
      const promised = `a volume below ${this.#media.length}`;
      throw new InvalidArgument(promised, String(volume), 'The device was made for so many volumes, from 0 on.');
    }
    return medium;
  }

  #read(medium: Medium, block: number, blocks: number): Uint8Array {
    const bytes = new Uint8Array(blocks * this.blockBytes);
    for (let i = 0; i < blocks; i++) {
      const contents = medium.unflushed.get(block + i)?.at(-1)?.contents ?? medium.durable.get(block + i);
      if (contents !== undefined) bytes.set(contents, i * this.blockBytes);
    }
    return bytes;
  }

  #write(medium: Medium, block: number, contents: Uint8Array, fault: Fault | undefined): void {
    let arrived = contents;
    const blocks = contents.length / this.blockBytes;
    if (fault !== undefined) {
      arrived = this.#read(medium, block, blocks);
      arrived.set(contents.subarray(0, fault.arrivedBytes ?? 0));
    }
    const completed = ++this.#clock;
    for (let i = 0; i < blocks; i++) {
      const write = { contents: arrived.subarray(i * this.blockBytes, (i + 1) * this.blockBytes), completed };
      const writes = medium.unflushed.get(block + i);
      if (writes === undefined) medium.unflushed.set(block + i, [write]);
      else writes.push(write);
    }
  }
}

/** Makes durable, per block, the newest write that completed before the flush was submitted, and forgets the older ones. */
function flush(medium: Medium, submitted: number): void {
  for (const [block, writes] of medium.unflushed) {
    const later = writes.findIndex((write) => write.completed > submitted);
    const covered = later === -1 ? writes.length : later;
    if (covered === 0) continue;
    medium.durable.set(block, writes[covered - 1]!.contents);
    writes.splice(0, covered);
    if (writes.length === 0) medium.unflushed.delete(block);
  }
}
