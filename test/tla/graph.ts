// A finite machine as a labelled graph, and the comparison of two readings of the same machine.
//
// A reading (a TLA+ engine, the model's explorer) numbers its states as it likes; what identifies a state is its canonical
// text. Everything here is therefore independent of numbering and order, and parallel duplicates of an edge count once.
// `compareGraphs` does not answer with a boolean: it walks the part on which both sides agree, breadth first, and reports
// the first state whose successors differ, with the shortest way to it. Telling that to a person lives in `graph-story.ts`,
// reading states apart in `tla/state-difference.ts`.

import { createHash } from 'node:crypto';
import { differencesOfStates, type FieldDifference } from './state-difference.ts';

/** A labelled state graph in the form in which two readings of the machine are compared. */
export interface LabelledGraph {
  /** Canonical text of each state; index = state number; unique. */
  readonly states: readonly string[];
  /** Numbers of the initial states. */
  readonly init: readonly number[];
  /** Parallel arrays: edge i goes from source[i] to target[i] under labels[label[i]]. */
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly label: Int32Array;
  /** Action operator names without arguments. */
  readonly labels: readonly string[];
}

export type Side = 'left' | 'right';

/** One step of the way to a difference; the first has no label, it is the initial state. */
export interface PathStep {
  readonly label?: string;
  readonly state: string;
}

/** An edge that only one side has, without a counterpart of the same label on the other. */
export interface LoneEdge {
  readonly only: Side;
  readonly label: string;
  readonly target: string;
  /** Whether the other side has the target state at all, however reached. */
  readonly targetKnownToOther: boolean;
}

/** The same label leaves the same state on both sides, but leads to different states. */
export interface DivergingEdge {
  readonly label: string;
  readonly left: string;
  readonly right: string;
  readonly fields: readonly FieldDifference[];
}

export interface GraphDifference {
  /**
   * `edge`: the last state of `path` has different successors. `initial-state`: the sides start differently (`path` is
   * empty, `loneStates` lists them). `unreached`: they differ only in states that neither reaches from its initial ones.
   */
  readonly kind: 'edge' | 'initial-state' | 'unreached';
  readonly path: readonly PathStep[];
  readonly diverging: readonly DivergingEdge[];
  readonly lone: readonly LoneEdge[];
  /** States (for `initial-state`: initial states) that only one side has. */
  readonly loneStates: readonly { readonly only: Side; readonly state: string }[];
  /** The first initial state of each side, beside which long states are told; undefined where it has none. */
  readonly initial: Readonly<Record<Side, string | undefined>>;
  readonly counts: Readonly<Record<Side, { readonly states: number; readonly edges: number }>>;
}

export type GraphComparison =
  { readonly equal: true } | { readonly equal: false; readonly difference: GraphDifference };

/** The outgoing edges of each state as sorted distinct keys `label * span + target`, one bucket per source. */
interface Buckets {
  readonly start: Int32Array;
  readonly keys: Float64Array;
  readonly span: number;
}

/** Renumbers states and labels, sorts the edges into buckets by source, and merges duplicates. */
function bucketsOf(g: LabelledGraph, stateOf: Int32Array, labelOf: Int32Array, span: number): Buckets {
  const edges = g.source.length;
  if (g.target.length !== edges || g.label.length !== edges) {
    throw new RangeError('The arrays source, target and label of a LabelledGraph must be of one length.');
  }
  const fill = new Int32Array(span + 1);
  for (let i = 0; i < edges; i++) fill[stateOf[g.source[i]!]! + 1]!++;
  for (let s = 0; s < span; s++) fill[s + 1]! += fill[s]!;
  const end = fill.slice(1);
  const keys = new Float64Array(edges);
  for (let i = 0; i < edges; i++) {
    const source = stateOf[g.source[i]!]!;
    keys[fill[source]!++] = labelOf[g.label[i]!]! * span + stateOf[g.target[i]!]!;
  }
  const start = new Int32Array(span + 1);
  let kept = 0;
  let from = 0;
  for (let s = 0; s < span; s++) {
    const to = end[s]!;
    if (to - from > 1) keys.subarray(from, to).sort();
    start[s] = kept;
    for (let i = from; i < to; i++) if (i === from || keys[i] !== keys[i - 1]) keys[kept++] = keys[i]!;
    from = to;
  }
  start[span] = kept;
  return { start, keys: keys.subarray(0, kept), span };
}

/** Numbers distinct texts in order of appearance; equal texts share a number. */
function numberTexts(texts: readonly string[], numbers: Map<string, number>): Int32Array {
  const result = new Int32Array(texts.length);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    let n = numbers.get(text);
    if (n === undefined) numbers.set(text, (n = numbers.size));
    result[i] = n;
  }
  return result;
}

