// Breadth-first search over the states of a machine: what the explorers of both machines have in common. All reachable states,
// claims asked in every state and step, shortest traces.
//
// The order of discovery is fixed (states in queue order, actions in the order that the explorer gives), so numbers, traces and
// counts are the same on every run. Depth is counted as TLC does: the initial state alone is depth 1.

import { Edges, grown, type Graph } from './edges.ts';
import { StateTable } from './tables.ts';

/** What is searched: actions are tried on a scratch state, which is packed into a row of words. */
export interface Searched {
  readonly rowWords: number;
  readonly state: { readonly words: Int32Array };
  initialRow(): Int32Array;
}

/** A claim that does not hold: in a state, or on the step by `action` out of it. */
export interface Violation {
  readonly claim: string;
  readonly state: number;
  readonly action?: number;
}

/** The claims of a search. */
export interface Asked<Outcome> {
  readonly violation: Violation | undefined;
  /** Goal id to the first state that reached it. */
  readonly goals: ReadonlyMap<string, number>;
  /** The scratch state is a source that steps will be made from. */
  leave(): void;
  /** The scratch state is what the action made of the source. */
  step(source: number, index: number, outcome: Outcome, changed: boolean): void;
  /** The scratch state is new. */
  state(number: number): void;
  /** Claim id to the number of states or steps in which it applied. */
  applied(): ReadonlyMap<string, number>;
}

/** What an exploration has seen. States are numbered in the order in which they were found; 0 is the initial one. */
export interface ExplorationOf<Machine> {
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

/** How far to search, and what to keep; everything, and nothing, by default. */
export interface SearchOptions {
  /** Keep the edges. */
  readonly graph?: boolean;
  readonly maxStates?: number;
  /** Told now and then how many states were found. */
  readonly onProgress?: (distinct: number) => void;
}

/** One search: the states in order of discovery are its queue. */
export abstract class Search<Machine extends Searched, Outcome extends string> {
  protected readonly machine: Machine;
  readonly #claims: Asked<Outcome>;
  readonly #codes: Readonly<Record<Outcome, number>>;
  readonly #table: StateTable;
  readonly #tree = new Tree();
  #transitions = 0;
  #depth = 1;
  #edges: Edges | undefined;

  /** `outcomes`: in the order of the codes that edges carry. */
  constructor(machine: Machine, claims: Asked<Outcome>, outcomes: readonly Outcome[]) {
    this.machine = machine;
    this.#claims = claims;
    this.#codes = Object.fromEntries(outcomes.map((outcome, code) => [outcome, code])) as Record<Outcome, number>;
    this.#table = new StateTable(machine.rowWords);
  }

  /** Hands the actions that are worth trying in the scratch state, `source`, to `tryAll`. */
  protected abstract expand(source: number): void;

  /** Tries an action on the scratch state. Undefined, and nothing has changed, if it is not enabled. */
  protected abstract perform(index: number): Outcome | undefined;

  /** Searches until everything is seen, a claim fails, or `maxStates` is reached. */
  search({ graph = false, maxStates = Infinity, onProgress }: SearchOptions): ExplorationOf<Machine> {
    this.#edges = graph ? new Edges() : undefined;
    const isComplete = this.#run(maxStates, onProgress);
    const [machine, table, tree, claims] = [this.machine, this.#table, this.#tree, this.#claims];
    const distinct = table.size;
    const edges = this.#edges?.finish();
    return {
      machine,
      distinct,
      transitions: this.#transitions,
      depth: this.#depth,
      complete: isComplete && claims.violation === undefined,
      rows: table.rows.subarray(0, distinct * machine.rowWords),
      parent: tree.parent.subarray(0, distinct),
      via: tree.via.subarray(0, distinct),
      ...(edges && { graph: edges }),
      ...(claims.violation && { violation: claims.violation }),
      applied: claims.applied(),
      goals: claims.goals,
      bytesPerState: (table.bytes + tree.bytes) / distinct,
    };
  }

  /** Expands every state; false when it stopped at `maxStates`. */
  #run(maxStates: number, onProgress: SearchOptions['onProgress']): boolean {
    const [machine, table, claims] = [this.machine, this.#table, this.#claims];
    const { words } = machine.state;
    words.set(machine.initialRow());
    table.intern(words);
    this.#tree.push(-1, 0);
    claims.leave();
    claims.state(0);
    let levelEnd = 1;
    for (let source = 0; source < table.size && claims.violation === undefined; source++) {
      if (source === levelEnd) {
        this.#depth += 1;
        levelEnd = table.size;
      }
      if (table.size > maxStates) return false;
      if (onProgress !== undefined && (source & 0x3fff) === 0) onProgress(table.size);
      restore(words, table.rows, source * words.length);
      claims.leave();
      this.expand(source);
    }
    return true;
  }

  /** Tries actions on the scratch state, which is `source` before and after. */
  protected tryAll(source: number, indices: Uint16Array): void {
    const [table, tree, edges, claims] = [this.#table, this.#tree, this.#edges, this.#claims];
    const { words } = this.machine.state;
    const base = source * words.length;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      const outcome = this.perform(index);
      if (outcome === undefined) continue;
      this.#transitions += 1;
      const known = table.size;
      const target = isSame(words, table.rows, base) ? source : table.intern(words);
      claims.step(source, index, outcome, target !== source);
      if (target === known) {
        tree.push(source, index);
        claims.state(target);
      }
      if (edges !== undefined) edges.push(source, target, index, this.#codes[outcome]);
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

/** The actions that lead from the initial state to `state` on a shortest path, each with the state that it was taken in. */
export function stepsTo(
  { parent, via }: Pick<ExplorationOf<unknown>, 'parent' | 'via'>,
  state: number,
): readonly { readonly source: number; readonly index: number }[] {
  const steps: { source: number; index: number }[] = [];
  for (let at = state; parent[at]! >= 0; at = parent[at]!) steps.push({ source: parent[at]!, index: via[at]! });
  return steps.reverse();
}

/** The search tree: parent and action of each state. */
class Tree {
  parent = new Int32Array(1024);
  via = new Uint16Array(1024);
  #size = 0;

  push(parent: number, via: number): void {
    if (this.#size === this.parent.length) {
      this.parent = grown(this.parent, Int32Array);
      this.via = grown(this.via, Uint16Array);
    }
    this.parent[this.#size] = parent;
    this.via[this.#size++] = via;
  }

  get bytes(): number {
    return this.parent.byteLength + this.via.byteLength;
  }
}
