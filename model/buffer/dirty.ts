// Where a buffer becomes dirty and where it becomes clean again: the two moments on which write ordering rests.
//
// A buffer is clean from the issue of its write on, not from its completion, so that a change made meanwhile is seen
// (original 711-727). List membership and sums follow from `modified`; see facts.ts.

import { isRepaired, runListLength } from './facts.ts';
import type { State } from './state.ts';

/** The first modification enters the dirty list of its type (L801-804, L1012-1046). */
export function setModified(s: State, b: number): void {
  const io = s.ios[b]!;
  if (io.modified) return;
  io.modified = true;
  // Whoever wanted the buffer dropped after its last write did not know of this change.
  if (isRepaired(s, 'D30')) io.reclaim = false;
}

/** Issues the write of a dirty buffer (L690-748, L1336-1357): off the dirty list, CRC work done, onto the tail of the run list. */
export function issueWrite(s: State, b: number, reclaim: boolean, byFlush: boolean): void {
  const io = s.ios[b]!;
  io.released = true;
  if (reclaim) {
    io.reclaim = true;
    io.locked = true;
  }
  io.modified = false;
  if (io.gencrc) {
    io.gencrc = false;
    io.refs -= 1;
  }
  io.delwri = false;
  io.place = runListLength(s) + 1;
  if (byFlush && !isRepaired(s, 'D2')) markVolume(s, s.shape.blocks[b]!.volume);
}

/** The device may hold writes that power loss would take (L1951-1955). */
export function markVolume(s: State, v: number): void {
  const volume = s.volumes[v]!;
  if (volume.flush === 'clean') volume.flush = 'dirty';
  else if (volume.flush === 'flushing') volume.flush = 'flushingDirty';
}