/** The number of distinct (source, label, target) triples. */
export function countEdges(g: LabelledGraph): number {
  const states = new Map<string, number>();
  const stateOf = numberTexts(g.states, states);
  return bucketsOf(g, stateOf, numberTexts(g.labels, new Map()), states.size).keys.length;
}

/** Breadth-first depth as TLC counts it: the states on the longest shortest path, so initial states alone are 1. */
export function depthOf(g: LabelledGraph): number {
  const identity = Int32Array.from(g.states.keys());
  const { start, keys, span } = bucketsOf(g, identity, Int32Array.from(g.labels.keys()), g.states.length);
  const depth = new Int32Array(span);
  const queue: number[] = [];
  const visit = (s: number, at: number): void => {
    if (depth[s] !== 0) return;
    depth[s] = at;
    queue.push(s);
  };
  for (const s of g.init) visit(s, 1);
  let deepest = 0;
  for (let head = 0; head < queue.length; head++) {
    const s = queue[head]!;
    deepest = depth[s]!; // breadth first: depths never fall
    for (let i = start[s]!; i < start[s + 1]!; i++) visit(keys[i]! % span, deepest + 1);
  }
  return deepest;
}

/** sha256 over the sorted set of states and the set of (source, label, target) triples; initial states are not part of it. */
export function graphHash(g: LabelledGraph): string {
  const sorted = [...new Set(g.states)].sort();
  const labels = [...new Set(g.labels)].sort();
  const rank = new Map(sorted.map((text, i) => [text, i]));
  const labelRank = new Map(labels.map((text, i) => [text, i]));
  const stateOf = Int32Array.from(g.states, (text) => rank.get(text)!);
  const labelOf = Int32Array.from(g.labels, (text) => labelRank.get(text)!);
  const { start, keys, span } = bucketsOf(g, stateOf, labelOf, sorted.length);
  const hash = createHash('sha256');
  for (let s = 0; s < span; s++) {
    let text = `state ${sorted[s]!}\n`;
    for (let i = start[s]!; i < start[s + 1]!; i++) {
      text += `${labels[Math.floor(keys[i]! / span)]!} ${keys[i]! % span}\n`;
    }
    hash.update(text);
  }
  return hash.digest('hex');
}

/** Both graphs under one numbering of states and labels. */
interface Joined {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  readonly has: Readonly<Record<Side, Uint8Array>>;
  readonly init: Readonly<Record<Side, ReadonlySet<number>>>;
  readonly edges: Readonly<Record<Side, Buckets>>;
}

function join(left: LabelledGraph, right: LabelledGraph): Joined {
  const states = new Map<string, number>();
  const labels = new Map<string, number>();
  const leftState = numberTexts(left.states, states);
  const rightState = numberTexts(right.states, states);
  const leftLabel = numberTexts(left.labels, labels);
  const rightLabel = numberTexts(right.labels, labels);
  const span = states.size;
  const present = (numbers: Int32Array): Uint8Array => {
    const has = new Uint8Array(span);
    for (const n of numbers) has[n] = 1;
    return has;
  };
  return {
    texts: [...states.keys()],
    labels: [...labels.keys()],
    has: { left: present(leftState), right: present(rightState) },
    init: {
      left: new Set(left.init.map((i) => leftState[i]!)),
      right: new Set(right.init.map((i) => rightState[i]!)),
    },
    edges: {
      left: bucketsOf(left, leftState, leftLabel, span),
      right: bucketsOf(right, rightState, rightLabel, span),
    },
  };
}

function sameSuccessors(j: Joined, s: number): boolean {
  const { left, right } = j.edges;
  const from = left.start[s]!;
  const other = right.start[s]!;
  const size = left.start[s + 1]! - from;
  if (right.start[s + 1]! - other !== size) return false;
  for (let i = 0; i < size; i++) if (left.keys[from + i] !== right.keys[other + i]) return false;
  return true;
}

/** The keys of the edges that leave `s` on one side only. */
function loneKeys(j: Joined, s: number): Record<Side, number[]> {
  const of = (b: Buckets): number[] => [...b.keys.subarray(b.start[s], b.start[s + 1])];
  const left = new Set(of(j.edges.left));
  const right = new Set(of(j.edges.right));
  return { left: [...left].filter((k) => !right.has(k)), right: [...right].filter((k) => !left.has(k)) };
}

