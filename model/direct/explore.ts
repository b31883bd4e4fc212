// Exploration of the direct machine: all reachable states, claims checked in every state and step, shortest traces. How the search
// goes is in ../search.ts; actions are tried in the order of the machine.

import type { DirectAction, DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { Search, stepsTo, type ExplorationOf, type SearchOptions } from '../explorer/search.ts';
import { DirectClaimCheck, type DirectChecked } from './claim-check.ts';
import type { DirectMachine } from './machine.ts';

/** Outcomes by the code that edges carry. */
export const DIRECT_OUTCOMES: readonly DirectOutcome[] = ['done', 'io', 'wait', 'again', 'error', 'refused'];

/** What an exploration of the direct machine has seen. */
export type DirectExploration = ExplorationOf<DirectMachine>;

/** What to keep and what to ask while exploring; nothing by default. */
export interface DirectExploreOptions extends SearchOptions, DirectChecked {}

/** Explores until everything is seen, a claim fails, or `maxStates` is reached. */
export function exploreDirect(machine: DirectMachine, options: DirectExploreOptions = {}): DirectExploration {
  return new DirectSearch(machine, new DirectClaimCheck(machine, options), DIRECT_OUTCOMES).search(options);
}

class DirectSearch extends Search<DirectMachine, DirectOutcome> {
  readonly #all = Uint16Array.from(this.machine.actions.keys());

  protected override expand(source: number): void {
    this.tryAll(source, this.#all);
  }

  protected override perform(index: number): DirectOutcome | undefined {
    return this.machine.perform(index);
  }
}

/** One step of a path from the initial state. */
export interface DirectPathStep {
  readonly action: DirectAction;
  readonly index: number;
  readonly outcome: DirectOutcome;
}

/** The steps of a shortest path from the initial state to `state`. */
export function directPathTo(exploration: DirectExploration, state: number): readonly DirectPathStep[] {
  const { machine, rows } = exploration;
  const into = new Int32Array(machine.rowWords);
  return stepsTo(exploration, state).map(({ source, index }) => {
    const { outcome } = machine.step(rows, source * machine.rowWords, index, into)!;
    return { action: machine.actions[index]!, index, outcome };
  });
}
