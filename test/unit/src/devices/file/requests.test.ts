// Requests through the real thread: batches, errors with names, more requests than slots, the event loop, the end.

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  FileDevice,
  readWriteLog,
  type FileCompletion,
  type FileDeviceOptions,
  type FileVolume,
} from '../../../../../src/devices/file/index.ts';
import { InvalidArgument, type DeviceRequest } from '../../../../../src/index.ts';

const BYTES = 512;
const BLOCKS = 2048;
const BUFS = 64;
const { slab, offset } = FileDevice.alignedSlab(BUFS * BYTES);

const view = (buf: number): Uint8Array => new Uint8Array(slab, offset + buf * BYTES, BYTES);
const filled = (buf: number, value: number): Uint8Array => view(buf).fill(value);

let directory: string;
let path: string;
let device: FileDevice;
let batches: (readonly FileCompletion[])[];
let lastId = 0;
let whenEnded: { readonly count: number; readonly resolve: () => void } | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'requests-'));
  path = join(directory, 'volume');
});
afterEach(async () => {
  await device.close();
  rmSync(directory, { recursive: true });
});

async function open(volume: Partial<FileVolume> = {}, options: Partial<FileDeviceOptions> = {}): Promise<void> {
  const volumes = [{ path, blocks: BLOCKS, create: volume.readOnly !== true, ...volume }];
  device = await FileDevice.open({ volumes, blockBytes: BYTES, slab, ...options });
  batches = [];
  device.onCompletions = (batch) => {
    batches.push(batch);
    if (batches.flat().length === whenEnded?.count) whenEnded.resolve();
  };
}

const read = (block: number, ...bufs: number[]): DeviceRequest => {
  const into = bufs.map(view);
  return { kind: 'read', id: ++lastId, volume: 0, block, blocks: into.length, into };
};
const write = (block: number, bytes: Uint8Array): DeviceRequest => ({
  kind: 'write',
  id: ++lastId,
  volume: 0,
  block,
  bytes,
});
const flush = (): DeviceRequest => ({ kind: 'flush', id: ++lastId, volume: 0 });

/** Submits these together and waits until so many more have ended; answers how, in the order of the requests. */
async function run(...requests: DeviceRequest[]): Promise<FileCompletion[]> {
  const ended = new Promise<void>((resolve) => {
    whenEnded = { count: batches.flat().length + requests.length, resolve };
  });
  for (const request of requests) device.submit(request);
  await ended;
  const all = batches.flat();
  return requests.map((request) => all.find((completion) => completion.request === request)!);
}

