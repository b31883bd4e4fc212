// The values of TLA+, hash-consed: equal values are one object, so that states are rows of small integers and equality is `===`.
//
// Booleans and integers are JavaScript's own. Strings and model values are atoms. A function whose domain is 1..n is a sequence,
// as the language has it; every other function, records among them, is a `Fcn` over a `Domain` that it shares with its like.
// Sets are in `sets.ts`: they may stay as they were written (an interval, `[S -> T]`) until somebody needs their elements, and
// become canonical when they are put into another value or into a state.
//
// Values are ordered as TLC orders them, because CHOOSE takes the first: atoms by first appearance, sets and functions by size
// first. What TLC refuses to compare is an EvaluationError here too.

import { EvaluationError } from './errors.ts';
import { SetValue } from './sets.ts';
import { show } from './show.ts';

export type Value = boolean | number | Atom | Fcn | Seq | SetValue;

/** A string or a model value. */
export class Atom {
  readonly kind: 'string' | 'model';
  readonly text: string;
  /** By first appearance. */
  readonly order: number;
  readonly id: number;

  constructor(kind: 'string' | 'model', text: string, order: number, id: number) {
    this.kind = kind;
    this.text = text;
    this.order = order;
    this.id = id;
  }

  /** TLC's typed model values: `A_x` may be compared only with values of the type A. */
  get type(): string {
    return this.kind === 'model' && this.text[1] === '_' ? this.text[0]! : '';
  }
}

/** What functions of one domain share: its elements in order, and where each stands. */
export class Domain {
  readonly keys: readonly Value[];
  readonly number: number;
  /** Functions over it are sequences. */
  readonly isUpToN: boolean;
  /** Its keys as a set, made when somebody asks. */
  set: SetValue | undefined = undefined;
  /** By the order of atoms; empty where a key is no atom. */
  readonly places: number[] = [];
  readonly #placeOf = new Map<Value, number>();

  constructor(keys: readonly Value[], number: number) {
    this.keys = keys;
    this.number = number;
    this.isUpToN = isUpToN(keys);
    keys.forEach((key, place) => {
      this.#placeOf.set(key, place);
      if (key instanceof Atom) {
        while (this.places.length <= key.order) this.places.push(-1);
        this.places[key.order] = place;
      }
    });
  }

  /** Where a canonical key stands, or -1. */
  placeOf(key: Value): number {
    if (key instanceof Atom) return this.places[key.order] ?? -1;
    return this.#placeOf.get(key) ?? -1;
  }
}

/** A function that is no sequence. A record is one on strings. */
export class Fcn {
  readonly domain: Domain;
  readonly values: readonly Value[];
  readonly id: number;
  readonly hash: number;

  constructor(domain: Domain, values: readonly Value[], id: number, hash: number) {
    this.domain = domain;
    this.values = values;
    this.id = id;
    this.hash = hash;
  }
}

/** A function on 1..n. */
export class Seq {
  readonly values: readonly Value[];
  readonly id: number;
  readonly hash: number;

  constructor(values: readonly Value[], id: number, hash: number) {
    this.values = values;
    this.id = id;
    this.hash = hash;
  }
}

const SMALL = 1 << 12;
/** Ids below are booleans and small integers. */
const FIRST_ID = 2 * SMALL + 2;

