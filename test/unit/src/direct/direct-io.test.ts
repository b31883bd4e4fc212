// DirectIo by stories: what becomes of reads and writes of extents of several blocks, on good days and on every path of error.
// What the bounded configurations cover state by state is not told again.

import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { DirectFailure, DirectIo, HammerIoCore } from '../../../../src/index.ts';
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

describe('extents of several blocks', () => {
  test('are one request each way, and what follows the data reads as zeros', () => {
    const front = direct.openFront(direct.openFile('f'), 0, stage.memory(4));
    front.bytes.set(counting(CELL));
    expect(direct.strategyWrite(front, { volume: 0, block: 8 }, 3 * BLOCK + 5)).toBe('io');
    stage.settle();
    expect(stage.issued.map(({ kind }) => kind)).toEqual(['write']);
    expect(direct.commitRecord({ volume: 0, block: 8 })).toBe('done');
    direct.recycleFront(front);
    front.bytes.fill(0xee);
    expect(direct.strategyRead(front)).toBe('io');
    stage.settle();
    expect(stage.issued[1]).toMatchObject({ kind: 'read', volume: 0, block: 8, blocks: 4 });
    expect([front.at, front.length]).toEqual(['valid', 3 * BLOCK + 5]);
    expect(front.bytes.subarray(0, front.length)).toEqual(counting(3 * BLOCK + 5));
    expect(front.bytes.subarray(front.length).every((byte) => byte === 0)).toBe(true);
  });

  test('are read in part through the device cache: only the blocks that the front covers', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const front = direct.openFront(file, BLOCK, stage.memory(2));
    expect(stage.read(front)).toBe('done');
    expect(stage.issued.map((request) => (request.kind === 'read' ? request.block : -1))).toEqual([9, 10]);
    expect(front.bytes).toEqual(counting(CELL).subarray(BLOCK, 3 * BLOCK));
    expect([front.aged, front.cached]).toEqual([false, undefined]);
  });

  test('that are shorter than the front, or not there, leave zeros', () => {
    const file = stage.file('f', [elementAt(8, counting(BLOCK + 3), CELL)]);
    const [hole, short, behind] = [
      direct.openFront(file, 0, stage.memory(4)),
      direct.openFront(file, CELL, stage.memory(4)),
      direct.openFront(direct.openSnapshot(file, 's'), CELL + 2 * BLOCK, stage.memory(2)),
    ];
    expect([stage.read(hole), stage.read(short), stage.read(behind)]).toEqual(['done', 'done', 'done']);
    expect([hole.length, short.length, behind.length]).toEqual([0, BLOCK + 3, 0]);
    for (const { bytes, length } of [hole, short, behind])
      expect(bytes.subarray(length).some((b) => b !== 0)).toBe(false);
    expect(stage.issued).toMatchObject([{ block: 8, blocks: 2 }]);
  });

  test('of a file are kept by its snapshots, and superseded in the file by records and then by elements', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const old = direct.openFront(direct.openSnapshot(file, 's'), 0, stage.memory(4));
    const front = direct.openFront(file, 0, stage.memory(4));
    expect(stage.write(front, { volume: 0, block: 16 }, 7)).toBe('done');
    direct.recycleFront(front);
    expect([stage.read(front), stage.read(old)]).toEqual(['done', 'done']);
    expect([front.bytes[CELL - 1], old.bytes]).toEqual([7, counting(CELL)]);
    expect([front.how, direct.extentAt({ volume: 0, block: 16 })!.use]).toEqual(['none', 'record']);
    expect(direct.commitRecord({ volume: 0, block: 16 })).toBe('done');
    expect(direct.extentAt({ volume: 0, block: 8 })!.use).toBe('media');
    direct.recycleFront(front);
    direct.recycleFront(old);
    expect([stage.read(front), stage.read(old)]).toEqual(['done', 'done']);
    expect([front.bytes[0], old.bytes]).toEqual([7, counting(CELL)]);
  });
});

