// States as JSON: what differs between one snapshot and the next, or, when everything is in it, a whole snapshot.
//
// The form is that of Snapshot with two savings. Ios, clients and volumes are objects by index (`"ios": {"0": {"refs": 1}}`),
// so that those without a change can be left out; and what the shape says anyway (type and volume of an io) is never there.
// `iorun` and each list are written whole when they change. Reading is strict: an unknown field, index or word is refused.

import type { FlushState, GetHow, ModRoot, Residue, Shape, Snapshot, Volatile } from '../../../spec/buffer/snapshot.ts';
import type { RunEntry } from '../../../spec/buffer/snapshot.ts';
import { PLACES } from '../../../model/buffer/state.ts';
import { blankSnapshot, type MutableSnapshot } from '../driver.ts';
import { listOf, Malformed, objectOf, quoted, wholeOf, type JsonObject } from './malformed.ts';

/** What a field can hold. */
type Range = 'flag' | { readonly least: number; readonly most: number } | ReadonlySet<string>;

const words = (...list: readonly string[]): ReadonlySet<string> => new Set(list);
const COUNT: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };
const INDEX: Range = { least: -1, most: 255 };

const SPECIAL: ReadonlyMap<string, Range> = new Map<string, Range>([
  ['interlockOwner', INDEX],
  ['io', INDEX],
  ['modifyRefs', { least: -1, most: Number.MAX_SAFE_INTEGER }],
  ['modRoot', words(...(['none', 'volu', 'meta', 'undo', 'data', 'loose'] satisfies ModRoot[]))],
  ['residue', words(...(['none', 'ahead', 'cached'] satisfies Residue[]))],
  ['at', words(...PLACES)],
  ['how', words(...(['read', 'ahead', 'new'] satisfies GetHow[]))],
  ['flush', words(...(['clean', 'dirty', 'flushing', 'flushingDirty', 'failed'] satisfies FlushState[]))],
  ['volatile', words(...(['none', 'covered', 'exposed'] satisfies Volatile[]))],
]);

function rangesOf(record: object): ReadonlyMap<string, Range> {
  return new Map(
    Object.entries(record).map(([key, value]) => [
      key,
      SPECIAL.get(key) ?? (typeof value === 'boolean' ? 'flag' : COUNT),
    ]),
  );
}

/** One of each: every field of a snapshot, with a value that shows what it can hold. */
const BLANK = blankSnapshot({
  blocks: [{ name: '', type: 'data', volume: 0 }],
  clients: [''],
  volumes: [''],
} as unknown as Shape);
const { type: _type, volume: _volume, ...BLANK_IO } = BLANK.ios[0]!;
const { needs: _needs, ...BLANK_CLIENT } = BLANK.clients[0]!;

/** Fields of an io, of a client (`needs` is a list beside them), of a volume and of the mount, with what they can hold. */
const IO_FIELDS = rangesOf(BLANK_IO);
const CLIENT_FIELDS = rangesOf(BLANK_CLIENT);
const VOLUME_FIELDS = rangesOf(BLANK.volumes[0]!);
const MOUNT_FIELDS = rangesOf(BLANK.mount);
const LISTS = ['volu', 'meta', 'undo', 'data', 'loose'] as const;

/** Every field of a snapshot by name, as the protocol names them: `ios.refs`, `clients.needs`, `mount.criticalError`, `iorun`, `lists.data`. */
export const FIELD_NAMES: readonly string[] = [
  ...[...IO_FIELDS.keys()].map((name) => `ios.${name}`),
  ...[...CLIENT_FIELDS.keys(), 'needs'].map((name) => `clients.${name}`),
  ...[...VOLUME_FIELDS.keys()].map((name) => `volumes.${name}`),
  ...[...MOUNT_FIELDS.keys()].map((name) => `mount.${name}`),
  'iorun',
  ...LISTS.map((name) => `lists.${name}`),
];

