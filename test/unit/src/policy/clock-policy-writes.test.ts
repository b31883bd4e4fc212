// The CLOCK policy in short stories: what is written when, and how far is read.

import { describe, expect, test } from 'vitest';
import { ClockPolicy } from '../../../../src/policy/clock-policy.ts';
import type { Handle } from '../../../../src/index.ts';
import { PolicyStage } from '../../../loads/cache-policy-stage.ts';

describe('delayed writes', () => {
  test('are not issued up to dirtyBytesMax, and beyond it down to dirtyBytesLow', () => {
    const stage = new PolicyStage();
    const policy = new ClockPolicy({ dirtyBytesMax: 4 * 64, dirtyBytesLow: 2 * 64, clusterBlocksMax: 1 });
    stage.dirty([1, 3, 5]);
    stage.dirty([7], 'undo');
    stage.dirty([9], 'meta');
    expect(policy.writeBehind(stage.core)).toBe(0);
    stage.dirty([11]);
    expect(policy.writeBehind(stage.core)).toBe(3);
    expect(stage.written()).toEqual([1, 3, 5]);
    expect(policy.writeBehind(stage.core)).toBe(0);
  });

  test('begin with those that were not used lately, and leave every bit as it was', () => {
    const stage = new PolicyStage();
    const policy = new ClockPolicy({ dirtyBytesMax: 3 * 64, dirtyBytesLow: 64, clusterBlocksMax: 1 });
    stage.dirty([1, 3, 5, 7]);
    for (const block of [5, 7]) stage.io(block).used = false;
    expect(policy.writeBehind(stage.core)).toBe(3);
    expect(stage.written()).toEqual([5, 7, 1]);
    expect([1, 3, 5, 7].map((block) => stage.io(block).used)).toEqual([true, true, false, false]);
  });

  test('take their neighbours along, so that the device can make one write of them', () => {
    const stage = new PolicyStage();
    const policy = new ClockPolicy({ dirtyBytesMax: 4 * 64, dirtyBytesLow: 3 * 64 });
    stage.dirty([4, 9, 5, 3, 10]);
    expect(policy.writeBehind(stage.core)).toBe(3);
    expect(stage.written()).toEqual([4, 5, 3]);
  });

  test('are written together up to clusterBlocksMax', () => {
    const stage = new PolicyStage({ backlogBytesMax: 6 * 64 });
    const policy = new ClockPolicy({ dirtyBytesMax: 0, clusterBlocksMax: 2 });
    stage.dirty([1, 2, 3, 4, 5, 6]);
    expect(policy.writeBehind(stage.core)).toBe(6);
    expect(policy.statistics).toMatchObject({ writtenBack: 3, clustered: 3 });
  });

  test('begin where the hand stands: those before it were used longest ago', () => {
    const stage = new PolicyStage({ capacityBufs: 4, backlogBytesMax: 4 * 64 });
    const policy = new ClockPolicy({ dirtyBytesMax: 2 * 64, dirtyBytesLow: 2 * 64, clusterBlocksMax: 1 });
    stage.visit(0);
    stage.dirty([2]);
    stage.visit(4, 6);
    policy.makeRoom(stage.core, 1);
    stage.dirty([8, 4]); // 8 comes into the place that was made, behind the hand.
    stage.io(8).used = false;
    expect(policy.writeBehind(stage.core)).toBe(1);
    expect(stage.written()).toEqual([2]);
  });

  test('leave neighbours out that are held, clean, META, or on another volume', () => {
    const volumes = ['v1', 'v2'].map((name) => ({ name, blocks: 16 }));
    const stage = new PolicyStage({ volumes });
    const policy = new ClockPolicy({ dirtyBytesMax: 64, dirtyBytesLow: 0 });
    stage.dirty([4], 'data', 1);
    stage.dirty([3], 'meta', 1);
    const held = stage.get(5, 'data', 1);
    stage.write(held, 5);
    stage.dirty([5, 8]);
    stage.visit(4);
    policy.writeBehind(stage.core);
    expect(stage.submit().map((request) => [request.volume, 'block' in request && request.block])).toEqual([
      [1, 4],
      [0, 5],
      [0, 8],
    ]);
    expect(policy.statistics).toMatchObject({ writtenBack: 3, clustered: 0, refusals: 0 });
  });

  test('stop at the backlog, and go on when it drains', () => {
    const stage = new PolicyStage({ backlogBytesMax: 2 * 64 });
    const policy = new ClockPolicy({ dirtyBytesMax: 4 * 64, dirtyBytesLow: 64 });
    stage.dirty([1, 2, 3, 5, 7]);
    expect(policy.writeBehind(stage.core)).toBe(2);
    expect(policy.writeBehind(stage.core)).toBe(0);
    stage.complete('write');
    expect(policy.writeBehind(stage.core)).toBe(1);
    stage.complete('write');
    stage.complete('write');
    expect(policy.writeBehind(stage.core)).toBe(1);
    expect(policy.writeBehind(stage.core)).toBe(0);
    expect(stage.core.view.lists.size('data')).toBe(1);
  });

  test('that handles hold are not asked for; when they are released, the next call writes them', () => {
    const stage = new PolicyStage();
    const policy = new ClockPolicy({ dirtyBytesMax: 64, dirtyBytesLow: 0 });
    const handles = [1, 2, 3].map((block): Handle => {
      const handle = stage.get(block);
      stage.write(handle, block);
      return handle;
    });
    for (let i = 0; i < 3; i++) expect(policy.writeBehind(stage.core)).toBe(0);
    for (const handle of handles) stage.core.release(handle);
    expect(policy.writeBehind(stage.core)).toBe(3);
    expect(stage.core.view.ioLockedCount).toBe(0);
  });

  test('cost little while handles hold all that is dirty: not the whole slab is looked at again and again', () => {
    const stage = new PolicyStage({ capacityBufs: 1000, volumes: [{ name: 'v1', blocks: 1000 }] });
    const policy = new ClockPolicy({ dirtyBytesMax: 0 });
    for (let block = 0; block < 1000; block++) stage.core.ioNew(0, block, 'data');
    policy.writeBehind(stage.core);
    expect(policy.statistics.swept).toBe(2000);
    for (let i = 0; i < 10; i++) policy.writeBehind(stage.core);
    expect(policy.statistics.swept).toBe(2640);
  });

  test('begin by default beyond half of the slab and end at a quarter', () => {
    const stage = new PolicyStage({ capacityBufs: 8, backlogBytesMax: 8 * 64 });
    const policy = new ClockPolicy({ clusterBlocksMax: 1 });
    stage.dirty([1, 3, 5, 7]);
    expect(policy.writeBehind(stage.core)).toBe(0);
    stage.dirty([9]);
    expect(policy.writeBehind(stage.core)).toBe(3);
  });
});

