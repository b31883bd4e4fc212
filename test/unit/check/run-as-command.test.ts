// When a command prints in colours.

import { expect, test } from 'vitest';
import { colourWanted } from '../../check/run-as-command.ts';

test.each([
  ['a terminal', {}, true, true],
  ['no terminal', {}, false, false],
  ['NO_COLOR on a terminal', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR, which counts as none', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR without a terminal', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 without a terminal', { FORCE_COLOR: '0' }, false, false],
  ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
] as const)('%s', (_, env, isTerminal, wanted) => {
  expect(colourWanted(env, isTerminal)).toBe(wanted);
});
