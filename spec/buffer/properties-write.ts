// Steps around a write: when bytes may change, when a write may start, what its completion must do first, and what a
// barrier has waited for.

import type { Property, Step } from '../claim.ts';
import { client, example, heldClean, heldDirty, passiveClean, writing } from './example.ts';
import { clientAt, clientOf, entryClient, entryIo, ioAt, ioOf, otherClientAt } from '../reading.ts';
import type { RunEntry, Snapshot } from './snapshot.ts';

export const I14: Property = {
  form: 'step',
  status: 'checked',
  id: 'I14',
  tla: 'BytesChangeOnlyOpen',
  statement: 'Bytes change only under an open modification of a held, dirty buffer that is not being written.',
  why: 'A change that goes unnoticed is lost when the buffer is taken, or reaches the device half.',
  original: [
    { line: 785, to: 799, what: 'a modifier owns a referenced, attached buffer first' },
    { line: 801, to: 804, what: 'and it is dirty before the bytes change' },
  ],
  on: ['change'],
  applies: () => true,
  holds(before, step) {
    const who = clientAt(before, clientOf(step));
    const io = ioAt(before, ioOf(before, step));
    if (who === undefined || io === undefined) return false;
    const isOpen = who.at === 'hold' && who.mods > 0 && io.modifyRefs > 0;
    return isOpen && io.bp && io.modified && !io.released && !io.running;
  },
  violation: {
    before: example({ ios: [heldClean('data')], clients: [client('hold', 0)] }),
    step: { action: { kind: 'change', client: 0 }, outcome: 'done' },
    after: example({ ios: [heldClean('data')], clients: [client('hold', 0)] }),
  },
};

function anyWriteStarts(before: Snapshot, _step: Step, after: Snapshot): boolean {
  for (let b = 0; b < before.ios.length; b++) if (!before.ios[b]!.running && after.ios[b]!.running) return true;
  return false;
}

export const I15: Property = {
  form: 'step',
  status: 'checked',
  id: 'I15',
  tla: 'IssueWithoutModifiers',
  statement: 'A write starts only on a modified buffer that is not being modified.',
  why: 'The contents that reach the device are those at issue; a modifier in the middle of a change would have half of it written and the rest not marked dirty.',
  original: [
    { line: 679, to: 680, what: 'asserted for the layer’s own writes' },
    { line: 1342, what: 'and tested for writes that the kernel starts' },
  ],
  on: 'any',
  applies: anyWriteStarts,
  holds(before, _step, after) {
    for (let b = 0; b < before.ios.length; b++) {
      const was = before.ios[b]!;
      if (was.running || !after.ios[b]!.running) continue;
      if (!was.modified || was.modifyRefs > 0) return false;
    }
    return true;
  },
  violation: {
    before: example({ ios: [heldDirty('data')], clients: [client('hold', 0, { mods: 1 })] }),
    step: { action: { kind: 'ioFlush', client: 0, reclaim: false }, outcome: 'done' },
    after: example({ ios: [writing('data')], clients: [client('hold', 0, { mods: 1 })] }),
  },
};

export const I33: Property = {
  form: 'step',
  status: 'checked',
  id: 'I33',
  tla: 'ErrorBeforeDone',
  statement: 'When a failed write is over, the mount already knows of the critical error.',
  why: 'Whoever waited for the write looks at the mount next and must not go on to write the header.',
  original: [
    { line: 1103, to: 1108, what: 'the error is made known' },
    { line: 1130, what: 'before running is cleared' },
  ],
  on: ['writeDone'],
  applies: (_before, step) => 'error' in step.action && step.action.error,
  holds: (_before, step, after) => step.outcome === 'error' && after.mount.criticalError,
  violation: {
    before: example({ ios: [writing('undo')] }),
    step: { action: { kind: 'writeDone', io: 0, error: true }, outcome: 'error' },
    after: example({ ios: [passiveClean('undo')] }),
  },
};

function sameEntry(a: RunEntry, b: RunEntry): boolean {
  return entryIo(a) === entryIo(b) && entryClient(a) === entryClient(b);
}

/** Position of a client's placemarker, or -1. */
function placemarkerAt(list: readonly RunEntry[], owner: number): number {
  for (let i = 0; i < list.length; i++) if (entryClient(list[i]!) === owner) return i;
  return -1;
}

/** Is everything before position `end` of `list` also before position `until` of `other`? */
function aheadStaysAhead(list: readonly RunEntry[], end: number, other: readonly RunEntry[], until: number): boolean {
  for (let i = 0; i < end; i++) {
    let found = false;
    for (let j = 0; j < until && !found; j++) found = sameEntry(list[i]!, other[j]!);
    if (!found) return false;
  }
  return true;
}

