// The event loop while the cache works: how long a callback that is due has to wait. A probe asks for a turn of the loop again
// and again (setImmediate), and the longest time between two turns of a batch is its stall; so code that holds the loop from
// the beginning to the end of a batch stalls for all of it. Counted are batches, not moments, and the figure is the 99th
// percentile of their stalls: a stall is met by whoever is unlucky, however short the rest was. (monitorEventLoopDelay samples
// with a timer, once a millisecond: it counts moments, and a batch is over after a few of them.)
//
// A probe that never rests keeps one processor busy, and on a machine with other work the system sometimes takes that away. So
// the same probe also runs beside nothing, for as long as a batch takes: what it meets there is the machine's. And where the
// system tells (Linux), each stall is also given without the time in which the main thread was ready and another one ran.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Figure } from './bench.ts';
import type { Contender } from './cache-contender.ts';
import { figureOf } from './cache-contest.ts';
import { BATCH, residentBatches } from './cache-flush.ts';
import { withContenders, type CacheBench } from './cache-ground.ts';
import { BLOCKS, shuffledBlocks } from './cache-load.ts';

/** Batches in a round. */
const BATCHES = 300;
/** Blocks of a batch of reads, which then takes about as long as one of writes. */
const READS = 512;
/** Milliseconds of a batch of nothing. */
const NOTHING_MS = 2;

const GOAL_MS = 10;

/** A batch of work, the number of which is `i`, and how long the loop may stall meanwhile. */
interface Kind {
  readonly name: string;
  readonly goal?: string;
  readonly batch: (i: number) => void | Promise<void>;
}

export async function stallBench(bench: CacheBench): Promise<Figure[]> {
  const { blocks = BLOCKS } = bench;
  const order = shuffledBlocks(blocks, 4);
  const reads = Array.from({ length: Math.floor(blocks / READS) }, (_, i) =>
    order.subarray(i * READS, (i + 1) * READS),
  );
  const ofReads = await withContenders({ ...bench, withPeers: false }, ([, ...caches]) =>
    stallsOf(
      caches.map((one) => ({
        ...{ name: `${READS} misses, ${one.name}`, ...goalOf(one) },
        batch: (i) => one.read(reads[i % reads.length]!),
      })),
      bench,
    ),
  );
  const ofWrites = await withContenders({ ...bench, withPeers: false }, async (contenders) => {
    const writes = await residentBatches(contenders, blocks);
    return stallsOf(
      contenders.map((one) => ({
        ...{ name: `flush of ${BATCH}, ${one.name}`, ...goalOf(one) },
        batch: (i) => one.write(writes[i % writes.length]!, i),
      })),
      bench,
    );
  });
  return [...ofReads, ...ofWrites];
}

function goalOf({ name }: Contender): { goal?: string } {
  return name === 'core' ? { goal: `< ${GOAL_MS}` } : {};
}

/** The longest time between two turns of a batch, in milliseconds. */
interface Stall {
  /** As a callback that is due meets it. */
  readonly met: number;
  /** Without the time for which the main thread waited for a processor. */
  readonly own: number;
}

async function stallsOf(kinds: readonly Kind[], { rounds, note }: CacheBench): Promise<Figure[]> {
  const all: readonly Kind[] = [...kinds, { name: 'nothing meanwhile', batch: () => passing(NOTHING_MS) }];
  const stalls = all.map(() => [] as Stall[][]);
  const clock = new StallClock();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const of of stalls) of.push([]);
      for (let i = 0; i < BATCHES; i++) {
        for (const [k, { batch }] of all.entries()) stalls[k]![round]!.push(await longestStall(() => batch(i), clock));
      }
    }
  } finally {
    clock.close();
  }
  const figures = all.flatMap(({ name, goal }, k) => {
    const what = `stall, 99 % of batches: ${name}`;
    const figure = (of: 'met' | 'own') => stalls[k]!.map((round) => percentile99(round.map((stall) => stall[of])));
    const met = figureOf(what, 'ms', figure('met'), goal);
    return clock.isKnown ? [met, figureOf(`${what}, own`, 'ms', figure('own'), goal)] : [met];
  });
  for (const { what, median } of figures) note(`${what} ${median.toFixed(2)} ms`);
  return figures;
}

async function longestStall(work: () => void | Promise<void>, clock: StallClock): Promise<Stall> {
  let met = 0;
  let own = 0;
  let last = clock.read();
  const turn = (): void => {
    const now = clock.read();
    const passed = now.at - last.at;
    met = Math.max(met, passed);
    own = Math.max(own, passed - (now.waited - last.waited));
    last = now;
  };
  const again = (): void => {
    turn();
    probe = setImmediate(again);
  };
  let probe = setImmediate(again);
  await work();
  // What was done without a turn counts as well, and what was done since the last one.
  turn();
  clearImmediate(probe);
  return { met, own };
}

/** A moment: milliseconds, and for how many of them the main thread was ready and did not run; 0 where the system does not tell. */
interface Moment {
  readonly at: number;
  readonly waited: number;
}

class StallClock {
  readonly #fd: number | undefined;
  readonly #text = Buffer.alloc(64);

  constructor() {
    try {
      this.#fd = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    } catch {
      this.#fd = undefined;
    }
  }

  get isKnown(): boolean {
    return this.#fd !== undefined;
  }

  read(): Moment {
    // Both of one moment: when the thread was interrupted between the two, they are read again.
    for (let waited = this.#waited(); ;) {
      const at = performance.now();
      const waitedNow = this.#waited();
      if (waitedNow === waited) return { at, waited };
      waited = waitedNow;
    }
  }

  #waited(): number {
    if (this.#fd === undefined) return 0;
    const length = readSync(this.#fd, this.#text, 0, this.#text.length, 0);
    return Number(this.#text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function percentile99(stalls: readonly number[]): number {
  const sorted = [...stalls].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)]!;
}
