// All claims about one state, in the order of their ids.

import type { Invariant } from '../claim.ts';
import { inIdOrder } from '../claim-order.ts';
import { BUFFER_INVARIANTS } from './invariants-buffer.ts';
import { LIST_INVARIANTS } from './invariants-lists.ts';
import { MODIFICATION_INVARIANTS } from './invariants-modification.ts';
import { REFERENCE_INVARIANTS } from './invariants-references.ts';
import { SUM_INVARIANTS } from './invariants-sums.ts';
import { VOLUME_INVARIANTS } from './invariants-volume.ts';
import { WAITING_INVARIANTS } from './invariants-waiting.ts';

/** The nouns that the state invariants speak about, with their claims. */
export const INVARIANT_GROUPS: Readonly<Record<string, readonly Invariant[]>> = {
  Lists: LIST_INVARIANTS,
  Buffers: BUFFER_INVARIANTS,
  'References and interlock': REFERENCE_INVARIANTS,
  Modifications: MODIFICATION_INVARIANTS,
  Sums: SUM_INVARIANTS,
  'Device caches': VOLUME_INVARIANTS,
  Waiting: WAITING_INVARIANTS,
};

/** Claims about every reachable state. */
export const INVARIANTS: readonly Invariant[] = inIdOrder(Object.values(INVARIANT_GROUPS).flat());
