// What an occupied buffer of the slab is good for at this moment, as a replacement policy sees it: which public action of
// the core would make room of it, if any.
//
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

import type { Buf } from '../core/records/buf.ts';
import type { HammerIo } from '../core/records/hammer-io.ts';
import { isUnreferenced, refsOf } from '../core/records/reference-word.ts';
import type { Volume } from '../core/records/volume.ts';

export type BufUse = 'clean' | 'cached' | 'delayed' | 'coming' | 'dirty' | 'held';

/** What a buffer that is not free is good for now. `io` is the structure of its block on `volume`, if there is one. */
export function useOf(buf: Buf, io: HammerIo | undefined, volume: Volume): BufUse {
  if (io !== undefined) {
    if (io.bp === buf) return useOfAttached(io, buf);
    if (io.incoming === buf) return 'held';
  }
  // Not yet arrived, it is the device's until the read ends, even if the block has been purged meanwhile.
  if (!buf.arrived) return 'coming';
  // What is cached for a volume header cannot be purged; it goes with the next use of the header.
  return buf.block === volume.headerBlock ? 'held' : 'cached';
}

function useOfAttached(io: HammerIo, buf: Buf): BufUse {
  // One that is locked by a release waiting for its write (waitdep) has no references either, and will be free with it.
  if (io.running) return refsOf(io) === 0 ? 'coming' : 'held';
  if (isUnreferenced(io)) {
    if (buf.delwri) return 'delayed';
    if (io.modified) return 'dirty';
    // Locked and still here: the pin of a failed write was cleared at close, and no release saw to it. It goes with unload.
    return io.locked ? 'held' : 'clean';
  }
  // CRC work that is left holds one reference; the write that does the work drops it.
  return io.gencrc && refsOf(io) === 1 ? 'dirty' : 'held';
}

/** Is the block a delayed write without references, so that it can be written along with a neighbour in flight? */
export function isPullable(volume: Volume, block: number): boolean {
  const io = volume.ios.get(block);
  return io?.bp?.delwri === true && isUnreferenced(io);
}
