// TLA+ values as the engines print them, and the one canonical text under which values of different readers are compared.
//
// Both printers are read: tla-checker's (`true`, everything on one line) and TLC's (`TRUE`, wrapped lines, intervals `1..3`).
// Canonical forms: string `"x"`, integer `3`, `true`/`false`, model value `#d1`, sequence `<a,b>`, set `{a,b}` sorted and
// without duplicates, record `[k:v,k2:v2]` sorted by key, function `(#d1:v,#d2:v)` sorted by the text of `key:value`.
// TLA+ does not tell a record from a function on strings, nor a sequence from a function on 1..n; both engines print the
// former where they can, so a function is brought to that form here (the empty function is the empty sequence `<>`).
// A state is `name=value` for each variable, sorted by name and joined with `;`.

/** A TLA+ value as a tree. */
export type Value =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'seq'; readonly items: readonly Value[] }
  | { readonly kind: 'set'; readonly items: readonly Value[] }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [string, Value])[] }
  | { readonly kind: 'function'; readonly entries: readonly (readonly [Value, Value])[] };

/** Text that is not a TLA+ value as an engine prints it. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const SPACE = /\s*/y;
const NUMBER = /-?\d+(?![A-Za-z_])/y;
const NAME = /\w+/y;
const STRING = /"((?:[^"\\]|\\[^])*)"/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' };
const LARGEST_INTERVAL = 100_000;

/** Reads one value; the whole text must be used up. */
export function parseValue(text: string): Value {
  const reader = new ValueReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

/** A cursor over the text of one value. A class because every production moves the same position. */
class ValueReader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail('the end of the value');
  }

  value(): Value {
    this.#space();
    switch (this.#text[this.#at]) {
      case '"':
        return { kind: 'string', text: this.#string() };
      case '<':
        this.#need('<<');
        return { kind: 'seq', items: this.#list('>>') };
      case '{':
        this.#need('{');
        return { kind: 'set', items: this.#list('}') };
      case '[':
        return this.#record();
      case '(':
        return this.#function();
      default:
        return this.#atom();
    }
  }

  #atom(): Value {
    const number = this.#match(NUMBER);
    if (number !== undefined) {
      const low = Number(number[0]);
      return this.#eat('..') ? this.#interval(low) : { kind: 'int', value: low };
    }
    const name = this.#match(NAME)?.[0] ?? this.#fail('a value');
    if (name === 'TRUE' || name === 'true') return { kind: 'bool', value: true };
    if (name === 'FALSE' || name === 'false') return { kind: 'bool', value: false };
    return { kind: 'model', name };
  }

  #interval(low: number): Value {
    this.#space();
    const high = Number(this.#match(NUMBER)?.[0] ?? this.#fail('the upper end of an interval'));
    if (high - low > LARGEST_INTERVAL) this.#fail(`an interval of at most ${LARGEST_INTERVAL} numbers`);
    const items: Value[] = [];
    for (let value = low; value <= high; value++) items.push({ kind: 'int', value });
    return { kind: 'set', items };
  }

  #list(close: string): Value[] {
    const items: Value[] = [];
    if (this.#eat(close)) return items;
    do items.push(this.value());
    while (this.#eat(','));
    this.#need(close);
    return items;
  }

  #record(): Value {
    this.#need('[');
    const fields: (readonly [string, Value])[] = [];
    if (this.#eat(']')) return { kind: 'record', fields };
    do {
      this.#space();
      const key = this.#match(NAME)?.[0] ?? this.#fail('a field name');
      this.#need('|->');
      fields.push([key, this.value()]);
    } while (this.#eat(','));
    this.#need(']');
    return { kind: 'record', fields };
  }

  #function(): Value {
    this.#need('(');
    const entries: (readonly [Value, Value])[] = [];
    if (this.#eat(')')) return { kind: 'function', entries };
    do {
      const key = this.value();
      this.#need(':>');
      entries.push([key, this.value()]);
    } while (this.#eat('@@'));
    this.#need(')');
    return { kind: 'function', entries };
  }

  #string(): string {
    const raw = this.#match(STRING)?.[1] ?? this.#fail('a closing quote');
    return raw.includes('\\') ? raw.replace(/\\([^])/g, (_, c: string) => ESCAPES[c] ?? c) : raw;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #eat(token: string): boolean {
    this.#space();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #need(token: string): void {
    if (!this.#eat(token)) this.#fail(`'${token}'`);
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 40);
    const seen = rest === '' ? 'the text ended' : `'${rest}' follows`;
    throw new ValueError(
      `Expected ${expected} at character ${this.#at} of a TLA+ value, but ${seen}; its printer is unknown.`,
    );
  }
}

/** The canonical text of a value. */
export function canonical(value: Value): string {
  switch (value.kind) {
    case 'string':
      return JSON.stringify(value.text);
    case 'int':
    case 'bool':
      return String(value.value);
    case 'model':
      return `#${value.name}`;
    case 'seq':
      return `<${value.items.map(canonical).join(',')}>`;
    case 'set':
      return `{${[...new Set(value.items.map(canonical))].sort().join(',')}}`;
    case 'record':
      return canonicalRecord(value.fields);
    case 'function':
      return canonicalFunction(value.entries);
  }
}

function canonicalRecord(fields: readonly (readonly [string, Value])[]): string {
  if (fields.length === 0) return '<>';
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return `[${sorted.map(([k, v]) => `${/^\w+$/.test(k) ? k : JSON.stringify(k)}:${canonical(v)}`).join(',')}]`;
}

function canonicalFunction(entries: readonly (readonly [Value, Value])[]): string {
  const named = entries.flatMap(([k, v]) => (k.kind === 'string' ? [[k.text, v] as const] : []));
  if (named.length === entries.length) return canonicalRecord(named);
  const byIndex = new Map(entries.flatMap(([k, v]) => (k.kind === 'int' ? [[k.value, v] as const] : [])));
  const items = entries.flatMap((_, i) => byIndex.get(i + 1) ?? []);
  if (items.length === entries.length) return canonical({ kind: 'seq', items });
  const texts = entries.map(([k, v]) => `${canonical(k)}:${canonical(v)}`);
  return `(${texts.sort().join(',')})`;
}

/** The canonical text of a state from its variables, whose values are canonical already. */
export function canonicalState(variables: Iterable<readonly [name: string, value: string]>): string {
  const sorted = [...variables].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, value]) => `${name}=${value}`).join(';');
}
