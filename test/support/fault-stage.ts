// Production over the fault device, with the moves that stories about faults repeat, and a record of everything by which
// somebody was told that something is wrong.

import assert from 'node:assert/strict';
import type { FaultTold } from '../../spec/index.ts';
import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { Answer, Handle, Ticket } from '../../src/index.ts';
import { HammerIoCore, ImpossibleInput, NO_TICKET } from '../../src/index.ts';
import { FaultDevice } from '../kit/fault-device.ts';
import type { InjectedFault } from '../kit/injected-fault.ts';
import type { Survivors } from '../kit/medium.ts';

/** Four sectors. */
export const STAGE_BLOCK_BYTES = 2048;
export const STAGE_BUFS = 8;

export class FaultStage {
  readonly device = new FaultDevice(1, STAGE_BLOCK_BYTES);
  core = makeCore();
  /** How somebody was told, each once, in order. */
  readonly told: FaultTold[] = [];
  /** All blocks of the stage have one type. */
  readonly type: IoType;
  readonly #faultsOff: boolean;

  /** With `faultsOff` the device does well whatever it is asked for. */
  constructor(type: IoType, faultsOff = false) {
    this.type = type;
    this.#faultsOff = faultsOff;
  }

  /** Hands what the core asked for to the device. */
  submit(): void {
    this.core.drainRequests((request) => {
      if (request.kind !== 'undo') this.device.submit(request);
    });
  }

  /** Completes the oldest pending request of a kind, for a block if one is named; answers its id. */
  complete(kind: 'read' | 'write' | 'flush', fault?: InjectedFault, block?: number): number {
    this.submit();
    const request = this.device
      .pending()
      .find((one) => one.kind === kind && (block === undefined || (one.kind !== 'flush' && one.block === block)));
    assert.ok(request, `a ${kind} is in flight`);
    const wasCritical = this.core.view.criticalError;
    this.refused(() => this.device.deliver(request.id, this.core, this.#faultsOff ? undefined : fault));
    if (!wasCritical && this.core.view.criticalError) this.#tell('criticalError');
    this.submit();
    return request.id;
  }

  /** Does something that the core may refuse as impossible; answers whether it did. */
  refused(act: () => void): boolean {
    try {
      act();
      return false;
    } catch (error) {
      if (!(error instanceof ImpossibleInput)) throw error;
      this.#tell('ImpossibleInput');
      return true;
    }
  }

  /** Begins a get that has to wait. */
  start(block: number, ahead = false): Ticket {
    const { ticket } = this.core.ioRead(0, block, this.type, ahead);
    assert.notEqual(ticket, NO_TICKET, `the get of block ${block} waits`);
    this.submit();
    return ticket;
  }

  /** Resumes a ticket of a get or a sync. */
  resume(ticket: Ticket, what: 'get' | 'sync' = 'get'): Answer {
    const answer = this.core.resume(ticket);
    if (answer.outcome === 'error') this.#tell(what);
    this.submit();
    return answer;
  }

  /** A handle, or undefined if the load failed. */
  get(block: number, fault?: InjectedFault): Handle | undefined {
    let answer = this.core.ioRead(0, block, this.type);
    if (answer.outcome === 'io') {
      this.complete('read', fault, block);
      answer = this.resume(answer.ticket);
    }
    return answer.outcome === 'done' ? answer.handle : undefined;
  }

  /** What a client reads. */
  read(block: number, fault?: InjectedFault): Uint8Array {
    const handle = this.get(block, fault);
    assert.ok(handle, `block ${block} can be got`);
    const bytes = this.contents(handle);
    this.core.release(handle);
    return bytes;
  }

  contents(handle: Handle): Uint8Array {
    return new Uint8Array(this.core.contents(handle) as Uint8Array);
  }

  /** Changes a held block all over, except where a CRC may be, and issues its write. */
  issue(handle: Handle, value: number): void {
    assert.equal(this.core.ioModify(handle).outcome, 'done');
    this.core.bytes(handle).fill(value, 4);
    this.core.change(handle);
    this.core.ioModifyDone(handle);
    assert.equal(this.core.ioFlush(handle).outcome, 'done');
    this.submit();
  }

  /** Gets, changes, writes and releases a block; answers the bytes that were issued. */
  write(block: number, value: number, fault?: InjectedFault): Uint8Array {
    const handle = this.get(block);
    assert.ok(handle, `block ${block} can be got`);
    this.issue(handle, value);
    const issued = this.contents(handle);
    this.complete('write', fault, block);
    this.core.release(handle);
    return issued;
  }

  /** Writes a block and makes it durable; answers its bytes. */
  store(block: number, value: number): Uint8Array {
    const bytes = this.write(block, value);
    assert.equal(this.sync(), 'done');
    return bytes;
  }

  sync(fault?: InjectedFault): Answer['outcome'] {
    const answer = this.core.ioFlushSync();
    if (answer.outcome === 'error') this.#tell('sync');
    if (answer.outcome !== 'wait') return answer.outcome;
    this.complete('flush', fault);
    return this.resume(answer.ticket, 'sync').outcome;
  }

  /** The buffer of a block goes, and with it all that the layer knows of the block. */
  drop(block: number): void {
    assert.equal(this.core.unload(0, block).outcome, 'done');
  }

  /** Power goes and comes back: the same device, a new core. */
  restart(survivors?: Survivors): void {
    this.device.losePower(survivors);
    this.core = makeCore();
  }

  #tell(how: FaultTold): void {
    if (!this.told.includes(how)) this.told.push(how);
  }
}

function makeCore(): HammerIoCore {
  return new HammerIoCore({
    volumes: [{ name: 'v1', blocks: 16 }],
    capacityBufs: STAGE_BUFS,
    blockBytes: STAGE_BLOCK_BYTES,
    verify: true,
  });
}
