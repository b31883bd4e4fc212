// Many programs at a time on one mount, with devices that complete in any order, callers that give up, and faults: whoever looks
// sees what was put last, a sync is durable, and a close says exactly what was lost. Every run is a function of its seed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeviceRequest } from '../../src/core/device.ts';
import { formatVolumes, Mount, WritesLost } from '../../src/mount/index.ts';
import { holds, runLoad, type LoadBlock, type LoadCounts, type LoadOptions } from '../loads/mount-load.ts';
import { staged, type DrivenVolumes } from '../support/mount-stage.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';

/** Blocks of all types on two volumes, side by side, so that reads ahead and clusters meet others. */
function blocksOf(count: number): LoadBlock[] {
  return Array.from({ length: count }, (_, i) => ({
    volume: i % 2,
    block: 1 + (i >> 1),
    type: i % 7 === 3 ? ('meta' as const) : i % 11 === 5 ? ('undo' as const) : ('data' as const),
    value: 0,
  }));
}

/** Blocks that were never written hold zeros, but META has to be made. */
async function make(mount: Mount, blocks: readonly LoadBlock[]): Promise<void> {
  for (const one of blocks) {
    if (one.type === 'meta')
      await mount.update(one.block, () => undefined, { volume: one.volume, type: one.type, fresh: true });
  }
}

const ticks = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

/** Ends requests in any order, some at a time, until a promise has settled. */
async function drive<T>(
  device: DrivenVolumes,
  dice: Dice,
  promise: Promise<T>,
  isFaulty: (request: DeviceRequest) => boolean = () => false,
): Promise<T> {
  const state = { isSettled: false };
  const settled = (): void => void (state.isSettled = true);
  promise.then(settled, settled);
  for (let rounds = 0; !state.isSettled; rounds++) {
    if (rounds > 200_000) throw new Error(`Nothing goes on any more, with ${device.pending.length} requests pending.`);
    await ticks(1 + dice(8));
    const ending = device.pending.filter(() => dice(3) > 0);
    ending.sort((a, b) => (dice(2) === 0 ? a.id - b.id : b.id - a.id));
    device.endThese(ending, (request) => (isFaulty(request) ? { code: 'EIO', arrivedBytes: 8 * dice(60) } : undefined));
  }
  return promise;
}

interface Drawn extends Pick<LoadOptions, 'allowed'> {
  readonly seed: number;
  readonly bufs: number;
  readonly isFaulty?: (request: DeviceRequest, dice: Dice) => boolean;
}

async function run({
  seed,
  bufs,
  allowed,
  isFaulty,
}: Drawn): Promise<{ counts: LoadCounts; mount: Mount; lost: number }> {
  const dice = diceOf(seed);
  const { mount, device } = await staged({ bufs, blocks: [64, 64], verify: true });
  const blocks = blocksOf(60);
  await drive(device, dice, make(mount, blocks));
  const durable = (volume: number, block: number): Uint8Array => device.media.readDurable(volume, block);
  const load: LoadOptions = { mount, dice, blocks, allowed, durable, pause: () => ticks(1 + dice(20)) };
  const fault = isFaulty === undefined ? undefined : (request: DeviceRequest): boolean => isFaulty(request, dice);
  const counts = await drive(device, dice, runLoad(load, 10, 40), fault);
  const lost = await drive(device, dice, closeAndCompare(mount, device, blocks));
  return { counts, mount, lost };
}

/** After close the volumes hold what was put last, except for what close says. Answers how many blocks that were. */
async function closeAndCompare(mount: Mount, device: DrivenVolumes, blocks: readonly LoadBlock[]): Promise<number> {
  const error = await mount.close().catch((thrown: unknown) => thrown as Error);
  if (error instanceof Error && !(error instanceof WritesLost)) throw error;
  const lost = new Set((error?.blocks ?? []).map(({ volume, block }) => `${volume}/${block}`));
  for (const { volume, block, type, value } of blocks) {
    if (lost.has(`${volume}/${block}`)) continue;
    const skipped = type === 'meta' ? 4 : 0;
    const isFlushed = error?.unflushed.includes(mount.volumes[volume]!.name) !== true;
    const medium = isFlushed ? device.media.readDurable(volume, block) : device.media.read(volume, block);
    const seen = holds(medium.subarray(skipped));
    if (seen !== value) throw new Error(`${type} block ${block} of volume ${volume} must hold ${value}, not ${seen}`);
  }
  return lost.size;
}

function add(sum: LoadCounts, counts: LoadCounts): void {
  for (const [what, n] of counts) sum.set(what, (sum.get(what) ?? 0) + n);
}

