// The CLOCK policy in short stories: which buffer goes, and the four answers to a question for room.

import { describe, expect, test } from 'vitest';
import { ClockPolicy } from '../../../../src/policy/clock-policy.ts';
import { InvalidArgument, NO_HANDLE } from '../../../../src/index.ts';
import { EIO } from '../../../support/core-stage.ts';
import { PolicyStage } from '../../../loads/cache-policy-stage.ts';

describe('which buffer goes', () => {
  test('none, while there is room', () => {
    const stage = new PolicyStage({ capacityBufs: 4 });
    const policy = new ClockPolicy();
    stage.visit(0, 1);
    expect(policy.makeRoom(stage.core, 2)).toBe('room');
    expect(policy.makeRoom(stage.core, 0)).toBe('room');
    expect(stage.resident()).toEqual([0, 1]);
    expect(policy.statistics.swept).toBe(0);
  });

  test('the first that was not used since the hand came by; one that was used has a second chance', () => {
    const stage = new PolicyStage({ capacityBufs: 3 });
    const policy = new ClockPolicy();
    stage.visit(0, 1, 2);
    expect(policy.makeRoom(stage.core, 1)).toBe('room'); // All were used: one turn takes the bits, the next one a buffer.
    expect(stage.resident()).toEqual([1, 2]);
    stage.visit(1, 3);
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(stage.resident()).toEqual([1, 3]);
    expect(policy.statistics).toMatchObject({ recycled: 2, refusals: 0 });
  });

  test('never one that is held, and it is not even asked for: a refusal would take it away after its release', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy();
    const [one, two] = [stage.get(1), stage.get(2)];
    for (let i = 0; i < 5; i++) expect(policy.makeRoom(stage.core, 1)).toBe('full');
    expect(stage.core.view.ioLockedCount).toBe(0);
    stage.core.release(one);
    stage.core.release(two);
    expect(stage.resident()).toEqual([1, 2]);
    expect(policy.makeRoom(stage.core, 2)).toBe('room');
    expect(policy.statistics.refusals).toBe(0);
  });

  test('one that was held while the hand came by keeps its second chance', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy();
    const held = stage.get(1);
    policy.makeRoom(stage.core, 2);
    stage.visit(2);
    stage.core.release(held);
    stage.io(2).used = false;
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(stage.resident()).toEqual([1]);
  });

  test('no turn of the hand looks at a buffer more than twice, whatever is asked', () => {
    const stage = new PolicyStage({ capacityBufs: 8 });
    const policy = new ClockPolicy();
    const held = [0, 1, 2, 3, 4, 5, 6, 7].map((block) => stage.get(block));
    expect(policy.makeRoom(stage.core, 8)).toBe('full');
    expect(policy.statistics.swept).toBe(16);
    expect(held).not.toContain(NO_HANDLE);
  });

  test('what was read ahead is left alone until it has arrived, and is purged then', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy();
    const { ticket } = stage.core.ioRead(0, 3, 'data', true);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    stage.complete('read');
    stage.resumeAll();
    expect(ticket).not.toBe(0);
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(policy.statistics).toMatchObject({ purged: 1, recycled: 0 });
    expect(stage.core.view.volumes[0]!.residue.has(4)).toBe(false);
  });

  test('what was read ahead and purged meanwhile makes room when its read ends', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy();
    stage.core.ioRead(0, 3, 'data', true);
    stage.core.ioInval(0, 4);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    stage.complete('read');
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
  });
});

