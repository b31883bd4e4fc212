// A guard for tests in which one thread plays both sides of a ring: where the I/O thread would go to sleep for ever, because
// nothing was submitted, Atomics.wait throws instead, and the test has failed at once and not after a timeout.

import { afterAll, beforeAll } from 'vitest';

export const ASLEEP = 'nothing was submitted';

/** For the tests of the file that calls it. Real I/O threads have an Atomics of their own and sleep as ever. */
export function refuseToSleep(): void {
  const { wait } = Atomics;
  beforeAll(() => {
    Atomics.wait = () => {
      throw new Error(ASLEEP);
    };
  });
  afterAll(() => {
    Atomics.wait = wait;
  });
}
