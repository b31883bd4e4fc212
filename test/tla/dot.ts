// Reads the state graph that an engine wrote as DOT text, in either dialect, into a `LabelledGraph`.
//
// tla-checker: nodes `s12 [label="x=1\ny=<<>>"]`, edges `s1 -> s4 [label="Ref"]`, initial states not marked (the caller
// passes them). TLC (`-dump dot,actionlabels`): nodes `-174… [label="/\\ x = 1\n/\\ y = <<>>",…]`, initial ones
// `style = filled`, edges `A -> B [label="Ref(w1)",…]`; the stable version prints no arguments. Labels lose their arguments
// here; where there were any they stand in `args`. States are brought to their canonical text (`value.ts`).
// Most of the time goes into values, and the text of a single variable recurs in thousands of states: it is read once.

import type { LabelledGraph } from './graph.ts';
import { canonical, canonicalState, parseValue, ValueError } from '../kit/tla/value.ts';

/** A graph as read, with the arguments of the labels where the engine printed them. */
export interface DotGraph extends LabelledGraph {
  /** Parallel to `source`: the text between the label's parentheses, or '' where it has none. */
  readonly args?: readonly string[];
}

/** DOT text that is not a state graph of a known dialect. */
export class DotError extends Error {
  override readonly name = 'DotError';
}

const EDGE = /^\s*(\S+) -> (\S+?)(?: \[label="((?:[^"\\]|\\.)*)"|;|$)/;
const NODE = /^\s*(s\d+|-?\d+) \[label="((?:[^"\\]|\\.)*)"(.*)/;

/** Turns the texts of a state's variables (`x = 1`, with or without `/\\` before it) into its canonical text. */
export type StateReader = (pieces: readonly string[]) => string;

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
}

/** Where a variable's name ends and its value begins, in both dialects. */
const VARIABLE = /^\s*(?:\/\\\s*)?(\w+)\s*=\s*/;

/** Cuts an escaped label into one piece per variable: at each `\n/\\` (TLC), else at each `\n` (tla-checker). */
function piecesOf(label: string): string[] {
  if (label.startsWith('/\\\\')) return label.split(/\\n(?=\/\\\\)/);
  return /^\w+ =/.test(label) ? [label] : label.split('\\n');
}

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
 * Reads a whole graph. `init`: canonical texts of the initial states, for a dialect that does not mark them.
 * Throws a DotError for text of another shape, for an edge to a node that is never described, and for two nodes that hold
 * the same state, since then the engine does not tell apart what the spec's variables tell.
 */
export function readDot(text: string, init: readonly string[] = []): DotGraph {
  const numbers = new Map<string, number>();
  const numberOf = (node: string): number => {
    let n = numbers.get(node);
    if (n === undefined) numbers.set(node, (n = numbers.size));
    return n;
  };
  const labels = new Map<string, number>();
  const states: string[] = [];
  const marked: number[] = [];
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
    if (/style ?= ?filled\]/.test(node[3]!) && !node[1]!.startsWith('s')) marked.push(n);
  }
  const result = {
    states,
    init: [...new Set([...marked, ...findInit(states, init, numbers)])],
    source: source.done(),
    target: target.done(),
    label: label.done(),
    labels: [...labels.keys()],
  };
  return hasArgs ? { ...result, args } : result;
}

/** Checks that every node is described, and once, and finds the initial states among them. */
function findInit(states: readonly string[], init: readonly string[], numbers: ReadonlyMap<string, number>): number[] {
  const byText = new Map<string, number>();
  for (const [node, n] of numbers) {
    const state = states[n];
    if (state === undefined) throw new DotError(`Node ${node} has edges but no label; the graph was cut short.`);
    if (byText.has(state)) throw new DotError(`Two nodes hold the same state, ${node} is the second: ${state}`);
    byText.set(state, n);
  }
  return init.map((text) => {
    const n = byText.get(text);
    if (n === undefined)
      throw new DotError(`The initial state ${text} is not among the ${states.length} nodes of the graph.`);
    return n;
  });
}

/** `Ref(w1,m1)` as name and arguments. */
function splitLabel(escaped: string): readonly [string, string] {
  const open = escaped.indexOf('(');
  if (open < 0) return [escaped, ''];
  return [escaped.slice(0, open), unescape(escaped.slice(open + 1, escaped.lastIndexOf(')')))];
}
