// Production on every edge of a small machine, compared with the model after each: the check of `test/kit/edges.ts` without
// the story that it tells of a failure. A mutant needs no story, and telling one costs more than finding the difference.

import type { Exploration } from '../../model/index.ts';
import { OUTCOMES } from '../../model/explore.ts';
import type { Shape, Snapshot } from '../../spec/snapshot.ts';
import type { Action } from '../../spec/vocabulary.ts';
import { NO_HANDLE, NO_TICKET, type Answer } from '../../src/index.ts';
import { CoreDriver } from '../kit/core-driver.ts';
import { blankSnapshot, type MutableSnapshot, type StepResult } from '../kit/driver.ts';
import { graphOf } from '../kit/search-tree.ts';
import { sameSnapshot, snapshotDifferences } from '../kit/snapshot-difference.ts';
import { RESET, shortestTour } from '../kit/tour.ts';
import { messageOf } from './must.ts';

/** Takes every edge; throws at the first answer or state that is not the model's. */
export function walkEdges(exploration: Exploration, driver = new BoundedDriver(exploration.machine.shape)): void {
  new EdgeWalk(exploration, driver).walk();
}

/** More wake-ups than any step makes, and more entries than any list has. */
const ENDLESS = 100;

/** States of a machine in which every promise is broken everywhere. */
const SMALL = 270;

/** Production, told to stop where a mutant makes its queues endless: collecting them would take all memory. */
export class BoundedDriver extends CoreDriver {
  #wakeups = 0;

  constructor(shape: Shape) {
    super(shape, {});
  }

  override reset(): void {
    super.reset();
    const { core } = this;
    const nextRunnable = core.nextRunnable.bind(core);
    core.nextRunnable = () => {
      if (++this.#wakeups > ENDLESS) throw new Error('the ready queue has no end');
      return nextRunnable();
    };
  }

  override perform(action: Action): StepResult {
    this.#wakeups = 0;
    return super.perform(action);
  }
}

/** The same, and every ioRead tries the hit path first, as the façade does. */
export class HitPathDriver extends BoundedDriver {
  override reset(): void {
    super.reset();
    const { core } = this;
    const ioRead = core.ioRead.bind(core);
    core.ioRead = (volume, block, type, ahead): Answer => {
      const handle = core.tryGet(volume, block);
      if (handle === NO_HANDLE) return ioRead(volume, block, type, ahead);
      return { outcome: 'done', handle, ticket: NO_TICKET, diskRead: 0, diskWrite: 0 };
    };
  }
}

class EdgeWalk {
  readonly #exploration: Exploration;
  readonly #driver: CoreDriver;
  readonly #expected: MutableSnapshot;
  readonly #seen: MutableSnapshot;
  readonly #into: Int32Array;
  /** States in which promises were broken, and the action kinds with the promises that they have broken. */
  readonly #visited = new Set<number>();
  readonly #broken = new Set<string>();

  constructor(exploration: Exploration, driver: CoreDriver) {
    const { shape, rowWords } = exploration.machine;
    this.#exploration = exploration;
    this.#driver = driver;
    this.#expected = blankSnapshot(shape);
    this.#seen = { ...blankSnapshot(shape), iorun: new BoundedList() };
    this.#into = new Int32Array(rowWords);
  }

  walk(): void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0; // Nobody reads the stacks of thousands of broken promises.
    try {
      this.#takeAll();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #takeAll(): void {
    const { machine, distinct } = this.#exploration;
    const graph = graphOf(this.#exploration);
    const met = new Uint8Array(graph.length);
    for (const edge of shortestTour(graph, distinct).moves) {
      if (edge === RESET) this.#driver.reset();
      else if (met[edge] === 1) this.#driver.perform(machine.actions[graph.action[edge]!]!);
      else this.#take(edge);
      if (edge !== RESET) met[edge] = 1;
    }
  }

  #take(edge: number): void {
    const { machine, rows } = this.#exploration;
    const { rowWords, actions } = machine;
    const graph = graphOf(this.#exploration);
    const [source, target, index] = [graph.source[edge]!, graph.target[edge]!, graph.action[edge]!];
    this.#breakPromisesIn(source);
    machine.snapshot(rows, source * rowWords, this.#expected);
    const before = runnableIn(this.#expected);
    const { stats } = machine.step(rows, source * rowWords, index, this.#into)!;
    machine.snapshot(rows, target * rowWords, this.#expected);
    const woken = runnableIn(this.#expected) & ~before;
    const answer = this.#driver.perform(actions[index]!);
    const wrong =
      differs('outcome', answer.outcome, OUTCOMES[graph.outcome[edge]!]) ??
      differs('diskRead', answer.stats.diskRead, stats.diskRead) ??
      differs('diskWrite', answer.stats.diskWrite, stats.diskWrite) ??
      differs('woken', maskOf(answer.woken), woken) ??
      this.#differences();
    if (wrong !== undefined) throw new Error(`${actions[index]!.kind} in state ${source}: ${wrong}`);
  }

  /**
   * Production names each promise that is broken, and changes nothing: in a state that is met for the first time, in small
   * machines for every action, in larger ones for each kind of action and promise once.
   */
  #breakPromisesIn(state: number): void {
    const { machine, rows } = this.#exploration;
    if (this.#visited.has(state)) return;
    this.#visited.add(state);
    const breaksAll = this.#exploration.distinct < SMALL;
    for (let index = 0; index < machine.actions.length; index++) {
      const action = machine.actions[index]!;
      const refusal = machine.refusal(rows, state * machine.rowWords, index);
      if (refusal?.reason !== 'promise') continue;
      const pair = `${action.kind} ${refusal.name}`;
      if (!breaksAll && this.#broken.has(pair)) continue;
      this.#broken.add(pair);
      const said = messageOf(() => this.#driver.perform(action));
      machine.snapshot(rows, state * machine.rowWords, this.#expected);
      const wrong = said.startsWith(`${refusal.name}:`) ? this.#differences() : said;
      if (wrong !== undefined) throw new Error(`${action.kind} breaks ${refusal.name} in state ${state}: ${wrong}`);
    }
  }

  #differences(): string | undefined {
    this.#driver.snapshot(this.#seen);
    if (sameSnapshot(this.#expected, this.#seen)) return undefined;
    const [first] = snapshotDifferences(this.#exploration.machine.shape, this.#expected, this.#seen);
    return `${first!.path} is ${first!.seen}, not ${first!.expected}`;
  }
}

/** A run list that a mutant may have closed to a ring. */
class BoundedList<T> extends Array<T> {
  override push(...items: T[]): number {
    if (this.length > ENDLESS) throw new Error('the run list has no end');
    return super.push(...items);
  }
}

function differs(what: string, seen: unknown, expected: unknown): string | undefined {
  return Object.is(seen, expected) ? undefined : `${what} is ${String(seen)}, not ${String(expected)}`;
}

function runnableIn({ clients }: Snapshot): number {
  let mask = 0;
  for (let c = 0; c < clients.length; c++) if (clients[c]!.runnable) mask |= 1 << c;
  return mask;
}

function maskOf(clients: readonly number[]): number {
  let mask = 0;
  for (const client of clients) mask |= 1 << client;
  return mask;
}
