// Dirty, flush, sync: 64 random DATA buffers of 1,024 resident ones are changed and made durable. The core and the mount,
// against fs.writeSync of the same bytes in the same random order and one fdatasyncSync. With peers, one transaction that
// updates 64 rows of 16 KiB, durable when it returns; theirs is atomic too.
//
// The core does it in two ways: one batch after the other, and changing the next batch while the last one is being made durable,
// which is what a program can do whose event loop is free. Each batch still has a flush of its own.
//
// fs writes from 64 buffers, which stay in a processor's cache, and holds up the event loop until all is durable. How much of
// the difference is memory and how much is the thread show two more: fs with as many buffers as a cache has, and the same
// calls in a thread that does nothing else. All of them but the mount and the peers write to one file. Turns change their
// direction from slice to slice (see rounds.ts): whoever comes next on the file finds its pages in the processor's cache.

import type { Figure } from './bench.ts';
import type { Contender } from './cache-contender.ts';
import { contest, figureOf, ratioOf } from './cache-contest.ts';
import type { CoreOnFile } from './cache-core.ts';
import { CACHE_BLOCKS, withContenders, type CacheBench } from './cache-ground.ts';
import { BLOCKS, drawnBlocks, shuffledBlocks, WorkNotDone } from './cache-load.ts';
import { ThreadFile } from './cache-thread-file.ts';

const RESIDENT = 1024;
export const BATCH = 64;
/** Batches of which each has its own blocks; after the last the first comes again. */
const BATCHES = 64;
/** Batches in one run. */
const TIMES = 20;

const GOAL = 0.9;
const MEANWHILE = 'core, the next changed meanwhile';

export function flushBench(bench: CacheBench): Promise<Figure[]> {
  const { rounds, note, blocks = BLOCKS, slices = 8 } = bench;
  return withContenders(bench, async ([raw, core, ...others]) => {
    const floors = [raw.withBuffers(CACHE_BLOCKS), new ThreadFile(raw.path)];
    try {
      const all: readonly Contender[] = [raw, core, ...others, ...floors];
      const batches = await residentBatches(all, blocks);
      const entries = all.map((one) => ({ name: one.name, ops: TIMES * BATCH, run: inTurns(one, batches) }));
      entries.splice(2, 0, { name: MEANWHILE, ops: TIMES * BATCH, run: meanwhile(core, batches) });
      const costs = await contest(entries, { rounds, slices, by: 'passed', note, what: 'dirty, flush, sync' });
      return [
        ...entries.map(({ name }) => figureOf(`flush of ${BATCH}: ${name}`, 'blocks/s', costs.get(name)!.perSecond)),
        ...entries.map(({ name }) =>
          figureOf(`flush of ${BATCH}: ${name}`, 'us of processor', costs.get(name)!.worked),
        ),
        ...entries.slice(1).map(({ name }) => {
          const goal = name === core.name ? `>= ${GOAL}` : undefined;
          return ratioOf(
            `flush of ${BATCH}: ${name} against ${raw.name}`,
            costs.get(name)!,
            costs.get(raw.name)!,
            goal,
          );
        }),
      ];
    } finally {
      for (const floor of floors) await floor.close();
    }
  });
}

/** The blocks of each batch, all of which are resident from now on. */
export async function residentBatches(
  contenders: readonly Contender[],
  blocks: number,
): Promise<readonly Int32Array[]> {
  const resident = drawnBlocks(shuffledBlocks(blocks, 5), Math.min(RESIDENT, blocks), 6);
  for (const contender of contenders) await contender.read(resident);
  return Array.from({ length: BATCHES }, (_, i) => drawnBlocks(resident, BATCH, 7 + i));
}

/** A run: the next TIMES batches, with stamps of their own, and a look whether they were flushed and the last one has arrived. */
function inTurns(contender: Contender, batches: readonly Int32Array[]): () => Promise<void> {
  let stamp = 0;
  return async () => {
    const flushes = contender.deviceFlushes?.();
    for (let i = 0; i < TIMES; i++) {
      stamp++;
      const writing = contender.write(batches[stamp % BATCHES]!, stamp);
      if (writing !== undefined) await writing;
    }
    expectStamps(contender, batches[stamp % BATCHES]!, stamp);
    if (flushes !== undefined) expectFlushes(contender.name, contender.deviceFlushes!() - flushes, TIMES);
  };
}

/** The same of the core, which changes each batch while the one before is being made durable. */
function meanwhile(core: CoreOnFile, batches: readonly Int32Array[]): () => Promise<void> {
  let stamp = 0;
  return async () => {
    const flushes = core.deviceFlushes();
    const first = stamp + 1;
    stamp += TIMES;
    await core.writeAll(
      Array.from({ length: TIMES }, (_, i) => batches[(first + i) % BATCHES]!),
      first,
    );
    expectStamps(core, batches[stamp % BATCHES]!, stamp);
    expectFlushes(MEANWHILE, core.deviceFlushes() - flushes, TIMES);
  };
}

/** Throws WorkNotDone unless the first and the last block of a batch have their stamp. */
export function expectStamps(contender: Contender, batch: Int32Array, stamp: number): void {
  for (const block of [batch[0]!, batch.at(-1)!]) {
    const seen = contender.stampOnMedium(block);
    if (seen === stamp) continue;
    throw new WorkNotDone(`${contender.name} was to write stamp ${stamp} to block ${block}; the medium has ${seen}.`);
  }
}

function expectFlushes(who: string, seen: number, wanted: number): void {
  if (seen !== wanted)
    throw new WorkNotDone(`${who} was to flush its device ${wanted} times; it did so ${seen} times.`);
}
