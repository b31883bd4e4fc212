// Every edge of the model's graph, executed on an implementation and compared; "production" here is whatever the driver drives.
//
// After each edge that is met for the first time the whole answer must agree (outcome, disk statistics of the step, which tickets
// were woken: they were not runnable before and are now), and the whole observable state. Which machine it is, and what its
// answers are made of, is the `Language`'s affair. Edges are met along a
// shortest tour (`tour.ts`). Where it takes an edge again nothing is compared until the next new edge, and then the state before
// that one is, so that production cannot hide a memory of how it came there. The first mismatch ends the walk. It is told by
// the first edge in breadth-first order on which production goes wrong, with a shortest path; or, where it goes wrong only on
// the way that the walk took, by that way.

import type { Exploration, Graph } from '../../model/buffer/explore.ts';
import { thrownDifference } from './answer-difference.ts';
import { bufferLanguage } from './buffer-language.ts';
import type { Driver } from './driver.ts';
import { nameOfDriver, type AnyDriver, type AnyExploration, type Language } from './language.ts';
import type { SnapshotDifference } from './snapshot-difference.ts';
import { edgesTo, graphOf, treeEdges } from './search-tree.ts';
import { differenceLines, edgeTexts, storyLines } from './story.ts';
import { RESET, shortestTour } from './tour.ts';

/** Where production first left the model. */
export interface EdgeMismatch {
  /** Label of the edge in question, as in TLA+. */
  readonly label: string;
  /** One sentence. */
  readonly summary: string;
  /** The steps up to and with the one in question, names resolved. */
  readonly path: readonly string[];
  /** Whether `path` is a shortest one; else production goes wrong only on the longer way that is told. */
  readonly shortest: boolean;
  /** What differs: fields of the state, or `outcome`, `diskRead`, `diskWrite`, `woken`, `thrown`. */
  readonly differences: readonly SnapshotDifference[];
  /** Path and differences in a few lines. */
  readonly story: readonly string[];
}

/** How an implementation did on the edges of a state graph. */
export interface EdgeReport {
  /** Distinct (state, action) pairs executed and compared, out of `total`. */
  readonly executed: number;
  readonly total: number;
  /** Steps that production made, repeated edges included. */
  readonly steps: number;
  readonly resets: number;
  readonly mismatch?: EdgeMismatch;
}

/** Executes every edge of the exploration's graph on the driver. */
export function executeEdges(exploration: Exploration, driver: Driver): EdgeReport {
  return walkEdges(exploration, driver, bufferLanguage(exploration.machine.shape));
}

/** The same for any machine, in its language. */
export function walkEdges<A, S, X, R>(
  exploration: AnyExploration<A, S, X>,
  driver: AnyDriver<A, S, R>,
  language: Language<A, S, X, R>,
): EdgeReport {
  const graph = graphOf(exploration);
  return new EdgeWalk(exploration, graph, driver, language).walk(shortestTour(graph, exploration.distinct).moves);
}

/** What is wrong, and at which move of the tour it was seen. */
interface Finding {
  readonly move: number;
  readonly differences: readonly SnapshotDifference[];
}

/** A path from the initial state whose last edge goes wrong. */
interface Retraced {
  readonly edges: readonly number[];
  readonly differences: readonly SnapshotDifference[];
}

/** Steps that the search for a shorter story may take. */
const SEARCH_STEPS_MAX = 100_000;

class EdgeWalk<A, S, X, R> {
  readonly #exploration: AnyExploration<A, S, X>;
  readonly #graph: Graph;
  readonly #driver: AnyDriver<A, S, R>;
  readonly #language: Language<A, S, X, R>;
  readonly #model: S;
  readonly #production: S;
  readonly #into: Int32Array;
  /** The state in which #model is and which production was seen to be in, or -1. */
  #agreed = -1;

  constructor(
    exploration: AnyExploration<A, S, X>,
    graph: Graph,
    driver: AnyDriver<A, S, R>,
    language: Language<A, S, X, R>,
  ) {
    this.#exploration = exploration;
    this.#graph = graph;
    this.#driver = driver;
    this.#language = language;
    this.#model = language.blank();
    this.#production = language.blank();
    this.#into = new Int32Array(exploration.machine.rowWords);
  }

  walk(moves: Int32Array): EdgeReport {
    const total = this.#graph.length;
    const met = new Uint8Array(total);
    let [executed, steps, resets] = [0, 0, 0];
    const report = (mismatch?: EdgeMismatch): EdgeReport => ({
      ...{ executed, total, steps, resets },
      ...(mismatch && { mismatch }),
    });
    this.#reset();
    for (let i = 0; i < moves.length; i++) {
      const edge = moves[i]!;
      if (edge === RESET) {
        resets++;
        this.#reset();
        continue;
      }
      steps++;
      const differences = met[edge] === 1 ? this.#repeat(edge) : this.#compare(edge);
      if (differences !== undefined) return report(this.#explain(moves, { move: i, differences }));
      executed += 1 - met[edge]!;
      met[edge] = 1;
    }
    return report();
  }

  #reset(): void {
    this.#driver.reset();
    this.#agreed = -1;
  }

