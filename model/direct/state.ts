// The state of the direct machine: primary facts only, one word per front, per site, per head and per snapshot, and one for all.
//
// A front that may be resumed is not marked: that follows from the site that it waits for (facts.ts). `completed` is not part
// of the state; it is what the step being made tells beside its outcome.

import type {
  Alias,
  DirectRepairId,
  DirectShape,
  FrontAt,
  FrontHow,
  SiteUse,
  Trouble,
} from '../../spec/direct/snapshot.ts';
import { FIRST_WRITTEN, firstVersionOf } from '../../spec/direct/snapshot.ts';
import { packedRecord } from '../explorer/packed.ts';
import { ShapeTooLarge } from '../buffer/state.ts';

/** Primary facts of a buffer of a file. */
export interface Front {
  at: FrontAt;
  how: FrontHow;
  /** Site learnt earlier, or -1. */
  cached: number;
  /** Site of the I/O in flight, or -1. */
  from: number;
  version: number;
  aged: boolean;
}

/** Primary facts of a block of the medium, of its record, and of what the device cache holds of it. */
export interface Site {
  use: SiteUse;
  age: number;
  head: number;
  live: boolean;
  backend: boolean;
  io: boolean;
  wait: boolean;
  inval: boolean;
  failed: boolean;
  version: number;
  content: number;
  alias: Alias;
  aliasVersion: number;
  held: boolean;
  moving: boolean;
}

/** What the media index and the clients know of a file. */
export interface Head {
  /** Site of its element. */
  index: number;
  /** Newest version that was answered as written. */
  newest: number;
}

export interface Kept {
  /** Site of the element that the snapshot keeps. */
  site: number;
}

export interface Whole {
  /** Version of the next write. */
  next: number;
  criticalError: boolean;
  nullReleased: boolean;
  falseAlarm: boolean;
}

/** Widest configuration that a row can hold. */
export const DIRECT_LIMITS = { fronts: 31, heads: 3, sites: 15, versions: 31 } as const;

const SITE_NUMBER = { bits: 4, least: -1 };
const VERSION = { bits: 5 };

const FrontRecord = packedRecord<Front>({
  at: ['empty', 'translated', 'syncing', 'reading', 'copying', 'valid', 'loading', 'replacing', 'writing'],
  how: ['none', 'whole', 'direct', 'indirect', 'verified', 'piecewise', 'large', 'small'],
  cached: SITE_NUMBER,
  from: SITE_NUMBER,
  version: VERSION,
  aged: 'flag',
});

const SiteRecord = packedRecord<Site>({
  use: ['free', 'record', 'media', 'delay'],
  age: { bits: 2 },
  head: { bits: 2, least: -1 },
  live: 'flag',
  backend: 'flag',
  io: 'flag',
  wait: 'flag',
  inval: 'flag',
  failed: 'flag',
  version: VERSION,
  content: VERSION,
  alias: ['none', 'loading', 'clean', 'dirty', 'writing', 'failed'],
  aliasVersion: VERSION,
  held: 'flag',
  moving: 'flag',
});

const HeadRecord = packedRecord<Head>({ index: SITE_NUMBER, newest: VERSION });
const KeptRecord = packedRecord<Kept>({ site: SITE_NUMBER });
const WholeRecord = packedRecord<Whole>({
  next: { bits: 6 },
  criticalError: 'flag',
  nullReleased: 'flag',
  falseAlarm: 'flag',
});

/** The one mutable state of a machine: transitions change it, the explorer copies rows in and out of `words`. */
export class DirectState {
  readonly shape: DirectShape;
  readonly words: Int32Array;
  readonly fronts: readonly Front[];
  readonly sites: readonly Site[];
  readonly heads: readonly Head[];
  readonly kept: readonly Kept[];
  readonly whole: Whole;
  /** Fronts whose operation was answered in the step being made, a bit for each. */
  completed = 0;
  private readonly repairs: ReadonlySet<DirectRepairId>;

  constructor(shape: DirectShape) {
    checkLimits(shape);
    const { fronts, sites, home } = shape;
    const snapshots = fronts.filter(({ kind }) => kind === 'snapshot');
    this.shape = shape;
    this.repairs = new Set(shape.repairs);
    this.words = new Int32Array(fronts.length + sites.length + home.length + snapshots.length + 1);
    let base = 0;
    this.fronts = fronts.map(() => new FrontRecord(this.words, base++));
    this.sites = sites.map(() => new SiteRecord(this.words, base++));
    this.heads = home.map(() => new HeadRecord(this.words, base++));
    this.kept = snapshots.map(() => new KeptRecord(this.words, base++));
    this.whole = new WholeRecord(this.words, base);
    this.begin(snapshots.map(({ head }) => home[head]!));
  }

  /** Every file has one element on the medium, its snapshots keep it, and nothing is cached anywhere. */
  private begin(kept: readonly number[]): void {
    for (const front of this.fronts) clearFront(front);
    for (const site of this.sites) site.head = -1;
    this.shape.home.forEach((home, h) => {
      const version = firstVersionOf(h);
      Object.assign(this.heads[h]!, { index: home, newest: version });
      Object.assign(this.sites[home]!, { use: 'media', head: h, version, content: version });
    });
    kept.forEach((site, k) => (this.kept[k]!.site = site));
    this.whole.next = FIRST_WRITTEN;
  }

  /** Is the defect repaired in this configuration? */
  repaired(id: DirectRepairId): boolean {
    return this.repairs.has(id);
  }

  trouble(site: number): Trouble {
    return this.shape.sites[site]!.trouble;
  }

  isHead(front: number): boolean {
    return this.shape.fronts[front]!.kind === 'head';
  }

  headOf(front: number): Head {
    return this.heads[this.shape.fronts[front]!.head]!;
  }
}

/** The front forgets everything. */
export function clearFront(front: Front): void {
  front.at = 'empty';
  front.how = 'none';
  front.cached = -1;
  front.from = -1;
  front.version = 0;
  front.aged = false;
}

function checkLimits(shape: DirectShape): void {
  const tooMany = (what: string, have: number, most: number): void => {
    if (have > most)
      throw new ShapeTooLarge(`the direct model holds ${most} ${what}, and the shape has ${have}; make it smaller`);
  };
  tooMany('fronts', shape.fronts.length, DIRECT_LIMITS.fronts);
  tooMany('heads', shape.home.length, DIRECT_LIMITS.heads);
  tooMany('sites', shape.sites.length, DIRECT_LIMITS.sites);
  tooMany('versions', FIRST_WRITTEN - 1 + shape.writesMax, DIRECT_LIMITS.versions);
}
