// Where two states differ, variable by variable and field by field, from their canonical texts (see `value.ts`).
//
// Records and functions on the same keys are entered, and so are sequences of the same length; sets and everything else are
// compared as a whole. A text that is not canonical is one difference called `state`, never an error: this serves reports.

/** One place in which two states differ; a side without the place has no value. */
export interface FieldDifference {
  /** `io[d1].refs`, `runq[2]` (sequences count from 1), or the bare variable. */
  readonly path: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** A canonical value cut open one level: its bracket, and its parts under the text that leads to them. */
interface Opened {
  readonly bracket: string;
  readonly parts: ReadonlyMap<string, string>;
}

const CLOSING: Readonly<Record<string, string>> = { '<': '>', '{': '}', '[': ']', '(': ')' };

/** The places, with their canonical values, in which two states differ. Empty for equal texts. */
export function differencesOfStates(left: string, right: string): FieldDifference[] {
  if (left === right) return [];
  const l = variablesOf(left);
  const r = variablesOf(right);
  if (l === undefined || r === undefined) return [{ path: 'state', left, right }];
  const found: FieldDifference[] = [];
  for (const name of [...new Set([...l.keys(), ...r.keys()])].sort()) compare(name, l.get(name), r.get(name), found);
  return found;
}

function compare(path: string, left: string | undefined, right: string | undefined, found: FieldDifference[]): void {
  if (left === right) return;
  const l = left === undefined ? undefined : open(left);
  const r = right === undefined ? undefined : open(right);
  if (l === undefined || r === undefined || !isAlike(l, r)) return void found.push({ path, left, right });
  for (const [key, part] of l.parts) compare(path + key, part, r.parts.get(key), found);
}

function isAlike(l: Opened, r: Opened): boolean {
  return (
    l.bracket === r.bracket && l.parts.size === r.parts.size && [...l.parts.keys()].every((key) => r.parts.has(key))
  );
}

/** `a=1;b=2` as a map, or undefined where the text is no canonical state. */
function variablesOf(state: string): Map<string, string> | undefined {
  const variables = new Map<string, string>();
  for (const part of split(state, ';') ?? []) {
    const equals = /^(\w+)=/.exec(part);
    if (equals === null) return undefined;
    variables.set(equals[1]!, part.slice(equals[0].length));
  }
  return variables.size > 0 ? variables : undefined;
}

function open(value: string): Opened | undefined {
  const bracket = value[0]!;
  if (bracket === '{' || CLOSING[bracket] === undefined) return undefined;
  const items = split(value.slice(1, -1), ',');
  if (items === undefined) return undefined;
  const parts = new Map<string, string>();
  items.forEach((item, i) => {
    if (bracket === '<') return parts.set(`[${i + 1}]`, item);
    const [key = '', ...rest] = split(item, ':') ?? [];
    const step = bracket === '[' ? `.${key}` : `[${key.replace(/^#/, '')}]`;
    return parts.set(step, rest.join(':'));
  });
  return { bracket, parts };
}

/** Splits at a separator that stands outside all brackets and strings; undefined where brackets do not match. */
function split(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  const closing: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') {
      while (++i < text.length && text[i] !== '"') if (text[i] === '\\') i++;
    } else if (CLOSING[c] !== undefined) closing.push(CLOSING[c]);
    else if (c === separator && closing.length === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    } else if ('>}])'.includes(c) && closing.pop() !== c) return undefined;
  }
  if (closing.length > 0) return undefined;
  if (text !== '') parts.push(text.slice(from));
  return parts;
}
