// Production on every edge of a small buffer machine: see tour-walk.ts.

import type { Exploration } from '../../model/index.ts';
import { OUTCOMES } from '../../model/buffer/explore.ts';
import type { Shape, Snapshot } from '../../spec/buffer/snapshot.ts';
import type { Action } from '../../spec/buffer/vocabulary.ts';
import { NO_HANDLE, NO_TICKET, type Answer } from '../../src/index.ts';
import { CoreDriver } from '../kit/core-driver.ts';
import { blankSnapshot, type MutableSnapshot, type StepResult } from '../kit/driver.ts';
import { sameSnapshot, snapshotDifferences } from '../kit/snapshot-difference.ts';
import { TourWalk } from './tour-walk.ts';

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

class EdgeWalk extends TourWalk<Exploration> {
  readonly #driver: CoreDriver;
  readonly #expected: MutableSnapshot;
  readonly #seen: MutableSnapshot;
  readonly #into: Int32Array;

  constructor(exploration: Exploration, driver: CoreDriver) {
    super(exploration);
    const { shape, rowWords } = exploration.machine;
    this.#driver = driver;
    this.#expected = blankSnapshot(shape);
    this.#seen = { ...blankSnapshot(shape), iorun: new BoundedList() };
    this.#into = new Int32Array(rowWords);
  }

  protected override reset(): void {
    this.#driver.reset();
  }

  protected override perform(index: number): StepResult {
    return this.#driver.perform(this.exploration.machine.actions[index]!);
  }

  protected override wrongOn(edge: number): string | undefined {
    const { machine, rows } = this.exploration;
    const { source, target, action, outcome } = this.graph;
    const from = source[edge]! * machine.rowWords;
    machine.snapshot(rows, from, this.#expected);
    const before = runnableIn(this.#expected);
    const { stats } = machine.step(rows, from, action[edge]!, this.#into)!;
    machine.snapshot(rows, target[edge]! * machine.rowWords, this.#expected);
    const woken = runnableIn(this.#expected) & ~before;
    const answer = this.perform(action[edge]!);
    return (
      differs('outcome', answer.outcome, OUTCOMES[outcome[edge]!]) ??
      differs('diskRead', answer.stats.diskRead, stats.diskRead) ??
      differs('diskWrite', answer.stats.diskWrite, stats.diskWrite) ??
      differs('woken', maskOf(answer.woken), woken) ??
      this.#differences()
    );
  }

  protected override wrongIn(state: number): string | undefined {
    const { machine, rows } = this.exploration;
    machine.snapshot(rows, state * machine.rowWords, this.#expected);
    return this.#differences();
  }

  /** In small machines every action breaks its promises in each state, in larger ones each kind of action does once. */
  protected override nameOfBreach(index: number, promise: string): string | undefined {
    const { machine, distinct } = this.exploration;
    return distinct < SMALL ? undefined : `${machine.actions[index]!.kind} ${promise}`;
  }

  #differences(): string | undefined {
    this.#driver.snapshot(this.#seen);
    if (sameSnapshot(this.#expected, this.#seen)) return undefined;
    const [first] = snapshotDifferences(this.exploration.machine.shape, this.#expected, this.#seen);
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
