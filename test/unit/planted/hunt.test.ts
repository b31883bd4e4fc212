// The hunt for planted bugs at work on a few of them, and what makes it fail: a bug that nothing catches, one that the wrong
// claim catches, and a harness that is broken itself. All of the bugs are hunted by check-model.

import { describe, expect, test } from 'vitest';
import type { BugReport, PlantedBug } from '../../planted/bug.ts';
import { plantedBug, PLANTED_BUGS } from '../../planted/bugs.ts';
import { demonstrate } from '../../planted/demonstrate.ts';
import { huntBug, huntBugs, reportOf, type HuntOptions } from '../../planted/hunt.ts';
import { loadPatched } from '../../planted/patch.ts';
import { huntLines, huntProblems, plantedBugEntry } from '../../planted/report.ts';
import { CANARIES, selfCheck } from '../../planted/self-check.ts';

const NOTHING = {
  file: 'src/core/actions/write.ts',
  find: 'export function issueWrite(',
  replace: '/**/ export function issueWrite(',
};

const whole = plantedBug('running-bytes-not-counted');

/** A hunt and its report, of a bug that is not in the list. */
async function hunted(bug: PlantedBug): Promise<BugReport> {
  return reportOf(bug, await huntBug(bug, 10));
}

describe('the hunt', () => {
  test('catches bugs of every kind by the claims that must catch them, and tells its progress', async () => {
    const only = [
      'second-refusal-counts-again',
      'undo-error-is-dropped',
      'written-in-the-middle-of-a-change',
      'model-chained-barrier-sleeps-on',
      'tla-modifiers-overtake-the-interlock',
      'device-oldest-write-is-read',
      'device-flush-forgets-the-newest',
    ];
    const told: string[] = [];
    const reports = await huntBugs({
      only,
      checkItself: false,
      onProgress: ({ name }, done, total) => told.push(`${done}/${total} ${name}`),
    });
    expect(reports.map(({ name, caughtBy }) => [name, caughtBy])).toEqual([
      [only[0], 'I21'],
      [only[1], 'H4'],
      [only[2], 'promises'],
      [only[3], 'H13'],
      [only[4], 'graph'],
      [only[5], 'device'],
      [only[6], 'I48'],
    ]);
    expect(huntProblems(reports)).toEqual([]);
    expect(told.length).toBe(only.length);
    expect(plantedBugEntry(reports[5]!)).toEqual({
      name: 'device-oldest-write-is-read',
      kind: 'device',
      claim: 'device',
      caughtBy: 'device',
      effort: '3 cases',
    });
    expect(huntLines(reports).at(-1)).toMatch(
      /^7 of 7 planted bugs caught, 3 by claims alone; median \d+ random runs$/,
    );
  });

  test('gives the same reports again', async () => {
    const once = (): Promise<BugReport[]> => huntBugs({ only: [whole.name], checkItself: false });
    expect(await once()).toEqual(await once());
  });
});

describe('the run fails', () => {
  test('when nothing catches a bug', async () => {
    const report = await hunted({ ...whole, patches: [NOTHING] });
    expect(report).toMatchObject({ caughtBy: 'nothing', ok: false, comparedRuns: 0 });
    expect(huntProblems([report])).toEqual([
      "The planted bug 'running-bytes-not-counted' is not caught in 10 runs; I23 must catch it.",
    ]);
  });

  test('when the wrong claim catches a bug', async () => {
    const report = await hunted({ ...whole, claim: 'I22' });
    expect(report).toMatchObject({ caughtBy: 'I23', ok: false });
    expect(huntProblems([report])[0]).toMatch(/is caught by I23 after \d+ runs?; I22 must catch it first\.$/);
  });

  test('when snapshots differ in another field than the bug is about', async () => {
    const report = await hunted({ ...whole, claim: 'snapshot', field: 'refs' });
    expect(report).toMatchObject({ caughtBy: 'snapshot in mount.ioRunningSpace', ok: false });
  });

  test('when too few bugs are planted, or the random runs take too long', () => {
    const slow = PLANTED_BUGS.map(({ name, kind, claim }): BugReport => ({
      name,
      kind,
      claim,
      caughtBy: claim,
      also: [],
      effort: 21,
      unit: 'runs',
      ok: true,
    }));
    const problems = huntProblems(slow);
    expect(problems).toContain('The median effort is 21 random runs, more than 20.');
    expect(problems).toContain('There must be at least 20 planted bugs caught by claims alone, and there are 0.');
  });
});

describe('a broken harness', () => {
  test.each(CANARIES.map((canary) => [canary.name, canary] as const))('is noticed: %s', async (_, canary) => {
    expect(await selfCheck([], huntBug, [canary])).toEqual([]);
  });

  test('is noticed: a canary that breaks nothing', async () => {
    const find = 'export function reportOf(';
    const patches = [{ file: 'test/planted/hunt.ts', find, replace: `/**/ ${find}` }];
    const mute = { name: 'nothing', blindsFor: whole.name, patches };
    expect(await selfCheck([], huntBug, [mute])).toEqual([
      `The harness is broken ('nothing') and still says that it caught '${whole.name}'.`,
    ]);
  });

  test('fails the whole run: claims that fail whatever happens', async () => {
    const patches = [
      {
        file: 'test/planted/broken-claims.ts',
        find: '  return broken ?? NONE;',
        replace: "  return broken ?? ['I1'];",
      },
    ];
    interface HuntModule {
      readonly huntBugs: (options: HuntOptions) => Promise<BugReport[]>;
    }
    const { huntBugs: broken } = await loadPatched<HuntModule>('test/planted/hunt.ts', patches, 'alarm');
    await expect(broken({ only: [whole.name] })).rejects.toMatchObject({
      name: 'HuntBroken',
      problems: ['With nothing planted in the production on d1 I1 fails.'],
    });
  });
});

test('a demonstration shows the patch, the shrunk story and the claim with its lines of the original', async () => {
  const text = await demonstrate('second-refusal-counts-again');
  expect(text.split('\n')).toEqual([
    'second-refusal-counts-again (planted in production; origin: D11)',
    'A buffer that is locked already is counted as locked once more when the kernel is refused again.',
    '',
    expect.stringMatching(/^src\/core\/actions\/kernel\.ts:\d+$/),
    '-   setWantedByKernel(m, io, true);',
    '+   io.wantedByKernel = true;',
    '+   m.ioLockedCount++;',
    '',
    expect.stringMatching(/^Caught by I21, after \d+ runs?:$/),
    expect.stringMatching(/^ {2}1\. c\d ioNew d1 → done$/),
    expect.stringMatching(/^ {2}2\. c\d release d1 → done$/),
    expect.stringMatching(/^ {2}3\. c\d io(New|Read) d1 → done$/),
    '  4. kernel writeBack d1 → refused',
    '  5. kernel writeBack d1 → refused',
    '  the last step changed',
    '     mount.ioLockedCount: before 1, after 2',
    '',
    'I21 LockedCount: The counter of locked buffers is the number of locked buffers.',
    expect.stringMatching(/^why: /),
    expect.stringMatching(/^original: L137 .*L1321-1322 /),
  ]);
});
