// Moving an element: its bytes go from the clean buffers of the core at one place to dirty ones at another, and every index
// that names the old place names the new one in the same step. In the same step, too, the old place is forgotten by every front
// of the file and of its snapshots that has learnt it. The original does that before the move, and a reader may learn it again in
// between (D14). Readers that are on their way to the old place find the old bytes there: it is freed, not free.
// (hammer_io.c L1893-1945; hammer_reblock_data)

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { NO_HANDLE } from '../core/ids.ts';
import { CacheFull, ImpossibleInput } from '../core/errors.ts';
import type { DirectState } from './direct-state.ts';
import type { Place } from './extents.ts';
import { ExtentRecord, nameOfExtent } from './extents.ts';
import { checkPlace, promiseFree } from './opening.ts';

export function relocate(s: DirectState, from: Place, to: Place): DirectOutcome {
  const element = s.extentAt(from);
  if (element?.use !== 'media') {
    const seen = element === undefined ? `none at block ${from.block} of volume ${from.volume}` : nameOfExtent(element);
    throw new ImpossibleInput('relocate', 'the data is an element of an index', seen);
  }
  checkPlace(to.volume, to.block);
  const { fileOffset, length, crc } = element;
  const data = { fileOffset, length, ...(crc !== undefined && { crc }) };
  const moved = new ExtentRecord('media', to, element.blocks, element.file!, data);
  promiseFree(s, moved);
  if (s.isCritical) return 'refused';
  if (!s.isUsable(to, moved.blocks)) return 'error';
  if (!isAll(s, element, 'clean') || !isAll(s, moved, 'none')) return 'again';
  const { slab } = s.mount;
  if (slab.freeBufs < moved.blocks) throw new CacheFull(slab.capacityBufs);
  for (let i = 0; i < moved.blocks; i++) copyBlock(s, element, moved, i);
  s.space.reserve(moved);
  for (const { index } of moved.file!.family()) {
    if (index.get(fileOffset) !== element) continue;
    index.set(fileOffset, moved);
    moved.holders++;
  }
  ioDirectUncache(element);
  s.space.free(element);
  return 'done';
}

/** Every front of the file and of its snapshots that knows where the element stands forgets it. */
function ioDirectUncache(element: ExtentRecord): void {
  for (const { fronts } of element.file!.family()) {
    const front = fronts.get(element.fileOffset);
    if (front?.cached === element) front.cached = undefined;
  }
}

function isAll(s: DirectState, { volume, block, blocks }: ExtentRecord, state: 'clean' | 'none'): boolean {
  for (let b = block; b < block + blocks; b++) if (s.aliases.stateOf(volume, b) !== state) return false;
  return true;
}

function copyBlock(s: DirectState, from: ExtentRecord, to: ExtentRecord, i: number): void {
  const { core } = s;
  const source = core.ioRead(from.volume, from.block + i, 'data').handle; // Cached, so it is there at once.
  const target = core.ioNew(to.volume, to.block + i, 'data').handle;
  if (source === NO_HANDLE || target === NO_HANDLE) {
    throw new ImpossibleInput(
      'relocate',
      'buffers that are cached, or not needed, are had at once',
      nameOfExtent(from),
    );
  }
  core.ioModify(target);
  core.bytes(target).set(core.contents(source));
  core.ioModifyDone(target);
  core.release(target);
  core.release(source);
}
