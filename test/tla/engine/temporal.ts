// Properties of whole behaviours: does every fair behaviour have them?
//
// The negation of a property, as an automaton, is run along the state graph, in which every state may also stay as it is. A behaviour
// that breaks the property goes round for ever in a strongly connected part of this product, and does there whatever fairness and the
// automaton demand again and again: not put off any `U` for ever; for WF take the action or be where it is not enabled; for SF take
// it, or never again be where it is enabled, which is looked for in the part without those states. The way into such a part and once
// round is the counterexample.

import { always, automatonOf, both, either, eventually, FALSE, FormulaTooLarge, TRUE, type Automaton, type Ltl } from './automaton.ts'; // prettier-ignore
import type { Formula, Property, Reader } from './behaviour.ts';
import { SpecificationError } from './errors.ts';
import type { Exploration } from './explore.ts';
import type { Expression } from './expression.ts';
import { components, type Graph } from './components.ts';
import { ACTION, STATE, type Levels } from './level.ts';
import { angle, type ProgramBuilder } from './program.ts';

/** A behaviour that comes round: its states up to the end of the first round, and where the last returns to. */
export interface Lasso {
  readonly property: string;
  readonly states: readonly number[];
  readonly loopsTo: number;
}

interface Fairness {
  readonly strong: boolean;
  /** Predicates by their numbers among the atoms. */
  readonly enabled: number;
  readonly step: number;
}

/** Prepares the check of a property; what it answers decides once the states are known. */
export function checkTemporal(
  property: Property,
  fairness: readonly Formula[],
  reader: Reader,
  builder: ProgramBuilder,
): (exploration: Exploration) => Lasso | undefined {
  const atoms = new Atoms(reader, builder);
  const fair: Fairness[] = [];
  let assumed: Ltl = TRUE;
  for (const part of fairness) {
    if (part.e.kind === 'fair') fair.push(atoms.fairness(part.e, part));
    else assumed = both(assumed, atoms.ltl(part, true));
  }
  let broken: Ltl = FALSE;
  for (const part of property.temporal) broken = either(broken, atoms.ltl(part, false));
  const automaton = automatonFor(both(broken, assumed), property);
  return (exploration) => {
    const found = new Product(exploration, automaton, fair, atoms).search();
    return found === undefined ? undefined : { property: property.name, ...found };
  };
}

function automatonFor(formula: Ltl, { name, temporal }: Property): Automaton {
  try {
    return automatonOf(formula);
  } catch (error) {
    if (!(error instanceof FormulaTooLarge)) throw error;
    const [first] = temporal;
    throw new SpecificationError('temporal formula', first!.e.position, `${name} nests temporal operators too deeply to be checked; take it apart.`);
  }
} // prettier-ignore

/** The predicates that formulas ask about, each once. */
class Atoms {
  readonly #reader: Reader;
  readonly #builder: ProgramBuilder;
  readonly #levels: Levels;
  /** Handles of the program. */
  readonly states: number[] = [];
  readonly steps: number[] = [];

