// The core in short stories: one thing that must happen, told in the order in which it happens.

import { describe, expect, test } from 'vitest';
import { hasValidCrc, NO_HANDLE } from '../../../../src/index.ts';
import { CoreStage, EIO } from '../../../support/core-stage.ts';

const outcomes = (answers: readonly { outcome: string }[]): string[] => answers.map((answer) => answer.outcome);

describe('getting a buffer', () => {
  test('the first getter reads, the others wait for it, and all of them get the same bytes', () => {
    const stage = new CoreStage();
    const { core } = stage;
    stage.device.format(0, 3, new Uint8Array(64).fill(7));
    const first = core.ioRead(0, 3, 'data');
    const second = core.ioRead(0, 3, 'data');
    expect(outcomes([first, second])).toEqual(['io', 'wait']);
    stage.complete('read');
    const served = stage.resumeAll();
    expect(outcomes(served)).toEqual(['done', 'done']);
    expect(core.contents(served[0]!.handle)[0]).toBe(7);
    expect(core.contents(served[1]!.handle)).toBe(core.contents(served[0]!.handle));
  });

  test('when the load fails its getter is told, and the next in the queue tries again', () => {
    const stage = new CoreStage();
    const { core } = stage;
    core.ioRead(0, 3, 'data');
    core.ioRead(0, 3, 'data');
    stage.complete('read', EIO);
    expect(outcomes(stage.resumeAll())).toEqual(['error', 'io']);
    stage.complete('read');
    expect(outcomes(stage.resumeAll())).toEqual(['done']);
  });

  test('a buffer that was released is still there, without device or allocation of a request', () => {
    const stage = new CoreStage();
    stage.core.release(stage.get(3));
    const handle = stage.core.tryGet(0, 3);
    expect(handle).not.toBe(NO_HANDLE);
    expect(stage.submit()).toEqual([]);
  });

  test('the hit path answers nothing for what is not resident', () => {
    const stage = new CoreStage();
    expect(stage.core.tryGet(0, 3)).toBe(NO_HANDLE);
    stage.core.ioRead(0, 3, 'data');
    expect(stage.core.tryGet(0, 3)).toBe(NO_HANDLE);
    expect(stage.core.tryGet(9, 3)).toBe(NO_HANDLE);
  });

  test('a device may read straight into the slab and complete without bytes', () => {
    const { core } = new CoreStage();
    const { ticket } = core.ioRead(0, 3, 'data', true);
    const views: Uint8Array[] = [];
    core.drainRequests((request) => {
      if (request.kind === 'read') views.push(...request.into);
    });
    views.forEach((view, i) => view.fill(i + 1));
    core.readDone(1, 'ok');
    expect(core.contents(core.resume(ticket).handle)[0]).toBe(1);
    expect(core.contents(core.ioRead(0, 4, 'data').handle)[63]).toBe(2);
  });

  test('a read-ahead that was purged keeps its buffer until the device is done with it', () => {
    const stage = new CoreStage({ capacityBufs: 3 });
    const { core } = stage;
    const { slab } = core.view;
    core.ioRead(0, 3, 'data', true);
    core.ioInval(0, 4);
    expect(slab.freeBufs).toBe(1);
    const again = core.ioRead(0, 4, 'data');
    expect([again.outcome, slab.freeBufs]).toEqual(['io', 0]);
    stage.complete('read');
    expect(slab.freeBufs).toBe(1);
    stage.complete('read', EIO);
    expect(outcomes(stage.resumeAll())).toEqual(['done', 'error']);
    expect(slab.freeBufs).toBe(2);
  });

  test('a failed read-ahead gives both buffers back', () => {
    const stage = new CoreStage({ capacityBufs: 2 });
    stage.core.ioRead(0, 3, 'data', true);
    stage.complete('read', EIO);
    expect(stage.core.view.slab.freeBufs).toBe(2);
    expect(stage.core.view.volumes[0]!.residue.size).toBe(0);
  });

  test('a new buffer is zeroed, dirty, and not read, whatever the slab held before', () => {
    const stage = new CoreStage({ capacityBufs: 1 });
    new Uint8Array(stage.core.state.slab.memory).fill(255);
    const { outcome, handle } = stage.core.ioNew(0, 5, 'data');
    expect(outcome).toBe('done');
    expect(stage.submit()).toEqual([]);
    expect(Array.from({ length: 64 }, (_, i) => stage.core.contents(handle)[i])).toEqual(new Array(64).fill(0));
    expect(stage.core.ioFlush(handle).outcome).toBe('done');
  });

  test('read-ahead brings the next block, which is then got without the device and counted as read all the same', () => {
    const stage = new CoreStage();
    stage.device.format(0, 4, new Uint8Array(64).fill(9));
    stage.core.ioRead(0, 3, 'data', true);
    expect(stage.submit()).toMatchObject([{ kind: 'read', block: 3, blocks: 2 }]);
    stage.complete('read');
    const next = stage.core.ioRead(0, 4, 'data');
    expect(next).toMatchObject({ outcome: 'done', diskRead: 64 });
    expect(stage.core.contents(next.handle)[63]).toBe(9);
  });

  test('what was read ahead and purged meanwhile does not come back', () => {
    const stage = new CoreStage();
    stage.core.ioRead(0, 3, 'data', true);
    stage.submit();
    expect(stage.core.ioInval(0, 4).outcome).toBe('done');
    stage.complete('read');
    expect(stage.core.ioRead(0, 4, 'data').outcome).toBe('io');
  });

  test('a buffer of a volume with a header holds a reference on the header until it is destroyed', () => {
    const stage = new CoreStage({ volumes: [{ name: 'v1', blocks: 8, headerBlock: 0 }] });
    const header = stage.get(0, 'volume');
    const buffer = stage.get(3, 'meta');
    stage.core.release(header);
    expect(() => stage.core.unload(0, 0)).toThrow('Unreferenced');
    stage.core.release(buffer);
    stage.core.unload(0, 3);
    expect(stage.core.unload(0, 0).outcome).toBe('done');
  });
});

