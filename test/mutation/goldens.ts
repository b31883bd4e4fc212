// What was seen of model and claims when the goldens were last written, and how they are seen again. A golden says nothing
// about right or wrong: that is what the other voices are for. It says that something has changed, which is the question here.
//
// `npx tsx test/mutation/write-goldens.ts` writes them anew; the difference belongs into the review of the change.

import { readFileSync } from 'node:fs';
import { GOALS, INVARIANTS, PROGRESS, PROPERTIES } from '../../spec/index.ts';
import { saidByGoal, saidByInvariant, saidByProgress, saidByProperty, saidOfComposites } from './claims-seen.ts';
import type { Said } from './answers.ts';
import { explorationOf, shapeNamed } from '../support/explorations.ts';
import { observedClaims, observedGraph, type ObservedGraph } from './observed-graph.ts';
import { SMALL_MACHINES, UNREPAIRED } from '../support/small-machines.ts';

export interface Goldens {
  readonly machines: Readonly<Record<string, ObservedGraph>>;
  /** By machine, what the claims and goals said of it. */
  readonly explored: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, Said>>;
}

export const GOLDENS_FILE = new URL('./goldens.json', import.meta.url);

export const MACHINE_NAMES: readonly string[] = [...Object.keys(SMALL_MACHINES), ...Object.keys(UNREPAIRED)];

export const machineSeen = (name: string): ObservedGraph => observedGraph(explorationOf(name));

export const claimsSeen = (name: string): string => observedClaims(shapeNamed(name));

/** By id: what asks the claim, goal or progress about the broken states. */
export const ASKED: Readonly<Record<string, () => Said>> = Object.fromEntries([
  ...INVARIANTS.map((claim) => [claim.id, () => saidByInvariant(claim)] as const),
  ...PROPERTIES.map((claim) => [claim.id, () => saidByProperty(claim)] as const),
  ...GOALS.map((goal) => [goal.id, () => saidByGoal(goal)] as const),
  ['the names of composite states', saidOfComposites] as const,
  ...PROGRESS.map((progress) => [progress.id, () => saidByProgress(progress)] as const),
]);

export function readGoldens(): Goldens {
  return JSON.parse(readFileSync(GOLDENS_FILE, 'utf8')) as Goldens;
}

export function seeGoldens(): Goldens {
  return {
    machines: Object.fromEntries(MACHINE_NAMES.map((name) => [name, machineSeen(name)])),
    explored: Object.fromEntries(MACHINE_NAMES.map((name) => [name, claimsSeen(name)])),
    claims: Object.fromEntries(Object.entries(ASKED).map(([id, ask]) => [id, ask()])),
  };
}
