// The engine and TLC on hundreds of tiny specifications: each construct of the language, what is refused, what is violated. Where
// the engine answers otherwise on purpose, the case says so with its reason.

import { describe, expect, test } from 'vitest';
import { loadPatched } from '../../../planted/patch.ts';
import { check, type CheckInput, type CheckResult } from '../../../tla/engine/index.ts';
import { readCases, type Answer, type Case } from '../../../tla/conformance/read-cases.ts';

const CASES = readCases();

const inputOf = ({ cfg, modules }: Case): CheckInput => ({
  ...{ root: 'M', cfg, cfgName: 'M.cfg', maxStates: 200_000 },
  modules: (name) => modules.get(name),
});

/** What is compared: the verdict, the claim, and whatever numbers the recorded answer has. */
function answerOf(result: CheckResult, { violated, counts }: Answer): Answer {
  const seen: Readonly<Record<string, number>> = {
    ...{ distinct: result.distinct, generated: result.generated, depth: result.depth },
    trace: result.trace?.length ?? 0,
  };
  return {
    verdict: result.verdict,
    counts: Object.fromEntries(Object.keys(counts).map((key) => [key, seen[key]!])),
    ...(violated !== undefined && { violated: result.violated ?? 'nothing' }),
  };
}

const expectedOf = ({ tlc, ours }: Case): Answer => {
  const { verdict, counts, violated } = ours ?? tlc;
  return { verdict, counts, ...(violated !== undefined && { violated }) };
};

test('there are cases of every kind, and few in which the answers differ', () => {
  expect(CASES.length).toBeGreaterThan(400);
  expect(CASES.filter(({ ours }) => ours !== undefined).length).toBeLessThan(16);
  expect(new Set(CASES.map(({ tlc }) => tlc.verdict))).toEqual(
    new Set(['ok', 'invariant', 'deadlock', 'action-property', 'temporal', 'assert', 'assume', 'evaluation-error', 'parse-error', 'engine-failed']),
  ); // prettier-ignore
});

describe.each([...new Set(CASES.map(({ file }) => file))])('%s', (file) => {
  test.each(CASES.filter((one) => one.file === file).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const result = await check(inputOf(one));
    expect(answerOf(result, expectedOf(one)), result.message).toEqual(expectedOf(one));
  });
});

test.each([
  ['runtime.ts', 'this.fit(this.int(a, p) + this.int(b, p), p)', 'this.fit(this.int(a, p) + this.int(b, p) + 1, p)'],
  ['explore.ts', 'if (claims.length === 0 || this.#allHold(all, row)) return undefined;', 'if (claims.length >= 0) return undefined;'],
  ['compile-action.ts', "`n${index}=undefined;${then(after)}`", "then(after)"],
  ['frame.ts', 'this.#reads.note(this.#offset + cell);', ''],
  ['memo.ts', 'for (let i = cells.length - 1; i >= from; i--) {', 'for (let i = Math.min(cells.length - 1, 0); i >= from; i--) {'],
  ['temporal.ts', 'if (starved.length === 0) {', 'if (starved.length >= 0) {'],
  ['resolve.ts', 'given.get(own) ?? outer.find(own)', 'outer.find(own) ?? given.get(own)'],
] as const)('an engine that is broken in %s answers otherwise', async (file, find, replace) => {
  const patch = { file: `test/tla/engine/${file}`, find, replace };
  const broken = await loadPatched<{ check: typeof check }>('test/tla/engine/index.ts', [patch], 'broken-engine');
  const wrong: string[] = [];
  for (const one of CASES.filter(({ ours }) => ours === undefined)) {
    const result = await broken.check(inputOf(one)).catch((error: unknown) => ({ verdict: String(error), counts: {} }));
    const answer = 'distinct' in result ? answerOf(result, one.tlc) : result;
    if (JSON.stringify(answer) !== JSON.stringify({ verdict: one.tlc.verdict, counts: one.tlc.counts, ...(one.tlc.violated !== undefined && { violated: one.tlc.violated }) })) wrong.push(one.name);
  }
  expect(wrong).not.toEqual([]);
}); // prettier-ignore
