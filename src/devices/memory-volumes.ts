// Volumes in memory that complete by themselves, for tests, for examples, and for programs that want a mount without a file.
// What was submitted in one synchronous stretch completes in a microtask after it, in order of submission. What survives
// power loss and what does not is the business of the MemoryDevice underneath, which can be looked at (`device`).
//
// A volume fails when `fault` says so: it is asked once for each request, when that completes. `fault` may remember what it
// saw, so "the third write to block 7 fails" is a closure of three lines, and a run of it can be repeated.
//
//   const volumes = new MemoryVolumes({ blocks: [1024], blockBytes: 4096 });
//   await formatDevice(volumes);
//   const mount = await Mount.open({ device: volumes });
//   …
//   await mount.close();
//   const again = await Mount.open({ device: volumes.reopen() });

import type { DeviceRequest } from '../core/device.ts';
import { checkShape, FUNCTION, listOf, optional, shape, TEXT, whole } from '../core/check-shape.ts';
import { HammerIoError, InvalidArgument } from '../core/errors.ts';
import type { Fault } from './memory-device.ts';
import { MemoryDevice } from './memory-device.ts';
import type { MountCompletion, MountDevice } from './mount-device.ts';

/** Says how a request ends: `undefined` for well. */
export type FaultPlan = (request: DeviceRequest) => Fault | undefined;

/** How volumes in memory are made. */
export interface MemoryVolumesOptions {
  /** Capacity of each volume in blocks. */
  readonly blocks: readonly number[];
  /** Bytes of a block. Default 16384. */
  readonly blockBytes?: number;
  /** What error messages call the volumes. Default: memory0, memory1, … */
  readonly names?: readonly string[];
  /** Asked once for each request, when it completes. Default: everything succeeds. */
  readonly fault?: FaultPlan;
}

const MEMORY_SHAPE = shape<MemoryVolumesOptions>({
  blocks: listOf(whole(1)),
  blockBytes: optional(whole(1)),
  names: optional(listOf(TEXT)),
  fault: optional(FUNCTION),
});

/** A request that `fault` let fail. */
export class MemoryFault extends HammerIoError {
  override readonly name = 'MemoryFault';
  readonly code: Fault['code'];

  constructor(request: DeviceRequest, volume: string, code: Fault['code']) {
    const place = request.kind === 'flush' ? volume : `block ${request.block} of ${volume}`;
    super(
      `The ${request.kind} of ${place} failed with ${code}, as the option \`fault\` of these volumes asked. ` +
        'Change it if this was not meant.',
    );
    this.code = code;
  }
}

/** Volumes in memory that complete by themselves. The media outlive a mount: see `reopen`. */
export class MemoryVolumes implements MountDevice {
  readonly blockBytes: number;
  readonly blocks: readonly number[];
  readonly names: readonly string[];
  /** The media. Look, but do not submit. */
  readonly device: MemoryDevice;
  onCompletions: (batch: readonly MountCompletion[]) => void = () => undefined;
  readonly #fault: FaultPlan | undefined;
  #submitted: DeviceRequest[] = [];
  #isClosed = false;
  /** Resolved when nothing is under way. */
  #whenIdle: (() => void)[] = [];

  /** `device`: media that exist already. */
  constructor(options: MemoryVolumesOptions, device?: MemoryDevice) {
    checkShape(MEMORY_SHAPE, options, 'MemoryVolumes');
    const { blocks, blockBytes = 16384, names, fault } = options;
    this.blockBytes = blockBytes;
    this.blocks = blocks;
    this.names = names ?? blocks.map((_, volume) => `memory${volume}`);
    this.#fault = fault;
    this.device = device ?? new MemoryDevice(blocks.length, blockBytes);
  }

  /** The same media for another mount, after this one was closed; with another plan of faults, or with none. */
  reopen(fault?: FaultPlan): MemoryVolumes {
    const { blocks, blockBytes, names, device } = this;
    return new MemoryVolumes({ blocks, blockBytes, names, ...(fault !== undefined && { fault }) }, device);
  }

  submit(request: DeviceRequest): void {
    if (this.#isClosed) {
      throw new InvalidArgument(
        'volumes that are open',
        `a ${request.kind} after close`,
        'Use reopen() for another mount.',
      );
    }
    this.device.submit(request);
    this.#submitted.push(request);
    if (this.#submitted.length > 1) return;
    // Waits for the caller to finish: a device completes nothing from inside `submit`.
    // eslint-disable-next-line no-restricted-globals
    queueMicrotask(() => this.#complete());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#submitted.length > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #complete(): void {
    const batch = this.#submitted;
    this.#submitted = [];
    this.onCompletions(batch.map((request) => this.#end(request)));
    if (this.#submitted.length > 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  #end(request: DeviceRequest): MountCompletion {
    const fault = this.#fault?.(request);
    const { result, bytes } = this.device.complete(request.id, fault);
    if (fault !== undefined) {
      return { request, result, error: new MemoryFault(request, this.names[request.volume]!, fault.code) };
    }
    if (request.kind === 'read') {
      let at = 0;
      for (const view of request.into) view.set(bytes!.subarray(at, (at += view.length)));
    }
    return { request, result };
  }
}
