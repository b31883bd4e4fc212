// Records what a program does with a core of its own. The program gets an object that is used exactly like its core; every
// call that is a step of the vocabulary becomes an event, with the state that it led to.
//
//   const core = new HammerIoCore(options);
//   const recorded = recordCore(core, { blocks: [{ name: 'd7', type: 'data', volume: 0, block: 7 }], clients: 4 }, file.sink);
//   … use recorded.core …; recorded.close(); file.close();
//
// A trace has a shape, so the program says beforehand which blocks it will touch and how many handles and tickets it will
// have at a time; going beyond that ends the call with a TraceError before anything happens. What is durable on a device is
// the device's knowledge: without `volatileOf` that field is not recorded. A call that throws because the slab is full or
// because an argument or a completion cannot be right has changed nothing and is no event.

import type { IoType, Shape, Volatile } from '../../../spec/buffer/snapshot.ts';
import { REPAIR_IDS } from '../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type Action } from '../../../spec/buffer/vocabulary.ts';
import { LIMITS } from '../../../model/index.ts';
import { NO_HANDLE, NO_TICKET, type Answer, type Handle, type HammerIoCore } from '../../../src/index.ts';
import type { MutableSnapshot } from '../driver.ts';
import { CoreCalls } from './core-calls.ts';
import { CoreObservation, type BlockPlace } from './core-observation.ts';
import { Roles } from './roles.ts';
import { TraceError } from './trace-format.ts';
import { TraceWriter, type LineSink, type RecordOptions } from './trace-writer.ts';

/** A block that the program will touch. */
export interface RecordedBlock extends BlockPlace {
  readonly name: string;
  readonly type: IoType;
}

/** What the recorded program will use. */
export interface RecordCoreOptions extends Pick<RecordOptions, 'fullEvery'> {
  /** In any order. The header of a volume that has one must be among them. */
  readonly blocks: readonly RecordedBlock[];
  /** Most handles and tickets that the program has at a time. */
  readonly clients: number;
  /** The one block from which it reads ahead, if any; the next block must be listed too. */
  readonly readAhead?: BlockPlace;
  /** What the device of a volume would lose with its power, if it can tell (MemoryDevice.volatileState). */
  readonly volatileOf?: (volume: number) => Volatile;
}

/** A core whose steps are recorded. */
export interface RecordedCore {
  /** Use this instead of the core. */
  readonly core: HammerIoCore;
  readonly shape: Shape;
  /** Writes the closing line. */
  close(): void;
}

/** Records a core that nobody has used yet. */
export function recordCore(core: HammerIoCore, options: RecordCoreOptions, sink: LineSink): RecordedCore {
  // The order of the lists (hammer_io.c L69-85): by block, then by volume.
  const blocks = [...options.blocks].sort((a, b) => a.block - b.block || a.volume - b.volume);
  const shape = shapeOf(core, blocks, options);
  const roles = new Roles(shape.clients.length);
  const view = new CoreObservation(core, blocks, roles, options.volatileOf);
  const writer = new TraceWriter(shape, sink, {
    ...(options.fullEvery !== undefined && { fullEvery: options.fullEvery }),
    without: options.volatileOf === undefined ? ['volumes.volatile'] : [],
  });
  const recorder = new CoreRecorder(core, new CoreCalls(core, shape, view, roles), roles, view, writer);
  writer.begin((into) => view.snapshot(into));
  return { core: recorder.stand(), shape, close: () => writer.close() };
}

class CoreRecorder {
  readonly #core: HammerIoCore;
  readonly #calls: CoreCalls;
  readonly #roles: Roles;
  readonly #writer: TraceWriter;
  readonly #take: (into: MutableSnapshot) => void;
  readonly #runnable = new Set<number>();

  constructor(core: HammerIoCore, calls: CoreCalls, roles: Roles, view: CoreObservation, writer: TraceWriter) {
    this.#core = core;
    this.#calls = calls;
    this.#roles = roles;
    this.#writer = writer;
    this.#take = (into) => view.snapshot(into);
  }

  /** An object that stands for the core: methods that are steps are recorded, all others go straight through. */
  stand(): HammerIoCore {
    const methods = new Map<string | symbol, unknown>();
    return new Proxy(this.#core, {
      get: (core, name) => {
        const found: unknown = Reflect.get(core, name, core);
        if (typeof found !== 'function') return found;
        if (!methods.has(name)) methods.set(name, this.#method(core, name, found as Method));
        return methods.get(name);
      },
    });
  }

