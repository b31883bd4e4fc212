// Stuck states: nobody may wait for what can no longer happen.
//
// A client is stuck in a state from which no sequence of steps leads to a state where it waits no longer (AG EF). That
// is weaker than liveness, needs no fairness, and is exactly what a lost wake-up violates.

import type { ClientAt } from '../spec/snapshot.ts';
import type { Exploration } from './explore.ts';

const AT_REST: readonly ClientAt[] = ['idle', 'hold'];

/** For each client that can be stuck, the first such state in breadth-first order. Needs the graph. */
export function stuckStates(exploration: Exploration): readonly { readonly client: number; readonly state: number }[] {
  const { machine, distinct, graph, rows } = exploration;
  if (graph === undefined)
    throw new TypeError('stuckStates needs an exploration with its graph: explore(machine, { graph: true })');
  const incoming = incomingEdges(graph.source, graph.target, distinct);
  const found: { client: number; state: number }[] = [];
  for (let c = 0; c < machine.shape.clients.length; c++) {
    const escapes = new Uint8Array(distinct);
    const queue = new Int32Array(distinct);
    let length = 0;
    for (let state = 0; state < distinct; state++) {
      machine.state.words.set(rows.subarray(state * machine.rowWords, (state + 1) * machine.rowWords));
      if (!AT_REST.includes(machine.state.clients[c]!.at)) continue;
      escapes[state] = 1;
      queue[length++] = state;
    }
    for (let head = 0; head < length; head++) {
      const state = queue[head]!;
      for (let i = incoming.start[state]!; i < incoming.start[state + 1]!; i++) {
        const source = incoming.source[i]!;
        if (escapes[source] === 1) continue;
        escapes[source] = 1;
        queue[length++] = source;
      }
    }
    const state = escapes.indexOf(0);
    if (state !== -1) found.push({ client: c, state });
  }
  return found;
}

/** Sources of the edges into each state, as one array with offsets. */
function incomingEdges(source: Int32Array, target: Int32Array, states: number) {
  const start = new Int32Array(states + 1);
  for (const state of target) start[state + 1]! += 1;
  for (let state = 0; state < states; state++) start[state + 1]! += start[state]!;
  const next = start.slice(0, states);
  const sources = new Int32Array(source.length);
  for (let i = 0; i < source.length; i++) sources[next[target[i]!]!++] = source[i]!;
  return { start, source: sources };
}
