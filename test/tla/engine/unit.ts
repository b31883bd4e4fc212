// A piece of generated code that is compiled at once: its functions, and the values that it refers to by name.

import type { Position } from './errors.ts';
import type { Runtime } from './runtime.ts';
import type { Domain, Value } from './values.ts';

/** The operators of the runtime under the names by which code calls them. */
const CALLED = [
  'eq', 'member', 'bool', 'add', 'sub', 'mul', 'neg', 'lt', 'le', 'div', 'mod', 'pow', 'range', 'items', 'setOf', 'cup', 'cap',
  'minus', 'subset', 'power', 'flat', 'product', 'functions', 'records', 'card', 'filter', 'some', 'every', 'someIn', 'everyIn', 'someOf', 'everyOf', 'is', 'int32', 'count', 'countIn', 'choose', 'tuple',
  'parts', 'record', 'fcnOver', 'fcnIn', 'domainOf', 'app', 'at', 'place', 'placeAt', 'valuesOf', 'rebuilt', 'len', 'append', 'concat',
  'head', 'tail', 'subSeq', 'selectSeq', 'sortSeq', 'sequences', 'mapsTo', 'override', 'permutations', 'print', 'printT', 'assert',
  'text', 'unassigned', 'canonical', 'now', 'next', 'Patch', 'loaded',
] as const; // prettier-ignore

export class Unit {
  readonly #runtime: Runtime;
  readonly #values: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  /** Functions of the generated code by what they were made for. */
  readonly made = new Map<string, string>();
  readonly lines: string[] = [];
  #fresh = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  fresh(prefix: string): string {
    return `${prefix}${++this.#fresh}`;
  }

  /** Code for a value that is known already. */
  value(value: Value): string {
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
    return this.constant(value);
  }

  constant(value: Value | Domain | readonly Value[]): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      this.#names.set(value, (name = `k${this.#values.length}`));
      this.#values.push(value);
    }
    return name;
  }

  position(position: Position): string {
    const { positions } = this.#runtime;
    const last = positions.at(-1);
    if (last !== position) positions.push(position);
    return String(positions.length - 1);
  }

  /** Compiles all lines with a last one and answers what that returns. */
  run(last: string): unknown {
    const names = [...this.#names.values()];
    const source = `"use strict";const {${CALLED.join(',')}}=rt;${this.lines.join('\n')}\n${last}`;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- a compiler is what this is
    return new Function('rt', ...names, source)(this.#runtime, ...this.#values);
  }
}
