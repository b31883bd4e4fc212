// Stuck operations: no front may be in flight, and no record in the hands of the backend, with no way out (AG EF, claim P9).

import type { Graph } from '../explore.ts';
import type { DirectExploration } from './explore.ts';
import { isIdle } from './facts.ts';

/** Who waits for what can no longer happen, and the first state in breadth-first order where it does. */
export type StuckFront =
  { readonly front: number; readonly state: number } | { readonly site: number; readonly state: number };

/** Each front whose operation may never end, and each site whose record the backend may never let go. Needs the graph. */
export function stuckFronts(exploration: DirectExploration): readonly StuckFront[] {
  const { machine, graph } = exploration;
  if (graph === undefined)
    throw new TypeError('stuckFronts needs an exploration with its graph: exploreDirect(machine, { graph: true })');
  const { fronts, sites } = machine.state;
  const incoming = incomingEdges(graph, exploration.distinct);
  const firstStuck = (isAtRest: () => boolean): number => firstWithoutWayOut(exploration, incoming, isAtRest);
  const ofFronts = fronts.map((f, front) => ({ front, state: firstStuck(() => isIdle(f.at)) }));
  const ofSites = sites.map((s, site) => ({ site, state: firstStuck(() => !s.backend) }));
  return [...ofFronts, ...ofSites].filter(({ state }) => state !== -1);
}

/** The first state from which no sequence of steps leads to a state that is at rest, or -1. */
function firstWithoutWayOut(
  { machine, distinct, rows }: DirectExploration,
  incoming: Incoming,
  isAtRest: () => boolean,
): number {
  const escapes = new Uint8Array(distinct);
  const queue: number[] = [];
  for (let state = 0; state < distinct; state++) {
    machine.state.words.set(rows.subarray(state * machine.rowWords, (state + 1) * machine.rowWords));
    if (!isAtRest()) continue;
    escapes[state] = 1;
    queue.push(state);
  }
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    for (let i = incoming.start[state]!; i < incoming.start[state + 1]!; i++) {
      const source = incoming.source[i]!;
      if (escapes[source] === 1) continue;
      escapes[source] = 1;
      queue.push(source);
    }
  }
  return escapes.indexOf(0);
}

interface Incoming {
  readonly start: Int32Array;
  readonly source: Int32Array;
}

/** Sources of the edges into each state, as one array with offsets. */
function incomingEdges({ source, target }: Graph, states: number): Incoming {
  const start = new Int32Array(states + 1);
  for (const state of target) start[state + 1]! += 1;
  for (let state = 0; state < states; state++) start[state + 1]! += start[state]!;
  const next = start.slice(0, states);
  const sources = new Int32Array(source.length);
  for (let i = 0; i < source.length; i++) sources[next[target[i]!]!++] = source[i]!;
  return { start, source: sources };
}
