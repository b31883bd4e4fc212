// The outbox: what the core asks of devices and of the UNDO log, in order of issue, until somebody drains it. Requests to
// a device stay known by id until they complete, so that a completion of nothing is recognised.

import type { DeviceRequest, Request, UndoRequest } from './device.ts';
import { ImpossibleInput } from './errors.ts';

/** The input by which a request of a kind completes, for error messages. */
const COMPLETION = { read: 'readDone', write: 'writeDone', flush: 'flushDone' } as const;

export class Outbox {
  #queue: Request[] = [];
  readonly #inFlight = new Map<number, DeviceRequest>();
  #lastId = 0;

  /** The id for the request that is posted next; ids are never used again. */
  newId(): number {
    return ++this.#lastId;
  }

  post(request: DeviceRequest): void {
    this.#inFlight.set(request.id, request);
    this.#queue.push(request);
  }

  postUndo(request: UndoRequest): void {
    this.#queue.push(request);
  }

  /** The request of this kind and id that is in flight. */
  inFlight<K extends DeviceRequest['kind']>(kind: K, id: number): Extract<DeviceRequest, { kind: K }> {
    const request = this.#inFlight.get(id);
    if (request?.kind !== kind) {
      const seen = request === undefined ? `there is no request ${id}` : `request ${id} is a ${request.kind}`;
      throw new ImpossibleInput(COMPLETION[kind], `a ${kind} of that id is in flight`, seen);
    }
    return request as Extract<DeviceRequest, { kind: K }>;
  }

  completed(id: number): void {
    this.#inFlight.delete(id);
  }

  /** Hands each request to `visit`, in order of issue; they are then the visitor's. */
  drain(visit: (request: Request) => void): void {
    if (this.#queue.length === 0) return;
    const queue = this.#queue;
    this.#queue = [];
    for (const request of queue) visit(request);
  }
}
