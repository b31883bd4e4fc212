// States and steps of the direct machine for predicates to be asked about, healthy and broken: the examples of the catalogue, and
// a sample of the small machines' states and edges, each broken in every way that one field, one list entry, one outcome or one
// front whose operation has ended allows.

import { blankDirectSnapshot, DIRECT_OUTCOMES } from '../../model/direct/index.ts';
import { DIRECT_CLAIMS, DIRECT_GOALS, type DirectSnapshot, type DirectStep } from '../../spec/direct/index.ts';
import { graphOf } from '../kit/search-tree.ts';
import { breakEach, type Words } from './breaking.ts';
import { directExplorationOf } from '../support/direct-machines.ts';

/** The machines that lend states and edges. */
const LENDERS = [
  'a record that is replaced',
  'freed space that is written again',
  'verified reads of a short record',
  'a snapshot that keeps what was replaced',
  'direct reads and writes that fail',
  'writes of the device cache that fail',
  'two files',
];
const STATES_OF_EACH = 5;
const EDGES_OF_EACH_KIND = 2;

/** What else a word could be. */
const WORDS: Words = {
  at: ['empty', 'translated', 'syncing', 'reading', 'copying', 'valid', 'loading', 'replacing', 'writing'],
  how: ['none', 'whole', 'direct', 'indirect', 'verified', 'piecewise', 'large', 'small'],
  use: ['free', 'record', 'media', 'delay'],
  alias: ['none', 'loading', 'clean', 'dirty', 'writing', 'failed'],
};

export interface DirectTransition {
  readonly before: DirectSnapshot;
  readonly step: DirectStep;
  readonly after: DirectSnapshot;
}

/** Shows each state as it is and then broken in each way. */
export function showDirectStates(show: (state: DirectSnapshot) => void): void {
  for (const state of someStates()) {
    show(state);
    breakEach(state, WORDS, () => show(state));
  }
}

/** The same for steps, of which either end is broken, or the answer is another. `isAsked` chooses them. */
export function showDirectSteps(isAsked: (step: DirectStep) => boolean, show: (one: DirectTransition) => void): void {
  for (const one of someSteps()) {
    if (!isAsked(one.step)) continue;
    show(one);
    for (const outcome of DIRECT_OUTCOMES) show({ ...one, step: { ...one.step, outcome } });
    for (const completed of [0, 1, 2, 3]) show({ ...one, step: { ...one.step, completed } });
    breakEach(one.before, WORDS, () => show(one));
    breakEach(one.after, WORDS, () => show(one));
  }
}

let states: readonly DirectSnapshot[] | undefined;
let steps: readonly DirectTransition[] | undefined;

function someStates(): readonly DirectSnapshot[] {
  const broken = DIRECT_CLAIMS.flatMap((claim) => (claim.form === 'state' ? [claim.violation] : []));
  const reached = DIRECT_GOALS.map(({ example }) => example);
  return (states ??= [...[...broken, ...reached].map((state) => structuredClone(state)), ...LENDERS.flatMap(statesOf)]);
}

function someSteps(): readonly DirectTransition[] {
  const broken = DIRECT_CLAIMS.flatMap((claim) => (claim.form === 'step' ? [structuredClone(claim.violation)] : []));
  return (steps ??= [...broken, ...LENDERS.flatMap(stepsOf)]);
}

function statesOf(name: string): DirectSnapshot[] {
  const { distinct } = directExplorationOf(name);
  return Array.from({ length: STATES_OF_EACH }, (_, i) =>
    snapshotOf(name, Math.floor((i * distinct) / STATES_OF_EACH)),
  );
}

/** The last edges of each kind and answer. */
function stepsOf(name: string): DirectTransition[] {
  const exploration = directExplorationOf(name);
  const { machine, rows } = exploration;
  const { source, target, action, outcome, length } = graphOf(exploration);
  const into = new Int32Array(machine.rowWords);
  const taken = new Map<string, number>();
  const found: DirectTransition[] = [];
  for (let edge = length - 1; edge >= 0; edge--) {
    const made = machine.actions[action[edge]!]!;
    const kind = `${made.kind} ${outcome[edge]!}`;
    const times = taken.get(kind) ?? 0;
    if (times === EDGES_OF_EACH_KIND) continue;
    taken.set(kind, times + 1);
    const answer = machine.step(rows, source[edge]! * machine.rowWords, action[edge]!, into)!;
    const step: DirectStep = { action: made, ...answer };
    found.push({ before: snapshotOf(name, source[edge]!), step, after: snapshotOf(name, target[edge]!) });
  }
  return found;
}

function snapshotOf(name: string, state: number): DirectSnapshot {
  const { machine, rows } = directExplorationOf(name);
  const snapshot = blankDirectSnapshot(machine.shape);
  machine.snapshot(rows, state * machine.rowWords, snapshot);
  return structuredClone(snapshot);
}
