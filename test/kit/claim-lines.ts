// A claim in the few lines that stand below a failure: what it says, why, and where the original says so.

import type { Claim, OriginalRef } from '../../spec/claim.ts';

export function claimLines(
  claim: Pick<Claim, 'id' | 'tla' | 'statement' | 'why' | 'original'> | undefined,
): readonly string[] {
  if (claim === undefined) return [];
  const original = claim.original.map(originalText).join('; ');
  return [
    `${claim.id} ${claim.tla}: ${claim.statement}`,
    `why: ${claim.why}`,
    `original: ${original || 'none, the claim is ours'}`,
  ];
}

function originalText({ line, to, what }: OriginalRef): string {
  return `L${line}${to === undefined ? '' : `-${to}`} ${what}`;
}