describe('room is not there yet', () => {
  test('writing: delayed writes have been issued, with their neighbours, and make room when they complete', () => {
    const stage = new PolicyStage({ capacityBufs: 4, backlogBytesMax: 4 * 64 });
    const policy = new ClockPolicy({ clusterBlocksMax: 3 });
    stage.dirty([4, 7, 3, 5]);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    expect(stage.written()).toEqual([4, 5, 3, 7]);
    expect(policy.statistics).toMatchObject({ writtenBack: 2, clustered: 2 });
    stage.complete('write');
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(stage.resident()).toEqual([3, 5, 7]);
  });

  test('room all the same, if a clean buffer is found behind the one that is written', () => {
    const stage = new PolicyStage({ capacityBufs: 3 });
    const policy = new ClockPolicy();
    stage.dirty([4], 'undo');
    stage.visit(8, 9);
    for (const { block } of stage.core.view.volumes[0]!.ios) stage.core.clearUsed(0, block);
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(stage.written()).toEqual([4]);
    expect(stage.resident()).toEqual([4, 9]);
  });

  test('writing: rather than take what was used lately, the hand waits for a write that is under way', () => {
    const stage = new PolicyStage({ capacityBufs: 3 });
    const policy = new ClockPolicy();
    stage.dirty([4]);
    stage.visit(8, 9);
    stage.io(4).used = false;
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    expect(stage.resident()).toEqual([4, 8, 9]);
  });

  test('writing: but a write of what is held makes no room', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    const policy = new ClockPolicy();
    const handle = stage.get(1);
    stage.write(handle, 1);
    stage.core.ioFlush(handle);
    expect(policy.makeRoom(stage.core, 1)).toBe('full');
    stage.core.release(handle);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
  });

  test('writing: a release that waits for its write makes room too', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    const policy = new ClockPolicy();
    const handle = stage.get(1);
    stage.write(handle, 1);
    stage.core.ioFlush(handle);
    expect(stage.core.delBuffer(handle).outcome).toBe('wait');
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    stage.complete('write');
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
  });

  test('writing: no more is issued than the backlog takes, so that nobody waits in ioLimitBacklog for it', () => {
    const stage = new PolicyStage({ capacityBufs: 4, backlogBytesMax: 64 });
    const policy = new ClockPolicy();
    stage.dirty([1, 2, 3, 4]);
    const batches: number[][] = [];
    for (let asked = 0; policy.makeRoom(stage.core, 4) !== 'room'; asked++) {
      expect(asked).toBeLessThan(9);
      expect(stage.core.ioLimitBacklog().outcome).toBe('done');
      batches.push(stage.written());
      stage.complete('write');
    }
    expect(batches).toEqual([[1], [2], [3], [4]]);
  });

  test('a backlog limit below one block lets one write through', () => {
    const stage = new PolicyStage({ capacityBufs: 2, backlogBytesMax: 0 });
    const policy = new ClockPolicy();
    stage.dirty([1, 2]);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    expect(stage.written()).toEqual([1]);
  });

  test('flush: what is left is dirty META, with CRC work or without', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy();
    stage.dirty([1], 'meta');
    stage.core.release(stage.core.ioNew(0, 2, 'meta').handle);
    expect(policy.makeRoom(stage.core, 1)).toBe('flush');
    expect(stage.submit()).toEqual([]);
    const handle = stage.get(1, 'meta');
    expect(policy.makeRoom(stage.core, 2)).toBe('flush');
    stage.core.ioFlush(handle);
    stage.core.release(handle);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    stage.complete('write');
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
    expect(stage.resident()).toEqual([2]);
  });

  test('full: dirty META that is held helps nobody', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    const policy = new ClockPolicy();
    stage.write(stage.get(1, 'meta'), 1);
    expect(policy.makeRoom(stage.core, 1)).toBe('full');
  });

  test('full: a failed write pins its buffer until somebody clears the error', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    const policy = new ClockPolicy();
    stage.dirty([1]);
    expect(policy.makeRoom(stage.core, 1)).toBe('writing');
    stage.complete('write', EIO);
    expect(policy.makeRoom(stage.core, 1)).toBe('full');
    const handle = stage.get(1);
    stage.core.ioClearError(handle);
    stage.core.release(handle);
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
  });

  test('full: a buffer that is being loaded is somebody’s', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    stage.core.ioRead(0, 1, 'data');
    expect(new ClockPolicy().makeRoom(stage.core, 1)).toBe('full');
  });
});

describe('what only its owner can free is left to him', () => {
  test('what is cached of a volume header: it cannot be purged, but the next use of the header finds it', () => {
    const stage = new PolicyStage({ capacityBufs: 1, volumes: [{ name: 'v1', blocks: 16, headerBlock: 0 }] });
    const policy = new ClockPolicy();
    stage.core.release(stage.get(0, 'volume'));
    const header = stage.get(0, 'volume');
    expect(stage.core.recycle(0, 0).outcome).toBe('refused');
    stage.core.release(header);
    expect(stage.core.view.volumes[0]!.residue.has(0)).toBe(true);
    expect(policy.makeRoom(stage.core, 1)).toBe('full');
    stage.core.release(stage.get(0, 'volume'));
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
  });

  test('a buffer that was wanted while a failed write pinned it, and whose error was cleared at close', () => {
    const stage = new PolicyStage({ capacityBufs: 1 });
    const policy = new ClockPolicy();
    stage.dirty([1]);
    policy.makeRoom(stage.core, 1);
    stage.complete('write', EIO);
    expect(stage.core.recycle(0, 1).outcome).toBe('refused');
    stage.core.ioClearErrorNoassert(0, 1);
    expect(policy.makeRoom(stage.core, 1)).toBe('full');
    stage.core.unload(0, 1);
    expect(policy.makeRoom(stage.core, 1)).toBe('room');
  });
});

