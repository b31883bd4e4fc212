// A shortest walk over every wanted edge of a state graph.
//
// Only the initial state can be jumped to (a reset); everything else is reached by taking edges, again where need be. The
// cheapest repetitions make every state be left as often as it is entered (`detours.ts`); then one closed walk takes each
// edge exactly as often as planned (Hierholzer), and what comes after the last wanted edge is cut off. No walk from the
// initial state that covers the same edges is shorter, counting a reset as one step, except by that open end.

import { detoursFor, incidence, type WalkGraph } from './detours.ts';

export type { WalkGraph } from './detours.ts';

/** A move that is no edge: back to the initial state. */
export const RESET = -1;

export interface Tour {
  /** Edges by number, and resets, from the initial state on. */
  readonly moves: Int32Array;
  /** How many of the moves are edges. */
  readonly steps: number;
  readonly resets: number;
}

/**
 * `wanted`: a flag per edge, default all; the wanted edges must hang together with the initial state, 0. Every state must be
 * reachable from there.
 */
export function shortestTour(
  graph: WalkGraph,
  states: number,
  wanted: Uint8Array = new Uint8Array(graph.length).fill(1),
): Tour {
  const { repeats, resets } = detoursFor(graph, states, wanted);
  const { start, order } = incidence(graph.source.subarray(0, graph.length), states);
  const cursor = start.slice();
  const left = Int32Array.from(repeats, (count, e) => count + wanted[e]!);

  // Hierholzer, backwards: a move is final once its target has no move left. The walk's last move comes out first.
  const final: number[] = [];
  const trail: number[] = [];
  let state = 0;
  const moveFrom = (s: number): number | undefined => {
    for (; cursor[s]! < start[s + 1]!; cursor[s]!++) {
      const edge = order[cursor[s]!]!;
      if (left[edge]! === 0) continue;
      left[edge]!--;
      return edge;
    }
    if (resets[s]! === 0) return undefined;
    resets[s]!--;
    return ~s; // a reset from s
  };
  for (;;) {
    const move = moveFrom(state);
    if (move !== undefined) {
      trail.push(move);
      state = move < 0 ? 0 : graph.target[move]!;
      continue;
    }
    const last = trail.pop();
    if (last === undefined) break;
    final.push(last);
    state = last < 0 ? ~last : graph.source[last]!;
  }
  return cut(final.reverse(), wanted);
}

/** The moves up to the one that meets the last wanted edge. */
function cut(moves: readonly number[], wanted: Uint8Array): Tour {
  const met = new Uint8Array(wanted.length);
  let end = 0;
  moves.forEach((move, i) => {
    if (move < 0 || wanted[move] === 0 || met[move] === 1) return;
    met[move] = 1;
    end = i + 1;
  });
  if (met.some((seen, e) => seen !== wanted[e])) {
    throw new RangeError('The wanted edges do not hang together with the initial state.');
  }
  const kept = Int32Array.from(moves.slice(0, end), (move) => Math.max(move, RESET));
  const resets = kept.reduce((count, move) => (move === RESET ? count + 1 : count), 0);
  return { moves: kept, steps: kept.length - resets, resets };
}
