// Stuck operations: no front may be in flight, and no record in the hands of the backend, with no way out (AG EF, claim P9).

import { firstWithoutWayOut, incomingEdges } from '../explorer/stuck.ts';
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
