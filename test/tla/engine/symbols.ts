// What the grammar calls a symbol, and under which name it is known here: `=<`, `<=` and `\leq` are one operator.

import type { Node } from './syntax.ts';

const NAMES: Readonly<Record<string, string>> = {
  eq: '=', neq: '#', in: '\\in', notin: '\\notin', subseteq: '\\subseteq', cup: '\\cup', cap: '\\cap', setminus: '\\',
  land: '/\\', lor: '\\/', implies: '=>', iff: '<=>', equiv: '<=>', lnot: '~', times: '\\X', powerset: 'SUBSET', union: 'UNION',
  domain: 'DOMAIN', plus: '+', minus: '-', mul: '*', pow: '^', lt: '<', gt: '>', leq: '=<', geq: '>=', mod: '%', div: '\\div',
  dots_2: '..', negative: '-.', circ: '\\o', map_to: ':>', compose: '@@',
}; // prettier-ignore

/** The name of an operator: an identifier, or a symbol by itself or wrapped. */
export function symbolName(node: Node): string {
  if (node.type.endsWith('_op_symbol')) return symbolName(node.children[0]!);
  if (node.type === 'identifier' || node.type === 'identifier_ref') return node.text;
  return NAMES[node.type] ?? node.text;
}

/** The text that a string of TLA+ stands for. */
export function unescaped(text: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };
  return text.replace(/\\(.)/g, (_, character: string) => known[character] ?? character);
}
