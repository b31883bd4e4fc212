// The four places in which the same bytes may lie: the front, the medium, the device cache, and a site learnt in advance. None of
// them may be stale where somebody trusts it.

import type { DirectInvariant } from './claim.ts';
import { directExample, element, holding, reading, record, unused } from './example.ts';
import { isCached, isHead, liveRecord, siteOf, someFront, someSite } from './reading.ts';
import { FIRST_WRITTEN, type DirectSnapshot, type FrontSnapshot, type SiteSnapshot } from './snapshot.ts';

const isValid = (front: FrontSnapshot): boolean => front.at === 'valid';

function isStale(front: FrontSnapshot, f: number, s: DirectSnapshot): boolean {
  if (front.at !== 'valid') return false;
  if (isHead(s, f)) return front.version !== s.newest[f];
  // A snapshot of the beginning has what its head had then, wherever that lies by now.
  return front.version >= FIRST_WRITTEN || front.version !== s.sites[siteOf(s, f)]!.version;
}

export const I45: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I45',
  tla: 'ReadsAreFresh',
  statement:
    'A valid front of a file has the newest data whose write was answered without error; a valid front of a snapshot has the data of the snapshot.',
  why: 'This is what reading means. It must not depend on the path by which the bytes came, nor on what was moved, purged or reused meanwhile.',
  original: [
    { line: 1402, to: 1407, what: 'the buffer of the layer may be newer than the medium' },
    { line: 1684, to: 1687, what: 'the record may be newer than the index' },
    { line: 1835, to: 1839, what: 'the medium may be newer than the buffer of the layer' },
    { line: 1876, to: 1891, what: 'and the site may be another one by now' },
  ],
  repairs: ['D5', 'D6', 'D40'],
  applies: (s) => someFront(s, isValid),
  holds: (s) => !someFront(s, isStale),
  violation: directExample({ heads: [holding(1)], sites: [element(1), record(3)] }),
};

const isReading = ({ at }: FrontSnapshot): boolean => at === 'reading' || at === 'copying' || at === 'syncing';
const isFree = (site: SiteSnapshot): boolean => site.use === 'free';

function isStillUsed(site: SiteSnapshot, i: number, s: DirectSnapshot): boolean {
  if (site.use !== 'free') return false;
  if (site.alias === 'dirty' || site.alias === 'writing') return true;
  for (let f = 0; f < s.fronts.length; f++) {
    const front = s.fronts[f]!;
    if (siteOf(s, f) === i || (front.from === i && isReading(front))) return true;
  }
  return false;
}

export const I39: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I39',
  tla: 'FreeSpaceIsFree',
  statement: 'What is free is in no index, no read of it is in flight, and the device cache does not owe it a write.',
  why: 'It is handed to the next writer. A read in flight would return what the new owner writes, and a late write of the device cache would destroy it.',
  original: [
    { line: 1863, to: 1865, what: 'the reservation is said to remove what could be left' },
    { line: 1470, what: 'but a direct read is known to nobody while it is in flight' },
  ],
  repairs: ['D41'],
  applies: (s) => someSite(s, isFree),
  holds: (s) => !someSite(s, isStillUsed),
  violation: directExample({ heads: [reading(1)], sites: [element(1), unused({ content: 1 })] }),
};

const isCachedMedia = (site: SiteSnapshot): boolean => site.use === 'media' && isCached(site.alias);
const hasStaleAlias = (site: SiteSnapshot): boolean => isCachedMedia(site) && site.aliasVersion !== site.version;

export const H15: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'H15',
  tla: 'NoStaleAlias',
  statement: 'What the device cache holds of an element of the media index is the element.',
  why: 'The reblocker, mirroring and every read through the device cache take it for the bytes of the medium, and may write it back.',
  original: [
    { line: 1689, to: 1694, what: 'a direct write makes what is cached of its space stale' },
    { line: 1869, to: 1872, what: 'the purge may be refused, and the mark is cleared all the same' },
  ],
  repairs: ['D12'],
  applies: (s) => someSite(s, isCachedMedia),
  holds: (s) => !someSite(s, hasStaleAlias),
  violation: directExample({ sites: [element(3, { alias: 'clean', aliasVersion: 2 })] }),
};

const hasLearnt = (front: FrontSnapshot): boolean => front.cached !== -1;
const hasLearntWrong = (front: FrontSnapshot, f: number, s: DirectSnapshot): boolean =>
  front.cached !== -1 && (front.cached !== siteOf(s, f) || (isHead(s, f) && liveRecord(s, f) !== -1));

export const H16: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'H16',
  tla: 'CachedSiteIsCurrent',
  statement:
    'A site that a front has learnt is that of its data: the index still names it, and no record supersedes it.',
  why: 'A read that knows its site looks nothing up. The old site is quarantined for two cycles only, and what a front has learnt has no end.',
  original: [
    { line: 1877, to: 1880, what: 'fronts learn sites by clustering and by reading' },
    { line: 1935, to: 1938, what: 'and are made to forget before the data moves, not with it' },
  ],
  repairs: ['D14'],
  applies: (s) => someFront(s, hasLearnt),
  holds: (s) => !someFront(s, hasLearntWrong),
  violation: directExample({ heads: [{ cached: 1 }], sites: [element(1), { use: 'delay', content: 1 }] }),
};

const isMedia = (site: SiteSnapshot): boolean => site.use === 'media';
const hasLostBytes = (site: SiteSnapshot): boolean =>
  site.use === 'media' &&
  site.content !== site.version &&
  !(site.aliasVersion === site.version && isCached(site.alias) && site.alias !== 'clean');

export const H17: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'H17',
  tla: 'MediumHoldsIndex',
  statement:
    'The bytes of an element of the media index lie on the medium, or in a buffer of the layer that is still to be written or could not be.',
  why: 'Else they are nowhere.',
  original: [
    { line: 1848, to: 1855, what: 'a record enters the index after its direct write' },
    { line: 1750, to: 1753, what: 'a small write leaves a dirty buffer' },
  ],
  applies: (s) => someSite(s, isMedia),
  holds: (s) => !someSite(s, hasLostBytes),
  violation: directExample({ sites: [element(3, { content: 1 })] }),
};

/** Claims about copies of the same bytes. */
export const COPY_INVARIANTS: readonly DirectInvariant[] = [I39, I45, H15, H16, H17];
