// Claims that speak about each io: the predicate is written for one io, the loop stands here once.
//
// `perIo` may look at the rest of the state as well; `eachIo` looks at the io and at nothing else, and so can be asked about
// an io without a state.

import type { Invariant } from '../claim.ts';
import type { IoSnapshot, Snapshot } from './snapshot.ts';

export interface PerIoParts extends Omit<Invariant, 'form' | 'status' | 'applies' | 'holds' | 'ofIo'> {
  /** Does the claim say anything about this io? */
  readonly concerns: (io: IoSnapshot, s: Snapshot, index: number) => boolean;
  /** What must be true of an io that it concerns. */
  readonly ok: (io: IoSnapshot, s: Snapshot, index: number) => boolean;
}

/** A checked state invariant: every io that the claim concerns is as it says. */
export function perIo(parts: PerIoParts): Invariant {
  const { concerns, ok, ...rest } = parts;
  return {
    ...rest,
    form: 'state',
    status: 'checked',
    applies(s) {
      const ios = s.ios;
      for (let b = 0; b < ios.length; b++) if (concerns(ios[b]!, s, b)) return true;
      return false;
    },
    holds(s) {
      const ios = s.ios;
      for (let b = 0; b < ios.length; b++) {
        const io = ios[b]!;
        if (concerns(io, s, b) && !ok(io, s, b)) return false;
      }
      return true;
    },
  };
}

export interface EachIoParts extends Omit<PerIoParts, 'concerns' | 'ok'> {
  readonly concerns: (io: IoSnapshot) => boolean;
  readonly ok: (io: IoSnapshot) => boolean;
}

/** A checked state invariant about each io by itself. */
export function eachIo(parts: EachIoParts): Invariant {
  const { concerns, ok } = parts;
  return {
    ...perIo(parts),
    ofIo: (io) => (!concerns(io) ? 'silent' : ok(io) ? 'kept' : 'broken'),
  };
}