/** What the value at a place adds to the hash of a function: a sum, so that a change costs what it changes. */
const part = (place: number, id: number): number => {
  const mixed = Math.imul(id ^ Math.imul(place + 1, 0x85ebca6b), 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
};

/** Where a hash begins to look in a table of that mask. */
const spread = (hash: number, mask: number): number => (hash ^ (hash >>> 16)) & mask;

/** An open-addressing table of hashed objects. */
class Table<T extends { readonly hash: number }> {
  slots: (T | undefined)[] = new Array<T | undefined>(1 << 10).fill(undefined);
  #count = 0;

  add(entry: T): void {
    this.#put(entry);
    if (++this.#count * 2 < this.slots.length) return;
    const old = this.slots;
    this.slots = new Array<T | undefined>(old.length * 4).fill(undefined);
    for (const each of old) if (each !== undefined) this.#put(each);
  }

  #put(entry: T): void {
    const mask = this.slots.length - 1;
    let i = spread(entry.hash, mask);
    while (this.slots[i] !== undefined) i = (i + 1) & mask;
    this.slots[i] = entry;
  }
}

/** All values of one check, each once. */
export class ValueStore {
  readonly #byId: Value[] = [];
  readonly #atoms = new Map<string, Atom>();
  readonly #integers = new Map<number, number>();
  readonly #domains = new Map<string, Domain>();
  readonly #functions = new Table<Fcn>();
  readonly #sequences = new Table<Seq>();
  readonly #sets = new Table<SetValue>();
  readonly emptySeq: Seq;

  constructor() {
    this.#byId.length = FIRST_ID;
    this.emptySeq = this.seq([]);
  }

  string(text: string): Atom {
    return this.#atom('string', text);
  }

  model(text: string): Atom {
    return this.#atom('model', text);
  }

  #atom(kind: 'string' | 'model', text: string): Atom {
    const key = `${kind}:${text}`;
    let atom = this.#atoms.get(key);
    if (atom === undefined) {
      atom = new Atom(kind, text, this.#atoms.size, this.#byId.length);
      this.#atoms.set(key, atom);
      this.#byId.push(atom);
    }
    return atom;
  }

  /** A number by which a canonical value is known in this store. */
  idOf(value: Value): number {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value === 'number') {
      return value >= -SMALL && value < SMALL ? value + SMALL + 2 : this.#largeInteger(value);
    }
    if (value instanceof SetValue) return this.canonicalSet(value).id;
    return value.id;
  }

  #largeInteger(value: number): number {
    let id = this.#integers.get(value);
    if (id === undefined) {
      this.#integers.set(value, (id = this.#byId.length));
      this.#byId.push(value);
    }
    return id;
  }

  valueOf(id: number): Value {
    if (id < 2) return id === 1;
    if (id < FIRST_ID) return id - SMALL - 2;
    return this.#byId[id]!;
  }

  /** The one object that stands for an equal value. */
  canonical(value: Value): Value {
    return value instanceof SetValue ? this.canonicalSet(value) : value;
  }

  seq(items: Value[]): Seq {
    let hash = 17;
    for (let i = 0; i < items.length; i++) {
      let item = items[i]!;
      if (item instanceof SetValue) items[i] = item = this.canonicalSet(item);
      hash = (hash + part(i, typeof item === 'object' ? item.id : this.idOf(item))) | 0;
    }
    return this.#findSeq(items, hash);
  }

  #findSeq(items: readonly Value[], hash: number): Seq {
    const { slots } = this.#sequences;
    const mask = slots.length - 1;
    for (let i = spread(hash, mask), known; (known = slots[i]) !== undefined; i = (i + 1) & mask) {
      if (known.hash === hash && same(known.values, items)) return known;
    }
    const made = new Seq(items, this.#byId.length, hash);
    this.#byId.push(made);
    this.#sequences.add(made);
    return made;
  }

  /** The domain of these distinct canonical keys in order. */
  domain(keys: readonly Value[]): Domain {
    const key = keys.map((one) => this.idOf(one)).join();
    let domain = this.#domains.get(key);
    if (domain === undefined) this.#domains.set(key, (domain = new Domain(keys, this.#domains.size + 1)));
    return domain;
  }

  /** The domain of functions over a set. */
  domainOver(set: SetValue): Domain {
    const canonical = this.canonicalSet(set);
    return (canonical.domain ??= this.domain(canonical.items()));
  }

  /** The function with these values at the places of the domain; a sequence where the domain is 1..n. */
  fcn(domain: Domain, values: Value[]): Fcn | Seq {
    if (domain.isUpToN) return this.seq(values);
    let hash = Math.imul(domain.number, 0x9e3779b1);
    for (let i = 0; i < values.length; i++) {
      let value = values[i]!;
      if (value instanceof SetValue) values[i] = value = this.canonicalSet(value);
      hash = (hash + part(i, typeof value === 'object' ? value.id : this.idOf(value))) | 0;
    }
    return this.#findFcn(domain, values, hash);
  }

  /** A function of the same domain of which some values are others now. */
  changed(f: Fcn | Seq, values: Value[]): Fcn | Seq {
    let { hash } = f;
    const old = f.values;
    for (let i = 0; i < values.length; i++) {
      let value = values[i]!;
      if (value === old[i]) continue;
      if (value instanceof SetValue) values[i] = value = this.canonicalSet(value);
      hash =
        (hash - part(i, this.idOf(old[i]!)) + part(i, typeof value === 'object' ? value.id : this.idOf(value))) | 0;
    }
    return f instanceof Seq ? this.#findSeq(values, hash) : this.#findFcn(f.domain, values, hash);
  }

  #findFcn(domain: Domain, values: readonly Value[], hash: number): Fcn {
    const { slots } = this.#functions;
    const mask = slots.length - 1;
    for (let i = spread(hash, mask), known; (known = slots[i]) !== undefined; i = (i + 1) & mask) {
      if (known.hash === hash && known.domain === domain && same(known.values, values)) return known;
    }
    const made = new Fcn(domain, values, this.#byId.length, hash);
    this.#byId.push(made);
    this.#functions.add(made);
    return made;
  }

  /** The set of the same elements that stands for all such. */
  canonicalSet(set: SetValue): SetValue {
    if (set.canonical !== undefined) return set.canonical;
    const items = set.items().map((item) => this.canonical(item));
    let hash = 31;
    items.forEach((item, i) => (hash = (hash + part(i, this.idOf(item))) | 0));
    const { slots } = this.#sets;
    const mask = slots.length - 1;
    for (let i = spread(hash, mask), known; (known = slots[i]) !== undefined; i = (i + 1) & mask) {
      if (known.hash === hash && same(known.items(), items)) return (set.canonical = known);
    }
    const made = SetValue.canonical(items, this.#byId.length, hash);
    this.#byId.push(made);
    this.#sets.add(made);
    return (set.canonical = made);
  }
}

