// The other side of the protocol: any Driver, served over stdin and stdout of this process. It is what a TypeScript
// implementation needs to be checked from outside, and what our own tests and benchmarks put behind the pipe.

import { readSync, writeSync } from 'node:fs';
import { ACTION_KINDS } from '../../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type Shape } from '../../../spec/buffer/snapshot.ts';
import { blankSnapshot, NotOffered, type Driver, type MutableSnapshot } from '../driver.ts';
import { readAction } from '../trace/action-arguments.ts';
import { Malformed, objectOf, parseJson, type JsonObject } from '../trace/malformed.ts';
import { readShape } from '../trace/shape-text.ts';
import { changeBetween, FIELD_NAMES } from '../trace/state-change.ts';
import { PROTOCOL_VERSION, type Hello } from './protocol.ts';

/** What is served to the other side. */
export interface Served {
  /** Makes the implementation for a shape; an error that it throws is answered as `unable`. */
  readonly driver: (shape: Shape) => Driver;
  /** What the implementation has; everything where left out. */
  readonly hello?: Partial<Hello>;
  /** Turns an answer into the line that is sent; for tests of what comes of a bad one. */
  readonly line?: (answer: object, request: JsonObject) => string;
}

/** Answers requests until stdin ends. */
export function serveDriver(served: Served): void {
  const session = new Session(served);
  const line = served.line ?? ((answer) => JSON.stringify(answer));
  for (const text of linesOfStdin()) {
    const request = objectOf(parseJson(text), 'a request');
    const answer = session.answer(request);
    send(`${line({ id: request['id'], ...answer }, request)}\n`);
  }
}

class Session {
  readonly #served: Served;
  readonly #without: ReadonlySet<string>;
  #shape: Shape | undefined = undefined;
  #driver!: Driver;
  #before!: MutableSnapshot;
  #now!: MutableSnapshot;

  constructor(served: Served) {
    this.#served = served;
    const shown = served.hello?.fields;
    this.#without = new Set(FIELD_NAMES.filter((name) => shown?.includes(name) === false));
  }

  answer(request: JsonObject): object {
    switch (request['request']) {
      case 'hello':
        return this.#hello(request);
      case 'reset':
        this.#driver.reset();
        return this.#state(true);
      case 'perform':
        return this.#perform(request);
      default:
        throw new Malformed(`"request" is ${JSON.stringify(request['request'])}`);
    }
  }

  #hello({ shape }: JsonObject): object {
    try {
      this.#shape = readShape(shape, REPAIR_IDS);
      this.#driver = this.#served.driver(this.#shape);
    } catch (error) {
      return { unable: (error as Error).message };
    }
    this.#before = blankSnapshot(this.#shape);
    this.#now = blankSnapshot(this.#shape);
    return {
      protocol: PROTOCOL_VERSION,
      name: 'hammer-io-kit',
      actions: ACTION_KINDS,
      fields: FIELD_NAMES,
      stats: true,
      woken: true,
      promises: true,
      ...this.#served.hello,
    };
  }

  #perform({ id: _id, request: _request, ...plain }: JsonObject): object {
    const action = readAction(plain, this.#shape!);
    try {
      const { outcome, stats, woken } = this.#driver.perform(action);
      const { diskRead, diskWrite } = stats;
      const [moved, waking] = [diskRead !== 0 || diskWrite !== 0, [...woken]];
      const said = {
        outcome,
        ...(moved && { stats: { diskRead, diskWrite } }),
        ...(waking.length > 0 && { woken: waking }),
      };
      return { ...said, ...this.#state(false) };
    } catch (error) {
      const broken = (error as { promise?: unknown } | null)?.promise;
      if (typeof broken === 'string') return { broken, ...this.#state(false) };
      if (error instanceof NotOffered) return { notOffered: error.message };
      return { failed: String(error) };
    }
  }

  /** What changed since it was last shown, or all of it. */
  #state(whole: boolean): { state?: object } {
    this.#driver.snapshot(this.#now);
    const state = changeBetween(whole ? undefined : this.#before, this.#now, this.#without);
    [this.#before, this.#now] = [this.#now, this.#before];
    return Object.keys(state).length > 0 ? { state } : {};
  }
}

function* linesOfStdin(): Generator<string> {
  const piece = Buffer.allocUnsafe(1 << 16);
  let rest = '';
  for (let bytes = readSync(0, piece); bytes > 0; bytes = readSync(0, piece)) {
    const lines = (rest + piece.toString('utf8', 0, bytes)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

function send(text: string): void {
  let bytes: Uint8Array = Buffer.from(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
}
