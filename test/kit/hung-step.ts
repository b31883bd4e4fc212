// Walks of an implementation that may not return from a step: they are ended from outside, and the step is told with the shortest
// story that leads to it. A step is called hung only when it does not return a second time, on its own; otherwise the machine
// was slow, and the walk is made once more with more time.

import type { AnyDriver, AnyExploration, Language } from './language.ts';
import { edgesTo, graphOf, treeEdges } from './search-tree.ts';
import { edgeTexts, storyLines } from './story.ts';
import { Overdue, within } from './within.ts';

/** A step that does not return. */
export interface HungStep {
  /** One sentence. */
  readonly summary: string;
  readonly story: readonly string[];
}

/** How long a walk may take, and a step of it that is tried again. */
export interface Patience {
  readonly walkSeconds: number;
  readonly stepSeconds: number;
}

/** A walk over a graph takes some 30 microseconds an edge. */
export const patienceFor = (edges: number): Patience => ({ walkSeconds: 30 + edges / 1000, stepSeconds: 10 });

/** With how much more time a walk is made again when no step of it is hung. */
const MORE_TIME = 8;

/** What the walk answers, or the step from which the implementation did not return. `make` gives a fresh implementation. */
export function walkOrHang<A, S, X, R, Report>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
  make: () => AnyDriver<A, S, R>,
  walk: (driver: AnyDriver<A, S, R>) => Report,
  { walkSeconds, stepSeconds }: Patience = patienceFor(graphOf(exploration).length),
): Report | HungStep {
  for (const seconds of [walkSeconds, MORE_TIME * walkSeconds]) {
    const driver = new FollowedDriver(make());
    try {
      return within(seconds, () => walk(driver));
    } catch (error) {
      if (!(error instanceof Overdue)) throw error;
      const { taken, under } = driver;
      if (under === undefined) continue;
      const story = hungStory(exploration, language, make, taken, under, stepSeconds);
      if (story !== undefined) return story;
    }
  }
  const summary = `The walk did not end within ${MORE_TIME * walkSeconds} s, in no step of the implementation.`;
  return { summary, story: [] };
}

/** Notes what is asked of an implementation: the steps since the last reset, and the one that has not returned yet. */
class FollowedDriver<A, S, R> implements AnyDriver<A, S, R> {
  readonly name?: string;
  taken: A[] = [];
  under: A | undefined = undefined;
  readonly #driver: AnyDriver<A, S, R>;

  constructor(driver: AnyDriver<A, S, R>) {
    this.#driver = driver;
    if (driver.name !== undefined) this.name = driver.name;
  }

  reset(): void {
    this.taken.length = 0;
    this.under = undefined;
    this.#driver.reset();
  }

  perform(action: A): R {
    this.under = action;
    try {
      const answer = this.#driver.perform(action);
      this.taken.push(action);
      return answer;
    } finally {
      this.under = undefined; // Not where it is ended from outside, which runs no finally.
    }
  }

  snapshot(into: S): void {
    this.#driver.snapshot(into);
  }
}

function hungStory<A, S, X, R>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
  make: () => AnyDriver<A, S, R>,
  taken: readonly A[],
  under: A,
  seconds: number,
): HungStep | undefined {
  const { actions } = exploration.machine;
  const graph = graphOf(exploration);
  const tree = treeEdges(graph, exploration.distinct);
  const index = actions.indexOf(under);
  const driver = make();
  // Edges stand in the order of discovery: the first that hangs has a shortest story.
  for (let edge = 0, tried = 0; edge < graph.length && tried < TRIES_MAX; edge++) {
    if (graph.action[edge] !== index) continue;
    tried++;
    const edges = edgesTo(graph, tree, graph.source[edge]!);
    const path = edges.map((before) => actions[graph.action[before]!]!);
    if (!hangs(driver, path, under, seconds)) continue;
    const texts = edgeTexts(exploration, language, [...edges, edge]);
    const last = texts.pop()!.replace(/ → [^→]*$/, ' → does not return');
    return tell([...texts, last], 'shortest path', seconds);
  }
  if (!hangs(make(), taken, under, seconds)) return undefined;
  const path = taken.map((action) => language.actionText(action));
  return tell([...path, `${language.actionText(under)} → does not return`], 'way that the walk took', seconds);
}

/** Edges on which the step is tried in search of a shorter story. */
const TRIES_MAX = 5000;

function tell(path: readonly string[], way: string, seconds: number): HungStep {
  const summary = `A step does not return within ${seconds} s, after ${path.length - 1} step(s) on a ${way}.`;
  return { summary, story: storyLines(path) };
}

/** Does the implementation not return from the action, after these? */
function hangs<A, S, R>(driver: AnyDriver<A, S, R>, path: readonly A[], action: A, seconds: number): boolean {
  try {
    within(seconds, () => {
      driver.reset();
      for (const step of path) driver.perform(step);
      driver.perform(action);
    });
    return false;
  } catch (error) {
    return error instanceof Overdue;
  }
}
