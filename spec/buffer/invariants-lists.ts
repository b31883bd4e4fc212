// Lists: the four dirty lists and the loose list by which buffers are found, and the run list by which writes are awaited.
//
// A dirty buffer that stands on no list is never written; a write that stands on no run list is never waited for. Both are
// silent until power fails, which is why membership comes first in the catalogue.

import type { Invariant } from '../claim.ts';
import { client, example, heldClean, loose, passiveDirty, writing } from './example.ts';
import { eachIo, perIo } from './per-io.ts';
import { DIRTY_LIST, LIST_NAMES, entryClient, entryIo, timesOnRunList } from '../reading.ts';
import type { Snapshot } from './snapshot.ts';

/** Each list holds exactly the ios whose modRoot names it, each once. */
function listsMirrorModRoot(s: Snapshot): boolean {
  let listed = 0;
  for (let l = 0; l < LIST_NAMES.length; l++) {
    const name = LIST_NAMES[l]!;
    const members = s.lists[name];
    listed += members.length;
    for (let i = 0; i < members.length; i++) {
      if (s.ios[members[i]!]?.modRoot !== name) return false;
      for (let j = 0; j < i; j++) if (members[j] === members[i]) return false;
    }
  }
  let rooted = 0;
  for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.modRoot !== 'none') rooted++;
  return listed === rooted;
}

export const I1: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I1',
  tla: 'ModifiedOnItsList',
  statement:
    'A modified buffer stands on the dirty list of its type and a clean one on none of the four; the lists hold exactly the buffers that say so, each once.',
  why: 'Whoever writes dirty buffers walks the lists: one that is missing is never written, one too many is written without need.',
  original: [
    { line: 801, to: 804, what: 'the list is entered before the modified bit is set' },
    { line: 944, to: 952, what: 'list and bit are left together' },
    { line: 1018, to: 1044, what: 'the list follows from the type, and nothing may stand on it twice' },
  ],
  applies(s) {
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.modified || s.ios[b]!.modRoot !== 'none') return true;
    for (let l = 0; l < LIST_NAMES.length; l++) if (s.lists[LIST_NAMES[l]!].length > 0) return true;
    return false;
  },
  holds(s) {
    for (let b = 0; b < s.ios.length; b++) {
      const io = s.ios[b]!;
      const isDirtyRoot = io.modRoot !== 'none' && io.modRoot !== 'loose';
      if (io.modified ? io.modRoot !== DIRTY_LIST[io.type] : isDirtyRoot) return false;
    }
    return listsMirrorModRoot(s);
  },
  violation: example({ ios: [passiveDirty('data')], lists: { data: [] } }),
};

export const I2 = eachIo({
  id: 'I2',
  tla: 'LooseIsDetached',
  statement:
    'An io on the loose list has no buffer, is clean, is not being read or written, and is not a volume header.',
  why: 'The loose list is destroyed wholesale: what stands on it must have nothing left to lose.',
  original: [
    { line: 1215, to: 1221, what: 'only a detached buffer structure enters the list' },
    { line: 1000, to: 1006, what: 'it is the only list that a clean structure may stand on' },
  ],
  concerns: (io) => io.modRoot === 'loose',
  ok: (io) => io.exists && !io.bp && !io.modified && !io.running && !io.reading && io.type !== 'volume',
  violation: example({ ios: [loose('volume')] }),
});

export const I28 = eachIo({
  id: 'I28',
  tla: 'AttachedIsNotLoose',
  statement: 'An io that is referenced, being read, or has a buffer is off the loose list.',
  why: 'Otherwise a structure that a client has just found would be destroyed under it.',
  original: [
    {
      line: 1018,
      what: 'nothing may enter a dirty list while it stands on another list; the get has taken it off the loose list before (ondisk:590, 974)',
    },
  ],
  concerns: (io) => io.bp || io.reading || io.refs > 0,
  ok: (io) => io.modRoot !== 'loose',
  violation: example({ ios: [loose('data')], clients: [client('get', 0)] }),
});

export const I3 = perIo({
  id: 'I3',
  tla: 'RunningIsOnRunList',
  statement: 'A write in flight has its buffer, in the hands of the kernel, and stands on the run list exactly once.',
  why: 'A barrier waits for the run list and for nothing else: a write that is not on it escapes every barrier.',
  original: [
    { line: 741, to: 747, what: 'running, sums, run list, then the write' },
    { line: 1084, what: 'at completion the buffer must be the kernel’s' },
    { line: 1140, what: 'the entry goes with the completion' },
    { line: 1354, to: 1357, what: 'the same for writes that the kernel starts' },
  ],
  concerns: (io) => io.running,
  ok: (io, s, b) => io.bp && io.released && timesOnRunList(s, b) === 1,
  violation: example({ ios: [writing('data')], iorun: [] }),
});

export const I4: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I4',
  tla: 'RunListHoldsRunning',
  statement:
    'The run list holds writes in flight and, once each, the placemarkers of clients in ioWaitAll; nothing else.',
  why: 'An entry that no completion will ever remove keeps every later barrier waiting for good.',
  original: [
    { line: 212, what: 'a placemarker enters at the tail' },
    { line: 745, what: 'an io enters when its write is issued' },
    { line: 1357, what: 'or when the kernel is allowed to write it' },
  ],
  applies(s) {
    if (s.iorun.length > 0) return true;
    for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.at === 'waitAll') return true;
    return false;
  },
  holds(s) {
    let placemarkers = 0;
    for (let i = 0; i < s.iorun.length; i++) {
      const entry = s.iorun[i]!;
      const owner = entryClient(entry);
      if (owner < 0) {
        if (s.ios[entryIo(entry)]?.running !== true) return false;
        continue;
      }
      if (s.clients[owner]?.at !== 'waitAll') return false;
      for (let j = 0; j < i; j++) if (entryClient(s.iorun[j]!) === owner) return false;
      placemarkers++;
    }
    let waiters = 0;
    for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.at === 'waitAll') waiters++;
    return placemarkers === waiters;
  },
  violation: example({ ios: [heldClean('data')], clients: [client('hold', 0)], iorun: [{ io: 0 }] }),
};

export const LIST_INVARIANTS: readonly Invariant[] = [I1, I2, I3, I4, I28];
