// Breadth-first exploration of a compiled specification: every reachable state, claims asked of each and of every step, the shortest
// way to the first that is broken.
//
// Steps and claims are asked part by part, and each part of a memo first (`memo.ts`): the steps of an action are kept as the cells that
// they change, so that most states are found without compiled code.
//
// As in TLC a state that breaks CONSTRAINT, or is reached only by steps that break ACTION_CONSTRAINT, is asked the invariants and
// then forgotten: it is not counted, and nothing goes on from it.

import { EvaluationError } from './errors.ts';
import { Patch } from './frame.ts';
import { Layout, NotAlike, type Row } from './layout.ts';
import { Memo } from './memo.ts';
import type { Given, Handle, Program } from './program.ts';
import type { Runtime } from './runtime.ts';
import { Integers, StateTable } from './state-table.ts';
import type { Value } from './values.ts';

export interface Asked {
  readonly program: Program;
  readonly runtime: Runtime;
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
  /** Called now and then with the number of states; throws to end the exploration. */
  readonly onProgress?: ((states: number) => void) | undefined;
}

export interface Claim {
  readonly name: string;
  readonly holds: Handle;
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

/** A step as it is remembered: the cells that it changes, what they hold then, and its label. */
interface Step {
  readonly cells: readonly number[];
  readonly numbers: readonly number[];
  readonly label: number;
}

/** Claims that are asked together: their conjuncts, in order, with what these have answered. */
interface Claims {
  readonly claims: readonly Handle[];
  readonly parts: readonly (() => boolean)[];
  readonly memo: Memo<boolean>;
  /** The parts that a state has open. */
  readonly open: Int32Array;
}

const PROGRESS_EVERY = 1 << 10;

/** Explores; begins anew where a variable turns out to be no function over the same keys always. */
export function explore(asked: Asked): Exploration {
  const whole = new Set<number>();
  for (;;) {
    const { length } = asked.runtime.printed;
    try {
      return new Exploration(asked, whole).run();
    } catch (error) {
      if (!(error instanceof NotAlike)) throw error;
      asked.runtime.printed.length = length;
      whole.add(error.variable);
    }
  }
}

export class Exploration {
  readonly #asked: Asked;
  readonly layout: Layout;
  readonly #table: StateTable;
  /** The states themselves, where the table holds other rows. */
  readonly #states: Integers | undefined;
  readonly #parents = new Integers();
  readonly initial: number[] = [];
  readonly #source = new Integers();
  readonly #target = new Integers();
  readonly #label = new Integers();
  readonly #labels = new Map<string, number>();
  readonly labels: LabelOfEdge[] = [];
  readonly #initialValues: (readonly Value[])[] = [];
  /** What ended the enumeration of initial states. */
  #initialError: EvaluationError | undefined;
  readonly #steps: Memo<readonly Step[]>;
  /** The parts of Next that the state has open. */
  readonly #open: Int32Array;
  readonly #invariants: Claims;
  readonly #stepClaims: Claims;
  readonly #single = new Map<Handle, Claims>();
  /** The state whose successors are being found, and behind it the next one; and each for itself. */
  readonly #pair: Row;
  readonly #now: Row;
  readonly #next: Row;
  readonly #viewRow = new Int32Array(1);
  generated = 0;
  depth = 0;
  ending: Ending | undefined;

