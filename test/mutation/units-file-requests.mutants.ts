// Requests through the real thread, with few devices because each costs a thread: all that a device refuses, how requests end,
// more of them than there are slots, the death of the thread, and close. Who waits for what does not come fails after a while.

import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import {
  DeviceError,
  FileDevice,
  readWriteLog,
  type FileCompletion,
  type FileDeviceOptions,
} from '../../src/file-device/index.ts';
import type { DeviceRequest } from '../../src/index.ts';
import { mustBe, mustEqual, mustThrow } from './must.ts';

const BYTES = 512;
const BLOCKS = 2048;
const SLOTS = 1024;
const { slab, offset } = FileDevice.alignedSlab(8 * BYTES);
const view = (buf: number): Uint8Array => new Uint8Array(slab, offset + buf * BYTES, BYTES);

let directory: string;
let a: string;
let b: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'requests-'));
  [a, b] = ['a', 'b'].map((name) => join(directory, name)) as [string, string];
});
afterAll(() => rmSync(directory, { recursive: true }));

const open = (options: Partial<FileDeviceOptions> = {}): Promise<FileDevice> =>
  FileDevice.open({ volumes: [a, b].map((path) => ({ path, blocks: BLOCKS, create: true })), blockBytes: BYTES, slab, ...options }); // prettier-ignore

let lastId = 0;
const read = (block: number, ...bufs: number[]): DeviceRequest => {
  const into = bufs.map(view);
  return { kind: 'read', id: ++lastId, volume: 0, block, blocks: into.length, into };
};
const write = (block: number, buf: number, volume = 0): DeviceRequest => ({ kind: 'write', id: ++lastId, volume, block, bytes: view(buf) }); // prettier-ignore
const flush = (volume = 0): DeviceRequest => ({ kind: 'flush', id: ++lastId, volume });

/** Rejects when the promise has not settled for long, so that a device that hangs is a failure and not a wait. */
function soon<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Nothing came of it.')), 3000);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

/** Submits these together; answers how they ended, in their order, when all have. */
function run(device: FileDevice, ...requests: DeviceRequest[]): Promise<readonly FileCompletion[]> {
  return soon(
    new Promise((resolve) => {
      const ended = new Map<DeviceRequest, FileCompletion>();
      device.onCompletions = (batch) => {
        for (const completion of batch) ended.set(completion.request, completion);
        if (ended.size === requests.length) resolve(requests.map((request) => ended.get(request)!));
      };
      for (const request of requests) device.submit(request);
    }),
  );
}

const results = (completions: readonly FileCompletion[]): string[] =>
  completions.map(({ result, error }) => error?.message ?? result);
const failure = (operation: string, seen: string): string =>
  `DeviceError: ${operation} was promised to succeed; seen: ${seen}`;

test('a device from open to close: refusals, transfers, errors, more requests than slots', async () => {
  const device = await open();
  mustEqual([device.blockBytes, device.blocks, device.pending], [BYTES, [BLOCKS, BLOCKS], 0]);
  refuses(device);
  await moves(device);
  await fails(device);
  const many = Array.from({ length: SLOTS + 300 }, (_, i) => write(i % BLOCKS, i % 8, 1));
  for (let round = 0; round < 2; round++) {
    const ended = run(device, ...many.map((request) => ({ ...request })));
    mustBe(device.pending, many.length);
    if ((await ended).some(({ result }) => result !== 'ok')) throw new Error('Not all went well.');
    mustBe(device.pending, 0);
  }
  const ended = run(device, write(1, 1), flush());
  const closing = device.close();
  mustThrow(
    () => device.submit(flush()),
    'InvalidArgument: promised was an open device; seen: a submit after close. Open the device again.',
  );
  mustBe(device.close(), closing);
  mustEqual(results(await ended), ['ok', 'ok']);
  await soon(closing);
  mustBe(existsSync(`${a}.lock`), false);
});

function refuses(device: FileDevice): void {
  const other = new Uint8Array(new SharedArrayBuffer(BYTES));
  const place = `a place in the ${BLOCKS} blocks of the volume`;
  const memory = `views of ${BYTES} bytes of the slab of the device`;
  const share = 'Let the core and the device share one slab.';
  const refused: readonly (readonly [DeviceRequest, string])[] = [
    [flush(2), 'one of the 2 volumes of the device; seen: volume 2. Correct the number.'],
    [write(BLOCKS, 0), `${place}; seen: write of 1 from block ${BLOCKS} on. Correct the number.`],
    [read(BLOCKS - 1, 0, 1), `${place}; seen: read of 2 from block ${BLOCKS - 1} on. Correct the number.`],
    [read(-1, 0), `${place}; seen: read of 1 from block -1 on. Correct the number.`],
    [read(0.5, 0), `${place}; seen: read of 1 from block 0.5 on. Correct the number.`],
    [{ ...read(1, 0), blocks: 2 } as DeviceRequest, 'memory for 2 blocks; seen: 1 views, of 1 blocks. Give `into` a view for each, or one.'],
    [{ ...write(1, 0), bytes: other } as DeviceRequest, `${memory}; seen: a view of 512 bytes of other memory. ${share}`],
    [{ ...write(1, 0), bytes: view(0).subarray(1) } as DeviceRequest, `${memory}; seen: a view of 511 bytes. ${share}`],
  ]; // prettier-ignore
  for (const [request, text] of refused)
    mustThrow(() => device.submit(request), `InvalidArgument: promised was ${text}`);
  mustBe(device.pending, 0);
}

