// Broken promises, thrown at production in states that it has really reached.
//
// Where the model refuses an action because the caller may not do it, production must throw an error that names the same
// promise and leaves everything as it was. Actions that the environment cannot offer or that a bound forbids are not tried.
// States are chosen evenly over the whole search and, beyond that, so that each (action kind, promise) pair that occurs
// anywhere is tried somewhere; the choice depends on nothing but the exploration. They are visited along a shortest tour, and in
// each of them production must still be where the model is: a call that changed what no snapshot shows is noticed later.

import type { Exploration, Graph } from '../../model/buffer/explore.ts';
import { bufferLanguage } from './buffer-language.ts';
import type { Driver } from './driver.ts';
import { nameOfDriver, type AnyDriver, type AnyExploration, type Language } from './language.ts';
import type { SnapshotDifference } from './snapshot-difference.ts';
import { differenceLines, edgeTexts, storyLines } from './story.ts';
import { edgesTo, graphOf, treeEdges } from './search-tree.ts';
import { RESET, shortestTour } from './tour.ts';

/** Where production did not throw what the model refuses, or changed something. */
export interface PromiseMismatch {
  /** Action and promise; undefined where production lost its way after promises had been broken. */
  readonly kind: string | undefined;
  readonly promise: string | undefined;
  /** One sentence. */
  readonly summary: string;
  /** The steps of a shortest path to the state. */
  readonly path: readonly string[];
  /** Fields that changed although nothing may; or the one entry `thrown`. */
  readonly differences: readonly SnapshotDifference[];
  readonly story: readonly string[];
}

/** How an implementation did when its caller broke promises. */
export interface PromiseReport {
  /** Promise name -> how often production threw it as it should. */
  readonly thrown: ReadonlyMap<string, number>;
  /** States in which promises were broken. */
  readonly states: number;
  /** Steps that production made to get there. */
  readonly steps: number;
  readonly mismatch?: PromiseMismatch;
}

/** A promise that an action breaks. */
interface Broken {
  readonly kind: string;
  readonly promise: string;
  /** The action with its names. */
  readonly text: string;
}

/** What went wrong, in which state. */
interface Finding {
  readonly state: number;
  /** Undefined where production is in another state than the model. */
  readonly broken: Broken | undefined;
  readonly differences: readonly SnapshotDifference[];
}

/** An action, as far as its promises are concerned. */
interface Deed {
  readonly kind: string;
}

/** An answer, as far as it stands in for the error that should have been thrown. */
interface Given {
  readonly outcome: string;
}

/** Who is to keep its promises to whom, in which states, and how to get there. */
interface Plan<A extends Deed, S, X, R extends Given> {
  readonly exploration: AnyExploration<A, S, X>;
  readonly driver: AnyDriver<A, S, R>;
  readonly language: Language<A, S, X, R>;
  readonly graph: Graph;
  readonly tree: Int32Array;
  readonly chosen: Uint8Array;
  readonly moves: Int32Array;
}

const STATES_MAX = 1000;

/** Steps that the search for a shorter story may take. */
const SEARCH_STEPS_MAX = 50_000;

/** Breaks promises in at most about `statesMax` states of the exploration. */
export function breakPromises(exploration: Exploration, driver: Driver, statesMax = STATES_MAX): PromiseReport {
  return breakPromisesOf(exploration, driver, bufferLanguage(exploration.machine.shape), statesMax);
}

/** The same for any machine, in its language. */
export function breakPromisesOf<A extends Deed, S, X, R extends Given>(
  exploration: AnyExploration<A, S, X>,
  driver: AnyDriver<A, S, R>,
  language: Language<A, S, X, R>,
  statesMax = STATES_MAX,
): PromiseReport {
  const graph = graphOf(exploration);
  const tree = treeEdges(graph, exploration.distinct);
  const chosen = chooseStates(exploration, statesMax);
  const wanted = new Uint8Array(graph.length);
  for (let s = 0; s < exploration.distinct; s++) {
    if (chosen[s] === 1) for (let e = tree[s]!; e >= 0 && wanted[e] === 0; e = tree[graph.source[e]!]!) wanted[e] = 1;
  }
  // The trace of a thousand errors a second is never read.
  const traceLimit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    const { moves } = shortestTour(graph, exploration.distinct, wanted);
    return visit({ exploration, driver, language, graph, tree, chosen, moves });
  } finally {
    Error.stackTraceLimit = traceLimit;
  }
}

/** The names that no run threw; every promise must be broken somewhere. */
export function neverThrown(names: readonly string[], runs: readonly PromiseReport[]): string[] {
  return names.filter((name) => !runs.some((run) => (run.thrown.get(name) ?? 0) > 0));
}

/** A flag per state: every n-th one, and the first for each (action kind, promise). */
function chooseStates<A extends Deed, S, X>(
  { machine, distinct, rows }: AnyExploration<A, S, X>,
  statesMax: number,
): Uint8Array {
  const chosen = new Uint8Array(distinct);
  const stride = Math.max(1, Math.ceil(distinct / statesMax));
  const seen = new Set<string>();
  for (let s = 0; s < distinct; s++) {
    if (s % stride === 0) chosen[s] = 1;
    for (let index = 0; index < machine.actions.length; index++) {
      const refusal = machine.refusal(rows, s * machine.rowWords, index);
      if (refusal?.reason !== 'promise') continue;
      const pair = `${machine.actions[index]!.kind} ${refusal.name}`;
      if (seen.has(pair)) continue;
      seen.add(pair);
      chosen[s] = 1;
    }
  }
  return chosen;
}