describe('changing and writing', () => {
  test('what is written is what stood there at issue, and a change waits for the write', () => {
    const stage = new CoreStage();
    const { core, device } = stage;
    const handle = stage.get(3);
    stage.write(handle, 1);
    core.ioFlush(handle);
    const modify = core.ioModify(handle);
    expect(modify.outcome).toBe('wait');
    stage.complete('write');
    expect(device.read(0, 3)[0]).toBe(1);
    expect(stage.resumeAll()).toMatchObject([{ outcome: 'done', handle }]);
    core.bytes(handle).fill(2);
    core.ioModifyDone(handle);
    core.ioFlush(handle);
    stage.complete('write');
    expect(device.read(0, 3)[0]).toBe(2);
  });

  test('released dirty DATA is the kernel’s to write; dirty META is not', () => {
    const stage = new CoreStage();
    for (const [block, type] of [
      [3, 'data'],
      [4, 'meta'],
    ] as const) {
      const handle = stage.get(block, type);
      dirty(stage, handle);
      stage.core.release(handle);
    }
    expect(stage.core.writeBack(0, 3).outcome).toBe('done');
    expect(() => stage.core.writeBack(0, 4)).toThrow('ImpossibleInput');
  });

  test('a write-back that was refused happens when the last handle goes', () => {
    const stage = new CoreStage();
    let handle = stage.get(3);
    dirty(stage, handle);
    stage.core.release(handle);
    handle = stage.core.tryGet(0, 3);
    expect(stage.core.writeBack(0, 3).outcome).toBe('refused');
    expect(stage.core.view.ioLockedCount).toBe(1);
    expect(stage.core.writeBack(0, 3).outcome).toBe('refused');
    expect(stage.core.view.ioLockedCount).toBe(1); // D11: asked twice, counted once.
    stage.core.release(handle);
    expect(stage.submit()).toMatchObject([{ kind: 'write', block: 3 }]);
  });

  test('a changed META block is written with its CRC, whose outstanding work holds a reference', () => {
    const stage = new CoreStage();
    const handle = stage.get(3, 'meta');
    stage.write(handle, 5);
    expect(stage.core.delBuffer(handle).outcome).toBe('again');
    stage.core.ioFlush(handle);
    stage.complete('write');
    expect(hasValidCrc(stage.device.read(0, 3))).toBe(true);
    expect(stage.core.delBuffer(handle).outcome).toBe('done');
  });

  test('bytes under UNDO change only when the record is laid, and not at all when it cannot be', () => {
    const stage = new CoreStage({ undoLog: true });
    stage.device.format(0, 3, new Uint8Array(64).fill(8));
    const handle = stage.get(3, 'meta');
    expect(stage.core.modifyBuffer(handle, 10, 2).outcome).toBe('cover');
    expect(stage.submit()).toMatchObject([{ kind: 'undo', handle, offset: 10, before: new Uint8Array([8, 8]) }]);
    expect(() => stage.core.bytes(handle)).toThrow('HandleOpen');
    expect(stage.core.undoLaid(handle, 'error').outcome).toBe('error');
    expect(() => stage.core.bytes(handle)).toThrow('ModificationOpen');
    stage.core.modifyBuffer(handle, 10, 2);
    expect(stage.core.undoLaid(handle, 'ok').outcome).toBe('done');
    expect(stage.core.bytes(handle)[10]).toBe(8);
    expect(stage.core.modifyBuffer(handle, 0, 0).outcome).toBe('done'); // No bytes, no record.
  });

  test('a waiting interlock is not overtaken by new modifiers, but one who is inside may go on', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const inside = stage.get(3);
    const [owner, late] = [core.tryGet(0, 3), core.tryGet(0, 3)];
    core.ioModify(inside);
    expect(core.ioWriteInterlock(owner).outcome).toBe('wait');
    expect(core.ioModify(late).outcome).toBe('wait');
    expect(core.ioModify(inside).outcome).toBe('done');
    core.ioModifyDone(inside);
    core.ioModifyDone(inside);
    expect(outcomes(stage.resumeAll())).toEqual(['done', 'wait']);
    core.ioDoneInterlock(owner);
    expect(outcomes(stage.resumeAll())).toEqual(['done']);
  });

  test('who kept out for an interlock that is cancelled comes in', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const inside = stage.get(3);
    const [owner, late] = [core.tryGet(0, 3), core.tryGet(0, 3)];
    core.ioModify(inside);
    const { ticket } = core.ioWriteInterlock(owner);
    core.ioModify(late);
    core.cancel(ticket);
    expect(outcomes(stage.resumeAll())).toEqual(['done']);
    expect(core.ioWait(owner).outcome).toBe('done'); // The handle itself is open again.
  });
});

