// Claims that speak about each io by itself: the predicate is written for one io, the loop stands here once.

import type { Invariant } from './claim.ts';
import type { IoSnapshot, Snapshot } from './snapshot.ts';

export interface PerIoParts extends Omit<Invariant, 'form' | 'status' | 'applies' | 'holds'> {
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
