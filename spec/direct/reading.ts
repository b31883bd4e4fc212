// How claims and goals look at a snapshot of the direct machine. Nothing here allocates.

import type { Alias, DirectSnapshot, FrontAt, FrontSnapshot, SiteSnapshot } from './snapshot.ts';

/** Is an operation of the front under way? */
export const isInFlight = (at: FrontAt): boolean => at !== 'empty' && at !== 'valid';

/** Does the device cache have the bytes of the site? */
export const isCached = (alias: Alias): boolean => alias !== 'none' && alias !== 'loading';

/** Is the front that of a head, and not of a snapshot? */
export const isHead = (s: DirectSnapshot, front: number): boolean => front < s.index.length;

/** Site of the element that the front's file has according to the media index. */
export const siteOf = (s: DirectSnapshot, front: number): number =>
  isHead(s, front) ? s.index[front]! : s.kept[front - s.index.length]!;

/** Site of the visible record of a head, or -1. */
export function liveRecord(s: DirectSnapshot, head: number): number {
  for (let i = 0; i < s.sites.length; i++) {
    const site = s.sites[i]!;
    if (site.use === 'record' && site.live && site.head === head) return i;
  }
  return -1;
}

/** Some front does. */
export function someFront(
  s: DirectSnapshot,
  test: (front: FrontSnapshot, f: number, s: DirectSnapshot) => boolean,
): boolean {
  for (let f = 0; f < s.fronts.length; f++) if (test(s.fronts[f]!, f, s)) return true;
  return false;
}

/** Some site does. */
export function someSite(
  s: DirectSnapshot,
  test: (site: SiteSnapshot, i: number, s: DirectSnapshot) => boolean,
): boolean {
  for (let i = 0; i < s.sites.length; i++) if (test(s.sites[i]!, i, s)) return true;
  return false;
}
