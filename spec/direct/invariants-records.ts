// Records of direct writes: what they reserve, who sees them when, and what is left of them in the media index.

import type { DirectInvariant } from './claim.ts';
import { directExample, element, record, writing, writtenTo } from './example.ts';
import { liveRecord, siteOf, someFront, someSite } from './reading.ts';
import type { DirectSnapshot, FrontSnapshot, SiteSnapshot } from './snapshot.ts';

const isIo = (site: SiteSnapshot): boolean => site.io;
const isMedia = (site: SiteSnapshot): boolean => site.use === 'media';
const isLive = (site: SiteSnapshot): boolean => site.live;
const isWriting = (front: FrontSnapshot): boolean => front.at === 'writing';

/** A direct write whose record or writer has lost it. */
function hasStrayIo(site: SiteSnapshot, i: number, s: DirectSnapshot): boolean {
  if (!site.io) return false;
  if (site.use !== 'record' || !site.live || s.fronts[site.head]?.at !== 'writing') return true;
  for (let f = 0; f < s.fronts.length; f++) if (siteOf(s, f) === i) return true;
  return false;
}

export const I42: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I42',
  tla: 'DirectIoIsReserved',
  statement:
    'While a direct write is in flight its record is visible and not in the media index, and the front that it writes is busy with it.',
  why: 'The device reads the memory of the front and fills the space of the record: neither may be given away before it has ended.',
  original: [
    { line: 1721, to: 1722, what: 'the record is marked before the write is issued' },
    { line: 1816, what: 'and is still marked when it completes' },
    { line: 1848, to: 1853, what: 'the backend waits for that' },
  ],
  applies: (s) => someSite(s, isIo),
  holds: (s) => !someSite(s, hasStrayIo),
  violation: directExample({ heads: [{}], sites: [element(1), writtenTo(3)] }),
};

const hasFlags = (site: SiteSnapshot): boolean =>
  site.use === 'media' && (site.io || site.inval || site.live || site.wait || site.backend || site.failed);

export const I43: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I43',
  tla: 'MediaHasNoDirectFlags',
  statement: 'What is in the media index has no direct write in flight or failed, no aliases to purge, and no record.',
  why: 'Mirroring and the reblocker take what the index names for bytes that lie on the medium, and trust the device cache about them.',
  original: [
    { line: 1848, to: 1855, what: 'the direct write is waited for' },
    { line: 1867, to: 1873, what: 'and the aliases are purged, before the record is inserted' },
  ],
  applies: (s) => someSite(s, isMedia),
  holds: (s) => !someSite(s, hasFlags),
  violation: directExample({ sites: [element(1, { inval: true })] }),
};

/** A direct write that no visible record tells of. */
function isUntold(front: FrontSnapshot, f: number, s: DirectSnapshot): boolean {
  if (front.at !== 'writing') return false;
  const visible = liveRecord(s, f);
  return visible === -1 || s.sites[visible]!.version !== front.version;
}

export const I44: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'I44',
  tla: 'RecordVisibleBeforeCompletion',
  statement:
    'From the moment when a direct write can complete, the record that tells of it is the visible one of its file.',
  why: 'Between the completion and the record a read would find the old element, although the write has been answered.',
  original: [
    { line: 1733, to: 1734, what: 'the record replaces the old one, then the write is issued' },
    { line: 1755, to: 1756, what: 'a small write is answered after that too' },
  ],
  applies: (s) => someFront(s, isWriting),
  holds: (s) => !someFront(s, isUntold),
  violation: directExample({
    heads: [writing(1, 3)],
    sites: [element(1), { use: 'record', head: 0, io: true, version: 3 }],
  }),
};

const isAstray = (front: FrontSnapshot, _f: number, s: DirectSnapshot): boolean =>
  front.at === 'writing' &&
  !(front.from !== -1 && s.sites[front.from]!.io && s.sites[front.from]!.version === front.version);

export const H14: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'H14',
  tla: 'WriteLandsOnItsRecord',
  statement: 'A direct write goes to the space that its record has reserved.',
  why: 'Anywhere else it destroys what lies there, and the record promises bytes that were never written.',
  original: [
    { line: 1696, to: 1698, what: 'the error of the translation is overwritten by that of getting the volume' },
    { line: 1729, to: 1731, what: 'the place on the device follows from the translation' },
  ],
  repairs: ['D7'],
  applies: (s) => someFront(s, isWriting),
  holds: (s) => !someFront(s, isAstray),
  violation: directExample({ heads: [writing(0, 3)], sites: [element(1), writtenTo(3)] }),
};

const isSecond = (site: SiteSnapshot, i: number, s: DirectSnapshot): boolean =>
  site.live && (site.use !== 'record' || liveRecord(s, site.head) !== i);

export const H18: DirectInvariant = {
  form: 'state',
  status: 'checked',
  id: 'H18',
  tla: 'OneLiveRecord',
  statement: 'At most one record of a file is visible for a range.',
  why: 'Of two, a read finds whichever comes first.',
  original: [{ line: 1733, what: 'the new record replaces the old one in one step' }],
  applies: (s) => someSite(s, isLive),
  holds: (s) => !someSite(s, isSecond),
  violation: directExample({ sites: [element(1), record(3), record(4)], whole: { newest: [3] } }),
};

/** Claims about records that tell of writes. */
export const RECORD_INVARIANTS: readonly DirectInvariant[] = [I42, I43, I44, H14, H18];
