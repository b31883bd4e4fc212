// The reference model: a machine per shape, its exhaustive exploration, shortest paths, stuck states.

export { createMachine, type Machine, type Refusal } from './machine.ts';
export {
  explore,
  pathTo,
  OUTCOMES,
  type Exploration,
  type ExploreOptions,
  type Graph,
  type PathStep,
  type Violation,
} from './explore.ts';
export type { ExplorationOf } from './search.ts';
export { stuckStates } from './stuck.ts';
export { blankSnapshot, type MutableSnapshot } from './snapshot.ts';
export type { PromiseName } from './rules.ts';
export { LIMITS, ShapeTooLarge } from './state.ts';
