// Which step of the vocabulary a call of the core is. Handles and tickets become clients, places become ios, requests become
// the io or volume that they are about.

import type { Shape } from '../../../spec/buffer/snapshot.ts';
import type { Action, ActionKind } from '../../../spec/buffer/vocabulary.ts';
import type { Handle, HammerIoCore, Result, Ticket, TicketKind } from '../../../src/index.ts';
import { kindOf } from '../../../src/core/actions/resume.ts';
import type { CoreObservation } from './core-observation.ts';
import type { Roles } from './roles.ts';
import { TraceError } from './trace-format.ts';

/** From the arguments of a call to its action; undefined when it uses a number that nobody owns. */
export type Teller = (args: readonly unknown[]) => Action | undefined;

const ON_HANDLE = [
  'lowMemoryRelease', 'delBuffer', 'ioAdvance', 'ioNotmeta', 'ioClearError', 'ioModify', 'modifyBuffer', 'modifyVolume',
  'change', 'ioModifyDone', 'ioWriteInterlock', 'ioDoneInterlock', 'ioWait',
] as const satisfies ActionKind[]; // prettier-ignore
const ON_PLACE = [
  'ioInval', 'ioClearErrorNoassert', 'recycle', 'writeBack', 'clusterPull',
] as const satisfies ActionKind[]; // prettier-ignore
const ON_MOUNT = ['ioWaitAll', 'ioFlushSync', 'ioLimitBacklog'] as const satisfies ActionKind[];

const RESUMES = {
  get: 'resumeGet',
  release: 'resumeRelease',
  modify: 'resumeModify',
  interlock: 'resumeInterlock',
  wait: 'resumeWait',
  waitAll: 'resumeWaitAll',
  flushSync: 'resumeFlushSync',
  backlog: 'resumeBacklog',
} as const satisfies Record<TicketKind, ActionKind>;

export class CoreCalls {
  readonly clients: number;
  readonly #core: HammerIoCore;
  readonly #shape: Shape;
  readonly #view: CoreObservation;
  readonly #roles: Roles;
  readonly #tellers = new Map<string, Teller>();

  constructor(core: HammerIoCore, shape: Shape, view: CoreObservation, roles: Roles) {
    this.clients = shape.clients.length;
    this.#core = core;
    this.#shape = shape;
    this.#view = view;
    this.#roles = roles;
    this.#learnGets();
    this.#learnHandles();
    this.#learnTickets();
    this.#learnInputs();
  }

  /** How a method is told; undefined when it is no step. */
  tellerOf(method: string): Teller | undefined {
    return this.#tellers.get(method);
  }

  #learnGets(): void {
    const tell = this.#tellers;
    tell.set('ioRead', ([volume, block, , ahead]) => {
      const io = this.#io(volume, block);
      if (ahead === true && this.#shape.readAhead?.[0] !== io)
        throw new TraceError(`read-ahead from ${this.#shape.blocks[io]!.name} was not announced; give it as readAhead`);
      return { kind: 'ioRead', client: this.#idle(), io, ahead: ahead === true };
    });
    for (const kind of ['ioNew', 'unload'] as const)
      tell.set(kind, ([volume, block]) => ({ kind, client: this.#idle(), io: this.#io(volume, block) }));
    for (const kind of ON_MOUNT) tell.set(kind, () => ({ kind, client: this.#idle() }));
  }

  #learnHandles(): void {
    const tell = this.#tellers;
    const on = (handle: unknown, make: (client: number) => Action): Action | undefined => {
      const client = this.#roles.ofHandle(handle as Handle);
      return client === undefined ? undefined : make(client);
    };
    for (const kind of ON_HANDLE) tell.set(kind, ([handle]) => on(handle, (client) => ({ kind, client })));
    tell.set('release', ([handle, flag]) =>
      on(handle, (client) => ({ kind: 'release', client, undoReclaim: flag === true })),
    );
    tell.set('ioFlush', ([handle, flag]) =>
      on(handle, (client) => ({ kind: 'ioFlush', client, reclaim: flag === true })),
    );
    tell.set('undoLaid', ([handle, result]) =>
      on(handle, (client) => ({ kind: 'undoLaid', client, error: isError(result) })),
    );
  }

  #learnTickets(): void {
    this.#tellers.set('cancel', ([ticket]) => {
      const client = this.#roles.ofTicket(ticket as number);
      return client === undefined ? undefined : { kind: 'cancel', client };
    });
    this.#tellers.set('resume', ([ticket, expected]) => {
      const client = this.#roles.ofTicket(ticket as number);
      const record = this.#core.view.tickets.find(ticket as Ticket);
      if (client === undefined || record === undefined) return undefined;
      return { kind: RESUMES[(expected as TicketKind | undefined) ?? kindOf(record.at)], client };
    });
  }

  #learnInputs(): void {
    const tell = this.#tellers;
    for (const kind of ON_PLACE) tell.set(kind, ([volume, block]) => ({ kind, io: this.#io(volume, block) }));
    tell.set('readDone', ([id, result]) => {
      const { volume, block } = this.#core.view.outbox.inFlight('read', id as number);
      return { kind: 'readDone', io: this.#io(volume, block), error: isError(result) };
    });
    tell.set('writeDone', ([id, result]) => {
      const { volume, block } = this.#core.view.outbox.inFlight('write', id as number);
      return { kind: 'writeDone', io: this.#io(volume, block), error: isError(result) };
    });
    tell.set('flushDone', ([id, result]) => {
      const { volume } = this.#core.view.outbox.inFlight('flush', id as number);
      return { kind: 'flushDone', volume, error: isError(result) };
    });
    tell.set('ioFlushMark', ([volume]) => ({ kind: 'ioFlushMark', volume: volume as number }));
    tell.set('cleanLoose', () => ({ kind: 'cleanLoose' }));
  }

  #idle(): number {
    const client = this.#roles.idle();
    if (client !== undefined) return client;
    throw new TraceError(
      `the program has more than ${this.clients} handles and tickets at a time; announce more clients`,
    );
  }

  #io(volume: unknown, block: unknown): number {
    const io = this.#view.indexAt(volume as number, block as number);
    if (io !== undefined) return io;
    throw new TraceError(`block ${String(block)} of volume ${String(volume)} is not among the recorded blocks`);
  }
}

const isError = (result: unknown): boolean => (result as Result) === 'error';
