// Bugs of file data that clients alone see, by linearizability: everything else is asked about each, and sees nothing. That they are
// caught is the hunt's business (check-model, phase bugs).

import { expect, test } from 'vitest';
import { PLANTED_BUGS } from '../planted/bugs.ts';
import { seenByOthers } from '../planted/direct-hunt.ts';

const ONLY = PLANTED_BUGS.filter((bug) => bug.machine === 'direct').filter(({ onlyBy }) => onlyBy !== undefined);

test('there are some', () => {
  expect(ONLY.length).toBeGreaterThan(10);
});

test.each(ONLY.map((bug) => [bug.name, bug] as const))('%s is seen by nothing else', async (_, bug) => {
  expect((await seenByOthers(bug))?.found).toBeUndefined();
});
