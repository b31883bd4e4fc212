// What a program gives to a public function, compared with a description before anything is done with it: JavaScript does not
// look at types, and what slips through is met far from the mistake, as a raw TypeError or as a buffer that nobody can release.
//
// Each public options object has one description beside its interface, `shape<Options>({ key: kind, … })`, which names every key.
// `checkShape` throws InvalidArgument for the first thing that is wrong: a key that is not known (and which one was probably
// meant), a value of another kind, a value out of its range. What depends on several options, or on what is there, is looked at
// by whoever uses them.
//
// Calls that are made a million times a second do not pay for this: their options pass tests by hand (`CallShape`), and the
// description only says what is wrong with those that do not.

import { distance } from 'fastest-levenshtein';
import * as v from 'valibot';
import { InvalidArgument } from './errors.ts';

/** What a value must be; the words stand in the error. */
export type Kind = v.GenericSchema;

/** What a description of a `T` needs: a kind for every key. */
type Entries<T> = { readonly [K in keyof T]-?: Kind };

/** A description of `T`. */
type Described<T> = Kind & { readonly describes?: T };

/** A description of an options object. */
export function shape<T extends object>(entries: Entries<T>): Described<T> {
  return v.strictObject(entries as Record<string, Kind>);
}

/** A description of data that programs keep with additions of their own: other keys are no mistake. */
export function facts<T extends object>(entries: Entries<T>): Described<T> {
  return v.looseObject(entries as Record<string, Kind>);
}

const kind = (words: string, is: (value: unknown) => boolean): Kind => v.custom<unknown>(is, words);

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

/** A whole number from `least` to `most`. */
export function whole(least: number, most = Infinity): Kind {
  const words = most === Infinity ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`;
  return kind(words, (value) => isWhole(value) && value >= least && value <= most);
}

/** A number that need not be whole. */
export const numberFrom = (least: number): Kind =>
  kind(`a number from ${least}`, (value) => typeof value === 'number' && value >= least);

export const TRUTH = kind('true or false', (value) => typeof value === 'boolean');
export const FUNCTION = kind('a function', (value) => typeof value === 'function');
export const TEXT = kind('a text', (value) => typeof value === 'string');

/** A path as the system takes it. */
export const PATH = kind(
  'a path: a text that is not empty and has no NUL in it',
  (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
);

/** Memory that threads share. */
export const SHARED_MEMORY = kind('a SharedArrayBuffer', (value) => value instanceof SharedArrayBuffer);

/** One of some words. */
export function oneOf(...words: readonly string[]): Kind {
  return kind(`one of ${words.map((word) => `'${word}'`).join(', ')}`, (value) => words.includes(value as string));
}

/** Something with these methods; what else it has is its own affair. */
export function having(words: string, ...methods: readonly string[]): Kind {
  return kind(words, (value) => isObject(value) && methods.every((name) => typeof value[name] === 'function'));
}

/** An AbortSignal, or anything that behaves like one. */
export const SIGNAL = kind(
  'an AbortSignal',
  (value) =>
    isObject(value) && typeof value['aborted'] === 'boolean' && typeof value['addEventListener'] === 'function',
);

/** A value that may be left out. */
export const optional = (of: Kind): Kind => v.optional(of);

export const listOf = (of: Kind): Kind => v.array(of);

/** A text alone, or an object that says more. */
export const textOr = (text: Kind, object: Kind): Kind =>
  v.lazy((value: unknown) => (typeof value === 'object' && value !== null ? object : text));

/** An object whose description depends on what it has. */
export const dependingOn = (choose: (value: object) => Kind): Kind =>
  v.lazy((value: unknown) => choose(isObject(value) ? value : {}));

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Compares what was given to `of` with its description. @throws InvalidArgument */
export function checkShape(description: Kind, value: unknown, of: string): void {
  const { issues } = v.safeParse(description, value, { abortEarly: true });
  const issue = issues?.[0];
  if (issue === undefined) return;
  const path = pathOf(issue);
  if (issue.path?.at(-1)?.origin === 'key') {
    if (issue.expected === 'never') throw unknownKey(description, value, issue, of);
    throw new InvalidArgument(`\`${path}\` to be given to ${of}`, 'none', 'Give it: it has no default.');
  }
  const what = path === '' ? of : `\`${path}\` of ${of}`;
  throw new InvalidArgument(`${what} to be ${wordsOf(issue)}`, shown(issue.input), 'Correct it.');
}

