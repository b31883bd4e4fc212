// The bench on which the device suite puts a device: requests under ids of their own, completions that may take their time,
// and comparisons that tell the first wrong byte.

import assert from 'node:assert/strict';
import type { Volatile } from '../../spec/buffer/snapshot.ts';
import type { Completion, Device, DeviceRequest, Fault } from '../../src/index.ts';
import type { Survivors } from './medium.ts';

/** A device as the suite uses it. The optional parts belong to what is declared. */
export interface SuiteDevice extends Device {
  /** Requests that were submitted and have not ended, in order of submission. */
  pending(): readonly DeviceRequest[];
  /** Ends this request, or waits until it has ended, and tells how. */
  complete(id: number, fault?: Fault): Completion | Promise<Completion>;
  /** What power loss would take of the volume's completed writes. */
  volatileState?(volume: number): Volatile;
  /** What the block would hold after power loss, if no unflushed write made it. */
  readDurable?(volume: number, block: number): Uint8Array | Promise<Uint8Array>;
  /** Takes what is not durable but for the survivors; the device goes on. */
  losePower?(survivors?: Survivors): void | Promise<void>;
  /**
   * The memory, MEMORY_BYTES from `offset` on, of which all requests must carry views; without it, requests may carry any.
   * The suite then copies contents there first, and a core is set up to have its buffers there.
   */
  readonly memory?: { readonly slab: SharedArrayBuffer; readonly offset: number };
  /** Called at the end of each case. */
  close?(): void | Promise<void>;
}

/** How large a device under test is. */
export interface DeviceSizes {
  readonly volumes: number;
  /** Of each volume. */
  readonly blocks: number;
  readonly blockBytes: number;
}

export const SUITE_SIZES: DeviceSizes = { volumes: 2, blocks: 16, blockBytes: 1024 };

const BYTES = SUITE_SIZES.blockBytes;

/** Buffers of the core that a case may set up; they come first in the memory of a device, blocks of single requests next. */
export const CORE_BUFS = 4;
const REQUEST_BLOCKS = 28;
export const MEMORY_BYTES = (CORE_BUFS + REQUEST_BLOCKS) * BYTES;
/** What the memory of a read holds before; no contents of the suite are like this. */
const STALE = 0xa5;

/** Contents that differ in every byte from those of another value, and tell a shifted block. */
export const filled = (value: number): Uint8Array =>
  Uint8Array.from({ length: BYTES }, (_, i) => (value * 37 + i * 11) & 255);
export const ZEROS = new Uint8Array(BYTES);

/** Submits requests under ids of their own and completes them. */
export class Bench {
  readonly device: SuiteDevice;
  #lastId = 0;
  readonly #into = new Map<number, readonly Uint8Array[]>();
  #lastView = 0;

  constructor(device: SuiteDevice) {
    this.device = device;
  }

  /** Memory for a block that the device takes. It is used again for the 29th block after. */
  view(): Uint8Array {
    const { memory } = this.device;
    if (memory === undefined) return new Uint8Array(BYTES);
    const place = CORE_BUFS + (this.#lastView++ % REQUEST_BLOCKS);
    return new Uint8Array(memory.slab, memory.offset + place * BYTES, BYTES);
  }

  /** These contents, in memory that the device takes: they themselves, if they are there already. */
  viewOf(contents: Uint8Array): Uint8Array {
    const { memory } = this.device;
    if (memory === undefined || contents.buffer === memory.slab) return contents;
    const view = this.view();
    view.set(contents);
    return view;
  }

  submitWrite(block: number, contents: Uint8Array, volume = 0): number {
    this.device.submit({ kind: 'write', id: ++this.#lastId, volume, block, bytes: this.viewOf(contents) });
    return this.#lastId;
  }

  submitRead(block: number, blocks: 1 | 2 = 1, volume = 0): number {
    const into = Array.from({ length: blocks }, () => this.view().fill(STALE));
    this.#into.set(++this.#lastId, into);
    this.device.submit({ kind: 'read', id: this.#lastId, volume, block, blocks, into });
    return this.#lastId;
  }

  submitFlush(volume = 0): number {
    this.device.submit({ kind: 'flush', id: ++this.#lastId, volume });
    return this.#lastId;
  }

  /** How a request ends. A read that ends well has `bytes`, wherever its device has put them. */
  async end(id: number, fault?: Fault): Promise<Completion> {
    const completion = await (fault === undefined ? this.device.complete(id) : this.device.complete(id, fault));
    const into = this.#into.get(id);
    if (into === undefined || completion.result !== 'ok' || completion.bytes !== undefined) return completion;
    return { ...completion, bytes: into.length === 1 ? into[0]! : Uint8Array.from(into.flatMap((view) => [...view])) };
  }

  async ok(id: number): Promise<Completion> {
    const completion = await this.end(id);
    assert.equal(completion.result, 'ok', `request ${id} ends well`);
    return completion;
  }

  async write(block: number, contents: Uint8Array, volume = 0): Promise<void> {
    await this.ok(this.submitWrite(block, contents, volume));
  }

  async flush(volume = 0): Promise<void> {
    await this.ok(this.submitFlush(volume));
  }

  /** A read must give exactly these contents. */
  async holds(block: number, contents: Uint8Array, volume = 0): Promise<void> {
    sameBytes((await this.ok(this.submitRead(block, 1, volume))).bytes, contents, `block ${block} of volume ${volume}`);
  }

  async durable(block: number, contents: Uint8Array): Promise<void> {
    sameBytes(await this.device.readDurable!(0, block), contents, `block ${block}, durable`);
  }

  volatileIs(expected: Volatile, volume = 0): void {
    assert.equal(this.device.volatileState!(volume), expected, `what is volatile on volume ${volume}`);
  }
}

/** Told by the first byte that differs, because whole blocks are nothing to read. */
export function sameBytes(seen: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  assert.equal(seen?.length, expected.length, `bytes given of ${what}`);
  const at = expected.findIndex((byte, i) => seen[i] !== byte);
  if (at >= 0) assert.fail(`${what}: byte ${at} is ${seen[at]}, not ${expected[at]}`);
}
