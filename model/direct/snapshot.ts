// The observable state of the direct machine, written into a snapshot that is used over and over.

import type { DirectShape, DirectSnapshot, FrontSnapshot, SiteSnapshot } from '../../spec/direct/snapshot.ts';
import { isRunnable } from './facts.ts';
import type { DirectState } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A DirectSnapshot that is written over and over; arrays are reused. */
export interface MutableDirectSnapshot extends Mutable<DirectSnapshot> {
  readonly fronts: readonly Mutable<FrontSnapshot>[];
  readonly sites: readonly Mutable<SiteSnapshot>[];
  readonly index: number[];
  readonly kept: number[];
  readonly newest: number[];
}

/** Writes the whole observable state of `s` into `into`. */
export function takeDirectSnapshot(s: DirectState, into: MutableDirectSnapshot): void {
  for (let f = 0; f < s.fronts.length; f++) {
    const front = s.fronts[f]!;
    const seen = into.fronts[f]!;
    seen.at = front.at;
    seen.how = front.how;
    seen.cached = front.cached;
    seen.from = front.from;
    seen.version = front.version;
    seen.aged = front.aged;
    seen.runnable = isRunnable(s, f);
  }
  for (let i = 0; i < s.sites.length; i++) {
    const site = s.sites[i]!;
    const seen = into.sites[i]!;
    seen.use = site.use;
    seen.age = site.age;
    seen.head = site.head;
    seen.live = site.live;
    seen.backend = site.backend;
    seen.io = site.io;
    seen.wait = site.wait;
    seen.inval = site.inval;
    seen.failed = site.failed;
    seen.version = site.version;
    seen.content = site.content;
    seen.alias = site.alias;
    seen.aliasVersion = site.aliasVersion;
    seen.held = site.held;
    seen.moving = site.moving;
  }
  for (let h = 0; h < s.heads.length; h++) {
    into.index[h] = s.heads[h]!.index;
    into.newest[h] = s.heads[h]!.newest;
  }
  for (let k = 0; k < s.kept.length; k++) into.kept[k] = s.kept[k]!.site;
  into.next = s.whole.next;
  into.criticalError = s.whole.criticalError;
  into.nullReleased = s.whole.nullReleased;
  into.falseAlarm = s.whole.falseAlarm;
}

/** A snapshot of the shape to be written into. */
export function blankDirectSnapshot(shape: DirectShape): MutableDirectSnapshot {
  return {
    fronts: shape.fronts.map(() => ({
      at: 'empty', how: 'none', cached: -1, from: -1, version: 0, aged: false, runnable: false,
    })),
    sites: shape.sites.map(() => ({
      use: 'free', age: 0, head: -1, live: false, backend: false, io: false, wait: false, inval: false, failed: false,
      version: 0, content: 0, alias: 'none', aliasVersion: 0, held: false, moving: false,
    })),
    index: shape.home.map(() => 0),
    kept: shape.fronts.filter(({ kind }) => kind === 'snapshot').map(() => 0),
    newest: shape.home.map(() => 0),
    next: 0,
    criticalError: false,
    nullReleased: false,
    falseAlarm: false,
  }; // prettier-ignore
}
