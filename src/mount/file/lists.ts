// Lists of extents as programs bring them, who may have read them from anywhere: what makes no sense together is refused in
// words of the file, before DirectIo would refuse it in its own, or not at all.

import type { Element } from '../../direct/index.ts';
import { InvalidArgument } from '../../core/errors.ts';

const ADVICE = 'Give the list that commit returned.';

/** No two extents have a block in common. */
export function checkApart(extents: readonly Element[], blockBytes: number): void {
  const inOrder = [...extents].sort((a, b) => a.volume - b.volume || a.block - b.block);
  for (const [i, { volume, block }] of inOrder.entries()) {
    const before = inOrder[i - 1];
    if (before?.volume !== volume || before.block + Math.ceil(before.length / blockBytes) <= block) continue;
    throw new InvalidArgument('extents that do not overlap', `two with block ${block} of volume ${volume}`, ADVICE);
  }
}
