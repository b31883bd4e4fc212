// Steps by which an io loses its buffer or its life, and by which the kernel gets its way.
//
// Four parties take a buffer from an io: its last release, an invalidation, a completion that grants an earlier wish of the
// kernel, and the kernel itself. Nobody may be using the bytes, and no bytes may be lost that were not given up.

import type { Property } from '../claim.ts';
import { client, example, loose, passiveClean, passiveDirty, unloaded, writing } from './example.ts';
import { anyClientAt, anyLostItsBuffer, hasUser, ioAt, ioOf, isConcerned, lostItsBuffer } from '../reading.ts';
import { timesOnRunList } from '../reading.ts';
import type { Snapshot } from './snapshot.ts';
import type { ActionKind } from './vocabulary.ts';
import type { Step } from '../claim.ts';

/** Invalidations give up the contents, dirty or not; no other step may. */
function givesUpContents(kind: ActionKind): boolean {
  return kind === 'delBuffer' || kind === 'unload';
}

export const I11: Property = {
  form: 'step',
  status: 'checked',
  id: 'I11',
  tla: 'DisassociateIsSafe',
  statement:
    'A buffer is detached only when there is no handle on it, no write of it is in flight, and it is clean or its contents are being given up.',
  why: 'The kernel reuses the memory at once: a user would see another block’s bytes, a dirty buffer would be lost.',
  original: [
    { line: 127, to: 129, what: 'in the kernel’s hands, clean, and attached to this io' },
    { line: 118, to: 120, what: 'interlocked, without references' },
  ],
  on: 'any',
  applies: anyLostIts,
  holds(before, step, after) {
    const kind = step.action.kind;
    for (let b = 0; b < before.ios.length; b++) {
      if (!lostItsBuffer(before, after, b)) continue;
      const was = before.ios[b]!;
      if (after.ios[b]!.running || hasUser(after, b)) return false;
      if (was.running && kind !== 'writeDone') return false;
      if (was.modified && !givesUpContents(kind)) return false;
    }
    return true;
  },
  violation: {
    before: example({ ios: [passiveDirty('data')] }),
    step: { action: { kind: 'recycle', io: 0 }, outcome: 'done' },
    after: example({ ios: [loose('data')] }),
  },
};

function anyLostIts(before: Snapshot, _step: Step, after: Snapshot): boolean {
  return anyLostItsBuffer(before, after);
}

export const I12: Property = {
  form: 'step',
  status: 'checked',
  id: 'I12',
  tla: 'FreedIsBare',
  statement:
    'A structure is destroyed only when it has no buffer, no reference and no pending work, stands on no list, and no client is concerned with it.',
  why: 'Whoever still knew it would reach into freed memory; a list that still held it would be torn.',
  original: [
    { line: 1000, to: 1006, what: 'clean, and on no list but the loose list, which it leaves' },
    { line: 985, what: 'work that drops references must leave the caller its own' },
  ],
  on: 'any',
  applies(before, _step, after) {
    for (let b = 0; b < before.ios.length; b++) if (before.ios[b]!.exists && !after.ios[b]!.exists) return true;
    return false;
  },
  holds(before, step, after) {
    const kind = step.action.kind;
    for (let b = 0; b < before.ios.length; b++) {
      const was = before.ios[b]!;
      const is = after.ios[b]!;
      if (!was.exists || is.exists) continue;
      if (is.refs !== 0 || is.bp || is.interlockOwner >= 0 || is.modRoot !== 'none') return false;
      if (isConcerned(after, b) || timesOnRunList(after, b) > 0) return false;
      if (was.gencrc || was.ioerror) return false;
      if (was.modified && !givesUpContents(kind)) return false;
    }
    return true;
  },
  violation: {
    before: example({ ios: [unloaded('data')], clients: [client('get', 0, { runnable: true })] }),
    step: { action: { kind: 'cleanLoose' }, outcome: 'done' },
    after: example({ ios: [{ type: 'data', refs: 0, check: false }], clients: [client('get', 0, { runnable: true })] }),
  },
};

/** The kernel's own steps. */
const KERNEL_ASKS = ['recycle', 'writeBack', 'clusterPull'] as const satisfies readonly ActionKind[];

