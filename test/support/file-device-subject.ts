// A FileDevice as the device suite uses one: completions are kept until somebody asks for them. It opens files in a directory
// of its own, which goes with it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Completion, DeviceRequest } from '../../src/index.ts';
import { ImpossibleInput } from '../../src/index.ts';
import { FileDevice, type FileCompletion, type FileVolume } from '../../src/devices/file/index.ts';
import { MEMORY_BYTES, type DeviceSizes, type SuiteDevice } from '../kit/device-suite.ts';

/** What becomes of a volume, from its number and a directory for its file. */
export type VolumeMaker = (volume: number, directory: string, sizes: DeviceSizes) => FileVolume;

/** A new regular file for each volume. */
export const regularFile =
  (options: Partial<FileVolume> = {}): VolumeMaker =>
  (volume, directory, { blocks }) => ({ path: join(directory, `v${volume}`), blocks, create: true, ...options });

export class FileDeviceSubject implements SuiteDevice {
  readonly device: FileDevice;
  readonly memory: { readonly slab: SharedArrayBuffer; readonly offset: number };
  readonly #directory: string;
  readonly #pending = new Map<number, DeviceRequest>();
  readonly #ended = new Map<number, FileCompletion>();
  readonly #waiting = new Map<number, (completion: FileCompletion) => void>();

  private constructor(device: FileDevice, memory: FileDeviceSubject['memory'], directory: string) {
    this.device = device;
    this.memory = memory;
    this.#directory = directory;
    device.onCompletions = (batch) => {
      for (const completion of batch) this.#end(completion);
    };
  }

  static async open(sizes: DeviceSizes, volumeOf: VolumeMaker): Promise<FileDeviceSubject> {
    const directory = mkdtempSync(join(tmpdir(), 'file-device-'));
    try {
      const memory = FileDevice.alignedSlab(MEMORY_BYTES);
      const volumes = Array.from({ length: sizes.volumes }, (_, v) => volumeOf(v, directory, sizes));
      const { blockBytes } = sizes;
      const device = await FileDevice.open({ volumes, blockBytes, slab: memory.slab });
      return new FileDeviceSubject(device, memory, directory);
    } catch (error) {
      rmSync(directory, { recursive: true });
      throw error;
    }
  }

  submit(request: DeviceRequest): void {
    this.device.submit(request);
    this.#pending.set(request.id, request);
  }

  pending(): readonly DeviceRequest[] {
    return [...this.#pending.values()];
  }

  async complete(id: number): Promise<Completion> {
    const isKnown = this.#pending.has(id) || this.#ended.has(id);
    if (!isKnown) throw new ImpossibleInput('complete', 'the request is pending', `no pending request ${id}`);
    const { request, result } =
      this.#ended.get(id) ?? (await new Promise<FileCompletion>((resolve) => this.#waiting.set(id, resolve)));
    this.#ended.delete(id);
    return { request, result, bytes: undefined };
  }

  async close(): Promise<void> {
    await this.device.close();
    rmSync(this.#directory, { recursive: true });
  }

  #end(completion: FileCompletion): void {
    const { id } = completion.request;
    this.#pending.delete(id);
    this.#ended.set(id, completion);
    this.#waiting.get(id)?.(completion);
    this.#waiting.delete(id);
  }
}
