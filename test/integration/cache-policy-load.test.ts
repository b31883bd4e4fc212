// The policy under load, with a cache much smaller than its data: contents against a plain map, each answer against brute
// force, the run against the model and the claims, and the hits against LRU. The last part breaks the policy in one place
// after the other and sees which of these checks notices.

import { describe, expect, test } from 'vitest';
import type { CachePolicy, RoomVerdict } from '../../src/policy/cache-policy.ts';
import { ClockPolicy, type ClockPolicyOptions } from '../../src/policy/clock-policy.ts';
import { HammerIoCore, NO_HANDLE } from '../../src/index.ts';
import { wrongAnswer } from '../loads/cache-policy-brute-force.ts';
import { askClaims } from '../loads/cache-policy-claims.ts';
import { BLOCK_BYTES, CacheLoad, placesOf, type LoadOptions } from '../loads/cache-policy-load.ts';
import { loadPatched, type SourcePatch } from '../planted/patch.ts';
import { diceOf } from '../kit/random/dice.ts';
import { checkTrace } from '../kit/trace/check-trace.ts';
import { recordCore } from '../kit/trace/record-core.ts';

type PolicyClass = new (options: ClockPolicyOptions) => CachePolicy;

const OPTIONS: ClockPolicyOptions = { dirtyBytesMax: 3 * BLOCK_BYTES, looseMax: 4, clusterBlocksMax: 3 };

/** Six buffers for thirty blocks. */
function load(seed: number, faults: boolean, Policy: PolicyClass = ClockPolicy): LoadOptions {
  const policy = new Policy(OPTIONS);
  return { seed, faults, capacityBufs: 6, blocks: 24, holders: 4, backlogBytesMax: 3 * BLOCK_BYTES, policy };
}

/** The first of the answers of a run that is wrong, by brute force; undefined if all are right. So tight that all occur. */
function wrongIn(seed: number, faults: boolean, Policy: PolicyClass = ClockPolicy): string | undefined {
  const make = (): LoadOptions => ({ ...load(seed, faults, Policy), capacityBufs: 4 });
  const asked: [RoomVerdict, number][] = [];
  new CacheLoad({ ...make(), onRoom: (room, bufs) => asked.push([room, bufs]) }).run(250);
  for (const [i, [room, bufs]] of asked.entries()) {
    const wrong = wrongAnswer(make, i + 1, room, bufs);
    if (wrong !== undefined) return `question ${i + 1}: ${wrong}`;
  }
  return undefined;
}

/** A recorded run over few blocks: the lines of its trace. */
function recorded(seed: number, faults: boolean): string[] {
  const lines: string[] = [];
  let close: (() => void) | undefined;
  const stand = (core: HammerIoCore): HammerIoCore => {
    const blocks = placesOf(10).map((place) => ({ ...place, name: `${place.type}${place.block}` }));
    const options = { blocks, clients: 6, readAhead: { volume: 0, block: 5 } };
    const recording = recordCore(core, options, (line) => lines.push(line));
    close = () => recording.close();
    return recording.core;
  };
  new CacheLoad({ ...load(seed, faults), blocks: 10, aheadFrom: 5, stand }).run(700);
  close!();
  return lines;
}

