// Reads `tla/manifest.json`: which configurations there are, which engine runs them, and what each is known to answer.
//
// The expectations are golden data: verdicts, and for complete searches the counts and the hash of the canonical graph. A
// search that ends at a violation has no comparable counts, so none may stand there. Every mistake in the file is a
// ManifestError of one sentence with the file and the place in it; nothing is guessed or skipped.

import { readFileSync } from 'node:fs';
import type { TlaVerdict } from './engine.ts';

const MODES = ['exhaustive', 'violation', 'liveness', 'refinement', 'symmetry', 'large'] as const;
const ENGINES = ['compiled', 'tlc'] as const;
const VERDICTS = ['ok', 'invariant', 'deadlock', 'action-property', 'temporal', 'assert', 'assume'] as const;
const COUNTS = ['distinctStates', 'edges', 'depth'] as const;

/** Modes that stand for a search to the end. Liveness and refinement may also be shown to fail. */
const COMPLETE: ReadonlySet<string> = new Set(['exhaustive', 'symmetry', 'large']);

export type ManifestMode = (typeof MODES)[number];
export type ManifestEngine = (typeof ENGINES)[number];

export interface ManifestExpectation {
  readonly verdict: Extract<TlaVerdict, (typeof VERDICTS)[number]>;
  /** Name of the invariant or property; only with a verdict other than ok. */
  readonly violated?: string;
  readonly distinctStates?: number;
  readonly edges?: number;
  readonly depth?: number;
  /** sha256 in hexadecimal, see `graphHash`. */
  readonly graphHash?: string;
}

export interface ManifestConfig {
  readonly name: string;
  readonly module: string;
  /** File name relative to the manifest. */
  readonly cfg: string;
  readonly mode: ManifestMode;
  readonly engines: readonly ManifestEngine[];
  readonly expect: ManifestExpectation;
}

export interface Manifest {
  /** The module that all others extend. */
  readonly module: string;
  readonly configs: readonly ManifestConfig[];
}

/** A manifest that cannot be used as it is. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

type Json = Readonly<Record<string, unknown>>;

/** Reads and checks the manifest file. */
export function loadManifest(file: string): Manifest {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ManifestError(`${file}: there is no such file.`);
  }
  return readManifest(text, file);
}

/** Reads and checks the manifest's text; `file` names it in messages. */
export function readManifest(text: string, file: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ManifestError(`${file}: it is not JSON (${(error as Error).message}).`);
  }
  const fail: Fail = (place, problem) => {
    throw new ManifestError(`${file}: ${place} ${problem}.`);
  };
  const root = fields(json, 'the manifest', ['module', 'configs'], [], fail);
  const list = root['configs'];
  if (!Array.isArray(list) || list.length === 0) return fail('configs', 'must be a list of at least one configuration');
  const configs = list.map((entry, i) => readConfig(entry, `configs[${i}]`, fail));
  configs.forEach(({ name }, i) => {
    const first = configs.findIndex((other) => other.name === name);
    if (first !== i) fail(`configs[${i}].name`, `'${name}' is already the name of configs[${first}]`);
  });
  return { module: nonEmpty(root['module'], 'module', fail), configs };
}

type Fail = (place: string, problem: string) => never;

/** The object at a place, with all of `required`, perhaps some of `optional`, and nothing else. */
function fields(
  json: unknown,
  place: string,
  required: readonly string[],
  optional: readonly string[],
  fail: Fail,
): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(place, 'must be an object');
  for (const field of required) if (!(field in json)) fail(place, `lacks the field '${field}'`);
  const known = [...required, ...optional];
  const unknown = Object.keys(json).find((field) => !known.includes(field));
  if (unknown !== undefined) fail(place, `has an unknown field '${unknown}'; known are ${known.join(', ')}`);
  return json as Json;
}

function nonEmpty(value: unknown, place: string, fail: Fail): string {
  return typeof value === 'string' && value !== '' ? value : fail(place, 'must be a text that is not empty');
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], place: string, fail: Fail): T {
  const found = allowed.find((word) => word === value);
  return found ?? fail(place, `must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
}

function readConfig(json: unknown, place: string, fail: Fail): ManifestConfig {
  const entry = fields(json, place, ['name', 'module', 'cfg', 'mode', 'engines', 'expect'], [], fail);
  const engines = entry['engines'];
  if (!Array.isArray(engines) || engines.length === 0) return fail(`${place}.engines`, 'must list at least one engine');
  const config: ManifestConfig = {
    name: nonEmpty(entry['name'], `${place}.name`, fail),
    module: nonEmpty(entry['module'], `${place}.module`, fail),
    cfg: nonEmpty(entry['cfg'], `${place}.cfg`, fail),
    mode: oneOf(entry['mode'], MODES, `${place}.mode`, fail),
    engines: engines.map((engine, i) => oneOf(engine, ENGINES, `${place}.engines[${i}]`, fail)),
    expect: readExpectation(entry['expect'], `${place}.expect`, fail),
  };
  const isOk = config.expect.verdict === 'ok';
  if (isOk && config.mode === 'violation') fail(`${place}.expect.verdict`, "cannot be 'ok' in mode violation");
  if (!isOk && COMPLETE.has(config.mode)) fail(`${place}.expect.verdict`, `must be 'ok' in mode ${config.mode}`);
  if (config.mode === 'exhaustive' && config.expect.distinctStates === undefined) {
    fail(`${place}.expect`, "lacks the field 'distinctStates', which mode exhaustive needs");
  }
  return config;
}

function readExpectation(json: unknown, place: string, fail: Fail): ManifestExpectation {
  const entry = fields(json, place, ['verdict'], ['violated', ...COUNTS, 'graphHash'], fail);
  const verdict = oneOf(entry['verdict'], VERDICTS, `${place}.verdict`, fail);
  const named = ['invariant', 'action-property', 'temporal'].includes(verdict);
  if (named && !('violated' in entry)) fail(place, `lacks the field 'violated', which the verdict ${verdict} needs`);
  if (!named && 'violated' in entry) fail(`${place}.violated`, `cannot stand beside the verdict ${verdict}`);
  const result: { -readonly [K in keyof ManifestExpectation]: ManifestExpectation[K] } = { verdict };
  if (named) result.violated = nonEmpty(entry['violated'], `${place}.violated`, fail);
  for (const field of COUNTS) {
    if (!(field in entry)) continue;
    const count = entry[field];
    const isCount = typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
    if (!isCount) return fail(`${place}.${field}`, `must be a whole number, not ${JSON.stringify(count)}`);
    if (verdict !== 'ok') fail(`${place}.${field}`, 'cannot be known for a search that ends at a violation');
    result[field] = count;
  }
  if ('graphHash' in entry) {
    const hash = entry['graphHash'];
    const isHash = typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
    if (!isHash) return fail(`${place}.graphHash`, 'must be a sha256 of 64 hexadecimal digits in lower case');
    if (verdict !== 'ok') fail(`${place}.graphHash`, 'cannot be known for a search that ends at a violation');
    result.graphHash = hash;
  }
  return result;
}
