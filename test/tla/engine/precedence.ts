// Which operators may stand beside each other without parentheses: the precedence ranges of the language, and which operators
// associate. Where ranges overlap and the operators do not associate, TLA+ demands parentheses, for good reason: a reader could
// take `A /\ B \/ C` either way. The items of a bulleted list stand for themselves.

import { SpecificationError } from './errors.ts';
import type { Node } from './syntax.ts';

type Range = readonly [low: number, high: number];

/** By the grammar's names of the symbols. */
const INFIX: Readonly<Record<string, Range>> = {
  implies: [1, 1], plus_arrow: [2, 2], equiv: [2, 2], iff: [2, 2], leads_to: [2, 2], land: [3, 3], lor: [3, 3],
  eq: [5, 5], neq: [5, 5], lt: [5, 5], gt: [5, 5], leq: [5, 5], geq: [5, 5], in: [5, 5], notin: [5, 5], subseteq: [5, 5],
  subset: [5, 5], supset: [5, 5], supseteq: [5, 5], prec: [5, 5], preceq: [5, 5], succ: [5, 5], succeq: [5, 5], sim: [5, 5],
  compose: [6, 6], map_to: [7, 7], map_from: [7, 7], setminus: [8, 8], cap: [8, 8], cup: [8, 8], dots_2: [9, 9],
  dots_3: [9, 9], plus: [10, 10], plusplus: [10, 10], oplus: [10, 10], mod: [10, 11], modmod: [10, 11], vert: [10, 11],
  minus: [11, 11], minusminus: [11, 11], ominus: [11, 11], mul: [13, 13], mulmul: [13, 13], slash: [13, 13],
  slashslash: [13, 13], div: [13, 13], circ: [13, 13], bullet: [13, 13], star: [13, 13], otimes: [13, 13], odot: [13, 13],
  amp: [13, 13], ampamp: [13, 13], times: [10, 13], pow: [14, 14], powpow: [14, 14],
}; // prettier-ignore

const ASSOCIATIVE = new Set([
  'land', 'lor', 'compose', 'cap', 'cup', 'plus', 'plusplus', 'oplus', 'minus', 'minusminus', 'mul', 'mulmul', 'circ',
  'bullet', 'star', 'otimes', 'odot', 'amp', 'ampamp', 'times', 'vert', 'ominus',
]); // prettier-ignore

/** Throws at the first pair of operators that needs parentheses. */
export function checkPrecedence(node: Node): void {
  if (node.type === 'bound_infix_op') checkOperands(node);
  for (const child of node.children) checkPrecedence(child);
}

function checkOperands(node: Node): void {
  const symbol = symbolOf(node);
  const range = INFIX[symbol.type];
  if (range === undefined) return;
  for (const operand of node.children) {
    if (operand.field !== 'lhs' && operand.field !== 'rhs') continue;
    const inner = rangeOf(operand);
    if (inner === undefined || inner.range[1] < range[0] || inner.range[0] > range[1]) continue;
    const leans = operand.field === 'lhs' && inner.type === symbol.type && ASSOCIATIVE.has(symbol.type);
    if (leans) continue;
    const text = `${inner.text} and ${symbol.text} stand side by side without parentheses; TLA+ does not say which binds tighter.`;
    throw new SpecificationError('precedence', symbol.position, text);
  }
}

function rangeOf(node: Node): { type: string; text: string; range: Range } | undefined {
  if (node.type !== 'bound_infix_op') return undefined;
  const { type, text } = symbolOf(node);
  const range = INFIX[type];
  return range === undefined ? undefined : { type, text, range };
}

const symbolOf = (node: Node): Node => node.children.find(({ field }) => field === 'symbol')!;