test('whoever looks sees what was put last, and what is synced is durable', async () => {
  const sum: LoadCounts = new Map();
  for (let seed = 1; seed <= 8; seed++) {
    const { counts, mount, lost } = await run({ seed, bufs: 24, allowed: ['AbortError'] });
    if (lost !== 0) throw new Error(`seed ${seed}: ${lost} blocks were lost`);
    if (mount.statistics.blocksInUse !== 0) throw new Error(`seed ${seed}: blocks in use`);
    add(sum, counts);
  }
  for (const act of ['update', 'slow update', 'hold', 'flush', 'sync', 'tryGet', 'read']) {
    expect(sum.get(act), act).toBeGreaterThan(20);
    if (act !== 'tryGet') expect(sum.get(`${act}: AbortError`), act).toBeGreaterThan(0);
  }
});

test('in a cache that is much too small, where gets may be refused', async () => {
  const sum: LoadCounts = new Map();
  for (let seed = 1; seed <= 8; seed++) {
    const { counts, lost } = await run({ seed, bufs: 3, allowed: ['AbortError', 'CacheFull'] });
    if (lost !== 0) throw new Error(`seed ${seed}: ${lost} blocks were lost`);
    add(sum, counts);
  }
  expect(sum.get('read: CacheFull')).toBeGreaterThan(0);
  expect(sum.get('read')).toBeGreaterThan(500);
});

test('with reads that fail now and then', async () => {
  const sum: LoadCounts = new Map();
  for (let seed = 1; seed <= 8; seed++) {
    const isFaulty = ({ kind }: DeviceRequest, dice: Dice): boolean => kind === 'read' && dice(5) === 0;
    const { counts, lost } = await run({
      seed,
      bufs: 16,
      allowed: ['AbortError', 'CacheFull', 'ReadFailed'],
      isFaulty,
    });
    if (lost !== 0) throw new Error(`seed ${seed}: ${lost} blocks were lost`);
    add(sum, counts);
  }
  expect(sum.get('read: ReadFailed')).toBeGreaterThan(10);
});

test('with a write that fails on the way: reads go on, and close tells exactly what was lost', async () => {
  // ReadFailed: UNDO whose write has failed is not kept.
  const allowed = ['AbortError', 'CacheFull', 'ReadOnlyError', 'ReadFailed', 'WriteFailed', 'SyncFailed'];
  const sum: LoadCounts = new Map();
  let lostInAll = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const isFaulty = ({ kind }: DeviceRequest, dice: Dice): boolean => kind === 'write' && dice(60) === 0;
    const { counts, lost } = await run({ seed, bufs: 24, allowed, isFaulty });
    lostInAll += lost;
    add(sum, counts);
  }
  expect(lostInAll).toBeGreaterThan(20);
  for (const seen of ['update: ReadOnlyError', 'sync: ReadOnlyError', 'sync: SyncFailed', 'read']) {
    expect(sum.get(seen), seen).toBeGreaterThan(0);
  }
});

test('on files', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'mount-random-'));
  try {
    const volumes = ['a', 'b'].map((name) => join(dir, name));
    await formatVolumes(volumes.map((path) => ({ path, blocks: 64 })), { blockBytes: 1024 }); // prettier-ignore
    const blocks = blocksOf(100);
    const mount = await Mount.open({ volumes, cacheBytes: 26 * 1024, verify: true });
    await make(mount, blocks);
    const dice = diceOf(7);
    const counts = await runLoad(
      { mount, dice, blocks, allowed: ['AbortError'], pause: () => ticks(dice(20)) },
      10,
      60,
    );
    expect(counts.get('sync')).toBeGreaterThan(5);
    await mount.close();
    const again = await Mount.open({ volumes });
    for (const one of blocks) {
      const seen = holds(await again.read(one.block, { volume: one.volume, type: one.type }));
      if (seen !== one.value) throw new Error(`${one.type} block ${one.block} holds ${seen}, not ${one.value}`);
    }
    await again.close();
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('is seen to fail: a change that is not told, and a write that goes astray', async () => {
  const dice = diceOf(1);
  const { mount, device } = await staged({ bufs: 24, blocks: [64, 64] });
  const blocks = blocksOf(20);
  await drive(device, dice, make(mount, blocks));
  const load: LoadOptions = { mount, dice, blocks, allowed: ['AbortError'], pause: () => ticks(1 + dice(9)) };
  await drive(device, dice, runLoad(load, 4, 10));
  blocks[2]!.value++;
  await expect(drive(device, dice, runLoad(load, 4, 40))).rejects.toThrow(/must hold \d+, and \d+ is seen|was read/);
  blocks[2]!.value--;
  const durable = (): Uint8Array => new Uint8Array(512).fill(255);
  await expect(drive(device, dice, runLoad({ ...load, durable }, 4, 40))).rejects.toThrow(/is durable/);
});
