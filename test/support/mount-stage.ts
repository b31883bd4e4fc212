// A device for tests of a mount that completes nothing by itself: the test says which request ends when, and how. Everything
// runs in microtasks, so a run is a function of what the test does.

import type { DeviceRequest } from '../../src/core/device.ts';
import type { Fault, MemoryDevice } from '../../src/devices/memory-device.ts';
import type { FaultPlan } from '../../src/devices/memory-volumes.ts';
import { MemoryVolumes } from '../../src/devices/memory-volumes.ts';
import { formatDevice } from '../../src/mount/volumes/format.ts';
import { Mount } from '../../src/mount/mount.ts';
import type { MountCompletion, MountDevice } from '../../src/devices/mount-device.ts';
import type { MountOptions } from '../../src/mount/volumes/open.ts';

export const BLOCK_BYTES = 512;
export const SET_ID = '00112233445566778899aabbccddeeff';

/** Formatted volumes in memory. */
export async function formatted(blocks: readonly number[] = [256], fault?: FaultPlan): Promise<MemoryVolumes> {
  const volumes = new MemoryVolumes({ blocks, blockBytes: BLOCK_BYTES });
  await formatDevice(volumes, { setId: SET_ID });
  return volumes.reopen(fault);
}

/** A mount of formatted volumes, with room for some buffers besides the headers. */
export async function mounted({
  bufs = 16,
  blocks = [256],
  fault,
  ...options
}: StageOptions & { readonly fault?: FaultPlan } = {}): Promise<{
  readonly mount: Mount;
  readonly volumes: MemoryVolumes;
}> {
  const volumes = await formatted(blocks, fault);
  const cacheBytes = (bufs + blocks.length) * BLOCK_BYTES;
  return { mount: await Mount.open({ device: volumes, cacheBytes, ...options }), volumes };
}

/** The same over a device that the test drives. */
export async function staged({ bufs = 16, blocks = [256], ...options }: StageOptions = {}): Promise<{
  readonly mount: Mount;
  readonly device: DrivenVolumes;
}> {
  const device = new DrivenVolumes(await formatted(blocks));
  device.isAutomatic = true;
  const mount = await Mount.open({ device, cacheBytes: (bufs + blocks.length) * BLOCK_BYTES, ...options });
  device.isAutomatic = false;
  return { mount, device };
}

type StageOptions = Partial<Omit<MountOptions, 'volumes' | 'device'>> & {
  /** Buffers besides those of the headers. */
  readonly bufs?: number;
  readonly blocks?: readonly number[];
};

/** Lets everything run that can run without the device. */
export async function settle(turns = 40): Promise<void> {
  for (let i = 0; i < turns; i++) await Promise.resolve();
}

export class DrivenVolumes implements MountDevice {
  readonly blockBytes: number;
  readonly blocks: readonly number[];
  readonly media: MemoryDevice;
  /** Submitted and not ended, in order. */
  readonly pending: DeviceRequest[] = [];
  /** Requests by the synchronous stretch in which they were submitted. */
  readonly batches: DeviceRequest[][] = [];
  isAutomatic = false;
  isClosed = false;
  onCompletions: (batch: readonly MountCompletion[]) => void = () => undefined;
  #isNewStretch = true;

  constructor({ blockBytes, blocks, device }: MemoryVolumes) {
    this.blockBytes = blockBytes;
    this.blocks = blocks;
    this.media = device;
  }

  submit(request: DeviceRequest): void {
    this.media.submit(request);
    this.pending.push(request);
    if (this.#isNewStretch) {
      this.#isNewStretch = false;
      this.batches.push([]);
      queueMicrotask(() => {
        this.#isNewStretch = true;
        if (this.isAutomatic) this.end(this.pending.length);
      });
    }
    this.batches.at(-1)!.push(request);
  }

  /** Ends the oldest requests that fit, in one batch, and lets everything run that this makes possible. */
  async complete(kind: DeviceRequest['kind'] | 'any' = 'any', most = Infinity, fault?: Fault): Promise<number> {
    const ended = this.end(most, kind, fault);
    await settle();
    return ended;
  }

  /** The same without waiting. Answers how many. */
  end(most: number, kind: DeviceRequest['kind'] | 'any' = 'any', fault?: Fault): number {
    const ending = this.pending.filter((request) => kind === 'any' || request.kind === kind).slice(0, most);
    this.endThese(ending, () => fault);
    return ending.length;
  }

  endThese(ending: readonly DeviceRequest[], faultOf: (request: DeviceRequest) => Fault | undefined): void {
    if (ending.length === 0) return;
    const batch = ending.map((request): MountCompletion => {
      this.pending.splice(this.pending.indexOf(request), 1);
      const fault = faultOf(request);
      const { result, bytes } = this.media.complete(request.id, fault);
      if (fault !== undefined) return { request, result, error: new Error(`${request.kind} failed: ${fault.code}`) };
      if (request.kind === 'read') {
        let at = 0;
        for (const view of request.into) view.set(bytes!.subarray(at, (at += view.length)));
      }
      return { request, result };
    });
    this.onCompletions(batch);
  }

  /** Completes whatever comes until a promise has settled, and answers how it did. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const settled = (): void => void (state.isSettled = true);
    promise.then(settled, settled);
    for (let rounds = 0; !state.isSettled; rounds++) {
      if (rounds > 10_000) throw new Error('The promise does not settle although the device completes everything.');
      await settle(4);
      this.end(Infinity);
    }
    return promise;
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}
