// The catalogue's claims, sorted into what the explorer takes.

import type { Claim, Goal, Invariant, Property } from '../../spec/claim.ts';
import { CLAIMS, GOALS } from '../../spec/index.ts';

export interface ClaimsByForm {
  readonly invariants: readonly Invariant[];
  readonly properties: readonly Property[];
}

export function byForm(claims: readonly Claim[]): ClaimsByForm {
  return {
    invariants: claims.filter((claim) => claim.form === 'state'),
    properties: claims.filter((claim) => claim.form === 'step'),
  };
}

/** Everything that can be checked in a state or a step, and the goals. */
export function catalogue(): ClaimsByForm & { readonly goals: readonly Goal[] } {
  return { ...byForm(CLAIMS), goals: GOALS };
}
