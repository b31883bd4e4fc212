// The embedded engine is spared the disjuncts that a cfg never offers; nothing else may go.

import { expect, test } from 'vitest';
import { readCfg } from '../../kit/tla/cfg.ts';
import { withOfferedActions } from '../../tla/offered-actions.ts';

const SOURCE = `
Park(c) ==
    /\\ "park" \\in Acts
    /\\ free > 0
Leave(c, paid) ==
    /\\ "leave" \\in Acts
    /\\ free < 9
Rain ==
    /\\ wet = FALSE

Next ==
    \\/ \\E c \\in Cars : Park(c)
    \\/ \\E c \\in Cars : \\E paid \\in BOOLEAN : Leave(c, paid)
    \\/ Rain
Other ==
    \\/ Leave(c, TRUE)
`;
const withActs = (acts: string): string =>
  withOfferedActions(
    SOURCE,
    readCfg(`SPECIFICATION Spec\nCONSTANTS\n  Acts = ${acts}\nINVARIANTS\n  TypeOK\n`, 'x.cfg'),
  );

test('an action that the cfg does not offer leaves Next, and no line moves', () => {
  const lines = withActs('{"park"}').split('\n');
  const before = SOURCE.split('\n');
  expect(lines.length).toBe(before.length);
  expect(lines.filter((line, i) => line !== before[i])).toEqual(['']);
  expect(before[lines.findIndex((line, i) => line !== before[i])]).toContain('Leave(c, paid)');
});

test('an action that is offered, or that names no kind, stays', () => {
  expect(withActs('{"park", "leave"}')).toBe(SOURCE);
  expect(withActs('{}')).toContain('\\/ Rain');
});

test('a cfg without Acts changes nothing', () => {
  expect(withOfferedActions(SOURCE, readCfg('SPECIFICATION Spec\nINVARIANTS\n  TypeOK\n', 'x.cfg'))).toBe(SOURCE);
});
