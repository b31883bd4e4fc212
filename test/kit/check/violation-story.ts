// The way to a state or step that breaks a claim: the shortest path in numbered lines with names, and what the last step
// changed, field by field. Needs no graph, only the explorer's tree of first discoveries.

import { pathTo, type Exploration } from '../../../model/explore.ts';
import { blankSnapshot, type MutableSnapshot } from '../../../model/snapshot.ts';
import { differenceLines, stepText, storyLines } from '../story.ts';
import { snapshotDifferences } from '../snapshot-difference.ts';

/** The story of `state`, or of the step by `action` out of it. */
export function violationStory(exploration: Exploration, state: number, action?: number): readonly string[] {
  const { machine, rows, parent } = exploration;
  const { shape, rowWords } = machine;
  const snapshotOf = (number: number): MutableSnapshot => {
    const into = blankSnapshot(shape);
    machine.snapshot(rows, number * rowWords, into);
    return into;
  };
  const states = [state];
  while (parent[states[0]!]! >= 0) states.unshift(parent[states[0]!]!);
  const steps = pathTo(exploration, state).map(({ action: taken, outcome }, i) =>
    stepText(shape, taken, outcome, snapshotOf(states[i]!)),
  );
  let [before, after] = [states.length > 1 ? snapshotOf(states.at(-2)!) : undefined, snapshotOf(state)];
  if (action !== undefined) {
    const into = new Int32Array(rowWords);
    const taken = machine.step(rows, state * rowWords, action, into);
    if (taken !== undefined) {
      [before, after] = [after, blankSnapshot(shape)];
      machine.snapshot(into, 0, after);
      steps.push(stepText(shape, machine.actions[action]!, taken.outcome, before));
    }
  }
  if (before === undefined) return ['in the initial state'];
  const changes = differenceLines(snapshotDifferences(shape, before, after), 'before', 'after');
  return [...storyLines(steps), 'the last step changed', ...changes.map((line) => `   ${line}`)];
}
