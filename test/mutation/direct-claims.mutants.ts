// Each claim, goal and wait of the direct machine says what it said, of states and steps that are healthy and that are broken.

import { test } from 'vitest';
import { DIRECT_ASKED, readDirectGoldens } from './direct-goldens.ts';
import { mustBe } from '../support/must.ts';

const { claims } = readDirectGoldens();

for (const [id, ask] of Object.entries(DIRECT_ASKED)) {
  test(`${id} says what it said`, () => mustBe(ask().join(' '), claims[id]!.join(' ')));
}
