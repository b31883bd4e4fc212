// Sums: the counters by which the layer limits itself.
//
// Production and the original maintain them step by step; the model computes them. They are wrong for long before anybody
// notices, and then a limit is never reached or never left.

import type { Invariant } from '../claim.ts';
import { EXAMPLE_BLOCK_BYTES, client, example, heldDirty, loading, passiveClean, writing } from './example.ts';
import { isLockedDirtyType, isSpaceOf } from '../reading.ts';

export const I21: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I21',
  tla: 'LockedCount',
  statement: 'The counter of locked buffers is the number of locked buffers.',
  why: 'Memory pressure is judged by it; a counter that only grows makes the layer believe that everything is stuck.',
  original: [
    { line: 137, what: 'down when a locked buffer is detached' },
    { line: 706, to: 708, what: 'up with the flag, and only if it was clear' },
    { line: 1157, what: 'down when a completion tries to let go' },
    { line: 1198, what: 'up on a refused deallocation' },
    { line: 1304, to: 1307, what: 'the guarded form' },
    { line: 1321, to: 1322, what: 'the unguarded form, which counts a second refusal again' },
  ],
  repairs: ['D11'],
  applies(s) {
    if (s.mount.ioLockedCount !== 0) return true;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.locked) return true;
    return false;
  },
  holds(s) {
    let locked = 0;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.locked) locked++;
    return s.mount.ioLockedCount === locked;
  },
  violation: example({
    ios: [passiveClean('data', { locked: true })],
    clients: [client('hold', 0)],
    mount: { ioLockedCount: 2 },
  }),
};

export const I22: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I22',
  tla: 'LockedDirtySpace',
  statement: 'lockedDirtySpace is the bytes of the modified META buffers and volume headers.',
  why: 'These buffers cannot be written by the kernel, so this sum decides when the layer above must write them.',
  original: [
    { line: 945, to: 948, what: 'down when one leaves its list' },
    { line: 1023, what: 'up for a volume header' },
    { line: 1028, what: 'up for META' },
  ],
  applies(s) {
    if (s.mount.lockedDirtySpace !== 0) return true;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.modified && isLockedDirtyType(s.ios[b]!.type)) return true;
    return false;
  },
  holds(s, blockBytes) {
    let dirty = 0;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.modified && isLockedDirtyType(s.ios[b]!.type)) dirty++;
    return isSpaceOf(s.mount.lockedDirtySpace, dirty, blockBytes);
  },
  violation: example({ ios: [heldDirty('meta')], mount: { lockedDirtySpace: 0 } }),
};

export const I23: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I23',
  tla: 'RunningSpace',
  statement: 'ioRunningSpace, and the count of running write bytes, are the bytes of the writes in flight.',
  why: 'The backlog limit compares against it: too high and clients wait for nothing, too low and the limit is none.',
  original: [
    { line: 742, to: 743, what: 'up when a write is issued' },
    { line: 1127, to: 1129, what: 'down when it completes, and never below zero' },
    { line: 1355, to: 1356, what: 'up when the kernel is allowed to write' },
  ],
  applies(s) {
    if (s.mount.ioRunningSpace !== 0 || s.mount.runningWriteBytes !== 0) return true;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.running) return true;
    return false;
  },
  holds(s, blockBytes) {
    let running = 0;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.running) running++;
    const { ioRunningSpace, runningWriteBytes } = s.mount;
    return ioRunningSpace === runningWriteBytes && isSpaceOf(ioRunningSpace, running, blockBytes);
  },
  violation: example({ ios: [writing('data')], mount: { ioRunningSpace: 0, runningWriteBytes: EXAMPLE_BLOCK_BYTES } }),
};

export const I24: Invariant = {
  form: 'state',
  status: 'checked',
  id: 'I24',
  tla: 'RunningRead',
  statement: 'runningReadBytes is the bytes of the loads in flight.',
  why: 'It must return to zero when the layer is idle; a drift tells of a read that was counted twice or never ended.',
  original: [
    { line: 307, what: 'up before the read' },
    { line: 318, what: 'down after it, whatever it brought' },
  ],
  applies(s) {
    if (s.mount.runningReadBytes !== 0) return true;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.reading) return true;
    return false;
  },
  holds(s, blockBytes) {
    let reading = 0;
    for (let b = 0; b < s.ios.length; b++) if (s.ios[b]!.reading) reading++;
    return isSpaceOf(s.mount.runningReadBytes, reading, blockBytes);
  },
  violation: example({ ios: [loading('data')], clients: [client('load', 0)], mount: { runningReadBytes: 0 } }),
};

export const SUM_INVARIANTS: readonly Invariant[] = [I21, I22, I23, I24];
