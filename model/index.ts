// The reference model: a machine per shape, its exhaustive exploration, shortest paths, stuck states.

export { createMachine, ModelFault, type Machine, type Refusal } from './buffer/machine.ts';
export {
  explore,
  pathTo,
  OUTCOMES,
  type Exploration,
  type ExploreOptions,
  type Graph,
  type PathStep,
  type Violation,
} from './buffer/explore.ts';
export type { ExplorationOf } from './explorer/search.ts';
export { stuckStates } from './buffer/stuck.ts';
export { blankSnapshot, type MutableSnapshot } from './buffer/snapshot.ts';
export type { PromiseName } from './buffer/rules.ts';
export { MissingPackage } from './missing-package.ts';
export { Contents } from './buffer/contents.ts';
export { LIMITS, ShapeTooLarge } from './buffer/state.ts';
