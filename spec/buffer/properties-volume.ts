// Steps of a device flush: whom it covers, and that failure is for good.

import type { Property, Step } from '../claim.ts';
import { client, example } from './example.ts';
import type { Snapshot } from './snapshot.ts';

/** The caller's completed writes are covered: by a flush that was issued after the last of them, or by the next one. */
function callIsCovered(before: Snapshot, after: Snapshot, caller: number): boolean {
  const who = after.clients[caller];
  if (who?.at !== 'flushSync') return false;
  for (let v = 0; v < before.volumes.length; v++) {
    const was = before.volumes[v]!.volatile;
    const needs = who.needs[v]!;
    if (was !== 'none' && needs === 0) return false;
    if (was === 'exposed' && needs === 1 && after.volumes[v]!.volatile !== 'covered') return false;
  }
  return true;
}

/** A call stops needing a flush only when that flush succeeded, or when it is told that it failed. */
function needsAreMet(before: Snapshot, step: Step, after: Snapshot, volume: number): boolean {
  for (let c = 0; c < before.clients.length; c++) {
    if (before.clients[c]!.at !== 'flushSync' || after.clients[c]!.at !== 'flushSync') continue;
    for (let v = 0; v < before.volumes.length; v++) {
      const was = before.clients[c]!.needs[v]!;
      const is = after.clients[c]!.needs[v]!;
      if (was === is) continue;
      if (v !== volume || step.outcome !== 'done' || is !== was - 1) return false;
    }
  }
  return true;
}

function nothingVolatile(s: Snapshot): boolean {
  for (let v = 0; v < s.volumes.length; v++) if (s.volumes[v]!.volatile !== 'none') return false;
  return true;
}

function nothingNeeded(s: Snapshot, caller: number): boolean {
  const who = s.clients[caller];
  if (who?.at !== 'flushSync') return false;
  for (let v = 0; v < who.needs.length; v++) if (who.needs[v] !== 0) return false;
  return true;
}

export const H8: Property = {
  form: 'step',
  status: 'checked',
  id: 'H8',
  tla: 'SyncCoversCompleted',
  statement:
    'A sync that answers done has made durable every write that completed before it was called: at once when nothing is volatile, else after a successful flush of each volume that was issued later than those completions.',
  why: 'The caller writes the header next. A flush that was issued before the last completion, or that failed, proves nothing.',
  original: [
    { line: 1968, to: 1982, what: 'a second caller finds the mark clear and does not wait for the flush in flight' },
    { line: 1984, to: 1988, what: 'and the result of a flush is dropped' },
  ],
  repairs: ['D2', 'D4'],
  on: ['ioFlushSync', 'resumeFlushSync', 'flushDone'],
  applies(before, step) {
    if (step.action.kind === 'flushDone') {
      for (let c = 0; c < before.clients.length; c++) if (before.clients[c]!.at === 'flushSync') return true;
      return false;
    }
    return step.outcome !== 'error';
  },
  holds(before, step, after) {
    const action = step.action;
    switch (action.kind) {
      case 'ioFlushSync':
        return step.outcome === 'done' ? nothingVolatile(before) : callIsCovered(before, after, action.client);
      case 'resumeFlushSync':
        return nothingNeeded(before, action.client);
      case 'flushDone':
        return needsAreMet(before, step, after, action.volume);
      default:
        return true;
    }
  },
  violation: {
    before: example({
      ios: [{ type: 'data' }],
      clients: [client('idle')],
      volumes: [{ flush: 'flushing', volatile: 'covered' }],
    }),
    step: { action: { kind: 'ioFlushSync', client: 0 }, outcome: 'done' },
    after: example({
      ios: [{ type: 'data' }],
      clients: [client('idle')],
      volumes: [{ flush: 'flushing', volatile: 'covered' }],
    }),
  },
};

export const H9: Property = {
  form: 'step',
  status: 'checked',
  id: 'H9',
  tla: 'FailedIsForGood',
  statement: 'A failed device flush stays failed, and a critical error is never taken back.',
  why: 'After a failed flush it is unknown which writes were lost; a later flush that succeeds does not bring them back.',
  original: [
    { line: 1091, to: 1095, what: 'a critical error stops the layer above until the next mount' },
    { line: 1986, what: 'a failed flush goes unnoticed' },
  ],
  on: 'any',
  applies(before) {
    if (before.mount.criticalError) return true;
    for (let v = 0; v < before.volumes.length; v++) if (before.volumes[v]!.flush === 'failed') return true;
    return false;
  },
  holds(before, _step, after) {
    if (before.mount.criticalError && !after.mount.criticalError) return false;
    for (let v = 0; v < before.volumes.length; v++) {
      if (before.volumes[v]!.flush === 'failed' && after.volumes[v]!.flush !== 'failed') return false;
    }
    return true;
  },
  violation: {
    before: example({
      ios: [{ type: 'data' }],
      volumes: [{ flush: 'failed', volatile: 'exposed' }],
      mount: { criticalError: true },
    }),
    step: { action: { kind: 'ioFlushMark', volume: 0 }, outcome: 'done' },
    after: example({
      ios: [{ type: 'data' }],
      volumes: [{ flush: 'dirty', volatile: 'exposed' }],
      mount: { criticalError: true },
    }),
  },
};

export const VOLUME_PROPERTIES: readonly Property[] = [H8, H9];
