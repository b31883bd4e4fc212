// DirectIo with everything around it, in one process and without waiting: a core and a device in memory, whose requests end
// when the test says so. `settle` ends all of them, one after the other, and passes the core's tickets on, until nothing moves.

import { crc32 } from 'node:zlib';
import type { DirectOptions, Element, Front, Place } from '../../src/index.ts';
import { CacheFull, DirectIo, HammerIoCore, MemoryDevice, NO_TICKET } from '../../src/index.ts';
import type { DeviceRequest, Fault, Request, Ticket } from '../../src/index.ts';

/** How a stage is set up, beside the options of DirectIo. */
export interface DirectStageOptions extends Partial<Omit<DirectOptions, 'core'>> {
  /** Capacity of each volume in blocks. Default: one of 64. */
  readonly blocks?: readonly number[];
  readonly blockBytes?: number;
  readonly capacityBufs?: number;
}

/** The block size of a stage, unless it says otherwise. */
export const STAGE_BLOCK = 64;

/** Bytes that tell their position, in a file of some blocks. */
export const counting = (length: number, from = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => 1 + ((from + i) % 251));

/** An element on the first volume, with its checksum and its bytes. */
export const elementAt = (block: number, bytes: Uint8Array, fileOffset = 0): Element & { bytes: Uint8Array } => ({
  fileOffset,
  volume: 0,
  block,
  length: bytes.length,
  crc: crc32(bytes),
  bytes,
});

export class DirectStage {
  readonly core: HammerIoCore;
  readonly direct: DirectIo;
  readonly device: MemoryDevice;
  /** Every request that was issued, in order. */
  readonly issued: DeviceRequest[] = [];
  /** Tickets of the core that were woken and are not DirectIo's. */
  readonly woken: Ticket[] = [];
  readonly #starved: Ticket[] = [];
  /** Says how a request ends: undefined for well. */
  fault: (request: DeviceRequest) => Fault | undefined = () => undefined;

  constructor(options: DirectStageOptions = {}) {
    const { blocks = [64], blockBytes = STAGE_BLOCK, capacityBufs = 32, ...direct } = options;
    this.core = new HammerIoCore({
      volumes: blocks.map((count, i) => ({ name: `v${i}`, blocks: count })),
      capacityBufs,
      blockBytes,
      verify: true,
    });
    this.device = new MemoryDevice(blocks.length, blockBytes);
    const zones = blocks.map((count, volume) => ({ volume, block: 0, blocks: count }));
    this.direct = new DirectIo({ core: this.core, zones, ...direct });
  }

  /** Memory for a front, filled with one byte. */
  memory(blocks: number, byte = 0xee): Uint8Array {
    return new Uint8Array(blocks * this.device.blockBytes).fill(byte);
  }

  /** Puts the bytes of an element on the medium, as if they had been there always. */
  format({ volume, block }: Place, bytes: Uint8Array): void {
    const { blockBytes } = this.device;
    for (let at = 0; at < bytes.length; at += blockBytes) {
      const whole = new Uint8Array(blockBytes);
      whole.set(bytes.subarray(at, at + blockBytes));
      this.device.format(volume, block + at / blockBytes, whole);
    }
  }

  /** A file whose elements stand on the medium, each with the bytes given. */
  file(name: string, elements: readonly (Element & { readonly bytes: Uint8Array })[]) {
    for (const element of elements) this.format(element, element.bytes);
    return this.direct.openFile(name, elements);
  }

  /** Hands requests to the device. */
  submit(): void {
    const submit = (request: Request): void => {
      if (request.kind === 'undo') throw new Error('No UNDO log was asked for.');
      this.issued.push(request);
      this.device.submit(request);
    };
    this.core.drainRequests(submit);
    this.direct.drainRequests(submit);
  }

  /** Ends one request, as `fault` says. */
  complete(request: DeviceRequest): void {
    const { id } = request;
    const { result, bytes } = this.device.complete(id, this.fault(request));
    if (this.direct.owns(id)) {
      if (request.kind === 'read') this.direct.readDone(id, result, bytes);
      else this.direct.writeDone(id, result);
    } else if (request.kind === 'read') this.core.readDone(id, result, bytes);
    else if (request.kind === 'write') this.core.writeDone(id, result);
    else this.core.flushDone(id, result);
    this.pump();
  }

  /** Passes on the tickets of the core that were woken, first those for which there was no room before. */
  pump(): void {
    for (const ticket of this.#starved.splice(0)) this.#passOn(ticket);
    for (let t = this.core.nextRunnable(); t !== NO_TICKET; t = this.core.nextRunnable()) this.#passOn(t);
  }

  #passOn(ticket: Ticket): void {
    try {
      if (!this.direct.resumeCore(ticket)) this.woken.push(ticket);
    } catch (error) {
      if (!(error instanceof CacheFull)) throw error;
      this.#starved.push(ticket);
    }
  }

  /** Ends requests, the oldest first, until there are none, without resuming anybody. */
  settle(): void {
    this.pump();
    this.submit();
    for (let next = this.device.pending()[0]; next !== undefined; next = this.device.pending()[0]) {
      this.complete(next);
      this.submit();
    }
  }

  /** Settles, and resumes fronts and records that may go on, until nothing moves. */
  run(): void {
    this.settle();
    for (let next = this.direct.nextRunnable(); next !== undefined; next = this.direct.nextRunnable()) {
      this.direct.resume(next);
      this.settle();
    }
  }

  /** The fronts that have ended outside their own call. */
  ended(): Front[] {
    const ended: Front[] = [];
    for (let f = this.direct.nextEnded(); f !== undefined; f = this.direct.nextEnded()) ended.push(f);
    return ended;
  }

  /** Reads a front to its end. */
  read(front: Front, piecewise = false): Front['result'] {
    if (this.direct.strategyRead(front, piecewise) === 'again') throw new Error('An alias of a record is in use.');
    this.run();
    this.ended();
    return front.result;
  }

  /** Fills a front with a byte and writes it to its end. */
  write(front: Front, place: Place, byte: number, length = front.bytes.length): Front['result'] {
    front.bytes.fill(byte);
    const outcome = this.direct.strategyWrite(front, place, length);
    if (outcome === 'refused') throw new Error('Nothing may be written any more.');
    this.run();
    this.ended();
    return front.result;
  }

  /** A block of the device cache is got and held. */
  hold(volume: number, block: number) {
    const answer = this.core.ioRead(volume, block, 'data');
    if (answer.ticket === NO_TICKET) return answer.handle;
    this.settle();
    const ticket = this.woken.pop()!;
    return this.core.resume(ticket).handle;
  }

  /** What stands on the medium: the first byte of each block. */
  medium(volume: number, block: number, blocks: number): number[] {
    return Array.from({ length: blocks }, (_, i) => this.device.read(volume, block + i)[0]!);
  }
}
