// What a buffer of the slab is good for at this moment, as a replacement policy sees it: which public action of the core would
// make room of it, if any.
//
//   free      nobody has it
//   clean     passive, clean, without references                                    recycle frees it
//   cached    contents that no structure owns: read ahead, or left behind           ioInval frees it
//   delayed   a delayed write (DATA, UNDO) without references                       writeBack writes it, then it is clean
//   coming    a write or a read ahead in flight, and nobody holds it                its completion makes it clean or cached
//   dirty     held by the layer because it is dirty, and by nobody else             somebody must sync
//   held      in use by a handle or a ticket, being loaded, or pinned by a failed write
//
// The answer is read off the core and changes nothing. It has to be looked up *before* the core is asked: recycle and
// writeBack of a buffer with references are answered `refused`, and that is no harmless no. It leaves B_LOCKED behind, and
// the last release then takes the buffer away from its structure, just when it was used.

import type { BufView, CoreView, IoView } from '../core/view.ts';

/** What a buffer is good for now. */
export type BufUse = 'free' | 'clean' | 'cached' | 'delayed' | 'coming' | 'dirty' | 'held';

/** What a buffer of the slab is good for now. Looks its block up, and changes nothing. */
export function useOf(view: CoreView, buf: BufView): BufUse {
  if (buf.block < 0) return 'free';
  const volume = view.volumes[buf.volume]!;
  const io = volume.ios.get(buf.block);
  if (io !== undefined) {
    if (io.bp === buf) return useOfAttached(io, buf);
    if (io.incoming === buf) return 'held';
  }
  // Not yet arrived, it is the device's until the read ends, even if the block has been purged meanwhile.
  if (!buf.arrived) return 'coming';
  // What is cached for a volume header cannot be purged; it goes with the next use of the header.
  return buf.block === volume.headerBlock ? 'held' : 'cached';
}

function useOfAttached(io: IoView, buf: BufView): BufUse {
  // One that is locked by a release waiting for its write (waitdep) has no references either, and will be free with it.
  if (io.running) return io.refs === 0 ? 'coming' : 'held';
  if (io.isUnreferenced) {
    if (buf.delwri) return 'delayed';
    if (io.modified) return 'dirty';
    // Locked and still here: the pin of a failed write was cleared at close, and no release saw to it. It goes with unload.
    return io.locked ? 'held' : 'clean';
  }
  // CRC work that is left holds one reference; the write that does the work drops it.
  return io.gencrc && io.refs === 1 ? 'dirty' : 'held';
}

/** Is the block a delayed write without references, so that clusterPull can write it along with a neighbour in flight? */
export function isPullable(view: CoreView, volume: number, block: number): boolean {
  const io = view.volumes[volume]?.ios.get(block);
  return io?.bp?.delwri === true && io.isUnreferenced;
}

/** May one more write be issued without making anybody wait in ioLimitBacklog? One may always be in flight. */
export function hasBacklog({ ioRunningSpace, backlogBytesMax, blockBytes }: CoreView): boolean {
  return ioRunningSpace === 0 || ioRunningSpace + blockBytes <= backlogBytesMax;
}

/** Dirty bytes that may be written at any time: DATA and UNDO. */
export function dirtyBytes({ lists, blockBytes }: CoreView): number {
  return (lists.size('data') + lists.size('undo')) * blockBytes;
}
