// The requests of direct I/O: straight between the memory of a front and the medium, one for all blocks of an extent. They
// wait in an outbox until somebody drains it, and stay known by id until they complete.

import type { DeviceRequest } from '../core/device.ts';
import { ImpossibleInput } from '../core/errors.ts';
import type { Outbox } from '../core/outbox.ts';
import type { ExtentRecord } from './extents.ts';
import type { FrontRecord } from './fronts.ts';

export class Transfers {
  readonly #ids: Outbox;
  readonly #blockBytes: number;
  readonly #inFlight = new Map<number, FrontRecord>();
  #queue: DeviceRequest[] = [];

  /** `ids`: where numbers are taken from. */
  constructor(ids: Outbox, blockBytes: number) {
    this.#ids = ids;
    this.#blockBytes = blockBytes;
  }

  read(front: FrontRecord, { volume, block, blocks }: ExtentRecord): void {
    const into = [this.#memoryOf(front, blocks)];
    const id = this.#newId(front);
    this.#queue.push({ kind: 'read', id, volume, block, blocks, into });
  }

  write(front: FrontRecord, { volume, block, blocks }: ExtentRecord): void {
    const bytes = this.#memoryOf(front, blocks);
    const id = this.#newId(front);
    this.#queue.push({ kind: 'write', id, volume, block, bytes });
  }

  has(id: number): boolean {
    return this.#inFlight.has(id);
  }

  /** The front whose request of that kind has ended. */
  ended(id: number, at: 'reading' | 'writing'): FrontRecord {
    const front = this.#inFlight.get(id);
    if (front?.at !== at) {
      const input = at === 'reading' ? 'readDone' : 'writeDone';
      const seen = front === undefined ? `there is no request ${id}` : `the front of request ${id} is ${front.at}`;
      throw new ImpossibleInput(input, `a front is ${at} by that request`, seen);
    }
    this.#inFlight.delete(id);
    return front;
  }

  drain(visit: (request: DeviceRequest) => void): void {
    if (this.#queue.length === 0) return;
    const queue = this.#queue;
    this.#queue = [];
    for (const request of queue) visit(request);
  }

  #newId(front: FrontRecord): number {
    const id = this.#ids.newId();
    this.#inFlight.set(id, front);
    return id;
  }

  #memoryOf({ bytes }: FrontRecord, blocks: number): Uint8Array {
    const needed = blocks * this.#blockBytes;
    return bytes.length === needed ? bytes : bytes.subarray(0, needed);
  }
}
