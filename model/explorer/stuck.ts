// Stuck states: nobody may wait for what can no longer happen.
//
// A client is stuck in a state from which no sequence of steps leads to a state where it waits no longer (AG EF). That
// is weaker than liveness, needs no fairness, and is exactly what a lost wake-up violates.

import type { Graph } from './edges.ts';

/** The first state from which no sequence of steps leads to a state that is at rest, or -1. */
export function firstWithoutWayOut(
  { machine, distinct, rows }: Explored,
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

/** What is looked at of the exploration of either machine. */
interface Explored {
  readonly machine: { readonly rowWords: number; readonly state: { readonly words: Int32Array } };
  readonly distinct: number;
  readonly rows: Int32Array;
}

export interface Incoming {
  readonly start: Int32Array;
  readonly source: Int32Array;
}

/** Sources of the edges into each state, as one array with offsets. */
export function incomingEdges({ source, target }: Graph, states: number): Incoming {
  const start = new Int32Array(states + 1);
  for (const state of target) start[state + 1]! += 1;
  for (let state = 0; state < states; state++) start[state + 1]! += start[state]!;
  const next = start.slice(0, states);
  const sources = new Int32Array(source.length);
  for (let i = 0; i < source.length; i++) sources[next[target[i]!]!++] = source[i]!;
  return { start, source: sources };
}
