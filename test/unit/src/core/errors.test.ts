// What the core throws besides broken promises, and what of it a caller can rely on.

import { describe, expect, test } from 'vitest';
import {
  BytesChanged,
  CacheFull,
  HammerIoCore,
  HammerIoError,
  NO_HANDLE,
  NO_TICKET,
  Reentered,
} from '../../../../src/index.ts';
import type { Handle, Ticket } from '../../../../src/index.ts';
import { CoreStage } from '../../../support/core-stage.ts';

describe('numbers of handles and tickets', () => {
  test('a released handle is refused by every call, also when its place is used again', () => {
    const { core, ...rest } = stageWith(3);
    const stale = rest.handle;
    core.release(stale);
    const next = core.tryGet(0, 3);
    expect(next).not.toBe(stale);
    for (const call of [
      () => core.release(stale),
      () => core.contents(stale),
      () => core.bytes(stale),
      () => core.ioModify(stale),
    ]) {
      expect(call).toThrow('HandleOpen');
    }
    expect(core.contents(next)).toBeDefined();
  });

  test('a place is recognised as stale over thousands of reuses', () => {
    const { core, handle: first } = stageWith(3);
    core.release(first);
    let confused = 0;
    for (let i = 0; i < 30_000; i++) {
      const handle = core.tryGet(0, 3);
      if (handle === first || handle === NO_HANDLE) confused++;
      core.release(handle);
    }
    expect(confused).toBe(0);
    expect(() => core.release(first)).toThrow('HandleOpen');
  });

  test('what was never handed out is refused', () => {
    const { core } = new CoreStage();
    for (const number of [NO_HANDLE, -1, 1, 65_536, 2 ** 31]) {
      expect(() => core.release(number as Handle)).toThrow('HandleOpen');
      expect(() => core.resume(number as Ticket)).toThrow('TicketRunnable');
      expect(() => core.cancel(number as Ticket)).toThrow('TicketQueued');
    }
    expect(core.nextRunnable()).toBe(NO_TICKET);
  });

  test('a ticket that was cancelled or resumed by hand is not handed out as runnable', () => {
    const stage = new CoreStage();
    const { core } = stage;
    core.ioRead(0, 3, 'data');
    const [second, third] = [core.ioRead(0, 3, 'data').ticket, core.ioRead(0, 3, 'data').ticket];
    stage.complete('read');
    core.cancel(second);
    core.resume(third);
    expect(stage.resumeAll()).toHaveLength(1);
  });
});

describe('the outbox', () => {
  test('a device that completes from inside submit is refused, and the core stays usable', () => {
    const { core } = new CoreStage();
    const { ticket } = core.ioRead(0, 3, 'data');
    let inside: unknown;
    core.drainRequests((request) => {
      try {
        if (request.kind === 'read') core.readDone(request.id, 'ok', new Uint8Array(64));
      } catch (error) {
        inside = error;
      }
    });
    expect(inside).toBeInstanceOf(Reentered);
    core.readDone(1, 'ok', new Uint8Array(64));
    expect(core.resume(ticket).outcome).toBe('done');
  });

  test('draining from inside draining is refused too, and a visitor that throws does not lock the core', () => {
    const { core } = new CoreStage();
    core.ioRead(0, 3, 'data');
    const drainAgain = (): void => core.drainRequests(() => core.drainRequests(() => undefined));
    expect(drainAgain).toThrow('Reentered');
    expect(() => core.cleanLoose()).not.toThrow();
  });

  test('a completion of nothing, or of something else, is refused', () => {
    const { core } = new CoreStage();
    core.ioRead(0, 3, 'data');
    expect(() => core.readDone(99, 'ok')).toThrow('ImpossibleInput');
    expect(() => core.writeDone(1, 'ok')).toThrow('request 1, a read');
    expect(() => core.readDone(1, 'ok', new Uint8Array(63))).toThrow('64 bytes or none');
    core.readDone(1, 'ok', new Uint8Array(64));
    expect(() => core.readDone(1, 'ok', new Uint8Array(64))).toThrow('no request 1');
    expect(() => core.undoLaid(NO_HANDLE, 'ok')).toThrow('ImpossibleInput');
  });
});

describe('verify', () => {
  const writing = (verify: boolean): CoreStage => {
    const stage = new CoreStage({ verify });
    const handle = stage.get(3);
    stage.write(handle, 1);
    stage.core.ioFlush(handle);
    new Uint8Array(stage.core.state.slab.memory)[7] = 99; // Somebody kept a view, or reached into the slab.
    return stage;
  };

  test('a byte that changes while it is being written is found at completion, under the claim it breaks', () => {
    const stage = writing(true);
    expect(() => stage.complete('write')).toThrow(BytesChanged);
    expect(() => stage.core.writeDone(2, 'ok')).toThrow('I14');
    expect(stage.core.view.ioRunningSpace).toBe(64); // The write is still in flight.
  });

  test('without verify nobody looks', () => {
    expect(() => writing(false).complete('write')).not.toThrow();
  });
});

