// Production on every edge of the small machines of file data that have every repair; of the larger ones, near the beginning.

import { test } from 'vitest';
import { walkDirectEdges } from './direct-edge-walk.ts';
import { directExplorationOf, WHOLE_DIRECT_MACHINES } from '../support/direct-machines.ts';

for (const name of WHOLE_DIRECT_MACHINES) {
  test(`production takes every edge of file data: ${name}`, () =>
    walkDirectEdges(directExplorationOf(name, WALKED_STATES)));
}

/** `check-model` walks through all of them; here a second has to do. */
const WALKED_STATES = 130;
