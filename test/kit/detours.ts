// How often a shortest closed walk over given edges has to take an edge again (the directed Chinese postman problem).
//
// A closed walk leaves each state as often as it enters it. States that the wanted edges enter more often than they leave have
// too many arrivals, others too few; every surplus arrival must be carried to a state that lacks one, along edges of the graph
// or by a reset, which leads from any state to the initial one and counts as one step. Carrying them all at the least total
// length is a minimum-cost flow. It is found by the primal-dual method: potentials keep every reduced cost at zero or above,
// and each round pushes along edges of reduced cost zero until none is left, then raises the potentials.

/** Edges as parallel arrays. */
export interface WalkGraph {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly length: number;
}

export interface Detours {
  /** Per edge of the graph: how often it is to be taken beyond once for each wanted edge. */
  readonly repeats: Int32Array;
  /** Per state: how often to reset from there. */
  readonly resets: Int32Array;
}

const FAR = 0x3fffffff;

/** The cheapest detours for `wanted` (a flag per edge). Every state must be reachable from state 0. */
export function detoursFor(graph: WalkGraph, states: number, wanted: Uint8Array): Detours {
  const network = new Network(graph, states);
  const surplus = new Int32Array(states + 1);
  for (let e = 0; e < graph.length; e++) {
    if (wanted[e] === 0) continue;
    surplus[graph.source[e]!]!--;
    surplus[graph.target[e]!]!++;
  }
  const flow = carry(network, surplus);
  const repeats = new Int32Array(graph.length);
  for (let a = 0; a < network.edge.length; a++) repeats[network.edge[a]!] = flow[a]!;
  const resets = new Int32Array(states);
  for (let a = network.edge.length; a < network.arcs - 1; a++) resets[network.from[a]!] = flow[a]!;
  return { repeats, resets };
}

/**
 * The arcs that a surplus can be carried along: one per pair of neighbouring states (parallel edges and loops are no help),
 * then one from each state to the reset, and last the one from the reset to the initial state.
 */
class Network {
  readonly nodes: number;
  readonly arcs: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cost: Int8Array;
  /** The graph's edge behind each of the first arcs. */
  readonly edge: Int32Array;
  readonly outgoing: Incidence;
  readonly incoming: Incidence;

  constructor(graph: WalkGraph, states: number) {
    this.nodes = states + 1;
    this.edge = distinctEdges(graph, states);
    const own = this.edge.length;
    this.arcs = own + states;
    this.from = new Int32Array(this.arcs);
    this.to = new Int32Array(this.arcs);
    this.cost = new Int8Array(this.arcs);
    for (let a = 0; a < own; a++) {
      this.from[a] = graph.source[this.edge[a]!]!;
      this.to[a] = graph.target[this.edge[a]!]!;
      this.cost[a] = 1;
    }
    for (let s = 1; s < states; s++) {
      this.from[own + s - 1] = s;
      this.to[own + s - 1] = states;
    }
    this.from[this.arcs - 1] = states;
    this.cost[this.arcs - 1] = 1;
    this.outgoing = incidence(this.from, this.nodes);
    this.incoming = incidence(this.to, this.nodes);
  }
}

/** One edge for each pair of different states that has any. */
function distinctEdges(graph: WalkGraph, states: number): Int32Array {
  const { start, order } = incidence(graph.source.subarray(0, graph.length), states);
  const lastFrom = new Int32Array(states).fill(-1);
  const kept: number[] = [];
  for (let s = 0; s < states; s++) {
    for (let i = start[s]!; i < start[s + 1]!; i++) {
      const target = graph.target[order[i]!]!;
      if (target === s || lastFrom[target] === s) continue;
      lastFrom[target] = s;
      kept.push(order[i]!);
    }
  }
  return Int32Array.from(kept);
}

/** The arcs of each node: order[start[n]] up to order[start[n + 1]]. */
export interface Incidence {
  readonly start: Int32Array;
  readonly order: Int32Array;
}

/** Sorts arcs by the node at one of their ends. */
export function incidence(end: Int32Array, nodes: number): Incidence {
  const start = new Int32Array(nodes + 1);
  for (const node of end) start[node + 1]!++;
  for (let n = 0; n < nodes; n++) start[n + 1]! += start[n]!;
  const fill = start.slice();
  const order = new Int32Array(end.length);
  for (let a = 0; a < end.length; a++) order[fill[end[a]!]!++] = a;
  return { start, order };
}

/** Carries every surplus to where one is lacking; the flow per arc. `surplus` is zero everywhere afterwards. */
function carry(network: Network, surplus: Int32Array): Int32Array {
  const flow = new Int32Array(network.arcs);
  const potential = new Int32Array(network.nodes);
  let left = 0;
  for (const s of surplus) if (s > 0) left += s;
  while (left > 0) {
    raisePotentials(network, surplus, flow, potential);
    left -= new Round(network, surplus, flow, potential).push();
  }
  return flow;
}

