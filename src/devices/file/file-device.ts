// A device over regular files and block devices. Requests carry views of one slab; a thread of their own moves blocks
// between the slab and the files, so that the event loop never waits for a disk, and nothing is copied on the way.
//
//   submit ──▶ IoRing ──▶ I/O thread: reads, writes sorted and joined, one fdatasync for each volume
//                 ▲             │
//   onCompletions ◀── message ──┘
//
// What may be relied on. Requests that are submitted in one synchronous stretch reach the thread together. Each ends once, in
// any order, and `onCompletions` is called from the event loop, never from inside `submit`. Between submission and completion
// the memory of a request is the device's: what is being written must not be changed, and what is being read must not be looked at. A write is
// with the operating system when it completes (with `dsync`: durable), and durable when a flush has succeeded that was
// submitted after its completion. A flush that failed stays failed, and so does every later one of the volume: the system
// may have dropped what it could not write. A request fails with a DeviceError of its own, even when it was moved together
// with others. Pending requests keep the process alive, an idle device does not. A flush that was announced (`flushAhead`) is
// begun behind the writes, and not one way there and back later; it promises the same as one that was not.
//
// Left out: which request is more urgent, retries of what failed, and checksums. The layer above decides.

import { open, unlink, type FileHandle } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { Device, DeviceRequest, Result } from '../../core/device.ts';
import { InvalidArgument } from '../../core/errors.ts';
import { alignedSlab } from './aligned-slab.ts';
import { DeviceError, deviceErrorFrom, DIRECT_ADVICE, type DeviceOperation } from './device-error.ts';
import { checkFileDeviceOptions, type FileDeviceOptions } from './file-device-options.ts';
import { IoCounters, type FileDeviceStatistics } from './io-counters.ts';
import { IoRing, SLOTS } from './io-ring.ts';
import type { IoThreadData } from './io-thread.ts';
import { startIoWorker } from './io-worker-start.ts';
import { FLUSH, FLUSH_AHEAD, READ, WRITE } from './job.ts';
import { REMOVED, REPLACED } from './path-guard.ts';
import { END_OF_FILE, NO_PROGRESS, OK } from './transfer.ts';
import { strayed, VolumeFile } from './volume-file.ts';
import { encodeHeader, VERSION } from './write-log-format.ts';

export type { FileDeviceOptions } from './file-device-options.ts';
export type { FileDeviceStatistics } from './io-counters.ts';
export type { FileVolume } from './volume-file.ts';

/** How a request has ended. A read that is `ok` has filled its views. */
export interface FileCompletion {
  readonly request: DeviceRequest;
  readonly result: Result;
  /** Why, if the result is `error`. */
  readonly error?: DeviceError;
}

const KINDS = { read: READ, write: WRITE, flush: FLUSH } as const;
const NO_VIEWS: readonly Uint8Array[] = [];

export class FileDevice implements Device {
  /** Capacity of each volume, in blocks. */
  readonly blocks: readonly number[];
  readonly blockBytes: number;
  /** Called with requests that have ended, a batch at a time. Set by the owner. */
  onCompletions: (batch: readonly FileCompletion[]) => void = () => undefined;

  readonly #files: readonly VolumeFile[];
  readonly #log: LogFile | undefined;
  readonly #slab: SharedArrayBuffer;
  readonly #ring: IoRing;
  readonly #counters: IoCounters;
  readonly #worker: Worker;
  /** By slot: what is in flight. */
  readonly #inFlight: (DeviceRequest | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  readonly #freeSlots = Array.from({ length: SLOTS }, (_, i) => i);
  /** Submitted while no slot was free, oldest first. */
  #queue: DeviceRequest[] = [];
  #pending = 0;
  /** Something was put into the ring, or the thread is dead, and a microtask will see to it. */
  #isScheduled = false;
  /** Why the thread has ended, if it has without being asked to. */
  #death: unknown = undefined;
  #closing: Promise<void> | undefined = undefined;
  #isStopping = false;
  #whenIdle: (() => void) | undefined = undefined;

