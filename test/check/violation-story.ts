// The way to a state or step that breaks a claim: the shortest path in numbered lines with names, and what the last step
// changed, field by field. Needs no graph, only the explorer's tree of first discoveries.

import type { AnyExploration, Language } from '../kit/language.ts';
import { differenceLines, pathTexts, storyLines } from '../kit/story.ts';

/** The story of `state`, or of the step by `action` out of it. */
export function violationStory<A, S, X extends { readonly outcome: string }, R>(
  exploration: AnyExploration<A, S, X>,
  language: Language<A, S, X, R>,
  state: number,
  action?: number,
): readonly string[] {
  const { machine, rows, parent } = exploration;
  const snapshotOf = (row: Int32Array, at: number): S => {
    const into = language.blank();
    machine.snapshot(row, at, into);
    return into;
  };
  const stateOf = (number: number): S => snapshotOf(rows, number * machine.rowWords);
  const steps = pathTexts(exploration, language, state);
  let [before, after] = [parent[state]! < 0 ? undefined : stateOf(parent[state]!), stateOf(state)];
  if (action !== undefined) {
    const into = new Int32Array(machine.rowWords);
    const taken = machine.step(rows, state * machine.rowWords, action, into);
    if (taken !== undefined) {
      [before, after] = [after, snapshotOf(into, 0)];
      steps.push(`${language.actionText(machine.actions[action]!, before)} → ${taken.outcome}`);
    }
  }
  if (before === undefined) return ['in the initial state'];
  const changes = differenceLines(language.stateDifferences(before, after), 'before', 'after');
  return [...storyLines(steps), 'the last step changed', ...changes.map((line) => `   ${line}`)];
}
