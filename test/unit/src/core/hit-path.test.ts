// The hit path against the long way. tryGet and release tell a buffer at rest apart by one word; what they then do must be what
// ioRead and the general release do. Both are tried on every combination of flags, attachment, type, references, interlock
// bits and use, in two cores alike, and the structures must come out alike.

import { describe, expect, test } from 'vitest';
import type { HammerIo } from '../../../../src/core/records/hammer-io.ts';
import { NO_HANDLE } from '../../../../src/index.ts';
import { relBuffer } from '../../../../src/core/actions/release.ts';
import { createMachine, explore } from '../../../../model/index.ts';
import { configuration } from '../../../kit/configurations.ts';
import { CoreStage } from '../../../support/core-stage.ts';
import { blankSnapshot } from '../../../kit/driver.ts';

const FLAGS = ['released', 'modified', 'running', 'waitdep', 'reclaim', 'wantedByKernel'] as const;
/** One reference; The load lock, WANTED and CHECK of reference-word.ts. */
const [LOAD_LOCK, WANTED, CHECK] = [1 << 25, 1 << 26, 1 << 27];
const WORDS = [0, 1, 2, 3].flatMap((refs) => bits([LOAD_LOCK, WANTED, CHECK]).map((word) => word | refs));

interface Setting {
  readonly flags: readonly (typeof FLAGS)[number][];
  readonly word: number;
  readonly used: boolean;
  readonly isAttached: boolean;
  readonly type: 'data' | 'volume';
}

function bits(of: readonly number[]): number[] {
  return of.reduce((sums, bit) => [...sums, ...sums.map((sum) => sum | bit)], [0]);
}

function* settings(): Generator<Setting> {
  for (const chosen of bits(FLAGS.map((_, i) => 1 << i))) {
    const flags = FLAGS.filter((_, i) => (chosen & (1 << i)) !== 0);
    for (const word of WORDS) {
      for (const used of [false, true]) {
        yield { flags, word, used, isAttached: true, type: 'data' };
        yield { flags, word, used, isAttached: true, type: 'volume' };
        yield { flags, word, used, isAttached: false, type: 'data' };
      }
    }
  }
}

/** A core with one structure, of block 0 or 1, held by one handle, and then set as asked. */
function staged({ flags, word, used, isAttached, type }: Setting) {
  const stage = new CoreStage({ volumes: [{ name: 'v1', blocks: 4, headerBlock: 0 }], capacityBufs: 4 });
  stage.get(0, 'volume');
  const block = type === 'volume' ? 0 : 1;
  const handle = stage.get(block, type);
  const io = stage.core.state.volumes[0]!.ios.get(block)!;
  for (const flag of FLAGS) io[flag] = flags.includes(flag);
  if (!isAttached) io.bp = undefined;
  io.word = word;
  io.used = used;
  return { stage, core: stage.core, handle, io, block, type };
}

/** All that the hit path could change, and where the structure stands. */
function seen(io: HammerIo): string {
  const { word, used, ondisk, modRoot, waiting, request } = io;
  const flags = FLAGS.filter((flag) => io[flag]);
  return JSON.stringify({ word, used, ondisk, modRoot, waiting, request, flags, isAttached: io.bp !== undefined });
}

/** What a call answers, or how it complains. */
function told(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

const isPlain = ({ flags, isAttached, type }: Setting): boolean =>
  flags.join() === 'released' && isAttached && type === 'data';

describe('the hit path', () => {
  test('is taken for a buffer at rest, and for no other', () => {
    const wrong: Setting[] = [];
    const taken = { hits: 0, ends: 0 };
    for (const setting of settings()) {
      const { core, io } = staged(setting);
      const { structures } = core.state.handles;
      const before = seen(io);
      const ends = structures.endHit(io.index);
      if (ends !== (isPlain(setting) && setting.word === 1) || (!ends && seen(io) !== before)) wrong.push(setting);
      io.word = setting.word;
      const hits = structures.hit(io.index);
      if (hits !== (isPlain(setting) && setting.word === 0) || (!hits && seen(io) !== before)) wrong.push(setting);
      taken.hits += Number(hits);
      taken.ends += Number(ends);
    }
    expect(wrong).toEqual([]);
    expect(taken).toEqual({ hits: 2, ends: 2 }); // Used and not used.
  });

  test('tryGet does what ioRead does where that ends at once, and else nothing', () => {
    const wrong: [Setting, unknown, unknown][] = [];
    for (const setting of settings()) {
      const [short, long] = [staged(setting), staged(setting)];
      const before = seen(short.io);
      const got = short.core.tryGet(0, short.block);
      if (got === NO_HANDLE) {
        if (seen(short.io) !== before) wrong.push([setting, before, seen(short.io)]);
        continue;
      }
      const { outcome } = long.core.ioRead(0, long.block, long.type);
      const what = [seen(long.io), outcome, long.stage.submit().length];
      if (what.join() !== [seen(short.io), 'done', 0].join()) wrong.push([setting, seen(short.io), what]);
    }
    expect(wrong).toEqual([]);
  });

  test('release does what the general release does', () => {
    const wrong: [Setting, unknown, unknown][] = [];
    for (const setting of settings()) {
      if ((setting.word & (LOAD_LOCK - 1)) === 0) continue; // The handle has a reference.
      const [short, long] = [staged(setting), staged(setting)];
      const one = told(() => short.core.release(short.handle));
      const { state } = long.core;
      state.handles.close(state.handles.live(long.handle));
      const other = told(() => relBuffer(state, long.io, false));
      const [left, right] = [short, long].map(({ io, core }) => [seen(io), core.state.volumes[0]!.ios.has(io.block)]);
      if (JSON.stringify([one, left]) !== JSON.stringify([other, right])) wrong.push([setting, left, right]);
    }
    expect(wrong).toEqual([]);
  });
});

// tryGet does not ask whether the volume is loaded, as ioRead does.
test('wherever a buffer has a structure, the header of its volume is loaded', () => {
  const machine = createMachine(configuration('volume-meta').shape);
  const { distinct, rows } = explore(machine);
  const snapshot = blankSnapshot(machine.shape);
  const header = machine.shape.blocks.findIndex(({ type }) => type === 'volume');
  let [buffers, unloaded] = [0, 0];
  for (let state = 0; state < distinct; state++) {
    machine.snapshot(rows, state * machine.rowWords, snapshot);
    const isLoaded = snapshot.ios[header]!.bp && snapshot.ios[header]!.interlockOwner === -1;
    const exists = snapshot.ios.some((io, i) => i !== header && io.exists);
    if (exists) buffers++;
    if (exists && !isLoaded) unloaded++;
  }
  expect(buffers).toBeGreaterThan(1000);
  expect(unloaded).toBe(0);
});
