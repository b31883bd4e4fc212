// A driver whose implementation lives in another process and speaks the protocol of `PROTOCOL.md`.
//
// One adapter process serves any number of shapes, one at a time: `open` says hello with a shape and answers with a driver for
// it. Drivers take turns at a reset, where the shape of the one that goes on is told again. A driver keeps the latest state that
// it was told, so only an action needs a request. When the adapter dies, hangs or says what the protocol does not allow, an
// AdapterFault with the last request is thrown, and thrown again by whatever is asked later.

import type { Shape } from '../../../spec/buffer/snapshot.ts';
import type { Action, StepStats } from '../../../spec/buffer/vocabulary.ts';
import { blankSnapshot, NotOffered, type Driver, type MutableSnapshot, type StepResult } from '../driver.ts';
import { Malformed, quoted, type JsonObject } from '../trace/malformed.ts';
import { applyChange, copyFields, FIELD_NAMES } from '../trace/state-change.ts';
import { NoAnswer, PipeProcess } from './pipe-process.ts';
import {
  helloRequest, performRequest, readAnswer, readHello, readPerformed, readReset, resetRequest, type Hello,
} from './protocol.ts'; // prettier-ignore
import { Shadow } from './shadow.ts';

/** The adapter is of no use any more. */
export class AdapterFault extends Error {
  override readonly name = 'AdapterFault';
  readonly reason: 'dead' | 'slow' | 'lying';
  /** The request that it did not answer, or not as the protocol says. */
  readonly request: string;
  /** The last lines of its stderr. */
  readonly stderr: readonly string[];

  constructor(reason: AdapterFault['reason'], sentence: string, request: string, stderr: readonly string[] = []) {
    super(`The adapter ${sentence}. Its last request: ${request}`);
    this.reason = reason;
    this.request = request;
    this.stderr = stderr;
  }
}

/** The implementation cannot be had in this shape, and says why. */
export class ShapeRefused extends Error {
  override readonly name = 'ShapeRefused';
}

/** A promise that the implementation says is broken; drivers throw such errors. */
export class ForeignBrokenPromise extends Error {
  override readonly name = 'ForeignBrokenPromise';
  readonly promise: string;

  constructor(promise: string) {
    super(
      `The implementation says that its caller broke the promise ${promise}; check-model --explain ${promise} says what it is.`,
    );
    this.promise = promise;
  }
}

/** The implementation failed at an action and said so itself. */
export class ForeignFailure extends Error {
  override readonly name = 'ForeignFailure';
}

/** How an adapter is started. */
export interface AdapterOptions {
  /** A shell command. */
  readonly command: string;
  /** Longest time for one answer. Default 10. */
  readonly timeoutSeconds?: number;
}

/** The process of an implementation; `close` it. One driver at a time is awake in it. */
export class StdioAdapter {
  readonly #process: PipeProcess;
  #id = 0;
  /** What has made the adapter useless, if anything. */
  fault: AdapterFault | undefined = undefined;
  /** The driver that the adapter was told about last. */
  #current: StdioDriver | undefined = undefined;

  constructor({ command, timeoutSeconds = 10 }: AdapterOptions) {
    this.#process = new PipeProcess(command, timeoutSeconds);
  }

  /** Says hello with a shape. Drivers opened before sleep until their next reset. @throws ShapeRefused, AdapterFault */
  open(shape: Shape): StdioDriver {
    const driver = new StdioDriver(this, shape, this.#greet(shape));
    this.#current = driver;
    return driver;
  }

  /** Makes a driver the current one again; whether it was not. */
  wake(driver: StdioDriver): boolean {
    if (this.#current === driver) return false;
    this.#greet(driver.shape);
    this.#current = driver;
    return true;
  }

  #greet(shape: Shape): Hello {
    const hello = this.ask((id) => helloRequest(id, shape), readHello);
    if ('unable' in hello) throw new ShapeRefused(`The implementation cannot have this shape: ${hello.unable}`);
    return hello;
  }

  /** One request and its answer, read by `read`. @throws AdapterFault */
  ask<Answer>(write: (id: number) => string, read: (answer: JsonObject) => Answer): Answer {
    if (this.fault !== undefined) throw this.fault;
    const id = ++this.#id;
    const request = write(id);
    let line: string;
    try {
      line = this.#process.ask(request);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      throw this.#fail(error.reason === 'endless' ? 'lying' : error.reason, error.message, request, error.stderr);
    }
    try {
      return read(readAnswer(line, id));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw this.#fail('lying', `answers ${quoted(line)}, which breaks the protocol: ${error.message}`, request);
    }
  }

  /** Ends the process. */
  close(): void {
    this.#process.close();
  }

  #fail(reason: AdapterFault['reason'], sentence: string, request: string, stderr?: readonly string[]): AdapterFault {
    this.fault = new AdapterFault(reason, sentence, request, stderr);
    return this.fault;
  }
}

