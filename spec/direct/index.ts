// The catalogue of the direct machine: file data that goes around the buffer cache.
//
// Ids go on where those of the buffer machine end, so that one number means one thing in the whole project.

import { inIdOrder } from '../claim-order.ts';
import type { DirectClaim, DirectProperty } from './claim.ts';
import { DIRECT_INVARIANTS } from './invariants.ts';
import { ANSWER_PROPERTIES } from './properties.ts';

export * from './vocabulary.ts';
export * from './snapshot.ts';
export type * from './claim.ts';
export { DIRECT_INVARIANTS, DIRECT_INVARIANT_GROUPS } from './invariants.ts';
export { DIRECT_GOALS } from './goals.ts';
export { DIRECT_PROGRESS } from './progress.ts';
export { DIRECT_PROMISES, type DirectPromise, type DirectPromiseName } from './promises.ts';
export { DIRECT_REPAIRS } from './repairs.ts';
export { DIRECT_ABSENT, type DirectAbsence } from './absent.ts';

/** The nouns that the step claims of the direct machine speak about, with their claims. */
export const DIRECT_PROPERTY_GROUPS: Readonly<Record<string, readonly DirectProperty[]>> = {
  'Answers and critical errors': ANSWER_PROPERTIES,
};

/** Claims about every step of file data. */
export const DIRECT_PROPERTIES: readonly DirectProperty[] = inIdOrder(ANSWER_PROPERTIES);

/** Every claim about file data. */
export const DIRECT_CLAIMS: readonly DirectClaim[] = inIdOrder<DirectClaim>([
  ...DIRECT_INVARIANTS,
  ...DIRECT_PROPERTIES,
]);
