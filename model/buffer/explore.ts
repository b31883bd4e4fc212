// Exploration of the buffer machine: all reachable states, claims checked in every state and step, shortest traces. How the
// search goes is in search.ts; actions are tried by client and index, and of a client only those that its place allows.

import type { Action, Outcome } from '../../spec/buffer/vocabulary.ts';
import { ClaimCheck, type Checked } from './claim-check.ts';
import type { Machine } from './machine.ts';
import { Search, stepsTo, type ExplorationOf, type SearchOptions } from '../explorer/search.ts';

export type { Graph } from '../explorer/edges.ts';
export type { Violation } from '../explorer/search.ts';

/** Outcomes by the code that edges carry. */
export const OUTCOMES: readonly Outcome[] = [
  'done',
  'wait',
  'io',
  'cover',
  'again',
  'error',
  'refused',
  'none',
  'clean',
];

/** What an exploration of the buffer machine has seen. */
export type Exploration = ExplorationOf<Machine>;

/** What to keep and what to ask while exploring; nothing by default. */
export interface ExploreOptions extends SearchOptions, Checked {}

/** Explores until everything is seen, a claim fails, or `maxStates` is reached. */
export function explore(machine: Machine, options: ExploreOptions = {}): Exploration {
  return new BufferSearch(machine, new ClaimCheck(machine, options), OUTCOMES).search(options);
}

class BufferSearch extends Search<Machine, Outcome> {
  protected override expand(source: number): void {
    const { machine } = this;
    const { clients } = machine.state;
    for (let c = 0; c < clients.length; c++) this.tryAll(source, machine.candidates(c, clients[c]!.at));
    this.tryAll(source, machine.others);
  }

  protected override perform(index: number): Outcome | undefined {
    return this.machine.performCandidate(index);
  }
}

/** One step of a path from the initial state. */
export interface PathStep {
  readonly action: Action;
  readonly index: number;
  readonly outcome: Outcome;
}

/** The steps of a shortest path from the initial state to `state`. */
export function pathTo(exploration: Exploration, state: number): readonly PathStep[] {
  const { machine, rows } = exploration;
  const into = new Int32Array(machine.rowWords);
  return stepsTo(exploration, state).map(({ source, index }) => {
    const { outcome } = machine.step(rows, source * machine.rowWords, index, into)!;
    return { action: machine.actions[index]!, index, outcome };
  });
}
