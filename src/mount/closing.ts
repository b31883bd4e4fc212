// Closing a mount: everything is written that can be, every structure is unloaded, the device is closed, and what did not get
// onto the volumes is told.
//
//   sync ──▶ quiet ──▶ (no way back) ──▶ look for losses ──▶ clear pins, unload buffers ──▶ release and unload headers ──▶ device
//
// After a failed write nothing is written any more; what is dirty or pinned is lost, and WritesLost lists it. A dirty META
// buffer whose checksum is still to be made cannot be unloaded without being written, so it and its header end with the core.

import type { Handle } from '../core/ids.ts';
import type { IoView } from '../core/view.ts';
import type { HammerIoCore } from '../core/hammer-io-core.ts';
import type { BlockPlace, LostBlock } from './errors.ts';
import { WritesLost } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Releases } from './releases.ts';
import type { Turns } from './turns.ts';

/** What closing looks at, and ends. */
export interface ClosingParts {
  readonly core: HammerIoCore;
  readonly faults: Faults;
  readonly lifecycle: Lifecycle;
  readonly releases: Releases;
  readonly turns: Turns;
}

export class Closing {
  readonly #parts: ClosingParts;

  constructor(parts: ClosingParts) {
    this.#parts = parts;
  }

  /** The blocks that handles or tickets refer to, headers apart: references that are not pins or CRC work. */
  blocksInUse(): BlockPlace[] {
    const { core, faults } = this.#parts;
    const found: BlockPlace[] = [];
    for (const { number, ios } of core.view.volumes) {
      for (const io of ios) {
        if (io.type === 'volume') continue;
        if (io.refs > Number(io.ioerror) + Number(io.gencrc)) found.push(faults.place(number, io.block));
      }
    }
    return found;
  }

  /** Whatever the volumes do not hold as it was last modified; `undefined` if they hold everything. */
  losses(): WritesLost | undefined {
    const { core, faults, lifecycle } = this.#parts;
    const lost = new Map<string, LostBlock>();
    for (const { number, ios } of core.view.volumes) {
      for (const io of ios) {
        if (!io.modified && !io.ioerror) continue;
        const place = faults.place(number, io.block);
        lost.set(`${number}/${io.block}`, { ...place, type: io.type, why: io.ioerror ? 'failed' : 'notWritten' });
      }
    }
    // UNDO whose write failed is not pinned, so no structure may be left to tell of it.
    for (const place of faults.failedWrites()) {
      const key = `${place.volume}/${place.block}`;
      if (!lost.has(key)) lost.set(key, { ...place, type: 'undo', why: 'failed' });
    }
    for (const place of faults.failedFileWrites()) {
      lost.set(`${place.volume}/${place.block}`, { ...place, type: 'data', why: 'failed' });
    }
    // Written is not durable: what was written since the last flush of a volume stands on no list, so the volume is told.
    const unflushed = core.view.volumes.flatMap(({ number, flush }) =>
      flush === 'clean' && !faults.unflushed.has(number) ? [] : [faults.place(number, 0).name],
    );
    if (lost.size === 0 && unflushed.length === 0) return undefined;
    const blocks = [...lost.values()].sort((a, b) => a.volume - b.volume || a.block - b.block);
    return new WritesLost(blocks, unflushed, faults.critical ?? lifecycle.broken);
  }

  /** Ends every structure that can be ended. Nothing must be in flight or held but the headers. */
  unloadAll(headers: readonly Handle[]): void {
    const { core, releases, turns } = this.#parts;
    if (core.view.lists.size('loose') > 0) core.cleanLoose();
    for (const { number, ios, headerBlock } of core.view.volumes) {
      for (const io of [...ios]) if (io.block !== headerBlock) this.#unload(number, io);
    }
    headers.forEach((handle, volume) => {
      releases.release(handle);
      const { header } = core.view.volumes[volume]!;
      if (header !== undefined) this.#unload(volume, header);
    });
    turns.take();
  }

  #unload(volume: number, io: IoView): void {
    const { core } = this.#parts;
    if (io.ioerror && io.refs === 1) core.ioClearErrorNoassert(volume, io.block);
    if (io.refs === 0) core.unload(volume, io.block);
  }
}
