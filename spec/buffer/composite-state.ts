// The composite states of an io: which combinations of its flags have a name, and so a meaning.
//
// A buffer is attached or not, held by the layer or in the kernel's hands, clean or dirty, being written or not. Most
// combinations are nonsense. The names are those of the transitions: a read leads from Unloaded to HeldClean, a release of
// dirty DATA from HeldDirty to PassiveDirty, a completed write from Writing to PassiveClean, and so on.

import { DIRTY_LIST, isLockedDirtyType } from '../reading.ts';
import type { IoSnapshot } from './snapshot.ts';

/** The state of one buffer in a word, as reports and goals name it. */
export type CompositeState =
  | 'Absent' // no structure
  | 'Unloaded' // a structure whose buffer is still to come, or could not be read
  | 'Loose' // a structure whose buffer the kernel has taken
  | 'HeldClean'
  | 'HeldDirty'
  | 'PassiveDirty' // the kernel may write it, after asking
  | 'Writing'
  | 'PassiveClean'; // the kernel may take it, after asking

/** The name of the io's state, or undefined when it is in none. */
export function compositeState(io: IoSnapshot): CompositeState | undefined {
  if (!io.exists) return isAllZero(io) ? 'Absent' : undefined;
  if (!io.bp) {
    if (io.modified || io.running || io.delwri) return undefined;
    if (io.modRoot === 'none') return 'Unloaded';
    return io.modRoot === 'loose' && io.released ? 'Loose' : undefined;
  }
  if (io.modified) {
    if (io.running || io.modRoot !== DIRTY_LIST[io.type]) return undefined;
    if (!io.released) return 'HeldDirty';
    return !isLockedDirtyType(io.type) && io.delwri ? 'PassiveDirty' : undefined;
  }
  if (io.modRoot !== 'none' || io.delwri) return undefined;
  if (io.running) return io.released ? 'Writing' : undefined;
  return io.released ? 'PassiveClean' : 'HeldClean';
}

/** A structure that does not exist leaves nothing behind but what the device cache holds for its block. */
function isAllZero(io: IoSnapshot): boolean {
  return (
    io.refs === 0 &&
    io.interlockOwner === -1 &&
    !io.check &&
    !io.wanted &&
    !io.bp &&
    !io.reading &&
    !io.ondisk &&
    !io.released &&
    !io.modified &&
    !io.running &&
    !io.waiting &&
    io.modifyRefs === 0 &&
    !io.waitmod &&
    !io.waitdep &&
    !io.reclaim &&
    !io.ioerror &&
    !io.gencrc &&
    !io.locked &&
    !io.delwri &&
    !io.notmeta &&
    io.modRoot === 'none'
  );
}