  /** An edge that was compared before. Only an exception is noticed here. */
  #repeat(edge: number): readonly SnapshotDifference[] | undefined {
    this.#agreed = -1;
    try {
      this.#driver.perform(this.#exploration.machine.actions[this.#graph.action[edge]!]!);
      return undefined;
    } catch (error) {
      return [thrownDifference(error)];
    }
  }

  /** A new edge: undefined when all agrees. */
  #compare(edge: number): readonly SnapshotDifference[] | undefined {
    const language = this.#language;
    const { machine, rows } = this.#exploration;
    const source = this.#graph.source[edge]!;
    const index = this.#graph.action[edge]!;
    if (this.#agreed !== source && !this.#meet(source)) return this.#stateDifferences();
    const before = language.runnable(this.#model);
    const expected = machine.step(rows, source * machine.rowWords, index, this.#into)!;
    let answer: R;
    try {
      answer = this.#driver.perform(machine.actions[index]!);
    } catch (error) {
      return [thrownDifference(error)];
    }
    const same = this.#meet(this.#graph.target[edge]!);
    const woken = language.runnable(this.#model) & ~before;
    if (same && language.sameAnswer(expected, woken, answer)) return undefined;
    return [...language.answerDifferences(expected, woken, answer), ...this.#stateDifferences()];
  }

  /** Brings the model's snapshot to a state and tells whether production is there too. */
  #meet(state: number): boolean {
    const { machine, rows } = this.#exploration;
    machine.snapshot(rows, state * machine.rowWords, this.#model);
    this.#driver.snapshot(this.#production);
    const same = this.#language.sameState(this.#model, this.#production);
    this.#agreed = same ? state : -1;
    return same;
  }

  #stateDifferences(): SnapshotDifference[] {
    return this.#language.stateDifferences(this.#model, this.#production);
  }

  /** Tells a finding by a shortest path if production goes wrong on one, else by the way since the last reset. */
  #explain(moves: Int32Array, finding: Finding): EdgeMismatch {
    const failing = moves[finding.move]!;
    const tree = treeEdges(this.#graph, this.#exploration.distinct);
    const short = this.#searchFirst(tree, failing) ?? this.#retrace(tree, failing);
    if (short !== undefined) return this.#tell(short.edges, short.differences, true);
    let first = finding.move;
    while (first > 0 && moves[first - 1] !== RESET) first--;
    return this.#tell([...moves.subarray(first, finding.move + 1)], finding.differences, false);
  }

  /** The first edge in breadth-first order, before `failing`, on which production goes wrong; bounded in effort. */
  #searchFirst(tree: Int32Array, failing: number): Retraced | undefined {
    let [steps, depth, state] = [0, 0, -1];
    for (let edge = 0; edge < failing && steps < SEARCH_STEPS_MAX; edge++) {
      if (this.#graph.source[edge] !== state) {
        state = this.#graph.source[edge]!;
        depth = edgesTo(this.#graph, tree, state).length;
      }
      const found = this.#retrace(tree, edge);
      if (found !== undefined) return found;
      steps += depth + 1;
    }
    return undefined;
  }

  /** Walks the shortest path to an edge and the edge itself, comparing every step; what goes wrong on it, if anything. */
  #retrace(tree: Int32Array, last: number): Retraced | undefined {
    const edges: number[] = [];
    this.#reset();
    for (const edge of [...edgesTo(this.#graph, tree, this.#graph.source[last]!), last]) {
      edges.push(edge);
      const differences = this.#compare(edge);
      if (differences !== undefined) return { edges, differences };
    }
    return undefined;
  }

  #tell(edges: readonly number[], differences: readonly SnapshotDifference[], shortest: boolean): EdgeMismatch {
    const { actions } = this.#exploration.machine;
    const path = edgeTexts(this.#exploration, this.#language, edges);
    const last = edges[edges.length - 1]!;
    const { outcomes } = this.#language;
    const label = this.#language.label(actions[this.#graph.action[last]!]!, outcomes[this.#graph.outcome[last]!]!);
    const way = shortest ? 'after a shortest path' : 'but only on the way that the walk took';
    const what = differences[0]?.path ?? 'nothing';
    const name = nameOfDriver(this.#driver);
    const summary = `On ${label} ${name} leaves the model in ${what}, ${way} of ${path.length} step(s).`;
    const story = [...storyLines(path), ...differenceLines(differences, 'model', name).map((line) => `   ${line}`)];
    return { label, summary, path, shortest, differences, story };
  }
}
