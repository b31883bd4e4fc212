// A TLA+ engine: a specification and a cfg go in, an exploration comes out.
//
// The parts, in the order in which a text passes through them:
//
//   syntax, precedence   text to tree            resolve, scope     names to what they mean (EXTENDS, INSTANCE, LET)
//   level                what depends on what    behaviour          Init, Next, fairness, the parts of properties
//   compile-*, unit      expressions and actions to JavaScript      program   all of a specification, compiled at once
//   values, sets, runtime   the values and operators of the language
//   layout, frame           states as rows of cells, and reading them    memo              answers kept by the cells that were read
//   explore, state-table    all reachable states                    temporal, automaton   properties of whole behaviours
//   explain                 why a predicate is false                check     all of this in order
//
// What the engine does not know it refuses by name and place; what TLC refuses to evaluate it refuses too, with the place and the
// way to it. Nothing else in this folder is meant to be imported.

export {
  check,
  type CheckInput,
  type CheckResult,
  type CheckedStep,
  type CheckVerdict,
  type EngineGraph,
} from './check.ts';
export { constantsOf } from './read-specification.ts';
export { SpecificationError, EvaluationError, type Position } from './errors.ts';
export type { Because } from './explain.ts';