  #method(core: HammerIoCore, name: string | symbol, method: Method): Method {
    const bound: Method = (...args) => Reflect.apply(method, core, args);
    if (name === 'tryGet') return (...args) => this.#tryGet(bound, args);
    if (name === 'tryRelease') return (...args) => this.#tryRelease(bound, args);
    const tell = typeof name === 'string' ? this.#calls.tellerOf(name) : undefined;
    return tell === undefined ? bound : (...args) => this.#record(tell(args), () => bound(...args) as Answer);
  }

  /** The hit path answers with a handle instead of an Answer, or does nothing. */
  #tryGet(method: Method, args: readonly unknown[]): unknown {
    const action = this.#calls.tellerOf('ioRead')!(args);
    const handle = method(...args) as Handle;
    if (handle !== NO_HANDLE) this.#record(action, () => ({ ...DONE, handle }));
    return handle;
  }

  /** The same of the end of a hit. */
  #tryRelease(method: Method, args: readonly unknown[]): unknown {
    const action = this.#calls.tellerOf('release')!(args);
    const isDone = method(...args) as boolean;
    if (isDone) this.#record(action, () => DONE);
    return isDone;
  }

  /** Makes the call and writes it down. Without an action (a stale handle or ticket) the call is nobody's. */
  #record(action: Action | undefined, call: () => Answer): Answer {
    if (action === undefined) return call();
    let answer: Answer;
    try {
      answer = call();
    } catch (error) {
      const broken = (error as { promise?: unknown } | null)?.promise;
      if (typeof broken === 'string') this.#writer.write({ action, broken }, this.#take);
      else if (!isNothing(error)) this.#writer.write({ action, thrown: String(error) }, this.#take);
      throw error;
    }
    if ('client' in action) this.#roles.note(action, answer, this.#core);
    const { outcome, diskRead, diskWrite } = answer;
    this.#writer.write({ action, outcome, stats: { diskRead, diskWrite }, woken: this.#woken() }, this.#take);
    return answer;
  }

  /** Clients whose ticket is runnable now and was not before. The order of their waking stays the core's secret. */
  #woken(): number[] {
    const woken: number[] = [];
    for (let client = 0; client < this.#calls.clients; client++) {
      const { ticket } = this.#roles.of(client);
      const isRunnable = ticket !== undefined && this.#core.view.tickets.find(ticket)?.runnable === true;
      if (isRunnable && !this.#runnable.has(client)) woken.push(client);
      if (isRunnable) this.#runnable.add(client);
      else this.#runnable.delete(client);
    }
    return woken;
  }
}

type Method = (...args: readonly unknown[]) => unknown;

const DONE: Answer = { outcome: 'done', handle: NO_HANDLE, ticket: NO_TICKET, diskRead: 0, diskWrite: 0 };

/** Thrown before anything changed, and for a reason that the model does not know. By name: the core may be another copy. */
function isNothing(error: unknown): boolean {
  return error instanceof Error && NOTHINGS.includes(error.name);
}

const NOTHINGS = ['CacheFull', 'ImpossibleInput', 'InvalidArgument', 'Reentered'];

function shapeOf({ view }: HammerIoCore, blocks: readonly RecordedBlock[], options: RecordCoreOptions): Shape {
  view.volumes.forEach(({ name, headerBlock }, volume) => {
    const header = blocks.find((b) => b.volume === volume && b.type === 'volume');
    if (headerBlock >= 0 && header?.block !== headerBlock && blocks.some((b) => b.volume === volume))
      throw new TraceError(`the header of ${name}, block ${headerBlock}, must be among the recorded blocks`);
  });
  return {
    blocks: blocks.map(({ name, type, volume }) => ({ name, type, volume })),
    volumes: view.volumes.map(({ name }) => name),
    clients: Array.from({ length: options.clients }, (_, c) => `c${c + 1}`),
    repairs: REPAIR_IDS,
    faults: ['read', 'write', 'flush', 'undo'],
    acts: ACTION_KINDS,
    readAhead: pairOf(blocks, options.readAhead),
    undoLog: view.undoLog,
    blockBytes: view.blockBytes,
    backlogBytesMax: view.backlogBytesMax,
    modsMax: LIMITS.modsMax,
  };
}

function pairOf(blocks: readonly RecordedBlock[], head: BlockPlace | undefined): Shape['readAhead'] {
  if (head === undefined) return null;
  const at = (block: number): number => blocks.findIndex((b) => b.volume === head.volume && b.block === block);
  const [first, next] = [at(head.block), at(head.block + 1)];
  if (first < 0 || next < 0)
    throw new TraceError(
      `to read ahead from block ${head.block}, it and the next one must be among the recorded blocks`,
    );
  return [first, next];
}