/** Part of a snapshot: what changed, or all of it. */
export interface StateChange {
  ios?: Record<string, Record<string, unknown>>;
  clients?: Record<string, Record<string, unknown>>;
  volumes?: Record<string, Record<string, unknown>>;
  mount?: Record<string, unknown>;
  iorun?: RunEntry[];
  lists?: Record<string, number[]>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What brings `before` to `now`. Without `before`, all of `now`. The names in `without` are left out. */
export function changeBetween(
  before: Snapshot | undefined,
  now: Snapshot,
  without: ReadonlySet<string> = NOTHING,
): StateChange {
  const change: StateChange = {};
  const records = (
    group: 'ios' | 'clients' | 'volumes',
    ranges: ReadonlyMap<string, Range>,
    extra?: (i: number, into: Record<string, unknown>) => void,
  ): void => {
    now[group].forEach((record, i) => {
      const found = changedFields(
        group,
        ranges,
        before?.[group][i] as Fields | undefined,
        record as unknown as Fields,
        without,
      );
      extra?.(i, found);
      if (Object.keys(found).length > 0) (change[group] ??= {})[i] = found;
    });
  };
  records('ios', IO_FIELDS);
  records('clients', CLIENT_FIELDS, (i, found) => {
    const needs = now.clients[i]!.needs;
    if (!without.has('clients.needs') && !sameList(before?.clients[i]!.needs, needs)) found['needs'] = [...needs];
  });
  records('volumes', VOLUME_FIELDS);
  const mount = changedFields(
    'mount',
    MOUNT_FIELDS,
    before?.mount as Fields | undefined,
    now.mount as unknown as Fields,
    without,
  );
  if (Object.keys(mount).length > 0) change.mount = mount;
  if (!without.has('iorun') && !sameList(before?.iorun.map(entryText), now.iorun.map(entryText)))
    change.iorun = [...now.iorun];
  for (const list of LISTS)
    if (!without.has(`lists.${list}`) && !sameList(before?.lists[list], now.lists[list]))
      (change.lists ??= {})[list] = [...now.lists[list]];
  return change;
}

const NOTHING: ReadonlySet<string> = new Set();
const entryText = (entry: RunEntry): string => ('io' in entry ? `io ${entry.io}` : `client ${entry.client}`);

function sameList(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a?.length === b.length && a.every((item, i) => item === b[i]);
}

function changedFields(
  group: string,
  ranges: ReadonlyMap<string, Range>,
  before: Fields | undefined,
  now: Fields,
  without: ReadonlySet<string>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of ranges.keys())
    if (before?.[name] !== now[name] && !without.has(`${group}.${name}`)) found[name] = now[name];
  return found;
}

/** Number of values in a whole snapshot of a shape, as `applyChange` counts them. */
export function valuesIn(shape: Shape, without: ReadonlySet<string> = NOTHING): number {
  const times: Readonly<Record<string, number>> = {
    ios: shape.blocks.length,
    clients: shape.clients.length,
    volumes: shape.volumes.length,
  };
  return FIELD_NAMES.filter((name) => !without.has(name)).reduce(
    (sum, name) => sum + (times[name.split('.')[0]!] ?? 1),
    0,
  );
}

/** Writes a change that came as JSON into a snapshot; answers with the number of values written. */
export function applyChange(into: MutableSnapshot, given: unknown): number {
  const change = objectOf(given, 'a state');
  let written = 0;
  for (const group in change) {
    const part = change[group];
    switch (group) {
      case 'ios':
        written += applyRecords(into.ios, part, 'io', IO_FIELDS);
        break;
      case 'clients':
        written += applyRecords(into.clients, part, 'client', CLIENT_FIELDS);
        break;
      case 'volumes':
        written += applyRecords(into.volumes, part, 'volume', VOLUME_FIELDS);
        break;
      case 'mount':
        written += applyFields(into.mount, objectOf(part, '"mount"'), 'mount', MOUNT_FIELDS);
        break;
      case 'iorun':
        applyRunList(into, part);
        written++;
        break;
      case 'lists':
        written += applyLists(into, objectOf(part, '"lists"'));
        break;
      default:
        throw new Malformed(`a state has no ${quoted(group)}`);
    }
  }
  return written;
}

type Writable = Record<string, unknown>;

function applyRecords(
  into: readonly Writable[],
  given: unknown,
  what: string,
  ranges: ReadonlyMap<string, Range>,
): number {
  const records = objectOf(given, `"${what}s"`);
  let written = 0;
  for (const key in records) {
    const record = into[Number(key)];
    if (record === undefined || String(Number(key)) !== key)
      throw new Malformed(`there is no ${what} ${quoted(key)}; it has ${into.length}, by index from 0`);
    written += applyFields(record, objectOf(records[key], `${what} ${key}`), `${what} ${key}`, ranges);
  }
  return written;
}

