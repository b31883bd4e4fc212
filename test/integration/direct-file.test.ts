// DirectIo on real files: one request, one slot and one piece of memory for all blocks of an extent, beside single blocks of the
// core on the same device, with a write log that tells of every block, and errors that name the whole range.

import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceRequest, FileCompletion, FileVolume, Front, Request } from '../../src/index.ts';
import { DirectIo, FileDevice, HammerIoCore, InvalidArgument, readWriteLog } from '../../src/index.ts';
import { counting } from '../support/direct-core-stage.ts';

const BLOCK = 512;
const BLOCKS = 64;
const CELL = 4 * BLOCK;
const BUFS = 8;
/** Fronts stand behind the buffers of the core, in the same slab. */
const { slab, offset } = FileDevice.alignedSlab(BUFS * BLOCK + 4 * CELL);
const memory = (i: number, blocks = 4): Uint8Array =>
  new Uint8Array(slab, offset + BUFS * BLOCK + i * CELL, blocks * BLOCK);

let directory: string;
let path: string;
let log: string;
let device: FileDevice;
let core: HammerIoCore;
let direct: DirectIo;
let failures: FileCompletion[];
let heard: () => void;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'direct-'));
  path = join(directory, 'volume');
  await start({ blocks: BLOCKS, create: true });
});
async function start(volume: Omit<FileVolume, 'path'>): Promise<void> {
  log = join(directory, volume.create === true ? 'log' : 'second-log');
  device = await FileDevice.open({ volumes: [{ path, ...volume }], blockBytes: BLOCK, slab, writeLog: log });
  core = new HammerIoCore({
    volumes: [{ name: 'v', blocks: BLOCKS }],
    capacityBufs: BUFS,
    blockBytes: BLOCK,
    slab,
    slabOffset: offset,
  });
  direct = new DirectIo({ core, zones: [{ volume: 0, block: 0, blocks: BLOCKS }] });
  failures = [];
  device.onCompletions = (batch) => {
    for (const completion of batch) {
      const { request, result } = completion;
      if (result === 'error') failures.push(completion);
      const owner = direct.owns(request.id) ? direct : core;
      if (request.kind === 'read') owner.readDone(request.id, result);
      else if (request.kind === 'write') owner.writeDone(request.id, result);
      else core.flushDone(request.id, result);
    }
    for (let t = core.nextRunnable(); t !== 0; t = core.nextRunnable()) direct.resumeCore(t);
    heard();
  };
}
afterEach(async () => {
  await device.close();
  rmSync(directory, { recursive: true });
});

async function settle(): Promise<void> {
  const submit = (request: Request): void => device.submit(request as DeviceRequest);
  for (;;) {
    core.drainRequests(submit);
    direct.drainRequests(submit);
    if (device.pending === 0) return;
    await new Promise<void>((resolve) => (heard = resolve));
  }
}

function open(blocks = 4): [Front, Front] {
  const file = direct.openFile('f');
  return [direct.openFront(file, 0, memory(0, blocks)), direct.openFront(file, CELL, memory(1))];
}

test('extents that stand side by side go together, and come back as they were written', async () => {
  const [front, next] = open();
  front.bytes.set(counting(CELL));
  next.bytes.set(counting(CELL, 100));
  direct.strategyWrite(front, { volume: 0, block: 8 });
  direct.strategyWrite(next, { volume: 0, block: 12 }, 3 * BLOCK + 1);
  await settle();
  expect([front.result, next.result, device.statistics.writes, device.statistics.transfers]).toEqual([
    'done',
    'done',
    2,
    1,
  ]);
  expect(new Uint8Array(readFileSync(path).subarray(8 * BLOCK, 12 * BLOCK))).toEqual(counting(CELL));
  for (const block of [8, 12]) direct.commitRecord({ volume: 0, block });
  for (const one of [front, next]) {
    direct.recycleFront(one);
    one.bytes.fill(0);
    direct.strategyRead(one);
  }
  await settle();
  expect([device.statistics.reads, device.statistics.transfers]).toEqual([2, 2]);
  expect(front.bytes).toEqual(counting(CELL));
  expect(next.bytes.subarray(0, next.length)).toEqual(counting(3 * BLOCK + 1, 100));
});

