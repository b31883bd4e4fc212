// Production on every edge of the small machines, and its hit path on those where a buffer is got again.

import { test } from 'vitest';
import { HitPathDriver, walkEdges } from './edge-walk.ts';
import { explorationOf } from '../support/explorations.ts';
import { SMALL_MACHINES } from '../support/small-machines.ts';

for (const name of Object.keys(SMALL_MACHINES)) {
  test(`production takes every edge: ${name}`, () => walkEdges(explorationOf(name)));
}

for (const name of [
  'one client, DATA',
  'two clients queue for DATA',
  'two clients, the kernel and DATA',
  'a header and its DATA',
]) {
  test(`production takes every edge by the hit path: ${name}`, () =>
    walkEdges(explorationOf(name), new HitPathDriver(SMALL_MACHINES[name]!)));
}
