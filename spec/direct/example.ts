// Small states of the direct machine written by hand: the examples that claims and goals carry.
//
// An example says only what it is about; what follows from it in a healthy machine (index, kept elements, newest versions, the
// next version) is filled in here, so that an example breaks a claim exactly where it says so. Not used while exploring.

import { FIRST_WRITTEN, type DirectSnapshot, type FrontSnapshot, type SiteSnapshot } from './snapshot.ts';

export interface DirectExampleParts {
  /** Fronts of the heads; one empty front where absent. */
  readonly heads?: readonly Partial<FrontSnapshot>[];
  /** Fronts of snapshots. */
  readonly snapshots?: readonly Partial<FrontSnapshot>[];
  readonly sites: readonly Partial<SiteSnapshot>[];
  /** What the example says about the state as a whole. */
  readonly whole?: Partial<Omit<DirectSnapshot, 'fronts' | 'sites'>>;
}

const EMPTY: FrontSnapshot = {
  at: 'empty',
  how: 'none',
  cached: -1,
  from: -1,
  version: 0,
  aged: false,
  runnable: false,
};

const UNUSED: SiteSnapshot = {
  use: 'free',
  age: 0,
  head: -1,
  live: false,
  backend: false,
  io: false,
  wait: false,
  inval: false,
  failed: false,
  version: 0,
  content: 0,
  alias: 'none',
  aliasVersion: 0,
  held: false,
  moving: false,
};

type SiteMaker = (version: number, more?: Partial<SiteSnapshot>) => Partial<SiteSnapshot>;

/** An element of the media index, with its bytes on the medium. */
export const element: SiteMaker = (version, more = {}) => ({
  use: 'media',
  head: 0,
  version,
  content: version,
  ...more,
});
/** A record that reads see, of a large write that is over. */
export const record: SiteMaker = (version, more = {}) => ({
  use: 'record',
  head: 0,
  live: true,
  inval: true,
  version,
  content: version,
  ...more,
});
/** A record whose large write is in flight. */
export const writtenTo: SiteMaker = (version, more = {}) => record(version, { io: true, content: 0, ...more });
/** Space that nobody uses. */
export const unused = (more: Partial<SiteSnapshot> = {}): Partial<SiteSnapshot> => ({ ...more });
/** A front whose large write is in flight. */
export const writing = (from: number, version: number): Partial<FrontSnapshot> => ({
  at: 'writing',
  how: 'large',
  from,
  version,
});
/** A front whose read is in flight. */
export const reading = (
  from: number,
  how: FrontSnapshot['how'] = 'direct',
  more: Partial<FrontSnapshot> = {},
): Partial<FrontSnapshot> => ({ at: how === 'direct' ? 'reading' : 'copying', how, from, ...more });
/** A front with contents. */
export const holding = (version: number, more: Partial<FrontSnapshot> = {}): Partial<FrontSnapshot> => ({
  at: 'valid',
  version,
  ...more,
});

/** The state that the parts describe, with everything that they leave open as a healthy machine would have it. */
export function directExample({ heads = [{}], snapshots = [], sites, whole = {} }: DirectExampleParts): DirectSnapshot {
  const all = sites.map((part): SiteSnapshot => ({ ...UNUSED, ...part }));
  const elementOf = (head: number): number => all.findIndex((site) => site.use === 'media' && site.head === head);
  const newestOf = (head: number): number => {
    const visible = all.find((site) => site.live && !site.io && !site.failed && site.head === head);
    return (visible ?? all[elementOf(head)])?.version ?? 0;
  };
  const versions = [...all.map(({ version }) => version), ...heads.map(({ version = 0 }) => version)];
  return {
    fronts: [...heads, ...snapshots].map((part) => ({ ...EMPTY, ...part })),
    sites: all,
    index: heads.map((_, h) => elementOf(h)),
    kept: snapshots.map(() => elementOf(0)),
    newest: heads.map((_, h) => newestOf(h)),
    next: Math.max(FIRST_WRITTEN, 1 + Math.max(...versions)),
    criticalError: false,
    nullReleased: false,
    falseAlarm: false,
    ...whole,
  };
}

/** The beginning, as far as an example needs it: every front empty, one element for each head. */
export function directBlank(like: DirectSnapshot): DirectSnapshot {
  return directExample({
    heads: like.index.map(() => ({})),
    snapshots: like.kept.map(() => ({})),
    sites: like.sites.map((_, i) => (i < like.index.length ? element(1 + i, { head: i }) : unused())),
  });
}
