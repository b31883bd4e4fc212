// Pieces of the canonical text of a state, letter for letter as `value.ts` makes it of an engine's output: what the writers of
// the machines are made of. Records repeat in thousands of states: a writer writes each once and finds it by a short key.

/** `(#a:…,#b:…)` with its entries in the order of their text; indices keep the shape's order. */
export function functionText<T>(keys: readonly string[], text: (value: T) => string): (values: readonly T[]) => string {
  const order = keys.map((key, i) => [`${key}:`, i] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return (values) => {
    let out = '';
    for (const [key, i] of order) out += `${out === '' ? '(' : ','}${key}${text(values[i]!)}`;
    return out === '' ? '<>' : `${out})`;
  };
}

/** The text under a short key, written when first asked for. */
export function remember(known: Map<string, string>, key: string, write: () => string): string {
  let text = known.get(key);
  if (text === undefined) known.set(key, (text = write()));
  return text;
}

/** `[k:v,…]`, keys in the order of their characters. */
export function record(fields: Readonly<Record<string, string | number | boolean>>): string {
  const keys = Object.keys(fields).sort();
  return `[${keys.map((key) => `${key}:${fields[key]}`).join(',')}]`;
}