describe('write errors', () => {
  test('a failed write is critical and pins its buffer until somebody clears the error', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const handle = stage.get(3);
    stage.write(handle, 1);
    core.ioFlush(handle);
    stage.complete('write', EIO);
    expect(core.view.criticalError).toBe(true);
    core.release(handle);
    expect(() => core.unload(0, 3)).toThrow('Unreferenced');
    expect(core.ioClearErrorNoassert(0, 3).outcome).toBe('done');
    expect(core.unload(0, 3).outcome).toBe('done');
  });

  test('a pin that comes while an unload waits for the write goes with the buffer (D39)', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const handle = stage.get(3);
    stage.write(handle, 1);
    core.ioFlush(handle);
    core.release(handle);
    const { outcome, ticket } = core.unload(0, 3);
    expect(outcome).toBe('wait');
    stage.complete('write', EIO);
    expect(core.resume(ticket).outcome).toBe('done');
    expect(core.view.volumes[0]!.ios.size).toBe(0);
    expect(core.view.slab.freeBufs).toBe(16);
  });

  test('a failed UNDO write is not pinned', () => {
    const stage = new CoreStage();
    const handle = stage.get(3, 'undo');
    stage.write(handle, 1);
    stage.core.ioFlush(handle, true);
    stage.complete('write', EIO);
    expect(stage.core.ioClearError(handle).outcome).toBe('none');
  });
});

