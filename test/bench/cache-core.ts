// The core on a file, driven as directly as a program can: no promises for single blocks, requests given to the device in
// batches, completions brought back in batches. IN_FLIGHT reads are under way at a time.

import { ClockPolicy } from '../../src/policy/clock-policy.ts';
import { FileDevice, type FileCompletion } from '../../src/devices/file/index.ts';
import {
  HammerIoCore,
  NO_HANDLE,
  NO_TICKET,
  type DeviceRequest,
  type Handle,
  type ReadRequest,
  type Request,
  type Ticket,
} from '../../src/index.ts';
import type { Contender } from './cache-contender.ts';
import { BLOCK_BYTES, expectBlock, WorkNotDone, writeStamp } from './cache-load.ts';
import { stampInFile } from './cache-raw-file.ts';

const IN_FLIGHT = 64;

export class CoreOnFile implements Contender {
  readonly name = 'core';
  readonly #path: string;
  readonly #core: HammerIoCore;
  readonly #device: FileDevice;
  readonly #policy = new ClockPolicy();
  readonly #submit = (request: Request): void => this.#device.submit(request as DeviceRequest);
  /** What the work under way does with completions, and with what keeps it from doing so. */
  #completed: (batch: readonly FileCompletion[]) => void = () => undefined;
  #failed: (error: unknown) => void = () => undefined;

  private constructor(path: string, core: HammerIoCore, device: FileDevice) {
    this.#path = path;
    this.#core = core;
    this.#device = device;
    device.onCompletions = (batch) => {
      try {
        this.#completed(batch);
      } catch (error) {
        this.#failed(error);
      }
    };
  }

  static async open(path: string, cacheBlocks: number): Promise<CoreOnFile> {
    const { slab, offset } = FileDevice.alignedSlab(cacheBlocks * BLOCK_BYTES);
    const device = await FileDevice.open({ volumes: [{ path }], blockBytes: BLOCK_BYTES, slab });
    const core = new HammerIoCore({
      volumes: [{ name: path, blocks: device.blocks[0]! }],
      ...{ capacityBufs: cacheBlocks, blockBytes: BLOCK_BYTES, slab, slabOffset: offset },
    });
    return new CoreOnFile(path, core, device);
  }

  hits(keys: Int32Array, times: number): void {
    const core = this.#core;
    const mask = keys.length - 1;
    for (let i = 0; i < times; i++) {
      const handle = core.tryGet(0, keys[i & mask]!);
      if (handle === NO_HANDLE) throw new WorkNotDone(`Block ${keys[i & mask]!} is not resident in the core.`);
      if (!core.tryRelease(handle)) core.release(handle);
    }
  }

  read(blocks: Int32Array): Promise<void> {
    const core = this.#core;
    let begun = 0;
    let ended = 0;
    const begin = (): void => {
      for (; begun < blocks.length && begun - ended < IN_FLIGHT; begun++) {
        if (this.#policy.makeRoom(core, 1) !== 'room') break; // A completion will make room.
        const { ticket, handle } = core.ioRead(0, blocks[begun]!, 'data');
        if (ticket === NO_TICKET) end(handle, blocks[begun]!);
      }
      core.drainRequests(this.#submit);
    };
    const end = (handle: Handle, block: number): void => {
      expectBlock(core.contents(handle), block, this.name);
      core.release(handle);
      ended++;
    };
    return this.#work((batch, done) => {
      for (const { request, result } of batch) {
        core.readDone(request.id, result);
        // Nobody else waits for the block, so the ticket that this has woken is that of its reader.
        end(core.resume(core.nextRunnable()).handle, (request as ReadRequest).block);
      }
      begin();
      if (ended === blocks.length) done();
    }, begin);
  }

  write(blocks: Int32Array, stamp: number): Promise<void> {
    return this.writeAll([blocks], stamp);
  }

  /**
   * Makes one batch durable after the other, the first with this stamp, each later one with the next; and changes the next one
   * while the last is being made durable, as soon as its writes have ended.
   */
  writeAll(batches: readonly Int32Array[], firstStamp: number): Promise<void> {
    const core = this.#core;
    let begun = 0;
    let durable = 0;
    let writing: Ticket = NO_TICKET;
    const begin = (): void => {
      this.#change(batches[begun]!, firstStamp + begun);
      begun++;
      writing = core.ioWaitAll().ticket;
      core.drainRequests(this.#submit);
      this.#device.flushAhead(0);
    };
    return this.#work((batch, done) => {
      for (const { request, result } of batch) {
        if (request.kind === 'write') core.writeDone(request.id, result);
        else core.flushDone(request.id, result);
      }
      for (let ticket = core.nextRunnable(); ticket !== NO_TICKET; ticket = core.nextRunnable()) {
        const { outcome } = core.resume(ticket);
        if (outcome !== 'done') throw new WorkNotDone(`A flush of the core ended with ${outcome}.`);
        if (ticket !== writing) durable++;
        else {
          core.ioFlushSync();
          core.drainRequests(this.#submit);
          if (begun < batches.length) begin();
        }
      }
      if (durable === batches.length) done();
    }, begin);
  }

  #change(blocks: Int32Array, stamp: number): void {
    const core = this.#core;
    for (const block of blocks) {
      const handle = core.tryGet(0, block);
      if (handle === NO_HANDLE) throw new WorkNotDone(`Block ${block} is not resident in the core.`);
      core.ioModify(handle);
      writeStamp(core.bytes(handle), stamp);
      core.change(handle);
      core.ioModifyDone(handle);
      core.ioFlush(handle);
      core.release(handle);
    }
  }

  deviceFlushes(): number {
    return this.#device.statistics.syncs;
  }

  stampOnMedium(block: number): number {
    return stampInFile(this.#path, block);
  }

  close(): Promise<void> {
    return this.#device.close();
  }

  #work(completed: (batch: readonly FileCompletion[], done: () => void) => void, begin: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      this.#completed = (batch) => {
        const failed = batch.find(({ result }) => result === 'error');
        if (failed !== undefined) reject(failed.error!);
        else completed(batch, resolve);
      };
      begin();
    });
  }
}
