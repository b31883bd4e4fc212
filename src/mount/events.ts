// What a mount tells beyond answers, and when: listeners are code of the program, so they are called at the end of a turn.

import type { EventEmitter } from 'node:events';
import type { DeviceFault } from './faults.ts';

/** What a mount tells beyond answers, as events of an EventEmitter. A listener must not throw. */
export interface MountEvents {
  /** A device could not fulfil a request. Whoever waits for it hears of it too. */
  deviceError: [fault: DeviceFault];
  /** The first write or device flush has failed: the mount is read-only from now on. */
  criticalError: [error: Error];
  /** The mount is closed; with an error if not everything got onto the volumes. */
  closed: [error: Error | undefined];
}

/** What has happened and was not told yet. */
export class News {
  readonly #emitter: EventEmitter<MountEvents>;
  readonly #untold: (() => void)[] = [];

  constructor(emitter: EventEmitter<MountEvents>) {
    this.#emitter = emitter;
  }

  deviceError(fault: DeviceFault): void {
    this.#untold.push(() => void this.#emitter.emit('deviceError', fault));
  }

  criticalError(error: Error): void {
    this.#untold.push(() => void this.#emitter.emit('criticalError', error));
  }

  /** Tells all of it, in order. */
  tell(): void {
    while (this.#untold.length > 0) this.#untold.shift()!();
  }
}
