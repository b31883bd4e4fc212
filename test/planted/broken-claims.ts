// Which claims of the catalogue a step breaks: the invariants in the state that it leads to, the properties of the step.

import type { Claim, Step } from '../../spec/claim.ts';
import type { Snapshot } from '../../spec/buffer/snapshot.ts';

/** Ids of the claims that fail, in the order given; `applied` counts how often each was put to the test. */
export function brokenClaims(
  claims: readonly Claim[],
  before: Snapshot,
  step: Step,
  after: Snapshot,
  blockBytes: number,
  applied?: Map<string, number>,
): readonly string[] {
  let broken: string[] | undefined;
  for (const claim of claims) {
    if (claim.status !== 'checked' || !applies(claim, before, step, after)) continue;
    applied?.set(claim.id, (applied.get(claim.id) ?? 0) + 1);
    const holds = claim.form === 'state' ? claim.holds(after, blockBytes) : claim.holds(before, step, after);
    if (!holds) (broken ??= []).push(claim.id);
  }
  return broken ?? NONE;
}

const NONE: readonly string[] = [];

function applies(claim: Claim, before: Snapshot, step: Step, after: Snapshot): boolean {
  switch (claim.form) {
    case 'state':
      return claim.applies(after);
    case 'step':
      return (claim.on === 'any' || claim.on.includes(step.action.kind)) && claim.applies(before, step, after);
    case 'construction':
      return false;
  }
}
