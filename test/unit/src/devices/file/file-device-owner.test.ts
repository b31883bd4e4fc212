// The owner's side of a file device without a thread: the constructor is called with a ring of which the test plays the other
// side, and with a worker that only writes down what it is told. Whatever does not come is noticed at once.

import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { test } from 'vitest';
import { DIRECT_ADVICE } from '../../../../../src/devices/file/device-error.ts';
import { FileDevice, type FileCompletion } from '../../../../../src/devices/file/index.ts';
import { IoRing, SLOTS } from '../../../../../src/devices/file/io-ring.ts';
import { FLUSH, FLUSH_AHEAD, Job, READ, WRITE, type JobKind } from '../../../../../src/devices/file/job.ts';
import { END_OF_FILE, NO_PROGRESS } from '../../../../../src/devices/file/transfer.ts';
import type { DeviceRequest } from '../../../../../src/index.ts';
import { mustBe, mustEqual, mustThrow } from '../../../../support/must.ts';
import { ASLEEP, refuseToSleep } from '../../../../support/no-sleep.ts';

refuseToSleep();

const BYTES = 512;
const BLOCKS = 16;
const slab = new SharedArrayBuffer(8 * BYTES);
const view = (buf: number, bufs = 1): Uint8Array => new Uint8Array(slab, buf * BYTES, bufs * BYTES);

let lastId = 0;
const read = (block: number, blocks: number, ...into: Uint8Array[]): DeviceRequest => ({ kind: 'read', id: ++lastId, volume: 0, block, blocks, into }); // prettier-ignore
const write = (block: number, bytes = view(0)): DeviceRequest => ({ kind: 'write', id: ++lastId, volume: 1, block, bytes }); // prettier-ignore
const flush = (volume = 0): DeviceRequest => ({ kind: 'flush', id: ++lastId, volume });

/** A worker that writes down what it is told. */
class Worker extends EventEmitter {
  readonly told: string[] = [];

  ref(): void {
    this.told.push('ref');
  }

  unref(): void {
    this.told.push('unref');
  }
}

interface Parts {
  readonly files: readonly object[];
  readonly log: object | undefined;
}

const Constructed = FileDevice as unknown as new (
  options: { readonly blockBytes: number; readonly slab: SharedArrayBuffer },
  files: Parts['files'],
  log: Parts['log'],
  ring: IoRing,
  worker: Worker,
) => FileDevice;

type Taken = readonly [slot: number, kind: JobKind, volume: number, block: number, memory: readonly number[]];

/** A device on two files, and the other side of its ring. */
class Stage {
  readonly worker = new Worker();
  readonly ring = new IoRing();
  readonly thread = new IoRing(this.ring.memory);
  readonly closed: string[] = [];
  readonly ended: FileCompletion[] = [];
  /** Which of the closings fail, by name. */
  readonly fails = new Set<string>();
  readonly device: FileDevice;

