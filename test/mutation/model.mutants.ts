// The model on each small machine: what can be observed of its whole graph is what it was, and so is what the claims and goals
// say of it.

import { test } from 'vitest';
import { claimsSeen, MACHINE_NAMES, machineSeen, readGoldens } from './goldens.ts';
import { mustBe } from '../support/must.ts';

const { machines, explored } = readGoldens();

for (const name of MACHINE_NAMES) {
  test(`the model is as it was: ${name}`, () => mustBe(machineSeen(name).join(' '), machines[name]!.join(' ')));
}

for (const name of MACHINE_NAMES) {
  test(`the claims apply as they did: ${name}`, () => mustBe(claimsSeen(name), explored[name]));
}
