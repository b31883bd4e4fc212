// Values as text: as TLA+ writes them, for people, and canonically, as the kit compares states of different readers with each
// other (`test/kit/tla/value.ts` says what is canonical).

import { SetValue } from './sets.ts';
import { Atom, Fcn, Seq, type Value } from './values.ts';

/** As TLA+ writes it. */
export function show(value: Value): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') return String(value);
  if (value instanceof Atom) return value.kind === 'model' ? value.text : JSON.stringify(value.text);
  if (value instanceof Seq) return `<<${value.values.map(show).join(', ')}>>`;
  if (value instanceof Fcn) {
    const { keys } = value.domain;
    const entries = value.values.map((one, i) => [keys[i]!, show(one)] as const);
    if (isRecord(value)) return `[${entries.map(([key, text]) => `${(key as Atom).text} |-> ${text}`).join(', ')}]`;
    return `(${entries.map(([key, text]) => `${show(key)} :> ${text}`).join(' @@ ')})`;
  }
  return value.written ?? `{${value.items().map(show).join(', ')}}`;
}

const isRecord = (value: Fcn): boolean =>
  value.domain.keys.every((key) => key instanceof Atom && key.kind === 'string');

/** The canonical text; texts of functions, which recur in thousands of states, are kept. */
export class CanonicalText {
  readonly #known = new Map<Value, string>();

  of(value: Value): string {
    if (typeof value === 'boolean' || typeof value === 'number') return String(value);
    if (value instanceof Atom) return value.kind === 'model' ? `#${value.text}` : JSON.stringify(value.text);
    let text = this.#known.get(value);
    if (text === undefined) this.#known.set(value, (text = this.#write(value)));
    return text;
  }

  #write(value: Fcn | Seq | SetValue): string {
    if (value instanceof Seq) return `<${value.values.map((one) => this.of(one)).join(',')}>`;
    if (value instanceof SetValue) {
      return `{${value
        .items()
        .map((one) => this.of(one))
        .sort()
        .join(',')}}`;
    }
    const { keys } = value.domain;
    if (isRecord(value)) {
      const fields = keys.map((key, i) => [(key as Atom).text, this.of(value.values[i]!)] as const);
      return `[${fields
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => `${key}:${text}`)
        .join(',')}]`;
    }
    return `(${keys
      .map((key, i) => `${this.of(key)}:${this.of(value.values[i]!)}`)
      .sort()
      .join(',')})`;
  }
}
