// The benches of the cache measure work that was done: seen on small files, and seen to fail when it was not.

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contest, ratioOf } from './cache-contest.ts';
import { CoreOnFile } from './cache-core.ts';
import { expectStamps, flushBench } from './cache-flush.ts';
import { withContenders } from './cache-ground.ts';
import { hitsBench } from './cache-hits.ts';
import { BLOCK_BYTES, drawnBlocks, shuffledBlocks, skewedBlocks, WorkNotDone } from './cache-load.ts';
import { missesBench } from './cache-misses.ts';
import { loadPeers, notMeasured } from './cache-peers.ts';
import { makeBlockFile, RawFile } from './cache-raw-file.ts';

/** A place within the project, above which packages are installed that the project itself needs. */
const nowhere = new URL('./package.json', import.meta.url);
const small = {
  ...{ rounds: 1, slices: 1, note: () => undefined },
  ...{ peers: loadPeers(nowhere), withPeers: true, blocks: 1024 },
};

describe('loads', () => {
  test('are drawn from seeds, hit the hot fifth four times of five, and draw each block once', () => {
    const order = shuffledBlocks(1000, 1);
    expect(order).toEqual(shuffledBlocks(1000, 1));
    expect(new Set(order).size).toBe(1000);
    expect(Math.min(...order)).toBe(1);
    const hot = new Set(order.subarray(0, 200));
    const share = skewedBlocks(order, 10_000, 2).filter((block) => hot.has(block)).length / 10_000;
    expect(share).toBeCloseTo(0.8 + 0.2 * 0.2, 1); // A fifth of those drawn from all are hot as well.
    expect(new Set(drawnBlocks(order, 64, 3)).size).toBe(64);
  });
});

describe('contests', () => {
  test('compare what entries cost, each round by the median of its slices', async () => {
    const busy = (ms: number) => (): void => {
      for (const end = performance.now() + ms; performance.now() < end;);
    };
    const costs = await contest(
      [
        { name: 'slow', ops: 1, run: busy(8) },
        { name: 'fast', ops: 1, run: busy(1) },
      ],
      { rounds: 2, slices: 3, by: 'passed', note: () => undefined, what: 'waiting' },
    );
    expect(costs.get('slow')!.perSecond).toHaveLength(2);
    expect(ratioOf('fast', costs.get('fast')!, costs.get('slow')!, '>= 1').median).toBeGreaterThan(1);
  });
});

describe('the benches', () => {
  test.each([
    ['hits', hitsBench, ['core', 'Mount']],
    ['misses', missesBench, ['fs, call by call', 'core', 'Mount']],
    ['flush', flushBench, ['fs, call by call', 'core', 'core, the next changed meanwhile', 'Mount', 'fs in a thread']],
  ] as const)('%s has a row for each contender that is there', async (_name, bench, contenders) => {
    const figures = await bench(small);
    for (const name of contenders) {
      const row = figures.find(({ what, unit }) => what.endsWith(`: ${name}`) && unit.endsWith('/s'));
      expect(row?.median).toBeGreaterThan(0);
    }
  });

  test('without peers one sentence says what is missing, and how to get it', () => {
    expect(notMeasured(small.peers.missing)).toBe(
      'Not measured, because not installed: lru-cache, better-sqlite3, lmdb, and ratios against them ' +
        '(npm ci --prefix test/bench/peers installs them).',
    );
    expect(notMeasured([])).toBeUndefined();
  });
});

describe('work that was not done is noticed', () => {
  test('a batch that did not reach the file, a block that is another one, a hit that is none', async () => {
    await withContenders(small, async ([raw, core, mount]) => {
      const batch = drawnBlocks(shuffledBlocks(1024, 1), 8, 2);
      for (const one of [raw, core, mount]) {
        await one.read(batch);
        await one.write(batch, 7);
        expectStamps(one, batch, 7);
        expect(() => expectStamps(one, batch, 8)).toThrow(WorkNotDone);
      }
      const others = shuffledBlocks(1024, 1).filter((block) => !batch.includes(block));
      expect(() => core.hits(others.slice(0, 1), 1)).toThrow(WorkNotDone);
      expect(() => mount.hits(others.slice(0, 1), 1)).toThrow(WorkNotDone);
    });
  });

  test('a block that is another one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hammer-io-kit-bench-'));
    const path = join(directory, 'blocks');
    makeBlockFile(path, 4);
    const fd = openSync(path, 'r+');
    writeSync(fd, Uint8Array.of(3), 0, 1, 2 * BLOCK_BYTES);
    closeSync(fd);
    const raw = new RawFile(path);
    const core = await CoreOnFile.open(path, 4);
    try {
      expect(() => raw.read(Int32Array.of(1, 2))).toThrow('answered block 3 for block 2');
      await expect(core.read(Int32Array.of(1, 2))).rejects.toThrow('core answered block 3 for block 2');
    } finally {
      raw.close();
      await core.close();
      rmSync(directory, { recursive: true });
    }
  });
});
