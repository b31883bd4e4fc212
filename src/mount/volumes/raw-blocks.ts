// Single blocks of a device, read and written without a core: for what has to happen before there is one. One call at a time;
// whoever mounts the device afterwards takes its completions over.

import type { DeviceRequest } from '../../core/device.ts';
import type { MountDevice } from '../../devices/mount-device.ts';

export class RawBlocks {
  readonly #device: MountDevice;
  /** The bytes of the block that was read last, or is to be written. Lies in the slab of the device. */
  readonly memory: Uint8Array;
  #lastId = 0;
  #settle: (error: Error | undefined) => void = () => undefined;

  /** `memory`: one block. */
  constructor(device: MountDevice, memory: Uint8Array) {
    this.#device = device;
    this.memory = memory;
    device.onCompletions = (batch) => {
      for (const { result, error } of batch)
        this.#settle(result === 'ok' ? undefined : (error ?? new Error('no reason given')));
    };
  }

  /** Reads a block into `memory`. Rejects with the device's error, as all of these. */
  read(volume: number, block: number): Promise<void> {
    return this.#ask({ kind: 'read', id: ++this.#lastId, volume, block, blocks: 1, into: [this.memory] });
  }

  /** Writes `memory` to a block. */
  write(volume: number, block: number): Promise<void> {
    return this.#ask({ kind: 'write', id: ++this.#lastId, volume, block, bytes: this.memory });
  }

  /** Makes durable what was written to a volume. */
  flush(volume: number): Promise<void> {
    return this.#ask({ kind: 'flush', id: ++this.#lastId, volume });
  }

  #ask(request: DeviceRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
      this.#device.submit(request);
    });
  }
}
