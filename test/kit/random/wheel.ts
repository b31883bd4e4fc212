// Which kinds of action a program tends to: a wheel of slots, and the swarm's levels that close some of them.
//
// A command points at a slot. If its slot is closed or the kind there cannot happen now, the command moves on to the next
// slot. The slots of a kind are strewn over the wheel, so that what is open and can happen is met about as often as its
// share, and a command whose kind can happen means the same whatever else is taken out of a program: that is what lets
// programs shrink. Levels only close slots and never move one, for the same reason.

import { ACTION_KINDS, type ActionKind } from '../../../spec/buffer/vocabulary.ts';
import type { Fault } from '../../../spec/buffer/snapshot.ts';
import { diceOf, type Dice } from './dice.ts';

/**
 * Slots of a kind, where not nine. What changes nothing has few. Completions of writes have few too, although nothing goes
 * on without them: writes that stay in flight for a while are what the rest of the layer is about, and where nothing else
 * can happen any slot leads to them.
 */
const SLOTS: Partial<Record<ActionKind, number>> = {
  ioRead: 48,
  ioNew: 18,
  readDone: 30,
  resumeGet: 24,
  release: 42,
  resumeRelease: 18,
  ioModify: 42,
  modifyBuffer: 30,
  modifyVolume: 30,
  resumeModify: 12,
  undoLaid: 24,
  change: 12,
  ioModifyDone: 27,
  ioWriteInterlock: 27,
  resumeInterlock: 12,
  ioDoneInterlock: 12,
  ioFlush: 24,
  resumeWait: 6,
  flushDone: 15,
  resumeFlushSync: 12,
  ioLimitBacklog: 8,
  resumeBacklog: 3,
  writeBack: 9,
  writeDone: 6,
  clusterPull: 18,
  recycle: 12,
  ioAdvance: 1,
  ioNotmeta: 2,
  ioInval: 5,
  ioClearError: 6,
  ioClearErrorNoassert: 30,
  ioFlushMark: 2,
  ioStart: 1,
  ioFsync: 1,
  ioSync: 1,
  ioMovedeps: 1,
  ioCheckread: 1,
  ioCountdeps: 1,
};

/** What ends something that has begun, and the read that begins everything: without these, runs come to a standstill. */
const NEEDED: ReadonlySet<ActionKind> = new Set<ActionKind>([
  'ioRead', 'readDone', 'resumeGet', 'release', 'resumeRelease', 'resumeModify', 'undoLaid', 'ioModifyDone', 'resumeInterlock',
  'ioDoneInterlock', 'writeDone', 'resumeWait', 'resumeWaitAll', 'flushDone', 'resumeFlushSync', 'resumeBacklog',
]); // prettier-ignore

export const LEVEL_MAX = 3;

/** Kind (its place in ACTION_KINDS) of each slot, and from which level on the slot is open. */
export const WHEEL: { readonly kinds: Uint8Array; readonly opens: Uint8Array } = makeWheel();
export const SLOT_COUNT = WHEEL.kinds.length;

function makeWheel() {
  const slots = ACTION_KINDS.flatMap((kind, k) =>
    Array.from({ length: SLOTS[kind] ?? 9 }, (_, i) => ({ kind: k, opens: 1 + (i % LEVEL_MAX) })),
  );
  const dice = diceOf(0); // any arrangement will do, as long as it stays
  for (let i = slots.length - 1; i > 0; i--) {
    const j = dice(i + 1);
    [slots[i], slots[j]] = [slots[j]!, slots[i]!];
  }
  return {
    kinds: Uint8Array.from(slots, (slot) => slot.kind),
    opens: Uint8Array.from(slots, (slot) => slot.opens),
  };
}

/** The faults, in the order in which the swarm has their levels, behind those of the kinds. */
export const FAULTS: readonly Fault[] = ['read', 'write', 'flush', 'undo'];

/** Whose completion a fault spoils. */
export const FAULT_OF: Partial<Record<ActionKind, Fault>> = {
  readDone: 'read',
  writeDone: 'write',
  flushDone: 'flush',
  undoLaid: 'undo',
};

/** Of 16 completions, how many fail at a level. */
export const FAULTS_IN_16: readonly number[] = [0, 1, 2, 6];

/** A level for each kind and then for each fault: 0 leaves it out. */
export type Swarm = readonly number[];

export const levelOfFault = (swarm: Swarm, fault: Fault): number => swarm[ACTION_KINDS.length + FAULTS.indexOf(fault)]!;

/** Two in five of the kinds that can be left out are, and a third of the faults; the others get a level each. */
export function drawSwarm(dice: Dice, acts: readonly string[]): Swarm {
  const kinds = ACTION_KINDS.map((kind) => {
    if (!acts.includes(kind)) return 0;
    const level = 1 + dice(LEVEL_MAX);
    return NEEDED.has(kind) || dice(5) > 1 ? level : 0;
  });
  return [...kinds, ...FAULTS.map(() => Math.min(1, dice(3)) * (1 + dice(LEVEL_MAX)))];
}
