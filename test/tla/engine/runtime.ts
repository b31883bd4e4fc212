// What compiled expressions call: the operators of the language and of the standard modules, on values.
//
// The last argument `p` of everything that can be refused is the number of the expression's position; a refusal names the place.
// Integers are 32 bits wide, as TLC's are.

import { AssertionFailed, EvaluationError, type Position } from './errors.ts';
import { Frame, Patch, Reads } from './frame.ts';
import {
  FunctionSet,
  IntervalSet,
  ListedSet,
  PowerSet,
  ProductSet,
  RecordSet,
  sequencesOver,
  setOf,
  SetValue,
} from './sets.ts';
import { show } from './show.ts';
import type { Domain, ValueStore } from './values.ts';
import { Atom, compare, entriesOf, equal, Fcn, isFunction, kindOf, Seq, type Value } from './values.ts';

const MAX = 0x7fffffff;
const MIN = -0x80000000;

export class Runtime {
  readonly store: ValueStore;
  readonly positions: Position[] = [];
  /** What Print and PrintT have printed, and what TLC only warns of. */
  readonly printed: string[] = [];
  readonly warnings = new Set<string>();
  readonly none: ListedSet;
  readonly booleans: ListedSet;

  /** The state and the next one that code looks at, and what it has looked at of them. */
  readonly reads = new Reads();
  readonly now = new Frame(this, this.reads);
  readonly next = new Frame(this, this.reads);
  readonly Patch = Patch;
  /** Stands for a next value that is in the next frame. */
  readonly loaded = {};

  constructor(store: ValueStore) {
    this.store = store;
    this.none = new ListedSet([]);
    this.booleans = new ListedSet([false, true]);
  }

  fail(p: number, sentence: string): never {
    throw new EvaluationError(sentence).at(this.positions[p]!);
  }

  /** The same refusal, with its place. */
  located(error: unknown, p: number): unknown {
    return error instanceof EvaluationError ? error.at(this.positions[p]!) : error;
  }

  eq = (a: Value, b: Value, p: number): boolean => {
    if (a === b) return true;
    if (typeof a === 'number' && typeof b === 'number') return false;
    if (typeof a === 'boolean' && typeof b === 'boolean') return false;
    try {
      return equal(a, b);
    } catch (error) {
      throw this.located(error, p);
    }
  };

  /** Equality with an atom. */
  is = (a: Value, atom: Atom, p: number): boolean => {
    if (a === atom) return true;
    return a instanceof Atom && a.kind === 'string' && atom.kind === 'string' ? false : this.eq(a, atom, p);
  };

  /** Whether one of a list of elements is such, or all are. */
  someOf = (items: readonly Value[], holds: (x: Value) => boolean): boolean => {
    for (let i = 0; i < items.length; i++) if (holds(items[i]!)) return true;
    return false;
  };

  everyOf = (items: readonly Value[], holds: (x: Value) => boolean): boolean => {
    for (let i = 0; i < items.length; i++) if (!holds(items[i]!)) return false;
    return true;
  };

  member = (x: Value, set: Value, p: number): boolean => {
    if (!(set instanceof SetValue))
      return this.fail(p, `${show(x)} is looked for in ${this.what(set)}, which is no set.`);
    try {
      return set.has(x);
    } catch (error) {
      throw this.located(error, p);
    }
  };

  bool = (x: Value, p: number): boolean => {
    if (x === true || x === false) return x;
    return this.fail(p, `A truth value is wanted here, but this is ${this.what(x)}.`);
  };

  private what(value: Value): string {
    return `the ${kindOf(value)} ${show(value)}`;
  }

  int(x: Value, p: number): number {
    return typeof x === 'number' ? x : this.fail(p, `An integer is wanted here, but this is ${this.what(x)}.`);
  }

  private fit(result: number, p: number): number {
    if (result <= MAX && result >= MIN) return result;
    return this.fail(p, `The result ${result} does not fit into 32 bits.`);
  }

  add = (a: Value, b: Value, p: number): number => this.fit(this.int(a, p) + this.int(b, p), p);
  sub = (a: Value, b: Value, p: number): number => this.fit(this.int(a, p) - this.int(b, p), p);
  mul = (a: Value, b: Value, p: number): number => this.fit(this.int(a, p) * this.int(b, p), p);
  neg = (a: Value, p: number): number => this.fit(-this.int(a, p), p);
  lt = (a: Value, b: Value, p: number): boolean => this.int(a, p) < this.int(b, p);
  le = (a: Value, b: Value, p: number): boolean => this.int(a, p) <= this.int(b, p);

