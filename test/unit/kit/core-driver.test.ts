// The driver of production: that what it shows is what happened, and that nothing of it is shown twice or too late.

import { describe, expect, test } from 'vitest';
import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { placeBlocks } from '../../kit/block-places.ts';
import { createCoreDriver } from '../../kit/core-driver.ts';
import { blankSnapshot, compareSnapshots, diffSnapshots, NotOffered } from '../../kit/driver.ts';
import { block, shapeOf } from '../../support/shape-of.ts';

const shape = shapeOf({ blocks: [block('d1', 'data'), block('d2', 'data')], blockBytes: 64, readAhead: [0, 1] });
const read: Action = { kind: 'ioRead', client: 0, io: 0, ahead: true };
const readDone: Action = { kind: 'readDone', io: 0, error: false };

describe('snapshots', () => {
  test('begin blank, show a load, and are blank again after reset', () => {
    const driver = createCoreDriver(shape);
    const [blank, now] = [blankSnapshot(shape), blankSnapshot(shape)];
    driver.snapshot(now);
    expect(diffSnapshots(shape, blank, now)).toEqual([]);
    expect(driver.perform(read)).toMatchObject({ outcome: 'io', stats: { diskRead: 0 }, woken: [] });
    driver.snapshot(now);
    expect(diffSnapshots(shape, blank, now)).toEqual([
      'io d1.exists: model false, production true',
      'io d1.refs: model 0, production 1',
      'io d1.interlockOwner: model none, production c1',
      'io d1.check: model false, production true',
      'io d1.reading: model false, production true',
      'io d2.residue: model none, production ahead',
      'client c1.at: model idle, production load',
      'client c1.io: model none, production d1',
      'mount.runningReadBytes: model 0, production 64',
    ]);
    driver.reset();
    driver.snapshot(now);
    expect(compareSnapshots(shape, blank, now)).toBeUndefined();
  });

  test('leave nothing of what stood in the record before', () => {
    const driver = createCoreDriver(shape);
    const [blank, now] = [blankSnapshot(shape), blankSnapshot(shape)];
    const spoil = (record: object): void => {
      const fields = record as Record<string, unknown>;
      for (const key of Object.keys(fields)) {
        const value = fields[key];
        if (typeof value === 'boolean') fields[key] = !value;
        else if (typeof value === 'number') fields[key] = value + 7;
        else if (Array.isArray(value)) spoil(value);
        else if (key !== 'type') fields[key] = 'spoilt';
      }
    };
    // Which type an io has, and on which volume it is, the shape says and nobody rewrites.
    for (const io of now.ios) {
      const { type, volume } = io;
      spoil(io);
      Object.assign(io, { type, volume });
    }
    for (const part of [...now.clients, ...now.volumes, now.mount]) spoil(part);
    now.iorun.push({ io: 0 });
    now.lists.data.push(0);
    expect(diffSnapshots(shape, blank, now)).toHaveLength(2 * 23 + 2 * 10 + 2 + 6 + 2);
    driver.snapshot(now);
    expect(diffSnapshots(shape, blank, now)).toEqual([]);
  });

  test('the run list shows writes and placemarkers, and its arrays are reused', () => {
    const driver = createCoreDriver(shape);
    const now = blankSnapshot(shape);
    const { iorun } = now;
    const kinds = ['ioModify', 'ioModifyDone'] as const;
    driver.perform({ kind: 'ioNew', client: 0, io: 0 });
    for (const kind of kinds) driver.perform({ kind, client: 0 });
    driver.perform({ kind: 'ioFlush', client: 0, reclaim: false });
    driver.perform({ kind: 'ioWaitAll', client: 1 });
    driver.snapshot(now);
    expect(now.iorun).toEqual([{ io: 0 }, { client: 1 }]);
    expect(driver.perform({ kind: 'writeDone', io: 0, error: false })).toMatchObject({
      stats: { diskWrite: 64 },
      woken: [1],
    });
    driver.snapshot(now);
    expect([now.iorun, now.volumes]).toEqual([[{ client: 1 }], [{ flush: 'dirty', volatile: 'exposed' }]]);
    expect(now.iorun).toBe(iorun);
  });

  test('the first difference is told, or none', () => {
    const [a, b] = [blankSnapshot(shape), blankSnapshot(shape)];
    expect(compareSnapshots(shape, a, b)).toBeUndefined();
    b.ios[1]!.released = true;
    expect(compareSnapshots(shape, a, b)).toBe('io d2.released: model false, production true');
  });
});

test('what cannot happen is not offered', () => {
  const driver = createCoreDriver(shape);
  const never: Action[] = [
    readDone,
    { kind: 'writeDone', io: 0, error: false },
    { kind: 'flushDone', volume: 0, error: false },
    { kind: 'undoLaid', client: 0, error: false },
    { kind: 'recycle', io: 0 },
    { kind: 'ioStart', io: 0 },
  ];
  for (const action of never) expect(() => driver.perform(action), action.kind).toThrow(NotOffered);
  driver.perform(read);
  expect(() => driver.perform({ kind: 'ioWaitAll', client: 0 })).toThrow(NotOffered);
});

describe('places of blocks', () => {
  test('keep the order of the shape, on each volume from the smallest number on', () => {
    const of = (...volumes: number[]) =>
      placeBlocks(shapeOf({ volumes: ['v1', 'v2'], blocks: volumes.map((v, i) => block(`d${i}`, 'data', v)) })).blockOf;
    expect(of(0, 1, 0)).toEqual([0, 0, 1]);
    expect(of(0, 0, 1)).toEqual([0, 1, 1]);
    expect(of(1, 0, 1)).toEqual([0, 1, 1]);
  });

  test('a read-ahead pair must be adjacent', () => {
    const blocks = [block('d1', 'data'), block('e1', 'data'), block('d2', 'data')];
    expect(() => placeBlocks(shapeOf({ blocks, readAhead: [0, 2] }))).toThrow('directly behind');
  });
});
