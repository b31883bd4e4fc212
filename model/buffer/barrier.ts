// Barriers: waiting for everything on the run list, device flushes over several volumes, the backlog throttle.

import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import { closeGap, wakeHeadMarker } from './complete.ts';
import { isRepaired, runListLength, runningBytes, wake } from './facts.ts';
import { idle } from './release.ts';
import { markVolume } from './dirty.ts';
import type { Client, State } from './state.ts';

/** Queues a placemarker behind every write in flight (L189-215). */
export function ioWaitAll(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const length = runListLength(s);
  if (length === 0) return 'done';
  client.at = 'waitAll';
  client.place = length + 1;
  return 'wait';
}

/** The placemarker is the head: it leaves, and one behind it is woken (L218-223). */
export function resumeWaitAll(s: State, c: number): Outcome {
  cancelWaitAll(s, c);
  return 'done';
}

export function cancelWaitAll(s: State, c: number): void {
  const client = s.clients[c]!;
  const place = client.place;
  idle(client);
  client.place = 0;
  closeGap(s, place);
  if (place === 1) wakeHeadMarker(s);
}

export const needOf = (client: Client, v: number): number => (client.needs >>> (2 * v)) & 3;

function setNeed(client: Client, v: number, need: number): void {
  client.needs = (client.needs & ~(3 << (2 * v))) | (need << (2 * v));
}

export function ioFlushMark(s: State, v: number): Outcome {
  markVolume(s, v);
  return 'done';
}

/** Flushes the volatile cache of every volume that needs it (L1961-1989). */
export function ioFlushSync(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  for (const volume of s.volumes) if (volume.flush === 'failed') return 'error';
  for (let v = 0; v < s.volumes.length; v++) {
    const { flush } = s.volumes[v]!;
    if (flush === 'dirty') {
      issueFlush(s, v);
      setNeed(client, v, 1);
    }
    // Nothing completed since the flush in flight was issued, so it covers this caller too. (Original: the flag is clear, so
    // it returns before the flush is over.)
    if (flush === 'flushing' && isRepaired(s, 'D4')) setNeed(client, v, 1);
    if (flush === 'flushingDirty') setNeed(client, v, 2);
  }
  if (client.needs === 0) return 'done';
  client.at = 'flushSync';
  return 'wait';
}

function issueFlush(s: State, v: number): void {
  const volume = s.volumes[v]!;
  volume.flush = 'flushing';
  if (volume.volatile === 'exposed') volume.volatile = 'covered';
}

/** A device flush completes; a failed one is a critical error and stays one (original: the result is dropped, L1984-1988). */
export function flushDone(s: State, v: number, error: boolean): Outcome {
  const volume = s.volumes[v]!;
  if (volume.volatile === 'covered') volume.volatile = error ? 'exposed' : 'none';
  if (error && isRepaired(s, 'D4')) {
    volume.flush = 'failed';
    s.mount.criticalError = true;
    for (const client of s.clients)
      if (needOf(client, v) > 0) {
        client.at = 'flushFailed';
        client.needs = 0;
        wake(client);
      }
    return 'error';
  }
  let queued = false;
  for (const client of s.clients) {
    const need = needOf(client, v);
    if (need === 0) continue;
    setNeed(client, v, need - 1);
    queued ||= need === 2;
    if (client.needs === 0) wake(client);
  }
  if (volume.flush === 'flushing') volume.flush = 'clean';
  else if (queued) issueFlush(s, v);
  else volume.flush = 'dirty';
  return error ? 'error' : 'done';
}

export function resumeFlushSync(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const failed = client.at === 'flushFailed';
  idle(client);
  return failed ? 'error' : 'done';
}

/** Waits while too much is being written (L1993-1997). */
export function ioLimitBacklog(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  if (runningBytes(s) <= s.shape.backlogBytesMax) {
    idle(client);
    return 'done';
  }
  client.at = 'backlog';
  client.runnable = false;
  return 'wait';
}
