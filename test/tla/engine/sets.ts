// Sets. Each knows its elements in order and whether a value is among them; those that are written without their elements, such
// as `1..n`, `SUBSET S` or `[S -> T]`, make them only when somebody asks, and infinite ones refuse.

import { EvaluationError } from './errors.ts';
import { show } from './show.ts';
import {
  Atom,
  compare,
  type Domain,
  entriesOf,
  equal,
  Fcn,
  isFunction,
  kindOf,
  Seq,
  type Value,
  type ValueStore,
} from './values.ts';

/** More elements than this are not made; TLC has the same limit by default. */
const MOST_ELEMENTS = 1_000_000;

export abstract class SetValue {
  /** Set by the store for the one that stands for all equal sets. */
  declare id: number;
  declare hash: number;
  declare canonical: SetValue | undefined;
  /** The domain of functions over it, once there are some. */
  declare domain: Domain | undefined;

  // Sets are made in every state: fields that are only declared, and set here, cost least.
  constructor() {
    this.id = 0;
    this.hash = 0;
    this.canonical = undefined;
    this.domain = undefined;
  }

  /** Distinct and in order. */
  abstract items(): readonly Value[];
  abstract has(value: Value): boolean;

  /** How a set is shown that is not shown by its elements. */
  get written(): string | undefined {
    return undefined;
  }

  get size(): number {
    return this.items().length;
  }

  equals(other: SetValue): boolean {
    if (this.canonical !== undefined && this.canonical === other.canonical) return true;
    const [a, b] = [this.items(), other.items()];
    return a.length === b.length && a.every((item, i) => equal(item, b[i]!));
  }

  /** A listed set of the same, canonical elements that carries the store's number. */
  static canonical(items: readonly Value[], id: number, hash: number): SetValue {
    const made = new ListedSet(items);
    made.id = id;
    made.hash = hash;
    made.canonical = made;
    return made;
  }
}

/** A set by its elements. */
export class ListedSet extends SetValue {
  declare private readonly list: readonly Value[];
  declare private members: Set<Value> | undefined;

  /** Elements that are distinct and in order already. */
  constructor(items: readonly Value[]) {
    super();
    this.list = items;
    this.members = undefined;
  }

  override items(): readonly Value[] {
    return this.list;
  }

  override has(value: Value): boolean {
    const items = this.list;
    if (items.length === 0) return false;
    if (this.id !== 0 && !(value instanceof SetValue)) {
      if ((this.members ??= new Set(items)).has(value)) return true;
      // Not there: but TLC would have had to compare it with an element.
      return equal(value, items[0]!) && false;
    }
    for (const item of items) if (equal(value, item)) return true;
    return false;
  }
}

/** A set from elements in any order, perhaps several times. */
export function setOf(items: Value[]): ListedSet {
  if (items.length < 2) return new ListedSet(items);
  items.sort(compare);
  let kept = 1;
  for (let i = 1; i < items.length; i++) if (!equal(items[i]!, items[kept - 1]!)) items[kept++] = items[i]!;
  items.length = kept;
  return new ListedSet(items);
}

/** Sets that make their elements once, when they are asked for. */
abstract class LazySet extends SetValue {
  declare private made: readonly Value[] | undefined;

  constructor() {
    super();
    this.made = undefined;
  }

  protected abstract make(): readonly Value[];
  protected abstract get count(): number;

  override get size(): number {
    return this.count;
  }

  override items(): readonly Value[] {
    if (this.made !== undefined) return this.made;
    if (this.count > MOST_ELEMENTS) {
      throw new EvaluationError(`The set has ${this.count} elements; more than ${MOST_ELEMENTS} are not enumerated.`);
    }
    return (this.made = this.make());
  }
}

export class IntervalSet extends LazySet {
  declare readonly low: number;
  declare readonly high: number;

  constructor(low: number, high: number) {
    super();
    this.low = low;
    this.high = high;
  }

  protected override get count(): number {
    return Math.max(0, this.high - this.low + 1);
  }

  protected override make(): readonly Value[] {
    return Array.from({ length: this.count }, (_, i) => this.low + i);
  }

  override has(value: Value): boolean {
    if (typeof value === 'number') return value >= this.low && value <= this.high;
    return this.low <= this.high && equal(value, this.low);
  }
}

export class PowerSet extends LazySet {
  readonly #base: SetValue;

  constructor(base: SetValue) {
    super();
    this.#base = base;
  }

  protected override get count(): number {
    return 2 ** this.#base.size;
  }

  protected override make(): readonly Value[] {
    const items = this.#base.items();
    const subsets = Array.from(
      { length: this.count },
      (_, bits) => new ListedSet(items.filter((_one, i) => ((bits >> i) & 1) === 1)),
    );
    return subsets.sort(compare);
  }

  override has(value: Value): boolean {
    if (value instanceof SetValue) return value.items().every((item) => this.#base.has(item));
    if (isModel(value)) return false;
    throw new EvaluationError(
      `The ${kindOf(value)} ${show(value)} cannot be compared with sets, the elements of a SUBSET.`,
    );
  }
}

const isModel = (value: Value): boolean => value instanceof Atom && value.kind === 'model';

/** `[S -> T]` */
export class FunctionSet extends LazySet {
  readonly #store: ValueStore;
  readonly #domain: SetValue;
  readonly #range: SetValue;
  readonly #known = new Set<Value>();

