// The fault device: each fault does what it says and no more, the truth can be asked for at any time, and without faults
// production runs over it exactly as over MemoryDevice.

import { describe, expect, test } from 'vitest';
import { createMachine, explore } from '../../../model/index.ts';
import type { Action } from '../../../spec/buffer/vocabulary.ts';
import type { Completion } from '../../../src/index.ts';
import { META_UNDO_SHAPE, VOLUME_META_SHAPE } from '../../support/shapes.ts';
import { configuration } from '../../kit/configurations.ts';
import { createCoreDriver, type CoreDriverOptions } from '../../kit/core-driver.ts';
import { blankSnapshot, diffSnapshots } from '../../kit/driver.ts';
import { executeEdges } from '../../kit/edges.ts';
import { FaultDevice } from '../../kit/fault-device.ts';
import type { InjectedFault } from '../../kit/injected-fault.ts';

const BYTES = 1024;
const BAD: InjectedFault = { code: 'EIO', sticky: true };

class Stage {
  readonly device = new FaultDevice(2, BYTES);
  #id = 0;

  read(block: number, fault?: InjectedFault, blocks: 1 | 2 = 1): Completion {
    this.device.submit({ kind: 'read', id: ++this.#id, volume: 0, block, blocks, into: [] });
    return this.device.complete(this.#id, fault);
  }

  write(block: number, value: number, fault?: InjectedFault): Completion {
    this.device.submit({ kind: 'write', id: ++this.#id, volume: 0, block, bytes: new Uint8Array(BYTES).fill(value) });
    return this.device.complete(this.#id, fault);
  }

  flush(fault?: InjectedFault, volume = 0): Completion {
    this.device.submit({ kind: 'flush', id: ++this.#id, volume });
    return this.device.complete(this.#id, fault);
  }
}

/** The first byte of each sector. */
const sectors = (block: Uint8Array | undefined): (number | undefined)[] => [block?.[0], block?.[512]];

describe('faults of a read', () => {
  test('stale: what was there before the last changes, as long as that is remembered', () => {
    const stage = new Stage();
    for (const value of [1, 2, 3]) stage.write(4, value);
    const seen = [1, 2, 3].map((versionsBack) => stage.read(4, { code: 'stale', versionsBack }).bytes?.[0]);
    expect(seen).toEqual([2, 1, 0]);
    expect(stage.read(4).bytes?.[0]).toBe(3);
    expect(() => stage.read(4, { code: 'stale', versionsBack: 4 })).toThrow('4 changes back');
    expect(stage.device.pending()).toHaveLength(1); // Nothing has happened.
  });

  test('flip: one bit of what is given, and not of what is there', () => {
    const stage = new Stage();
    expect(stage.read(4, { code: 'flip', bit: 8 * BYTES + 1 }, 2).bytes?.[BYTES]).toBe(2);
    expect(stage.device.damage()).toEqual([]);
  });

  test('short: ok, with fewer bytes', () => {
    const { result, bytes } = new Stage().read(4, { code: 'short', bytes: 700 });
    expect([result, bytes?.length]).toEqual(['ok', 700]);
  });
});

describe('faults of a write', () => {
  test.each<[string, InjectedFault, string, number[]]>([
    ['EIO', { code: 'EIO' }, 'error', [1, 1]],
    ['EIO, some arrived', { code: 'EIO', arrivedBytes: 1023 }, 'error', [2, 1]],
    ['lost', { code: 'lost' }, 'ok', [1, 1]],
    ['torn', { code: 'torn', sectors: [1], result: 'ok' }, 'ok', [1, 2]],
    ['torn and told', { code: 'torn', sectors: [0], result: 'error' }, 'error', [2, 1]],
    ['short', { code: 'short', bytes: 512 }, 'error', [2, 1]],
    ['flip', { code: 'flip', bit: 4096 }, 'ok', [2, 3]],
  ])('%s', (_, fault, result, after) => {
    const stage = new Stage();
    stage.write(4, 1);
    expect(stage.write(4, 2, fault).result).toBe(result);
    expect(sectors(stage.read(4).bytes)).toEqual(after);
    expect(stage.device.volatileState(0)).toBe('exposed');
    stage.flush();
    expect(sectors(stage.device.readDurable(0, 4))).toEqual(after);
  });
});

describe('what is broken for good', () => {
  test('is the kind of request on the block, or the flush of the volume, and nothing else', () => {
    const stage = new Stage();
    stage.read(4, BAD);
    expect([stage.read(4), stage.read(3, undefined, 2), stage.read(3)].map(({ result }) => result)).toEqual([
      'error',
      'error',
      'ok',
    ]);
    stage.write(5, 1, BAD);
    expect([stage.write(5, 2), stage.read(5), stage.write(4, 1)].map(({ result }) => result)).toEqual([
      'error',
      'ok',
      'ok',
    ]);
    stage.flush(BAD);
    expect([stage.flush(), stage.flush(undefined, 1)].map(({ result }) => result)).toEqual(['error', 'ok']);
  });

  test('is everything when the device is gone, pending or later, and nothing when it is healed', () => {
    const stage = new Stage();
    stage.write(4, 1);
    stage.device.submit({ kind: 'flush', id: 100, volume: 0 });
    stage.write(4, 2, { code: 'gone' });
    expect(stage.device.complete(100).result).toBe('error');
    expect([stage.read(9), stage.write(9, 1)].map(({ result }) => result)).toEqual(['error', 'error']);
    stage.device.heal();
    expect(stage.read(4).bytes?.[0]).toBe(1);
  });
});

describe('the truth', () => {
  test('can be asked for, the damage listed, and the device healed', () => {
    const stage = new Stage();
    const { device } = stage;
    stage.write(1, 1);
    stage.write(2, 2, { code: 'lost' });
    stage.write(3, 3, { code: 'torn', sectors: [0], result: 'ok' });
    stage.flush();
    device.flipAtRest(0, 1, 4096);
    stage.write(4, 4, { code: 'lost' });
    expect(device.damage()).toEqual([
      { volume: 0, block: 1, read: [1], durable: [1] },
      { volume: 0, block: 2, read: [0, 1], durable: [0, 1] },
      { volume: 0, block: 3, read: [1], durable: [1] },
      { volume: 0, block: 4, read: [0, 1], durable: [] },
    ]);
    expect([1, 2, 3, 4].map((block) => device.pristine.read(0, block)[512])).toEqual([1, 2, 3, 4]);
    expect([1, 2, 3, 4].map((block) => device.pristine.readDurable(0, block)[512])).toEqual([1, 2, 3, 0]);
    device.heal();
    expect(device.damage()).toEqual([]);
    expect(stage.read(4).bytes?.[0]).toBe(4);
  });

  test('a flush that was lost shows when the power goes', () => {
    const stage = new Stage();
    stage.write(1, 1);
    stage.flush({ code: 'lost' });
    expect(stage.device.volatileState(0)).toBe('none'); // As far as anybody was told.
    stage.device.losePower();
    expect([stage.read(1).bytes?.[0], stage.device.pristine.read(0, 1)[0]]).toEqual([0, 1]);
  });

  test('bits that rot lie under what has not been flushed', () => {
    const stage = new Stage();
    stage.write(1, 1, { code: 'torn', sectors: [0], result: 'ok' });
    stage.device.flipAtRest(0, 1, 0);
    stage.device.flipAtRest(0, 1, 4096);
    expect(sectors(stage.read(1).bytes)).toEqual([1, 1]);
    expect(sectors(stage.device.readDurable(0, 1))).toEqual([1, 1]);
    stage.device.format(0, 1, new Uint8Array(BYTES).fill(9));
    expect(sectors(stage.read(1).bytes)).toEqual([1, 9]);
  });

  test('contents handed in are copied, even when they come as a Buffer', () => {
    const { device } = new Stage();
    const bytes = Buffer.alloc(BYTES, 1);
    device.format(0, 1, bytes);
    device.submit({ kind: 'write', id: 1, volume: 0, block: 2, bytes });
    bytes.fill(2);
    device.complete(1);
    expect([device.read(0, 1)[0], device.read(0, 2)[0]]).toEqual([1, 1]);
  });
});

describe('mistakes of a test are told before anything happens', () => {
  test.each<[string, (stage: Stage) => unknown]>([
    ['The fault stale needs a read, but got write.', (s) => s.write(1, 1, { code: 'stale', versionsBack: 1 })],
    ['a write or a flush, but got read', (s) => s.read(1, { code: 'lost' })],
    ['a write, but got flush', (s) => s.flush({ code: 'torn', sectors: [], result: 'ok' })],
    ['a bit from 0 to 8191, but got 8192', (s) => s.read(1, { code: 'flip', bit: 8192 })],
    ['a number of bytes from 0 to 1023, but got 1024', (s) => s.read(1, { code: 'short', bytes: 1024 })],
    ['a sector from 0 to 1, but got 2', (s) => s.write(1, 1, { code: 'torn', sectors: [0, 2], result: 'ok' })],
    ['a number of bytes from 0 to 1024, but got 1025', (s) => s.write(1, 1, { code: 'EIO', arrivedBytes: 1025 })],
    ['The fault flipAtRest needs a bit from 0 to 8191, but got -1', (s) => s.device.flipAtRest(0, 1, -1)],
    ['The device has 2 volumes, not 3.', (s) => s.flush(undefined, 2)],
    ['complete is possible only when the request is pending', (s) => s.device.complete(7)],
    ['A block is whole sectors of 512 bytes, not 100 bytes.', () => new FaultDevice(1, 100)],
  ])('%s', (message, mistake) => {
    const stage = new Stage();
    expect(() => mistake(stage)).toThrow(message);
    expect([stage.device.damage(), stage.device.volatileState(0)]).toEqual([[], 'none']);
  });
});

const OVER_FAULT_DEVICE: CoreDriverOptions = {
  makeDevice: (volumes, blockBytes) => new FaultDevice(volumes, blockBytes),
};

describe('production over the fault device', () => {
  test.each([
    ['META and UNDO, reads and writes that fail', META_UNDO_SHAPE],
    ['the configuration flush-faults', configuration('flush-faults').shape],
    ['the configuration read-ahead', configuration('read-ahead').shape],
  ])('takes every edge as the model does: %s', (_, shape) => {
    const exploration = explore(createMachine(shape), { graph: true });
    const report = executeEdges(exploration, createCoreDriver(shape, OVER_FAULT_DEVICE));
    expect(report.mismatch?.story.join('\n')).toBeUndefined();
    expect(report.executed).toBe(exploration.transitions);
  });

  test('leaves the model when the device says of a flush what is not so', () => {
    const shape = VOLUME_META_SHAPE;
    const makeDevice = (volumes: number, blockBytes: number): FaultDevice =>
      new (class extends FaultDevice {
        override complete(id: number, fault?: InjectedFault): Completion {
          const completion = super.complete(id, fault);
          return completion.request.kind === 'flush' ? { ...completion, result: 'ok' } : completion;
        }
      })(volumes, blockBytes);
    const { mismatch } = executeEdges(
      explore(createMachine(shape), { graph: true }),
      createCoreDriver(shape, { makeDevice }),
    );
    expect(mismatch?.label).toBe('FlushDoneError');
  });

  test('comes to the same state, whatever the order of completions (F1, F2)', () => {
    const shape = { ...META_UNDO_SHAPE, clients: ['c1', 'c2'] };
    const client = (kind: 'resumeGet' | 'ioModify' | 'change' | 'ioModifyDone' | 'release'): Action[] =>
      [0, 1].map((c) => ({ kind, client: c, undoReclaim: false }));
    const both: Action[][] = [
      [0, 1].map((c) => ({ kind: 'ioRead', client: c, io: c, ahead: false })),
      [0, 1].map((io) => ({ kind: 'readDone', io, error: false })),
      client('resumeGet'),
      client('ioModify'),
      client('change'),
      client('ioModifyDone'),
      [0, 1].map((c) => ({ kind: 'ioFlush', client: c, reclaim: false })),
      [0, 1].map((io) => ({ kind: 'writeDone', io, error: false })),
      client('release'),
    ];
    const finish = (readsTurned: boolean, writesTurned: boolean) => {
      const driver = createCoreDriver(shape, OVER_FAULT_DEVICE);
      for (const actions of both) {
        const turned = actions[0]!.kind === 'readDone' ? readsTurned : actions[0]!.kind === 'writeDone' && writesTurned;
        for (const action of turned ? [...actions].reverse() : actions) driver.perform(action);
      }
      const into = blankSnapshot(shape);
      driver.snapshot(into);
      return { into, contents: [0, 1].map((block) => driver.device.read(0, block)) };
    };
    const inOrder = finish(false, false);
    expect(inOrder.into.ios.map(({ released, modified, bp }) => [released, modified, bp])).toEqual([
      [true, false, true],
      [true, false, true],
    ]);
    expect(inOrder.contents.map((bytes) => bytes[4])).toEqual([1, 1]);
    for (const [reads, writes] of [
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const other = finish(reads, writes);
      expect(diffSnapshots(shape, inOrder.into, other.into)).toEqual([]);
      expect(other.contents).toEqual(inOrder.contents);
    }
  });
});
