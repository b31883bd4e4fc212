// Production on every edge of a small direct machine, compared with the model after each, and on every broken promise of some
// states; as `edge-walk.ts` does it for the buffer machine, without the story of a failure.

import type { DirectExploration } from '../../model/direct/index.ts';
import { blankDirectSnapshot, DIRECT_OUTCOMES } from '../../model/direct/index.ts';
import { createDirectDriver } from '../kit/direct/direct-driver.ts';
import { directDifferences, sameDirectSnapshot } from '../kit/direct/direct-difference.ts';
import { graphOf } from '../kit/search-tree.ts';
import { RESET, shortestTour } from '../kit/tour.ts';
import { messageOf } from './must.ts';

/** Takes every edge; throws at the first answer or state that is not the model's. */
export function walkDirectEdges(exploration: DirectExploration): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // Nobody reads the stacks of thousands of broken promises.
  try {
    new DirectEdgeWalk(exploration).walk();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class DirectEdgeWalk {
  readonly #exploration: DirectExploration;
  readonly #driver;
  readonly #expected;
  readonly #seen;
  readonly #into: Int32Array;
  /** States in which promises were broken, and the actions with the promises that they have broken. */
  readonly #visited = new Set<number>();
  readonly #broken = new Set<string>();

  constructor(exploration: DirectExploration) {
    const { shape, rowWords } = exploration.machine;
    this.#exploration = exploration;
    this.#driver = createDirectDriver(shape);
    this.#expected = blankDirectSnapshot(shape);
    this.#seen = blankDirectSnapshot(shape);
    this.#into = new Int32Array(rowWords);
  }

  walk(): void {
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
    const { completed } = machine.step(rows, source * rowWords, index, this.#into)!;
    const answer = this.#driver.perform(actions[index]!);
    const outcome = DIRECT_OUTCOMES[graph.outcome[edge]!]!;
    const wrong =
      answer.outcome !== outcome
        ? `it answers ${answer.outcome}, not ${outcome}`
        : answer.completed !== completed
          ? `it ends ${answer.completed}, not ${completed}`
          : this.#difference(target);
    if (wrong !== undefined) throw new Error(`${actions[index]!.kind} in state ${source}: ${wrong}`);
  }

  /** Production names each promise that is broken, and changes nothing: for each action in the first state where it breaks it. */
  #breakPromisesIn(state: number): void {
    const { machine, rows } = this.#exploration;
    if (this.#visited.has(state)) return;
    this.#visited.add(state);
    for (let index = 0; index < machine.actions.length; index++) {
      const refusal = machine.refusal(rows, state * machine.rowWords, index);
      if (refusal?.reason !== 'promise') continue;
      const pair = `${index} ${refusal.name}`;
      if (this.#broken.has(pair)) continue;
      this.#broken.add(pair);
      const { kind } = machine.actions[index]!;
      const said = messageOf(() => this.#driver.perform(machine.actions[index]!));
      const wrong = said.startsWith(`${refusal.name}:`) ? this.#difference(state) : said;
      if (wrong !== undefined) throw new Error(`${kind} breaks ${refusal.name} in state ${state}: ${wrong}`);
    }
  }

  #difference(state: number): string | undefined {
    const { machine, rows } = this.#exploration;
    machine.snapshot(rows, state * machine.rowWords, this.#expected);
    this.#driver.snapshot(this.#seen);
    if (sameDirectSnapshot(this.#expected, this.#seen)) return undefined;
    const [first] = directDifferences(machine.shape, this.#expected, this.#seen);
    return `${first!.path} is ${first!.seen}, not ${first!.expected}`;
  }
}
