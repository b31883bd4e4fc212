// Reads the constants of a cfg, each by the type that it must have; whatever is not so is a ConfigurationError of one sentence
// with the file, the constant and what to correct. What the constants mean is for the configurations to say.

import type { Cfg } from './cfg.ts';
import type { Value } from './value.ts';

/** A configuration that cannot be had: an unknown name, a missing file, or constants that make no machine. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Reads the constants of a cfg, each by the type that it must have. */
export class ConstantReader {
  readonly #cfg: Cfg;
  readonly #file: string;

  constructor(cfg: Cfg, file: string) {
    this.#cfg = cfg;
    this.#file = file;
  }

  fail(constant: string, what: string): never {
    throw new ConfigurationError(`${this.#file}: ${constant} ${what}; correct the constant.`);
  }

  /** A set of model values, as their names. */
  models(constant: string): string[] {
    return this.#set(constant).map((item) =>
      item.kind === 'model' ? item.name : this.fail(constant, 'must be a set of model values'),
    );
  }

  model(constant: string): string {
    const value = this.#value(constant);
    return value.kind === 'model' ? value.name : this.fail(constant, 'must be a model value');
  }

  /** A set of strings out of a list, in the order of that list. */
  words<Word extends string>(constant: string, known: readonly Word[]): Word[] {
    const texts = this.#set(constant).map((item) =>
      item.kind === 'string' ? item.text : this.fail(constant, 'must be a set of strings'),
    );
    const odd = texts.find((text) => !(known as readonly string[]).includes(text));
    if (odd !== undefined) this.fail(constant, `holds "${odd}", which is none of ${known.join(', ')}`);
    return known.filter((word) => texts.includes(word));
  }

  truth(constant: string): boolean {
    const value = this.#value(constant);
    return value.kind === 'bool' ? value.value : this.fail(constant, 'must be TRUE or FALSE');
  }

  count(constant: string): number {
    const value = this.#value(constant);
    return value.kind === 'int' && value.value >= 0 ? value.value : this.fail(constant, 'must be a number from 0');
  }

  #set(constant: string): readonly Value[] {
    const value = this.#value(constant);
    return value.kind === 'set' ? value.items : this.fail(constant, 'must be a set');
  }

  #value(constant: string): Value {
    const given = this.#cfg.constants.get(constant);
    if (given?.kind !== 'value') return this.fail(constant, 'has no value');
    return given.value;
  }
}
