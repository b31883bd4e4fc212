// The machine of one shape: its actions, and the step from one packed row to the next.
//
// The explorer works on rows. `load` puts a row into the one mutable state, `perform` tries an action there; `step` is
// both for callers who do not care about the last microsecond.

import type { Action, Outcome, StepStats } from '../../spec/buffer/vocabulary.ts';
import type { ClientAt, Shape } from '../../spec/buffer/snapshot.ts';
import { isRepaired } from './facts.ts';
import { NobodyCanWait } from './release.ts';
import { actionsOf, RULES, type PromiseName, type Rule } from './rules.ts';
import { takeSnapshot, type MutableSnapshot } from './snapshot.ts';
import { PLACES, State } from './state.ts';

/** Why an action cannot happen. */
export interface Refusal {
  readonly reason: 'promise' | 'environment' | 'bound';
  readonly name: string;
}

/** The model itself went wrong at a step. That says nothing of the implementation that is compared with it. */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';

  constructor(action: Action, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`The model broke down at ${JSON.stringify(action)}: ${said}`, { cause });
  }
}

/** The state machine of one shape, over packed rows of 32-bit words. */
export interface Machine {
  readonly shape: Shape;
  /** Every concrete action of the shape in a fixed order; edges refer to it by index. */
  readonly actions: readonly Action[];
  /** 32-bit words of a packed state. */
  readonly rowWords: number;
  /** A copy of the state in which everything begins. */
  initialRow(): Int32Array;
  /** Performs `actions[index]` on the row at `at`, writes the new row to the start of `into`; undefined when it cannot happen. */
  step(
    row: Int32Array,
    at: number,
    index: number,
    into: Int32Array,
  ): { outcome: Outcome; stats: StepStats } | undefined;
  /** Writes the observable state of the row at `at` into `into`. */
  snapshot(row: Int32Array, at: number, into: MutableSnapshot): void;
  /** Why `actions[index]` cannot happen in the row at `at`; undefined when it can. */
  refusal(row: Int32Array, at: number, index: number): Refusal | undefined;
  /** The mutable state that `perform` works on; its words are a row. */
  readonly state: State;
  /** Tries `actions[index]` on `state`: changed in place with its outcome, or untouched and undefined. */
  perform(index: number): Outcome | undefined;
  /** The same for an action that `candidates` or `others` listed for the places where the clients are. */
  performCandidate(index: number): Outcome | undefined;
  /** Indices of the actions that are imaginable while client `c` is at `at`. */
  candidates(c: number, at: ClientAt): Uint16Array;
  /** Indices of the actions that no client performs. */
  readonly others: Uint16Array;
}

/** A machine for `shape`. @throws ShapeTooLarge when a packed row cannot hold it. */
export function createMachine(shape: Shape): Machine {
  const state = new State(shape);
  const initial = state.words.slice();
  const actions = actionsOf(state);
  const moves = actions.map(moveOf);
  const byClient = indexByClient(shape, actions);
  const mayHaveToWait = !isRepaired(state, 'D30');
  const before = initial.slice();
  const load = (row: Int32Array, at: number): void => {
    for (let i = 0; i < state.words.length; i++) state.words[i] = row[at + i]!;
  };

  const machine: Machine = {
    shape,
    actions,
    rowWords: initial.length,
    state,
    initialRow: () => initial.slice(),
    perform: (index) => (isAtPlace(state, actions[index]!) ? machine.performCandidate(index) : undefined),
    performCandidate(index) {
      const { action, guards, next } = moves[index]!;
      if (mayHaveToWait) before.set(state.words);
      try {
        for (let i = 0; i < guards.length; i++) if (!guards[i]!(state, action)) return undefined;
        state.diskRead = 0;
        state.diskWrite = 0;
        return next(state, action);
      } catch (error) {
        if (!mayHaveToWait || !(error instanceof NobodyCanWait)) throw new ModelFault(action, error);
        state.words.set(before);
        return undefined;
      }
    },
    step(row, at, index, into) {
      load(row, at);
      const outcome = machine.perform(index);
      if (outcome === undefined) return undefined;
      into.set(state.words);
      return { outcome, stats: { diskRead: state.diskRead, diskWrite: state.diskWrite } };
    },
    snapshot(row, at, into) {
      load(row, at);
      takeSnapshot(state, into);
    },
    refusal(row, at, index) {
      load(row, at);
      const refusal = refusalOf(state, actions[index]!);
      if (refusal !== undefined || !mayHaveToWait || machine.perform(index) !== undefined) return refusal;
      return { reason: 'bound', name: actions[index]!.kind };
    },
    candidates: (c, at) => byClient.clients[c]!.get(at)!,
    others: byClient.others,
  };
  return machine;
}

/** An action as the explorer performs it: every reason not to happen in one list, asked in this order. */
interface Move {
  readonly action: Action;
  readonly guards: readonly ((s: State, a: Action) => boolean)[];
  readonly next: (s: State, a: Action) => Outcome;
}

const ruleOf = (action: Action): Rule<Action> => RULES[action.kind] as Rule<Action>;

function moveOf(action: Action): Move {
  const { environment, promises, within, next } = ruleOf(action);
  const guards = [environment, ...(promises ?? []).map(([, holds]) => holds), within];
  return { action, guards: guards.filter((guard) => guard !== undefined), next };
}

function isAtPlace(s: State, action: Action): boolean {
  const { at } = ruleOf(action);
  return at === undefined || at.includes(s.clients[(action as { client: number }).client]!.at);
}

function refusalOf(s: State, action: Action): Refusal | undefined {
  const rule = ruleOf(action);
  if (rule.at !== undefined) {
    const at = s.clients[(action as { client: number }).client]!.at;
    if (!rule.at.includes(at)) {
      const careless = rule.careless?.at.includes(at) === true ? rule.careless.breaks : undefined;
      return careless === undefined
        ? { reason: 'environment', name: `at ${at}` }
        : { reason: 'promise', name: careless };
    }
  }
  if (rule.environment !== undefined && !rule.environment(s, action))
    return { reason: 'environment', name: action.kind };
  for (const [name, holds] of rule.promises ?? [])
    if (!holds(s, action)) return { reason: 'promise', name: name satisfies PromiseName };
  if (rule.within !== undefined && !rule.within(s, action)) return { reason: 'bound', name: action.kind };
  return undefined;
}

/** Most actions need their client somewhere else, so the explorer looks them up by place. */
function indexByClient(shape: Shape, actions: readonly Action[]) {
  const clients = shape.clients.map(() => new Map<ClientAt, Uint16Array>());
  const lists = shape.clients.map(() => new Map<ClientAt, number[]>());
  const others: number[] = [];
  for (const list of lists) for (const at of PLACES) list.set(at, []);
  actions.forEach((action, index) => {
    if ('client' in action) for (const at of ruleOf(action).at ?? PLACES) lists[action.client]!.get(at)!.push(index);
    else others.push(index);
  });
  lists.forEach((list, c) => list.forEach((indices, at) => clients[c]!.set(at, Uint16Array.from(indices))));
  return { clients, others: Uint16Array.from(others) };
}
