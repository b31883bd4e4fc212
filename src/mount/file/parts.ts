// What open files need of their mount.

import type { HammerIoCore } from '../../core/hammer-io-core.ts';
import type { CachePolicy } from '../../policy/cache-policy.ts';
import type { Faults } from '../faults.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Room } from '../room.ts';
import type { Turns } from '../turns.ts';
import type { Loans } from './lent-memory.ts';
import type { FileMemory } from './memory.ts';
import type { Files } from './work.ts';

export interface FileParts {
  readonly core: HammerIoCore;
  readonly policy: CachePolicy;
  readonly faults: Faults;
  /** All that are open. */
  readonly files: Files;
  readonly lifecycle: Lifecycle;
  /** Memory that the program has borrowed. */
  readonly loans: Loans;
  /** For data on its way. */
  readonly fileMemory: FileMemory;
  readonly room: Room;
  readonly turns: Turns;
}
