// Stuck clients: no client may wait for ever, with no way out (AG EF).

import type { ClientAt } from '../../spec/buffer/snapshot.ts';
import { firstWithoutWayOut, incomingEdges } from '../explorer/stuck.ts';
import type { Exploration } from './explore.ts';

const AT_REST: readonly ClientAt[] = ['idle', 'hold'];

/** For each client that can be stuck, the first such state in breadth-first order. Needs the graph. */
export function stuckStates(exploration: Exploration): readonly { readonly client: number; readonly state: number }[] {
  const { machine, distinct, graph } = exploration;
  if (graph === undefined)
    throw new TypeError('stuckStates needs an exploration with its graph: explore(machine, { graph: true })');
  const incoming = incomingEdges(graph, distinct);
  return machine.state.clients
    .map((c, client) => ({
      client,
      state: firstWithoutWayOut(exploration, incoming, () => AT_REST.includes(c.at)),
    }))
    .filter(({ state }) => state !== -1);
}
