// The engine on small specifications by chance, against what TLC answered to the same.

import { describe, expect, test } from 'vitest';
import { readAnswers } from '../../../tla/conformance/random-answers.ts';
import { randomSpecification } from '../../../tla/conformance/random-specification.ts';
import type { Answer } from '../../../tla/conformance/read-cases.ts';
import { check, type CheckResult } from '../../../tla/engine/index.ts';

const ANSWERS = readAnswers();

const run = (seed: number): Promise<CheckResult> => {
  const { module, cfg } = randomSpecification(seed);
  return check({ root: 'M', modules: (name) => (name === 'M' ? module : undefined), cfg, maxStates: 50_000 });
};

/** What both say in the same way: TLC counts steps of branches apart that come to the same, and its own breakdowns are refusals. */
function comparable({ verdict, violated, counts: { distinct, depth, trace } }: Answer): unknown {
  return [verdict === 'engine-failed' ? 'evaluation-error' : verdict, violated, distinct, depth, trace];
}

const oursOf = ({ verdict, violated, distinct, depth, trace }: CheckResult, { counts }: Answer): Answer => ({
  verdict,
  ...(violated !== undefined && { violated }),
  counts: {
    ...(counts['distinct'] !== undefined && { distinct, depth }),
    ...(counts['trace'] !== undefined && { trace: trace?.length ?? 0 }),
  },
});

test('there are seeds enough, and of every kind of answer', () => {
  expect(ANSWERS.length).toBeGreaterThanOrEqual(200);
  const verdicts = new Set(ANSWERS.map(([, { verdict }]) => verdict));
  for (const verdict of ['ok', 'invariant', 'deadlock', 'action-property', 'temporal', 'evaluation-error']) {
    expect(verdicts).toContain(verdict);
  }
});

describe('specifications by chance are answered as by TLC', () => {
  const hundreds = new Set(ANSWERS.map(([seed]) => Math.floor(seed / 100)));
  test.each([...hundreds])('seeds from %i00', async (hundred) => {
    for (const [seed, answer] of ANSWERS.filter(([one]) => Math.floor(one / 100) === hundred)) {
      const result = await run(seed);
      expect(comparable(oursOf(result, answer)), `seed ${seed}: ${result.message}`).toEqual(comparable(answer));
    }
  });
});
