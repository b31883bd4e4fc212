// Reads the state graph that TLC wrote as DOT text (`-dump dot,actionlabels`) into a `LabelledGraph`.
//
// Nodes are `-174… [label="/\\ x = 1\n/\\ y = <<>>",…]`, initial ones `style = filled`, edges `A -> B [label="Ref(w1)",…]`; the
// stable version prints no arguments, and a lone variable has no conjunction sign. Labels lose their arguments
// here; where there were any they stand in `args`. States are brought to their canonical text (`value.ts`).
// Most of the time goes into values, and the text of a single variable recurs in thousands of states: it is read once.

import type { LabelledGraph } from './graph.ts';
import { canonical, canonicalState, parseValue, ValueError } from '../kit/tla/value.ts';

/** A graph as read, with the arguments of the labels where the engine printed them. */
export interface DotGraph extends LabelledGraph {
  /** Parallel to `source`: the text between the label's parentheses, or '' where it has none. */
  readonly args?: readonly string[];
}

/** DOT text that is not a state graph of TLC. */
export class DotError extends Error {
  override readonly name = 'DotError';
}

const EDGE = /^\s*(\S+) -> (\S+?)(?: \[label="((?:[^"\\]|\\.)*)"|;|$)/;
const NODE = /^\s*(-?\d+) \[label="((?:[^"\\]|\\.)*)"(.*)/;

/** Turns the texts of a state's variables (`x = 1`, with or without `/\\` before it) into its canonical text. */
export type StateReader = (pieces: readonly string[]) => string;

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
}

/** Where a variable's name ends and its value begins. */
const VARIABLE = /^\s*(?:\/\\\s*)?(\w+)\s*=\s*/;

/** Cuts an escaped label into one piece per variable, at each `\n/\\`. */
const piecesOf = (label: string): string[] => label.split(/\\n(?=\/\\\\)/);

/** Makes a reader of states that remembers each variable's text. `escaped`: the texts are cut from a DOT label. */
export function stateReader(escaped = false): StateReader {
  const known = new Map<string, readonly [string, string]>();
  const read = (piece: string): readonly [string, string] => {
    const seen = known.get(piece);
    if (seen !== undefined) return seen;
    const text = escaped ? unescape(piece) : piece;
    const name = VARIABLE.exec(text);
    if (name === null) throw new DotError(`Expected 'variable = value' in a state, but saw '${text.slice(0, 60)}'.`);
    const pair = [name[1]!, valueText(text.slice(name[0].length))] as const;
    known.set(piece, pair);
    return pair;
  };
  return (pieces) => canonicalState(pieces.map(read));
}

function valueText(text: string): string {
  try {
    return canonical(parseValue(text));
  } catch (error) {
    if (error instanceof ValueError) throw new DotError(`A state cannot be read: ${error.message}`);
    throw error;
  }
}

/** Numbers that grow with the text, then are cut to size. */
function growing(): { push(value: number): void; done(): Int32Array } {
  let numbers = new Int32Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === numbers.length) {
        const larger = new Int32Array(length * 2);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[length++] = value;
    },
    done: () => numbers.slice(0, length),
  };
}

/**
 * Reads a whole graph. Throws a DotError for text of another shape, for an edge to a node that is never described, and for two nodes that hold
 * the same state, since then the engine does not tell apart what the spec's variables tell.
 */
export function readDot(text: string): DotGraph {
  const numbers = new Map<string, number>();
  const numberOf = (node: string): number => {
    let n = numbers.get(node);
    if (n === undefined) numbers.set(node, (n = numbers.size));
    return n;
  };
  const labels = new Map<string, number>();
  const states: string[] = [];
  const init: number[] = [];
  const [source, target, label] = [growing(), growing(), growing()];
  const args: string[] = [];
  let hasArgs = false;
  const readState = stateReader(true);

  for (let from = 0; from < text.length;) {
    let to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    const line = text.slice(from, to);
    from = to + 1;
    const edge = EDGE.exec(line);
    if (edge !== null) {
      const [name, arg] = splitLabel(edge[3] ?? '');
      let l = labels.get(name);
      if (l === undefined) labels.set(name, (l = labels.size));
      source.push(numberOf(edge[1]!));
      target.push(numberOf(edge[2]!));
      label.push(l);
      args.push(arg);
      hasArgs ||= arg !== '';
      continue;
    }
    const node = NODE.exec(line);
    if (node === null) continue;
    const n = numberOf(node[1]!);
    states[n] ??= readState(piecesOf(node[2]!));
    if (/style ?= ?filled\]/.test(node[3]!)) init.push(n);
  }
  checkNodes(states, numbers);
  const result = {
    states,
    init: [...new Set(init)],
    source: source.done(),
    target: target.done(),
    label: label.done(),
    labels: [...labels.keys()],
  };
  return hasArgs ? { ...result, args } : result;
}

/** Checks that every node is described, and once. */
function checkNodes(states: readonly string[], numbers: ReadonlyMap<string, number>): void {
  const seen = new Set<string>();
  for (const [node, n] of numbers) {
    const state = states[n];
    if (state === undefined) throw new DotError(`Node ${node} has edges but no label; the graph was cut short.`);
    if (seen.has(state)) throw new DotError(`Two nodes hold the same state, ${node} is the second: ${state}`);
    seen.add(state);
  }
}

/** `Ref(w1,m1)` as name and arguments. */
function splitLabel(escaped: string): readonly [string, string] {
  const open = escaped.indexOf('(');
  if (open < 0) return [escaped, ''];
  return [escaped.slice(0, open), unescape(escaped.slice(open + 1, escaped.lastIndexOf(')')))];
}