  constructor(hasLog = false) {
    const files = ['a', 'b'].map((path) => {
      const volume = { path, direct: path === 'b' };
      return { blocks: BLOCKS, path, volume, close: () => this.#close(path) };
    });
    const handle = { datasync: () => this.#close('sync'), close: () => this.#close('log') };
    const log = hasLog ? { path: 'the log', handle, end: 0, discard: () => this.#close('discard') } : undefined;
    this.device = new Constructed({ blockBytes: BYTES, slab }, files, log, this.ring, this.worker);
    this.device.onCompletions = (batch) => this.ended.push(...batch);
  }

  #close(name: string): Promise<void> {
    this.closed.push(name);
    if (!this.fails.has(name)) return Promise.resolve();
    return Promise.reject(Object.assign(new Error(`${name} failed`), name === 'log' ? { code: 'EIO' } : {}));
  }

  /** What the thread finds; throws if it would sleep. */
  async take(): Promise<readonly Taken[]> {
    await Promise.resolve();
    const jobs: Taken[] = [];
    this.thread.take((...job) => void jobs.push(job));
    return jobs;
  }

  /** Ends jobs, as the thread does. */
  end(slots: readonly number[], verdict = 0, failedAt = 0, inLog = false): void {
    const jobs = slots.map((slot) => new Job(slot));
    if (verdict !== 0) for (const job of jobs) job.failed(verdict, failedAt, inLog);
    if (this.thread.complete(jobs)) this.worker.emit('message', 'done');
  }

  /** How requests have ended since the last call. */
  results(): string[] {
    return this.ended.splice(0).map(({ result, error }) => error?.message ?? result);
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
const failure = (operation: string, seen: string): string => `DeviceError: ${operation} was promised to succeed; seen: ${seen}`; // prettier-ignore
const messageFrom = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'closed',
    (error: unknown) => (error as Error).message,
  );

test('what is submitted together is published together, and keeps the process alive until it has ended', async () => {
  const stage = new Stage();
  const { device, worker } = stage;
  mustEqual([device.blocks, device.blockBytes, worker.told], [[BLOCKS, BLOCKS], BYTES, ['unref']]);
  device.submit(read(3, 2, view(1), view(2)));
  device.submit(write(4, view(3)));
  device.submit(flush(1));
  mustThrow(() => stage.thread.take(() => undefined), ASLEEP);
  const jobs = await stage.take();
  mustEqual(
    jobs.map(([, ...rest]) => rest),
    [[READ, 0, 3, [BYTES, 2 * BYTES]], [WRITE, 1, 4, [3 * BYTES]], [FLUSH, 1, 0, []]],
  ); // prettier-ignore
  mustEqual([worker.told, device.pending], [['unref', 'ref'], 3]);
  const [first, second, third] = jobs.map(([slot]) => slot) as [number, number, number];
  stage.end([second, first]);
  mustEqual([stage.results(), worker.told, device.pending], [['ok', 'ok'], ['unref', 'ref'], 1]);
  stage.end([third]);
  mustEqual([stage.results(), worker.told, device.pending], [['ok'], ['unref', 'ref', 'unref'], 0]);
  device.submit(flush());
  mustBe((await stage.take()).length, 1);
});

test('more requests than slots wait for those that end', async () => {
  const stage = new Stage();
  const { device } = stage;
  for (let i = 0; i < SLOTS + 3; i++) device.submit(write(i % BLOCKS));
  const slots = (await stage.take()).map(([slot]) => slot);
  mustEqual([slots.length, new Set(slots).size], [SLOTS, SLOTS]);
  device.flushAhead(0); // There is no slot for it.
  mustThrow(() => stage.thread.take(() => undefined), ASLEEP);
  stage.end(slots.slice(0, 2));
  const next = (await stage.take()).map(([slot]) => slot);
  mustEqual([next.sort(), device.pending], [slots.slice(0, 2).sort(), SLOTS + 1]);
  stage.end([...next, ...slots.slice(2)]);
  const [last, ...others] = await stage.take();
  mustEqual([others.length, device.pending], [0, 1]);
  stage.end([last![0]]);
  mustEqual([device.pending, stage.results().length], [0, SLOTS + 3]);
});

test('a flush ahead goes to the thread while something is pending, and ends unheard', async () => {
  const stage = new Stage();
  const { device } = stage;
  device.flushAhead(1);
  await settled();
  stage.ring.publish();
  mustThrow(() => stage.thread.take(() => undefined), ASLEEP);
  device.submit(write(0));
  const [job] = await stage.take();
  device.flushAhead(1);
  const ahead = await stage.take();
  mustEqual(
    ahead.map(([, ...rest]) => rest),
    [[FLUSH_AHEAD, 1, 0, []]],
  );
  stage.end([ahead[0]![0], job![0]]);
  mustEqual([stage.results(), device.pending], [['ok'], 0]);
});

test('a request that failed says where and how, and an error of the log speaks of the log', async () => {
  const stage = new Stage(true);
  const { device } = stage;
  const short = 'Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.'; // prettier-ignore
  const refuses = 'The system refuses the arguments; check the size of the file and of a block.';
  const medium = 'The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.'; // prettier-ignore
  const { EINVAL, EIO } = constants.errno;
  const told: readonly (readonly [DeviceRequest, number, string])[] = [
    [read(2, 2, view(0, 2)), END_OF_FILE, `read of 1024 bytes at byte 1024 on a|SHORT, the file ends at byte 77. ${short}`],
    [write(2), NO_PROGRESS, 'write of 512 bytes at byte 1024 on b|STUCK, the write was accepted and moved no byte. The driver of the device is at fault; read the system log.'],
    [write(2), EINVAL, `write of 512 bytes at byte 1024 on b|EINVAL, invalid argument. ${DIRECT_ADVICE}`],
    [write(2), EIO, `write of 512 bytes at byte 1024 on b|EIO, i/o error. ${medium}`],
    [read(0, 1, view(0)), EINVAL, `read of 512 bytes at byte 0 on a|EINVAL, invalid argument. ${refuses}`],
  ]; // prettier-ignore
  for (const [request, verdict, text] of told) {
    device.submit(request);
    const [job] = await stage.take();
    stage.end([job![0]], verdict, 77);
    const [place, seen] = text.split('|') as [string, string];
    mustEqual(stage.results(), [failure(place, seen)]);
  }
  device.submit(flush(1));
  const [barrier] = await stage.take();
  stage.end([barrier![0]], EIO, 77);
  const lost = 'What was written since the last flush may be lost, and no later flush can vouch for it; close the volume and check it.'; // prettier-ignore
  mustEqual(stage.ended.map(({ error }) => error?.offset), [undefined]); // prettier-ignore
  mustEqual(stage.results(), [failure('flush on b', `EIO, i/o error. ${lost}`)]);
  device.submit(write(2));
  const [job] = await stage.take();
  stage.end([job![0]], EIO, 77, true);
  mustEqual(stage.results(), [failure('log at byte 77 on the log', `EIO, i/o error. ${medium}`)]);
});

test('places that no volume has are refused', () => {
  const { device } = new Stage();
  const place = `InvalidArgument: promised was a place in the ${BLOCKS} blocks of the volume; seen:`;
  const correct = 'Correct the number.';
  const volumes = 'InvalidArgument: promised was one of the 2 volumes of the device; seen:';
  const refused: readonly (readonly [DeviceRequest, string])[] = [
    [flush(2), `${volumes} volume 2. ${correct}`],
    [write(BLOCKS), `${place} write of 1 from block ${BLOCKS} on. ${correct}`],
    [read(BLOCKS - 1, 2, view(0, 2)), `${place} read of 2 from block ${BLOCKS - 1} on. ${correct}`],
    [read(-1, 1, view(0)), `${place} read of 1 from block -1 on. ${correct}`],
    [write(0.5), `${place} write of 1 from block 0.5 on. ${correct}`],
  ];
  for (const [request, text] of refused) mustThrow(() => device.submit(request), text);
  mustThrow(() => device.flushAhead(2), `${volumes} volume 2. ${correct}`);
  mustBe(device.pending, 0);
  device.submit(write(BLOCKS - 1));
});

test('memory of another shape is refused', () => {
  const { device } = new Stage();
  const memory = `InvalidArgument: promised was views of ${BYTES} bytes of the slab of the device; seen: a view of`;
  const share = 'Let the core and the device share one slab.';
  mustThrow(() => device.submit(write(0, view(0, 0))), `${memory} 0 bytes. ${share}`);
  mustThrow(() => device.submit(write(0, view(0).subarray(8))), `${memory} 504 bytes. ${share}`);
  mustThrow(() => device.submit(read(0, 3, view(0), view(1, 2))), `${memory} 1024 bytes. ${share}`);
  const other = new Uint8Array(new SharedArrayBuffer(BYTES));
  mustThrow(() => device.submit(write(0, other)), `${memory} 512 bytes of other memory. ${share}`);
  const fewer = 'InvalidArgument: promised was memory for 2 blocks; seen: 1 views, of 1 blocks. Give `into` a view for each, or one.'; // prettier-ignore
  mustThrow(() => device.submit(read(0, 2, view(0))), fewer);
  const views = [view(0), view(1), view(2)];
  const asked = 'InvalidArgument: promised was memory for 3 blocks; seen: 3 views, of 3 blocks. Give `into` a view for each, or one.'; // prettier-ignore
  mustThrow(() => device.submit(read(0, 3, ...views)), asked);
  mustBe(device.pending, 0);
  device.submit(read(BLOCKS - 3, 3, view(0, 3)));
});

const DIED = 'THREAD, the I/O thread has died. Close the device, open it again, and check what was being written.';

test('when the thread dies everything pending fails, for the reason that came first, and so does what comes later', async () => {
  const stage = new Stage();
  const { device, worker } = stage;
  const requests = Array.from({ length: SLOTS + 1 }, (_, i) => write(i % BLOCKS));
  for (const request of requests) device.submit(request);
  const [first] = await stage.take();
  stage.thread.complete([new Job(first![0])]); // It has ended, and nobody was told any more.
  const why = new Error('why');
  worker.emit('error', why);
  worker.emit('error', new Error('another'));
  worker.emit('exit', 1);
  mustEqual([stage.ended.length, stage.ended[0]!.result, device.pending], [SLOTS + 1, 'ok', 0]);
  mustBe(worker.told.at(-1), 'unref');
  const [, ...failed] = stage.ended.splice(0);
  mustBe(new Set(failed.map(({ request }) => request)).size, SLOTS);
  for (const { request, error } of failed.slice(-BLOCKS)) {
    if (request.kind !== 'write' || error === undefined) throw new Error('It did not fail.');
    mustBe(error.message, failure(`write of 512 bytes at byte ${request.block * BYTES} on b`, DIED));
    mustBe(error.cause, why);
  }
  device.submit(write(3));
  device.flushAhead(0);
  mustBe(stage.ended.length, 0);
  await settled();
  mustEqual(stage.results(), [failure('write of 512 bytes at byte 1536 on b', DIED)]);
  device.submit(write(4));
  await settled();
  mustEqual(stage.results(), [failure('write of 512 bytes at byte 2048 on b', DIED)]);
  const closing = messageFrom(device.close());
  await settled();
  mustEqual(stage.closed, ['a', 'b']);
  mustBe(await closing, 'closed');
});

test('a thread that ends without being asked to has died', async () => {
  const stage = new Stage();
  const { device, worker } = stage;
  device.submit(flush());
  await stage.take();
  worker.emit('exit', 3);
  mustBe((stage.ended[0]!.error!.cause as Error).message, 'The I/O thread has ended with code 3.');
});

test('close waits for what is pending, ends the thread, and then closes all', async () => {
  const stage = new Stage(true);
  const { device, worker } = stage;
  device.submit(flush());
  const [job] = await stage.take();
  let isClosed = false;
  const closing = messageFrom(device.close()).finally(() => (isClosed = true));
  mustThrow(() => device.submit(flush()), 'InvalidArgument: promised was an open device; seen: a submit after close. Open the device again.'); // prettier-ignore
  await settled();
  mustThrow(() => stage.thread.take(() => undefined), ASLEEP);
  stage.end([job![0]]);
  await settled();
  mustBe(
    stage.thread.take(() => undefined),
    false,
  );
  mustEqual([worker.told, stage.closed], [['unref', 'ref', 'unref', 'ref'], []]);
  worker.emit('exit', 0);
  await settled();
  mustEqual([isClosed, stage.closed, stage.ended.length], [true, ['sync', 'log', 'a', 'b'], 1]);
  mustBe(await closing, 'closed');
  mustBe(device.close() === device.close(), true);
  worker.emit('error', new Error('too late'));
  mustBe(worker.told.length, 4);
});

test('close takes every step, also behind one that fails, and tells the first failure', async () => {
  for (const [names, text] of [
    [['log', 'b'], 'DeviceError: close on the log was promised to succeed; seen: EIO, i/o error. The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.'],
    [['a', 'b'], 'a failed'],
    [['sync'], 'sync failed'],
    [[], 'closed'],
  ] as const) {
    const stage = new Stage(true);
    for (const name of names) stage.fails.add(name);
    let told = 'it still waits';
    void messageFrom(stage.device.close()).then((message) => (told = message));
    await settled();
    stage.worker.emit('exit', 0);
    await settled();
    mustBe(told, text);
    mustEqual(stage.closed, ['sync', 'log', 'a', 'b']);
  } // prettier-ignore
});
