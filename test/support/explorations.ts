// The explorations of the small machines, each made once in a run of the suite, whichever test asks first.

import { createMachine, explore, type Exploration } from '../../model/index.ts';
import type { Shape } from '../../spec/index.ts';
import { SMALL_MACHINES, UNREPAIRED } from './small-machines.ts';

const made = new Map<string, Exploration>();

/** The exploration of that shape, with its graph. */
export function explorationOf(name: string): Exploration {
  const known = made.get(name);
  if (known !== undefined) return known;
  const exploration = explore(createMachine(shapeNamed(name)), { graph: true, maxStates: STATES_MAX });
  made.set(name, exploration);
  return exploration;
}

/** The shape of a small machine, or, by the id of a repair, of one that lacks it. */
export function shapeNamed(name: string): Shape {
  return { ...SMALL_MACHINES, ...UNREPAIRED }[name]!;
}

/** Above the largest machine: a mutant may have infinitely many states. */
export const STATES_MAX = 1000;
