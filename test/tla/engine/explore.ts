// Breadth-first exploration of a compiled specification: every reachable state, claims asked of each and of every step, the shortest
// way to the first that is broken.
//
// As in TLC a state that breaks CONSTRAINT, or is reached only by steps that break ACTION_CONSTRAINT, is asked the invariants and
// then forgotten: it is not counted, and nothing goes on from it.

import { EvaluationError } from './errors.ts';
import type { Handle, Program } from './program.ts';
import { Integers, StateTable } from './state-table.ts';
import type { Value } from './values.ts';

export interface Asked {
  readonly program: Program;
  readonly variables: number;
  readonly leaves: readonly string[];
  /** Named claims, by their numbers in the program. */
  readonly initially: readonly Claim[];
  readonly invariants: readonly Claim[];
  readonly steps: readonly Claim[];
  readonly constraints: readonly Handle[];
  readonly actionConstraints: readonly Handle[];
  readonly view: Handle | undefined;
  /** The row by which symmetric states are one; undefined without symmetry. */
  readonly representative: ((row: Int32Array) => Int32Array) | undefined;
  readonly checkDeadlock: boolean;
  readonly maxStates: number;
  /** Keep the edges. */
  readonly wantEdges: boolean;
  readonly idOf: (value: Value) => number;
  /** Called now and then with the number of states; throws to end the exploration. */
  readonly onProgress?: ((states: number) => void) | undefined;
}

export interface Claim {
  readonly name: string;
  readonly holds: Handle;
  /** Asked of the next values, where they are, or of a loaded state, as ENABLED must be. */
  readonly of: 'next' | 'state';
}

export interface LabelOfEdge {
  readonly name: string;
  readonly args: readonly Value[];
}

/** Where an exploration ended before its end: the way is a list of states, perhaps with one more that is not in the table. */
export interface Ending {
  readonly kind: 'invariant' | 'initially' | 'step' | 'deadlock' | 'error' | 'too-many';
  readonly claim?: string;
  readonly error?: EvaluationError;
  /** The last state of the way that is in the table; undefined before the first. */
  readonly state?: number;
  /** A state beyond it. */
  readonly beyond?: Int32Array;
}

export interface Edges {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly label: Int32Array;
  readonly labels: readonly LabelOfEdge[];
}

const PROGRESS_EVERY = 1 << 10;

