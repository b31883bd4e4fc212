// DirectIo among others: those who use the same blocks through the core, those who fill its cache, the backend that commits, and
// whoever wants the blocks next.

import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectFile, Front, DirectIo } from '../../../../src/index.ts';
import { CacheFull, ImpossibleInput } from '../../../../src/index.ts';
import { counting, DirectStage, elementAt, STAGE_BLOCK } from '../../../support/direct-core-stage.ts';

const BLOCK = STAGE_BLOCK;
const CELL = 4 * BLOCK;

let stage: DirectStage;
let direct: DirectIo;
beforeEach(() => {
  stage = new DirectStage();
  ({ direct } = stage);
});

const setUp = (...args: ConstructorParameters<typeof DirectStage>): void => {
  stage = new DirectStage(...args);
  ({ direct } = stage);
};

describe('aliases that others use', () => {
  let file: DirectFile;
  let front: Front;
  beforeEach(() => {
    file = stage.file('f', [elementAt(8, counting(CELL))]);
    front = direct.openFront(file, 0, stage.memory(4));
  });

  test('a read waits until modifiers have left and their bytes are written', () => {
    const handle = stage.hold(0, 10);
    stage.core.ioModify(handle);
    stage.core.bytes(handle).fill(77);
    expect(direct.strategyRead(front)).toBe('wait');
    stage.settle();
    expect([front.at, front.runnable]).toEqual(['syncing', false]);
    stage.core.ioModifyDone(handle);
    stage.settle();
    expect([front.runnable, direct.nextRunnable()]).toEqual([true, front]);
    expect(direct.resume(front)).toBe('io');
    stage.settle();
    expect([stage.ended(), front.bytes[2 * BLOCK], front.bytes[BLOCK]]).toEqual([[front], 77, counting(CELL)[BLOCK]]);
    stage.core.release(handle);
  });

  test('a purge takes all blocks of a record or none', () => {
    const held = stage.hold(0, 18);
    const passive = stage.hold(0, 17);
    stage.core.release(passive);
    stage.write(front, { volume: 0, block: 16 }, 7);
    direct.recycleFront(front);
    expect(direct.strategyRead(front)).toBe('again');
    expect([front.at, front.answered]).toEqual(['empty', 1]);
    expect(direct.commitRecord({ volume: 0, block: 16 })).toBe('again');
    expect(direct.extentAt({ volume: 0, block: 16 })).toMatchObject({
      use: 'record',
      live: true,
      inval: true,
      backend: false,
    });
    expect(stage.core.view.volumes[0]!.ios.get(17)?.bp).toBeDefined();
    stage.core.release(held);
  });

  test('two fronts wait for one load; if it fails, both are answered', () => {
    const other = direct.openFront(direct.openSnapshot(file, 's'), 0, stage.memory(1));
    for (const result of ['error', 'done'] as const) {
      stage.fault = () => (result === 'error' ? { code: 'EIO' } : undefined);
      expect([direct.strategyRead(front, true), direct.strategyRead(other, true)]).toEqual(['io', 'wait']);
      stage.settle();
      expect([front.result, other.result]).toEqual([result, result]);
      expect(new Set(stage.ended())).toEqual(new Set([front, other]));
    }
  });

  test("a front that has queued behind somebody else's load hears of its failure, and nobody tries again", () => {
    const { ticket, outcome } = stage.core.ioRead(0, 8, 'data');
    expect([outcome, direct.strategyRead(front, true)]).toEqual(['io', 'io']);
    stage.fault = (request) => (request.kind === 'read' && request.block === 8 ? { code: 'EIO' } : undefined);
    stage.settle();
    expect([front.result, front.failure!.block]).toEqual(['error', 8]);
    expect(stage.core.resume(ticket).outcome).toBe('error');
    expect(stage.issued.filter((r) => r.kind === 'read' && r.block === 8)).toHaveLength(1);
    expect(stage.core.view.volumes[0]!.ios.get(8)).toBeUndefined();
  });

  test('fresh space that somebody changes through the core is not written to by a small write', () => {
    const handle = stage.hold(0, 20);
    stage.core.ioWriteInterlock(handle);
    front.bytes.fill(3);
    const small = direct.openFront(direct.openFile('g'), 0, stage.memory(1));
    expect(direct.strategyWrite(small, { volume: 0, block: 20 }, BLOCK, true)).toBe('error');
    expect([small.failure!.reason, direct.extentAt({ volume: 0, block: 20 })]).toEqual(['alias', undefined]);
    stage.core.ioDoneInterlock(handle);
    expect(direct.strategyWrite(small, { volume: 0, block: 20 }, 5, true)).toBe('done');
    expect(stage.core.contents(handle)[4]).toBe(small.bytes[4]);
    stage.core.release(handle);
  });
});