function applyFields(into: Writable, given: JsonObject, what: string, ranges: ReadonlyMap<string, Range>): number {
  let written = 0;
  for (const name in given) {
    const value = given[name];
    const range = ranges.get(name);
    if (range === undefined) {
      if (name !== 'needs' || ranges !== CLIENT_FIELDS) throw new Malformed(`${what} has no field ${quoted(name)}`);
      applyNeeds(into['needs'] as number[], value, what);
    } else {
      if (!isWithin(range, value)) throw new Malformed(`"${name}" of ${what} is ${quoted(value)}, ${outside(range)}`);
      into[name] = value;
    }
    written++;
  }
  return written;
}

function isWithin(range: Range, value: unknown): boolean {
  if (range === 'flag') return typeof value === 'boolean';
  if (range instanceof Set) return (range as ReadonlySet<unknown>).has(value);
  const { least, most } = range as { readonly least: number; readonly most: number };
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function outside(range: Range): string {
  if (range === 'flag') return 'which is neither true nor false';
  if (range instanceof Set) return `which is none of ${[...range].join(', ')}`;
  return `which is not a whole number from ${(range as { readonly least: number }).least}`;
}

function applyNeeds(into: number[], given: unknown, what: string): void {
  const needs = listOf(given, into.length, `"needs" of ${what}`);
  if (needs.length !== into.length)
    throw new Malformed(`"needs" of ${what} has ${needs.length} entries; there are ${into.length} volumes`);
  for (let v = 0; v < needs.length; v++) into[v] = wholeOf(needs[v], 2, `"needs" of ${what}`);
}

function applyRunList(into: MutableSnapshot, given: unknown): void {
  const { ios, clients, iorun } = into;
  const entries = listOf(given, ios.length + clients.length, '"iorun"');
  iorun.length = 0;
  for (const item of entries) {
    const entry = objectOf(item, 'an entry of "iorun"');
    const keys = Object.keys(entry);
    if (keys.length !== 1 || (keys[0] !== 'io' && keys[0] !== 'client'))
      throw new Malformed(`the entry ${quoted(entry)} of "iorun" is neither {"io": N} nor {"client": N}`);
    if (keys[0] === 'io') wholeOf(entry['io'], ios.length - 1, '"io" in "iorun"');
    else wholeOf(entry['client'], clients.length - 1, '"client" in "iorun"');
    iorun.push(entry as unknown as RunEntry);
  }
}

function applyLists(into: MutableSnapshot, given: JsonObject): number {
  let written = 0;
  for (const name in given) {
    const list = LISTS.find((known) => known === name);
    if (list === undefined) throw new Malformed(`there is no list ${quoted(name)}`);
    const members = listOf(given[name], into.ios.length, `list "${list}"`);
    const target = into.lists[list];
    target.length = 0;
    for (const member of members) target.push(wholeOf(member, into.ios.length - 1, `list "${list}"`));
    written++;
  }
  return written;
}

/** Copies the named fields from one snapshot to another: what nobody could observe is taken as expected. */
export function copyFields(names: Iterable<string>, from: Snapshot, into: MutableSnapshot): void {
  for (const name of names) {
    const [group, field] = name.split('.') as [string, string | undefined];
    if (group === 'iorun') into.iorun.splice(0, into.iorun.length, ...from.iorun);
    else if (group === 'lists') {
      const list = field as (typeof LISTS)[number];
      into.lists[list].splice(0, into.lists[list].length, ...from.lists[list]);
    } else if (name === 'clients.needs') {
      into.clients.forEach(({ needs }, c) => needs.splice(0, needs.length, ...from.clients[c]!.needs));
    } else if (group === 'mount')
      (into.mount as unknown as Writable)[field!] = (from.mount as unknown as Fields)[field!];
    else {
      const records = from[group as 'ios'] as unknown as readonly Fields[];
      (into[group as 'ios'] as unknown as Writable[]).forEach((record, i) => (record[field!] = records[i]![field!]));
    }
  }
}
