// What a state of the direct machine is called: the canonical TLA+ text of a DirectSnapshot, letter for letter what
// `../tla/value.ts` makes of the engine's output for the same state.
//
// Variables: crit, front, ghost, index, kept, newest, next, site. Who may be resumed follows from them and is left out.

import type { DirectShape, DirectSnapshot, FrontSnapshot, SiteSnapshot } from '../../../spec/direct/snapshot.ts';
import { NONE_NAME } from '../configurations.ts';
import { functionText, record, remember } from '../tla/canonical-text.ts';

/** A writer for the states of one shape; it remembers the records that it has written. */
export function directStateWriter(shape: DirectShape): (snapshot: DirectSnapshot) => string {
  const sites = shape.sites.map(({ name }) => `#${name}`);
  const fronts = shape.fronts.map(({ name }) => `#${name}`);
  const heads = fronts.filter((_, f) => shape.fronts[f]!.kind === 'head');
  const snapshots = fronts.filter((_, f) => shape.fronts[f]!.kind === 'snapshot');
  const nameOf = (names: readonly string[], index: number): string => (index < 0 ? `#${NONE_NAME}` : names[index]!);
  const knownFronts = new Map<string, string>();
  const knownSites = new Map<string, string>();

  const front = ({ at, how, cached, from, version, aged }: FrontSnapshot): string =>
    remember(knownFronts, `${at},${how},${cached},${from},${version},${Number(aged)}`, () =>
      record({
        at: `"${at}"`,
        how: `"${how}"`,
        cached: nameOf(sites, cached),
        from: nameOf(sites, from),
        version,
        aged,
      }),
    );
  const site = (s: SiteSnapshot): string => {
    const key = `${s.use},${s.age},${s.head},${flagsOf(s)},${s.version},${s.content},${s.alias},${s.aliasVersion}`;
    return remember(knownSites, key, () => siteRecord(s, nameOf(heads, s.head)));
  };
  const siteName = (index: number): string => nameOf(sites, index);
  const frontText = functionText(fronts, front);
  const siteText = functionText(sites, site);
  const indexText = functionText(heads, siteName);
  const keptText = functionText(snapshots, siteName);
  const newestText = functionText(heads, String);

  return (s) =>
    `crit=${s.criticalError};front=${frontText(s.fronts)};` +
    `ghost=[falseAlarm:${s.falseAlarm},nullReleased:${s.nullReleased}];` +
    `index=${indexText(s.index)};kept=${keptText(s.kept)};newest=${newestText(s.newest)};next=${s.next};` +
    `site=${siteText(s.sites)}`;
}

function flagsOf(s: SiteSnapshot): number {
  return (
    Number(s.live) |
    (Number(s.backend) << 1) |
    (Number(s.io) << 2) |
    (Number(s.wait) << 3) |
    (Number(s.inval) << 4) |
    (Number(s.failed) << 5) |
    (Number(s.held) << 6) |
    (Number(s.moving) << 7)
  );
}

function siteRecord(s: SiteSnapshot, head: string): string {
  const { age, live, backend, io, wait, inval, failed, version, content, aliasVersion, held, moving } = s;
  return record({
    ...{ age, head, live, backend, io, wait, inval, failed, version, content, aliasVersion, held, moving },
    use: `"${s.use}"`,
    alias: `"${s.alias}"`,
  });
}
