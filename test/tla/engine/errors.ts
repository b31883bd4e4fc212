// What can be wrong with a specification, and where.
//
// A SpecificationError is found before anything is explored: the text, its names, its configuration. An EvaluationError is found
// while an expression is evaluated: TLC refuses the same. Both name module, line and column.

export interface Position {
  readonly module: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export const placeText = ({ module, line, column }: Position): string => `${module}, line ${line}, column ${column}`;

/** The specification or its configuration cannot be read, or says something that this engine does not know. */
export class SpecificationError extends Error {
  override readonly name = 'SpecificationError';
  readonly position: Position | undefined;
  /** A few words for what is wrong, for instance the name of an unknown construct. */
  readonly construct: string;

  constructor(construct: string, position: Position | undefined, sentence: string) {
    super(position === undefined ? sentence : `${placeText(position)}: ${sentence}`);
    this.position = position;
    this.construct = construct;
  }
}

/** An expression has no value, for instance because a function is applied outside its domain. */
export class EvaluationError extends Error {
  override readonly name: string = 'EvaluationError';
  position: Position | undefined;
  readonly sentence: string;

  constructor(sentence: string) {
    super(sentence);
    this.sentence = sentence;
  }

  /** Says where, once: the innermost expression knows best. */
  at(position: Position): this {
    if (this.position === undefined) {
      this.position = position;
      this.message = `${placeText(position)}: ${this.sentence}`;
    }
    return this;
  }
}

/** The operator Assert of module TLC has met FALSE. */
export class AssertionFailed extends EvaluationError {
  override readonly name = 'AssertionFailed';
}