function isUpToN(keys: readonly Value[]): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] !== i + 1) return false;
  return true;
}

function same(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** As a function, whatever it is written as: keys and values. */
export function entriesOf(value: Fcn | Seq): { readonly keys: readonly Value[]; readonly values: readonly Value[] } {
  if (value instanceof Fcn) return { keys: value.domain.keys, values: value.values };
  return { keys: value.values.map((_, i) => i + 1), values: value.values };
}

export const isFunction = (value: Value): value is Fcn | Seq => value instanceof Fcn || value instanceof Seq;

/** What kind of value it is, in words. */
export function kindOf(value: Value): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'integer';
  if (value instanceof Atom) return value.kind === 'model' ? 'model value' : 'string';
  return value instanceof SetValue ? 'set' : 'function';
}

function refuse(a: Value, b: Value): never {
  throw new EvaluationError(`The ${kindOf(a)} ${show(a)} cannot be compared with the ${kindOf(b)} ${show(b)}.`);
}

/** Whether two values of the language are equal; refuses what TLC refuses. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') return false;
  if (a instanceof Atom || b instanceof Atom) return differAtoms(a, b);
  if (a instanceof SetValue && b instanceof SetValue) return a.equals(b);
  if (isFunction(a) && isFunction(b)) return differFunctions(a, b);
  if (kindOf(a) === kindOf(b)) return false;
  return refuse(a, b);
}

/** False, or a refusal. */
function differAtoms(a: Value, b: Value): false {
  if (a instanceof Atom && a.kind === 'model') return checkTypes(a, b);
  if (b instanceof Atom && b.kind === 'model') return checkTypes(b, a);
  if (a instanceof Atom && b instanceof Atom) return false;
  return refuse(a, b);
}

/** A model value is equal to itself alone; a typed one may not even be compared with values of another type. */
function checkTypes(model: Atom, other: Value): false {
  if (model.type === '') return false;
  const isModel = other instanceof Atom && other.kind === 'model';
  if (isModel && (other.type === model.type || other.type === '')) return false;
  return refuse(model, other);
}

/** Interned functions that are not one object differ; but in comparing them TLC may meet what it refuses to compare. */
function differFunctions(a: Fcn | Seq, b: Fcn | Seq): false {
  const [x, y] = [entriesOf(a), entriesOf(b)];
  if (x.keys.length !== y.keys.length) return false;
  for (let i = 0; i < x.keys.length; i++) if (!equal(x.keys[i]!, y.keys[i]!)) return false;
  for (let i = 0; i < x.values.length; i++) if (!equal(x.values[i]!, y.values[i]!)) return false;
  return false;
}

/** Negative, zero or positive, in TLC's order. */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return a ? 1 : -1;
  if (a instanceof Atom && b instanceof Atom && a.kind === b.kind) {
    if (a.kind === 'model' && a.type !== b.type && a.type !== '' && b.type !== '') return refuse(a, b);
    return a.order - b.order;
  }
  if (a instanceof Atom && a.kind === 'model' && a.type === '') return -1;
  if (b instanceof Atom && b.kind === 'model' && b.type === '') return 1;
  if (a instanceof SetValue && b instanceof SetValue) return compareLists(a.items(), b.items());
  if (isFunction(a) && isFunction(b)) {
    const [x, y] = [entriesOf(a), entriesOf(b)];
    return compareLists(x.keys, y.keys) || compareLists(x.values, y.values);
  }
  return refuse(a, b);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}