  div = (a: Value, b: Value, p: number): number => {
    const [x, y] = [this.int(a, p), this.int(b, p)];
    if (y === 0) return this.fail(p, `${x} is divided by zero.`);
    return this.fit(Math.floor(x / y), p);
  };

  mod = (a: Value, b: Value, p: number): number => {
    const [x, y] = [this.int(a, p), this.int(b, p)];
    if (y <= 0) return this.fail(p, `The divisor of % must be positive, but is ${y}.`);
    return x - y * Math.floor(x / y);
  };

  pow = (a: Value, b: Value, p: number): number => {
    const [x, y] = [this.int(a, p), this.int(b, p)];
    if (y < 0) return this.fail(p, `The exponent ${y} is negative.`);
    if (x === 0 && y === 0) return this.fail(p, '0 ^ 0 has no value.');
    return this.fit(x ** y, p);
  };

  range = (a: Value, b: Value, p: number): SetValue => new IntervalSet(this.int(a, p), this.int(b, p));

  set(x: Value, p: number): SetValue {
    return x instanceof SetValue ? x : this.fail(p, `A set is wanted here, but this is ${this.what(x)}.`);
  }

  items = (x: Value, p: number): readonly Value[] => {
    const set = this.set(x, p);
    try {
      return set.items();
    } catch (error) {
      throw this.located(error, p);
    }
  };

  /** A set from elements as they come. */
  setOf = (items: Value[], p: number): SetValue => {
    try {
      return items.length === 0 ? this.none : setOf(items);
    } catch (error) {
      throw this.located(error, p);
    }
  };

  cup = (a: Value, b: Value, p: number): SetValue => {
    const [x, y] = [this.items(a, p), this.items(b, p)];
    if (x.length === 0) return this.set(b, p);
    return y.length === 0 ? this.set(a, p) : this.setOf([...x, ...y], p);
  };

  cap = (a: Value, b: Value, p: number): SetValue => {
    const y = this.set(b, p);
    return new ListedSet(this.items(a, p).filter((x) => this.member(x, y, p)));
  };

  minus = (a: Value, b: Value, p: number): SetValue => {
    const y = this.set(b, p);
    return new ListedSet(this.items(a, p).filter((x) => !this.member(x, y, p)));
  };

  subset = (a: Value, b: Value, p: number): boolean => {
    const y = this.set(b, p);
    return this.items(a, p).every((x) => this.member(x, y, p));
  };

  power = (a: Value, p: number): SetValue => new PowerSet(this.set(a, p));
  flat = (a: Value, p: number): SetValue => this.setOf(this.items(a, p).flatMap((x) => this.items(x, p)), p); // prettier-ignore
  product = (factors: Value[], p: number): SetValue => new ProductSet(this.store, factors.map((x) => this.set(x, p))); // prettier-ignore
  functions = (a: Value, b: Value, p: number): SetValue => new FunctionSet(this.store, this.set(a, p), this.set(b, p));
  records = (names: Atom[], sets: Value[], p: number): SetValue => new RecordSet(this.store, names.map((name, i) => [name, this.set(sets[i]!, p)] as const)); // prettier-ignore
  card = (a: Value, p: number): number => {
    try {
      return this.set(a, p).size;
    } catch (error) {
      throw this.located(error, p);
    }
  };

  filter = (set: Value, holds: (x: Value) => boolean, p: number): SetValue => {
    const items = this.items(set, p);
    const kept = items.filter(holds);
    return kept.length === items.length ? (set as SetValue) : new ListedSet(kept);
  };

  some = (set: Value, holds: (x: Value) => boolean, p: number): boolean => {
    const items = this.items(set, p);
    for (let i = 0; i < items.length; i++) if (holds(items[i]!)) return true;
    return false;
  };

  every = (set: Value, holds: (x: Value) => boolean, p: number): boolean => {
    const items = this.items(set, p);
    for (let i = 0; i < items.length; i++) if (!holds(items[i]!)) return false;
    return true;
  };

  someIn = (low: Value, high: Value, holds: (x: Value) => boolean, p: number): boolean => {
    const end = this.int(high, p);
    for (let x = this.int(low, p); x <= end; x++) if (holds(x)) return true;
    return false;
  };

