// What was seen of the direct machine and its claims when the goldens were last written, and how it is seen again; see
// `goldens.ts`, whose words are used here.

import { readFileSync } from 'node:fs';
import {
  DIRECT_GOALS,
  DIRECT_INVARIANTS,
  DIRECT_PROGRESS,
  DIRECT_PROPERTIES,
  type DirectGoal,
  type DirectInvariant,
  type DirectProgress,
  type DirectProperty,
} from '../../spec/direct/index.ts';
import { Answers, BROKEN, HOLDS, SILENT, type Said } from './answers.ts';
import { showDirectStates, showDirectSteps } from './direct-broken-states.ts';
import { DIRECT_MACHINES } from '../support/direct-machines.ts';
import { directClaimsSeen, directMachineSeen } from './direct-observed.ts';
import type { Goldens } from './goldens.ts';

export const DIRECT_GOLDENS_FILE = new URL('./direct-goldens.json', import.meta.url);

/** By id: what asks the claim, goal or wait about the broken states. */
export const DIRECT_ASKED: Readonly<Record<string, () => Said>> = Object.fromEntries([
  ...DIRECT_INVARIANTS.map((claim) => [claim.id, () => saidByInvariant(claim)] as const),
  ...DIRECT_PROPERTIES.map((claim) => [claim.id, () => saidByProperty(claim)] as const),
  ...DIRECT_GOALS.map((goal) => [goal.id, () => saidByGoal(goal)] as const),
  ...DIRECT_PROGRESS.map((progress) => [progress.id, () => saidByProgress(progress)] as const),
]);

export function readDirectGoldens(): Goldens {
  return JSON.parse(readFileSync(DIRECT_GOLDENS_FILE, 'utf8')) as Goldens;
}

export function seeDirectGoldens(): Goldens {
  const names = Object.keys(DIRECT_MACHINES);
  return {
    machines: Object.fromEntries(names.map((name) => [name, directMachineSeen(name)])),
    explored: Object.fromEntries(names.map((name) => [name, directClaimsSeen(name)])),
    claims: Object.fromEntries(Object.entries(DIRECT_ASKED).map(([id, ask]) => [id, ask()])),
  };
}

function saidByInvariant(claim: DirectInvariant): Said {
  const answers = new Answers();
  showDirectStates((state) => {
    answers.ask(() => (claim.applies(state) ? HOLDS : SILENT));
    answers.ask(() => (claim.holds(state) ? HOLDS : BROKEN));
  });
  return answers.said;
}

function saidByProperty(claim: DirectProperty): Said {
  const answers = new Answers();
  const { on } = claim;
  showDirectSteps(
    ({ action }) => on === 'any' || on.includes(action.kind),
    ({ before, step, after }) => {
      answers.ask(() => (claim.applies(before, step, after) ? HOLDS : SILENT));
      answers.ask(() => (claim.holds(before, step, after) ? HOLDS : BROKEN));
    },
  );
  return answers.said;
}

function saidByGoal(goal: DirectGoal): Said {
  const answers = new Answers();
  showDirectStates((state) => answers.ask(() => (goal.reached(state) ? HOLDS : SILENT)));
  return answers.said;
}

function saidByProgress(progress: DirectProgress): Said {
  const answers = new Answers();
  showDirectStates((state) => {
    for (let who = 0; who < state.fronts.length + state.sites.length; who++)
      answers.ask(() => (progress.waits(state, who) ? HOLDS : SILENT));
  });
  return answers.said;
}
