// Whether two observable states of the direct machine are the same, and if not, in which fields.
//
// `sameDirectSnapshot` runs after every step: field by field, no allocation. `directDifferences` runs once, for the report. A
// test holds that the two never disagree.

import type { DirectShape, DirectSnapshot, FrontSnapshot, SiteSnapshot } from '../../../spec/direct/snapshot.ts';
import type { SnapshotDifference } from '../snapshot-difference.ts';

/** Both snapshots must be of one shape. */
export function sameDirectSnapshot(a: DirectSnapshot, b: DirectSnapshot): boolean {
  for (let i = 0; i < a.fronts.length; i++) if (!sameFront(a.fronts[i]!, b.fronts[i]!)) return false;
  for (let i = 0; i < a.sites.length; i++) if (!sameSite(a.sites[i]!, b.sites[i]!)) return false;
  return (
    sameNumbers(a.index, b.index) &&
    sameNumbers(a.kept, b.kept) &&
    sameNumbers(a.newest, b.newest) &&
    a.next === b.next &&
    a.criticalError === b.criticalError &&
    a.nullReleased === b.nullReleased &&
    a.falseAlarm === b.falseAlarm
  );
}

function sameFront(a: FrontSnapshot, b: FrontSnapshot): boolean {
  return (
    a.at === b.at &&
    a.how === b.how &&
    a.cached === b.cached &&
    a.from === b.from &&
    a.version === b.version &&
    a.aged === b.aged &&
    a.runnable === b.runnable
  );
}

function sameSite(a: SiteSnapshot, b: SiteSnapshot): boolean {
  return (
    a.use === b.use &&
    a.age === b.age &&
    a.head === b.head &&
    a.live === b.live &&
    a.backend === b.backend &&
    a.io === b.io &&
    a.wait === b.wait &&
    a.inval === b.inval &&
    a.failed === b.failed &&
    a.version === b.version &&
    a.content === b.content &&
    a.alias === b.alias &&
    a.aliasVersion === b.aliasVersion &&
    a.held === b.held &&
    a.moving === b.moving
  );
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const WHOLE = ['next', 'criticalError', 'nullReleased', 'falseAlarm'] as const;

/** Every field in which `seen` is not what was `expected`, in the order of the snapshot: `front h1.cached`, `index h1`, `next`. */
export function directDifferences(
  shape: DirectShape,
  expected: DirectSnapshot,
  seen: DirectSnapshot,
): SnapshotDifference[] {
  const found: SnapshotDifference[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    const [left, right] = [String(a), String(b)];
    if (left !== right) found.push({ path, expected: left, seen: right });
  };
  const named = (names: readonly string[], index: unknown): unknown =>
    names[index as number] ?? (index === -1 ? 'none' : 'unknown');
  const sites = shape.sites.map(({ name }) => name);
  const heads = shape.fronts.filter(({ kind }) => kind === 'head').map(({ name }) => name);
  const snapshots = shape.fronts.filter(({ kind }) => kind === 'snapshot').map(({ name }) => name);
  const fields = <T extends object>(path: string, a: T, b: T, text: (key: string, value: unknown) => unknown): void => {
    for (const key of Object.keys(a) as (keyof T & string)[])
      compare(`${path}.${key}`, text(key, a[key]), text(key, b[key]));
  };
  const list = (path: string, owners: readonly string[], of: (s: DirectSnapshot, i: number) => unknown): void =>
    owners.forEach((name, i) => compare(`${path} ${name}`, of(expected, i), of(seen, i)));

  shape.fronts.forEach(({ name }, i) =>
    fields(`front ${name}`, expected.fronts[i]!, seen.fronts[i]!, (key, value) =>
      key === 'cached' || key === 'from' ? named(sites, value) : value,
    ),
  );
  shape.sites.forEach(({ name }, i) =>
    fields(`site ${name}`, expected.sites[i]!, seen.sites[i]!, (key, value) =>
      key === 'head' ? named(heads, value) : value,
    ),
  );
  list('index', heads, (s, h) => named(sites, s.index[h]));
  list('kept', snapshots, (s, k) => named(sites, s.kept[k]));
  list('newest', heads, (s, h) => s.newest[h]);
  for (const key of WHOLE) compare(key, expected[key], seen[key]);
  return found;
}
