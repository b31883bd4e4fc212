// Read misses: every block of a file of 256 MiB, once in each run, in one random order, by caches of 1,024 blocks; so no block
// is resident when it is wanted, and all of them are in the page cache. The core with 64 reads in flight, against fs.readSync
// into 64 recycled buffers one after the other, which also holds up the event loop all the time. How much of the difference is
// no more than memory shows fs with as many buffers as a cache has: they do not fit into the fast caches of a processor.

import type { Figure } from './bench.ts';
import type { Contender } from './cache-contender.ts';
import { contest, figureOf, ratioOf } from './cache-contest.ts';
import { CACHE_BLOCKS, withContenders, type CacheBench } from './cache-ground.ts';
import { BLOCKS, shuffledBlocks } from './cache-load.ts';

const GOAL = 0.5;

export function missesBench(bench: CacheBench): Promise<Figure[]> {
  const { rounds, note, blocks = BLOCKS, slices = 5 } = bench;
  return withContenders(bench, async ([raw, core, ...others]) => {
    const order = shuffledBlocks(blocks, 4);
    const roomy = raw.withBuffers(CACHE_BLOCKS);
    try {
      const all: readonly Contender[] = [raw, core, ...others, roomy];
      const entries = all.map((one) => ({ name: one.name, ops: blocks, run: () => one.read(order) }));
      const costs = await contest(entries, { rounds, slices, by: 'passed', note, what: 'read misses' });
      const cost = ({ name }: Contender) => costs.get(name)!;
      return [
        ...entries.map(({ name }) => figureOf(`read miss: ${name}`, 'blocks/s', costs.get(name)!.perSecond)),
        ...entries.map(({ name }) => figureOf(`read miss: ${name}`, 'us of processor', costs.get(name)!.worked)),
        ...all.slice(1).map((one) => {
          const goal = one === core ? `>= ${GOAL}` : undefined;
          return ratioOf(`read miss: ${one.name} against ${raw.name}`, cost(one), cost(raw), goal);
        }),
      ];
    } finally {
      roomy.close();
    }
  });
}