export const I34: Property = {
  form: 'step',
  status: 'checked',
  id: 'I34',
  tla: 'BarrierSawAll',
  statement:
    'A barrier starts behind everything on the run list, nothing ever gets in front of it, and it returns only from the head: every write that was in flight at its start has completed.',
  why: 'This is the barrier: what follows it relies on what preceded it being on the device.',
  original: [
    { line: 199, to: 203, what: 'an empty list needs no wait' },
    { line: 212, to: 215, what: 'the placemarker goes to the tail and is waited for until it is the head' },
    { line: 745, what: 'writes enter at the tail' },
  ],
  refutation: {
    statementRefuted: 'When a barrier returns, no buffer that was being written at its start is being written.',
    trace: [
      'A ioNew d → done',
      'A ioFlush d → done',
      'B ioWaitAll → wait',
      'device writeDone d → done',
      'A ioModify d → done',
      'A ioModifyDone d → done',
      'A ioFlush d → done',
      'B resumeWaitAll → done',
    ],
  },
  on: 'any',
  applies(before, step) {
    if (step.action.kind === 'ioWaitAll') return true;
    for (let i = 0; i < before.iorun.length; i++) if (entryClient(before.iorun[i]!) >= 0) return true;
    return false;
  },
  holds(before, step, after) {
    if (step.action.kind === 'ioWaitAll') {
      const own = placemarkerAt(after.iorun, step.action.client);
      if (step.outcome === 'done' ? before.iorun.length > 0 : own !== before.iorun.length) return false;
      if (!aheadStaysAhead(before.iorun, before.iorun.length, after.iorun, after.iorun.length)) return false;
    }
    if (step.action.kind === 'resumeWaitAll' && placemarkerAt(before.iorun, step.action.client) !== 0) return false;
    for (let i = 0; i < before.iorun.length; i++) {
      const owner = entryClient(before.iorun[i]!);
      if (owner < 0) continue;
      const now = placemarkerAt(after.iorun, owner);
      if (now > 0 && !aheadStaysAhead(after.iorun, now, before.iorun, i)) return false;
    }
    return true;
  },
  violation: {
    before: example({ ios: [writing('data')], clients: [client('waitAll', -1, { runnable: true })] }),
    step: { action: { kind: 'resumeWaitAll', client: 0 }, outcome: 'done' },
    after: example({ ios: [writing('data')], clients: [client('idle')] }),
  },
};

export const H5: Property = {
  form: 'step',
  status: 'checked',
  id: 'H5',
  tla: 'InterlockIsNotOvertaken',
  tlaState: 'WokenInterlockIsNotOvertaken',
  statement:
    'While another client waits for the write interlock, a handle that is not inside a modification and has none counted does not enter one.',
  why: 'Otherwise modifiers that relieve one another keep a flush waiting for ever. A handle that is already inside may go on, or the interlock would wait for it and it for the interlock.',
  original: [
    { line: 777, to: 780, what: 'a modifier stops for an interlock that is held' },
    { line: 836, to: 839, what: 'but not for one that waits' },
  ],
  repairs: ['D35'],
  refutation: {
    statementRefuted: 'While a client waits for the write interlock, no handle without an open modification opens one.',
    trace: [
      'A ioNew d → done',
      'A ioFlush d → done',
      'B ioRead d → done',
      'B ioModify d → wait',
      'A ioWriteInterlock d → wait',
      'device writeDone d → done',
      'B resumeModify d → done',
    ],
  },
  on: ['ioModify', 'modifyBuffer', 'modifyVolume', 'resumeModify'],
  applies(before, step) {
    const c = clientOf(step);
    const who = clientAt(before, c);
    if (who === undefined || who.mods > 0 || who.at === 'regetblk') return false;
    return otherClientAt(before, 'interlock', who.io, c);
  },
  holds(_before, step, after) {
    return step.outcome === 'wait' && clientAt(after, clientOf(step))?.at === 'modify';
  },
  violation: {
    before: example({
      ios: [heldDirty('data')],
      clients: [client('interlock', 0, { runnable: true }), client('hold', 0)],
    }),
    step: { action: { kind: 'ioModify', client: 1 }, outcome: 'done' },
    after: example({
      ios: [heldDirty('data')],
      clients: [client('interlock', 0, { runnable: true }), client('hold', 0, { mods: 1 })],
    }),
  },
};

export const WRITE_PROPERTIES: readonly Property[] = [I14, I15, I33, I34, H5];
