// The checks of the kit on the direct machine: every edge executed, every promise broken, on whatever a DirectDriver drives.

import type { DirectExploration } from '../../../model/direct/index.ts';
import { walkEdges, type EdgeReport } from '../edges.ts';
import { breakPromisesOf, type PromiseReport } from '../promises.ts';
import { directLanguage } from './direct-language.ts';
import type { DirectDriver } from './driver.ts';

/** Executes every edge of the exploration's graph on the driver. */
export function executeDirectEdges(exploration: DirectExploration, driver: DirectDriver): EdgeReport {
  return walkEdges(exploration, driver, directLanguage(exploration.machine.shape));
}

/** Breaks promises in at most about `statesMax` states of the exploration. */
export function breakDirectPromises(
  exploration: DirectExploration,
  driver: DirectDriver,
  statesMax?: number,
): PromiseReport {
  return breakPromisesOf(exploration, driver, directLanguage(exploration.machine.shape), statesMax);
}