const KINDS: Readonly<Record<string, string>> = {
  strict_object: 'an object',
  loose_object: 'an object',
  array: 'a list',
};
const wordsOf = ({ type, message }: v.BaseIssue<unknown>): string => KINDS[type] ?? message;

type Test = (value: unknown) => boolean;

/** The options of calls that are made often: the tests let pass in nanoseconds what nearly all calls give. */
export class CallShape<T extends object> {
  readonly #description: Kind;
  readonly #tests: ReadonlyMap<string, Test>;

  /** Whatever passes a test is of its kind, or is refused by whoever uses it. */
  constructor(entries: { readonly [K in keyof T]-?: { readonly kind: Kind; readonly test: Test } }) {
    const all = Object.entries<{ readonly kind: Kind; readonly test: Test }>(entries);
    this.#description = v.strictObject(Object.fromEntries(all.map(([key, { kind }]) => [key, optional(kind)])));
    this.#tests = new Map(all.map(([key, { test }]) => [key, test]));
  }

  /** @throws InvalidArgument */
  check(options: T, of: string): void {
    if (!this.#passes(options)) checkShape(this.#description, options, of);
  }

  #passes(options: unknown): boolean {
    if (!isObject(options)) return false;
    for (const key in options) {
      const test = this.#tests.get(key);
      if (test === undefined || !(options[key] === undefined || test(options[key]))) return false;
    }
    return true;
  }
}

/** `volumes[1].path`. */
function pathOf({ path }: v.BaseIssue<unknown>): string {
  const texts = (path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return texts.join('').replace(/^\./, '');
}

function unknownKey(description: Kind, value: unknown, issue: v.BaseIssue<unknown>, of: string): InvalidArgument {
  const path = issue.path!;
  const key = String(path.at(-1)!.key);
  const known = keysAt(description, path.slice(0, -1).map(({ key }) => key), value); // prettier-ignore
  const [nearest] = [...known].sort((a, b) => distance(a, key) - distance(b, key));
  const isNear = nearest !== undefined && distance(nearest.toLowerCase(), key.toLowerCase()) <= 2;
  const advice = isNear ? `Did you mean \`${nearest}\`?` : `It knows ${known.map((name) => `\`${name}\``).join(', ')}.`;
  return new InvalidArgument(`only options that ${of} knows`, `\`${pathOf(issue)}\``, advice);
}

/** The keys that the object at a path may have. */
function keysAt(description: Kind, path: readonly unknown[], value: unknown): readonly string[] {
  let at = description;
  let seen = value;
  for (let i = 0; ;) {
    if (at.type === 'optional') at = (at as v.OptionalSchema<Kind, undefined>).wrapped;
    else if (at.type === 'lazy') at = (at as v.LazySchema<Kind>).getter(seen);
    else if (i === path.length) return Object.keys((at as unknown as { entries: object }).entries);
    else {
      const key = path[i++] as string;
      seen = (seen as Record<string, unknown>)[key];
      at = at.type === 'array' ? (at as v.ArraySchema<Kind, undefined>).item : (at as unknown as { entries: Record<string, Kind> }).entries[key]!; // prettier-ignore
    }
  }
}

/** A value in an error: short, with its kind where that is what matters. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
    case 'bigint':
      return `${value}n, a BigInt`;
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'a list' : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
    default:
      return String(value);
  }
}

/** A block by number and volume; whether it is there is looked at later. @throws InvalidArgument */
export function checkPlaceGiven(block: unknown, volume: unknown): void {
  if (typeof block !== 'number') throw new InvalidArgument('a block by its number', shown(block), 'Give a number.');
  if (typeof volume !== 'number') throw new InvalidArgument('a volume by its number', shown(volume), 'Give a number.');
}

/** What a function is to be called with. @throws InvalidArgument */
export function checkFunction(given: unknown, words: string): void {
  if (typeof given !== 'function') throw new InvalidArgument(words, shown(given), 'Give the function.');
}
