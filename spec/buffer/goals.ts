// All goals: situations that some default configuration has to reach, in the order of their ids.
//
// A checker that never meets two waiting barriers has not shown that they wake one another. Each goal is asked of every
// explored state; one that is never reached fails the run.

import type { Goal } from '../claim.ts';
import { BUFFER_GOALS } from './goals-buffer.ts';
import { WAITING_GOALS } from './goals-waiting.ts';
import { inIdOrder } from '../claim-order.ts';

/** Situations that some run must reach: what never happens proves nothing. */
export const GOALS: readonly Goal[] = inIdOrder([...WAITING_GOALS, ...BUFFER_GOALS]);