describe('a place that cannot be reached', () => {
  const PLACES = [
    ['lookup', { volume: 0, block: 40 }, /lies in no zone/],
    ['missing', { volume: 1, block: 0 }, /volume is missing/],
    ['beyond', { volume: 0, block: 30 }, /beyond the end of the volume/],
  ] as const;
  const ZONES = [
    { volume: 0, block: 0, blocks: 40 },
    { volume: 1, block: 0, blocks: 40 },
  ];

  test.each(PLACES)('%s: a read fails and says why', (reason, place, sentence) => {
    setUp({ blocks: [32], zones: ZONES });
    const file = direct.openFile('f', [{ fileOffset: 0, length: CELL, ...place }]);
    const front = direct.openFront(file, 0, stage.memory(4));
    for (const piecewise of [false, true]) {
      expect(direct.strategyRead(front, piecewise)).toBe('error');
      expect([front.at, front.result, front.failure]).toEqual(['empty', 'error', { reason, ...place }]);
      expect(direct.failureOf(front)).toBeInstanceOf(DirectFailure);
      expect(direct.failureOf(front)!.message).toMatch(sentence);
    }
    direct.bmap(front);
    expect(front.cached).toBeUndefined();
    stage.settle();
    expect(stage.issued).toEqual([]);
  });

  test.each(PLACES)('%s: a write fails, and nothing is reserved or seen', (reason, place) => {
    setUp({ blocks: [32], zones: ZONES });
    const front = direct.openFront(direct.openFile('f'), 0, stage.memory(4));
    expect(direct.strategyWrite(front, place)).toBe('error');
    expect(direct.failureOf(front)).toMatchObject({ reason, ...place });
    expect([front.at, direct.extentAt(place), stage.core.view.criticalError]).toEqual(['empty', undefined, false]);
    expect(stage.write(front, { volume: 0, block: 0 }, 3)).toBe('done');
    expect(direct.failureOf(front)).toBeUndefined();
  });

  test('missing is a volume whose header is not loaded, too; it may come back', () => {
    const core = new HammerIoCore({
      volumes: [{ name: 'v', blocks: 8, headerBlock: 0 }],
      capacityBufs: 4,
      blockBytes: BLOCK,
    });
    const zones = [{ volume: 0, block: 1, blocks: 7 }];
    const io = new DirectIo({ core, zones, extentBytes: BLOCK });
    const front = io.openFront(io.openFile('f'), 0, new Uint8Array(BLOCK));
    expect(io.strategyWrite(front, { volume: 0, block: 1 })).toBe('error');
    expect(io.failureOf(front)!.reason).toBe('missing');
    expect(io.findSpace(1)).toBeUndefined();
    core.ioRead(0, 0, 'volume');
    core.drainRequests(({ kind, ...rest }) => expect([kind, rest]).toMatchObject(['read', { block: 0 }]));
    core.readDone(1, 'ok');
    core.resume(core.nextRunnable());
    expect(io.findSpace(1)).toEqual({ volume: 0, block: 1 });
    expect(io.strategyWrite(front, { volume: 0, block: 1 })).toBe('io');
  });
});

