// What must always remain possible in the direct machine: that everything that waits comes to an end.

import type { DirectProgress } from './claim.ts';
import { isInFlight } from './reading.ts';

/** What must always remain possible; `who` counts the fronts, then the sites. */
export const DIRECT_PROGRESS: readonly DirectProgress[] = [
  {
    id: 'P9',
    statement:
      'From every reachable state, each operation of a front can still end, and the backend can still let go of each record that it waits with.',
    why: 'A completion that forgets one of two readers, a wake-up that is not given, two waits that wait for one another: each leaves a locked buffer behind, and none of them breaks a claim about a single state.',
    original: [
      {
        line: 1817,
        to: 1825,
        what: 'the completion of a direct write clears the mark, and wakes whoever waits for it',
      },
      { line: 1848, to: 1854, what: 'who waits until it is clear' },
    ],
    waits(s, who) {
      const front = s.fronts[who];
      return front === undefined ? s.sites[who - s.fronts.length]!.backend : isInFlight(front.at);
    },
  },
];
