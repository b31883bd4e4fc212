// The I/O thread's whole life: sleep until jobs are submitted, carry out all there are, tell their owner, again. Whatever is
// worth testing about the jobs is in `io-batch.ts`; this only joins it to the ring.

import { IoBatch } from './io-batch.ts';
import { IoCounters } from './io-counters.ts';
import { IoRing, SLOTS } from './io-ring.ts';
import { Job } from './job.ts';
import type { PathGuard } from './path-guard.ts';
import { SYSTEM_CALLS, type Syscalls } from './syscalls.ts';
import { Transfer } from './transfer.ts';
import { WriteLog } from './write-log.ts';

/** What the thread is started with. Descriptors are the process's, so it uses those that its owner has opened. */
export interface IoThreadData {
  /** Memory of the IoRing. */
  readonly ring: SharedArrayBuffer;
  readonly slab: SharedArrayBuffer;
  readonly blockBytes: number;
  /** File descriptor of each volume. */
  readonly files: readonly number[];
  /** Of each volume whose path and length are watched. */
  readonly guards: readonly (PathGuard | undefined)[];
  /** The write log, and the length of its header. */
  readonly log?: { readonly file: number; readonly end: number } | undefined;
}

/** Works until the ring is stopped. `call` wakes the owner. */
export function serve(data: IoThreadData, call: () => void, syscalls: Syscalls = SYSTEM_CALLS): void {
  const { slab, blockBytes, files, guards } = data;
  const ring = new IoRing(data.ring);
  const counters = new IoCounters(ring.counterWords);
  // The log's transfers are not counted among those of the volumes.
  const log =
    data.log && new WriteLog(data.log.file, data.log.end, new Transfer(syscalls, new IoCounters()), blockBytes);
  const batch = new IoBatch({ files, guards, blockBytes, syscalls, counters, log });
  const pool = Array.from({ length: SLOTS }, (_, slot) => new Job(slot));
  // The pieces of the slab are the same ones again and again, so a view of each is made once.
  const views = new Map<number, Uint8Array>();
  const viewAt = (offset: number, bytes: number): Uint8Array => {
    let view = views.get(offset);
    if (view?.length !== bytes) views.set(offset, (view = new Uint8Array(slab, offset, bytes)));
    return view;
  };
  for (let goesOn = true; goesOn;) {
    const jobs: Job[] = [];
    goesOn = ring.take((slot, kind, volume, block, memory) => {
      const bytes = ring.viewBytes(slot);
      const viewsOfJob = memory.map((offset) => viewAt(offset, bytes));
      jobs.push(pool[slot]!.set(kind, volume, block, viewsOfJob));
    });
    if (jobs.length > 0) {
      batch.run(jobs, (settled) => {
        if (ring.complete(settled)) call();
      });
    }
  }
}