export class Exploration {
  readonly #asked: Asked;
  readonly table: StateTable;
  /** The states themselves, where the table holds other rows. */
  readonly #states: Integers | undefined;
  readonly #parents = new Integers();
  readonly initial: number[] = [];
  readonly #source = new Integers();
  readonly #target = new Integers();
  readonly #label = new Integers();
  readonly #labels = new Map<string, number>();
  readonly labels: LabelOfEdge[] = [];
  readonly #row: Int32Array;
  readonly #viewRow = new Int32Array(1);
  generated = 0;
  depth = 0;
  ending: Ending | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#row = new Int32Array(asked.variables);
    const other = asked.view !== undefined || asked.representative !== undefined;
    this.table = new StateTable(asked.view !== undefined ? 1 : asked.variables);
    this.#states = other ? new Integers() : undefined;
  }

  get count(): number {
    return this.table.count;
  }

  parentOf(state: number): number {
    return this.#parents.at(state);
  }

  /** The rows of all states, one after the other. */
  get rows(): Int32Array {
    return this.#states?.array() ?? this.table.rows;
  }

  get edges(): Edges {
    return {
      source: this.#source.array(),
      target: this.#target.array(),
      label: this.#label.array(),
      labels: this.labels,
    };
  }

  run(): this {
    try {
      this.#start();
      this.#search();
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      this.ending ??= { kind: 'error', error, ...(this.#at >= 0 && { state: this.#at }) };
    }
    return this;
  }

  /** The state whose successors are being found. */
  #at = -1;

  #start(): void {
    const { program, initially } = this.#asked;
    program.init(() => {
      if (this.ending !== undefined) return;
      this.generated++;
      program.store(this.#row);
      if (initially.length > 0) {
        program.load(this.#row, 0);
        const broken = initially.find(({ holds }) => !program.predicates[holds]!());
        if (broken !== undefined) this.ending = { kind: 'initially', claim: broken.name, beyond: this.#row.slice() };
      }
      const state = this.#add(-1);
      if (state !== undefined && state < 0) this.initial.push(~state);
    });
  }

  /** Adds the next state: its number, its complement if it is new, undefined if it is outside of the model. */
  #add(parent: number): number | undefined {
    const { program, constraints, actionConstraints, view, representative } = this.#asked;
    let inside = true;
    for (const each of constraints) inside &&= program.predicates[each]!();
    if (parent >= 0) for (const each of actionConstraints) inside &&= program.predicates[each]!();
    if (!inside) {
      this.#askInvariants({ beyond: this.#row, ...(parent >= 0 && { state: parent }) });
      return undefined;
    }
    let key = this.#row;
    if (view !== undefined) {
      this.#viewRow[0] = this.#asked.idOf(program.values[view]!());
      key = this.#viewRow;
    } else if (representative !== undefined) key = representative(this.#row);
    const state = this.table.add(key);
    if (state < 0) {
      this.#parents.push(parent);
      if (this.#states !== undefined) for (const id of this.#row) this.#states.push(id);
      this.#askInvariants({ state: ~state });
    }
    return state;
  }

  #search(): void {
    const { program, variables, checkDeadlock, maxStates, onProgress } = this.#asked;
    if (this.ending !== undefined) return;
    let levelEnd = this.count;
    if (this.count > 0) this.depth = 1;
    for (this.#at = 0; this.#at < this.count; this.#at++) {
      if (this.#at === levelEnd) {
        this.depth++;
        levelEnd = this.count;
      }
      if (this.#at % PROGRESS_EVERY === 0) onProgress?.(this.count);
      program.load(this.rows, this.#at * variables);
      const before = this.generated;
      program.next(this.#found);
      if (this.#stopped()) return;
      if (checkDeadlock && this.generated === before) {
        this.ending = { kind: 'deadlock', state: this.#at };
        return;
      }
      if (this.count > maxStates) {
        this.ending = { kind: 'too-many', state: this.#at };
        return;
      }
    }
  }

  #stopped(): boolean {
    return this.ending !== undefined;
  }

  readonly #found = (leaf: number): void => {
    if (this.ending !== undefined) return;
    this.generated++;
    const { program, steps, wantEdges } = this.#asked;
    program.store(this.#row);
    const state = this.#add(this.#at);
    if (this.#stopped()) return;
    for (const { name, holds } of steps) {
      if (program.predicates[holds]!()) continue;
      this.ending = { kind: 'step', claim: name, state: this.#at, beyond: this.#row.slice() };
      return;
    }
    if (!wantEdges || state === undefined) return;
    this.#source.push(this.#at);
    this.#target.push(state < 0 ? ~state : state);
    this.#label.push(this.#labelOf(leaf, program.args()));
  };

  #labelOf(leaf: number, args: readonly Value[]): number {
    let key = String(leaf);
    for (const arg of args) key += `,${this.#asked.idOf(arg)}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      this.#labels.set(key, (label = this.labels.length));
      this.labels.push({ name: this.#asked.leaves[leaf]!, args: [...args] });
    }
    return label;
  }

  /** Asks a state as it is found, like TLC: what goes on from an earlier one may be refused, and this one told all the same. */
  #askInvariants(where: Pick<Ending, 'state' | 'beyond'>): void {
    const { program, invariants } = this.#asked;
    let isLoaded = false;
    for (const { name, holds, of } of invariants) {
      if (of === 'state' && !isLoaded) {
        program.load(this.#row, 0);
        isLoaded = true;
      }
      if (program.predicates[holds]!()) continue;
      const { beyond } = where;
      this.ending = {
        kind: 'invariant',
        claim: name,
        ...where,
        ...(beyond !== undefined && { beyond: beyond.slice() }),
      };
      break;
    }
    if (isLoaded && this.#at >= 0) program.load(this.rows, this.#at * this.#asked.variables);
  }

  /** The states on the shortest way to one, the initial one first. */
  wayTo(state: number): readonly number[] {
    const way: number[] = [];
    for (let at = state; at >= 0; at = this.#parents.at(at)) way.unshift(at);
    return way;
  }

  /** The label of a step between two rows: that of the first action that takes it. */
  labelBetween(from: Int32Array, to: Int32Array): LabelOfEdge | undefined {
    const { program, leaves } = this.#asked;
    let label: LabelOfEdge | undefined;
    const row = new Int32Array(from.length);
    program.load(from, 0);
    program.next((leaf) => {
      if (label !== undefined) return;
      program.store(row);
      if (row.every((id, i) => id === to[i])) label = { name: leaves[leaf]!, args: [...program.args()] };
    });
    return label;
  }

  rowOf(state: number): Int32Array {
    const { variables } = this.#asked;
    return this.rows.slice(state * variables, (state + 1) * variables);
  }
}