  constructor(reader: Reader, builder: ProgramBuilder) {
    [this.#reader, this.#builder, this.#levels] = [reader, builder, builder.compiler.common.levels];
  }

  #state(formula: Formula): number {
    return this.states.push(this.#builder.predicate(formula, 'state')) - 1;
  }

  #step(formula: Formula): number {
    return this.steps.push(this.#builder.predicate(formula, 'step')) - 1;
  }

  fairness({ strong, action, subscript }: Expression & { kind: 'fair' }, { c }: Formula): Fairness {
    const e = angle(action, subscript);
    const enabled: Expression = { kind: 'enabled', of: e, position: action.position, text: action.text };
    return { strong, enabled: this.#state({ e: enabled, c }), step: this.#step({ e, c }) };
  }

  /** A formula, or its negation, in negation normal form. */
  ltl({ e, c }: Formula, positive: boolean): Ltl {
    const of = (inner: Expression, sign = positive): Ltl => this.ltl({ e: inner, c }, sign);
    const join = (parts: readonly Ltl[], all: boolean): Ltl => parts.reduce(all === positive ? both : either);
    const level = this.#levels.level(e);
    if (level <= STATE) return { op: 'literal', of: 'state', predicate: this.#state({ e, c }), positive };
    if (level === ACTION && (e.kind === 'square' || e.kind === 'angle')) {
      return { op: 'literal', of: 'step', predicate: this.#step({ e, c }), positive };
    }
    switch (e.kind) {
      case 'and':
      case 'or':
        return join(e.items.map((item) => of(item)), e.kind === 'and'); // prettier-ignore
      case 'always':
        return positive ? always(of(e.of)) : eventually(of(e.of));
      case 'eventually':
        return positive ? eventually(of(e.of)) : always(of(e.of));
      case 'leadsTo': {
        const [from, to] = [of(e.from, !positive), of(e.to)];
        return positive ? always(either(from, eventually(to))) : eventually(both(from, always(to)));
      }
      case 'fair': {
        const { strong, enabled, step } = this.fairness(e, { e, c });
        const taken: Ltl = { op: 'literal', of: 'step', predicate: step, positive };
        const off: Ltl = { op: 'literal', of: 'state', predicate: enabled, positive: !positive };
        if (positive) return strong ? either(eventually(always(off)), always(eventually(taken))) : always(eventually(either(off, taken)));
        return strong ? both(always(eventually(off)), eventually(always(taken))) : eventually(always(both(off, taken)));
      }
      case 'call':
        return this.ltl({ e: e.definition.body, c: this.#builder.compiler.inside(e, c) }, positive);
      case 'let':
        return of(e.body);
      case 'quantifier':
        return join(this.#reader.instances(e, c).map((inner) => this.ltl({ e: e.body, c: inner }, positive)), e.every); // prettier-ignore
      case 'builtin': {
        const [left, right] = e.args as readonly Expression[];
        if (e.name === '~') return of(left!, !positive);
        if (e.name === '=>') return join([of(left!, !positive), of(right!)], false);
        if (e.name === '<=>') {
          const same = both(of(left!, true), of(right!, true));
          const neither = both(of(left!, false), of(right!, false));
          return positive ? either(same, neither) : either(both(of(left!, true), of(right!, false)), both(of(left!, false), of(right!, true)));
        }
        break;
      }
      default:
    }
    throw new SpecificationError('temporal formula', e.position, 'A temporal formula of this form cannot be checked.');
  } // prettier-ignore
}

/** Bits in words of 32. */
const bit = (words: Int32Array, at: number, number: number): boolean =>
  ((words[at + (number >> 5)]! >>> (number & 31)) & 1) === 1;
const setBit = (words: Int32Array, at: number, number: number): void => {
  words[at + (number >> 5)]! |= 1 << (number & 31);
};

/** The state graph and the automaton side by side. */
class Product {
  readonly #exploration: Exploration;
  readonly #automaton: Automaton;
  readonly #fair: readonly Fairness[];
  readonly #atoms: Atoms;
  /** Edges of the state graph by source, one for staying included. */
  readonly #start: Int32Array;
  readonly #target: Int32Array;
  readonly #stateBits: Int32Array;
  readonly #edgeBits: Int32Array;
  readonly #stateWords: number;
  readonly #edgeWords: number;

  constructor(exploration: Exploration, automaton: Automaton, fair: readonly Fairness[], atoms: Atoms) {
    [this.#exploration, this.#automaton, this.#fair, this.#atoms] = [exploration, automaton, fair, atoms];
    this.#stateWords = (atoms.states.length + 31) >> 5;
    this.#edgeWords = (atoms.steps.length + 31) >> 5;
    [this.#start, this.#target] = this.#adjacency();
    this.#stateBits = new Int32Array(exploration.count * this.#stateWords);
    this.#edgeBits = new Int32Array(this.#target.length * this.#edgeWords);
    this.#ask();
  }

  #adjacency(): [Int32Array, Int32Array] {
    const { count, edges } = this.#exploration;
    const start = new Int32Array(count + 1);
    for (const source of edges.source) start[source + 1]!++;
    for (let s = 0; s < count; s++) start[s + 1]! += start[s]! + 1;
    const fill = start.slice(0, count);
    const target = new Int32Array(edges.source.length + count);
    for (let s = 0; s < count; s++) target[fill[s]!++] = s;
    edges.source.forEach((source, e) => (target[fill[source]!++] = edges.target[e]!));
    return [start, target];
  }

  /** Every predicate of every state and step. */
  #ask(): void {
    const exploration = this.#exploration;
    const { states, steps } = this.#atoms;
    for (let s = 0; s < exploration.count; s++) {
      const row = exploration.rowOf(s);
      states.forEach((handle, i) => exploration.holds(handle, row) && setBit(this.#stateBits, s * this.#stateWords, i));
      if (this.#edgeWords === 0) continue;
      for (let e = this.#start[s]!; e < this.#start[s + 1]!; e++) {
        const pair = Int32Array.of(...row, ...exploration.rowOf(this.#target[e]!));
        steps.forEach((handle, i) => exploration.holds(handle, pair) && setBit(this.#edgeBits, e * this.#edgeWords, i));
      }
    }
  }

  #stateHas(s: number, i: number): boolean {
    return bit(this.#stateBits, s * this.#stateWords, i);
  }

  #edgeHas(e: number, i: number): boolean {
    return bit(this.#edgeBits, e * this.#edgeWords, i);
  }

  /** The way round that breaks the property, if there is one: of those that are found the one that is reached first. */
  search(): Omit<Lasso, 'property'> | undefined {
    const graph = this.#product();
    const everywhere = new Uint8Array(graph.nodes).fill(1);
    let best: readonly number[] | undefined;
    for (const part of this.#fairParts(graph, everywhere)) {
      if (best === undefined || Math.min(...part) < Math.min(...best)) best = part;
    }
    return best === undefined ? undefined : this.#lassoThrough(graph, best);
  }

  /** The reachable product, nodes in the order of a breadth-first search. */
  #product(): ProductGraph {
    const { transitions } = this.#automaton;
    const states = transitions.length;
    const numbers = new Map<number, number>();
    const nodes: number[] = [];
    const parent: number[] = [];
    const numberOf = (s: number, q: number, from: number): number => {
      const key = s * states + q;
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = nodes.push(key) - 1));
        parent.push(from);
      }
      return number;
    };
    for (const s of this.#exploration.initial) numberOf(s, 0, -1);
    const start: number[] = [0];
    const target: number[] = [];
    const edge: number[] = [];
    const transition: number[] = [];
    for (let n = 0; n < nodes.length; n++) {
      const [s, q] = [Math.floor(nodes[n]! / states), nodes[n]! % states];
      transitions[q]!.forEach(({ holds, fails, stepHolds, stepFails, target: next }, t) => {
        if (!holds.every((i) => this.#stateHas(s, i)) || fails.some((i) => this.#stateHas(s, i))) return;
        for (let e = this.#start[s]!; e < this.#start[s + 1]!; e++) {
          if (!stepHolds.every((i) => this.#edgeHas(e, i)) || stepFails.some((i) => this.#edgeHas(e, i))) continue;
          target.push(numberOf(this.#target[e]!, next, n));
          edge.push(e);
          transition.push(t);
        }
      });
      start.push(target.length);
    }
    const stateOf = (n: number): number => Math.floor(nodes[n]! / states);
    const automatonState = (n: number): number => nodes[n]! % states;
    return { nodes: nodes.length, start, target, edge, transition, parent, stateOf, automatonState };
  }

  /** The parts of a part of the product in which a behaviour can stay for ever and be fair. */
  *#fairParts(graph: ProductGraph, inside: Uint8Array): Generator<readonly number[]> {
    for (const part of components(graph, inside)) {
      const members = new Set(part);
      const edges = this.#edgesWithin(graph, part, members);
      if (edges.length === 0) continue;
      if (!this.#demands(graph).every((demand) => edges.some(demand))) continue;
      const starved = this.#fair.filter(({ strong, enabled, step }) => {
        if (!strong || edges.some((i) => this.#edgeHas(graph.edge[i]!, step))) return false;
        return part.some((n) => this.#stateHas(graph.stateOf(n), enabled));
      });
      if (starved.length === 0) {
        yield part;
        continue;
      }
      const rest = new Uint8Array(graph.nodes);
      for (const n of part) {
        if (!starved.some(({ enabled }) => this.#stateHas(graph.stateOf(n), enabled))) rest[n] = 1;
      }
      yield* this.#fairParts(graph, rest);
    }
  }

  #edgesWithin(graph: ProductGraph, part: readonly number[], members: ReadonlySet<number>): number[] {
    const edges: number[] = [];
    for (const n of part) {
      for (let i = graph.start[n]!; i < graph.start[n + 1]!; i++) if (members.has(graph.target[i]!)) edges.push(i);
    }
    return edges;
  }

  /** What must happen again and again, each as a test of an edge. */
  #demands(graph: ProductGraph): readonly ((i: number) => boolean)[] {
    const sourceOf = (i: number): number => this.#sourceState(graph, i);
    const untils = Array.from({ length: this.#automaton.untils }, (_, u) => (i: number) => {
      const q = graph.automatonState(this.#sourceNode(graph, i));
      return !this.#automaton.transitions[q]![graph.transition[i]!]!.putOff.includes(u);
    });
    const weak = this.#fair.filter(({ strong }) => !strong).map(({ enabled, step }) => (i: number) => {
      return this.#edgeHas(graph.edge[i]!, step) || !this.#stateHas(sourceOf(i), enabled);
    });
    return [...untils, ...weak];
  } // prettier-ignore

  #sourceNode(graph: ProductGraph, i: number): number {
    let [low, high] = [0, graph.nodes];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (graph.start[middle]! <= i) low = middle;
      else high = middle;
    }
    return low;
  }

  #sourceState(graph: ProductGraph, i: number): number {
    return graph.stateOf(this.#sourceNode(graph, i));
  }

  /** Into the part, and round it past everything that must happen again and again. */
  #lassoThrough(graph: ProductGraph, part: readonly number[]): Omit<Lasso, 'property'> {
    const members = new Set(part);
    const entry = Math.min(...part);
    const prefix: number[] = [];
    for (let n = entry; n >= 0; n = graph.parent[n]!) prefix.unshift(n);
    const edges = this.#edgesWithin(graph, part, members);
    const strong = this.#fair.filter(
      ({ strong: is, step }) => is && edges.some((i) => this.#edgeHas(graph.edge[i]!, step)),
    );
    const demands = [
      ...this.#demands(graph),
      ...strong.map(
        ({ step }) =>
          (i: number) =>
            this.#edgeHas(graph.edge[i]!, step),
      ),
    ];
    const round: number[] = [];
    const taken: number[] = [];
    let at = entry;
    for (const demand of demands) {
      if (taken.some(demand)) continue;
      at = this.#walk(graph, members, at, demand, round, taken);
    }
    if (at !== entry || taken.length === 0)
      this.#walk(graph, members, at, (i) => graph.target[i] === entry, round, taken);
    const states = [...prefix, ...round.slice(0, -1)].map((n) => graph.stateOf(n));
    return withoutStuttering(states, prefix.length - 1);
  }

  /** The shortest way on within the part to an edge that is wanted, and over it; answers where that leads. */
  #walk(graph: ProductGraph, members: ReadonlySet<number>, from: number, wanted: (i: number) => boolean, round: number[], taken: number[]): number {
    const by = new Map<number, number>([[from, -1]]);
    const queue = [from];
    for (const n of queue) {
      for (let i = graph.start[n]!; i < graph.start[n + 1]!; i++) {
        const next = graph.target[i]!;
        if (!members.has(next)) continue;
        if (wanted(i)) {
          const way = [i];
          for (let back = n; by.get(back)! >= 0; back = this.#sourceNode(graph, by.get(back)!)) way.unshift(by.get(back)!);
          for (const each of way) {
            round.push(graph.target[each]!);
            taken.push(each);
          }
          return next;
        }
        if (by.has(next)) continue;
        by.set(next, i);
        queue.push(next);
      }
    }
    throw new Error('A strongly connected part has no way to one of its edges.');
  } // prettier-ignore
}

interface ProductGraph extends Graph {
  /** The edge of the state graph, and the transition of the automaton, of each edge. */
  readonly edge: readonly number[];
  readonly transition: readonly number[];
  readonly parent: readonly number[];
  readonly stateOf: (node: number) => number;
  readonly automatonState: (node: number) => number;
}

/** States that stay as they are are left out; a round in which nothing changes ends where it begins. */
function withoutStuttering(states: readonly number[], loopsTo: number): Omit<Lasso, 'property'> {
  const kept: number[] = [];
  let loop = 0;
  states.forEach((state, i) => {
    if (kept.at(-1) !== state) kept.push(state);
    if (i === loopsTo) loop = kept.length - 1;
  });
  // A round that comes back to where it begins without the last state needs no second copy of it.
  if (kept.length - 1 > loop && kept.at(-1) === kept[loop]) kept.pop();
  return { states: kept, loopsTo: loop };
}
