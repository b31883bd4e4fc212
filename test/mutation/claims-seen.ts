// What a claim, a goal or a wait says of a few thousand states or steps, healthy and broken: how often it applies, how often it
// does not hold, and a digest of where. A predicate that is weaker, stronger or about something else says something else of
// one of them.

import {
  compositeState,
  type Goal,
  type Invariant,
  type Progress,
  type Property,
  type Step,
} from '../../spec/index.ts';
import { Answers, BROKEN, HOLDS, SILENT, type Said } from './answers.ts';
import { showStates, showSteps } from './broken-states.ts';

const BLOCK_BYTES = 64;

export function saidByInvariant(claim: Invariant): Said {
  const answers = new Answers();
  showStates((state) => {
    answers.ask(() => (claim.applies(state) ? (claim.holds(state, BLOCK_BYTES) ? HOLDS : BROKEN) : SILENT));
    answers.ask(() => (claim.holds(state) ? HOLDS : BROKEN));
    const { ofIo } = claim;
    if (ofIo !== undefined) for (const io of state.ios) answers.ask(() => VERDICTS.indexOf(ofIo(io)));
  });
  return answers.said;
}

/** The names of the composite states, as numbers. */
export function saidOfComposites(): Said {
  const answers = new Answers();
  showStates((state) => {
    for (const io of state.ios) answers.ask(() => COMPOSITES.indexOf(compositeState(io)));
  });
  return answers.said;
}

const VERDICTS: readonly unknown[] = ['silent', 'kept', 'broken'];
const COMPOSITES: readonly unknown[] = [
  ...[undefined, 'Absent', 'Unloaded', 'Loose', 'HeldClean', 'HeldDirty', 'PassiveDirty', 'Writing', 'PassiveClean'],
];

export function saidByProperty(claim: Property): Said {
  const answers = new Answers();
  const isAsked = ({ action }: Step): boolean => claim.on === 'any' || claim.on.includes(action.kind);
  showSteps(isAsked, ({ before, step, after }) => {
    answers.ask(() => {
      if (!claim.applies(before, step, after)) return SILENT;
      return claim.holds(before, step, after) ? HOLDS : BROKEN;
    });
  });
  return answers.said;
}

export function saidByGoal(goal: Goal): Said {
  const answers = new Answers();
  showStates((state) => answers.ask(() => (goal.reached(state) ? HOLDS : SILENT)));
  return answers.said;
}

export function saidByProgress(progress: Progress): Said {
  const answers = new Answers();
  showStates((state) => answers.ask(() => (progress.waits(state, 0) ? HOLDS : SILENT)));
  return answers.said;
}