describe('a device cache without room', () => {
  beforeEach(() => {
    setUp({ capacityBufs: 2 });
    stage.format({ volume: 0, block: 8 }, counting(CELL));
  });
  const open = (): Front => direct.openFront(direct.openFile('f', [elementAt(8, counting(CELL))]), 0, stage.memory(4));
  const giveUpClean = (): void => {
    for (let b = 0; b < 64; b++) if (stage.core.view.volumes[0]!.ios.get(b)?.bp !== undefined) stage.core.recycle(0, b);
    stage.core.cleanLoose();
  };

  test('nothing happens where the first block does not fit', () => {
    const front = open();
    const handles = [stage.hold(0, 1), stage.hold(0, 2)];
    expect(() => direct.strategyRead(front, true)).toThrow(CacheFull);
    expect([front.at, front.answered]).toEqual(['empty', 0]);
    for (const handle of handles) stage.core.release(handle);
    giveUpClean();
    expect(direct.strategyRead(front, true)).toBe('io');
  });

  test('a front goes on with the blocks that fit, and is runnable when it waits for room alone', () => {
    const front = open();
    expect(direct.strategyRead(front, true)).toBe('io');
    stage.settle();
    expect([front.at, front.runnable, direct.nextRunnable()]).toEqual(['copying', true, front]);
    expect(() => direct.resume(front)).toThrow(CacheFull);
    expect(front.runnable).toBe(true);
    giveUpClean();
    expect(direct.resume(front)).toBe('io');
    stage.settle();
    expect(front.bytes).toEqual(counting(CELL));
    expect(front.answered).toBe(1);
  });

  test('such a front may be abandoned', () => {
    const front = open();
    direct.strategyRead(front, true);
    expect(() => direct.abandon(front)).toThrow(/TicketRunnable/);
    stage.settle();
    expect(direct.abandon(front)).toBe('error');
    expect([front.at, front.failure!.reason, front.answered]).toEqual(['empty', 'abandoned', 1]);
    giveUpClean();
    expect(direct.strategyRead(front, true)).toBe('io');
  });

  test('a small write is not begun', () => {
    const front = direct.openFront(direct.openFile('g'), 0, stage.memory(1));
    const handles = [stage.hold(0, 1), stage.hold(0, 2)];
    expect(() => direct.strategyWrite(front, { volume: 0, block: 20 }, 5, true)).toThrow(CacheFull);
    expect([front.at, direct.extentAt({ volume: 0, block: 20 })]).toEqual(['empty', undefined]);
    expect(handles).toHaveLength(2);
  });

  test('an element is not moved in part', () => {
    const file = direct.openFile('f', [elementAt(8, counting(BLOCK))]);
    const handles = [stage.hold(0, 8), stage.hold(0, 2)];
    expect(() => direct.relocate({ volume: 0, block: 8 }, { volume: 0, block: 20 })).toThrow(CacheFull);
    expect([file.index.get(0)!.block, direct.extentAt({ volume: 0, block: 20 })]).toEqual([8, undefined]);
    expect(handles).toHaveLength(2);
  });
});

