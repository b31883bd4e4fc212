// The direct machine of one shape: its actions, and the step from one packed row to the next.

import type { DirectShape } from '../../spec/direct/snapshot.ts';
import type { DirectAction, DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Refusal } from '../buffer/machine.ts';
import { DIRECT_RULES, directActionsOf, type DirectRule } from './rules.ts';
import { takeDirectSnapshot, type MutableDirectSnapshot } from './snapshot.ts';
import { DirectState } from './state.ts';

/** What a step answers: its outcome, and the fronts whose operation it ended, a bit for each. */
export interface DirectAnswered {
  readonly outcome: DirectOutcome;
  readonly completed: number;
}

/** The state machine of one shape, over packed rows of 32-bit words. */
export interface DirectMachine {
  readonly shape: DirectShape;
  /** Every concrete action of the shape in a fixed order; edges refer to it by index. */
  readonly actions: readonly DirectAction[];
  /** 32-bit words of a packed state. */
  readonly rowWords: number;
  /** A copy of the state in which everything begins. */
  initialRow(): Int32Array;
  /** Performs `actions[index]` on the row at `at`, writes the new row to the start of `into`; undefined when it cannot happen. */
  step(row: Int32Array, at: number, index: number, into: Int32Array): DirectAnswered | undefined;
  /** Writes the observable state of the row at `at` into `into`. */
  snapshot(row: Int32Array, at: number, into: MutableDirectSnapshot): void;
  /** Why `actions[index]` cannot happen in the row at `at`; undefined when it can. */
  refusal(row: Int32Array, at: number, index: number): Refusal | undefined;
  /** The mutable state that `perform` works on; its words are a row. */
  readonly state: DirectState;
  /** Tries `actions[index]` on `state`: changed in place with its outcome, or untouched and undefined. */
  perform(index: number): DirectOutcome | undefined;
}

/** A machine for `shape`. @throws ShapeTooLarge when a packed row cannot hold it. */
export function createDirectMachine(shape: DirectShape): DirectMachine {
  const state = new DirectState(shape);
  const initial = state.words.slice();
  const actions = directActionsOf(state);
  const moves = actions.map(moveOf);
  const load = (row: Int32Array, at: number): void => {
    for (let i = 0; i < state.words.length; i++) state.words[i] = row[at + i]!;
  };

  const machine: DirectMachine = {
    shape,
    actions,
    rowWords: initial.length,
    state,
    initialRow: () => initial.slice(),
    perform(index) {
      const { action, guards, next } = moves[index]!;
      for (let i = 0; i < guards.length; i++) if (!guards[i]!(state, action)) return undefined;
      state.completed = 0;
      return next(state, action);
    },
    step(row, at, index, into) {
      load(row, at);
      const outcome = machine.perform(index);
      if (outcome === undefined) return undefined;
      into.set(state.words);
      return { outcome, completed: state.completed };
    },
    snapshot(row, at, into) {
      load(row, at);
      takeDirectSnapshot(state, into);
    },
    refusal(row, at, index) {
      load(row, at);
      return refusalOf(state, actions[index]!);
    },
  };
  return machine;
}

/** An action as the explorer performs it: every reason not to happen in one list, asked in this order. */
interface Move {
  readonly action: DirectAction;
  readonly guards: readonly ((s: DirectState, a: DirectAction) => boolean)[];
  readonly next: (s: DirectState, a: DirectAction) => DirectOutcome;
}

const ruleOf = (action: DirectAction): DirectRule<DirectAction> =>
  DIRECT_RULES[action.kind] as DirectRule<DirectAction>;

function moveOf(action: DirectAction): Move {
  const { environment, promises, within, next } = ruleOf(action);
  const guards = [environment, ...(promises ?? []).map(([, holds]) => holds), within];
  return { action, guards: guards.filter((guard) => guard !== undefined), next };
}

function refusalOf(s: DirectState, action: DirectAction): Refusal | undefined {
  const { environment, promises, within } = ruleOf(action);
  if (environment !== undefined && !environment(s, action)) return { reason: 'environment', name: action.kind };
  for (const [name, holds] of promises ?? []) if (!holds(s, action)) return { reason: 'promise', name };
  if (within !== undefined && !within(s, action)) return { reason: 'bound', name: action.kind };
  return undefined;
}
