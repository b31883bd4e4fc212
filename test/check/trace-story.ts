// A TLA+ engine's counterexample in a few lines: each step with the variables that it changed.

import type { TlaResult } from '../tla/engine.ts';
import { differencesOfStates } from '../tla/state-difference.ts';

/** Steps told; of a longer trace the last ones, where it goes wrong. */
const STEPS_TOLD = 10;

export function traceStory({ trace = [] }: Pick<TlaResult, 'trace'>): readonly string[] {
  const steps = trace.slice(1).map((step, i) => {
    const changes = differencesOfStates(trace[i]!.state, step.state);
    const effect = changes.map(({ path, left, right }) => `${path} ${left ?? '(absent)'} → ${right ?? '(absent)'}`);
    return `${i + 1}. ${step.action ?? '(unnamed action)'}: ${effect.join(', ') || 'changes nothing'}`;
  });
  const left = steps.length - STEPS_TOLD;
  return left > 0 ? [`… ${left} steps before`, ...steps.slice(left)] : steps;
}
