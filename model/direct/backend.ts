// The backend: records enter the media index or go away, freed space grows old and is handed out again, data moves.
//
// (Original 1840-1945; object: hammer_ip_sync_record_cursor, blockmap: hammer_blockmap_reserve_complete, reblock.)

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { purge } from './facts.ts';
import type { DirectState, Site } from './state.ts';

/** Cycles for which freed space is not handed out. */
const DELAY_CYCLES = 2;

/** The backend takes a record, and waits for its direct write if that is in flight. */
export function commitRecord(s: DirectState, index: number): DirectOutcome {
  if (s.whole.criticalError) return 'refused';
  const site = s.sites[index]!;
  if (site.io) {
    site.backend = true;
    site.wait = true;
    return 'wait';
  }
  return insert(s, index);
}

/** The direct write that the backend waited for is over. */
export function resumeCommit(s: DirectState, index: number): DirectOutcome {
  const site = s.sites[index]!;
  if (s.whole.criticalError || site.failed) {
    site.backend = false;
    site.wait = false;
    return 'error';
  }
  return insert(s, index);
}

/** The record becomes the element of its head; what was it before is freed, unless a snapshot keeps it. */
function insert(s: DirectState, index: number): DirectOutcome {
  const site = s.sites[index]!;
  const head = s.heads[site.head]!;
  site.backend = false;
  if (!dropAliases(s, site)) return 'again';
  const old = head.index;
  head.index = index;
  site.use = 'media';
  site.live = false;
  site.wait = false;
  if (!s.kept.some((kept) => kept.site === old)) freeLater(s.sites[old]!);
  return 'done';
}

/** A record that was replaced goes away. */
export function destroyRecord(s: DirectState, index: number): DirectOutcome {
  const site = s.sites[index]!;
  if (!dropAliases(s, site)) return 'again';
  freeLater(site);
  return 'done';
}

/** The aliases of a record are gone; without repair D12, or still in use. */
function dropAliases(s: DirectState, site: Site): boolean {
  if (site.inval && !purge(site) && s.repaired('D12')) return false;
  site.inval = false;
  return true;
}

/** The space is freed. What lies there, and what the device cache holds of it, stays as it is. */
function freeLater(site: Site): void {
  site.use = 'delay';
  site.age = 0;
  site.head = -1;
  site.version = 0;
  site.live = false;
  site.backend = false;
  site.io = false;
  site.wait = false;
  site.inval = false;
  site.failed = false;
  site.moving = false;
}

export const isGrowingOld = ({ use, age }: Site): boolean => use === 'delay' && age < DELAY_CYCLES;
export const isOldEnough = ({ use, age }: Site): boolean => use === 'delay' && age === DELAY_CYCLES;

/** A commit cycle. */
export function cycle(s: DirectState): DirectOutcome {
  if (s.whole.criticalError) return 'refused';
  for (const site of s.sites) if (isGrowingOld(site)) site.age += 1;
  return 'done';
}

/** Space that is old enough is handed out, when nobody reads it or has cached it. */
export function reserveComplete(s: DirectState, index: number): DirectOutcome {
  const site = s.sites[index]!;
  const isRead = s.fronts.some(
    ({ at, from }) => from === index && (at === 'reading' || at === 'copying' || at === 'syncing'),
  );
  if (isRead && s.repaired('D41')) return 'again';
  if (!purge(site)) return 'again';
  site.use = 'free';
  site.age = 0;
  return 'done';
}

/** An element moves through buffers of the layer: its new site has the bytes in the device cache only. */
export function relocate(s: DirectState, index: number, to: number): DirectOutcome {
  if (s.whole.criticalError) return 'refused';
  const { head, version, aliasVersion } = s.sites[index]!;
  Object.assign(s.sites[to]!, { use: 'media', head, version, alias: 'dirty', aliasVersion });
  for (const h of s.heads) if (h.index === index) h.index = to;
  for (const kept of s.kept) if (kept.site === index) kept.site = to;
  if (s.repaired('D14')) forget(s, index);
  freeLater(s.sites[index]!);
  return 'done';
}

/** Without repair D14: the fronts forget the site before the move. */
export function uncache(s: DirectState, index: number): DirectOutcome {
  forget(s, index);
  s.sites[index]!.moving = true;
  return 'done';
}

/** No front, of no snapshot, remembers the site; also those with I/O in flight. */
function forget(s: DirectState, index: number): void {
  for (const front of s.fronts) if (front.cached === index) front.cached = -1;
}