describe('records and space', () => {
  test('a record is committed when its write is over; what it supersedes is free after two cycles, and not before', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const front = direct.openFront(file, 0, stage.memory(4));
    direct.strategyWrite(front, { volume: 0, block: 16 });
    expect(direct.commitRecord({ volume: 0, block: 16 })).toBe('wait');
    stage.settle();
    const record = direct.nextRunnable()!;
    expect([record, direct.nextRunnable()]).toEqual([direct.extentAt({ volume: 0, block: 16 }), undefined]);
    expect(direct.resume(record)).toBe('done');
    const [freed] = direct.delayed;
    for (const age of [0, 1]) {
      expect([freed!.age, direct.reserveComplete(freed!)]).toEqual([age, 'again']);
      direct.cycle();
    }
    expect(direct.reserveComplete(freed!)).toBe('done');
    expect([direct.extentAt(freed!), direct.extentAt({ volume: 0, block: 8 })]).toEqual([undefined, undefined]);
    expect(stage.write(front, { volume: 0, block: 10 }, 4)).toBe('done');
  });

  test('what an older list names is free after two cycles, but for blocks that are taken', () => {
    const older = [
      { fileOffset: 0, volume: 0, block: 18, length: CELL },
      { fileOffset: CELL, volume: 0, block: 24, length: 2 * BLOCK + 1 },
      { fileOffset: 0, volume: 0, block: 22, length: CELL },
    ];
    direct.openFile('f', [{ fileOffset: 0, volume: 0, block: 20, length: BLOCK }], older);
    const delayed = [...direct.delayed];
    expect(delayed.map(({ block, blocks, use, age }) => [block, blocks, use, age])).toEqual([
      [18, 2, 'delay', 0],
      [21, 1, 'delay', 0],
      [24, 3, 'delay', 0],
      [22, 2, 'delay', 0],
    ]);
    direct.cycle();
    expect(delayed.map((freed) => direct.reserveComplete(freed))).toEqual(['again', 'again', 'again', 'again']);
    direct.cycle();
    expect(delayed.map((freed) => direct.reserveComplete(freed))).toEqual(['done', 'done', 'done', 'done']);
    expect([...direct.delayed]).toEqual([]);
    expect(direct.extentAt({ volume: 0, block: 20 })?.use).toBe('media');
  });

  test('blocks are not handed out while a reader is on its way to them (D41)', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const [reader, front] = [
      direct.openFront(direct.openSnapshot(file, 's'), 0, stage.memory(4)),
      direct.openFront(file, 0, stage.memory(4)),
    ];
    for (let b = 8; b < 12; b++) stage.core.release(stage.hold(0, b));
    expect(direct.strategyRead(reader)).toBe('io');
    stage.submit();
    const before = stage.device.pending()[0]!;
    expect(direct.relocate({ volume: 0, block: 8 }, { volume: 0, block: 24 })).toBe('done');
    direct.cycle();
    direct.cycle();
    const [freed] = direct.delayed;
    expect(direct.reserveComplete(freed!)).toBe('again');
    stage.complete(before);
    expect([reader.bytes, freed!.readers, reader.cached]).toEqual([counting(CELL), 0, undefined]);
    expect(direct.reserveComplete(freed!)).toBe('done');
    direct.recycleFront(reader);
    expect([stage.read(reader), stage.read(front)]).toEqual(['done', 'done']);
    expect([reader.bytes, front.bytes, front.cached!.block]).toEqual([counting(CELL), counting(CELL), 24]);
    expect(stage.medium(0, 24, 4)).toEqual([0, 1, 2, 3].map((i) => counting(CELL)[i * BLOCK]));
  });

  test('a move is tried again later while the source is not cached or the target is', () => {
    stage.file('f', [elementAt(8, counting(CELL))]);
    const [from, to] = [
      { volume: 0, block: 8 },
      { volume: 0, block: 24 },
    ];
    const hold = [8, 9, 10].map((b) => stage.hold(0, b));
    expect(direct.relocate(from, to)).toBe('again');
    hold.push(stage.hold(0, 11), stage.hold(0, 26));
    expect(direct.relocate(from, to)).toBe('again');
    expect(direct.relocate(from, { volume: 0, block: 62 })).toBe('error');
    expect(direct.relocate(from, { volume: 0, block: 32 })).toBe('done');
    expect([hold.length, direct.extentAt(to)]).toEqual([5, undefined]);
  });

  test('a write that wants to replace a record which is being committed waits for the backend', () => {
    const front = direct.openFront(direct.openFile('f'), 0, stage.memory(1));
    direct.strategyWrite(front, { volume: 0, block: 0 });
    const record = direct.extentAt({ volume: 0, block: 0 })!;
    expect(direct.commitRecord(record)).toBe('wait');
    stage.settle();
    expect(direct.strategyWrite(front, { volume: 0, block: 1 })).toBe('wait');
    expect(() => direct.resume(front)).toThrow(/TicketRunnable/);
    const held = stage.hold(0, 0);
    expect(direct.resume(record)).toBe('again');
    expect(direct.nextRunnable()).toBe(record.runnable ? record : front);
    expect(direct.resume(front)).toBe('io');
    stage.settle();
    stage.core.release(held);
    expect([record.live, direct.destroyRecord(record)]).toEqual([false, 'done']);
    expect(() => direct.destroyRecord(record)).toThrow(ImpossibleInput);
  });

  test('free blocks are found behind those found last, and from the beginning again', () => {
    setUp({ blocks: [8, 4], zones: [{ volume: 0, block: 2, blocks: 6 }, { volume: 1, block: 0, blocks: 4 }] }); // prettier-ignore
    const file = direct.openFile('f', [{ fileOffset: 0, volume: 0, block: 4, length: BLOCK }]);
    const found = [2, 3, 4, 2].map((blocks, i) => {
      const place = direct.findSpace(blocks);
      if (place !== undefined) stage.write(direct.openFront(file, (i + 1) * CELL, stage.memory(blocks)), place, i);
      return place && [place.volume, place.block];
    });
    expect(found).toEqual([[0, 2], [0, 5], [1, 0], undefined]); // prettier-ignore
  });
});
