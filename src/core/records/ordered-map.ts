// A map in the order of its keys, which are numbers: a B+ tree of sorted-btree. What is used of it is described here, so that
// whoever reads our types needs no types of that package.

import { createRequire } from 'node:module';
import type sortedBTree from 'sorted-btree';

// The package is CommonJS with a `default` property, which loaders unwrap differently; `require` means one thing everywhere.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof sortedBTree;

/** By number, in ascending order. */
export interface OrderedMap<V> {
  readonly size: number;
  get(key: number): V | undefined;
  has(key: number): boolean;
  set(key: number, value: V): boolean;
  delete(key: number): boolean;
  clear(): void;
  values(): IterableIterator<V>;
  valuesArray(): V[];
  /** Visits all in order; the map must not change meanwhile. */
  forEachPair(visit: (key: number, value: V) => void): void;
  /** The greatest key below this one, and its value. */
  nextLowerPair(key: number): [number, V] | undefined;
  /** A copy; it shares nodes with the original until one of them changes. */
  clone(): OrderedMap<V>;
}

/** An empty map. Told how to compare numbers, the package need not ask of each key what it is. */
export function orderedMap<V>(): OrderedMap<V> {
  return new BTree<number, V>(undefined, (a, b) => a - b);
}
