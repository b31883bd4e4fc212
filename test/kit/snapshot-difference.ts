// Whether two observable states are the same, and if not, in which fields.
//
// `sameSnapshot` runs after every step of the edge walk: field by field, no allocation, no JSON. `snapshotDifferences` runs
// once, for the report. A test holds that the two never disagree.

import type {
  ClientSnapshot,
  IoSnapshot,
  MountSnapshot,
  RunEntry,
  Shape,
  Snapshot,
} from '../../spec/buffer/snapshot.ts';

/** A field in which two states differ, with names of the shape: `io d1.refs`, `client c1.at`, `mount.criticalError`. */
export interface SnapshotDifference {
  readonly path: string;
  readonly expected: string;
  readonly seen: string;
}

const LISTS = ['volu', 'meta', 'undo', 'data', 'loose'] as const;

/** Both snapshots must be of one shape. */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  for (let i = 0; i < a.ios.length; i++) if (!sameIo(a.ios[i]!, b.ios[i]!)) return false;
  for (let i = 0; i < a.clients.length; i++) if (!sameClient(a.clients[i]!, b.clients[i]!)) return false;
  for (let i = 0; i < a.volumes.length; i++) {
    const [v, w] = [a.volumes[i]!, b.volumes[i]!];
    if (v.flush !== w.flush || v.volatile !== w.volatile) return false;
  }
  return sameMount(a.mount, b.mount) && sameRunList(a.iorun, b.iorun) && sameLists(a, b);
}

function sameIo(a: IoSnapshot, b: IoSnapshot): boolean {
  return (
    a.exists === b.exists &&
    a.refs === b.refs &&
    a.interlockOwner === b.interlockOwner &&
    a.check === b.check &&
    a.wanted === b.wanted &&
    a.bp === b.bp &&
    a.reading === b.reading &&
    a.ondisk === b.ondisk &&
    a.released === b.released &&
    a.modified === b.modified &&
    a.running === b.running &&
    a.waiting === b.waiting &&
    a.modifyRefs === b.modifyRefs &&
    a.waitmod === b.waitmod &&
    a.waitdep === b.waitdep &&
    a.reclaim === b.reclaim &&
    a.ioerror === b.ioerror &&
    a.gencrc === b.gencrc &&
    a.locked === b.locked &&
    a.delwri === b.delwri &&
    a.notmeta === b.notmeta &&
    a.modRoot === b.modRoot &&
    a.residue === b.residue &&
    a.type === b.type &&
    a.volume === b.volume
  );
}

function sameClient(a: ClientSnapshot, b: ClientSnapshot): boolean {
  return (
    a.at === b.at &&
    a.io === b.io &&
    a.runnable === b.runnable &&
    a.how === b.how &&
    a.wantsUndo === b.wantsUndo &&
    a.closing === b.closing &&
    a.mods === b.mods &&
    a.interlock === b.interlock &&
    a.bare === b.bare &&
    sameNumbers(a.needs, b.needs)
  );
}

function sameMount(a: MountSnapshot, b: MountSnapshot): boolean {
  return (
    a.criticalError === b.criticalError &&
    a.lockedDirtySpace === b.lockedDirtySpace &&
    a.ioRunningSpace === b.ioRunningSpace &&
    a.runningReadBytes === b.runningReadBytes &&
    a.runningWriteBytes === b.runningWriteBytes &&
    a.ioLockedCount === b.ioLockedCount
  );
}

function sameRunList(a: readonly RunEntry[], b: readonly RunEntry[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (entryNumber(a[i]!) !== entryNumber(b[i]!)) return false;
  return true;
}

/** Even for ios, odd for clients: no two entries have one number, whatever nonsense an implementation shows. */
function entryNumber(entry: RunEntry): number {
  return 'io' in entry ? 2 * entry.io : 2 * entry.client + 1;
}

function sameLists(a: Snapshot, b: Snapshot): boolean {
  const [l, m] = [a.lists, b.lists];
  return (
    sameNumbers(l.volu, m.volu) &&
    sameNumbers(l.meta, m.meta) &&
    sameNumbers(l.undo, m.undo) &&
    sameNumbers(l.data, m.data) &&
    sameNumbers(l.loose, m.loose)
  );
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Every field in which `seen` is not what was `expected`, in the order of the snapshot. */
export function snapshotDifferences(shape: Shape, expected: Snapshot, seen: Snapshot): SnapshotDifference[] {
  const found: SnapshotDifference[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    const [left, right] = [String(a), String(b)];
    if (left !== right) found.push({ path, expected: left, seen: right });
  };
  const fields = <T extends object>(path: string, a: T, b: T, text: (key: string, value: unknown) => unknown): void => {
    for (const key of Object.keys(a) as (keyof T & string)[])
      compare(`${path}.${key}`, text(key, a[key]), text(key, b[key]));
  };
  const named = (names: readonly string[], index: unknown): unknown =>
    names[index as number] ?? (index === -1 ? 'none' : 'unknown');
  const blocks = shape.blocks.map((b) => b.name);
  const list = (numbers: readonly number[]): string => `<${numbers.map((n) => named(blocks, n)).join(', ')}>`;
  const run = (entries: readonly RunEntry[]): string =>
    `<${entries.map((e) => ('io' in e ? named(blocks, e.io) : named(shape.clients, e.client))).join(', ')}>`;

  blocks.forEach((name, i) => {
    fields(`io ${name}`, expected.ios[i]!, seen.ios[i]!, (key, value) =>
      key === 'interlockOwner' ? named(shape.clients, value) : key === 'volume' ? named(shape.volumes, value) : value,
    );
  });
  shape.clients.forEach((name, i) => {
    fields(`client ${name}`, expected.clients[i]!, seen.clients[i]!, (key, value) =>
      key === 'io' ? named(blocks, value) : value,
    );
  });
  shape.volumes.forEach((name, i) =>
    fields(`volume ${name}`, expected.volumes[i]!, seen.volumes[i]!, (_, value) => value),
  );
  fields('mount', expected.mount, seen.mount, (_, value) => value);
  compare('iorun', run(expected.iorun), run(seen.iorun));
  for (const key of LISTS) compare(`list ${key}`, list(expected.lists[key]), list(seen.lists[key]));
  return found;
}
