// The tree of shortest paths in an exploration's graph: for each state the edge by which the explorer first came to it.

import type { Graph } from '../../model/buffer/explore.ts';

/** The graph of an exploration that was asked to keep it. */
export function graphOf({ graph }: { readonly graph?: Graph }): Graph {
  if (graph === undefined) {
    throw new TypeError('The exploration kept no graph; explore with { graph: true }.');
  }
  return graph;
}

/** Per state the first edge that enters it, in the order of discovery; -1 for the initial state. */
export function treeEdges(graph: Graph, states: number): Int32Array {
  const tree = new Int32Array(states).fill(-1);
  for (let e = 0; e < graph.length; e++) {
    const target = graph.target[e]!;
    if (target !== 0 && tree[target] === -1) tree[target] = e;
  }
  return tree;
}

/** The edges of the shortest path from the initial state to `state`. */
export function edgesTo(graph: Graph, tree: Int32Array, state: number): number[] {
  const edges: number[] = [];
  for (let e = tree[state]!; e >= 0; e = tree[graph.source[e]!]!) edges.push(e);
  return edges.reverse();
}
