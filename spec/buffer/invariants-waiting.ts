// Claims about who sleeps: the notes by which whoever ends a wait knows that somebody waits for it.

import type { Invariant } from '../claim.ts';
import { absent, client, example, heldDirty } from './example.ts';
import { perIo } from './per-io.ts';
import { entryClient } from '../reading.ts';
import type { ClientAt, Snapshot } from './snapshot.ts';

/** Is some client asleep there, not woken yet? */
function isAsleepAt(s: Snapshot, at: ClientAt, io: number): boolean {
  const clients = s.clients;
  for (let c = 0; c < clients.length; c++) {
    const who = clients[c]!;
    if (who.at === at && who.io === io && !who.runnable) return true;
  }
  return false;
}

export const H12 = perIo({
  id: 'H12',
  tla: 'NotesTellWhoSleeps',
  statement:
    'The notes wanted, waiting and waitmod are set while a client sleeps on the interlock, on the write in flight, or on modifyRefs, and only then.',
  why: 'Whoever ends the wait looks at the note alone: a sleeper without its note sleeps for ever, a note without a sleeper is a wake-up for no one.',
  original: [
    { line: 174, to: 178, what: 'a wait for the write notes itself before it sleeps' },
    { line: 778, what: 'so does a modifier' },
    { line: 813, to: 816, what: 'the last modification takes the note and wakes' },
    { line: 837, what: 'so does an interlock' },
    { line: 1145, to: 1148, what: 'a completion takes the note and wakes' },
  ],
  concerns: (io, s, b) =>
    io.wanted ||
    io.waiting ||
    io.waitmod ||
    isAsleepAt(s, 'modify', b) ||
    isAsleepAt(s, 'interlock', b) ||
    isAsleepAt(s, 'wait', b) ||
    isAsleepAt(s, 'release', b) ||
    isAsleepAt(s, 'get', b),
  ok: (io, s, b) =>
    io.wanted === isAsleepAt(s, 'get', b) &&
    io.waiting === (isAsleepAt(s, 'wait', b) || isAsleepAt(s, 'release', b)) &&
    io.waitmod === (isAsleepAt(s, 'modify', b) || isAsleepAt(s, 'interlock', b)),
  violation: example({
    ios: [heldDirty('data', { waitmod: false })],
    clients: [client('hold', 0, { mods: 1 }), client('interlock', 0)],
  }),
});

export const H13: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'H13',
  tla: 'HeadBarrierIsAwake',
  statement: 'A placemarker at the head of the run list belongs to a client that is awake.',
  why: 'Nothing that it waited for is left, and no completion will wake it any more: chained placemarkers depend on one waking the next.',
  original: [
    { line: 212, to: 214, what: 'a barrier waits until its placemarker is the head' },
    { line: 218, to: 223, what: 'who leaves wakes a placemarker behind it' },
    { line: 1136, to: 1139, what: 'so does the completion of the head' },
  ],
  applies: (s) => s.iorun.length > 0 && entryClient(s.iorun[0]!) >= 0,
  holds: (s) => s.iorun.length === 0 || entryClient(s.iorun[0]!) < 0 || s.clients[entryClient(s.iorun[0]!)]!.runnable,
  violation: example({ ios: [absent('data')], clients: [client('waitAll', -1)], iorun: [{ client: 0 }] }),
};

export const WAITING_INVARIANTS: readonly Invariant[] = [H12, H13];
