// What must always remain possible. Not liveness, which needs fairness and is left to TLC: from every reachable state a
// path must lead to one in which the waiting client waits no more. The explorer finds the states from which none does.

import type { Progress } from '../claim.ts';
import type { ClientAt, Snapshot } from './snapshot.ts';

/** Is a client there waiting for somebody else? */
export function isWaitingPlace(at: ClientAt): boolean {
  return at !== 'idle' && at !== 'hold';
}

/** Does that client wait in that state? */
function waits(s: Snapshot, client: number): boolean {
  const at = s.clients[client]?.at;
  return at !== undefined && isWaitingPlace(at);
}

/** What must always remain possible: that every wait ends. */
export const PROGRESS: readonly Progress[] = [
  {
    id: 'W1',
    statement: 'From every reachable state, each waiting client can still come to stop waiting.',
    why: 'A lost wake-up, a placemarker that is never the head, an interlock that is never given back: each leaves a client asleep for good, and none of them breaks a claim about a single state.',
    original: [
      { line: 173, to: 178, what: 'the wait for one write; a time limit would hide a lost wake-up' },
      { line: 213, to: 223, what: 'the barrier, and the wake-up handed from placemarker to placemarker' },
      { line: 777, to: 780, what: 'a modifier behind an interlock' },
      { line: 836, to: 839, what: 'an interlock behind modifiers' },
      { line: 1135, to: 1148, what: 'the wake-ups of a completion' },
    ],
    waits,
  },
];