async function moves(device: FileDevice): Promise<void> {
  for (let buf = 0; buf < 8; buf++) view(buf).fill(buf + 1);
  let isInside = true;
  const ended = run(device, write(3, 3), write(BLOCKS - 1, 4), write(5, 5, 1), write(4, 2), flush(1));
  const told = device.onCompletions;
  device.onCompletions = (batch) => {
    if (isInside) throw new Error('told from inside submit');
    told(batch);
  };
  isInside = false;
  mustBe(device.pending, 5);
  mustEqual(results(await ended), ['ok', 'ok', 'ok', 'ok', 'ok']);
  mustBe(device.pending, 0);
  const [first, second] = [readFileSync(a), readFileSync(b)];
  mustEqual(
    [3, 4, BLOCKS - 1].map((block) => first[block * BYTES + 9]),
    [4, 3, 5],
  );
  mustBe(second[5 * BYTES], 6);
  await run(device, read(3, 0, 1), read(BLOCKS - 1, 2));
  mustEqual(
    [0, 1, 2].map((buf) => view(buf)[511]),
    [4, 3, 5],
  );
  const { batches, ...counts } = device.statistics;
  const none = { shortTransfers: 0, retries: 0, splits: 0 };
  mustEqual(counts, { reads: 2, writes: 4, flushes: 1, transfers: 5, syncs: 1, ...none });
  mustBe(batches, 2);
}

async function fails(device: FileDevice): Promise<void> {
  truncateSync(a, 9 * BYTES + 100);
  const short =
    'Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.';
  mustEqual(results(await run(device, read(8, 1), read(9, 2, 3))), [
    'ok',
    failure(`read of 1024 bytes at byte 4608 on ${a}`, `SHORT, the file ends at byte 4708. ${short}`),
  ]);
  truncateSync(a, BLOCKS * BYTES);
}

test('a volume that is read only, a log that is kept, and the death of the thread', async () => {
  const writeLog = join(directory, 'log');
  const device = await open({ volumes: [{ path: a }, { path: b, readOnly: true }], writeLog });
  view(1).fill(77);
  const [one, two, three] = await run(device, write(1, 1), write(1, 2, 1), flush());
  mustEqual([one!.result, three!.result, 'error' in one!], ['ok', 'ok', false]);
  const readOnly = 'EBADF, bad file descriptor. The volume was opened readOnly; open it without, to write to it.';
  mustEqual(results([two!]), [failure(`write of 512 bytes at byte 512 on ${b}`, readOnly)]);
  mustBe(two!.error instanceof DeviceError, true);
  // No program gives such an order: the number of a volume changes between the check and the transfer.
  let asked = 0;
  const insane = Object.defineProperty(write(1, 1), 'volume', { get: () => (asked++ === 1 ? 7 : 0) });
  const ended = await run(device, insane, read(1, 2), flush());
  const died = 'THREAD, the I/O thread has died. Close the device, open it again, and check what was being written.';
  const vouchless =
    'THREAD, the I/O thread has died. What was written since the last flush may be lost, and no later flush can vouch for it; close the volume and check it.';
  const lost = [failure(`write of 512 bytes at byte 512 on ${a}`, died), 'ok', failure(`flush on ${a}`, vouchless)];
  mustEqual(results(ended), lost);
  mustEqual([view(2)[0], ended[0]!.error!.cause instanceof Error, device.pending], [77, true, 0]);
  let isTold = false;
  const later = run(device, read(3, 3)).finally(() => (isTold = true));
  mustBe(isTold, false);
  mustEqual(results(await later), [failure(`read of 512 bytes at byte 1536 on ${a}`, died)]);
  await soon(device.close());
  const entries = readWriteLog(writeLog); // To its end it cannot be read: what the insane order wrote belongs nowhere.
  const kinds = Array.from({ length: 5 }, () => entries.next().value?.kind);
  mustEqual(kinds, ['header', 'write', 'write', 'failure', 'flush']);
  entries.return();
});

test('a device that cannot be opened leaves nothing behind, and takes no log that is there', async () => {
  const made = join(directory, 'made');
  const volumes = [{ path: made, blocks: 2, create: true }, { path: join(directory, 'no', 'v') }];
  const missing = 'ENOENT, no such file or directory. Check the path; with create a regular file is made, in a directory that exists.'; // prettier-ignore
  const first = await open({ volumes }).catch((error: unknown) => (error as Error).message);
  mustBe(first, failure(`open on ${volumes[1]!.path}`, missing));
  const there = 'EEXIST, file already exists. Move the file that is there away, or choose another name.';
  const second = await open({ volumes: [volumes[0]!], writeLog: a }).catch(
    (error: unknown) => (error as Error).message,
  );
  mustBe(second, failure(`log on ${a}`, there));
  mustEqual([existsSync(made), existsSync(`${made}.lock`)], [false, false]);
});