/** An implementation in another process, for one shape. */
export class StdioDriver implements Driver {
  /** What the adapter calls the implementation. */
  readonly name: string;
  readonly hello: Hello;
  /** The shape without the actions that the adapter does not have. */
  readonly shape: Shape;
  /** Actions of the shape that the adapter does not have, and fields, `stats`, `woken`, `promises` that it cannot show. */
  readonly notOffered: readonly string[];
  readonly notCompared: readonly string[];
  readonly #adapter: StdioAdapter;
  readonly #told: MutableSnapshot;
  readonly #blank: MutableSnapshot;
  readonly #hidden: readonly string[];
  /** Needed only where something is not compared. */
  readonly #shadow: Shadow | undefined;
  readonly #result: { outcome: StepResult['outcome']; stats: StepStats; woken: readonly number[] };

  constructor(adapter: StdioAdapter, shape: Shape, hello: Hello) {
    const offered = new Set<string>(hello.actions);
    this.#adapter = adapter;
    this.hello = hello;
    this.name = hello.name;
    this.shape = { ...shape, acts: shape.acts.filter((kind) => offered.has(kind)) };
    this.notOffered = shape.acts.filter((kind) => !offered.has(kind));
    this.#hidden = FIELD_NAMES.filter((name) => !hello.fields.includes(name));
    this.notCompared = [...this.#hidden, ...(['stats', 'woken', 'promises'] as const).filter((name) => !hello[name])];
    const isOpen = this.#hidden.length === 0 && hello.stats && hello.woken;
    this.#shadow = isOpen ? undefined : new Shadow(shape);
    this.#told = blankSnapshot(shape);
    this.#blank = blankSnapshot(shape);
    this.#result = { outcome: 'done', stats: { diskRead: 0, diskWrite: 0 }, woken: [] };
  }

  reset(): void {
    copyFields(FIELD_NAMES, this.#blank, this.#told);
    this.#shadow?.reset();
    if (!this.#adapter.wake(this)) this.#adapter.ask(resetRequest, (answer) => this.#learn(readReset(answer)));
  }

  perform(action: Action): StepResult {
    const answer = this.#adapter.ask(
      (id) => performRequest(id, action),
      (line) => {
        const performed = readPerformed(line, this.hello, this.shape.clients.length);
        if ('state' in performed) this.#learn(performed.state);
        return performed;
      },
    );
    if ('broken' in answer) throw new ForeignBrokenPromise(answer.broken);
    if ('notOffered' in answer) throw new NotOffered(answer.notOffered);
    if ('failed' in answer) throw new ForeignFailure(`The implementation failed: ${answer.failed}`);
    this.#shadow?.follow(action);
    this.#result.outcome = answer.outcome;
    this.#result.stats = answer.stats ?? this.#shadow!.stats;
    this.#result.woken = answer.woken ?? this.#shadow!.woken;
    return this.#result;
  }

  snapshot(into: MutableSnapshot): void {
    copySnapshot(this.#told, into);
    if (this.#shadow !== undefined) copyFields(this.#hidden, this.#shadow.snapshot, into);
  }

  /** Ends the process; for a driver that came from `createStdioDriver`. */
  close(): void {
    this.#adapter.close();
  }

  /** What is left out has not changed since the answer before, or since the initial state. */
  #learn(state: unknown): void {
    if (state !== undefined) applyChange(this.#told, state);
  }
}

/** A driver with a process of its own; `close` it. @throws ShapeRefused, AdapterFault */
export function createStdioDriver({ shape, ...options }: AdapterOptions & { readonly shape: Shape }): StdioDriver {
  const adapter = new StdioAdapter(options);
  try {
    return adapter.open(shape);
  } catch (error) {
    adapter.close();
    throw error;
  }
}

function copySnapshot(from: MutableSnapshot, into: MutableSnapshot): void {
  for (let i = 0; i < from.ios.length; i++) Object.assign(into.ios[i]!, from.ios[i]!);
  for (let c = 0; c < from.clients.length; c++) {
    const { needs } = into.clients[c]!;
    const client = from.clients[c]!;
    for (let v = 0; v < needs.length; v++) needs[v] = client.needs[v]!;
    Object.assign(into.clients[c]!, client, { needs });
  }
  for (let v = 0; v < from.volumes.length; v++) Object.assign(into.volumes[v]!, from.volumes[v]!);
  Object.assign(into.mount, from.mount);
  copyFields(ORDERS, from, into);
}

/** Fields that are lists of the mount. */
const ORDERS = FIELD_NAMES.filter((name) => name === 'iorun' || name.startsWith('lists.'));
