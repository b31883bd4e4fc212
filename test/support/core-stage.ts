// A core over a device in memory, with the few moves that stories about the core repeat. Nothing is hidden: requests go to
// the device when `submit` is called or a move needs them there, and complete when the story says so.

import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { Answer, CoreOptions, Fault, Handle, Request, Ticket, UndoRequest } from '../../src/index.ts';
import { HammerIoCore, MemoryDevice } from '../../src/index.ts';

export const EIO: Fault = { code: 'EIO' };

export class CoreStage {
  readonly core: HammerIoCore;
  readonly device: MemoryDevice;
  /** UNDO requests in order of issue. */
  readonly undo: UndoRequest[] = [];

  constructor(options: Partial<CoreOptions> = {}) {
    const all = { volumes: [{ name: 'v1', blocks: 16 }], capacityBufs: 16, blockBytes: 64, verify: true, ...options };
    this.core = new HammerIoCore(all);
    this.device = new MemoryDevice(all.volumes.length, all.blockBytes);
  }

  /** Hands what the core asked for to the device; answers it. */
  submit(): Request[] {
    const requests: Request[] = [];
    this.core.drainRequests((request) => {
      requests.push(request);
      if (request.kind === 'undo') this.undo.push(request);
      else this.device.submit(request);
    });
    return requests;
  }

  /** Completes the oldest pending request of a kind. */
  complete(kind: 'read' | 'write' | 'flush', fault?: Fault): void {
    this.submit();
    const request = this.device.pending().find((pending) => pending.kind === kind);
    if (request === undefined) throw new Error(`The story expects a ${kind} in flight.`);
    this.device.deliver(request.id, this.core, fault);
  }

  /** A handle on a block, read from the device if need be. */
  get(block: number, type: IoType = 'data', volume = 0): Handle {
    let answer = this.core.ioRead(volume, block, type);
    if (answer.outcome === 'io') {
      this.complete('read');
      answer = this.core.resume(answer.ticket);
    }
    if (answer.outcome !== 'done')
      throw new Error(`The story expects to get block ${block}; it got ${answer.outcome}.`);
    return answer.handle;
  }

  /** Writes `value` all over a held block, in one modification. */
  write(handle: Handle, value: number): void {
    expectDone(this.core.ioModify(handle));
    this.core.bytes(handle).fill(value);
    expectDone(this.core.change(handle));
    expectDone(this.core.ioModifyDone(handle));
  }

  /** Resumes what has become runnable, in order, and tells the answers. */
  resumeAll(): Answer[] {
    const answers: Answer[] = [];
    for (let ticket = this.core.nextRunnable(); isTicket(ticket); ticket = this.core.nextRunnable()) {
      answers.push(this.core.resume(ticket));
    }
    return answers;
  }
}

function isTicket(ticket: Ticket): boolean {
  return (ticket as number) !== 0;
}

function expectDone(answer: Answer): void {
  if (answer.outcome !== 'done') throw new Error(`The story expects done; the answer is ${answer.outcome}.`);
}
