// What a device answers: each completion is given to the core, or to the open file whose request it was; before that, errors are
// noted and META that has arrived is checked. A contract that is found broken here breaks the mount, for nobody has called.

import { hasValidCrc } from '../core/block-crc.ts';
import type { DeviceRequest, ReadRequest, Result } from '../core/device.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { MountCompletion } from '../devices/mount-device.ts';
import type { News } from './events.ts';
import type { Faults } from './faults.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ReadsAhead } from './reads-ahead.ts';
import type { Releases } from './releases.ts';
import type { Counters } from './statistics.ts';
import type { Turns } from './turns.ts';

/** What completions concern. */
export interface CompletionParts {
  readonly core: HammerIoCore;
  readonly counters: Counters;
  readonly faults: Faults;
  /** The open files: whose request was it? */
  readonly files: { owns(id: number): boolean; ended(request: DeviceRequest, result: Result): boolean };
  readonly lifecycle: Lifecycle;
  readonly news: News;
  readonly readsAhead: ReadsAhead;
  readonly releases: Releases;
  readonly turns: Turns;
}

export class Completions {
  readonly #parts: CompletionParts;

  constructor(parts: CompletionParts) {
    this.#parts = parts;
  }

  /** Requests have ended. */
  ended(batch: readonly MountCompletion[]): void {
    const { lifecycle, releases, turns } = this.#parts;
    if (lifecycle.broken !== undefined) return;
    try {
      for (const completion of batch) this.#complete(completion);
    } catch (error) {
      lifecycle.break(error);
    }
    releases.stir();
    turns.take();
  }

  #complete(completion: MountCompletion): void {
    const { core, files } = this.#parts;
    const { request, result } = completion;
    const isOfFile = files.owns(request.id);
    if (result === 'error') this.#note(completion, isOfFile);
    else this.#count(request);
    if (isOfFile) {
      files.ended(request, result);
      return;
    }
    switch (request.kind) {
      case 'read':
        this.#readEnded(request, result);
        return;
      case 'write':
        core.writeDone(request.id, result);
        return;
      case 'flush':
      default:
        core.flushDone(request.id, result);
    }
  }

  #readEnded(request: ReadRequest, result: Result): void {
    const { core, faults, readsAhead } = this.#parts;
    const { id, volume, block, blocks } = request;
    const isLost = result === 'ok' && faults.isLost(volume, block, blocks);
    if (result === 'ok' && !isLost) this.#checkArrived(request);
    core.readDone(id, isLost ? 'error' : result);
    if (blocks === 2) readsAhead.ended(volume, block + 1);
  }

  #note(completion: MountCompletion, isOfFile: boolean): void {
    const { core, counters, faults, news } = this.#parts;
    const wasCritical = faults.critical !== undefined;
    const fault = faults.note(completion, isOfFile ? core.view.blockBytes : undefined);
    counters.deviceErrors++;
    news.deviceError(fault);
    const { critical } = faults;
    if (!wasCritical && critical !== undefined) news.criticalError(critical);
  }

  #count(request: DeviceRequest): void {
    const { core, counters } = this.#parts;
    if (request.kind === 'read') counters.bytesRead += request.blocks * core.view.blockBytes;
    else if (request.kind === 'write') counters.bytesWritten += request.bytes.length;
    else counters.deviceFlushes++;
  }

  /** META is checked when it arrives. What was read ahead has no type yet; it is checked when somebody takes it. */
  #checkArrived({ volume, block, into }: ReadRequest): void {
    const { core, faults } = this.#parts;
    const type = core.view.volumes[volume]!.ios.get(block)?.type;
    if (type === 'meta' && !hasValidCrc(into[0]!)) faults.markCorrupt(volume, block);
  }
}
