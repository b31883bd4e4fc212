// Reads of file data: straight from the device, through the device cache, or piece by piece.
//
// A read that knows where its element lies, or has just looked it up, takes the element as a whole; a dirty alias is written
// first, and the read then looks again. Where the newest data is a record, or the front covers no whole element, the bytes
// come through the buffers of the layer, and the front learns nothing. (Original 1408-1623, vnops: hammer_vop_strategy_read.)

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { begin, fill, giveUp, isCached, isUnwritten, liveRecord, purge, siteOf } from './facts.ts';
import { clearFront, type DirectState } from './state.ts';

/** How a read found its site: learnt earlier, looked up as a whole element, or to be read in pieces. */
type Path = 'known' | 'exact' | 'piecewise';

/** A read begins, or looks again. */
export function startRead(s: DirectState, front: number, whole: boolean): DirectOutcome {
  const { site, path } = lookUp(s, front, whole);
  const isFailedRecord = path === 'piecewise' && s.sites[site]!.failed;
  if (isFailedRecord && s.repaired('D40')) {
    giveUp(s, front);
    return 'error';
  }
  const trouble = s.trouble(site);
  if (trouble !== 'none') {
    // The piecewise path gets its volume through the layer, which does this right.
    if (trouble === 'missing' && path !== 'piecewise' && !s.repaired('D8')) s.whole.nullReleased = true;
    giveUp(s, front);
    return 'error';
  }
  return path === 'piecewise' ? readPieces(s, front, site) : readWhole(s, front, site, path);
}

function lookUp(s: DirectState, front: number, whole: boolean): { readonly site: number; readonly path: Path } {
  const { cached } = s.fronts[front]!;
  if (whole && cached !== -1) return { site: cached, path: 'known' };
  const record = s.isHead(front) ? liveRecord(s, s.shape.fronts[front]!.head) : -1;
  if (record !== -1) return { site: record, path: 'piecewise' };
  return { site: siteOf(s, front), path: whole ? 'exact' : 'piecewise' };
}

function readPieces(s: DirectState, front: number, from: number): DirectOutcome {
  const site = s.sites[from]!;
  const f = s.fronts[front]!;
  if (site.inval && s.repaired('D5')) {
    if (!purge(site)) return 'again';
    site.inval = false;
  }
  f.cached = -1;
  return copyOrLoad(s, front, from, 'piecewise');
}

function readWhole(s: DirectState, front: number, from: number, path: 'known' | 'exact'): DirectOutcome {
  const { doubleBuffer, verify } = s.shape;
  const site = s.sites[from]!;
  const f = s.fronts[front]!;
  f.cached = from;
  if (isUnwritten(site)) {
    site.alias = 'writing';
    begin(f, 'syncing', 'whole', from);
    return 'wait';
  }
  if (path === 'known' && doubleBuffer && !s.repaired('D6')) {
    begin(f, 'translated', 'indirect', from);
    return 'wait';
  }
  if (doubleBuffer) return copyOrLoad(s, front, from, path === 'exact' && verify ? 'verified' : 'indirect');
  if (site.alias === 'failed' && s.repaired('D40')) {
    fill(s, front, site.aliasVersion, false); // the good bytes are only in memory
    return 'done';
  }
  begin(f, 'reading', 'direct', from);
  return 'io';
}

/** The read copies what the device cache has, or waits for the device cache to load it. */
function copyOrLoad(
  s: DirectState,
  front: number,
  from: number,
  how: 'piecewise' | 'indirect' | 'verified',
): DirectOutcome {
  const site = s.sites[from]!;
  if (isCached(site)) return copy(s, front, from, how);
  begin(s.fronts[front]!, 'copying', how, from);
  if (site.alias === 'loading') return 'wait';
  site.alias = 'loading';
  return 'io';
}

/** Copies from the device cache; verified, only what has the checksum of the element. */
export function copy(
  s: DirectState,
  front: number,
  from: number,
  how: 'piecewise' | 'indirect' | 'verified',
): DirectOutcome {
  const site = s.sites[from]!;
  if (how === 'verified') {
    const isGood = site.aliasVersion === site.version;
    // A checksum over a whole buffer is not that of a record which is shorter.
    const isFalseAlarm = isGood && s.shape.short && !s.repaired('D13');
    if (isFalseAlarm) s.whole.falseAlarm = true;
    if (!isGood || isFalseAlarm) {
      giveUp(s, front);
      return 'error';
    }
  }
  fill(s, front, site.aliasVersion, how !== 'piecewise');
  return 'done';
}

/** The write that the read waited for is over. */
export function resumeRead(s: DirectState, front: number): DirectOutcome {
  const { at, from } = s.fronts[front]!;
  // Without repair D6 what was translated is believed.
  return at === 'translated' ? copyOrLoad(s, front, from, 'indirect') : startRead(s, front, true);
}

/** A read straight into the front completes. */
export function directReadDone(s: DirectState, front: number, error: boolean): DirectOutcome {
  if (error) {
    giveUp(s, front);
    return 'error';
  }
  fill(s, front, s.sites[s.fronts[front]!.from]!.content, false);
  return 'done';
}

/** The front learns where its data lies. */
export function bmap(s: DirectState, front: number): DirectOutcome {
  s.fronts[front]!.cached = siteOf(s, front);
  return 'done';
}

/** The kernel takes the idle front. */
export function recycleFront(s: DirectState, front: number): DirectOutcome {
  clearFront(s.fronts[front]!);
  return 'done';
}
