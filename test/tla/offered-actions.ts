// Leaves out of Next what a cfg never offers.
//
// An action whose first conjunct is `"kind" \in Acts` is false in every state when the cfg's Acts lacks the kind. TLC does
// not mind; tla-checker evaluates every disjunct in every state, and one that is always false costs it as much as one
// that sometimes happens: a quarter of the time of a small configuration. Only such disjuncts go, lines stay where they
// were, and the graph that comes out is held against the model's, which knows nothing of this.

import type { Cfg } from '../kit/tla/cfg.ts';

const GUARDED = /^(\w+)(?:\([^)]*\))? ==\s*\n\s*\/\\ "(\w+)" \\in Acts\b/gm;
const DISJUNCT = /^\s*\\\/ (?:\\E [^:]+ : )*(\w+)(?:\([^)]*\))?\s*$/;

/** `source` with the lines of Next emptied whose action the constant Acts of `cfg` does not offer. */
export function withOfferedActions(source: string, cfg: Cfg): string {
  const acts = cfg.constants.get('Acts');
  if (acts?.kind !== 'value' || acts.value.kind !== 'set') return source;
  const offered = new Set(acts.value.items.map((item) => (item.kind === 'string' ? item.text : '')));
  const kinds = new Map([...source.matchAll(GUARDED)].map(([, operator, kind]) => [operator!, kind!]));
  const lines = source.split('\n');
  const first = lines.findIndex((line) => line.startsWith('Next =='));
  if (first === -1) return source;
  for (let i = first + 1; i < lines.length && !/^\S/.test(lines[i]!); i++) {
    const kind = kinds.get(DISJUNCT.exec(lines[i]!)?.[1] ?? '');
    if (kind !== undefined && !offered.has(kind)) lines[i] = '';
  }
  return lines.join('\n');
}
