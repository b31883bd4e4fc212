// A claim in the few lines that stand below a failure: what it says, why, and where the seed says so.

import type { Claim, SeedRef } from '../../spec/claim.ts';

export function claimLines(
  claim: Pick<Claim, 'id' | 'tla' | 'statement' | 'why' | 'seed'> | undefined,
): readonly string[] {
  if (claim === undefined) return [];
  const seed = claim.seed.map(seedText).join('; ');
  return [
    `${claim.id} ${claim.tla}: ${claim.statement}`,
    `why: ${claim.why}`,
    `seed: ${seed || 'none, the claim is ours'}`,
  ];
}

function seedText({ line, to, what }: SeedRef): string {
  return `L${line}${to === undefined ? '' : `-${to}`} ${what}`;
}
