// When each action on file data can happen, and what it does: one rule per action kind.
//
// As in the buffer machine (../rules.ts) three reasons keep an action from happening. Environment: nobody ever offers it here.
// Promise: the caller may not, and production throws an error that names the promise. Bound: only the configuration's limit.

import { FIRST_WRITTEN, type DirectFault } from '../../spec/direct/snapshot.ts';
import { DIRECT_ACTION_KINDS } from '../../spec/direct/vocabulary.ts';
import type { DirectAction, DirectActionKind, DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { DirectPromiseName } from '../../spec/direct/promises.ts';
import * as backend from './backend.ts';
import * as device from './device-cache.ts';
import { hasRecord, isIdle, isRunnable, siteOf } from './facts.ts';
import * as reading from './reading.ts';
import type { DirectState, Front, Site } from './state.ts';
import * as writing from './writing.ts';

/** The action of one kind, with its arguments. */
type ActionOf<K extends DirectActionKind, A extends DirectAction = DirectAction> = A extends DirectAction
  ? K extends A['kind']
    ? A & { readonly kind: K }
    : never
  : never;

/** One rule. `promises` are tested in order; the first that does not hold is the broken one. */
export interface DirectRule<A extends DirectAction> {
  readonly environment?: (s: DirectState, a: A) => boolean;
  readonly promises?: readonly (readonly [DirectPromiseName, (s: DirectState, a: A) => boolean])[];
  readonly within?: (s: DirectState, a: A) => boolean;
  readonly next: (s: DirectState, a: A) => DirectOutcome;
}

type OfFront = DirectAction & { readonly front: number };
type OfSite = DirectAction & { readonly site: number };

const frontOf = (s: DirectState, a: OfFront): Front => s.fronts[a.front]!;
const siteAt = (s: DirectState, a: OfSite): Site => s.sites[a.site]!;

const runnable = ['TicketRunnable', (s: DirectState, a: OfFront) => isRunnable(s, a.front)] as const;

export const DIRECT_RULES: { readonly [K in DirectActionKind]: DirectRule<ActionOf<K>> } = {
  strategyRead: {
    // A valid front is a hit, and no read.
    environment: (s, a) => frontOf(s, a).at !== 'valid',
    promises: [['BufferIdle', (s, a) => frontOf(s, a).at === 'empty']],
    next: (s, a) => reading.startRead(s, a.front, a.whole),
  },
  resumeRead: {
    environment: (s, a) => frontOf(s, a).at !== 'replacing',
    promises: [runnable],
    next: (s, a) => reading.resumeRead(s, a.front),
  },
  directReadDone: {
    environment: (s, a) => frontOf(s, a).at === 'reading',
    next: (s, a) => reading.directReadDone(s, a.front, a.error),
  },
  bmap: {
    environment: (s, a) => {
      const { at, cached } = frontOf(s, a);
      const isKnown = cached !== -1 || hasRecord(s, a.front);
      return at === 'empty' && !isKnown && s.trouble(siteOf(s, a.front)) === 'none';
    },
    next: (s, a) => reading.bmap(s, a.front),
  },
  recycleFront: {
    environment: (s, a) => {
      const { at, cached } = frontOf(s, a);
      return at === 'valid' || (at === 'empty' && cached !== -1);
    },
    next: (s, a) => reading.recycleFront(s, a.front),
  },
  strategyWrite: {
    promises: [
      ['Writable', (s, a) => s.isHead(a.front)],
      ['BufferIdle', (s, a) => isIdle(frontOf(s, a).at)],
      ['SpaceReserved', (s, a) => siteAt(s, a).use === 'free'],
    ],
    within: (s) => s.whole.next - FIRST_WRITTEN < s.shape.writesMax,
    next: (s, a) => writing.strategyWrite(s, a.front, a.site, a.large),
  },
  resumeWrite: {
    environment: (s, a) => frontOf(s, a).at !== 'syncing' && frontOf(s, a).at !== 'translated',
    promises: [runnable],
    next: (s, a) => writing.continueWrite(s, a.front),
  },
  directWriteDone: {
    environment: (s, a) => frontOf(s, a).at === 'writing',
    next: (s, a) => writing.directWriteDone(s, a.front, a.error),
  },
  commitRecord: {
    environment: (s, a) => !siteAt(s, a).backend,
    promises: [['RecordLive', (s, a) => siteAt(s, a).use === 'record' && siteAt(s, a).live]],
    next: (s, a) => backend.commitRecord(s, a.site),
  },
  resumeCommit: {
    environment: (s, a) => siteAt(s, a).backend,
    promises: [['TicketRunnable', (s, a) => !siteAt(s, a).io]],
    next: (s, a) => backend.resumeCommit(s, a.site),
  },
  destroyRecord: {
    // A record that is not visible is either replaced, or that of a write which has yet to make it so.
    environment: (s, a) => {
      const { use, live, backend: busy, io } = siteAt(s, a);
      return use === 'record' && !live && !busy && !io && !s.fronts.some(({ from }) => from === a.site);
    },
    next: (s, a) => backend.destroyRecord(s, a.site),
  },
  cycle: {
    environment: (s) => s.whole.criticalError || s.sites.some(backend.isGrowingOld),
    next: (s) => backend.cycle(s),
  },
  reserveComplete: {
    environment: (s, a) => backend.isOldEnough(siteAt(s, a)),
    next: (s, a) => backend.reserveComplete(s, a.site),
  },
  relocate: {
    environment: (s, a) => {
      const [site, to] = [siteAt(s, a), s.sites[a.to]!];
      if (site.use !== 'media' || to.use !== 'free') return false;
      if (s.whole.criticalError) return true;
      const canMove = site.alias === 'clean' && (site.moving || s.repaired('D14'));
      const hasRoom = to.alias === 'none' && !to.held && s.trouble(a.to) === 'none';
      return canMove && hasRoom && !s.fronts.some(({ at, from }) => at === 'writing' && from === a.to);
    },
    next: (s, a) => backend.relocate(s, a.site, a.to),
  },
  uncache: {
    environment: (s, a) => !s.repaired('D14') && siteAt(s, a).use === 'media' && !siteAt(s, a).moving,
    next: (s, a) => backend.uncache(s, a.site),
  },
  deviceRead: {
    environment: (s, a) => !siteAt(s, a).held && siteAt(s, a).alias !== 'loading' && s.trouble(a.site) === 'none',
    next: (s, a) => device.deviceRead(s, a.site),
  },
  deviceReadDone: {
    environment: (s, a) => siteAt(s, a).alias === 'loading',
    next: (s, a) => device.deviceReadDone(s, a.site, a.error),
  },
  deviceRelease: {
    // Whoever waits for the load has no handle yet.
    environment: (s, a) => siteAt(s, a).alias !== 'loading',
    promises: [['HandleOpen', (s, a) => siteAt(s, a).held]],
    next: (s, a) => device.deviceRelease(s, a.site),
  },
  deviceRecycle: {
    environment: (s, a) => !siteAt(s, a).held && siteAt(s, a).alias === 'clean',
    next: (s, a) => device.deviceRecycle(s, a.site),
  },
  deviceWriteBack: {
    environment: (s, a) => !siteAt(s, a).held && siteAt(s, a).alias === 'dirty',
    next: (s, a) => device.deviceWriteBack(s, a.site),
  },
  deviceWriteDone: {
    environment: (s, a) => siteAt(s, a).alias === 'writing',
    next: (s, a) => device.deviceWriteDone(s, a.site, a.error),
  },
};

/** Every concrete action of the shape: kinds in the order of the vocabulary, then arguments by index, false before true. */
export function directActionsOf(s: DirectState): readonly DirectAction[] {
  const { acts, faults } = s.shape;
  const fronts = [...s.fronts.keys()];
  const sites = [...s.sites.keys()];
  const either = (isOffered: boolean, rare: boolean): readonly boolean[] => (isOffered ? [false, true] : [!rare]);
  const failing = (fault: DirectFault): readonly boolean[] => either(faults.includes(fault), true);
  const actions: DirectAction[] = [];
  for (const kind of DIRECT_ACTION_KINDS) {
    if (!acts.includes(kind)) continue;
    switch (kind) {
      case 'strategyRead':
        for (const front of fronts)
          for (const whole of either(acts.includes('piecewise'), false)) actions.push({ kind, front, whole });
        break;
      case 'strategyWrite':
        for (const front of fronts)
          for (const site of sites)
            for (const large of either(acts.includes('small'), false)) actions.push({ kind, front, site, large });
        break;
      case 'resumeRead':
      case 'resumeWrite':
      case 'bmap':
      case 'recycleFront':
        for (const front of fronts) actions.push({ kind, front });
        break;
      case 'directReadDone':
        for (const front of fronts) for (const error of failing('read')) actions.push({ kind, front, error });
        break;
      case 'directWriteDone':
        for (const front of fronts) for (const error of failing('write')) actions.push({ kind, front, error });
        break;
      case 'cycle':
        actions.push({ kind });
        break;
      case 'relocate':
        for (const site of sites) for (const to of sites) if (to !== site) actions.push({ kind, site, to });
        break;
      case 'deviceReadDone':
        for (const site of sites) for (const error of failing('deviceRead')) actions.push({ kind, site, error });
        break;
      case 'deviceWriteDone':
        for (const site of sites) for (const error of failing('deviceWrite')) actions.push({ kind, site, error });
        break;
      case 'uncache':
        if (!s.repaired('D14')) for (const site of sites) actions.push({ kind, site });
        break;
      default:
        for (const site of sites) actions.push({ kind, site });
    }
  }
  return actions;
}
