// Production on every edge of a small machine, compared with the model after each, and on every broken promise of some states:
// the check of `test/kit/edges.ts` without the story that it tells of a failure. A mutant needs no story, and telling one costs
// more than finding the difference. What the walks over both machines have in common.

import type { Graph } from '../../model/index.ts';
import { graphOf } from '../kit/search-tree.ts';
import { RESET, shortestTour } from '../kit/tour.ts';
import { messageOf } from '../support/must.ts';

/** An exploration of either machine, with its graph. */
interface Explored {
  readonly machine: {
    readonly rowWords: number;
    readonly actions: readonly { readonly kind: string }[];
    refusal(
      rows: Int32Array,
      at: number,
      index: number,
    ): { readonly reason: string; readonly name: string } | undefined;
  };
  readonly rows: Int32Array;
  readonly distinct: number;
  readonly graph?: Graph;
}

export abstract class TourWalk<E extends Explored> {
  protected readonly exploration: E;
  protected readonly graph: Graph;
  /** States in which promises were broken, and the names of those that need not be broken again. */
  readonly #visited = new Set<number>();
  readonly #broken = new Set<string>();

  constructor(exploration: E) {
    this.exploration = exploration;
    this.graph = graphOf(exploration);
  }

  protected abstract reset(): void;
  protected abstract perform(index: number): unknown;
  /** Takes an edge from its source; answers what is wrong, if anything is. */
  protected abstract wrongOn(edge: number): string | undefined;
  /** What production shows otherwise than the model. */
  protected abstract wrongIn(state: number): string | undefined;
  /** Breaking the promise by the action need be tried once for all states in which it has this name; undefined: in each. */
  protected abstract nameOfBreach(index: number, promise: string): string | undefined;

  /** Takes every edge; throws at the first answer or state that is not the model's. */
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
    const { action, length } = this.graph;
    const met = new Uint8Array(length);
    for (const edge of shortestTour(this.graph, this.exploration.distinct).moves) {
      if (edge === RESET) this.reset();
      else if (met[edge] === 1) this.perform(action[edge]!);
      else this.#take(edge);
      if (edge !== RESET) met[edge] = 1;
    }
  }

  #take(edge: number): void {
    const { source, action } = this.graph;
    this.#breakPromisesIn(source[edge]!);
    const wrong = this.wrongOn(edge);
    if (wrong !== undefined) throw new Error(`${this.#kindOf(action[edge]!)} in state ${source[edge]!}: ${wrong}`);
  }

  /** Production names each promise that is broken, and changes nothing. */
  #breakPromisesIn(state: number): void {
    if (this.#visited.has(state)) return;
    this.#visited.add(state);
    const { machine, rows } = this.exploration;
    for (let index = 0; index < machine.actions.length; index++) {
      const refusal = machine.refusal(rows, state * machine.rowWords, index);
      if (refusal?.reason !== 'promise') continue;
      const breach = this.nameOfBreach(index, refusal.name);
      if (breach !== undefined && this.#broken.has(breach)) continue;
      if (breach !== undefined) this.#broken.add(breach);
      const said = messageOf(() => this.perform(index));
      const wrong = said.startsWith(`${refusal.name}:`) ? this.wrongIn(state) : said;
      if (wrong === undefined) continue;
      throw new Error(`${this.#kindOf(index)} breaks ${refusal.name} in state ${state}: ${wrong}`);
    }
  }

  #kindOf(index: number): string {
    return this.exploration.machine.actions[index]!.kind;
  }
}
