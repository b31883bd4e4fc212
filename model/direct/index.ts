// The reference model of the direct machine: a machine per shape, its exhaustive exploration, shortest paths, stuck operations.

export { createDirectMachine, type DirectAnswered, type DirectMachine } from './machine.ts';
export {
  directPathTo,
  exploreDirect,
  DIRECT_OUTCOMES,
  type DirectExploration,
  type DirectExploreOptions,
  type DirectPathStep,
} from './explore.ts';
export { stuckFronts, type StuckFront } from './stuck.ts';
export { blankDirectSnapshot, type MutableDirectSnapshot } from './snapshot.ts';
export { DIRECT_LIMITS } from './state.ts';
