// All parts of the list, in its order.

import { COMMANDS } from './commands.ts';
import { DEVICES } from './devices.ts';
import { DIRECT } from './direct.ts';
import { FILES } from './files.ts';
import { INPUTS } from './inputs.ts';
import { KIT } from './kit.ts';
import type { Entry } from './list.ts';
import { MOUNT } from './mount.ts';
import { POLICY } from './policy.ts';
import { PROMISES } from './promises.ts';
import { VOLUMES } from './volumes.ts';

export const PARTS: Readonly<Record<string, readonly Entry[]>> = {
  'mounting and formatting': VOLUMES,
  'a mount': MOUNT,
  'file ranges': FILES,
  devices: DEVICES,
  'the cache policy': POLICY,
  'promises of a caller of the core': PROMISES,
  'inputs of the core': INPUTS,
  'direct I/O': DIRECT,
  'the kit': KIT,
  'the commands': COMMANDS,
};
