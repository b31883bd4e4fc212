// Implementations that do not return from a step, by a loop or by a wait, get a verdict with the shortest story; a machine that is
// only slow gets none.

import { describe, expect, test } from 'vitest';
import { createMachine, explore } from '../../../model/index.ts';
import { bufferLanguage } from '../../kit/buffer-language.ts';
import { createCoreDriver } from '../../kit/core-driver.ts';
import type { Driver } from '../../kit/driver.ts';
import { walkEdges } from '../../kit/edges.ts';
import { walkOrHang } from '../../kit/hung-step.ts';
import { breakPromisesOf } from '../../kit/promises.ts';
import { conform, replay } from '../../kit/random/conform.ts';
import { Overdue, within } from '../../kit/within.ts';
import { DATA_SHAPE } from '../../support/shapes.ts';

const loop = (): never => {
  for (;;);
};
const waitForEver = (): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

/** Production, except that a flush of a dirty buffer by the second client does not return. */
function hanging(hang: () => unknown): Driver {
  const honest = createCoreDriver(DATA_SHAPE);
  return {
    reset: () => honest.reset(),
    snapshot: (into) => honest.snapshot(into),
    perform(action) {
      const answer = honest.perform(action);
      if (action.kind === 'ioFlush' && action.client === 1 && answer.outcome === 'done') hang();
      return answer;
    },
  };
}

const exploration = explore(createMachine(DATA_SHAPE), { graph: true });
const language = bufferLanguage(DATA_SHAPE);
const patience = { walkSeconds: 1, stepSeconds: 0.5 };

describe.each([
  ['loops', loop],
  ['waits for ever', waitForEver],
])('a step that %s', (_, hang) => {
  test('is told by the edge walk, after a shortest path', () => {
    const walked = walkOrHang(exploration, language, () => hanging(hang), (driver) => walkEdges(exploration, driver, language), patience); // prettier-ignore
    expect(walked).toEqual({
      summary: 'A step does not return within 0.5 s, after 5 step(s) on a shortest path.',
      story: [
        '1. c1 ioRead d1 → io',
        '2. device readDone d1 → done',
        '3. c2 ioRead d1 → done',
        '4. c2 ioModify d1 → done',
        '5. c2 ioModifyDone d1 → done',
        '6. c2 ioFlush d1 → does not return',
      ],
    });
  });

  test('is told by the promises', () => {
    const broken = walkOrHang(exploration, language, () => hanging(hang), (driver) => breakPromisesOf(exploration, driver, language), patience); // prettier-ignore
    expect('summary' in broken ? broken.summary : '').toContain('does not return');
  });

  test('is told by random programs, made smaller, with a token that repeats it', { timeout: 60_000 }, () => {
    const players = { driver: () => hanging(hang), programSeconds: 0.5 };
    const { failure } = conform({ ...players, runs: 50, shape: DATA_SHAPE });
    expect(failure?.path.at(-1)).toMatch(/^c2 ioFlush/);
    expect(failure?.path.length).toBeLessThan(8);
    expect(failure?.story.join('\n')).toContain('does not return within');
    expect(replay(failure!.token, players).failure?.path).toEqual(failure?.path);
  });
});

test('a walk that is slow and has no hung step is made again with more time', () => {
  let walks = 0;
  const report = walkOrHang(
    exploration,
    language,
    () => createCoreDriver(DATA_SHAPE),
    (driver) => {
      driver.reset();
      if (++walks === 1) loop();
      return 'fine';
    },
    { walkSeconds: 0.2, stepSeconds: 0.2 },
  );
  expect([report, walks]).toEqual(['fine', 2]);
});

test('what throws in time throws, and what returns is returned', () => {
  expect(within(5, () => within(5, () => 7))).toBe(7);
  expect(() =>
    within(5, () => {
      throw new RangeError('x');
    }),
  ).toThrow(RangeError);
  expect(() => within(0.05, loop)).toThrow(Overdue);
});
