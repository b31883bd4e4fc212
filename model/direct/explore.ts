// Breadth-first exploration of the direct machine: all reachable states, claims checked in every state and step, shortest traces.
//
// Counted as the explorer of the buffer machine counts (../explore.ts): states in queue order, actions in the order of the
// machine, the initial state alone is depth 1. Numbers, traces and counts are the same on every run.

import type { DirectAction, DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Graph } from '../explore.ts';
import type { Violation } from '../claim-check.ts';
import { Edges } from '../edges.ts';
import { StateTable } from '../state-table.ts';
import { DirectClaimCheck, type DirectChecked } from './claim-check.ts';
import type { DirectMachine } from './machine.ts';

/** Outcomes by the code that edges carry. */
export const DIRECT_OUTCOMES: readonly DirectOutcome[] = ['done', 'io', 'wait', 'again', 'error', 'refused'];
const CODES = Object.fromEntries(DIRECT_OUTCOMES.map((outcome, code) => [outcome, code])) as Readonly<
  Record<DirectOutcome, number>
>;

/** What an exploration has seen. States are numbered in the order in which they were found; 0 is the initial one. */
export interface DirectExploration {
  readonly machine: DirectMachine;
  readonly distinct: number;
  readonly transitions: number;
  readonly depth: number;
  /** Every reachable state was expanded. */
  readonly complete: boolean;
  readonly rows: Int32Array;
  /** The state from which each state was first reached; -1 for the initial one. */
  readonly parent: Int32Array;
  /** By which action. */
  readonly via: Uint16Array;
  readonly graph?: Graph;
  readonly violation?: Violation;
  /** Claim id to the number of states or steps in which it applied. */
  readonly applied: ReadonlyMap<string, number>;
  /** Goal id to the first state that reached it. */
  readonly goals: ReadonlyMap<string, number>;
  /** Memory of the search itself, graph not counted, per distinct state. */
  readonly bytesPerState: number;
}

/** What to keep and what to ask while exploring; nothing by default. */
export interface DirectExploreOptions extends DirectChecked {
  /** Keep the edges. */
  readonly graph?: boolean;
  readonly maxStates?: number;
  /** Told now and then how many states were found. */
  readonly onProgress?: (distinct: number) => void;
}

/** Explores until everything is seen, a claim fails, or `maxStates` is reached. */
export function exploreDirect(machine: DirectMachine, options: DirectExploreOptions = {}): DirectExploration {
  const search = new Search(machine, options);
  const complete = search.run(options.maxStates ?? Infinity, options.onProgress);
  const { table, claims } = search;
  const distinct = table.size;
  const parent = Int32Array.from(search.parent);
  const via = Uint16Array.from(search.via);
  return {
    machine,
    distinct,
    transitions: search.transitions,
    depth: search.depth,
    complete: complete && claims.violation === undefined,
    rows: table.rows.subarray(0, distinct * machine.rowWords),
    parent,
    via,
    ...(search.edges && { graph: search.edges.finish() }),
    ...(claims.violation && { violation: claims.violation }),
    applied: claims.applied(),
    goals: claims.goals,
    bytesPerState: (table.bytes + parent.byteLength + via.byteLength) / distinct,
  };
}

/** One search: the states in order of discovery are its queue. */
class Search {
  readonly table: StateTable;
  readonly parent: number[] = [];
  readonly via: number[] = [];
  readonly edges: Edges | undefined;
  readonly claims: DirectClaimCheck;
  transitions = 0;
  depth = 1;
  private readonly machine: DirectMachine;

  constructor(machine: DirectMachine, options: DirectExploreOptions) {
    this.machine = machine;
    this.table = new StateTable(machine.rowWords);
    this.edges = options.graph === true ? new Edges() : undefined;
    this.claims = new DirectClaimCheck(machine, options);
  }

  /** Expands every state; false when it stopped at `maxStates`. */
  run(maxStates: number, onProgress: ((distinct: number) => void) | undefined): boolean {
    const { machine, table, claims } = this;
    const { words } = machine.state;
    words.set(machine.initialRow());
    this.found(-1, 0);
    let levelEnd = 1;
    for (let source = 0; source < table.size && claims.violation === undefined; source++) {
      if (source === levelEnd) {
        this.depth += 1;
        levelEnd = table.size;
      }
      if (table.size > maxStates) return false;
      if (onProgress !== undefined && (source & 0x3fff) === 0) onProgress(table.size);
      this.restore(source);
      claims.leave();
      this.expand(source);
    }
    return true;
  }

  /** Tries every action on the scratch state, which is `source` before and after. */
  private expand(source: number): void {
    const { machine, claims } = this;
    for (let index = 0; index < machine.actions.length; index++) {
      const outcome = machine.perform(index);
      if (outcome === undefined) continue;
      this.transitions += 1;
      claims.step(source, index, outcome);
      const target = this.found(source, index);
      this.edges?.push(source, target, index, CODES[outcome]);
      this.restore(source);
      if (claims.violation !== undefined) return;
    }
  }

  /** The number of the scratch state, which came from `source`. */
  private found(source: number, index: number): number {
    const known = this.table.size;
    const target = this.table.intern(this.machine.state.words);
    if (target === known) {
      this.parent.push(source);
      this.via.push(index);
      this.claims.state(target);
    }
    return target;
  }

  private restore(source: number): void {
    const { words } = this.machine.state;
    const base = source * words.length;
    for (let i = 0; i < words.length; i++) words[i] = this.table.rows[base + i]!;
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
  const { machine, parent, via, rows } = exploration;
  const into = new Int32Array(machine.rowWords);
  const path: DirectPathStep[] = [];
  for (let at = state; parent[at]! >= 0; at = parent[at]!) {
    const index = via[at]!;
    const step = machine.step(rows, parent[at]! * machine.rowWords, index, into);
    path.push({ action: machine.actions[index]!, index, outcome: step!.outcome });
  }
  return path.reverse();
}
