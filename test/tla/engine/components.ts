// Strongly connected components, by Tarjan's algorithm without recursion: graphs here have millions of nodes.

export interface Graph {
  readonly nodes: number;
  /** Edge i of node n has start[n] <= i < start[n + 1]. */
  readonly start: readonly number[];
  readonly target: readonly number[];
}

/** The components of the part of a graph whose nodes are marked. */
export function components({ nodes, start, target }: Graph, inside: Uint8Array): readonly (readonly number[])[] {
  const order = new Int32Array(nodes).fill(-1);
  const low = new Int32Array(nodes);
  const onStack = new Uint8Array(nodes);
  const stack: number[] = [];
  const found: number[][] = [];
  let count = 0;
  const path: number[] = [];
  const next: number[] = [];
  const enter = (node: number): void => {
    order[node] = low[node] = count++;
    stack.push(node);
    onStack[node] = 1;
    path.push(node);
    next.push(start[node]!);
  };
  for (let root = 0; root < nodes; root++) {
    if (inside[root] !== 1 || order[root] !== -1) continue;
    enter(root);
    while (path.length > 0) {
      const node = path.at(-1)!;
      const edge = next[next.length - 1]!++;
      if (edge < start[node + 1]!) {
        const to = target[edge]!;
        if (inside[to] !== 1) continue;
        if (order[to] === -1) enter(to);
        else if (onStack[to] === 1) low[node] = Math.min(low[node]!, order[to]!);
        continue;
      }
      path.pop();
      next.pop();
      const above = path.at(-1);
      if (above !== undefined) low[above] = Math.min(low[above]!, low[node]!);
      if (low[node] !== order[node]) continue;
      const part: number[] = [];
      let member: number;
      do {
        member = stack.pop()!;
        onStack[member] = 0;
        part.push(member);
      } while (member !== node);
      found.push(part);
    }
  }
  return found;
}
