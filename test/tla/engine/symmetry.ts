// Symmetry: one state for all that differ only by a permutation of model values.
//
// The permutations of the cfg are completed to the group that they generate. Of the states that the group makes of one, that with
// the smallest row stands for all; which one that is does not matter, only that it is always the same.

import { SpecificationError } from './errors.ts';
import { setOf, SetValue } from './sets.ts';
import { compare, entriesOf, Fcn, isFunction, kindOf, type Value, type ValueStore } from './values.ts';

type Permutation = ReadonlyMap<Value, Value>;

/** More permutations than this are too many to try for every state. */
const MOST_PERMUTATIONS = 5040;

export function representativeOf(store: ValueStore, symmetry: Value, name: string): (row: Int32Array) => Int32Array {
  const group = closure(permutationsIn(symmetry, name)).map((permutation) => new Renaming(store, permutation));
  return (row) => {
    let least = row;
    for (const renaming of group) {
      const renamed = row.map((id) => renaming.of(id));
      if (precedes(renamed, least)) least = renamed;
    }
    return least;
  };
}

function permutationsIn(symmetry: Value, name: string): Permutation[] {
  const wrong = (): never => {
    throw new SpecificationError('SYMMETRY', undefined, `${name} must be a set of permutations of model values.`);
  };
  if (!(symmetry instanceof SetValue)) return wrong();
  return symmetry.items().map((item) => {
    if (!isFunction(item)) return wrong();
    const { keys, values } = entriesOf(item);
    if (![...keys, ...values].every((one) => kindOf(one) === 'model value')) return wrong();
    return new Map(keys.map((key, i) => [key, values[i]!]));
  });
}

/** All products of the given ones. */
function closure(given: readonly Permutation[]): Permutation[] {
  const textOf = (one: Permutation): string =>
    [...one].filter(([from, to]) => from !== to).map(([from, to]) => `${idOf(from)}:${idOf(to)}`).sort().join(); // prettier-ignore
  const found = new Map<string, Permutation>();
  const open = [...given];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const text = textOf(one);
    if (found.has(text)) continue;
    found.set(text, one);
    if (found.size > MOST_PERMUTATIONS) throw new SpecificationError('SYMMETRY', undefined, `There are more than ${MOST_PERMUTATIONS} permutations.`); // prettier-ignore
    for (const other of given) open.push(product(one, other));
  }
  found.delete('');
  return [...found.values()];
}

const idOf = (value: Value): number => (value as { readonly id: number }).id;

function product(first: Permutation, second: Permutation): Permutation {
  const keys = new Set([...first.keys(), ...second.keys()]);
  return new Map(
    [...keys].map((key) => {
      const middle = first.get(key) ?? key;
      return [key, second.get(middle) ?? middle];
    }),
  );
}

function precedes(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}

/** What a permutation makes of values, remembered by their numbers. */
class Renaming {
  readonly #store: ValueStore;
  readonly #permutation: Permutation;
  readonly #known: number[] = [];

  constructor(store: ValueStore, permutation: Permutation) {
    [this.#store, this.#permutation] = [store, permutation];
  }

  of(id: number): number {
    return (this.#known[id] ??= this.#store.idOf(this.#renamed(this.#store.valueOf(id))));
  }

  #renamed(value: Value): Value {
    if (typeof value === 'boolean' || typeof value === 'number') return value;
    if (value instanceof SetValue) return setOf(value.items().map((item) => this.#renamed(item)));
    if (!isFunction(value)) return this.#permutation.get(value) ?? value;
    const { keys, values } = entriesOf(value);
    const entries = keys.map(
      (key, i) => [this.#store.canonical(this.#renamed(key)), this.#renamed(values[i]!)] as const,
    );
    if (value instanceof Fcn) entries.sort(([a], [b]) => compare(a, b));
    return this.#store.fcn(this.#store.domain(entries.map(([key]) => key)), entries.map(([, one]) => one)); // prettier-ignore
  }
}
