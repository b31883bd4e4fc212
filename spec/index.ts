// The catalogue: what must hold, why, and where the seed says so.
//
// Everything in spec/ is data and predicates over the shared types; nothing here imports from outside spec/.

import type { Claim } from './claim.ts';
import { inIdOrder } from './claim-order.ts';
import { CONSTRUCTIONS } from './constructions.ts';
import { INVARIANTS } from './invariants.ts';
import { PROPERTIES } from './properties.ts';

export * from './vocabulary.ts';
export * from './snapshot.ts';
export type * from './claim.ts';
export { compositeState, type CompositeState } from './composite-state.ts';
export { INVARIANTS, INVARIANT_GROUPS } from './invariants.ts';
export { PROPERTIES, PROPERTY_GROUPS } from './properties.ts';
export { CONSTRUCTIONS } from './constructions.ts';
export { PROGRESS, isWaitingPlace } from './progress.ts';
export { GOALS } from './goals.ts';
export { REPAIRS } from './repairs.ts';
export { PROMISES, type CallerPromise, type PromiseName } from './promises.ts';
export { DEVICE_FAULTS, type DeviceFault, type FaultPromise, type FaultTold } from './device-faults.ts';
export * from './seed-map.ts';
export * from './direct/index.ts';

/** Every claim about buffers: checked in states, checked in steps, and true by construction. */
export const CLAIMS: readonly Claim[] = inIdOrder<Claim>([...INVARIANTS, ...PROPERTIES, ...CONSTRUCTIONS]);
