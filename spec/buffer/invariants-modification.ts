// Modifications: who is inside one, who keeps modifiers out, and that UNDO comes before the change.

import type { Invariant } from '../claim.ts';
import { client, example, heldDirty } from './example.ts';
import { perIo } from './per-io.ts';
import type { Snapshot } from './snapshot.ts';

/** -1 while a handle on the io owns the write interlock, else the modifications that are open or counted. */
function modificationsOf(s: Snapshot, b: number): number {
  let open = 0;
  let owners = 0;
  for (let c = 0; c < s.clients.length; c++) {
    const who = s.clients[c]!;
    if (who.io !== b) continue;
    open += who.mods;
    if (who.at === 'regetblk') open++;
    if (who.interlock) owners++;
  }
  if (owners === 0) return open;
  return owners === 1 && open === 0 ? -1 : NaN;
}

export const I13 = perIo({
  id: 'I13',
  tla: 'InterlockCount',
  statement:
    'modifyRefs counts the open modifications and those waiting for the buffer, all by handles; it is -1 exactly while one handle owns the write interlock.',
  why: 'Zero is the permission to write META and to take the interlock. A wrong count lets a write go out in the middle of a change.',
  original: [
    { line: 786, what: 'counted before the buffer is owned' },
    { line: 812, to: 813, what: 'uncounted at the end' },
    { line: 836, to: 840, what: 'the interlock needs zero and leaves -1' },
    { line: 847, to: 848, what: 'and gives it back' },
  ],
  concerns: (io) => io.exists,
  ok: (io, s, b) => io.modifyRefs === modificationsOf(s, b) && (io.modifyRefs <= 0 || io.refs > 0),
  violation: example({ ios: [heldDirty('data', { modifyRefs: 1 })], clients: [client('hold', 0)] }),
});

export const H4: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'H4',
  tla: 'UndoCoversOpenModification',
  statement: 'An open modification that wanted an UNDO record has one.',
  why: 'Without the old bytes in the log, a crash after the META is written and before the commit cannot be undone.',
  original: [
    { line: 871, to: 873, what: 'the answer of the UNDO log is ignored for volume headers' },
    { line: 893, to: 895, what: 'and for META' },
  ],
  repairs: ['D9'],
  applies(s) {
    for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.mods > 0) return true;
    return false;
  },
  holds(s) {
    for (let c = 0; c < s.clients.length; c++) if (s.clients[c]!.bare) return false;
    return true;
  },
  violation: example({ ios: [heldDirty('meta')], clients: [client('hold', 0, { mods: 1, bare: true })] }),
};

export const MODIFICATION_INVARIANTS: readonly Invariant[] = [I13, H4];
