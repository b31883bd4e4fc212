// References and the interlock: who may use an io, and who owns its way from nobody to somebody and back.
//
// The reference word has a count, an owner (LOCKED) and CHECK, "somebody has come and nobody has looked yet". A handle is
// given out only when the owner is gone and CHECK is clear.

import type { Invariant } from '../claim.ts';
import { client, example, heldClean, passiveClean, unloaded, writing } from './example.ts';
import { eachIo, perIo } from './per-io.ts';
import { clientCounts, hasHandle } from '../reading.ts';
import type { Snapshot } from './snapshot.ts';

export const I26 = eachIo({
  id: 'I26',
  tla: 'CheckNeedsInterlock',
  statement: 'An io without references has nothing to validate unless its interlock is owned.',
  why: 'CHECK left behind on an unreferenced io would make the next get load again what is loaded, or panic at close.',
  original: [
    {
      line: 1193,
      what: 'the kernel’s hooks need the whole reference word to be zero; the flags are kept in hammer_subs.c',
    },
  ],
  concerns: (io) => io.check,
  ok: (io) => io.refs > 0 || io.interlockOwner >= 0,
  violation: example({ ios: [passiveClean('data', { check: true })] }),
});

export const I27: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I27',
  tla: 'OneInterlockOwner',
  statement:
    'Between steps an interlock is owned by exactly the client whose load, or whose last release, waits for the device; and a load is in flight exactly while a loader owns it.',
  why: 'Two owners would load or destroy one structure twice; a lock without an owner leaves every later get waiting.',
  original: [
    { line: 286, to: 287, what: 'a load is made by the owner of the interlock' },
    { line: 498, to: 500, what: 'and so is the last release' },
    { line: 1193, what: 'the kernel’s hooks take it and give it back within one step' },
  ],
  applies(s) {
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.interlockOwner >= 0 || s.ios[b]!.reading) return true;
    for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.at === 'load') return true;
    return false;
  },
  holds(s) {
    for (let b = 0; b < s.ios.length; b++) {
      const io = s.ios[b]!;
      const owner = io.interlockOwner < 0 ? undefined : s.clients[io.interlockOwner];
      if (io.interlockOwner >= 0 && (owner?.io !== b || (owner.at !== 'load' && owner.at !== 'release'))) return false;
      if (io.reading !== (owner?.at === 'load')) return false;
    }
    for (let c = 0; c < s.clients.length; c++) {
      const { at, io } = s.clients[c]!;
      if ((at === 'load' || at === 'release') && io >= 0 && s.ios[io]?.interlockOwner !== c) return false;
    }
    return true;
  },
  violation: example({ ios: [writing('data')], clients: [client('release', 0), client('release', 0)] }),
};

export const I31 = perIo({
  id: 'I31',
  tla: 'PinnedHasReference',
  statement:
    'A buffer whose write failed is pinned by a reference of its own, is not UNDO, and the mount knows of the error.',
  why: 'Its bytes exist nowhere else: as long as the mount is up, the pin is what keeps its view coherent. A failed UNDO buffer is dropped, because nothing will be committed any more.',
  original: [
    { line: 1104, to: 1117, what: 'critical error first, then the pin, once, and none for UNDO' },
    { line: 240, to: 244, what: 'flag and reference go together' },
  ],
  concerns: (io) => io.ioerror,
  ok: (io, s) => io.refs > 0 && io.type !== 'undo' && s.mount.criticalError,
  violation: example({ ios: [passiveClean('data', { ioerror: true })], mount: { criticalError: false } }),
});

export const H1 = eachIo({
  id: 'H1',
  tla: 'WaitdepEndsWithWait',
  statement: 'A buffer that is waited for before it goes is being written, and the waiting release owns its interlock.',
  why: 'The mark belongs to one invalidation. Left behind, it makes every later release of the buffer wait for its write.',
  original: [
    { line: 556, to: 558, what: 'only the last release looks at it, and it is never cleared' },
    { line: 140, to: 143, what: 'detaching takes back reclaim, but not this mark' },
  ],
  repairs: ['D30'],
  concerns: (io) => io.waitdep,
  ok: (io) => io.running && io.interlockOwner >= 0,
  violation: example({ ios: [passiveClean('data', { waitdep: true })] }),
});

export const H3 = eachIo({
  id: 'H3',
  tla: 'PinnedHasBuffer',
  statement: 'A pinned structure has its buffer.',
  why: 'The pin keeps bytes that exist nowhere else. A pin without a buffer keeps an empty structure alive for good, and the next get reads the old bytes from the device.',
  original: [
    { line: 1113, to: 1116, what: 'the pin comes with the completion' },
    { line: 556, to: 577, what: 'a release that waited for that completion detaches the buffer' },
  ],
  repairs: ['D39'],
  concerns: (io) => io.ioerror,
  ok: (io) => io.bp,
  violation: example({ ios: [unloaded('data', { ioerror: true })] }),
});

export const H7: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'H7',
  tla: 'HandleSeesLoadedBuffer',
  statement:
    'Whoever has a handle sees a loaded buffer: attached, usable, validated, and not being loaded or dismantled.',
  why: 'This is what a handle is for; every use of the bytes relies on it without asking.',
  original: [
    { line: 270, to: 271, what: 'a reference keeps the buffer attached' },
    { line: 426, what: 'and it cannot go away while it is referenced' },
    { line: 785, what: 'modifying asserts it' },
  ],
  applies(s) {
    for (let c = 0; c < s.clients.length; c++) if (hasHandle(s.clients[c]!.at)) return true;
    return false;
  },
  holds(s) {
    for (let c = 0; c < s.clients.length; c++) {
      const { at, io } = s.clients[c]!;
      if (!hasHandle(at)) continue;
      const held = s.ios[io];
      if (held === undefined || !held.bp || !held.ondisk || held.check || held.interlockOwner >= 0 || held.refs <= 0) {
        return false;
      }
    }
    return true;
  },
  violation: example({ ios: [heldClean('data', { check: true })], clients: [client('hold', 0)] }),
};

/** What is entitled to a reference of io `b`. */
function referencesOwned(s: Snapshot, b: number): number {
  const io = s.ios[b]!;
  let owned = (io.ioerror ? 1 : 0) + (io.gencrc ? 1 : 0);
  for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.io === b && clientCounts(s.clients[c]!.at)) owned++;
  if (io.type === 'volume' && io.exists) {
    for (let o = 0; o < s.ios.length; o++) {
      const other = s.ios[o]!;
      if (other.exists && other.type !== 'volume' && other.volume === io.volume) owned++;
    }
  }
  return owned;
}

export const H10 = perIo({
  id: 'H10',
  tla: 'RefsAreOwned',
  statement:
    'Every reference has an owner: a client with a handle or a counted get, the pin of a failed write, pending CRC work, or, for a volume header, a buffer of that volume.',
  why: 'A reference too many keeps a buffer for ever; one too few takes it from under its user.',
  original: [
    { line: 1115, what: 'the pin' },
    { line: 963, to: 966, what: 'the CRC work' },
    { line: 728, to: 730, what: 'and a temporary one that is gone when the step ends' },
    { line: 242, to: 243, what: 'dropping the pin leaves the caller’s own reference' },
  ],
  concerns: (io) => io.exists,
  ok: (io, s, b) => io.refs === referencesOwned(s, b),
  violation: example({ ios: [heldClean('data', { refs: 2 })], clients: [client('hold', 0)] }),
});

export const REFERENCE_INVARIANTS: readonly Invariant[] = [I26, I27, I31, H1, H3, H7, H10];