  /** `whole`: variables that are not taken apart. */
  constructor(asked: Asked, whole: ReadonlySet<number>) {
    this.#asked = asked;
    const { program, runtime, variables, view, representative, invariants, steps } = asked;
    this.#findInitial();
    this.layout = new Layout(runtime.store, variables, this.#initialValues, whole);
    const { width } = this.layout;
    runtime.now.use(this.layout, 0);
    runtime.next.use(this.layout, width);
    this.#pair = new Int32Array(2 * width);
    this.#now = this.#pair.subarray(0, width);
    this.#next = this.#pair.subarray(width);
    this.#table = new StateTable(view !== undefined ? 1 : representative !== undefined ? variables : width);
    this.#states = view !== undefined || representative !== undefined ? new Integers() : undefined;
    this.#steps = new Memo<readonly Step[]>(program.steps.length, [], (found) => found.length === 0);
    this.#open = new Int32Array(program.steps.length);
    this.#invariants = this.#claimsOf(invariants.map(({ holds }) => holds));
    this.#stepClaims = this.#claimsOf(steps.map(({ holds }) => holds));
  }

  get count(): number {
    return this.#table.count;
  }

  /** The cells of all states, one after the other. */
  get #rows(): Row {
    return this.#states?.array() ?? this.#table.rows;
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

  /** The number of the state whose successors are being found. */
  #at = -1;

  #findInitial(): void {
    const { program } = this.#asked;
    program.hear(() => this.#initialValues.push(program.given() as readonly Value[]));
    try {
      program.init();
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      this.#initialError = error;
    }
  }

  #start(): void {
    const { initially } = this.#asked;
    for (const values of this.#initialValues) {
      this.generated++;
      values.forEach((value, variable) => this.layout.spread(variable, value, this.#put));
      const broken = initially.find(({ holds }) => !this.holds(holds, this.#next));
      if (broken !== undefined) this.ending = { kind: 'initially', claim: broken.name, beyond: this.#next.slice() };
      const state = this.#add(-1);
      if (state !== undefined && state < 0) this.initial.push(~state);
      if (this.#stopped()) return;
    }
    if (this.#initialError !== undefined) throw this.#initialError;
  }

  readonly #put = (cell: number, number: number): void => {
    this.#next[cell] = number;
  };

  #claimsOf(claims: readonly Handle[]): Claims {
    const parts = claims.flatMap((claim) => this.#asked.program.predicates[claim]!);
    return { claims, parts, memo: new Memo(parts.length, true, (holds) => holds), open: new Int32Array(parts.length) };
  }

  /** Whether a predicate of a state is true, or of a step: of a state with the next one behind it. */
  holds(handle: Handle, row: Row): boolean {
    let claims = this.#single.get(handle);
    if (claims === undefined) this.#single.set(handle, (claims = this.#claimsOf([handle])));
    return this.#allHold(claims, row);
  }

  #allHold({ parts, memo, open }: Claims, row: Row): boolean {
    const count = memo.open(row, open);
    for (let i = 0; i < count; i++) {
      const tree = open[i]!;
      if (!(memo.find(tree, row) ?? this.#learnWhether(parts, memo, tree, row))) return false;
    }
    return true;
  }

  #learnWhether(parts: Claims['parts'], memo: Memo<boolean>, tree: number, row: Row): boolean {
    const { reads } = this.#asked.runtime;
    this.#look(row);
    let answer = true;
    for (const part of memo.partsOf(tree)) {
      answer &&= parts[part]!();
      memo.note(part, reads.cells);
    }
    if (!reads.onceOnly) memo.learn(tree, reads.cells, row, answer);
    return answer;
  }

  /** The first of some claims that is false. */
  #broken(all: Claims, claims: readonly Claim[], row: Row): Claim | undefined {
    if (claims.length === 0 || this.#allHold(all, row)) return undefined;
    return claims.find(({ holds }) => !this.holds(holds, row));
  }

  /** From now on compiled code looks at this state, and at the next one behind it. */
  #look(row: Row): void {
    const { runtime } = this.#asked;
    runtime.now.look(row, 0);
    runtime.next.look(row, this.layout.width);
    runtime.reads.begin();
  }

  /** The value of an expression in a state. */
  valueOf(handle: Handle, row: Row): Value {
    this.#look(row);
    return this.#asked.program.values[handle]!();
  }

  /** Adds the next state: its number, its complement if it is new, undefined if it is outside of the model. */
  #add(parent: number): number | undefined {
    const { constraints, actionConstraints, runtime, view, representative } = this.#asked;
    const next = this.#next;
    let inside = true;
    for (const each of constraints) inside &&= this.holds(each, next);
    if (parent >= 0) for (const each of actionConstraints) inside &&= this.holds(each, this.#pair);
    if (!inside) {
      this.#askInvariants({ beyond: next, ...(parent >= 0 && { state: parent }) });
      return undefined;
    }
    let key = next;
    if (view !== undefined) {
      this.#viewRow[0] = runtime.store.idOf(this.valueOf(view, next));
      key = this.#viewRow;
    } else if (representative !== undefined) key = representative(this.layout.ids(next, 0));
    const state = this.#table.add(key);
    if (state < 0) {
      this.#parents.push(parent);
      if (this.#states !== undefined) for (const number of next) this.#states.push(number);
      this.#askInvariants({ state: ~state });
    }
    return state;
  }

  #search(): void {
    const { checkDeadlock, maxStates, onProgress } = this.#asked;
    if (this.ending !== undefined) return;
    const { width } = this.layout;
    let levelEnd = this.count;
    if (this.count > 0) this.depth = 1;
    for (this.#at = 0; this.#at < this.count; this.#at++) {
      if (this.#at === levelEnd) {
        this.depth++;
        levelEnd = this.count;
      }
      if (this.#at % PROGRESS_EVERY === 0) onProgress?.(this.count);
      const rows = this.#rows;
      for (let i = 0, from = this.#at * width; i < width; i++) this.#now[i] = rows[from + i]!;
      const before = this.generated;
      const open = this.#steps.open(this.#now, this.#open);
      for (let i = 0; i < open; i++) {
        const tree = this.#open[i]!;
        const steps = this.#steps.find(tree, this.#now);
        if (steps === undefined) this.#learnSteps(tree);
        else for (let k = 0; k < steps.length; k++) this.#take(steps[k]!);
      }
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

  /** Finds the steps of a tree's parts by their code, and takes them: those before a refusal too. */
  #learnSteps(tree: number): void {
    if (this.#stopped()) return;
    const { program, runtime } = this.#asked;
    const { reads } = runtime;
    const steps: Step[] = [];
    program.hear((leaf) => steps.push(this.#stepOf(program.given(), leaf)));
    this.#look(this.#now);
    let refusal: EvaluationError | undefined;
    try {
      for (const part of this.#steps.partsOf(tree)) {
        program.steps[part]!();
        this.#steps.note(part, reads.cells);
      }
      if (!reads.onceOnly) this.#steps.learn(tree, reads.cells, this.#now, steps);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      refusal = error;
    }
    for (const step of steps) this.#take(step);
    if (refusal !== undefined && !this.#stopped()) throw refusal;
  }

  #stepOf(given: readonly Given[], leaf: number): Step {
    const { places, columns } = this.layout;
    const cells: number[] = [];
    const numbers: number[] = [];
    const put = (cell: number, number: number): void => {
      cells.push(cell);
      numbers.push(number);
    };
    given.forEach((value, variable) => {
      if (value instanceof Patch) {
        const { first } = places[variable]!;
        for (const [place, one] of value.values) put(first + place, columns[first + place]!.numberOf(one));
      } else if (value !== undefined) this.layout.spread(variable, value, put);
    });
    return { cells, numbers, label: this.#labelOf(leaf, this.#asked.program.args()) };
  }

  #take({ cells, numbers, label }: Step): void {
    if (this.ending !== undefined) return;
    this.generated++;
    const { steps, wantEdges } = this.#asked;
    const next = this.#next;
    next.set(this.#now);
    for (let i = 0; i < cells.length; i++) next[cells[i]!] = numbers[i]!;
    const state = this.#add(this.#at);
    if (this.#stopped()) return;
    const broken = this.#broken(this.#stepClaims, steps, this.#pair);
    if (broken !== undefined) {
      this.ending = { kind: 'step', claim: broken.name, state: this.#at, beyond: next.slice() };
      return;
    }
    if (!wantEdges || state === undefined) return;
    this.#source.push(this.#at);
    this.#target.push(state < 0 ? ~state : state);
    this.#label.push(label);
  }

  #labelOf(leaf: number, args: readonly Value[]): number {
    let key = String(leaf);
    for (const arg of args) key += `,${this.#asked.runtime.store.idOf(arg)}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      this.#labels.set(key, (label = this.labels.length));
      this.labels.push({ name: this.#asked.leaves[leaf]!, args: [...args] });
    }
    return label;
  }

  /** Asks a state as it is found, like TLC: what goes on from an earlier one may be refused, and this one told all the same. */
  #askInvariants(where: Pick<Ending, 'state' | 'beyond'>): void {
    const broken = this.#broken(this.#invariants, this.#asked.invariants, this.#next);
    if (broken === undefined) return;
    const { beyond } = where;
    const copy = beyond !== undefined && { beyond: beyond.slice() };
    this.ending = { kind: 'invariant', claim: broken.name, ...where, ...copy };
  }

  /** The states on the shortest way to one, the initial one first. */
  wayTo(state: number): readonly number[] {
    const way: number[] = [];
    for (let at = state; at >= 0; at = this.#parents.at(at)) way.unshift(at);
    return way;
  }

  /** The label of a step between two states: that of the first action that takes it. */
  labelBetween(from: Row, to: Row): LabelOfEdge | undefined {
    const { program } = this.#asked;
    const steps: Step[] = [];
    program.hear((leaf) => steps.push(this.#stepOf(program.given(), leaf)));
    for (const run of program.steps) {
      this.#look(from);
      run();
      for (const { cells, numbers, label } of steps.splice(0)) {
        const next = from.slice();
        cells.forEach((cell, i) => (next[cell] = numbers[i]!));
        if (next.every((number, i) => number === to[i])) return this.labels[label];
      }
    }
    return undefined;
  }

  /** The cells of a state. */
  rowOf(state: number): Row {
    const { width } = this.layout;
    return this.#rows.slice(state * width, (state + 1) * width);
  }
}
