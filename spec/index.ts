// The catalogue: what must hold, why, and where the original says so.
//
// Everything in spec/ is data and predicates over the shared types; nothing here imports from outside spec/.

import type { Claim } from './claim.ts';
import { inIdOrder } from './claim-order.ts';
import { CONSTRUCTIONS } from './buffer/constructions.ts';
import { INVARIANTS } from './buffer/invariants.ts';
import { PROPERTIES } from './buffer/properties.ts';

export * from './buffer/vocabulary.ts';
export * from './buffer/snapshot.ts';
export type * from './claim.ts';
export { compositeState, type CompositeState } from './buffer/composite-state.ts';
export { INVARIANTS, INVARIANT_GROUPS } from './buffer/invariants.ts';
export { PROPERTIES, PROPERTY_GROUPS } from './buffer/properties.ts';
export { CONSTRUCTIONS } from './buffer/constructions.ts';
export { PROGRESS, isWaitingPlace } from './buffer/progress.ts';
export { GOALS } from './buffer/goals.ts';
export { REPAIRS } from './buffer/repairs.ts';
export { PROMISES, type CallerPromise, type PromiseName } from './buffer/promises.ts';
export { DEVICE_FAULTS, type DeviceFault, type FaultPromise, type FaultTold } from './buffer/device-faults.ts';
export * from './original-map.ts';
export * from './direct/index.ts';

/** Every claim about buffers: checked in states, checked in steps, and true by construction. */
export const CLAIMS: readonly Claim[] = inIdOrder<Claim>([...INVARIANTS, ...PROPERTIES, ...CONSTRUCTIONS]);
