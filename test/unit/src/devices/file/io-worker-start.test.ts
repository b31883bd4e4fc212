// How the I/O thread and a whole device are started, with a class in place of Worker that writes down with what it was made, and then says what
// a test has it say.

import { EventEmitter } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { onTestFinished, test } from 'vitest';
import { FileDevice, type FileDeviceOptions } from '../../../../../src/devices/file/index.ts';
import { IoRing } from '../../../../../src/devices/file/io-ring.ts';
import { startIoWorker } from '../../../../../src/devices/file/io-worker-start.ts';
import type { IoThreadData } from '../../../../../src/devices/file/io-thread.ts';
import { encodeHeader, VERSION } from '../../../../../src/devices/file/write-log-format.ts';
import { mustBe, mustEqual } from '../../../../support/must.ts';
import { refuseToSleep } from '../../../../support/no-sleep.ts';
import { FakeFs } from '../../../../support/fake-fs.ts';

refuseToSleep();

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: unknown };
const DATA = { blockBytes: 16 } as IoThreadData;

class ToldWorker extends EventEmitter {
  static last?: ToldWorker;
  readonly code: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly told: string[] = [];

  constructor(code: unknown, options: Readonly<Record<string, unknown>>) {
    super();
    this.code = code;
    this.options = options;
    ToldWorker.last = this;
  }

  ref(): void {
    this.told.push('ref');
  }

  unref(): void {
    this.told.push('unref');
  }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

/** Does what starts a thread, and has the thread say this when it is there. Answers what came of it. */
async function start<T>(doing: () => Promise<T>, event: string, said: unknown): Promise<T | Error> {
  const { Worker } = threads;
  const put = (which: unknown): void => {
    threads.Worker = which;
    syncBuiltinESMExports();
  };
  onTestFinished(() => put(Worker));
  put(ToldWorker);
  delete ToldWorker.last;
  let outcome: T | Error | undefined;
  void doing().then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error as Error),
  );
  await turns(500);
  theWorker().emit(event, said);
  await turns(100);
  if (outcome === undefined) throw new Error('Nothing came of it.');
  return outcome;
}

function theWorker(): ToldWorker {
  if (ToldWorker.last === undefined) throw new Error('No thread was started.');
  return ToldWorker.last;
}

const starting = (): Promise<unknown> => startIoWorker(DATA);

test('a thread is started from its source, with none of the options of the program', async () => {
  const worker = await start(starting, 'message', 'ready');
  mustBe(worker, theWorker());
  const { code, options } = theWorker();
  mustEqual(options, { execArgv: [], name: 'hammer-io file device', eval: true, workerData: DATA });
  mustBe(options['workerData'], DATA);
  const source = new URL('../../../../../src/devices/file/io-worker-start.ts', import.meta.url).href;
  const lines = String(code).split('\n').map((line) => line.trim()); // prettier-ignore
  mustEqual(lines, [
    '',
    `const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(source)});`,
    "require('tsx/cjs/api').register();",
    "require('./io-worker.ts');",
  ]);
  for (const event of ['message', 'error', 'exit']) mustBe(theWorker().listenerCount(event), 0);
});

test('one that cannot be started is told with its cause', async () => {
  const memory = new Error('no memory');
  const causes: readonly (readonly [event: string, said: unknown, cause: string])[] = [
    ['error', memory, 'no memory'],
    ['exit', 3, 'It ended with code 3 before it was ready.'],
    ['message', 'done', 'It began with done.'],
  ];
  for (const [event, said, cause] of causes) {
    const error = (await start(starting, event, said)) as Error;
    const advice = 'Read the cause of this error; the package may be incomplete or memory short.';
    const text = `open on the I/O thread was promised to succeed; seen: THREAD, it could not be started. ${advice}`;
    mustBe(error.message, `DeviceError: ${text}`);
    mustBe((error.cause as Error).message, cause);
  }
});

const messageFrom = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'closed',
    (error: unknown) => (error as Error).message,
  );

/** A disk with two volumes, and a device on them with a log. */
function newDisk(): { disk: FakeFs; options: FileDeviceOptions } {
  const disk = new FakeFs();
  disk.put('/a', { bytes: 64 });
  disk.put('/b', { bytes: 50 });
  const volumes = [{ path: '/a' }, { path: '/b', readOnly: true }];
  return { disk, options: { volumes, blockBytes: 16, slab: new SharedArrayBuffer(64), writeLog: '/log' } };
}

/** The names on a disk, a reader's lock without the numbers of its holder. */
const lockedNames = ({ names }: FakeFs): string[] => names.map((name) => name.replace(/\.reader\..*/, '.reader'));

test('a device opens its volumes and its log, and closes them when its thread has ended', async () => {
  const { disk, options } = newDisk();
  await disk.during(async () => {
    const device = (await start(() => FileDevice.open(options), 'message', 'ready')) as FileDevice;
    mustEqual([device.blocks, device.pending, device.statistics.batches], [[4, 3], 0, 0]);
    const header = encodeHeader({ version: VERSION, blockBytes: 16, volumes: [{ path: '/a', blocks: 4 }, { path: '/b', blocks: 3 }] }); // prettier-ignore
    mustBe(disk.entries.get('/log')!.text, Buffer.from(header).toString('latin1'));
    const { files, log, slab, ring, blockBytes } = theWorker().options['workerData'] as IoThreadData;
    mustEqual([...files, log?.file].sort(), [...disk.descriptors.keys()]);
    mustEqual([log?.end, slab === options.slab, blockBytes], [header.length, true, 16]);
    mustEqual(lockedNames(disk), ['/a', '/a.lock', '/b', '/b.lock.reader', '/log']);
    let isClosed = false;
    const closing = messageFrom(device.close()).finally(() => (isClosed = true));
    await turns(10);
    mustBe(
      new IoRing(ring).take(() => undefined),
      false,
    );
    theWorker().emit('exit', 0);
    await turns(100);
    mustEqual([isClosed, theWorker().told, disk.names], [true, ['unref', 'ref'], ['/a', '/b', '/log']]);
    mustEqual([disk.descriptors.size, disk.told.includes('datasync /log'), await closing], [0, true, 'closed']);
  });
});

test('a device without a log has none', async () => {
  const { disk, options } = newDisk();
  await disk.during(async () => {
    const { volumes, blockBytes, slab } = options;
    const device = await start(() => FileDevice.open({ volumes, blockBytes, slab }), 'message', 'ready');
    mustBe(device instanceof FileDevice, true);
    mustBe((theWorker().options['workerData'] as IoThreadData).log, undefined);
    mustEqual(lockedNames(disk), ['/a', '/a.lock', '/b', '/b.lock.reader']);
    const closing = messageFrom((device as FileDevice).close());
    await turns(10);
    theWorker().emit('exit', 0);
    await turns(100);
    mustEqual([disk.names, disk.descriptors.size], [['/a', '/b'], 0]);
    mustBe(await closing, 'closed');
  });
});

test('a device whose thread cannot be started leaves nothing open, locked or made', async () => {
  const { disk, options } = newDisk();
  await disk.during(async () => {
    const error = await start(() => FileDevice.open(options), 'exit', 9);
    mustBe((error as Error).message.split(' was')[0], 'DeviceError: open on the I/O thread');
    mustEqual([disk.names, disk.descriptors.size], [['/a', '/b'], 0]);
  });
});
