// A tour must meet every wanted edge, move only along edges and resets, and be as short as its definition says. On small
// graphs the length is checked against the best that an exhaustive search finds.

import { describe, expect, test } from 'vitest';
import { RESET, shortestTour, type Tour, type WalkGraph } from '../../kit/tour.ts';

function graphOf(edges: readonly (readonly [number, number])[]): WalkGraph {
  return {
    source: Int32Array.from(edges, ([from]) => from),
    target: Int32Array.from(edges, ([, to]) => to),
    length: edges.length,
  };
}

/** Walks the tour and answers with the edges that it met; throws where a move does not begin where the last one ended. */
function walk(graph: WalkGraph, tour: Tour): Set<number> {
  const met = new Set<number>();
  let at = 0;
  for (const move of tour.moves) {
    if (move === RESET) {
      at = 0;
      continue;
    }
    if (graph.source[move] !== at) throw new Error(`edge ${move} does not begin in state ${at}`);
    met.add(move);
    at = graph.target[move]!;
  }
  return met;
}

/** Fewest moves, resets included, that meet all edges: breadth first over (state, edges met). */
function fewestMoves(graph: WalkGraph): number {
  const all = (1 << graph.length) - 1;
  let level = new Set([0]); // state in the low 8 bits, edges met above
  const seen = new Set(level);
  for (let moves = 0; ; moves++) {
    const next = new Set<number>();
    for (const key of level) {
      const [state, met] = [key & 0xff, key >> 8];
      if (met === all) return moves;
      const reach = (to: number, now: number): void => {
        const one = to | (now << 8);
        if (seen.has(one)) return;
        seen.add(one);
        next.add(one);
      };
      reach(0, met);
      for (let e = 0; e < graph.length; e++) if (graph.source[e] === state) reach(graph.target[e]!, met | (1 << e));
    }
    level = next;
  }
}

/** A deterministic sequence of small numbers, so that the same graphs are tried on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function someGraph(seed: number, states: number, edges: number): WalkGraph {
  const draw = numbers(seed);
  const list: [number, number][] = [];
  for (let s = 1; s < states; s++) list.push([draw(s), s]); // a tree, so that all is reachable
  while (list.length < edges) list.push([draw(states), draw(states)]);
  return graphOf(list.sort(([a], [b]) => a - b));
}

describe('a shortest tour', () => {
  test('goes round a circle once', () => {
    const graph = graphOf([
      [0, 1],
      [1, 2],
      [2, 0],
    ]);
    expect([...shortestTour(graph, 3).moves]).toEqual([0, 1, 2]);
  });

  test('takes loops and parallel edges one after the other', () => {
    const graph = graphOf([
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    const tour = shortestTour(graph, 2);
    expect(walk(graph, tour).size).toBe(4);
    expect(tour.steps).toBe(4); // 0 → 1 → 0 → 1
  });

  test('resets where no edge leads back', () => {
    const graph = graphOf([
      [0, 1],
      [0, 2],
    ]);
    const tour = shortestTour(graph, 3);
    expect(walk(graph, tour).size).toBe(2);
    expect({ steps: tour.steps, resets: tour.resets }).toEqual({ steps: 2, resets: 1 });
  });

  test('is at most an open end longer than the best that exists', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const graph = someGraph(seed, 5, 9);
      const tour = shortestTour(graph, 5);
      expect(walk(graph, tour).size, `graph ${seed}`).toBe(graph.length);
      // The plan closes the walk: that costs what leads back to the start, here at most one reset.
      expect(tour.moves.length, `graph ${seed}`).toBeLessThanOrEqual(fewestMoves(graph) + 1);
    }
  });

  test('meets every edge of larger graphs', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const graph = someGraph(seed, 400, 1500);
      expect(walk(graph, shortestTour(graph, 400)).size).toBe(1500);
    }
  });

  test('meets wanted edges only as far as they are wanted', () => {
    const graph = someGraph(7, 50, 300);
    const wanted = new Uint8Array(300);
    for (let e = 0; e < 300; e++) if (graph.source[e] === 0) wanted[e] = 1;
    const tour = shortestTour(graph, 50, wanted);
    const met = walk(graph, tour);
    expect([...wanted.keys()].filter((e) => wanted[e] === 1).every((e) => met.has(e))).toBe(true);
    expect(tour.steps).toBeLessThan(300);
  });

  test('refuses a state that nothing reaches', () => {
    const graph = graphOf([
      [0, 1],
      [2, 1],
    ]);
    expect(() => shortestTour(graph, 3)).toThrow(/cannot be reached|hang together/);
  });
});
