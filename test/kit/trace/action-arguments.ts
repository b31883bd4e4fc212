// Actions as text and as numbers: which arguments each kind has, how an action is read from JSON, and which number a machine
// gave it. Traces and the protocol for foreign implementations share this reading.

import type { Machine } from '../../../model/index.ts';
import type { Shape } from '../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type Action, type ActionKind } from '../../../spec/buffer/vocabulary.ts';
import { Malformed, quoted, type JsonObject } from './malformed.ts';

export type Argument = 'client' | 'io' | 'volume' | Flag;
export type Flag = 'ahead' | 'undoReclaim' | 'reclaim' | 'error';

const BY_KIND: Partial<Record<ActionKind, readonly Argument[]>> = {
  ioRead: ['client', 'io', 'ahead'],
  ioNew: ['client', 'io'],
  unload: ['client', 'io'],
  release: ['client', 'undoReclaim'],
  ioFlush: ['client', 'reclaim'],
  undoLaid: ['client', 'error'],
  readDone: ['io', 'error'],
  writeDone: ['io', 'error'],
  flushDone: ['volume', 'error'],
  ioFlushMark: ['volume'],
  cleanLoose: [],
  ioInval: ['io'],
  ioClearErrorNoassert: ['io'],
  recycle: ['io'],
  writeBack: ['io'],
  clusterPull: ['io'],
  ioStart: ['io'],
  ioFsync: ['io'],
  ioSync: ['io'],
  ioMovedeps: ['io'],
  ioCheckread: ['io'],
  ioCountdeps: ['io'],
};

/** The arguments of each kind, in the order in which they are written. */
export const ARGUMENTS: ReadonlyMap<ActionKind, readonly Argument[]> = new Map(
  ACTION_KINDS.map((kind) => [kind, BY_KIND[kind] ?? ['client']]),
);

/** An action with its arguments in a settled order, ready for JSON. */
export function plainAction(action: Action): JsonObject {
  const plain: Record<string, unknown> = { kind: action.kind };
  for (const name of ARGUMENTS.get(action.kind)!) plain[name] = action[name as keyof Action];
  return plain;
}

/** The action that a JSON object means in a shape. Every argument must be there, and nothing else. */
export function readAction(given: JsonObject, shape: Shape): Action {
  const kind = given['kind'] as ActionKind;
  const names = ARGUMENTS.get(kind);
  if (names === undefined) throw new Malformed(`${quoted(given['kind'])} is not an action kind`);
  for (const name of names) if (!fits(given[name], name, shape)) throw new Malformed(unfit(given[name], name, kind));
  let surplus = -1 - names.length;
  for (const _ in given) surplus++;
  if (surplus > 0) {
    const odd = Object.keys(given).find((key) => key !== 'kind' && !(names as readonly string[]).includes(key));
    throw new Malformed(`${kind} has no argument ${quoted(odd)}`);
  }
  return given as unknown as Action;
}

function fits(value: unknown, name: Argument, shape: Shape): boolean {
  if (name === 'client') return isIndex(value, shape.clients);
  if (name === 'io') return isIndex(value, shape.blocks);
  if (name === 'volume') return isIndex(value, shape.volumes);
  return typeof value === 'boolean';
}

function isIndex(value: unknown, list: readonly unknown[]): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < list.length;
}

function unfit(value: unknown, name: Argument, kind: ActionKind): string {
  const must = name === 'client' || name === 'io' || name === 'volume' ? `the index of a ${name}` : 'true or false';
  return `"${name}" of ${kind} is ${quoted(value)}; it must be ${must}`;
}

/** Finds the number of an action in `machine.actions` without comparing texts. */
export class ActionTable {
  readonly #numbers = new Map<ActionKind, Map<number, number>>();

  constructor(machine: Machine) {
    machine.actions.forEach((action, index) => {
      const kind = action.kind;
      if (!this.#numbers.has(kind)) this.#numbers.set(kind, new Map());
      this.#numbers.get(kind)!.set(keyOf(action), index);
    });
  }

  /** The number; undefined where the shape has no such action. */
  indexOf(action: Action): number | undefined {
    return this.#numbers.get(action.kind)?.get(keyOf(action));
  }
}

type AnyArguments = { readonly [A in Argument]?: A extends Flag ? boolean : number };

/** The arguments of one kind packed into a number; each is far below its room here (see LIMITS of the model). */
function keyOf(action: Action): number {
  const given = action as AnyArguments;
  const flag = given.ahead === true || given.undoReclaim === true || given.reclaim === true || given.error === true;
  return (((given.client ?? 0) * 64 + (given.io ?? 0)) * 64 + (given.volume ?? 0)) * 2 + (flag ? 1 : 0);
}