  everyIn = (low: Value, high: Value, holds: (x: Value) => boolean, p: number): boolean => {
    const end = this.int(high, p);
    for (let x = this.int(low, p); x <= end; x++) if (!holds(x)) return false;
    return true;
  };

  /** How many elements of a set, or of an interval, are such. */
  count = (set: Value, holds: (x: Value) => boolean, p: number): number => {
    const items = this.items(set, p);
    let count = 0;
    for (let i = 0; i < items.length; i++) if (holds(items[i]!)) count++;
    return count;
  };

  countIn = (low: Value, high: Value, holds: (x: Value) => boolean, p: number): number => {
    const end = this.int(high, p);
    let count = 0;
    for (let x = this.int(low, p); x <= end; x++) if (holds(x)) count++;
    return count;
  };

  int32 = (x: Value, p: number): number => this.int(x, p);

  choose = (set: Value, holds: (x: Value) => boolean, p: number): Value => {
    for (const item of this.items(set, p)) if (holds(item)) return item;
    return this.fail(p, `CHOOSE finds no such element in ${show(set)}.`);
  };

  tuple = (items: Value[]): Seq => this.store.seq(items);

  /** The components of a tuple that a bound takes apart. */
  parts = (x: Value, count: number, p: number): readonly Value[] => {
    if (x instanceof Seq && x.values.length === count) return x.values;
    return this.fail(p, `A tuple of ${count} is wanted here, but this is ${this.what(x)}.`);
  };

  record = (domain: Domain, values: Value[]): Value => this.store.fcn(domain, values);

  /** `[x \in S |-> …]` */
  fcnOver = (set: Value, value: (x: Value) => Value, p: number): Value => {
    this.items(set, p);
    return this.fcnIn(this.store.domainOver(set as SetValue), value);
  };

  /** The same over a domain that is known. */
  fcnIn = (domain: Domain, value: (x: Value) => Value): Value => {
    const { keys } = domain;
    const values = new Array<Value>(keys.length);
    for (let i = 0; i < keys.length; i++) values[i] = value(keys[i]!);
    return this.store.fcn(domain, values);
  };

  domainOf = (f: Value, p: number): SetValue => {
    if (f instanceof Seq) return new IntervalSet(1, f.values.length);
    if (f instanceof Fcn) return (f.domain.set ??= this.store.canonicalSet(new ListedSet(f.domain.keys)));
    return this.fail(p, `DOMAIN is asked of ${this.what(f)}, which is no function.`);
  };

  app = (f: Value, x: Value, p: number): Value => {
    if (f instanceof Fcn) {
      const place = x instanceof Atom ? f.domain.places[x.order] : f.domain.placeOf(this.store.canonical(x));
      if (place !== undefined && place >= 0) return f.values[place]!;
    } else if (f instanceof Seq) {
      if (typeof x === 'number' && x >= 1 && x <= f.values.length) return f.values[x - 1]!;
    } else {
      return this.fail(p, `${this.what(f)} is applied as if it were a function.`.replace(/^t/, 'T'));
    }
    return this.fail(p, `The function is applied to ${show(x)}, which is not in its domain: ${show(f)}`);
  };

  /** The value at a place where it is expected, in a function of the expected domain; the long way otherwise. */
  at = (f: Value, domain: Domain, place: number, key: Value, p: number): Value =>
    f instanceof Fcn && f.domain === domain ? f.values[place]! : this.app(f, key, p);

  /** Of a function to be changed. */
  valuesOf = (f: Value, p: number): Value[] =>
    isFunction(f) ? f.values.slice() : this.fail(p, `EXCEPT is applied to ${this.what(f)}, which is no function.`);

  /** Where a key stands. TLC leaves a function alone that has no such place, and warns; then the answer is -1. */
  place = (f: Fcn | Seq, key: Value, p: number): number => {
    const known = this.store.canonical(key);
    const place = f instanceof Fcn ? f.domain.placeOf(known) : typeof known === 'number' ? known - 1 : -1;
    if (place >= 0 && place < f.values.length) return place;
    const { module, line, column } = this.positions[p]!;
    this.warnings.add(`${module}, line ${line}, column ${column}: EXCEPT changes nothing, for ${show(key)} is not in the domain.`);
    return -1;
  }; // prettier-ignore

  placeAt = (f: Fcn | Seq, domain: Domain, place: number, key: Value, p: number): number =>
    f instanceof Fcn && f.domain === domain ? place : this.place(f, key, p);

