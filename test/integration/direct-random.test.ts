// Random conformance of the direct machine: that it holds on sound implementations, that each way of being wrong is found, made
// small and told with a token that repeats it, and that a run which proves nothing says so.

import { describe, expect, test } from 'vitest';
import type { DirectShape } from '../../spec/direct/snapshot.ts';
import type { DirectAction } from '../../spec/direct/vocabulary.ts';
import { butDirect, DIRECT_SHAPE, directModelDriver } from '../support/direct-stage.ts';
import type { DirectDriver, MutableDirectSnapshot } from '../kit/direct/driver.ts';
import { directConform, directReplay } from '../kit/direct/random.ts';
import { directFailureLines, formatDirectReplay } from '../check/direct/random-report.ts';
import { directTokenOf, readDirectToken } from '../kit/direct/random-token.ts';
import { TokenError } from '../kit/random/sealed.ts';

/** Sound, until something has been done; from then on its states read otherwise. */
const lying =
  (starts: (action: DirectAction) => boolean, lie: (into: MutableDirectSnapshot) => void) =>
  (shape: DirectShape): DirectDriver => {
    let lies = false;
    return butDirect(directModelDriver(shape), (sound) => ({
      reset() {
        lies = false;
        sound.reset();
      },
      perform(action) {
        const answer = sound.perform(action);
        lies ||= starts(action);
        return answer;
      },
      snapshot(into) {
        sound.snapshot(into);
        if (lies) lie(into);
      },
    }));
  };

describe('sound implementations', () => {
  test('production goes with the model, and every claim that says something holds', () => {
    const report = directConform({ runs: 60 });
    expect(report.failure).toBeUndefined();
    expect(report).toMatchObject({ runs: 60, steps: 60 * 160, share: 1, problems: [], holds: true });
    expect(report.claims.size).toBeGreaterThan(12);
  });

  test('a report depends on its options alone', () => {
    const report = () => directConform({ runs: 20, seed: 7, driver: directModelDriver });
    expect(report()).toEqual(report());
    expect(report()).not.toEqual(directConform({ runs: 20, seed: 8, driver: directModelDriver }));
  });
});

describe('an implementation that is wrong', () => {
  test('by a claim: is named by it, with the shortest run that was found and a token that repeats it', () => {
    // Keeps what a front has learnt when the data moves away.
    const forgetful = lying(
      ({ kind }) => kind === 'relocate',
      (into) => void (into.fronts[0]!.cached = into.sites.findIndex(({ use }) => use === 'delay')),
    );
    const { failure, holds } = directConform({ driver: forgetful });
    expect(holds).toBe(false);
    expect(failure).toMatchObject({ claims: ['H16'], summary: 'On Relocate H16 is broken, after 3 step(s).' });
    expect(failure!.path.at(-1)).toMatch(/^mount relocate s\d to s\d → done$/);
    expect(directFailureLines(failure!).at(-1)).toBe(`repeat: npm run check-model -- --replay ${failure!.token}`);
    const again = directReplay(failure!.token, { driver: forgetful });
    expect(again).toEqual({ executed: 3, failure });
    expect(directReplay(failure!.token)).toEqual({ executed: 3 });
    expect(formatDirectReplay({ executed: 3 })).toMatch(/^The run of the token holds here: 3 step\(s\)/);
  });

  test('by an answer: ends that are told twice break I46', () => {
    const twice = (shape: DirectShape): DirectDriver =>
      butDirect(directModelDriver(shape), (sound) => ({
        perform(action) {
          const { outcome, completed } = sound.perform(action);
          return { outcome, completed: action.kind === 'recycleFront' ? 1 << action.front : completed };
        },
      }));
    const { failure } = directConform({ driver: twice });
    expect(failure).toMatchObject({ claims: ['I46'], differences: [{ path: 'completed', expected: 'nobody' }] });
  });

  test('by a state that no claim speaks of', () => {
    const { failure } = directConform({
      driver: lying(
        ({ kind }) => kind === 'deviceRelease',
        (into) => void (into.sites[0]!.held = true),
      ),
    });
    expect(failure).toMatchObject({
      claims: [],
      differences: [{ path: 'site s1.held', expected: 'false', seen: 'true' }],
    });
    expect(failure!.path.at(-1)).toMatch(/^client deviceRelease /);
  });

  test('by an exception', () => {
    const { failure } = directConform({
      driver: (shape) =>
        butDirect(directModelDriver(shape), (sound) => ({
          perform(action) {
            if (action.kind === 'cycle') throw new RangeError('no more cycles');
            return sound.perform(action);
          },
        })),
    });
    expect(failure).toMatchObject({ differences: [{ path: 'thrown', seen: 'no more cycles' }] });
    expect(failure!.path.at(-1)).toBe('mount cycle → done');
  });

  test('from the beginning', () => {
    const { failure } = directConform({
      driver: lying(
        () => false,
        () => undefined,
      ),
      runs: 1,
    });
    expect(failure).toBeUndefined();
    const wrong = directConform({
      driver: (shape) =>
        butDirect(directModelDriver(shape), (sound) => ({
          snapshot(into) {
            sound.snapshot(into);
            into.next = 4;
          },
        })),
    });
    expect(wrong.failure).toMatchObject({
      path: [],
      summary: 'On Init production leaves the model in next, after 0 step(s).',
    });
  });
});

test('runs that come to a standstill prove nothing', () => {
  const shape = { ...DIRECT_SHAPE, acts: ['strategyRead', 'directReadDone'] };
  const { problems, holds } = directConform({ shape, runs: 10, driver: directModelDriver });
  expect(problems).toEqual([expect.stringMatching(/^Runs came to a standstill: \d\.\d % of the steps were taken\.$/)]);
  expect(holds).toBe(false);
});

test.each([
  ['seed', -1],
  ['runs', 0],
  ['steps', 1.5],
])('%s %d is refused', (name, value) => {
  expect(() => directConform({ [name]: value })).toThrow(RangeError);
});

describe('a token', () => {
  const program = { shape: DIRECT_SHAPE, actions: [{ kind: 'strategyRead', front: 0, whole: true }] as const };
  const token = directTokenOf(program);

  test('says what it was made of', () => {
    expect(token).toMatch(/^d1-[\w-]+$/);
    expect(readDirectToken(` ${token}\n`)).toEqual(program);
  });

  test.each([
    ['of another kind', 'r1-abc', /is not a token: one begins with d1-/],
    ['damaged', `${token.slice(0, -5)}AAAAA`, /damaged/],
    ['cut', token.slice(0, 20), /damaged/],
  ])('%s is refused', (_what, text, message) => {
    expect(() => directReplay(text)).toThrow(TokenError);
    expect(() => directReplay(text)).toThrow(message);
  });

  test('of an action that nobody knows is refused', () => {
    const strange = directTokenOf({ ...program, actions: [{ kind: 'strategyRead', front: 9, whole: true }] });
    expect(() => directReplay(strange)).toThrow(/names an action that the machine of this revision does not have/);
  });
});
