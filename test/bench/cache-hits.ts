// Read hits: 4,096 resident blocks, drawn from a file of 256 MiB; four of five gets are among a fifth of them. The core's tryGet
// and release, with references, handles and the state that both look at, against `get` of lru-cache on the same keys; and what
// the mount adds for its blocks, which are objects. With peers, also a row by rowid and a value by number, all in memory.

import type { Figure } from './bench.ts';
import { contest, figureOf, ratioOf, type Entry } from './cache-contest.ts';
import { withContenders, type CacheBench } from './cache-ground.ts';
import { BLOCKS, drawnBlocks, shuffledBlocks, skewedBlocks, WorkNotDone } from './cache-load.ts';
import type { Peers } from './cache-peers.ts';

const RESIDENT = 4096;
const KEYS = 1 << 16;
/**
 * Gets in a run: some fifty milliseconds for each contender, so that what the collector's threads still work on behind the
 * collection before a run, two or three milliseconds for any contender, counts for little.
 */
const TIMES = 1 << 21;
const TIMES_OF_PEERS = 1 << 12;

const LRU = 'lru-cache';
const GOAL = 1.5;

export function hitsBench(bench: CacheBench): Promise<Figure[]> {
  const { rounds, note, peers, blocks = BLOCKS, slices = 9 } = bench;
  const resident = drawnBlocks(shuffledBlocks(blocks, 1), Math.min(RESIDENT, blocks), 2);
  const keys = skewedBlocks(resident, KEYS, 3);
  return withContenders({ ...bench, cacheBlocks: resident.length }, async ([, core, mount, ...others]) => {
    for (const contender of [core, mount, ...others]) await contender.read(resident);
    const entries: Entry[] = [
      { name: core.name, ops: TIMES, run: () => core.hits(keys, TIMES) },
      { name: mount.name, ops: TIMES, run: () => mount.hits(keys, TIMES) },
    ];
    if (peers.LRUCache !== undefined) entries.push(lruEntry(peers.LRUCache, resident, keys));
    for (const one of others) {
      entries.push({ name: one.name, ops: TIMES_OF_PEERS, run: () => one.hits!(keys, TIMES_OF_PEERS) });
    }
    const costs = await contest(entries, { rounds, slices, by: 'worked', note, what: 'read hits' });
    const rows = entries.map(({ name }) => figureOf(`read hit: ${name}`, 'gets/s', costs.get(name)!.perSecond));
    const lru = costs.get(LRU);
    if (lru === undefined) return rows;
    for (const { name } of [core, mount]) {
      const goal = name === core.name ? `>= ${GOAL}` : undefined;
      rows.push(ratioOf(`read hit: ${name} against ${LRU}`, costs.get(name)!, lru, goal));
    }
    return rows;
  });
}

function lruEntry(LRUCache: NonNullable<Peers['LRUCache']>, resident: Int32Array, keys: Int32Array): Entry {
  const cache = new LRUCache({ max: resident.length });
  for (const block of resident) cache.set(block, { block });
  const mask = keys.length - 1;
  const run = (): void => {
    for (let i = 0; i < TIMES; i++) {
      if (cache.get(keys[i & mask]!) === undefined) throw new WorkNotDone('A block is not resident in lru-cache.');
    }
  };
  return { name: LRU, ops: TIMES, run };
}
