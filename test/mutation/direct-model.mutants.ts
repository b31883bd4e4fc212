// The direct model on each small machine: what can be observed of its whole graph is what it was, and so is what the claims and
// goals say of it.

import { test } from 'vitest';
import { readDirectGoldens } from './direct-goldens.ts';
import { DIRECT_MACHINES } from '../support/direct-machines.ts';
import { directClaimsSeen, directMachineSeen } from './direct-observed.ts';
import { mustBe } from '../support/must.ts';

const { machines, explored } = readDirectGoldens();

for (const name of Object.keys(DIRECT_MACHINES)) {
  test(`the direct model is as it was: ${name}`, () =>
    mustBe(directMachineSeen(name).join(' '), machines[name]!.join(' ')));
}

for (const name of Object.keys(DIRECT_MACHINES)) {
  test(`the direct claims apply as they did: ${name}`, () => mustBe(directClaimsSeen(name), explored[name]));
}
