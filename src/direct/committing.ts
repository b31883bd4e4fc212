// The backend's side: a record becomes an element, or is destroyed, and freed blocks become free again. Before each of these
// nobody may be writing to the blocks any more, and no alias of them may be left in the device cache, for mirroring and
// reblocking trust it (hammer_io.c L1840-1874; object:434, 1166). An alias that is in use is waited for by trying again later;
// the mark that it has to be purged stays until it is (D12).

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { BrokenPromise, ImpossibleInput } from '../core/errors.ts';
import type { DirectState } from './direct-state.ts';
import type { ExtentRecord, Place } from './extents.ts';
import { nameOfExtent } from './extents.ts';
import { DELAY_CYCLES } from './space.ts';

export function commitRecord(s: DirectState, place: Place): DirectOutcome {
  const record = s.extentAt(place);
  if (!record?.live) throw new BrokenPromise('RecordLive', describe(place, record, 'is not a live record'));
  if (record.backend)
    throw new ImpossibleInput('commitRecord', 'the backend does not have it', describe(place, record, 'is with it'));
  if (s.isCritical || record.failed) return 'refused';
  if (!record.io) return finishCommit(s, record);
  record.backend = true;
  record.wait = true;
  return 'wait';
}

export function resumeCommit(s: DirectState, record: ExtentRecord): DirectOutcome {
  if (!record.runnable) throw new BrokenPromise('TicketRunnable', `${nameOfExtent(record)} was not woken`);
  record.runnable = false;
  if (!s.isCritical && !record.failed) return finishCommit(s, record);
  letGo(s, record);
  return 'error';
}

function finishCommit(s: DirectState, record: ExtentRecord): 'done' | 'again' {
  const isPurged = !record.inval || s.aliases.purge(record);
  if (isPurged) {
    record.inval = false;
    insert(s, record);
  }
  letGo(s, record);
  return isPurged ? 'done' : 'again';
}

/** The record becomes the element of its cell; what was there goes, unless a snapshot keeps it. */
function insert(s: DirectState, record: ExtentRecord): void {
  const { records, index } = record.file!;
  const old = index.get(record.fileOffset);
  records.delete(record.fileOffset);
  index.set(record.fileOffset, record);
  record.use = 'media';
  record.live = false;
  record.holders = 1;
  if (old === undefined) return;
  old.holders--;
  if (old.holders === 0) s.space.free(old);
}

/** The backend is not busy with the record any more, and whoever wants to replace it may look again. */
function letGo(s: DirectState, record: ExtentRecord): void {
  record.backend = false;
  record.wait = false;
  const front = record.file!.fronts.get(record.fileOffset);
  if (front?.at === 'replacing') s.wake(front);
}

export function destroyRecord(s: DirectState, place: Place): DirectOutcome {
  const record = s.extentAt(place);
  if (!record?.file?.replaced.has(record)) {
    throw new ImpossibleInput('destroyRecord', 'the record was replaced', describe(place, record, 'was not'));
  }
  if (record.inval && !s.aliases.purge(record)) return 'again';
  record.file.replaced.delete(record);
  s.space.free(record);
  return 'done';
}

export function reserveComplete(s: DirectState, place: Place): DirectOutcome {
  const freed = s.extentAt(place);
  if (freed?.use !== 'delay') {
    throw new ImpossibleInput('reserveComplete', 'the blocks were freed', describe(place, freed, 'is in use'));
  }
  // Whoever looked before the blocks were freed may be on the way still; two cycles alone are no proof (D41).
  if (freed.age < DELAY_CYCLES || freed.readers > 0 || !s.aliases.purge(freed)) return 'again';
  s.space.release(freed);
  return 'done';
}

function describe({ volume, block }: Place, extent: ExtentRecord | undefined, state: string): string {
  if (extent === undefined) return `there is no extent at block ${block} of volume ${volume}`;
  return `${nameOfExtent(extent)} ${state}`;
}