  constructor(store: ValueStore, domain: SetValue, range: SetValue) {
    super();
    this.#store = store;
    this.#domain = domain;
    this.#range = range;
  }

  protected override get count(): number {
    return this.#range.size ** this.#domain.size;
  }

  protected override make(): readonly Value[] {
    const keys = this.#store.domain(this.#domain.items().map((key) => this.#store.canonical(key)));
    const choices = keys.keys.map(() => this.#range.items());
    return combinations(choices).map((values) => this.#store.fcn(keys, values)).sort(compare); // prettier-ignore
  }

  override has(value: Value): boolean {
    if (this.#known.has(value)) return true;
    if (!isFunction(value)) return notAFunction(value);
    const { keys, values } = entriesOf(value);
    const domain = this.#domain.items();
    if (keys.length !== domain.length || !keys.every((key, i) => equal(key, domain[i]!))) return false;
    if (!values.every((one) => this.#range.has(one))) return false;
    this.#known.add(value);
    return true;
  }
}

/** `[field : S, …]` */
export class RecordSet extends LazySet {
  readonly #store: ValueStore;
  readonly #fields: readonly (readonly [Atom, SetValue])[];
  readonly #known = new Set<Value>();

  /** The fields in any order. */
  constructor(store: ValueStore, fields: readonly (readonly [Atom, SetValue])[]) {
    super();
    this.#store = store;
    this.#fields = [...fields].sort(([a], [b]) => compare(a, b));
  }

  protected override get count(): number {
    return this.#fields.reduce((product, [, set]) => product * set.size, 1);
  }

  protected override make(): readonly Value[] {
    const domain = this.#store.domain(this.#fields.map(([field]) => field));
    const choices = this.#fields.map(([, set]) => set.items());
    return combinations(choices).map((values) => this.#store.fcn(domain, values)).sort(compare); // prettier-ignore
  }

  override has(value: Value): boolean {
    if (this.#known.has(value)) return true;
    if (!isFunction(value)) return notAFunction(value);
    const { keys, values } = entriesOf(value);
    const fits = keys.length === this.#fields.length && keys.every((key, i) => key === this.#fields[i]![0]);
    if (!fits || !values.every((one, i) => this.#fields[i]![1].has(one))) return false;
    this.#known.add(value);
    return true;
  }
}

function notAFunction(value: Value): false {
  if (isModel(value)) return false;
  throw new EvaluationError(`The ${kindOf(value)} ${show(value)} is no function and cannot be compared with one.`);
}

/** `S \X T \X …` */
export class ProductSet extends LazySet {
  readonly #store: ValueStore;
  readonly #factors: readonly SetValue[];

  constructor(store: ValueStore, factors: readonly SetValue[]) {
    super();
    this.#store = store;
    this.#factors = factors;
  }

  protected override get count(): number {
    return this.#factors.reduce((product, { size }) => product * size, 1);
  }

  protected override make(): readonly Value[] {
    return combinations(this.#factors.map((set) => set.items())).map((values) => this.#store.seq(values));
  }

  override has(value: Value): boolean {
    if (!isFunction(value)) return notAFunction(value);
    if (!(value instanceof Seq) || value.values.length !== this.#factors.length) return false;
    return value.values.every((item, i) => this.#factors[i]!.has(item));
  }
}

/** Every choice of one from each, the last varying fastest. */
function combinations(choices: readonly (readonly Value[])[]): Value[][] {
  let rows: Value[][] = [[]];
  for (const choice of choices) rows = rows.flatMap((row) => choice.map((one) => [...row, one]));
  return rows;
}

/** Nat, Int, STRING, Seq(S): membership can be asked, elements cannot. */
export class InfiniteSet extends SetValue {
  readonly #name: string;
  readonly #holds: (value: Value) => boolean;

  constructor(name: string, holds: (value: Value) => boolean) {
    super();
    this.#name = name;
    this.#holds = holds;
  }

  override get written(): string {
    return this.#name;
  }

  override get size(): number {
    throw new EvaluationError(`${this.#name} is infinite and has no number of elements.`);
  }

  override items(): readonly Value[] {
    throw new EvaluationError(`${this.#name} is infinite and cannot be enumerated.`);
  }

  override has(value: Value): boolean {
    return this.#holds(value);
  }

  override equals(other: SetValue): boolean {
    return this === other || super.equals(other);
  }
}

const integer = (value: Value, name: string): number => {
  if (typeof value === 'number') return value;
  if (isModel(value)) return Number.NaN;
  throw new EvaluationError(`The ${kindOf(value)} ${show(value)} cannot be looked for in ${name}.`);
};

export const NAT = new InfiniteSet('Nat', (value) => integer(value, 'Nat') >= 0);
export const INT = new InfiniteSet('Int', (value) => !Number.isNaN(integer(value, 'Int')));
export const STRING = new InfiniteSet('STRING', (value) => {
  if (value instanceof Atom) return value.kind === 'string';
  throw new EvaluationError(`The ${kindOf(value)} ${show(value)} cannot be looked for in STRING.`);
});

export const sequencesOver = (base: SetValue): SetValue =>
  new InfiniteSet('Seq(…)', (value) => {
    if (value instanceof Seq) return value.values.every((item) => base.has(item));
    if (value instanceof Fcn || isModel(value)) return false;
    throw new EvaluationError(`The ${kindOf(value)} ${show(value)} is no sequence and cannot be compared with one.`);
  });
