// What DirectIo refuses: arguments that can never be right, broken promises, impossible inputs, calls from inside. Nothing has
// changed then.

import { beforeEach, describe, expect, test } from 'vitest';
import type { DeviceRequest, DirectFile, Front } from '../../../../src/index.ts';
import {
  BrokenPromise,
  DirectIo,
  HammerIoCore,
  ImpossibleInput,
  InvalidArgument,
  Reentered,
} from '../../../../src/index.ts';
import { counting, DirectStage, elementAt, STAGE_BLOCK } from '../../../support/direct-core-stage.ts';

const BLOCK = STAGE_BLOCK;
const CELL = 4 * BLOCK;

let stage: DirectStage;
let direct: DirectIo;
beforeEach(() => {
  stage = new DirectStage();
  ({ direct } = stage);
});

describe('what is refused, and changes nothing', () => {
  let file: DirectFile;
  beforeEach(() => (file = stage.file('f', [elementAt(8, counting(3 * BLOCK))])));

  test.each<[string, () => unknown, RegExp]>([
    ['a front off the blocks', () => direct.openFront(file, 5, stage.memory(1)), /multiple of 64; seen: 5/],
    ['a front of half a block', () => direct.openFront(file, 0, new Uint8Array(BLOCK / 2)), /whole blocks.*32 bytes/],
    ['a front of nothing', () => direct.openFront(file, 0, new Uint8Array(0)), /seen: 0 bytes/],
    ['a front across cells', () => direct.openFront(file, BLOCK, stage.memory(4)), /end of the cell.*256 bytes from byte 64/],
    ['a file of elements off the cells', () => direct.openFile('g', [{ fileOffset: BLOCK, volume: 0, block: 0, length: 1 }]), /cell of 256 bytes.*byte 64/],
    ['an element of nothing', () => direct.openFile('g', [{ fileOffset: 0, volume: 0, block: 0, length: 0 }]), /length of 1 to 256/],
    ['an element beyond its cell', () => direct.openFile('g', [{ fileOffset: 0, volume: 0, block: 0, length: CELL + 1 }]), /seen: 257/],
    ['an older element of nothing', () => direct.openFile('g', [], [{ fileOffset: 0, volume: 0, block: 0, length: 0 }]), /length of 1 to 256/],
    ['an older element at no block', () => direct.openFile('g', [], [{ fileOffset: 0, volume: 0, block: -1, length: 1 }]), /block -1/],
    ['an element at half a block', () => direct.openFile('g', [{ fileOffset: 0, volume: 0, block: 0.5, length: 1 }]), /block 0.5/],
    ['a snapshot of a snapshot', () => direct.openSnapshot(direct.openSnapshot(file, 's'), 't'), /the snapshot s/],
    ["somebody else's file", () => new DirectStage().direct.openFront(file, 0, stage.memory(1)), /a file of this DirectIo/],
    ['zones over a header', () => new DirectIo({ core: new HammerIoCore({ volumes: [{ name: 'v', blocks: 4, headerBlock: 1 }], capacityBufs: 1 }), zones: [{ volume: 0, block: 0, blocks: 2 }] }), /without the header.*block 1/],
    ['half a zone', () => new DirectStage({ zones: [{ volume: 0, block: 0, blocks: 0.5 }] }), /`zones\[0\]\.blocks` of DirectIo to be a whole number from 1; seen: 0\.5/],
    ['cells of half a block', () => new DirectStage({ extentBytes: 96 }), /multiple of 64; seen: 96/],
  ])('%s', (_, call, sentence) => {
    expect(call).toThrow(InvalidArgument);
    expect(call).toThrow(sentence);
  }); // prettier-ignore

  test.each([0, -1, 1.5])('a search for %s blocks', (blocks) => {
    expect(() => direct.findSpace(blocks)).toThrow(/one block or more/);
    expect(new DirectStage({ zones: [] }).direct.findSpace(1)).toBeUndefined();
  });

  test('elements that overlap, wholly and without a trace', () => {
    const elements = [
      { fileOffset: 0, volume: 0, block: 20, length: CELL },
      { fileOffset: CELL, volume: 0, block: 10, length: 1 },
    ];
    expect(() => direct.openFile('g', elements)).toThrow(/SpaceReserved/);
    expect(direct.extentAt({ volume: 0, block: 20 })).toBeUndefined();
  });

  test('a second front for a cell, until the first is closed', () => {
    const front = direct.openFront(file, 0, stage.memory(1));
    expect(() => direct.openFront(file, BLOCK, stage.memory(1))).toThrow(/at most one front for a cell/);
    direct.closeFront(front);
    expect(() => direct.strategyRead(front)).toThrow(/an open front/);
    expect(direct.openFront(file, BLOCK, stage.memory(1)).at).toBe('empty');
  });

  test.each<[string, (front: Front) => unknown, RegExp]>([
    ['less than the cell has', (f) => direct.strategyWrite(f, { volume: 0, block: 20 }, 2 * BLOCK), /192 bytes that it has; seen: 128/],
    ['nothing', (f) => direct.strategyWrite(f, { volume: 0, block: 20 }, 0), /length of 1 to 256 bytes; seen: 0/],
    ['more than the front has', (f) => direct.strategyWrite(f, { volume: 0, block: 20 }, CELL + 1), /seen: 257/],
    ['more than a block, in a small way', (f) => direct.strategyWrite(f, { volume: 0, block: 20 }, BLOCK + 1, true), /1 to 64 bytes; seen: 65/],
    ['to no block', (f) => direct.strategyWrite(f, { volume: 0, block: -1 }), /block -1 of volume 0/],
  ])('a write of %s', (_, call, sentence) => {
    const front = direct.openFront(file, 0, stage.memory(4));
    expect(() => call(front)).toThrow(InvalidArgument);
    expect(() => call(front)).toThrow(sentence);
    expect([front.at, front.answered]).toEqual(['empty', 0]);
  }); // prettier-ignore

  test('a write from the middle of a cell', () => {
    const front = direct.openFront(file, BLOCK, stage.memory(3));
    expect(() => direct.strategyWrite(front, { volume: 0, block: 20 })).toThrow(/whole cell from byte 0 on/);
  });

  test('everything but its completion, of a front in flight', () => {
    const front = direct.openFront(file, 0, stage.memory(4));
    direct.strategyWrite(front, { volume: 0, block: 16 });
    const calls = [
      () => direct.strategyRead(front),
      () => direct.strategyWrite(front, { volume: 0, block: 24 }),
      () => direct.bmap(front),
      () => direct.recycleFront(front),
      () => direct.closeFront(front),
    ];
    for (const call of calls) expect(call).toThrow(/BufferIdle.*of f on is writing/);
    expect(() => direct.resume(front)).toThrow(/TicketRunnable/);
    stage.settle();
    expect([front.at, front.answered, stage.ended()]).toEqual(['valid', 1, [front]]);
  });

  test('a write to a snapshot, to blocks of which one is taken, and the commit of what is no live record', () => {
    const front = direct.openFront(file, 0, stage.memory(4));
    const old = direct.openFront(direct.openSnapshot(file, 's'), 0, stage.memory(4));
    expect(() => direct.strategyWrite(old, { volume: 0, block: 20 })).toThrow(BrokenPromise);
    for (const block of [5, 7, 8, 10]) {
      expect(() => direct.strategyWrite(front, { volume: 0, block })).toThrow(/SpaceReserved/);
    }
    expect(direct.strategyWrite(front, { volume: 0, block: 4 })).toBe('io');
    for (const block of [8, 20]) expect(() => direct.commitRecord({ volume: 0, block })).toThrow(/RecordLive/);
    stage.settle();
    const record = direct.extentAt({ volume: 0, block: 4 })!;
    expect([direct.commitRecord(record), record.use]).toEqual(['done', 'media']);
    expect(() => direct.reserveComplete(record)).toThrow(ImpossibleInput);
    expect(() => direct.relocate({ volume: 0, block: 50 }, { volume: 0, block: 51 })).toThrow(/none at block 50/);
  });

  test('completions of nothing, of the wrong kind, or a second time', () => {
    const front = direct.openFront(file, 0, stage.memory(4));
    direct.strategyWrite(front, { volume: 0, block: 16 });
    stage.submit();
    const { id } = stage.issued[0]!;
    expect(() => direct.readDone(id, 'ok')).toThrow(/whose front is writing/);
    direct.writeDone(id, 'ok');
    expect(() => direct.writeDone(id, 'ok')).toThrow(/no request/);
    expect([direct.owns(id), direct.resumeCore(99 as never)]).toEqual([false, false]);
  });

  test('a call from inside drainRequests', () => {
    const front = direct.openFront(file, 0, stage.memory(4));
    direct.strategyWrite(front, { volume: 0, block: 16 });
    const seen: DeviceRequest[] = [];
    direct.drainRequests((request) => {
      seen.push(request);
      expect(() => direct.writeDone(request.id, 'ok')).toThrow(Reentered);
    });
    expect(direct.writeDone(seen[0]!.id, 'ok')).toBe('done');
  });
});
