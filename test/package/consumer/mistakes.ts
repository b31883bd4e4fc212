// What the types must refuse. Nothing of this is run: were a declaration lost on the way into the package, everything
// would be `any`, and a line that expects an error would find none.

import { HammerIoCore, type Handle } from 'hammer-io-kit';
import { explore, type Exploration } from 'hammer-io-kit/model';
import type { ACTIONS, Outcome } from 'hammer-io-kit/spec';
import type { Driver } from 'hammer-io-kit/kit';

// @ts-expect-error the capacity is missing
export const core = new HammerIoCore({ volumes: [{ name: 'v1', blocks: 1 }] });
// @ts-expect-error a number is no handle
export const handle: Handle = 'first';
// @ts-expect-error there is no such outcome
export const outcome: Outcome = 'perhaps';
// @ts-expect-error there is no such action
export const kind: keyof typeof ACTIONS = 'ioGuess';
// @ts-expect-error a name is no machine
export const exploration: Exploration = explore('data');
// @ts-expect-error a driver performs actions
export const driver: Driver = { reset: () => undefined, snapshot: () => undefined };
