// The protocol for foreign implementations, version 1: the requests as they are written and the answers as they are read.
// `PROTOCOL.md` is the page for people. Answers come from a program that is under suspicion, so reading is strict: an unknown
// field, a word outside the vocabulary or an id that was not asked for is a fault of the adapter, told with the request.

import { OUTCOMES } from '../../../model/index.ts';
import {
  ACTION_KINDS,
  type Action,
  type ActionKind,
  type Outcome,
  type StepStats,
} from '../../../spec/buffer/vocabulary.ts';
import type { Shape } from '../../../spec/buffer/snapshot.ts';
import { PROMISES } from '../../../src/core/errors.ts';
import { plainAction } from '../trace/action-arguments.ts';
import {
  flagOf, isObject, listOf, Malformed, objectOf, parseJson, quoted, refuseOthers, textOf, wholeOf, wordOf, type JsonObject,
} from '../trace/malformed.ts'; // prettier-ignore
import { plainShape } from '../trace/shape-text.ts';
import { FIELD_NAMES } from '../trace/state-change.ts';

/** The version of the protocol that both sides must speak. */
export const PROTOCOL_VERSION = 1;

/** What an adapter says about itself and the implementation behind it. */
export interface Hello {
  readonly name: string;
  /** Actions that it can perform. */
  readonly actions: readonly ActionKind[];
  /** Fields of the snapshot that it can show. */
  readonly fields: readonly string[];
  /** It counts the bytes that a step reads and writes. */
  readonly stats: boolean;
  /** It knows whom a step wakes. */
  readonly woken: boolean;
  /** It notices and names broken promises, without harm. */
  readonly promises: boolean;
}

/** The answer to one action. `state` is what changed, or more. */
export type Performed =
  | {
      readonly outcome: Outcome;
      readonly stats: StepStats | undefined;
      readonly woken: readonly number[] | undefined;
      readonly state: unknown;
    }
  | { readonly broken: string; readonly state: unknown }
  | { readonly notOffered: string }
  | { readonly failed: string };

export function helloRequest(id: number, shape: Shape): string {
  return JSON.stringify({ id, request: 'hello', protocol: PROTOCOL_VERSION, shape: plainShape(shape) });
}

export function resetRequest(id: number): string {
  return JSON.stringify({ id, request: 'reset' });
}

export function performRequest(id: number, action: Action): string {
  return JSON.stringify({ id, request: 'perform', ...plainAction(action) });
}

/** The object in a line, which must answer the request `id`. */
export function readAnswer(line: string, id: number): JsonObject {
  const answer = objectOf(parseJson(line), 'the answer');
  if (answer['id'] !== id) throw new Malformed(`"id" is ${quoted(answer['id'])}, but the request was ${id}`);
  return answer;
}

/** What a hello answers; or that the implementation cannot have this shape, and why. */
export function readHello(answer: JsonObject): Hello | { readonly unable: string } {
  if ('unable' in answer) {
    refuseOthers(answer, ['id', 'unable'], 'the answer');
    return { unable: textOf(answer['unable'], '"unable"') };
  }
  refuseOthers(answer, ['id', 'protocol', 'name', 'actions', 'fields', 'stats', 'woken', 'promises'], 'the answer');
  if (answer['protocol'] !== PROTOCOL_VERSION)
    throw new Malformed(`"protocol" is ${quoted(answer['protocol'])}; this side speaks version ${PROTOCOL_VERSION}`);
  const words = <Word extends string>(field: string, known: readonly Word[]): Word[] =>
    listOf(answer[field], known.length, `"${field}"`).map((word) => wordOf(word, known, `an entry of "${field}"`));
  const actions = words('actions', ACTION_KINDS);
  if (actions.length === 0) throw new Malformed('"actions" is empty: nothing could be checked');
  return {
    name: textOf(answer['name'], '"name"'),
    actions,
    fields: words('fields', FIELD_NAMES),
    stats: flagOf(answer['stats'], '"stats"'),
    woken: flagOf(answer['woken'], '"woken"'),
    promises: flagOf(answer['promises'], '"promises"'),
  };
}

/** The state beside the confirmation of a reset, if the adapter sends one. */
export function readReset(answer: JsonObject): unknown {
  refuseOthers(answer, ['id', 'state'], 'the answer');
  return answer['state'];
}

export function readPerformed(answer: JsonObject, hello: Hello, clients: number): Performed {
  if ('outcome' in answer) {
    refuseOthers(answer, ['id', 'outcome', 'stats', 'woken', 'state'], 'the answer');
    return {
      outcome: wordOf(answer['outcome'], OUTCOMES, '"outcome"'),
      stats: hello.stats ? readStats(answer['stats']) : undefined,
      woken: hello.woken ? readWoken(answer['woken'], clients) : undefined,
      state: answer['state'],
    };
  }
  if ('broken' in answer) {
    refuseOthers(answer, ['id', 'broken', 'state'], 'the answer');
    return { broken: wordOf(answer['broken'], PROMISE_NAMES, '"broken"'), state: answer['state'] };
  }
  refuseOthers(answer, ['id', 'notOffered', 'failed'], 'the answer');
  if ('notOffered' in answer) return { notOffered: textOf(answer['notOffered'], '"notOffered"') };
  if ('failed' in answer) return { failed: textOf(answer['failed'], '"failed"') };
  throw new Malformed('there is neither "outcome" nor "broken", "notOffered" or "failed"');
}

const PROMISE_NAMES = Object.keys(PROMISES);
const NO_STATS: StepStats = { diskRead: 0, diskWrite: 0 };
const NOBODY: readonly number[] = [];

/** Left out when nothing was read or written. */
function readStats(given: unknown): StepStats {
  if (given === undefined) return NO_STATS;
  if (!isObject(given)) throw new Malformed(`"stats" is ${quoted(given)}, which is not a JSON object`);
  refuseOthers(given, ['diskRead', 'diskWrite'], '"stats"');
  const bytes = (name: string): number => wholeOf(given[name] ?? 0, Number.MAX_SAFE_INTEGER, `"${name}"`);
  return { diskRead: bytes('diskRead'), diskWrite: bytes('diskWrite') };
}

/** Left out when nobody was woken. */
function readWoken(given: unknown, clients: number): readonly number[] {
  if (given === undefined) return NOBODY;
  return listOf(given, clients, '"woken"').map((client) => wholeOf(client, clients - 1, 'an entry of "woken"'));
}