test.each(['done', 'error'] as const)(
  'a direct write that ends with %s has marked its volume for a flush',
  async (end) => {
    if (end === 'error') {
      await device.close();
      await start({ readOnly: true });
    }
    const flush = (): string => core.view.volumes[0]!.flush;
    const [front] = open();
    direct.strategyWrite(front, { volume: 0, block: 8 });
    direct.drainRequests((request) => device.submit(request));
    expect(flush()).toBe('clean');
    await settle();
    expect([front.result, flush()]).toEqual([end, 'dirty']);
  },
);

test('the same memory serves transfers of several sizes, and single blocks of the core go between them', async () => {
  const [front, next] = open(2);
  for (const [place, one] of [
    [{ volume: 0, block: 20 }, front],
    [{ volume: 0, block: 24 }, next],
  ] as const) {
    // prettier-ignore
    one.bytes.fill(place.block);
    direct.strategyWrite(one, place);
    await settle();
    direct.commitRecord(place);
    direct.closeFront(one);
  }
  const part = direct.openFront(next.file, CELL + BLOCK, memory(0, 3));
  direct.strategyRead(part);
  await settle();
  expect([part.result, part.bytes[0], part.bytes[3 * BLOCK - 1]]).toEqual(['done', 24, 24]);
  expect(core.view.volumes[0]!.ios.size).toBe(3);
});

test('the write log tells of each block; a range that the file does not have any more is named as a whole', async () => {
  const [front, next] = open();
  front.bytes.set(counting(CELL));
  direct.strategyWrite(front, { volume: 0, block: 8 });
  await settle();
  core.ioFlushSync();
  await settle();
  truncateSync(path, 0);
  direct.commitRecord({ volume: 0, block: 8 });
  direct.recycleFront(front);
  direct.strategyRead(front);
  await settle();
  expect(failures[0]!.error).toMatchObject({ code: 'SHORT', operation: 'read', offset: 8 * BLOCK, bytes: CELL });
  expect(front.failure).toEqual({ reason: 'device', volume: 0, block: 8 });
  expect(next.at).toBe('empty');
  await device.close();
  const entries = [...readWriteLog(log)].slice(1);
  expect(entries.map(({ kind, ...rest }) => [kind, 'block' in rest ? rest.block : -1])).toEqual([
    ['write', 8],
    ['write', 9],
    ['write', 10],
    ['write', 11],
    ['flush', -1],
  ]);
  expect(Buffer.concat(entries.flatMap((entry) => (entry.kind === 'write' ? [entry.bytes] : [])))).toEqual(
    Buffer.from(counting(CELL)),
  );
});

test('a write that failed is logged as a failure of each block, and is critical', async () => {
  await device.close();
  await start({ readOnly: true });
  const [front] = open();
  direct.strategyWrite(front, { volume: 0, block: 8 });
  await settle();
  expect([front.failure!.reason, core.view.criticalError]).toEqual(['device', true]);
  expect(failures[0]!.error).toMatchObject({ operation: 'write', offset: 8 * BLOCK, bytes: CELL });
  await device.close();
  const told = [...readWriteLog(log)].slice(1).map((entry) => `${entry.kind} ${'block' in entry ? entry.block : ''}`);
  expect(told).toEqual(['write', 'failure'].flatMap((kind) => [8, 9, 10, 11].map((block) => `${kind} ${block}`)));
});

test('what the device could never do is refused when it is submitted', () => {
  const write = (block: number, bytes: Uint8Array): DeviceRequest => ({
    kind: 'write',
    id: 1,
    volume: 0,
    block,
    bytes,
  });
  const read = (blocks: number, into: Uint8Array[]): DeviceRequest => ({
    kind: 'read',
    id: 1,
    volume: 0,
    block: 0,
    blocks,
    into,
  });
  const three = [0, 1, 2].map((i) => memory(i, 1));
  expect(() => device.submit(write(BLOCKS - 3, memory(0)))).toThrow(/write of 4 from block 61/);
  expect(() => device.submit(write(0, memory(0).subarray(1)))).toThrow(/a view of 2047 bytes/);
  expect(() => device.submit(read(3, [memory(0)]))).toThrow(/memory for 3 blocks; seen: 1 views, of 4 blocks/);
  expect(() => device.submit(read(3, [memory(0, 1), memory(1, 2)]))).toThrow(InvalidArgument);
  expect(() => device.submit(read(3, three))).toThrow(/seen: 3 views/);
  expect(device.pending).toBe(0);
});