/** Production on its way through the states of an exploration, with somebody who breaks promises in them. */
class PromiseBreaker<A extends Deed, S, X, R extends Given> {
  readonly thrown = new Map<string, number>();
  readonly #exploration: AnyExploration<A, S, X>;
  readonly #graph: Graph;
  readonly #driver: AnyDriver<A, S, R>;
  readonly #language: Language<A, S, X, R>;
  readonly #model: S;
  readonly #before: S;
  readonly #after: S;

  constructor({ exploration, graph, driver, language }: Plan<A, S, X, R>) {
    this.#exploration = exploration;
    this.#graph = graph;
    this.#driver = driver;
    this.#language = language;
    this.#model = language.blank();
    this.#before = language.blank();
    this.#after = language.blank();
  }

  /** Takes an edge, or resets. */
  go(move: number): void {
    if (move === RESET) this.#driver.reset();
    else this.#driver.perform(this.#exploration.machine.actions[this.#graph.action[move]!]!);
  }

  /** Breaks every promise that can be broken in `state`, where production should be now; or only by actions of one kind. */
  breakIn(state: number, only?: string): Finding | undefined {
    const { machine, rows } = this.#exploration;
    const at = state * machine.rowWords;
    machine.snapshot(rows, at, this.#model);
    this.#driver.snapshot(this.#before);
    if (!this.#language.sameState(this.#model, this.#before)) {
      const differences = this.#language.stateDifferences(this.#model, this.#before);
      return { state, broken: undefined, differences };
    }
    for (let index = 0; index < machine.actions.length; index++) {
      if (only !== undefined && machine.actions[index]!.kind !== only) continue;
      const refusal = machine.refusal(rows, at, index);
      if (refusal?.reason !== 'promise') continue;
      const differences = this.#break(machine.actions[index]!, refusal.name);
      if (differences === undefined) continue;
      const { kind } = machine.actions[index]!;
      const text = this.#language.actionText(machine.actions[index]!, this.#before);
      return { state, broken: { kind, promise: refusal.name, text }, differences };
    }
    return undefined;
  }

  /** Undefined when production throws the promise and changes nothing. */
  #break(action: A, promise: string): SnapshotDifference[] | undefined {
    const found = nameThrown(() => this.#driver.perform(action).outcome);
    this.#driver.snapshot(this.#after);
    if (found.promise === promise && this.#language.sameState(this.#before, this.#after)) {
      this.thrown.set(promise, (this.thrown.get(promise) ?? 0) + 1);
      return undefined;
    }
    const wrong = found.promise === promise ? [] : [{ path: 'thrown', expected: promise, seen: found.said }];
    return [...wrong, ...this.#language.stateDifferences(this.#before, this.#after)];
  }
}

function visit<A extends Deed, S, X, R extends Given>(plan: Plan<A, S, X, R>): PromiseReport {
  const { driver, graph, chosen, moves } = plan;
  const breaker = new PromiseBreaker(plan);
  const { thrown } = breaker;
  const left = chosen.slice();
  let [states, steps, at] = [0, 0, 0];
  driver.reset();
  for (let i = 0; ; i++) {
    if (left[at] === 1) {
      left[at] = 0;
      states++;
      const finding = breaker.breakIn(at);
      if (finding !== undefined) {
        return { thrown, states, steps, mismatch: tell(plan, findFirst(plan, finding)) };
      }
    }
    const move = moves[i];
    if (move === undefined) return { thrown, states, steps };
    breaker.go(move);
    at = move === RESET ? 0 : graph.target[move]!;
    if (move !== RESET) steps++;
  }
}

/** The first state in breadth-first order in which an action of the same kind goes wrong; bounded in effort. */
function findFirst<A extends Deed, S, X, R extends Given>(plan: Plan<A, S, X, R>, finding: Finding): Finding {
  if (finding.broken === undefined) return finding;
  const { graph, tree } = plan;
  const breaker = new PromiseBreaker(plan);
  for (let state = 0, steps = 0; state < finding.state && steps < SEARCH_STEPS_MAX; state++) {
    const path = edgesTo(graph, tree, state);
    breaker.go(RESET);
    for (const edge of path) breaker.go(edge);
    steps += path.length;
    const found = breaker.breakIn(state, finding.broken.kind);
    if (found?.broken !== undefined) return found;
  }
  return finding;
}

function tell<A extends Deed, S, X, R extends Given>(
  { exploration, driver, language, graph, tree }: Plan<A, S, X, R>,
  { state, broken, differences }: Finding,
): PromiseMismatch {
  const name = nameOfDriver(driver);
  const path = edgeTexts(exploration, language, edgesTo(graph, tree, state));
  const [first] = differences;
  const lines = differenceLines(differences, 'model', name).map((line) => `   ${line}`);
  if (broken === undefined) {
    const summary = `After promises were broken ${name} is no longer where the model is: ${first?.path} differs.`;
    return { kind: undefined, promise: undefined, summary, path, differences, story: [...storyLines(path), ...lines] };
  }
  const { kind, promise, text } = broken;
  const what = first?.path === 'thrown' ? `gives ${first.seen.replace(/\.$/, '')}` : `changes ${first?.path}`;
  const summary = `${text} breaks ${promise}, but ${name} ${what}.`;
  return { kind, promise, summary, path, differences, story: [...storyLines(path), `then ${text}`, ...lines] };
}

/** What a call threw: the promise that the error names, if any, and words for the report. */
function nameThrown(call: () => string): { readonly promise: string | undefined; readonly said: string } {
  try {
    return { promise: undefined, said: `no error but the answer ${call()}` };
  } catch (error) {
    const promise = (error as { promise?: unknown } | null)?.promise;
    if (typeof promise === 'string') return { promise, said: promise };
    return { promise: undefined, said: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
