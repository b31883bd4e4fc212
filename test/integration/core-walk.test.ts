// Random walks over production alone: whatever happens in whatever order, what the core maintains must equal what can be
// computed from the rest of its state. The model is not asked here; that comparison is the edge walk's.
//
// Chance is an argument: a walk is its seed. A failure prints the seed and the last steps.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTION_KINDS, type Action, type ActionKind } from '../../spec/buffer/vocabulary.ts';
import type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import { BrokenPromise } from '../../src/index.ts';
import { createCoreDriver, type CoreDriver } from '../kit/core-driver.ts';
import { blankSnapshot, diffSnapshots, NotOffered } from '../kit/driver.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';
import { block, shapeOf } from '../support/shape-of.ts';

function actionOf(kind: ActionKind, shape: Shape, dice: Dice): Action {
  const client = dice(shape.clients.length);
  const io = dice(shape.blocks.length);
  const volume = dice(shape.volumes.length);
  const error = dice(4) === 0;
  const flag = dice(2) === 0;
  // Each kind reads the arguments that it has and ignores the others.
  return {
    kind,
    client,
    io,
    volume,
    error,
    ahead: flag && shape.readAhead?.[0] === io,
    undoReclaim: flag,
    reclaim: flag,
  } as Action;
}

/** Kinds that end a life too early to be rolled as often as the others. */
const RARE: readonly ActionKind[] = ['unload', 'delBuffer', 'cancel', 'lowMemoryRelease', 'flushDone', 'undoLaid'];

function isBound(action: Action, shape: Shape, now: Snapshot): boolean {
  if (action.kind === 'ioFlush' && action.reclaim) {
    const { io } = now.clients[action.client]!;
    return shape.blocks[io]?.type !== 'undo';
  }
  if ((action.kind === 'ioModify' || action.kind.startsWith('modify')) && 'client' in action) {
    return now.clients[action.client]!.mods >= shape.modsMax;
  }
  return false;
}

interface WalkReport {
  readonly outcomes: ReadonlySet<string>;
  readonly promises: ReadonlySet<string>;
}

function walk(shape: Shape, seed: number, steps: number): WalkReport {
  const dice = diceOf(seed);
  const driver = createCoreDriver(shape);
  const [before, after] = [blankSnapshot(shape), blankSnapshot(shape)];
  const outcomes = new Set<string>();
  const promises = new Set<string>();
  const trace: [Action, string][] = [];
  driver.snapshot(before);
  for (let step = 0; step < steps; step++) {
    const kind = ACTION_KINDS[dice(ACTION_KINDS.length)]!;
    const action = actionOf(kind, shape, dice);
    if ((RARE.includes(kind) && dice(4) !== 0) || isBound(action, shape, before)) continue;
    let problems: string[];
    try {
      const { outcome } = driver.perform(action);
      outcomes.add(`${kind} ${outcome}`);
      trace.push([action, outcome]);
      driver.snapshot(after);
      problems = contradictions(shape, driver, after);
    } catch (error) {
      if (error instanceof BrokenPromise) promises.add(`${kind} ${error.promise}`);
      else if (!(error instanceof NotOffered) && (error as Error).name !== 'InvalidArgument') throw error;
      trace.push([action, (error as Error).message]);
      driver.snapshot(after);
      problems = diffSnapshots(shape, before, after);
    }
    if (problems.length > 0) {
      const steps = trace.slice(-12).map(([done, answer]) => `${JSON.stringify(done)} → ${answer}`);
      throw new Error([`seed ${seed}`, ...steps, ...problems].join('\n'));
    }
    driver.snapshot(before);
  }
  return { outcomes, promises };
}