  private constructor(
    { blockBytes, slab }: FileDeviceOptions,
    files: readonly VolumeFile[],
    log: LogFile | undefined,
    ring: IoRing,
    worker: Worker,
  ) {
    this.blockBytes = blockBytes;
    this.blocks = files.map(({ blocks }) => blocks);
    this.#files = files;
    this.#log = log;
    this.#slab = slab;
    this.#ring = ring;
    this.#counters = new IoCounters(ring.counterWords);
    this.#worker = worker;
    worker.on('message', () => this.#drain());
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', (code) => this.#died(new Error(`The I/O thread has ended with code ${code}.`)));
    worker.unref();
  }

  /**
   * Opens all volumes, and the write log if there is to be one, and starts the thread. Throws DeviceError, or
   * InvalidArgument for options that make no sense, and leaves nothing open, locked or made.
   */
  static async open(options: FileDeviceOptions): Promise<FileDevice> {
    checkFileDeviceOptions(options);
    const { blockBytes, slab } = options;
    const files: VolumeFile[] = [];
    let log: LogFile | undefined;
    try {
      for (const volume of options.volumes) files.push(await VolumeFile.open(volume, blockBytes));
      if (options.writeLog !== undefined) log = await createLog(options.writeLog, files, blockBytes);
      const ring = new IoRing();
      const data: IoThreadData = {
        ring: ring.memory,
        slab,
        blockBytes,
        files: files.map(({ fd }) => fd),
        guards: files.map(({ guard }) => guard),
        log: log && { file: log.handle.fd, end: log.end },
      };
      const worker = await startIoWorker(data);
      return new FileDevice(options, files, log, ring, worker);
    } catch (thrown) {
      // What went wrong first says most; that something could not be undone comes second.
      await log?.discard().catch(() => undefined);
      for (const file of files) await file.discard().catch(() => undefined);
      throw thrown;
    }
  }

  /** Memory that O_DIRECT accepts from `offset` on; at most 4 GiB. */
  static alignedSlab(bytes: number): { slab: SharedArrayBuffer; offset: number } {
    return alignedSlab(bytes);
  }

  /** What the thread has done so far. */
  get statistics(): FileDeviceStatistics {
    return this.#counters.snapshot();
  }

  /** Requests that have not ended. */
  get pending(): number {
    return this.#pending;
  }

  /** Throws InvalidArgument for what the device could never do: no such place, memory outside the slab, a closed device. */
  submit(request: DeviceRequest): void {
    this.#check(request);
    if (this.#pending++ === 0) this.#worker.ref();
    if (this.#death !== undefined || !this.#put(request)) this.#queue.push(request);
    this.#schedule();
  }

  /**
   * Announces a flush that will be submitted when the pending writes of the volume have ended. The thread begins it behind
   * them, and need not wait until it is asked. It saves time and promises nothing: the flush must still be submitted, and
   * covers what it would cover anyway. Throws InvalidArgument for a volume that the device does not have.
   */
  flushAhead(volume: number): void {
    this.#blocksIn(volume);
    // With something pending the thread will call, and the slot comes back.
    if (this.#pending === 0 || this.#queue.length > 0 || this.#death !== undefined) return;
    const slot = this.#freeSlots.pop();
    if (slot === undefined) return;
    this.#ring.put(slot, FLUSH_AHEAD, volume, 0, NO_VIEWS);
    this.#schedule();
  }

  /**
   * Waits for what is pending, ends the thread, closes and unlocks. Flushes nothing. May be called again. Rejects with DeviceError,
   * when all else is closed: code REMOVED or REPLACED for a file whose path does not lead to it any more.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #put(request: DeviceRequest): boolean {
    const slot = this.#freeSlots.pop();
    if (slot === undefined) return false;
    this.#inFlight[slot] = request;
    const { kind, volume } = request;
    this.#ring.put(slot, KINDS[kind], volume, request.kind === 'flush' ? 0 : request.block, viewsOf(request));
    return true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Waits for the caller to finish, so that what is submitted together is sorted together.
    // eslint-disable-next-line no-restricted-globals
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#death === undefined) this.#ring.publish();
      else this.#failAll();
    });
  }

  /** Takes what has ended, gives the slots to those who wait for one, and tells the owner. */
  #drain(): void {
    const batch: FileCompletion[] = [];
    this.#ring.drain((slot, verdict, failedAt, inLog) => {
      const request = this.#inFlight[slot];
      this.#inFlight[slot] = undefined;
      this.#freeSlots.push(slot);
      if (request === undefined) return; // A flush ahead.
      if (verdict === OK) batch.push({ request, result: 'ok' });
      else batch.push({ request, result: 'error', error: this.#errorOf(request, verdict, failedAt, inLog) });
    });
    this.#refill();
    this.#tell(batch);
  }

  #refill(): void {
    if (this.#queue.length === 0) return;
    let taken = 0;
    while (taken < this.#queue.length && this.#put(this.#queue[taken]!)) taken++;
    this.#queue = this.#queue.slice(taken);
    this.#ring.publish();
  }

  #tell(batch: readonly FileCompletion[]): void {
    if (batch.length === 0) return;
    this.#pending -= batch.length;
    if (this.#pending === 0) {
      this.#worker.unref();
      this.#whenIdle?.();
    }
    this.onCompletions(batch);
  }

  #died(cause: unknown): void {
    if (this.#death !== undefined || this.#isStopping) return;
    this.#death = cause;
    this.#drain();
    this.#failAll();
  }

  /** Ends everything pending, because the thread that could is gone. */
  #failAll(): void {
    const requests = [...this.#inFlight.filter((request) => request !== undefined), ...this.#queue];
    this.#inFlight.fill(undefined);
    this.#queue = [];
    this.#tell(
      requests.map((request) => {
        const error = new DeviceError({ ...this.#placeOf(request), code: 'THREAD' }, this.#death);
        return { request, result: 'error', error };
      }),
    );
  }

  async #close(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    this.#isStopping = true;
    if (this.#death === undefined) {
      const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
      this.#worker.ref();
      this.#ring.stop(this.#freeSlots.pop()!);
      await ended;
    }
    const failures: unknown[] = [];
    for (const close of [() => this.#closeLog(), ...this.#files.map((file) => () => file.close())])
      await close().catch((thrown: unknown) => failures.push(thrown));
    if (failures.length > 0) throw failures[0];
  }

  async #closeLog(): Promise<void> {
    if (this.#log === undefined) return;
    const { handle, path } = this.#log;
    try {
      await handle.datasync().finally(() => handle.close());
    } catch (thrown) {
      throw deviceErrorFrom(thrown, { file: path, operation: 'close' });
    }
  }

  /** Where a request was to act, for an error. */
  #placeOf(request: DeviceRequest): { file: string; operation: DeviceOperation; offset?: number; bytes?: number } {
    const file = this.#files[request.volume]!.volume.path;
    if (request.kind === 'flush') return { file, operation: 'flush' };
    const offset = request.block * this.blockBytes;
    return { file, operation: request.kind, offset, bytes: this.#blocksOf(viewsOf(request)) * this.blockBytes };
  }

  #errorOf(request: DeviceRequest, verdict: number, failedAt: number, inLog: boolean): DeviceError {
    const file = this.#files[request.volume]!;
    if (verdict === REMOVED || verdict === REPLACED) return strayed(file, verdict, 'flush');
    const code = codeOf(verdict);
    if (inLog) return new DeviceError({ file: this.#log!.path, operation: 'log', code, offset: failedAt });
    const place = this.#placeOf(request);
    const { volume } = file;
    if (code === 'SHORT') return new DeviceError({ ...place, code, seen: `the file ends at byte ${failedAt}` });
    if (code === 'EINVAL' && volume.direct === true) return new DeviceError({ ...place, code, advice: DIRECT_ADVICE });
    return new DeviceError({ ...place, code });
  }

  #blocksOf(views: readonly Uint8Array[]): number {
    let bytes = 0;
    for (const { length } of views) bytes += length;
    return bytes / this.blockBytes;
  }

  /** Capacity of a volume that the device has. */
  #blocksIn(volume: number): number {
    const blocks = this.blocks[volume];
    if (blocks !== undefined) return blocks;
    const promised = `one of the ${this.blocks.length} volumes of the device`;
    throw new InvalidArgument(promised, `volume ${volume}`, 'Correct the number.');
  }

  #check(request: DeviceRequest): void {
    if (this.#closing !== undefined)
      throw new InvalidArgument('an open device', 'a submit after close', 'Open the device again.');
    const blocks = this.#blocksIn(request.volume);
    if (request.kind === 'flush') return;
    const views = viewsOf(request);
    const { block } = request;
    const count = this.#blocksOf(views);
    if (!Number.isSafeInteger(block) || block < 0 || block + count > blocks) {
      const seen = `a ${request.kind} of ${count} at block ${block}`;
      throw new InvalidArgument(`a place within the ${blocks} blocks of the volume`, seen, 'Correct the number.');
    }
    for (const view of views) {
      const isWhole = view.length > 0 && view.length % this.blockBytes === 0;
      if (view.buffer !== this.#slab || !isWhole || view.length !== views[0]!.length) {
        const seen = `a view of ${view.length} bytes${view.buffer === this.#slab ? '' : ' of other memory'}`;
        const advice = 'Let the core and the device share one slab.';
        throw new InvalidArgument(`views of ${this.blockBytes} bytes of the slab of the device`, seen, advice);
      }
    }
    if (request.kind === 'read' && (count !== request.blocks || views.length > 2)) {
      const seen = `${views.length} views, of ${count} blocks`;
      throw new InvalidArgument(`memory for ${request.blocks} blocks`, seen, 'Give `into` a view for each, or one.');
    }
  }
}

function viewsOf(request: DeviceRequest): readonly Uint8Array[] {
  switch (request.kind) {
    case 'read':
      return request.into;
    case 'write':
      return [request.bytes];
    case 'flush':
      return NO_VIEWS;
  }
}

function codeOf(verdict: number): string {
  if (verdict === END_OF_FILE) return 'SHORT';
  return verdict === NO_PROGRESS ? 'STUCK' : getSystemErrorName(-verdict);
}

interface LogFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Length of the header. */
  readonly end: number;
  /** Closes and removes it: the device could not be opened. */
  readonly discard: () => Promise<void>;
}

/** A new log with its header. One that is there already is evidence, and is not overwritten. */
async function createLog(path: string, files: readonly VolumeFile[], blockBytes: number): Promise<LogFile> {
  const volumes = files.map((file) => ({ path: file.path, blocks: file.blocks }));
  const header = encodeHeader({ version: VERSION, blockBytes, volumes });
  try {
    const handle = await open(path, 'wx');
    const discard = async (): Promise<void> => {
      await handle.close();
      await unlink(path);
    };
    try {
      await handle.writeFile(header);
    } catch (thrown) {
      await discard();
      throw thrown;
    }
    return { path, handle, end: header.length, discard };
  } catch (thrown) {
    throw deviceErrorFrom(thrown, { file: path, operation: 'log' });
  }
}
