// A flush ahead with the real thread, and from a mount, which announces the barriers of its sync.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileDevice, readWriteLog } from '../../../../../src/devices/file/index.ts';
import { InvalidArgument, type DeviceRequest } from '../../../../../src/index.ts';
import { formatVolumes } from '../../../../../src/mount/volumes/format.ts';
import { Mount } from '../../../../../src/mount/mount.ts';

describe('with a thread', () => {
  const BYTES = 512;
  const BLOCKS = 64;
  const { slab } = FileDevice.alignedSlab(BLOCKS * BYTES);
  let directory: string;
  let device: FileDevice;
  let ended: DeviceRequest[];
  let whenEnded = (): void => undefined;
  let lastId = 0;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ahead-'));
    const volumes = [{ path: join(directory, 'volume'), blocks: BLOCKS, create: true }];
    device = await FileDevice.open({ volumes, blockBytes: BYTES, slab, writeLog: join(directory, 'log') });
    ended = [];
    device.onCompletions = (batch) => {
      for (const { request, result } of batch) if (result === 'ok') ended.push(request);
      whenEnded();
    };
  });
  afterEach(async () => {
    await device.close();
    rmSync(directory, { recursive: true });
  });

  const flush = (): DeviceRequest => ({ kind: 'flush', id: ++lastId, volume: 0 });
  const write = (block: number): DeviceRequest => ({
    ...{ kind: 'write', id: ++lastId, volume: 0, block },
    bytes: new Uint8Array(slab, block * BYTES, BYTES),
  });
  const submit = (...requests: DeviceRequest[]): void => requests.forEach((request) => device.submit(request));
  const untilEnded = (count: number): Promise<void> =>
    new Promise((resolve) => {
      whenEnded = () => {
        if (ended.length === count) resolve();
      };
      whenEnded();
    });

  test('a batch is flushed once, its requests end as ever, and the log tells of the flush that was asked for', async () => {
    for (let round = 1; round <= 5; round++) {
      submit(write(1), write(2));
      device.flushAhead(0);
      await untilEnded(3 * round - 1);
      submit(flush());
      await untilEnded(3 * round);
    }
    expect(device.statistics).toMatchObject({ writes: 10, flushes: 5, syncs: 5 });
    const kinds = [...readWriteLog(join(directory, 'log'))].slice(1).map(({ kind }) => kind);
    expect(kinds).toEqual(Array.from({ length: 5 }, () => ['write', 'write', 'flush']).flat());
  });

  test('it is begun before the flush is asked for, and nobody hears of it', async () => {
    submit(write(1));
    device.flushAhead(0);
    expect(device.pending).toBe(1);
    await expect.poll(() => device.statistics.syncs).toBe(1);
    expect(device.statistics.flushes).toBe(0);
    await untilEnded(1);
    submit(flush());
    await untilEnded(2);
    expect(device.statistics).toMatchObject({ flushes: 1, syncs: 1 });
  });

  test('of a volume that is not there it is refused', () => {
    expect(() => device.flushAhead(1)).toThrow(InvalidArgument);
  });

  test('without anything pending it is left out', async () => {
    device.flushAhead(0);
    expect(device.pending).toBe(0);
    // The second write ends when all that came before it has been carried out.
    for (let count = 1; count <= 2; count++) {
      submit(write(count));
      await untilEnded(count);
    }
    expect(device.statistics).toMatchObject({ batches: 2, syncs: 0 });
  });

  test('however many there are, their slots come back', async () => {
    submit(write(1));
    for (let i = 0; i < 3000; i++) device.flushAhead(0);
    submit(write(2), flush());
    await untilEnded(3);
    const before = device.statistics.batches;
    submit(...Array.from({ length: 1000 }, () => write(3)));
    await untilEnded(1003);
    expect(device.statistics.batches - before).toBe(1);
  });

  test('a mount announces the barriers of its sync, for the volumes that it writes', async () => {
    const paths = ['a', 'b'].map((name) => join(directory, name));
    const volumes = paths.map((path) => ({ path, blocks: BLOCKS }));
    await formatVolumes(volumes, { blockBytes: BYTES });
    const files = await FileDevice.open({ volumes, blockBytes: BYTES, slab });
    const announced: number[] = [];
    const flushAhead = files.flushAhead.bind(files);
    files.flushAhead = (volume) => {
      announced.push(volume);
      flushAhead(volume);
    };
    const mount = await Mount.open({ device: files, slab, cacheBytes: BLOCKS * BYTES });
    const before = files.statistics.syncs;
    const syncs = (): number => files.statistics.syncs - before;
    await mount.sync();
    expect([announced, syncs()]).toEqual([[], 0]);
    for (const block of [7, 9]) await mount.update(block, (bytes) => bytes.fill(block), { volume: 1 });
    await mount.sync();
    expect([announced, syncs()]).toEqual([[1], 1]);
    await mount.update(7, (bytes) => bytes.fill(8));
    await mount.update(8, (bytes) => bytes.fill(8), { type: 'meta', fresh: true });
    await mount.sync();
    expect([announced, syncs()]).toEqual([[1, 0, 0], 3]);
    await mount.close();
  });
});