describe('requests', () => {
  test('that are submitted together are one batch, and are joined', async () => {
    await open();
    const before = device.statistics;
    await run(write(3, filled(3, 3)), flush(), write(2, filled(2, 2)), write(4, filled(4, 4)), read(100, 9, 8));
    const { statistics } = device;
    expect(Object.fromEntries(Object.entries(statistics).filter(([, n]) => n > 0))).toEqual({
      batches: before.batches + 1,
      reads: 1,
      writes: 3,
      flushes: 1,
      transfers: 2,
      syncs: 1,
    });
    const file = readFileSync(path);
    expect([2, 3, 4].map((block) => file[block * BYTES])).toEqual([2, 3, 4]);
  });

  test('are told of after submit and its caller have returned, each once', async () => {
    await open();
    const requests = [write(1, filled(1, 1)), read(5, 2), flush()];
    const ended = run(...requests);
    expect([batches, device.pending]).toEqual([[], 3]);
    await ended;
    const ids = batches.flat().map(({ request, result }) => `${request.id} ${result}`);
    expect(ids.sort()).toEqual(requests.map(({ id }) => `${id} ok`).sort());
    expect(device.pending).toBe(0);
  });

  test('may be more than there are slots', async () => {
    await open();
    const writes = Array.from({ length: 3000 }, (_, i) => write(i % BLOCKS, view(i % BUFS)));
    const completions = await run(...writes, flush());
    expect(completions.every(({ result }) => result === 'ok')).toBe(true);
    expect(device.statistics.writes).toBe(3000);
    expect(device.pending).toBe(0);
    // And again, so that every slot has come back.
    expect((await run(...writes.map((request) => ({ ...request, id: ++lastId })))).length).toBe(3000);
  });

  test('may be submitted from inside a completion', async () => {
    await open();
    let rounds = 0;
    await new Promise<void>((resolve) => {
      device.onCompletions = () => {
        if (++rounds === 50) resolve();
        else device.submit(write(rounds, filled(rounds, rounds)));
      };
      device.submit(write(0, filled(0, 0)));
    });
    const file = readFileSync(path);
    expect(Array.from({ length: 50 }, (_, i) => file[i * BYTES])).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  test('leave the event loop alone: it turns while they are carried out', async () => {
    await open();
    // No two are neighbours, so that these are a thousand system calls and a flush: milliseconds, and a turn takes microseconds.
    const requests = Array.from({ length: 1000 }, (_, i) => write(2 * i, view(i % BUFS)));
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await run(...requests, flush());
    isOver = true;
    expect(device.statistics.transfers).toBe(1000);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('requests that no device could carry out are refused, and nothing is pending', () => {
  const other = new Uint8Array(new SharedArrayBuffer(BYTES));
  test.each<[string, () => DeviceRequest, RegExp]>([
    ['a volume too many', () => ({ ...flush(), volume: 1 }), /one of the 1 volumes.*but got volume 1/],
    ['a block behind the end', () => write(BLOCKS, view(0)), /2048 blocks of the volume.*write of 1 at block 2048/],
    ['a second block behind the end', () => read(BLOCKS - 1, 0, 1), /read of 2 at block 2047/],
    ['a block before the beginning', () => read(-1, 0), /read of 1 at block -1/],
    ['half a block', () => read(0.5, 0), /at block 0.5/],
    ['memory of somebody else', () => write(1, other), /512 bytes of other memory.*share one slab/],
    ['half the memory', () => write(1, view(0).subarray(1)), /a view of 511 bytes/],
    [
      'memory for one of two',
      () => ({ ...read(1, 0), blocks: 2 }) as DeviceRequest,
      /memory for 2 blocks, but got 1 views/,
    ],
  ])('%s', async (_, request, sentence) => {
    await open();
    expect(() => device.submit(request())).toThrow(InvalidArgument);
    expect(() => device.submit(request())).toThrow(sentence);
    expect(device.pending).toBe(0);
  });
});

describe('requests that fail', () => {
  test('behind the end of a file that became shorter, each for itself', async () => {
    await open();
    await run(write(8, filled(8, 8)), write(9, filled(9, 9)));
    truncateSync(path, 9 * BYTES + 100);
    const [first, second, third] = await run(read(8, 1), read(9, 2), read(10, 3));
    expect(first!.result).toBe('ok');
    expect(view(1)).toEqual(view(8));
    expect(second!.error).toMatchObject({ name: 'DeviceError', code: 'SHORT', operation: 'read', file: path });
    expect(second!.error!.message).toMatch(/read 512 bytes at byte 4608 of .*ends at byte 4708.*truncated/);
    expect(third!.error).toMatchObject({ code: 'SHORT', offset: 10 * BYTES, bytes: BYTES });
    expect(device.statistics.splits).toBe(1);
  });

  test('because the volume is read only', async () => {
    writeFileSync(path, new Uint8Array(BLOCKS * BYTES).fill(3));
    await open({ readOnly: true });
    const [one, two] = await run(read(1, 1), write(1, filled(0, 1)));
    expect(one!.result).toBe('ok');
    expect(view(1)[0]).toBe(3);
    expect(two!.error).toMatchObject({ code: 'EBADF' });
    expect(two!.error!.message).toMatch(/opened with readOnly; open it without/);
  });

  test('because the thread has died, which everybody pending is told', async () => {
    await open();
    // No device is given such an order by a program: the number of a volume changes between the check and the transfer.
    let asked = 0;
    const insane = Object.defineProperty(write(1, view(1)), 'volume', { get: () => (asked++ === 1 ? 7 : 0) });
    // Reads come before writes, and flushes after them.
    const [one, two, three] = await run(insane, read(2, 2), flush());
    expect([one!.result, two!.result, three!.result]).toEqual(['error', 'ok', 'error']);
    expect(one!.error).toMatchObject({ code: 'THREAD', file: path });
    expect(one!.error!.cause).toBeInstanceOf(Error);
    const [later] = await run(read(3, 3));
    expect(later!.error!.message).toMatch(/read 512 bytes at byte 1536 .*the I\/O thread has died.*open it again/);
    expect(device.pending).toBe(0);
  });
});

describe('close', () => {
  test('waits for what is pending, and may be called twice', async () => {
    await open();
    const writes = Array.from({ length: 1500 }, (_, i) => write(i, view(i % BUFS)));
    const ended = run(...writes);
    const closed = device.close();
    expect(() => device.submit(flush())).toThrow(/but got a submit after close/);
    await closed;
    expect(batches.flat()).toHaveLength(1500);
    await ended;
    await device.close();
  });

  test('ends a log that replays to the file, with all durable up to its last flush', async () => {
    const writeLog = join(directory, 'log');
    await open({}, { writeLog });
    const durable: Buffer[] = [];
    for (let round = 0; round < 12; round++) {
      await run(...Array.from({ length: 9 }, (_, i) => write((i * i + round) % 40, filled(i, 1 + round * 9 + i))));
      if (round % 3 !== 2) continue;
      await run(flush());
      durable.push(readFileSync(path));
    }
    await run(write(3, filled(0, 255)));
    await device.close();
    const volume = Buffer.alloc(BLOCKS * BYTES);
    let flushes = 0;
    let last = '';
    for (const entry of readWriteLog(writeLog)) {
      if (entry.kind === 'write') volume.set(entry.bytes, entry.block * BYTES);
      if (entry.kind === 'flush' && !volume.equals(durable[flushes++]!)) expect.fail(`differs at flush ${flushes}`);
      last = entry.kind;
    }
    expect([flushes, last]).toEqual([4, 'write']);
    expect(volume.equals(readFileSync(path))).toBe(true);
  });
});
