// Lists of extents as programs bring them, who may have read them from anywhere: what makes no sense is refused in words of the
// file, before DirectIo would refuse it in its own, or not at all.

import { inspect } from 'node:util';
import type { Element } from '../../direct/index.ts';
import { InvalidArgument } from '../../core/errors.ts';

const ADVICE = 'Give the list that commit returned.';
const BIGGEST_CRC = 0xffff_ffff;

export function promiseList(value: unknown, what: string, advice: string): void {
  if (!Array.isArray(value)) throw new InvalidArgument(`${what} as a list`, shown(value), advice);
}

/** Each extent is made of whole numbers; where they may lie is not looked at. */
export function checkExtents(extents: readonly Element[]): void {
  promiseList(extents, 'extents', ADVICE);
  for (const extent of extents as readonly (Partial<Element> | null | undefined)[]) {
    const { fileOffset, volume, block, length, crc = 0 } = extent ?? {};
    if ([fileOffset, volume, block, length, crc].every(isCount) && crc <= BIGGEST_CRC) continue;
    throw new InvalidArgument('extents of whole numbers, with a CRC of 32 bits or none', shown(extent), ADVICE);
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const shown = (value: unknown): string => inspect(value, { breakLength: Infinity, depth: 1, maxStringLength: 100 });

/** No two extents have a block in common. */
export function checkApart(extents: readonly Element[], blockBytes: number): void {
  const inOrder = [...extents].sort((a, b) => a.volume - b.volume || a.block - b.block);
  for (const [i, { volume, block }] of inOrder.entries()) {
    const before = inOrder[i - 1];
    if (before?.volume !== volume || before.block + Math.ceil(before.length / blockBytes) <= block) continue;
    throw new InvalidArgument('extents that do not overlap', `two with block ${block} of volume ${volume}`, ADVICE);
  }
}
