// Writes of file data to fresh space.
//
// The record that tells of the write becomes visible before its data can be complete; else a read in between would find the
// old element. A record of the same file that the backend has in its hands is waited for first. (Original 1664-1827.)

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { begin, fill, giveUp, liveRecord } from './facts.ts';
import type { DirectState, Site } from './state.ts';

/** A write begins: it reserves its site and takes its version. */
export function strategyWrite(s: DirectState, front: number, to: number, large: boolean): DirectOutcome {
  if (s.whole.criticalError) return 'refused';
  const trouble = s.trouble(to);
  if (trouble !== 'none' && !isTroubleLost(s, to, large)) {
    if (large && trouble === 'missing' && !s.repaired('D8')) s.whole.nullReleased = true;
    giveUp(s, front);
    return 'error';
  }
  const f = s.fronts[front]!;
  const version = s.whole.next++;
  Object.assign(s.sites[to]!, { use: 'record', head: s.shape.fronts[front]!.head, version });
  f.cached = -1;
  f.version = version;
  f.aged = false;
  f.how = large ? 'large' : 'small';
  f.from = to;
  return continueWrite(s, front);
}

/** Without repair D7 a large write forgets that its site could not be translated, and goes to the first block there is. */
const isTroubleLost = (s: DirectState, to: number, large: boolean): boolean =>
  large && s.trouble(to) === 'lookup' && !s.repaired('D7');

/** The write that has reserved its site goes on as far as it can. */
export function continueWrite(s: DirectState, front: number): DirectOutcome {
  const f = s.fronts[front]!;
  const site = s.sites[f.from]!;
  if (s.whole.criticalError) {
    free(site);
    giveUp(s, front);
    return 'error';
  }
  if (f.how === 'small' && (site.alias === 'none' || site.alias === 'loading')) {
    f.at = 'loading';
    if (site.alias === 'loading') return 'wait';
    site.alias = 'loading';
    return 'io';
  }
  const superseded = liveRecord(s, site.head);
  if (superseded !== -1) {
    if (s.sites[superseded]!.backend) {
      f.at = 'replacing';
      return 'wait';
    }
    s.sites[superseded]!.live = false; // deleted, and to be destroyed
  }
  site.live = true;
  return f.how === 'large' ? issue(s, front, site) : modifyAlias(s, front, site);
}

function issue(s: DirectState, front: number, site: Site): DirectOutcome {
  const f = s.fronts[front]!;
  site.io = true;
  site.inval = true;
  begin(f, 'writing', 'large', isTroubleLost(s, f.from, true) ? s.shape.home[0]! : f.from);
  return 'io';
}

function modifyAlias(s: DirectState, front: number, site: Site): DirectOutcome {
  const { version } = s.fronts[front]!;
  site.alias = 'dirty';
  site.aliasVersion = version;
  s.headOf(front).newest = version;
  fill(s, front, version, true);
  return 'done';
}

/** The space that a write had reserved is free again. What lies there, and what is cached of it, stays. */
export function free(site: Site): void {
  site.use = 'free';
  site.head = -1;
  site.version = 0;
}

/** A direct write completes. */
export function directWriteDone(s: DirectState, front: number, error: boolean): DirectOutcome {
  const { from, version } = s.fronts[front]!;
  const { head } = s.shape.fronts[front]!;
  const record = s.sites.find((site) => site.io && site.head === head)!;
  record.io = false;
  record.wait = false;
  if (error) {
    s.whole.criticalError = true;
    record.failed = true;
    giveUp(s, front);
    return 'error';
  }
  s.sites[from]!.content = version;
  s.headOf(front).newest = version;
  fill(s, front, version, false);
  return 'done';
}
