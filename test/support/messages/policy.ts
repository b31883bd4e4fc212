// What the cache policy refuses.

import { ClockPolicy } from '../../../src/index.ts';
import { PolicyStage } from '../../loads/cache-policy-stage.ts';
import type { Entry } from './list.ts';

export const POLICY: readonly Entry[] = [
  ['less than no dirty bytes', () => new ClockPolicy({ dirtyBytesMax: -1 })],
  ['a lower bound above the upper one', () => new ClockPolicy({ dirtyBytesMax: 64, dirtyBytesLow: 65 })],
  ['clusters of no blocks', () => new ClockPolicy({ clusterBlocksMax: 0 })],
  ['less than no loose structures', () => new ClockPolicy({ looseMax: -1 })],
  ['room for more than there is', () => new ClockPolicy().makeRoom(new PolicyStage({ capacityBufs: 2 }).core, 3)],
];
