// What follows from the primary facts, and the two ways in which the operation of a front ends.

import type { FrontAt } from '../../spec/direct/snapshot.ts';
import { clearFront, type DirectState, type Front, type Site } from './state.ts';

/** Site of the element of the front's file, of the newest state or of the snapshot. */
export function siteOf(s: DirectState, front: number): number {
  return s.isHead(front) ? s.headOf(front).index : s.kept[front - s.heads.length]!.site;
}

/** Site of the visible record of a head, or -1. */
export function liveRecord(s: DirectState, head: number): number {
  return s.sites.findIndex((site) => site.use === 'record' && site.live && site.head === head);
}

/** Does the front belong to a head whose newest data is a record? */
export function hasRecord(s: DirectState, front: number): boolean {
  return s.isHead(front) && liveRecord(s, s.shape.fronts[front]!.head) !== -1;
}

/** Is the record that a write of the head replaces in the hands of the backend? */
export function isBackendBusy(s: DirectState, head: number): boolean {
  const record = liveRecord(s, head);
  return record !== -1 && s.sites[record]!.backend;
}

/** Does the device cache have the bytes of the site? */
export const isCached = ({ alias }: Site): boolean => alias !== 'none' && alias !== 'loading';

/** Is a write of the alias under way, or owed? */
export const isUnwritten = ({ alias }: Site): boolean => alias === 'dirty' || alias === 'writing';

export const isIdle = (at: FrontAt): boolean => at === 'empty' || at === 'valid';

/** May a front that waits be resumed? */
export function isRunnable(s: DirectState, front: number): boolean {
  const { at, from } = s.fronts[front]!;
  if (at === 'translated') return true;
  if (at === 'syncing') return !isUnwritten(s.sites[from]!);
  return at === 'replacing' && !isBackendBusy(s, s.shape.fronts[front]!.head);
}

/** The alias of the site is destroyed; false when somebody uses it, or it is not what lies on the medium. */
export function purge(site: Site): boolean {
  if (site.held || site.alias === 'loading' || site.alias === 'writing' || site.alias === 'failed') return false;
  site.alias = 'none';
  site.aliasVersion = 0;
  return true;
}

/** Ends the operation of the front: its contents are good. */
export function fill(s: DirectState, front: number, version: number, aged: boolean): void {
  const f = s.fronts[front]!;
  f.at = 'valid';
  f.how = 'none';
  f.from = -1;
  f.version = version;
  f.aged = aged;
  s.completed |= 1 << front;
}

/** Ends the operation of the front with an error: the front is thrown away, with the site that it had learnt. */
export function giveUp(s: DirectState, front: number): void {
  clearFront(s.fronts[front]!);
  s.completed |= 1 << front;
}

/** The front waits, or its request is under way. */
export function begin(f: Front, at: FrontAt, how: Front['how'], from: number): void {
  f.at = at;
  f.how = how;
  f.from = from;
}
