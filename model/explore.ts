// Breadth-first exploration of a machine: all reachable states, claims checked in every state and step, shortest traces.
//
// The order of discovery is fixed (states in queue order, actions by client and index), so numbers, traces and counts are
// the same on every run. Depth is counted as TLC does: the initial state alone is depth 1.

import type { Goal, Invariant, Property } from '../spec/claim.ts';
import type { Action, Outcome } from '../spec/vocabulary.ts';
import { ClaimCheck, type Violation } from './claim-check.ts';
import type { Machine } from './machine.ts';
import { Edges, grown } from './edges.ts';
import { StateTable } from './state-table.ts';

export type { Violation } from './claim-check.ts';

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
const CODES = Object.fromEntries(OUTCOMES.map((outcome, code) => [outcome, code])) as Readonly<Record<Outcome, number>>;

/** Edges in order of their source; edge i leads from source[i] to target[i] by actions[action[i]]. */
export interface Graph {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly action: Uint16Array;
  readonly outcome: Uint8Array;
  readonly length: number;
}

/** What an exploration has seen. States are numbered in the order in which they were found; 0 is the initial one. */
export interface Exploration {
  readonly machine: Machine;
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
export interface ExploreOptions {
  /** Keep the edges. */
  readonly graph?: boolean;
  readonly invariants?: readonly Invariant[];
  readonly properties?: readonly Property[];
  readonly goals?: readonly Goal[];
  readonly maxStates?: number;
  /** Told now and then how many states were found. */
  readonly onProgress?: (distinct: number) => void;
}

/** Explores until everything is seen, a claim fails, or `maxStates` is reached. */
export function explore(machine: Machine, options: ExploreOptions = {}): Exploration {
  const search = new Search(machine, options);
  const complete = search.run(options.maxStates ?? Infinity, options.onProgress);
  const { table, tree, claims } = search;
  const distinct = table.size;
  const graph = search.edges?.finish();
  return {
    machine,
    distinct,
    transitions: search.transitions,
    depth: search.depth,
    complete: complete && claims.violation === undefined,
    rows: table.rows.subarray(0, distinct * machine.rowWords),
    parent: tree.parent.subarray(0, distinct),
    via: tree.via.subarray(0, distinct),
    ...(graph && { graph }),
    ...(claims.violation && { violation: claims.violation }),
    applied: claims.applied(),
    goals: claims.goals,
    bytesPerState: (table.bytes + tree.bytes) / distinct,
  };
}

/** One search: the states in order of discovery are its queue. */
class Search {
  readonly table: StateTable;
  readonly tree = new Tree();
  readonly edges: Edges | undefined;
  readonly claims: ClaimCheck;
  transitions = 0;
  depth = 1;
  private readonly machine: Machine;

  constructor(machine: Machine, options: ExploreOptions) {
    this.machine = machine;
    this.table = new StateTable(machine.rowWords);
    this.edges = options.graph === true ? new Edges() : undefined;
    this.claims = new ClaimCheck(machine, options);
  }

  /** Expands every state; false when it stopped at `maxStates`. */
  run(maxStates: number, onProgress: ((distinct: number) => void) | undefined): boolean {
    const { machine, table, claims } = this;
    const { state, rowWords } = machine;
    state.words.set(machine.initialRow());
    table.intern(state.words);
    this.tree.push(-1, 0);
    claims.leave();
    claims.state(0);
    let levelEnd = 1;
    for (let source = 0; source < table.size && claims.violation === undefined; source++) {
      if (source === levelEnd) {
        this.depth += 1;
        levelEnd = table.size;
      }
      if (table.size > maxStates) return false;
      if (onProgress !== undefined && (source & 0x3fff) === 0) onProgress(table.size);
      restore(state.words, table.rows, source * rowWords);
      claims.leave();
      for (let c = 0; c < state.clients.length; c++) this.expand(source, machine.candidates(c, state.clients[c]!.at));
      this.expand(source, machine.others);
    }
    return true;
  }

  /** Tries the actions `indices` on the scratch state, which is `source` before and after. */
  private expand(source: number, indices: Uint16Array): void {
    const { machine, table, tree, edges, claims } = this;
    const { words } = machine.state;
    const base = source * words.length;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      const outcome = machine.performCandidate(index);
      if (outcome === undefined) continue;
      this.transitions += 1;
      const known = table.size;
      const target = isSame(words, table.rows, base) ? source : table.intern(words);
      claims.step(source, index, outcome, target !== source);
      if (target === known) {
        tree.push(source, index);
        claims.state(target);
      }
      if (edges !== undefined) edges.push(source, target, index, CODES[outcome]);
      restore(words, table.rows, base);
      if (claims.violation !== undefined) return;
    }
  }
}

/** Hooks, hints and refusals often change nothing; seeing that costs less than a look into the table. */
function isSame(words: Int32Array, rows: Int32Array, base: number): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== rows[base + i]) return false;
  return true;
}

function restore(words: Int32Array, rows: Int32Array, base: number): void {
  for (let i = 0; i < words.length; i++) words[i] = rows[base + i]!;
}

/** One step of a path from the initial state. */
export interface PathStep {
  readonly action: Action;
  readonly index: number;
  readonly outcome: Outcome;
}

/** The steps of a shortest path from the initial state to `state`. */
export function pathTo(exploration: Exploration, state: number): readonly PathStep[] {
  const { machine, parent, via, rows } = exploration;
  const into = new Int32Array(machine.rowWords);
  const path: PathStep[] = [];
  for (let at = state; parent[at]! >= 0; at = parent[at]!) {
    const index = via[at]!;
    const step = machine.step(rows, parent[at]! * machine.rowWords, index, into);
    path.push({ action: machine.actions[index]!, index, outcome: step!.outcome });
  }
  return path.reverse();
}

/** The search tree: parent and action of each state. */
class Tree {
  parent = new Int32Array(1024);
  via = new Uint16Array(1024);
  private size = 0;

  push(parent: number, via: number): void {
    if (this.size === this.parent.length) {
      this.parent = grown(this.parent, Int32Array);
      this.via = grown(this.via, Uint16Array);
    }
    this.parent[this.size] = parent;
    this.via[this.size++] = via;
  }

  get bytes(): number {
    return this.parent.byteLength + this.via.byteLength;
  }
}