describe('reading ahead', () => {
  test('is wanted from the second block of a sequence on, and not after a jump', () => {
    const policy = new ClockPolicy();
    const asked = [5, 6, 7, 20, 21, 40, 39].map((block) => policy.wantsAhead(0, block));
    expect(asked).toEqual([false, true, true, false, true, false, false]);
  });

  test('goes on when every other block came with the one before', () => {
    const policy = new ClockPolicy();
    expect([4, 6, 8, 11].map((block) => policy.wantsAhead(0, block))).toEqual([false, true, true, false]);
  });

  test('is answered alike when the same block is asked for again', () => {
    const policy = new ClockPolicy();
    expect([5, 5, 6, 6, 6, 7].map((block) => policy.wantsAhead(0, block))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  test('tells four readers of a volume apart, and forgets the one that it has not seen for longest', () => {
    const policy = new ClockPolicy();
    for (const block of [100, 200, 300, 400]) policy.wantsAhead(0, block);
    expect([101, 201, 301, 401].map((block) => policy.wantsAhead(0, block))).toEqual([true, true, true, true]);
    policy.wantsAhead(0, 500);
    expect([202, 302, 402, 501, 102].map((block) => policy.wantsAhead(0, block))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('knows each volume by itself, and the first blocks of one are no sequence', () => {
    const policy = new ClockPolicy();
    expect([policy.wantsAhead(0, 0), policy.wantsAhead(2, 1), policy.wantsAhead(0, 1)]).toEqual([false, false, true]);
  });
});
