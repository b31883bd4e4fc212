// The buffer machine in the terms of the kit: its snapshots, its answers, its names.

import { labelOf, type Action, type Outcome, type StepStats } from '../../spec/buffer/vocabulary.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { OUTCOMES } from '../../model/buffer/explore.ts';
import { answerDifferences, isSameAnswer, maskOf, runnableMask } from './answer-difference.ts';
import { blankSnapshot, type MutableSnapshot, type StepResult } from './driver.ts';
import type { Language } from './language.ts';
import { sameSnapshot, snapshotDifferences } from './snapshot-difference.ts';
import { actionText } from './story.ts';
import { stateWriter } from './tla-text.ts';

/** What the model says of a step of the buffer machine. */
export interface BufferStep {
  readonly outcome: Outcome;
  readonly stats: StepStats;
}

export type BufferLanguage = Language<Action, MutableSnapshot, BufferStep, StepResult>;

/** The language of the buffer machine of one shape. */
export function bufferLanguage(shape: Shape): BufferLanguage {
  return {
    outcomes: OUTCOMES,
    blank: () => blankSnapshot(shape),
    sameState: sameSnapshot,
    stateDifferences: (expected, seen) => snapshotDifferences(shape, expected, seen),
    runnable: runnableMask,
    sameAnswer: ({ outcome, stats }, woken, answer) =>
      isSameAnswer(outcome, stats, answer) && woken === maskOf(answer.woken),
    answerDifferences: ({ outcome, stats }, woken, answer) =>
      answerDifferences(shape.clients, { outcome, stats, woken }, answer),
    label: ({ kind }, outcome) => labelOf(kind, outcome as Outcome),
    actionText: (action, before) => actionText(shape, action, before),
    writer: () => stateWriter(shape),
  };
}