/** What is maintained and differs from what the rest of the state says. */
function contradictions(shape: Shape, driver: CoreDriver, s: Snapshot): string[] {
  const found: string[] = [];
  const check = (what: string, maintained: unknown, computed: unknown): void => {
    if (String(maintained) !== String(computed))
      found.push(`${what}: maintained ${String(maintained)}, computed ${String(computed)}`);
  };
  const bytes = (of: (io: Snapshot['ios'][number]) => boolean): number => s.ios.filter(of).length * shape.blockBytes;
  check(
    'lockedDirtySpace',
    s.mount.lockedDirtySpace,
    bytes((io) => io.modified && (io.type === 'meta' || io.type === 'volume')),
  );
  check(
    'ioRunningSpace',
    s.mount.ioRunningSpace,
    bytes((io) => io.running),
  );
  check(
    'runningWriteBytes',
    s.mount.runningWriteBytes,
    bytes((io) => io.running),
  );
  check(
    'runningReadBytes',
    s.mount.runningReadBytes,
    bytes((io) => io.reading),
  );
  check('ioLockedCount', s.mount.ioLockedCount, s.ios.filter((io) => io.locked).length);
  const buffers = s.ios.filter((io) => io.bp || io.reading || io.residue !== 'none').length;
  const { slab, volumes } = driver.core.state;
  let purged = 0; // Read-aheads that nobody waits for any more; the device still reads into their buffers.
  for (const { ios, residue } of volumes)
    for (const { ahead } of ios) if (ahead !== undefined && residue.get(ahead.block) !== ahead) purged++;
  check('free buffers', slab.freeBufs, slab.capacityBufs - buffers - purged);
  for (const [list, members] of Object.entries(s.lists)) {
    check(
      `list ${list}`,
      members,
      s.ios.flatMap((io, i) => (io.modRoot === list ? [i] : [])),
    );
  }
  const running = s.iorun.flatMap((entry) => ('io' in entry ? [entry.io] : [])).sort((a, b) => a - b);
  check(
    'iorun',
    running,
    s.ios.flatMap((io, i) => (io.running ? [i] : [])),
  );
  const markers = s.iorun.flatMap((entry) => ('client' in entry ? [entry.client] : [])).sort((a, b) => a - b);
  check(
    'placemarkers',
    markers,
    s.clients.flatMap((c, i) => (c.at === 'waitAll' ? [i] : [])),
  );
  s.ios.forEach((io, i) => {
    const sleeping = (...at: string[]): boolean =>
      s.clients.some((c) => c.io === i && !c.runnable && at.includes(c.at));
    const name = shape.blocks[i]!.name;
    check(`${name}.waiting`, io.waiting, sleeping('wait', 'release'));
    check(`${name}.waitmod`, io.waitmod, sleeping('modify', 'interlock'));
    check(`${name}.wanted`, io.wanted, sleeping('get'));
    check(`${name}.ondisk`, io.ondisk, io.type === 'volume' ? io.bp && io.refs > 0 && !io.check : io.bp);
    check(`${name}.refs`, io.refs, countRefs(s, i));
    check(`${name}.modifyRefs`, io.modifyRefs, countModifyRefs(s, i));
    check(`${name} list`, io.modified, io.modRoot !== 'none' && io.modRoot !== 'loose');
    if (io.ioerror) check(`${name} pinned`, io.bp && s.mount.criticalError, true);
    if (io.waitdep) check(`${name} waitdep`, io.running && io.interlockOwner >= 0, true);
    if (io.delwri) check(`${name} delwri`, io.modified, true);
    if (io.residue !== 'none') check(`${name} residue`, io.bp || io.reading, false);
  });
  s.volumes.forEach((v, i) => {
    if (v.flush === 'clean') check(`${shape.volumes[i]} flush clean`, v.volatile, 'none');
  });
  return found;
}

function countRefs(s: Snapshot, i: number): number {
  const io = s.ios[i]!;
  const clients = s.clients.filter((c) => c.io === i && c.at !== 'release').length;
  const buffers =
    io.type === 'volume'
      ? s.ios.filter((other) => other.exists && other.type !== 'volume' && other.volume === io.volume)
      : [];
  return clients + Number(io.ioerror) + Number(io.gencrc) + buffers.length;
}

function countModifyRefs(s: Snapshot, i: number): number {
  let count = 0;
  for (const c of s.clients) {
    if (c.io !== i) continue;
    count += c.mods + Number(c.at === 'regetblk') - Number(c.interlock);
  }
  return count;
}

const shapes: Record<string, Shape> = {
  'one DATA block, three clients': shapeOf({ clients: ['c1', 'c2', 'c3'] }),
  'META under a header, with UNDO': shapeOf({
    blocks: [block('vol', 'volume'), block('m1', 'meta'), block('u1', 'undo')],
  }),
  'two volumes, all types, read-ahead': shapeOf({
    blocks: [
      block('v', 'volume'),
      block('m', 'meta'),
      block('u', 'undo'),
      block('d', 'data'),
      block('e', 'data'),
      block('f', 'data', 1),
    ],
    volumes: ['v1', 'v2'],
    clients: ['c1', 'c2', 'c3'],
    readAhead: [3, 4],
    modsMax: 2,
    backlogBytesMax: 1024,
    blockBytes: 512,
  }),
};

/** Most steps of a walk are refused, and the stack of a refusal is never read. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe('what the core maintains equals what its state implies', () => {
  for (const [title, shape] of Object.entries(shapes)) {
    test(title, () => {
      const outcomes = new Set<string>();
      const promises = new Set<string>();
      for (let seed = 1; seed <= 8; seed++) {
        const report = walk({ ...shape, blockBytes: 512 }, seed, 3000);
        for (const outcome of report.outcomes) outcomes.add(outcome);
        for (const promise of report.promises) promises.add(promise);
      }
      // A walk that went nowhere proves nothing.
      expect(outcomes.size).toBeGreaterThan(50);
      expect(promises.size).toBeGreaterThan(25);
    });
  }
});
