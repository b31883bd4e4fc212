// What TLC answers to the specifications of `random-specification.ts`, by seed: a file with a line for each, written by
// `test/tla/record-random.ts` and read by the tests of the engine.
//
//   seed verdict [claim] [distinct=n generated=n depth=n] [trace=n]
//
// Counts stand where the search was complete, the length of the counterexample where a shortest one was found.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TlaResult } from '../engine.ts';
import { readAnswer, type Answer } from './read-cases.ts';

export const ANSWERS = fileURLToPath(new URL('./random-specification.answers', import.meta.url));

const HAS_SHORTEST = new Set<TlaResult['verdict']>(['invariant', 'deadlock', 'action-property']);

export function answerLine(seed: number, result: TlaResult): string {
  const { verdict, violated, distinctStates, generated, depth, trace } = result;
  const words = [String(seed), verdict, ...(violated === undefined ? [] : [violated])];
  if (verdict === 'ok') words.push(`distinct=${distinctStates}`, `generated=${generated}`, `depth=${depth}`);
  if (HAS_SHORTEST.has(verdict) && trace !== undefined) words.push(`trace=${trace.length}`);
  return words.join(' ');
}

export function readAnswers(file = ANSWERS): readonly (readonly [seed: number, answer: Answer])[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')); // prettier-ignore
  return lines.map((line) => {
    const at = line.indexOf(' ');
    return [Number(line.slice(0, at)), readAnswer(line.slice(at + 1))] as const;
  });
}
