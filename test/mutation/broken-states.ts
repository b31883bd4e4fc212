// States and steps for predicates to be asked about, healthy and broken. Healthy ones are the examples of the catalogue and a
// sample of the small machines' states and edges. Each is then broken in every way that one field, one list entry or one
// outcome allows, in place, so that thousands of broken ones cost next to nothing. Whoever is shown one must not keep it.

import { OUTCOMES } from '../../model/buffer/explore.ts';
import { PLACES } from '../../model/buffer/state.ts';
import { CLAIMS, GOALS, type Snapshot, type Step, type Transition } from '../../spec/index.ts';
import { blankSnapshot } from '../kit/driver.ts';
import { graphOf } from '../kit/search-tree.ts';
import { breakEach, type Words } from './breaking.ts';
import { explorationOf } from '../support/explorations.ts';

/** The machines that lend states and edges: few, because exploring them is most of the cost. */
const LENDERS = [
  'one client, DATA',
  'two clients, the kernel and DATA',
  'two clients modify DATA',
  'one client, UNDO',
  'syncs of two volumes',
  'barriers',
];
const STATES_OF_EACH = 5;
const EDGES_OF_EACH_KIND = 2;

/** What else a word could be. */
const WORDS: Words = {
  at: PLACES,
  modRoot: ['none', 'volu', 'meta', 'undo', 'data', 'loose'],
  residue: ['none', 'ahead', 'cached'],
  flush: ['clean', 'dirty', 'flushing', 'flushingDirty', 'failed'],
  volatile: ['none', 'covered', 'exposed'],
  type: ['volume', 'meta', 'undo', 'data'],
};

/** Shows each state as it is and then broken in each way. */
export function showStates(show: (state: Snapshot) => void): void {
  for (const state of someStates()) {
    show(state);
    breakEach(state, WORDS, () => show(state));
  }
}

/** The same for steps, of which either end is broken, or the outcome is another. `isAsked` chooses them. */
export function showSteps(isAsked: (step: Step) => boolean, show: (one: Transition) => void): void {
  for (const one of someSteps()) {
    if (!isAsked(one.step)) continue;
    show(one);
    for (const outcome of OUTCOMES) show({ ...one, step: { ...one.step, outcome } });
    breakEach(one.before, WORDS, () => show(one));
    breakEach(one.after, WORDS, () => show(one));
  }
}

let states: Snapshot[] | undefined;
let steps: Transition[] | undefined;

function someStates(): readonly Snapshot[] {
  if (states !== undefined) return states;
  const examples = CLAIMS.flatMap((claim) => (claim.form === 'state' ? [claim.violation] : []));
  const reached = GOALS.map(({ example }) => example);
  return (states = [...[...examples, ...reached].map((state) => structuredClone(state)), ...LENDERS.flatMap(statesOf)]);
}

function someSteps(): readonly Transition[] {
  if (steps !== undefined) return steps;
  const examples = CLAIMS.flatMap((claim) => (claim.form === 'step' ? [structuredClone(claim.violation)] : []));
  return (steps = [...examples, ...LENDERS.flatMap(stepsOf)]);
}

function statesOf(name: string): Snapshot[] {
  const { distinct } = explorationOf(name);
  return Array.from({ length: STATES_OF_EACH }, (_, i) =>
    snapshotOf(name, Math.floor((i * distinct) / STATES_OF_EACH)),
  );
}

/** The first and the last edges of each kind and outcome. */
function stepsOf(name: string): Transition[] {
  const exploration = explorationOf(name);
  const { source, target, action, outcome, length } = graphOf(exploration);
  const taken = new Map<string, number>();
  const found: Transition[] = [];
  for (let edge = length - 1; edge >= 0; edge -= 1) {
    const step: Step = { action: exploration.machine.actions[action[edge]!]!, outcome: OUTCOMES[outcome[edge]!]! };
    const kind = `${step.action.kind} ${step.outcome}`;
    const times = taken.get(kind) ?? 0;
    if (times === EDGES_OF_EACH_KIND) continue;
    taken.set(kind, times + 1);
    found.push({ before: snapshotOf(name, source[edge]!), step, after: snapshotOf(name, target[edge]!) });
  }
  return found;
}

function snapshotOf(name: string, state: number): Snapshot {
  const { machine, rows } = explorationOf(name);
  const snapshot = blankSnapshot(machine.shape);
  machine.snapshot(rows, state * machine.rowWords, snapshot);
  return structuredClone(snapshot);
}
