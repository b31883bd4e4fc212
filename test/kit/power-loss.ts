// Every way in which power loss can leave the unflushed writes of a device: each sector of each write is there or not, which
// covers caches that write back in any order, keep only the newest, or are interrupted in the middle of a block. The number
// of ways doubles with each sector, so this is for small cases; a test of long runs picks survivors of its own.

import type { VolatileWrite } from './fault-device.ts';
import type { Sectors, Survivors } from './medium.ts';

/** Sectors that may or may not be there; 2^16 choices take about a second to try. */
const SECTORS_MAX = 16;

/** Every choice of surviving sectors of these writes; the first one is that none survives, the last that all do. */
export function* everyPowerLoss(writes: readonly VolatileWrite[], sectorsPerBlock: number): Generator<Survivors> {
  const sectors = writes.length * sectorsPerBlock;
  if (sectors > SECTORS_MAX)
    throw new RangeError(
      `Power loss can leave ${writes.length} unflushed writes of ${sectorsPerBlock} sectors in 2^${sectors} ways; ` +
        `at most 2^${SECTORS_MAX} are tried: flush earlier, or pick survivors.`,
    );
  for (let choice = 0; choice < 2 ** sectors; choice++) {
    const survivors = new Map<number, Sectors>();
    writes.forEach(({ id }, w) => {
      const kept: number[] = [];
      for (let s = 0; s < sectorsPerBlock; s++) if ((choice & (1 << (w * sectorsPerBlock + s))) !== 0) kept.push(s);
      survivors.set(id, kept);
    });
    yield survivors;
  }
}