/** Shortest distances by reduced cost from all surplus nodes (Dial's buckets), up to the nearest node that lacks. */
function raisePotentials(network: Network, surplus: Int32Array, flow: Int32Array, potential: Int32Array): void {
  const { from, to, cost, outgoing, incoming, nodes } = network;
  const distance = new Int32Array(nodes).fill(FAR);
  const buckets: number[][] = [[]];
  const reach = (node: number, at: number): void => {
    if (at >= distance[node]!) return;
    distance[node] = at;
    (buckets[at] ??= []).push(node);
  };
  for (let n = 0; n < nodes; n++) if (surplus[n]! > 0) reach(n, 0);
  let limit = FAR;
  for (let d = 0; d < buckets.length && d < limit; d++) {
    const bucket = (buckets[d] ??= []);
    for (let i = 0; i < bucket.length; i++) {
      const node = bucket[i]!;
      if (distance[node] !== d) continue;
      if (surplus[node]! < 0) limit = d;
      const base = d + potential[node]!;
      for (let j = outgoing.start[node]!; j < outgoing.start[node + 1]!; j++) {
        const a = outgoing.order[j]!;
        reach(to[a]!, base + cost[a]! - potential[to[a]!]!);
      }
      for (let j = incoming.start[node]!; j < incoming.start[node + 1]!; j++) {
        const a = incoming.order[j]!;
        if (flow[a]! > 0) reach(from[a]!, base - cost[a]! - potential[from[a]!]!);
      }
    }
  }
  if (limit === FAR) throw new RangeError('Some state of the graph cannot be reached from the initial state.');
  for (let n = 0; n < nodes; n++) potential[n]! += Math.min(distance[n]!, limit);
}

/** One round: depth-first pushes along arcs of reduced cost zero. A class because a search goes on where the last one ended. */
class Round {
  readonly #network: Network;
  readonly #surplus: Int32Array;
  readonly #flow: Int32Array;
  readonly #potential: Int32Array;
  /** Nodes from which nothing can be reached any more in this round, and nodes on the current path. */
  readonly #dead: Uint8Array;
  readonly #onPath: Uint8Array;
  readonly #nextOut: Int32Array;
  readonly #nextIn: Int32Array;

  constructor(network: Network, surplus: Int32Array, flow: Int32Array, potential: Int32Array) {
    this.#network = network;
    this.#surplus = surplus;
    this.#flow = flow;
    this.#potential = potential;
    this.#dead = new Uint8Array(network.nodes);
    this.#onPath = new Uint8Array(network.nodes);
    this.#nextOut = network.outgoing.start.slice();
    this.#nextIn = network.incoming.start.slice();
  }

  /** Pushes what it can; the amount. */
  push(): number {
    let pushed = 0;
    for (let n = 0; n < this.#network.nodes; n++) {
      while (this.#surplus[n]! > 0 && this.#dead[n] === 0) pushed += this.#pushFrom(n);
    }
    return pushed;
  }

  /** Follows one path from a node with a surplus to one that lacks, and pushes along it. */
  #pushFrom(root: number): number {
    const { from, to } = this.#network;
    const nodes = [root];
    const path: number[] = []; // an arc, or ~arc where flow is taken back
    let node = root;
    this.#onPath[root] = 1;
    while (this.#surplus[node]! >= 0) {
      const arc = this.#step(node);
      if (arc !== undefined) {
        node = arc < 0 ? from[~arc]! : to[arc]!;
        this.#onPath[node] = 1;
        path.push(arc);
        nodes.push(node);
        continue;
      }
      this.#dead[node] = 1;
      this.#onPath[node] = 0;
      nodes.pop();
      path.pop();
      if (nodes.length === 0) return 0;
      node = nodes[nodes.length - 1]!;
    }
    for (const n of nodes) this.#onPath[n] = 0;
    let amount = Math.min(this.#surplus[root]!, -this.#surplus[node]!);
    for (const arc of path) if (arc < 0) amount = Math.min(amount, this.#flow[~arc]!);
    for (const arc of path) {
      if (arc < 0) this.#flow[~arc]! -= amount;
      else this.#flow[arc]! += amount;
    }
    this.#surplus[root]! -= amount;
    this.#surplus[node]! += amount;
    return amount;
  }

  /** The next arc of reduced cost zero to a node that is worth a visit. */
  #step(node: number): number | undefined {
    const { from, to, cost, outgoing, incoming } = this.#network;
    const height = this.#potential[node]!;
    for (let i = this.#nextOut[node]!; i < outgoing.start[node + 1]!; this.#nextOut[node] = ++i) {
      const a = outgoing.order[i]!;
      const other = to[a]!;
      if (this.#potential[other]! === height + cost[a]! && this.#isOpen(other)) return a;
    }
    for (let i = this.#nextIn[node]!; i < incoming.start[node + 1]!; this.#nextIn[node] = ++i) {
      const a = incoming.order[i]!;
      const other = from[a]!;
      if (this.#flow[a]! > 0 && this.#potential[other]! === height - cost[a]! && this.#isOpen(other)) return ~a;
    }
    return undefined;
  }

  #isOpen(node: number): boolean {
    return this.#dead[node] === 0 && this.#onPath[node] === 0;
  }
}