describe('barriers', () => {
  test('a barrier waits for the writes before it, not for those after it, and wakes the barrier behind it', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const [a, b] = [stage.get(1), stage.get(2)];
    stage.write(a, 1);
    stage.write(b, 1);
    core.ioFlush(a);
    const first = core.ioWaitAll().ticket;
    const second = core.ioWaitAll().ticket;
    core.ioFlush(b);
    stage.complete('write');
    expect(core.nextRunnable()).toBe(first);
    expect(() => core.resume(second)).toThrow('TicketRunnable');
    core.resume(first);
    expect(core.nextRunnable()).toBe(second);
    expect(core.resume(second).outcome).toBe('done');
    expect(core.view.runList.head).toBeDefined();
  });

  test('a sync joins a flush in flight unless a write has completed since it was issued', () => {
    const stage = new CoreStage();
    const { core, device } = stage;
    const handle = stage.get(3);
    const rewrite = (value: number): void => {
      stage.write(handle, value);
      core.ioFlush(handle);
      stage.complete('write');
    };
    rewrite(1);
    const [first, joins] = [core.ioFlushSync().ticket, core.ioFlushSync().ticket];
    expect(stage.submit()).toHaveLength(1);
    rewrite(2);
    const needsNext = core.ioFlushSync().ticket;
    expect(stage.submit()).toHaveLength(0);
    stage.complete('flush');
    expect([core.nextRunnable(), core.nextRunnable()]).toEqual([first, joins]);
    expect(() => core.resume(needsNext)).toThrow('TicketRunnable');
    expect(device.readDurable(0, 3)[0]).toBe(1);
    stage.complete('flush');
    expect(core.resume(needsNext).outcome).toBe('done');
    expect(device.readDurable(0, 3)[0]).toBe(2);
  });

  test('a failed device flush is told to everybody, for ever (D4)', () => {
    const stage = new CoreStage();
    stage.core.ioFlushMark(0);
    stage.core.ioFlushSync();
    stage.core.ioFlushSync();
    stage.complete('flush', EIO);
    expect(outcomes(stage.resumeAll())).toEqual(['error', 'error']);
    stage.core.ioFlushMark(0);
    expect(stage.core.ioFlushSync().outcome).toBe('error');
    expect(stage.core.view.criticalError).toBe(true);
  });

  test('the backlog lets go when the bytes being written are within the limit', () => {
    const stage = new CoreStage({ backlogBytesMax: 64 });
    const { core } = stage;
    for (const block of [1, 2]) {
      const handle = stage.get(block);
      stage.write(handle, 1);
      core.ioFlush(handle);
    }
    expect(core.ioLimitBacklog().outcome).toBe('wait');
    stage.complete('write');
    expect(outcomes(stage.resumeAll())).toEqual(['done']);
    expect(core.ioLimitBacklog().outcome).toBe('done');
  });
});

describe('the end of a buffer', () => {
  test('a deleted buffer waits for its write and leaves nothing behind', () => {
    const stage = new CoreStage();
    const { core } = stage;
    const handle = stage.get(3);
    stage.write(handle, 1);
    core.ioFlush(handle);
    const { outcome, ticket } = core.delBuffer(handle);
    expect(outcome).toBe('wait');
    const queued = core.ioRead(0, 3, 'data');
    expect(queued.outcome).toBe('wait');
    stage.complete('write');
    expect(core.resume(ticket, 'release').outcome).toBe('done');
    expect(core.resume(queued.ticket, 'get').outcome).toBe('io'); // Nothing was left to be got without the device.
  });

  test('a recycled buffer leaves a loose structure, which is cleaned or loaded again', () => {
    const stage = new CoreStage();
    const { core } = stage;
    core.release(stage.get(3));
    core.release(stage.get(4));
    expect([core.recycle(0, 3).outcome, core.recycle(0, 4).outcome]).toEqual(['done', 'done']);
    expect(core.view.lists.size('loose')).toBe(2);
    core.release(stage.get(3));
    core.cleanLoose();
    expect([...core.view.volumes[0]!.ios].map((io) => io.block)).toEqual([3]);
  });

  test('a clean buffer that the kernel asked for in vain stays cached by the device when it is let go', () => {
    const stage = new CoreStage();
    const handle = stage.get(3);
    expect(stage.core.ioAdvance(handle).outcome).toBe('done');
    stage.core.release(handle);
    const again = stage.core.tryGet(0, 3);
    expect(stage.core.recycle(0, 3).outcome).toBe('refused');
    stage.core.release(again);
    expect(stage.core.tryGet(0, 3)).toBe(NO_HANDLE);
    expect(stage.core.ioRead(0, 3, 'data').outcome).toBe('done');
  });

  test('under low memory a last release lets the buffer go at once', () => {
    const stage = new CoreStage();
    stage.core.lowMemoryRelease(stage.get(3));
    expect(stage.core.view.slab.freeBufs).toBe(16);
    expect(stage.core.view.lists.size('loose')).toBe(1);
  });
});

test('the lists stand in the order of blocks, then of volumes', () => {
  const stage = new CoreStage({
    volumes: [
      { name: 'v1', blocks: 16 },
      { name: 'v2', blocks: 16 },
    ],
  });
  for (const [block, volume] of [
    [9, 0],
    [2, 1],
    [2, 0],
    [11, 1],
    [0, 1],
  ] as const) {
    dirty(stage, stage.get(block, 'data', volume));
  }
  const order: string[] = [];
  stage.core.view.lists.forEach('data', (io) => order.push(`${io.block}@${io.volume.name}`));
  expect(order).toEqual(['0@v2', '2@v1', '2@v2', '9@v1', '11@v2']);
});

/** Makes a held buffer dirty and closes the modification. */
function dirty(stage: CoreStage, handle: Parameters<CoreStage['write']>[0]): void {
  stage.core.ioModify(handle);
  stage.core.ioModifyDone(handle);
}
