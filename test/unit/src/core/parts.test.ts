// The parts of production that stand alone: options, the slab, numbers of things, errors, the device in memory.

import { test } from 'vitest';
import { HammerIoCore, HammerIoError, MemoryDevice, PROMISES } from '../../../../src/index.ts';
import * as errors from '../../../../src/core/errors.ts';
import { Slab } from '../../../../src/core/records/buf.ts';
import { Slot, Slots } from '../../../../src/core/records/slots.ts';
import { EIO } from '../../../support/core-stage.ts';
import { mustBe, mustEqual, mustThrow } from '../../../support/must.ts';

test('by default a quarter of the slab may be backlog, blocks are 16 KiB, and nobody lays UNDO', () => {
  const core = new HammerIoCore({ volumes: [{ name: 'v', blocks: 4 }], capacityBufs: 8 });
  const { blockBytes, backlogBytesMax, undoLog, verify, slab } = core.state;
  mustEqual([blockBytes, backlogBytesMax, undoLog, verify], [16_384, 32_768, false, false]);
  mustEqual([slab.memory.byteLength, slab.capacityBufs, slab.freeBufs], [131_072, 8, 8]);
});

test('options at their limits are good', () => {
  const volumes = Array.from({ length: 256 }, (_, v) => ({ name: `v${v}`, blocks: 1, headerBlock: 0 }));
  const core = new HammerIoCore({ volumes, capacityBufs: 1, blockBytes: 8, backlogBytesMax: 0 });
  mustBe(core.state.volumes.length, 256);
  mustBe(core.ioRead(255, 0, 'volume').outcome, 'io');
});

test('a slab hands out its memory from the offset on, and takes buffers back bare', () => {
  const memory = new SharedArrayBuffer(8 + 2 * 16);
  const slab = new Slab(2, 16, memory, 8);
  const [a, b] = [slab.take(0, 5), slab.take(1, 6)];
  mustEqual([a.index, a.bytes.byteOffset, a.bytes.length, b.bytes.byteOffset, slab.freeBufs], [0, 8, 16, 24, 0]);
  mustEqual([a.volume, a.block, b.volume, b.block, slab.bufs.length], [0, 5, 1, 6, 2]);
  Object.assign(a, { delwri: true, notmeta: true, activity: 9, arrived: true });
  slab.give(a);
  mustEqual([a.block, a.delwri, a.notmeta, a.activity, a.arrived, slab.freeBufs], [-1, false, false, 0, false, 1]);
  mustBe(slab.take(0, 7), a);
  mustBe(new Slab(2, 16).memory.byteLength, 32);
});

class Thing extends Slot {}

test('numbers are never 0, stale after use, and good again only after all generations', () => {
  const things = new Slots('things', (slot) => new Thing(slot));
  const first = things.take();
  const number = first.id;
  mustEqual(
    [things.find(number), things.find(0), things.find(-1), things.find(number + 1)],
    [first, undefined, undefined, undefined],
  );
  const second = things.take();
  mustBe(things.find(second.id), second);
  mustBe((number & 0xffff) !== 0 && (number & 0xffff) !== (second.id & 0xffff), true);
  things.give(first);
  mustBe(things.find(number), undefined);
  let reuses = 0;
  for (let thing = things.take(); thing.id !== number; thing = things.take(), reuses++) {
    if (thing !== first || thing.id <= 0 || reuses > 40_000) throw new Error(`reuse ${reuses} is number ${thing.id}`);
    things.give(thing);
  }
  mustBe(reuses, 32_767);
});

test('there is a number for each of 65,535 things', () => {
  const things = new Slots('things', (slot) => new Thing(slot));
  for (let i = 0; i < 65_535; i++) things.take();
  mustThrow(() => things.take(), 'At most 65535 things can be live at a time; close some first.');
});

test('errors say of what kind they are', () => {
  const made: HammerIoError[] = [
    new errors.BrokenPromise('Exists', 'none'),
    new errors.CacheFull(3),
    new errors.Reentered(),
    new errors.InvalidArgument('a', 'b', 'c'),
    new errors.ImpossibleInput('a', 'b', 'c'),
    new errors.BytesChanged('d1', 1, 2),
  ];
  for (const error of made) {
    mustBe(error instanceof HammerIoError && error instanceof Error, true);
    mustBe(error.name, error.constructor.name);
  }
  mustEqual([new HammerIoError('x').name, (made[0] as errors.BrokenPromise).seen], ['HammerIoError', 'none']);
  mustEqual([(made[1] as errors.CacheFull).capacityBufs, (made[5] as errors.BytesChanged).claim], [3, 'I14']);
  const lie = 'A value outside its type was met: x. This is a defect of the layer itself.';
  mustThrow(() => errors.unreachable('x' as never), lie);
  mustBe(Object.keys(PROMISES).length, 12);
});

test('a device in memory keeps what was written, and says what of it is durable', () => {
  const device = new MemoryDevice(2, 4);
  const write = (id: number, block: number, value: number): void =>
    device.submit({ kind: 'write', id, volume: 0, block, bytes: new Uint8Array(4).fill(value) });
  write(1, 1, 1);
  write(2, 1, 2);
  mustEqual(
    device.pending().map(({ id }) => id),
    [1, 2],
  );
  device.complete(1);
  device.submit({ kind: 'flush', id: 3, volume: 0 });
  device.submit({ kind: 'flush', id: 4, volume: 1 });
  mustEqual([device.volatileState(0), device.volatileState(1)], ['covered', 'none']);
  device.complete(2);
  mustBe(device.volatileState(0), 'exposed');
  device.complete(3);
  mustEqual([...device.readDurable(0, 1), ...device.read(0, 1)], [1, 1, 1, 1, 2, 2, 2, 2]);
  write(5, 2, 7);
  device.complete(5, { code: 'EIO', arrivedBytes: 3 });
  write(6, 3, 7);
  device.complete(6, EIO);
  mustEqual(
    [...device.read(0, 2), ...device.read(0, 3), ...device.readDurable(0, 2)],
    [7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  );
  device.submit({ kind: 'read', id: 7, volume: 0, block: 1, blocks: 2, into: [new Uint8Array(4), new Uint8Array(4)] });
  const { result, bytes, request } = device.complete(7);
  mustEqual([result, [...bytes!], request.id], ['ok', [2, 2, 2, 2, 7, 7, 7, 0], 7]);
  const contents = new Uint8Array(4).fill(3);
  device.format(1, 0, contents);
  contents.fill(4);
  mustEqual([...device.readDurable(1, 0), device.blockBytes], [3, 3, 3, 3, 4]);
});
