// Production on every edge of a small direct machine: see tour-walk.ts.

import type { DirectExploration } from '../../model/direct/index.ts';
import { blankDirectSnapshot, DIRECT_OUTCOMES } from '../../model/direct/index.ts';
import { createDirectDriver } from '../kit/direct/direct-driver.ts';
import { directDifferences, sameDirectSnapshot } from '../kit/direct/direct-difference.ts';
import { TourWalk } from './tour-walk.ts';

/** Takes every edge; throws at the first answer or state that is not the model's. */
export function walkDirectEdges(exploration: DirectExploration): void {
  new DirectEdgeWalk(exploration).walk();
}

class DirectEdgeWalk extends TourWalk<DirectExploration> {
  readonly #driver;
  readonly #expected;
  readonly #seen;
  readonly #into: Int32Array;

  constructor(exploration: DirectExploration) {
    super(exploration);
    const { shape, rowWords } = exploration.machine;
    this.#driver = createDirectDriver(shape);
    this.#expected = blankDirectSnapshot(shape);
    this.#seen = blankDirectSnapshot(shape);
    this.#into = new Int32Array(rowWords);
  }

  protected override reset(): void {
    this.#driver.reset();
  }

  protected override perform(index: number): ReturnType<ReturnType<typeof createDirectDriver>['perform']> {
    return this.#driver.perform(this.exploration.machine.actions[index]!);
  }

  protected override wrongOn(edge: number): string | undefined {
    const { machine, rows } = this.exploration;
    const { source, target, action, outcome } = this.graph;
    const { completed } = machine.step(rows, source[edge]! * machine.rowWords, action[edge]!, this.#into)!;
    const answer = this.perform(action[edge]!);
    const expected = DIRECT_OUTCOMES[outcome[edge]!]!;
    if (answer.outcome !== expected) return `it answers ${answer.outcome}, not ${expected}`;
    if (answer.completed !== completed) return `it ends ${answer.completed}, not ${completed}`;
    return this.wrongIn(target[edge]!);
  }

  protected override wrongIn(state: number): string | undefined {
    const { machine, rows } = this.exploration;
    machine.snapshot(rows, state * machine.rowWords, this.#expected);
    this.#driver.snapshot(this.#seen);
    if (sameDirectSnapshot(this.#expected, this.#seen)) return undefined;
    const [first] = directDifferences(machine.shape, this.#expected, this.#seen);
    return `${first!.path} is ${first!.seen}, not ${first!.expected}`;
  }

  /** Each action breaks each promise in the first state where it does. */
  protected override nameOfBreach(index: number, promise: string): string {
    return `${index} ${promise}`;
  }
}
