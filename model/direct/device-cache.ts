// The device cache: buffers of the layer over sites, as others use them, and what their completions do for waiting fronts.

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import { giveUp } from './facts.ts';
import { copy } from './reading.ts';
import type { DirectState } from './state.ts';
import { continueWrite, free } from './writing.ts';

/** Somebody holds the buffer of a site. */
export function deviceRead(s: DirectState, index: number): DirectOutcome {
  const site = s.sites[index]!;
  site.held = true;
  if (site.alias !== 'none') return 'done';
  site.alias = 'loading';
  return 'io';
}

/** The buffer is loaded, or not; the fronts that waited for it go on in their order. */
export function deviceReadDone(s: DirectState, index: number, error: boolean): DirectOutcome {
  const site = s.sites[index]!;
  if (error) {
    site.alias = 'none';
    site.held = false;
  } else {
    site.alias = 'clean';
    site.aliasVersion = site.content;
  }
  for (let front = 0; front < s.fronts.length; front++) {
    const { at, from, how } = s.fronts[front]!;
    if (from !== index || (at !== 'copying' && at !== 'loading')) continue;
    if (error) {
      if (at === 'loading') free(site);
      giveUp(s, front);
    } else if (at === 'copying') copy(s, front, index, how as 'piecewise' | 'indirect' | 'verified');
    else continueWrite(s, front);
  }
  return error ? 'error' : 'done';
}

export function deviceRelease(s: DirectState, index: number): DirectOutcome {
  s.sites[index]!.held = false;
  return 'done';
}

/** The kernel takes the clean buffer. */
export function deviceRecycle(s: DirectState, index: number): DirectOutcome {
  s.sites[index]!.alias = 'none';
  s.sites[index]!.aliasVersion = 0;
  return 'done';
}

export function deviceWriteBack(s: DirectState, index: number): DirectOutcome {
  s.sites[index]!.alias = 'writing';
  return 'done';
}

/** The write of a buffer completes; after an error its bytes are only in memory. */
export function deviceWriteDone(s: DirectState, index: number, error: boolean): DirectOutcome {
  const site = s.sites[index]!;
  if (error) {
    site.alias = 'failed';
    s.whole.criticalError = true;
    return 'error';
  }
  site.content = site.aliasVersion;
  site.alias = 'clean';
  return 'done';
}