describe('a device that fails', () => {
  const EIO = { code: 'EIO' } as const;

  test('to read: the front is given up, nothing is critical, and another try may succeed', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const front = direct.openFront(file, 0, stage.memory(4));
    for (const piecewise of [false, true]) {
      stage.fault = () => EIO;
      expect(stage.read(front, piecewise)).toBe('error');
      expect(front.failure).toEqual({ reason: 'device', volume: 0, block: 8 });
      expect([front.at, front.cached, stage.core.view.criticalError]).toEqual(['empty', undefined, false]);
      stage.fault = () => undefined;
      expect(stage.read(front, piecewise)).toBe('done');
      expect(front.bytes).toEqual(counting(CELL));
      direct.recycleFront(front);
    }
  });

  test('to read one block of several: that block is named, the others come all the same', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const front = direct.openFront(file, 0, stage.memory(4));
    stage.fault = (request) => (request.kind === 'read' && request.block === 9 ? EIO : undefined);
    expect(stage.read(front, true)).toBe('error');
    expect([front.answered, front.failure]).toEqual([1, { reason: 'device', volume: 0, block: 9 }]);
    stage.fault = () => undefined;
    expect(stage.read(front, true)).toBe('done');
    expect(stage.issued.filter((r) => r.kind === 'read').map(({ block }) => block)).toEqual([8, 9, 10, 11, 9]);
  });

  test('to write: a critical error; the record is not read, not committed, and nothing is written any more', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL)), elementAt(12, counting(CELL, 9), CELL)]);
    const [front, other] = [direct.openFront(file, 0, stage.memory(4)), direct.openFront(file, CELL, stage.memory(4))];
    front.bytes.fill(5);
    stage.fault = ({ kind }) => (kind === 'write' ? { code: 'EIO', arrivedBytes: BLOCK + 1 } : undefined);
    expect(direct.strategyWrite(front, { volume: 0, block: 16 })).toBe('io');
    expect(direct.commitRecord({ volume: 0, block: 16 })).toBe('wait');
    stage.settle();
    expect(stage.ended()).toEqual([front]);
    expect([front.at, front.result, front.failure!.reason]).toEqual(['empty', 'error', 'device']);
    expect(stage.core.view.criticalError).toBe(true);
    expect(stage.core.view.volumes[0]!.flush).toBe('dirty');
    const record = direct.nextRunnable()!;
    expect(direct.resume(record)).toBe('error');
    expect(direct.strategyRead(front)).toBe('error');
    expect(direct.failureOf(front)!.message).toMatch(/newest data is that of a write which has failed/);
    expect(direct.commitRecord({ volume: 0, block: 16 })).toBe('refused');
    expect(direct.strategyWrite(front, { volume: 0, block: 20 })).toBe('refused');
    expect([direct.cycle(), direct.relocate({ volume: 0, block: 8 }, { volume: 0, block: 20 })]).toEqual([
      'refused',
      'refused',
    ]);
    expect(stage.read(other)).toBe('done');
    expect(other.bytes).toEqual(counting(CELL, 9));
  });

  test('to write a buffer of the core is critical for direct I/O too, and its bytes are read from memory', () => {
    const file = stage.file('f', [elementAt(8, counting(CELL))]);
    const front = direct.openFront(file, 0, stage.memory(4));
    const handle = stage.hold(0, 9);
    stage.core.ioModify(handle);
    stage.core.bytes(handle).fill(99);
    stage.core.ioModifyDone(handle);
    stage.fault = ({ kind }) => (kind === 'write' ? EIO : undefined);
    expect(stage.read(front)).toBe('done');
    expect([0, BLOCK, 2 * BLOCK].map((at) => front.bytes[at])).toEqual([
      counting(CELL)[0],
      99,
      counting(CELL)[2 * BLOCK],
    ]);
    expect([front.aged, stage.core.view.criticalError]).toEqual([false, true]);
    expect(direct.strategyWrite(front, { volume: 0, block: 16 })).toBe('refused');
  });
});

describe('checksums, where whole elements are read through the device cache', () => {
  test('bytes that are not those that were written are an error, and only then', () => {
    setUp({ doubleBuffer: true });
    const file = stage.file('f', [elementAt(8, counting(2 * BLOCK + 9))]);
    // Behind the data stands what was there before: the checksum is not concerned.
    stage.device.format(0, 10, counting(BLOCK, 1 + 2 * BLOCK));
    const front = direct.openFront(file, 0, stage.memory(4));
    expect(stage.read(front)).toBe('done');
    expect([front.aged, front.length, front.bytes[2 * BLOCK + 9]]).toEqual([true, 2 * BLOCK + 9, 0]);
    direct.recycleFront(front);
    for (const block of [8, 9, 10]) stage.core.ioInval(0, block);
    for (let b = 8; b < 11; b++) stage.core.delBuffer(stage.core.tryGet(0, b));
    const wrong = counting(BLOCK, 1 + BLOCK);
    wrong[3]! ^= 1;
    stage.device.format(0, 9, wrong);
    expect(stage.read(front)).toBe('error');
    expect(direct.failureOf(front)!.message).toMatch(/by their crc32/);
    expect(front.at).toBe('empty');
  });

  test.each([
    ['verify is off', { doubleBuffer: true, verify: false }],
    ['nothing goes through the device cache', { doubleBuffer: false }],
  ])('are not looked at when %s', (_, options) => {
    setUp(options);
    const file = direct.openFile('f', [{ fileOffset: 0, volume: 0, block: 8, length: CELL, crc: 1 }]);
    expect(stage.read(direct.openFront(file, 0, stage.memory(4)))).toBe('done');
  });

  test('are computed for what is written, and of the data alone', () => {
    const front = direct.openFront(direct.openFile('f'), 0, stage.memory(4));
    stage.write(front, { volume: 0, block: 0 }, 5, BLOCK + 1);
    expect(direct.extentAt({ volume: 0, block: 0 })!.crc).toBe(crc32(new Uint8Array(BLOCK + 1).fill(5)));
    setUp({ checksums: false });
    stage.write(direct.openFront(direct.openFile('f'), 0, stage.memory(4)), { volume: 0, block: 0 }, 5);
    expect(direct.extentAt({ volume: 0, block: 0 })!.crc).toBeUndefined();
  });
});