describe('structures without a buffer', () => {
  test('are cleaned away when there are more than looseMax', () => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    const policy = new ClockPolicy({ looseMax: 3 });
    const loose = Array.from({ length: 8 }, (_, block) => {
      expect(policy.makeRoom(stage.core, 1)).toBe('room');
      stage.visit(block);
      return stage.core.view.lists.size('loose');
    });
    expect(loose).toEqual([0, 0, 1, 2, 3, 0, 1, 2]);
    expect(policy.statistics.loosened).toBe(4);
  });

  const VOLUMES = [{ name: 'v1', blocks: 16, headerBlock: 0 }];

  test('go when nothing else is left, because the header of their volume stays as long as they do', () => {
    const stage = new PolicyStage({ capacityBufs: 2, volumes: VOLUMES });
    const policy = new ClockPolicy();
    const header = stage.get(0, 'volume');
    stage.core.release(stage.get(3, 'meta'));
    stage.core.release(header);
    expect(policy.makeRoom(stage.core, 2)).toBe('room');
    expect(policy.statistics).toMatchObject({ recycled: 2, loosened: 1 });
  });

  test('go too when the header is dirty, and then it wants a flush', () => {
    const stage = new PolicyStage({ capacityBufs: 2, volumes: VOLUMES });
    const policy = new ClockPolicy();
    const header = stage.get(0, 'volume');
    stage.write(header, 1);
    stage.core.release(stage.get(3, 'meta'));
    stage.core.release(header);
    expect(policy.makeRoom(stage.core, 2)).toBe('flush');
    expect(policy.statistics).toMatchObject({ recycled: 1, loosened: 1 });
  });

  test('go in vain where somebody holds the header', () => {
    const stage = new PolicyStage({ capacityBufs: 2, volumes: VOLUMES });
    const policy = new ClockPolicy();
    stage.get(0, 'volume');
    stage.core.release(stage.get(3, 'meta'));
    expect(policy.makeRoom(stage.core, 2)).toBe('full');
    expect(stage.core.view.slab.freeBufs).toBe(1);
    expect(stage.get(3, 'meta')).not.toBe(NO_HANDLE);
  });

  test('stay where no volume has a header, or a write in flight will do', () => {
    const stage = new PolicyStage({ capacityBufs: 2, volumes: [...VOLUMES, { name: 'v2', blocks: 16 }] });
    const policy = new ClockPolicy();
    stage.core.release(stage.get(3, 'data', 1));
    const held = stage.get(4, 'data', 1);
    expect(policy.makeRoom(stage.core, 2)).toBe('full');
    expect(policy.statistics).toMatchObject({ recycled: 1, loosened: 0 });
    stage.core.release(stage.get(0, 'volume'));
    stage.core.release(held);
    stage.dirty([4], 'data', 1);
    expect(policy.makeRoom(stage.core, 2)).toBe('writing');
    expect(policy.statistics).toMatchObject({ recycled: 2, loosened: 0 });
  });
});

describe('what makes no sense is refused', () => {
  test.each([
    [{ dirtyBytesMax: -1 }, 'dirtyBytesMax'],
    [{ dirtyBytesMax: NaN }, 'dirtyBytesMax'],
    [{ dirtyBytesLow: -1 }, 'dirtyBytesLow'],
    [{ dirtyBytesMax: 64, dirtyBytesLow: 65 }, 'dirtyBytesLow'],
    [{ clusterBlocksMax: 0 }, 'clusterBlocksMax'],
    [{ clusterBlocksMax: 1.5 }, 'clusterBlocksMax'],
    [{ looseMax: -1 }, 'looseMax'],
  ])('%j', (options, named) => {
    expect(() => new ClockPolicy(options)).toThrow(InvalidArgument);
    expect(() => new ClockPolicy(options)).toThrow(named);
  });

  test.each([3, Infinity, NaN])('room for %d buffers in a slab of two', (bufs) => {
    const stage = new PolicyStage({ capacityBufs: 2 });
    expect(() => new ClockPolicy().makeRoom(stage.core, bufs)).toThrow(InvalidArgument);
  });
});