describe('a load on a cache smaller than its data', () => {
  test.each([1, 2, 3, 4])(
    'finds the contents that it wrote, in buffers and at last on the device (seed %d)',
    (seed) => {
      const options = load(seed, false);
      const run = new CacheLoad(options);
      run.run(2000);
      run.settle();
      const { recycled, purged, writtenBack, clustered, loosened, refusals } = options.policy.statistics;
      expect(Math.min(recycled, purged, writtenBack, clustered, loosened)).toBeGreaterThan(0);
      expect(refusals).toBe(0);
    },
  );

  test('goes on while reads and writes fail, and meets all four answers', () => {
    const seen: Record<RoomVerdict, number> = { room: 0, writing: 0, flush: 0, full: 0 };
    for (const seed of [1, 2, 3, 4]) {
      const options = load(seed, true);
      const run = new CacheLoad(options);
      run.run(1500);
      for (const room of ['room', 'writing', 'flush', 'full'] as const) seen[room] += run.answers[room];
      expect(options.policy.statistics.refusals).toBe(0);
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test.each([
    [1, false],
    [2, false],
    [3, true],
    [4, true],
  ])('is answered rightly, by brute force (seed %d, faults %s)', (seed, faults) => {
    expect(wrongIn(seed, faults)).toBeUndefined();
  });
});

describe('a recorded run with the policy at work', () => {
  test.each([
    [1, false],
    [5, true],
  ])('is a run of the model, and no event breaks a claim (seed %d, faults %s)', (seed, faults) => {
    const lines = recorded(seed, faults);
    const verdict = checkTrace(lines);
    expect(verdict).toMatchObject({ isRun: true, notCompared: ['volumes.volatile'] });
    if (!verdict.isRun) return;
    for (const kind of ['recycle', 'ioInval', 'writeBack', 'clusterPull', 'cleanLoose'])
      expect(verdict.kinds.get(kind), kind).toBeGreaterThan(0);
    const { broken, applied } = askClaims(lines);
    expect(broken).toEqual([]);
    expect(Object.values(applied).filter((times) => times > 0).length).toBeGreaterThan(30);
  });

  test('is the same for the same seed, and another for another', () => {
    const run = recorded(3, true);
    expect(recorded(3, true)).toEqual(run);
    expect(recorded(4, true)).not.toEqual(run);
  });

  test('that was tampered with breaks a claim', () => {
    const lines = recorded(1, false);
    const at = lines.findIndex((line) => line.includes('"kind":"recycle"'));
    lines[at] = lines[at]!.replace('"bp":false', '"bp":true');
    expect(askClaims(lines).broken).toContainEqual(expect.stringContaining(`event ${at}, recycle`));
  });
});

const HITS = { capacityBufs: 400, blocks: 2000, gets: 30_000 };

/** Four of five gets go to a fifth of the blocks. */
function visited(seed: number): number[] {
  const dice = diceOf(seed);
  const hot = HITS.blocks / 5;
  return Array.from({ length: HITS.gets }, () => (dice(5) < 4 ? dice(hot) : hot + dice(HITS.blocks - hot)));
}

/** The share of hits, once the cache is full. */
function hitRate(blocks: readonly number[], get: (block: number) => boolean): number {
  let hits = 0;
  blocks.forEach((block, i) => {
    if (get(block) && i >= blocks.length / 3) hits++;
  });
  return hits / ((blocks.length * 2) / 3);
}

function hitRateOf(policy: CachePolicy, blocks: readonly number[]): number {
  const { capacityBufs } = HITS;
  const core = new HammerIoCore({ volumes: [{ name: 'v', blocks: HITS.blocks }], capacityBufs, blockBytes: 8 });
  let reading = 0;
  return hitRate(blocks, (block) => {
    const hit = core.tryGet(0, block);
    if (hit !== NO_HANDLE) {
      core.release(hit);
      return true;
    }
    if (policy.makeRoom(core, 1) !== 'room') throw new Error('There is always room for a read.');
    core.ioRead(0, block, 'data');
    core.drainRequests((request) => {
      if (request.kind === 'read') reading = request.id;
    });
    core.readDone(reading, 'ok');
    core.release(core.resume(core.nextRunnable()).handle);
    return false;
  });
}

/** A map that remembers the order of use. */
function hitRateOfLru(blocks: readonly number[]): number {
  const cache = new Set<number>();
  return hitRate(blocks, (block) => {
    const isHit = cache.delete(block);
    cache.add(block);
    if (cache.size > HITS.capacityBufs) cache.delete(cache.values().next().value!);
    return isHit;
  });
}

/** CLOCK may hit less often than LRU by this share of the gets. It was 0.022 to 0.026 for five seeds; without the bit, 0.06. */
const BEHIND_LRU = 0.04;

describe('hits', () => {
  test('are nearly those of LRU, where four of five gets go to a fifth of the blocks', () => {
    const blocks = visited(1);
    expect(hitRateOf(new ClockPolicy(), blocks)).toBeGreaterThan(hitRateOfLru(blocks) - BEHIND_LRU);
  });
});

const USE = 'src/policy/buf-use.ts';

/** The policy with one text of its source replaced. */
async function broken(file: string, find: string, replace: string): Promise<PolicyClass> {
  const patches: SourcePatch[] = [{ file, find, replace }];
  return (await loadPatched<{ ClockPolicy: PolicyClass }>('src/policy/clock-policy.ts', patches, replace)).ClockPolicy;
}

describe('a policy is found out that', () => {
  test('asks for buffers that are held: the core refuses, and remembers to take them away at their release', async () => {
    const Policy = await broken(USE, 'if (io.isUnreferenced) {', 'if (io.isUnreferenced || io.released) {');
    const options = load(1, false, Policy);
    const run = new CacheLoad(options);
    let lockedMost = 0;
    for (let i = 0; i < 300; i++) {
      run.step();
      lockedMost = Math.max(lockedMost, run.core.view.ioLockedCount);
    }
    expect(options.policy.statistics.refusals).toBeGreaterThan(0);
    expect(lockedMost).toBeGreaterThan(0);
  });

  test('forgets who was used: it hits less', async () => {
    const Policy = await broken(
      'src/policy/clock-policy.ts',
      'if (!core.clearUsed(volume, block)) this',
      'core.clearUsed(volume, block);\n        this',
    );
    const blocks = visited(1);
    expect(hitRateOf(new Policy({}), blocks)).toBeLessThan(hitRateOfLru(blocks) - BEHIND_LRU);
  });

  test.each([
    [
      'does not count writes in flight',
      'src/policy/clock-policy.ts',
      "case 'coming':\n        this.#coming++;",
      "case 'coming':",
    ],
    ['takes CRC work for somebody who holds the buffer', USE, 'io.gencrc && io.refs === 1', 'false'],
    ['purges what is being read ahead', USE, "if (!buf.arrived) return 'coming';", ''],
    ['waits for writes of held buffers', USE, "io.refs === 0 ? 'coming' : 'held'", "'coming'"],
    ['never takes residue', USE, "'held' : 'cached'", "'held' : 'held'"],
    [
      'turns the hand once',
      'src/policy/clock-policy.ts',
      'if (slab.freeBufs + this.#coming < bufs) this.#turn(core, bufs);',
      '',
    ],
  ])('%s: brute force finds a wrong answer', async (_, file, find, replace) => {
    const Policy = await broken(file, find, replace);
    let wrong: string | undefined;
    for (let seed = 1; seed <= 20; seed++) wrong ??= wrongIn(seed, seed % 2 === 0, Policy);
    expect(wrong).toBeDefined();
  });
});