describe('a full slab', () => {
  test('throws before anything changes, and the call succeeds when there is room', () => {
    const stage = new CoreStage({ capacityBufs: 1 });
    const { core } = stage;
    const handle = stage.get(3);
    for (const call of [() => core.ioRead(0, 4, 'data'), () => core.ioNew(0, 4, 'data')])
      expect(call).toThrow(CacheFull);
    expect(core.view.volumes[0]!.ios.size).toBe(1);
    expect(stage.submit()).toEqual([]);
    core.release(handle);
    core.recycle(0, 3);
    expect(core.ioRead(0, 4, 'data').outcome).toBe('io');
  });

  test('a woken get that finds it full stays runnable', () => {
    const stage = new CoreStage({ capacityBufs: 1 });
    const { core } = stage;
    core.ioRead(0, 3, 'data');
    const queued = core.ioRead(0, 3, 'data').ticket;
    stage.submit();
    stage.device.deliver(1, core, { code: 'EIO' });
    const other = core.ioNew(0, 4, 'data').handle;
    expect(() => core.resume(queued)).toThrow(CacheFull);
    core.delBuffer(other);
    expect(core.resume(queued).outcome).toBe('io');
  });

  test('a block that is being read ahead takes a buffer of its own, so one must be free', () => {
    const stage = new CoreStage({ capacityBufs: 2 });
    const { core } = stage;
    core.ioRead(0, 1, 'data', true);
    expect(() => core.ioRead(0, 2, 'data')).toThrow(CacheFull);
    expect(core.view.volumes[0]!.ios.size).toBe(1);
    stage.complete('read');
    expect(core.ioRead(0, 2, 'data').outcome).toBe('done');
  });

  test('read-ahead is left out when there is no room for it', () => {
    const stage = new CoreStage({ capacityBufs: 1 });
    stage.core.ioRead(0, 3, 'data', true);
    expect(stage.submit()).toMatchObject([{ blocks: 1 }]);
  });
});

describe('arguments that can never be right', () => {
  const options = { volumes: [{ name: 'v1', blocks: 8, headerBlock: 0 }], capacityBufs: 2, blockBytes: 64 };

  test.each([
    ['no volume', { volumes: [] }],
    ['an empty slab', { capacityBufs: 0 }],
    ['an odd block size', { blockBytes: 100 }],
    ['a header outside', { volumes: [{ name: 'v1', blocks: 8, headerBlock: 8 }] }],
    ['a slab that is too small', { slab: new SharedArrayBuffer(64) }],
    ['a negative backlog', { backlogBytesMax: -1 }],
  ])('options: %s', (_, wrong) => {
    expect(() => new HammerIoCore({ ...options, ...wrong })).toThrow('InvalidArgument');
  });

  test.each([
    ['a volume that is not there', 1, 0, 'volume'],
    ['a block behind the end', 0, 8, 'data'],
    ['half a block', 0, 1.5, 'data'],
    ['another type for the header', 0, 0, 'data'],
    ['the header type elsewhere', 0, 1, 'volume'],
  ] as const)('ioRead: %s', (_, volume, block, type) => {
    expect(() => new HammerIoCore(options).ioRead(volume, block, type)).toThrow('InvalidArgument');
  });

  test('a header is not made new, a block keeps its type, and a range stays in its block', () => {
    const stage = new CoreStage(options);
    expect(() => stage.core.ioNew(0, 0, 'volume')).toThrow('InvalidArgument');
    const header = stage.get(0, 'volume');
    const meta = stage.get(1, 'meta');
    expect(() => stage.core.ioRead(0, 1, 'data')).toThrow('InvalidArgument');
    expect(() => stage.core.modifyBuffer(header)).toThrow('InvalidArgument');
    expect(() => stage.core.modifyBuffer(meta, 60, 5)).toThrow('InvalidArgument');
    expect(() => stage.core.delBuffer(header)).toThrow('InvalidArgument');
    expect(() => stage.core.ioInval(0, 0)).toThrow(HammerIoError);
  });
});

function stageWith(block: number): { core: HammerIoCore; handle: Handle } {
  const stage = new CoreStage();
  const handle = stage.get(block);
  return { core: stage.core, handle };
}
