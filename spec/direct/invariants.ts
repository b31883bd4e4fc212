// All claims about one state of the direct machine, in the order of their ids.

import { inIdOrder } from '../claim-order.ts';
import type { DirectInvariant } from './claim.ts';
import { COPY_INVARIANTS } from './invariants-copies.ts';
import { ERROR_INVARIANTS } from './invariants-errors.ts';
import { RECORD_INVARIANTS } from './invariants-records.ts';

/** The nouns that the state claims of the direct machine speak about, with their claims. */
export const DIRECT_INVARIANT_GROUPS: Readonly<Record<string, readonly DirectInvariant[]>> = {
  'Records of direct writes': RECORD_INVARIANTS,
  'Copies of the same bytes': COPY_INVARIANTS,
  'Error paths': ERROR_INVARIANTS,
};

/** Claims about every reachable state of file data. */
export const DIRECT_INVARIANTS: readonly DirectInvariant[] = inIdOrder(Object.values(DIRECT_INVARIANT_GROUPS).flat());
