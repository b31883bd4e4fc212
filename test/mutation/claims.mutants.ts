// Each claim, goal and wait says what it said, of states and steps that are healthy and that are broken.

import { test } from 'vitest';
import { ASKED, readGoldens } from './goldens.ts';
import { mustBe } from '../support/must.ts';

const { claims } = readGoldens();

for (const [id, ask] of Object.entries(ASKED)) {
  test(`${id} says what it said`, () => {
    mustBe(ask().join(' '), claims[id]!.join(' '));
  });
}
