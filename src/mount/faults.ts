// What has gone wrong on the devices of a mount, and who must hear of it.
//
// A failed read concerns one block, and only those who asked for it. A failed write or device flush is critical: from then on
// the mount is read-only, for good, because what is on the medium is not known any more. META blocks that arrived with a wrong
// checksum are remembered here too, until nobody holds them.

import { HammerIoError } from '../core/errors.ts';
import type { BlockPlace } from './errors.ts';
import { ReadOnlyError } from './errors.ts';
import type { MountCompletion } from '../devices/mount-device.ts';

/** A request that a device could not fulfil. */
export interface DeviceFault {
  readonly operation: 'read' | 'write' | 'flush';
  readonly volume: number;
  /** What messages call the volume. */
  readonly name: string;
  /** First block of the request; of a flush, none. */
  readonly block: number | undefined;
  readonly error: Error;
}

/** A device that reports an error without saying which. */
class UnexplainedFault extends HammerIoError {
  override readonly name = 'UnexplainedFault';

  constructor(operation: string, volume: string) {
    super(`A ${operation} on ${volume} failed, and the device gave no reason. Check the device.`);
  }
}

export class Faults {
  readonly #names: readonly string[];
  readonly #openedReadOnly: boolean;
  /** The first failed write or device flush. */
  #critical: Error | undefined;
  readonly #reads = new Map<number, Error>();
  readonly #writes = new Map<number, Error>();
  /** Of file data, by block: the same, but nothing of them was ever in the cache. */
  readonly #fileWrites = new Map<number, Error>();
  readonly #corrupt = new Set<number>();
  /** Volumes whose device flush has failed. */
  readonly unflushed = new Set<number>();

  constructor(names: readonly string[], openedReadOnly: boolean) {
    this.#names = names;
    this.#openedReadOnly = openedReadOnly;
  }

  /** The first failed write or device flush, if there was one. */
  get critical(): Error | undefined {
    return this.#critical;
  }

  /** @throws ReadOnlyError when the mount may not be changed. */
  promiseWritable(): void {
    if (this.#critical !== undefined) throw new ReadOnlyError(this.#critical);
    if (this.#openedReadOnly) throw new ReadOnlyError(undefined);
  }

  get isReadOnly(): boolean {
    return this.#critical !== undefined || this.#openedReadOnly;
  }

  /** Takes down a request that has failed. `fileBlockBytes`: the size of a block, if it is one of file data. */
  note({ request, error }: MountCompletion, fileBlockBytes?: number): DeviceFault {
    const { kind, volume } = request;
    const name = this.#names[volume]!;
    const why = error ?? new UnexplainedFault(kind, name);
    const block = kind === 'flush' ? undefined : request.block;
    if (kind === 'read') this.#reads.set(this.#key(volume, request.block), why);
    if (kind === 'write' && fileBlockBytes === undefined) this.#writes.set(this.#key(volume, request.block), why);
    else if (kind === 'write') {
      const blocks = request.bytes.length / fileBlockBytes!;
      for (let i = 0; i < blocks; i++) this.#fileWrites.set(this.#key(volume, request.block + i), why);
    }
    if (kind === 'flush') this.unflushed.add(volume);
    if (kind !== 'read') this.#critical ??= why;
    return { operation: kind, volume, name, block, error: why };
  }

  /**
   * Is one of these blocks, which have just been read, not what was last written to it? Only UNDO comes to be read again after
   * a failed write; other blocks stay in the cache then.
   */
  isLost(volume: number, block: number, blocks: number): boolean {
    if (this.#writes.size === 0) return false;
    for (let i = 0; i < blocks; i++) if (this.#writes.has(this.#key(volume, block + i))) return true;
    return false;
  }

  /** Why the latest read of a block failed; asked once. */
  takeReadError(volume: number, block: number): Error {
    const key = this.#key(volume, block);
    const error = this.#reads.get(key) ?? this.#writes.get(key);
    this.#reads.delete(key);
    return error ?? new UnexplainedFault('read', this.#names[volume]!);
  }

  /** Why a write of a block failed. */
  writeError(volume: number, block: number): Error | undefined {
    return this.#writes.get(this.#key(volume, block)) ?? this.#fileWrites.get(this.#key(volume, block));
  }

  /** Blocks of file data whose write failed. */
  *failedFileWrites(): Generator<BlockPlace> {
    const volumes = this.#names.length;
    for (const key of this.#fileWrites.keys()) yield this.place(key % volumes, Math.floor(key / volumes));
  }

  /** Blocks whose write failed. */
  *failedWrites(): Generator<BlockPlace> {
    const volumes = this.#names.length;
    for (const key of this.#writes.keys()) yield this.place(key % volumes, Math.floor(key / volumes));
  }

  place(volume: number, block: number): BlockPlace {
    return { volume, block, name: this.#names[volume] ?? `volume ${volume}` };
  }

  // ── META blocks with a wrong checksum ────────────────────────────────────────────────────────────────────────────────

  markCorrupt(volume: number, block: number): void {
    this.#corrupt.add(this.#key(volume, block));
  }

  /** Costs next to nothing while no block is corrupt. */
  isCorrupt(volume: number, block: number): boolean {
    return this.#corrupt.size > 0 && this.#corrupt.has(this.#key(volume, block));
  }

  /** The block has new contents, or is not cached any more. */
  clearCorrupt(volume: number, block: number): void {
    this.#corrupt.delete(this.#key(volume, block));
  }

  #key(volume: number, block: number): number {
    return block * this.#names.length + volume;
  }
}