/** Pairs the one-sided edges of a state label by label, nearest targets first; the rest stay alone. */
function explainSuccessors(j: Joined, s: number): Pick<GraphDifference, 'diverging' | 'lone'> {
  const span = j.texts.length;
  const lone = loneKeys(j, s);
  const labelOf = (key: number): string => j.labels[Math.floor(key / span)]!;
  const targetOf = (key: number): string => j.texts[key % span]!;
  const pairs = lone.left.flatMap((l) =>
    lone.right
      .filter((r) => labelOf(r) === labelOf(l))
      .map((r) => ({ l, r, fields: differencesOfStates(targetOf(l), targetOf(r)) })),
  );
  pairs.sort((a, b) => a.fields.length - b.fields.length);
  const taken: Record<Side, Set<number>> = { left: new Set(), right: new Set() };
  const diverging: DivergingEdge[] = [];
  for (const { l, r, fields } of pairs) {
    if (taken.left.has(l) || taken.right.has(r)) continue;
    taken.left.add(l);
    taken.right.add(r);
    diverging.push({ label: labelOf(l), left: targetOf(l), right: targetOf(r), fields });
  }
  const alone = (only: Side, other: Side): LoneEdge[] =>
    lone[only]
      .filter((key) => !taken[only].has(key))
      .map((key) => ({
        only,
        label: labelOf(key),
        target: targetOf(key),
        targetKnownToOther: j.has[other][key % span] === 1,
      }));
  return { diverging, lone: [...alone('left', 'right'), ...alone('right', 'left')] };
}

/**
 * Compares two readings of one machine: initial states, states, labelled edges. Where they differ the answer carries the
 * first difference in breadth-first order from the initial states through the part on which both agree.
 */
export function compareGraphs(left: LabelledGraph, right: LabelledGraph): GraphComparison {
  const j = join(left, right);
  const span = j.texts.length;
  const counts = {
    left: { states: left.states.length, edges: j.edges.left.keys.length },
    right: { states: right.states.length, edges: j.edges.right.keys.length },
  };
  const initial = { left: left.states[left.init[0]!], right: right.states[right.init[0]!] };
  const none = { path: [], diverging: [], lone: [], loneStates: [], initial, counts };
  const differ = (difference: GraphDifference): GraphComparison => ({ equal: false, difference });

  const loneInitOf = (only: Side, other: Side) =>
    [...j.init[only]]
      .filter((n) => !j.init[other].has(n))
      .map((n) => ({ only, state: j.texts[n]! }))
      .sort((a, b) => (a.state < b.state ? -1 : 1));
  const loneInit = [...loneInitOf('left', 'right'), ...loneInitOf('right', 'left')];
  if (loneInit.length > 0) return differ({ ...none, kind: 'initial-state', loneStates: loneInit });

  const cameFrom = new Int32Array(span).fill(-2); // -2: not seen, -1: initial
  const cameBy = new Int32Array(span);
  const queue: number[] = [];
  for (const s of j.init.left) {
    cameFrom[s] = -1;
    queue.push(s);
  }
  for (let head = 0; head < queue.length; head++) {
    const s = queue[head]!;
    if (!sameSuccessors(j, s)) {
      const path: PathStep[] = [];
      for (let at = s; at >= 0; at = cameFrom[at]!) {
        const state = j.texts[at]!;
        path.unshift(cameFrom[at] === -1 ? { state } : { label: j.labels[cameBy[at]!]!, state });
      }
      return differ({ ...none, kind: 'edge', path, ...explainSuccessors(j, s) });
    }
    const { start, keys } = j.edges.left;
    for (let i = start[s]!; i < start[s + 1]!; i++) {
      const t = keys[i]! % span;
      if (cameFrom[t] !== -2) continue;
      cameFrom[t] = s;
      cameBy[t] = Math.floor(keys[i]! / span);
      queue.push(t);
    }
  }
  return compareUnreached(j, cameFrom, none) ?? { equal: true };
}

/** What is left after the walk: states and edges that no agreed path reaches. */
function compareUnreached(
  j: Joined,
  cameFrom: Int32Array,
  none: Omit<GraphDifference, 'kind'>,
): GraphComparison | undefined {
  for (let s = 0; s < j.texts.length; s++) {
    if (cameFrom[s] !== -2) continue;
    const state = j.texts[s]!;
    if (j.has.left[s] !== j.has.right[s]) {
      const only: Side = j.has.left[s] === 1 ? 'left' : 'right';
      return { equal: false, difference: { ...none, kind: 'unreached', loneStates: [{ only, state }] } };
    }
    if (!sameSuccessors(j, s)) {
      const difference = { ...none, kind: 'unreached' as const, path: [{ state }], ...explainSuccessors(j, s) };
      return { equal: false, difference };
    }
  }
  return undefined;
}