  /** A function of the same domain. */
  rebuilt = (f: Fcn | Seq, values: Value[]): Value => this.store.changed(f, values);

  seq(x: Value, p: number): Seq {
    return x instanceof Seq ? x : this.fail(p, `A sequence is wanted here, but this is ${this.what(x)}.`);
  }

  len = (s: Value, p: number): number => {
    if (s instanceof Atom && s.kind === 'string') return s.text.length;
    return this.seq(s, p).values.length;
  };

  append = (s: Value, x: Value, p: number): Value => this.store.seq([...this.seq(s, p).values, x]);

  concat = (a: Value, b: Value, p: number): Value => {
    const isText = (x: Value): x is Atom => x instanceof Atom && x.kind === 'string';
    if (isText(a) && isText(b)) return this.store.string(a.text + b.text);
    return this.store.seq([...this.seq(a, p).values, ...this.seq(b, p).values]);
  };

  head = (s: Value, p: number): Value =>
    this.seq(s, p).values[0] ?? this.fail(p, 'Head is asked of an empty sequence.');

  tail = (s: Value, p: number): Value => {
    const { values } = this.seq(s, p);
    return values.length > 0 ? this.store.seq(values.slice(1)) : this.fail(p, 'Tail is asked of an empty sequence.');
  };

  subSeq = (s: Value, from: Value, to: Value, p: number): Value => {
    const [{ values }, low, high] = [this.seq(s, p), this.int(from, p), this.int(to, p)];
    if (low > high) return this.store.emptySeq;
    if (low >= 1 && high <= values.length) return this.store.seq(values.slice(low - 1, high));
    return this.fail(p, `SubSeq asks for ${low} to ${high} of a sequence of ${values.length}.`);
  };

  selectSeq = (s: Value, test: (x: Value) => Value, p: number): Value => this.store.seq(this.seq(s, p).values.filter((x) => this.bool(test(x), p))); // prettier-ignore

  sortSeq = (s: Value, less: (a: Value, b: Value) => Value, p: number): Value =>
    this.store.seq(
      [...this.seq(s, p).values].sort((a, b) => (this.bool(less(a, b), p) ? -1 : this.bool(less(b, a), p) ? 1 : 0)),
    );

  sequences = (s: Value, p: number): SetValue => sequencesOver(this.set(s, p));

  mapsTo = (x: Value, y: Value): Value => this.store.fcn(this.store.domain([this.store.canonical(x)]), [y]);

  override = (a: Value, b: Value, p: number): Value => {
    if (!isFunction(a) || !isFunction(b)) return this.fail(p, `@@ joins ${this.what(a)} and ${this.what(b)}; both must be functions.`); // prettier-ignore
    const [x, y] = [entriesOf(a), entriesOf(b)];
    const all = new Map<Value, Value>();
    y.keys.forEach((key, i) => all.set(key, y.values[i]!));
    x.keys.forEach((key, i) => all.set(key, x.values[i]!));
    const keys = [...all.keys()].sort(compare);
    return this.store.fcn(this.store.domain(keys), keys.map((key) => all.get(key)!)); // prettier-ignore
  };

  permutations = (set: Value, p: number): SetValue => {
    const items = this.items(set, p).map((item) => this.store.canonical(item));
    const domain = this.store.domain(items);
    const orders = (rest: readonly Value[]): Value[][] =>
      rest.length === 0
        ? [[]]
        : rest.flatMap((one) => orders(rest.filter((x) => x !== one)).map((tail) => [one, ...tail]));
    return this.setOf(orders(items).map((order) => this.store.fcn(domain, order)), p); // prettier-ignore
  };

  print = (text: Value, value: Value): Value => {
    this.reads.onceOnly = true;
    this.printed.push(`${show(text)}  ${show(value)}`);
    return value;
  };

  printT = (text: Value): boolean => {
    this.reads.onceOnly = true;
    this.printed.push(show(text));
    return true;
  };

  assert = (holds: Value, message: () => Value, p: number): boolean => {
    if (this.bool(holds, p)) return true;
    const text = message();
    throw new AssertionFailed(`The assertion failed: ${text instanceof Atom ? text.text : show(text)}`).at(
      this.positions[p]!,
    );
  };

  text = (value: Value): Value => this.store.string(show(value));

  canonical = (value: Value): Value => this.store.canonical(value);

  unassigned = (name: string, p: number): never =>
    this.fail(p, `${name}' is used before the action has said what it is.`);
}
