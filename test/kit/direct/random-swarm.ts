// What a random run of the direct machine tends to do: a weight for each kind of action, and how often requests fail.
//
// Kinds are drawn by weight, and what cannot happen is passed over. What ends something that has begun keeps its weight, or
// runs would come to a standstill; of the rest a run leaves out about a quarter, and does some of it more often than others do.

import { DIRECT_ACTION_KINDS, type DirectActionKind } from '../../../spec/direct/vocabulary.ts';
import type { DirectFault } from '../../../spec/direct/snapshot.ts';
import type { Dice } from '../random/dice.ts';
import { DIRECT_FAULTS } from './configurations.ts';

export interface DirectSwarm {
  /** By kind, in the order of the vocabulary; 0 leaves it out. */
  readonly weights: readonly number[];
  /** By fault, in the order of DIRECT_FAULTS: of 16 completions that many fail. */
  readonly faults: readonly number[];
  /** Of 8 reads and writes, so many cover no whole element, or go through a buffer of the layer. */
  readonly small: number;
}

/** Times that a kind is met, where not four: what begins something often, what changes little seldom. */
const WEIGHTS: Partial<Record<DirectActionKind, number>> = {
  strategyRead: 4,
  directReadDone: 6,
  strategyWrite: 60,
  resumeWrite: 3,
  directWriteDone: 3,
  commitRecord: 18,
  resumeCommit: 2,
  destroyRecord: 16,
  cycle: 16,
  reserveComplete: 16,
  relocate: 8,
  deviceRead: 1,
  deviceReadDone: 4,
  deviceRelease: 8,
  deviceWriteDone: 3,
  recycleFront: 2,
  bmap: 3,
};

/** What ends something that has begun. */
const NEEDED: ReadonlySet<DirectActionKind> = new Set<DirectActionKind>([
  'strategyRead', 'resumeRead', 'directReadDone', 'resumeWrite', 'directWriteDone', 'resumeCommit', 'deviceReadDone',
  'deviceWriteDone', 'recycleFront', 'destroyRecord', 'cycle', 'reserveComplete', 'deviceRelease',
]); // prettier-ignore

const FAULT_OF: Partial<Record<DirectActionKind, DirectFault>> = {
  directReadDone: 'read',
  directWriteDone: 'write',
  deviceReadDone: 'deviceRead',
  deviceWriteDone: 'deviceWrite',
};

export function drawDirectSwarm(dice: Dice): DirectSwarm {
  const weights = DIRECT_ACTION_KINDS.map((kind) => {
    const factor = 1 + dice(3);
    return NEEDED.has(kind) || dice(4) > 0 ? factor * (WEIGHTS[kind] ?? 4) : 0;
  });
  // A failed write ends all writing, so most runs have none.
  const faults = DIRECT_FAULTS.map((fault) => {
    const level = [0, 1, 3][dice(3)]!;
    return fault.toLowerCase().endsWith('write') && dice(3) > 0 ? 0 : level;
  });
  return { weights, faults, small: [0, 1, 4, 8][dice(4)]! };
}

/** Of 16 completions of that kind, so many fail. */
export function faultsIn16({ faults }: DirectSwarm, kind: DirectActionKind): number {
  const fault = FAULT_OF[kind];
  return fault === undefined ? 0 : faults[DIRECT_FAULTS.indexOf(fault)]!;
}
