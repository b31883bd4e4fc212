// The direct machine in the terms of the kit: its snapshots, its answers, its names.
//
// `client strategyRead h1 whole`, `mount relocate s1 to s3`, `device directWriteDone h1 EIO`. Who may be resumed is part of a
// snapshot, so nobody is told as woken beside it; what an answer has instead is whose operations it ended.

import {
  DIRECT_ACTIONS,
  directLabelOf,
  type DirectAction,
  type DirectOutcome,
} from '../../../spec/direct/vocabulary.ts';
import type { DirectShape } from '../../../spec/direct/snapshot.ts';
import { blankDirectSnapshot, DIRECT_OUTCOMES } from '../../../model/direct/index.ts';
import type { Language } from '../language.ts';
import type { SnapshotDifference } from '../snapshot-difference.ts';
import { directDifferences, sameDirectSnapshot } from './direct-difference.ts';
import { directStateWriter } from './direct-text.ts';
import type { DirectAnswer, MutableDirectSnapshot } from './driver.ts';

export type DirectLanguage = Language<DirectAction, MutableDirectSnapshot, DirectAnswer, DirectAnswer>;

/** The language of the direct machine of one shape. */
export function directLanguage(shape: DirectShape): DirectLanguage {
  return {
    outcomes: DIRECT_OUTCOMES,
    blank: () => blankDirectSnapshot(shape),
    sameState: sameDirectSnapshot,
    stateDifferences: (expected, seen) => directDifferences(shape, expected, seen),
    runnable: () => 0,
    sameAnswer: (expected, _woken, answer) =>
      expected.outcome === answer.outcome && expected.completed === answer.completed,
    answerDifferences: (expected, _woken, answer) => answerDifferences(shape, expected, answer),
    label: ({ kind }, outcome) => directLabelOf(kind, outcome as DirectOutcome),
    actionText: (action) => directActionText(shape, action),
    writer: () => directStateWriter(shape),
  };
}

/** One action with its names. */
export function directActionText(shape: DirectShape, action: DirectAction): string {
  const words: string[] = [DIRECT_ACTIONS[action.kind].by, action.kind];
  const site = (index: number): string => shape.sites[index]?.name ?? `site ${index}`;
  if ('front' in action) words.push(shape.fronts[action.front]?.name ?? `front ${action.front}`);
  if ('whole' in action) words.push(action.whole ? 'whole' : 'piecewise');
  if ('large' in action) words.push(action.large ? 'large' : 'small', 'to');
  if ('site' in action) words.push(site(action.site));
  if ('to' in action) words.push('to', site(action.to));
  if ('error' in action && action.error) words.push('EIO');
  return words.join(' ');
}

function answerDifferences(
  { fronts }: DirectShape,
  expected: DirectAnswer,
  answer: DirectAnswer,
): SnapshotDifference[] {
  const names = (mask: number): string => {
    const known = fronts.flatMap(({ name }, f) => ((mask & (1 << f)) === 0 ? [] : [name]));
    const strangers = mask >>> fronts.length === 0 ? [] : ['somebody unknown'];
    return [...known, ...strangers].join(' ') || 'nobody';
  };
  const found: SnapshotDifference[] = [];
  if (expected.outcome !== answer.outcome)
    found.push({ path: 'outcome', expected: expected.outcome, seen: answer.outcome });
  if (expected.completed !== answer.completed)
    found.push({ path: 'completed', expected: names(expected.completed), seen: names(answer.completed) });
  return found;
}
