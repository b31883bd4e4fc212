// Text from outside that does not mean what it should: a trace file, or the answer of an adapter. Whoever reads it knows the
// place (a line, a request) and says so; the readers of the parts only say what is wrong with the part.

/** What is wrong with a piece of text, as the end of a sentence: `"refs" of io 0 is "two", which is not a whole number`. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Most characters of foreign text that a message repeats. */
const QUOTE_MAX = 60;

/** Foreign text for a message: on one line, in quotes or as JSON, and not too long. */
export function quoted(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= QUOTE_MAX ? text : `${text.slice(0, QUOTE_MAX)}…`;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new Malformed(`${what} is ${quoted(value)}, which is not a JSON object`);
  return value;
}

/** Refuses fields that nobody would read: whoever wrote them meant something by them. */
export function refuseOthers(object: JsonObject, known: readonly string[], what: string): void {
  for (const key in object)
    if (!known.includes(key)) throw new Malformed(`${what} has the unknown field ${quoted(key)}`);
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '')
    throw new Malformed(`${what} is ${quoted(value)}, which is not a text`);
  return value;
}

export function wholeOf(value: unknown, most: number, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw new Malformed(`${what} is ${quoted(value)}, which is not a whole number from 0 to ${most}`);
  return value;
}

export function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is ${quoted(value)}, which is neither true nor false`);
  return value;
}

export function wordOf<Word extends string>(value: unknown, words: readonly Word[], what: string): Word {
  if (!(words as readonly unknown[]).includes(value))
    throw new Malformed(`${what} is ${quoted(value)}, which is none of ${words.join(', ')}`);
  return value as Word;
}

export function listOf(value: unknown, most: number, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is ${quoted(value)}, which is not a list`);
  if (value.length > most) throw new Malformed(`${what} has ${value.length} entries; at most ${most} can be`);
  return value;
}

/** The value that a line of JSON stands for. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Malformed(`${quoted(line)} is not JSON`);
  }
}