export const I16: Property = {
  form: 'step',
  status: 'checked',
  id: 'I16',
  tla: 'KernelNeedsNoReferences',
  statement:
    'The kernel writes or takes a buffer exactly when the io has neither references nor an interlock owner; otherwise it is refused and the buffer marked. A completion grants an earlier wish under the same condition.',
  why: 'A reference is the promise that contents and association stay put; the kernel’s daemons know nothing of handles.',
  original: [
    { line: 1193, to: 1199, what: 'taking needs the interlock without references, else the buffer is marked' },
    { line: 1320, to: 1325, what: 'so does writing' },
    { line: 1156, to: 1160, what: 'a completion tries again for a marked buffer' },
  ],
  on: [...KERNEL_ASKS, 'writeDone'],
  applies(before, step, after) {
    if (step.action.kind !== 'writeDone') return true;
    const b = step.action.io;
    return lostItsBuffer(before, after, b) && !anyClientAt(before, 'release', b);
  },
  holds(before, step, after) {
    const b = ioOf(before, step);
    const io = ioAt(before, b);
    if (io === undefined) return false;
    const isFree = io.refs === 0 && io.interlockOwner < 0;
    if (step.action.kind === 'writeDone') return isFree;
    return step.outcome === 'done' ? isFree : !isFree && after.ios[b]!.locked;
  },
  violation: {
    before: example({ ios: [passiveClean('data')], clients: [client('get', 0, { runnable: true })] }),
    step: { action: { kind: 'recycle', io: 0 }, outcome: 'done' },
    after: example({ ios: [unloaded('data')], clients: [client('get', 0, { runnable: true })] }),
  },
};

export const I20: Property = {
  form: 'step',
  status: 'checked',
  id: 'I20',
  tla: 'DeallocateIsLegal',
  statement:
    'The kernel asks for a buffer only when it is not locked and not being written; a completion that leaves it locked leaves it referenced.',
  why: 'A second wish for a locked buffer would be counted twice, and a locked clean buffer without references would never be asked for again.',
  original: [
    { line: 1192, what: 'asserted when the kernel asks' },
    { line: 1130, what: 'running is cleared first' },
    { line: 1156, to: 1159, what: 'and the lock flag, before the completion tries' },
  ],
  on: ['recycle', 'lowMemoryRelease', 'writeDone'],
  applies(before, step) {
    return step.action.kind !== 'writeDone' || before.ios[step.action.io]!.locked;
  },
  holds(before, step, after) {
    const b = ioOf(before, step);
    const was = ioAt(before, b);
    const is = ioAt(after, b);
    if (was === undefined || is === undefined) return false;
    if (step.action.kind === 'writeDone') return !is.running && (!is.locked || is.refs > 0);
    return !was.locked && !was.running && was.bp;
  },
  violation: {
    before: example({ ios: [writing('data', { locked: true })] }),
    step: { action: { kind: 'writeDone', io: 0, error: false }, outcome: 'done' },
    after: example({ ios: [passiveClean('data', { locked: true })] }),
  },
};

/** Did the step take away the device cache's copy together with the buffer? */
function dropsContents(before: Snapshot, step: Step, b: number): boolean {
  if (before.ios[b]!.reclaim) return true;
  if (ioOf(before, step) !== b) return false;
  switch (step.action.kind) {
    case 'delBuffer':
    case 'unload':
    case 'recycle':
    case 'lowMemoryRelease':
      return true;
    case 'writeDone': {
      for (let c = 0; c < before.clients.length; c++) {
        const who = before.clients[c]!;
        if (who.at === 'release' && who.io === b && who.closing) return true;
      }
      return false;
    }
    default:
      return false;
  }
}

export const I25: Property = {
  form: 'step',
  status: 'checked',
  id: 'I25',
  tla: 'ReclaimIsConsumed',
  statement:
    'The wish to drop a buffer is fulfilled when it is detached, and then the device cache keeps nothing; without the wish a detached buffer stays in the device cache unless it was invalidated or taken. The wish ends only there or when the buffer is modified again.',
  why: 'A dropped UNDO buffer must be read from the device next time; a wish that outlives its buffer drops a later one.',
  original: [
    { line: 140, to: 143, what: 'detaching turns the wish into the kernel’s flags and forgets it' },
    { line: 704, to: 705, what: 'the wish is made when the write is issued' },
  ],
  on: 'any',
  applies(before, _step, after) {
    for (let b = 0; b < before.ios.length; b++) {
      if (lostItsBuffer(before, after, b) || (before.ios[b]!.reclaim && !after.ios[b]!.reclaim)) return true;
    }
    return false;
  },
  holds(before, step, after) {
    for (let b = 0; b < before.ios.length; b++) {
      const was = before.ios[b]!;
      const is = after.ios[b]!;
      if (lostItsBuffer(before, after, b)) {
        if (is.reclaim || is.residue !== (dropsContents(before, step, b) ? 'none' : 'cached')) return false;
      } else if (was.reclaim && !is.reclaim && !(is.modified && !was.modified)) return false;
    }
    return true;
  },
  violation: {
    before: example({ ios: [writing('undo', { reclaim: true, locked: true })] }),
    step: { action: { kind: 'writeDone', io: 0, error: false }, outcome: 'done' },
    after: example({ ios: [loose('undo', { residue: 'cached' })] }),
  },
};

export const DETACH_PROPERTIES: readonly Property[] = [I11, I12, I16, I20, I25];
