// Closing a mount: everything is written that can be, every structure is unloaded, the device is closed, and what did not get
// onto the volumes is told.
//
//   sync ──▶ quiet ──▶ (no way back) ──▶ look for losses ──▶ clear pins, unload buffers ──▶ release and unload headers ──▶ device
//
// After a failed write nothing is written any more; what is dirty or pinned is lost, and WritesLost lists it. A dirty META
// buffer whose checksum is still to be made cannot be unloaded without being written, so it and its header end with the core.

import type { Handle } from '../core/records/handles.ts';
import type { IoView } from '../core/view.ts';
import type { Engine } from './engine.ts';
import type { LostBlock } from './errors.ts';
import { WritesLost } from './errors.ts';

/** Whatever the volumes do not hold as it was last modified; `undefined` if they hold everything. */
export function lossesOf(engine: Engine): WritesLost | undefined {
  const { core, faults } = engine;
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
  return new WritesLost(blocks, unflushed, faults.critical ?? engine.broken);
}

/** Ends every structure that can be ended. Nothing must be in flight or held but the headers. */
export function unloadAll(engine: Engine, headers: readonly Handle[]): void {
  const { core } = engine;
  if (core.view.lists.size('loose') > 0) core.cleanLoose();
  for (const { number, ios, headerBlock } of core.view.volumes) {
    for (const io of [...ios]) if (io.block !== headerBlock) unload(engine, number, io);
  }
  headers.forEach((handle, volume) => {
    engine.release(handle);
    const { header } = core.view.volumes[volume]!;
    if (header !== undefined) unload(engine, volume, header);
  });
  engine.turn();
}

function unload({ core }: Engine, volume: number, io: IoView): void {
  if (io.ioerror && io.refs === 1) core.ioClearErrorNoassert(volume, io.block);
  if (io.refs === 0) core.unload(volume, io.block);
}
