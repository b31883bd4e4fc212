// Small states written by hand: the examples that claims and goals carry.
//
// An example says only what it is about. Everything that follows from it in a healthy machine (references, list
// membership, sums, interlock owners, who is waited for) is filled in here, so an example breaks a claim exactly where it
// says so. Nothing here is used while exploring.

import type {
  ClientSnapshot,
  IoSnapshot,
  IoType,
  ModRoot,
  MountSnapshot,
  RunEntry,
  Snapshot,
  VolumeSnapshot,
} from './snapshot.ts';
import { DIRTY_LIST, clientCounts, type ListName } from '../reading.ts';

/** Bytes of a block in all examples. */
export const EXAMPLE_BLOCK_BYTES = 16384;

/** What an example says about one io; the rest follows. */
export type IoPart = Partial<IoSnapshot> & { readonly type: IoType };
export type ClientPart = Partial<ClientSnapshot>;

export interface ExampleParts {
  readonly ios: readonly IoPart[];
  readonly clients?: readonly ClientPart[];
  readonly volumes?: readonly Partial<VolumeSnapshot>[];
  readonly mount?: Partial<MountSnapshot>;
  readonly iorun?: readonly RunEntry[];
  readonly lists?: Partial<Record<ListName, readonly number[]>>;
}

/** An io that does not exist. */
export const ABSENT: Omit<IoSnapshot, 'type'> = {
  volume: 0,
  exists: false,
  refs: 0,
  interlockOwner: -1,
  check: false,
  wanted: false,
  bp: false,
  reading: false,
  ondisk: false,
  released: false,
  modified: false,
  running: false,
  waiting: false,
  modifyRefs: 0,
  waitmod: false,
  waitdep: false,
  reclaim: false,
  ioerror: false,
  gencrc: false,
  locked: false,
  delwri: false,
  notmeta: false,
  modRoot: 'none',
  residue: 'none',
};

export const IDLE: ClientSnapshot = {
  at: 'idle',
  io: -1,
  runnable: false,
  how: 'read',
  wantsUndo: false,
  closing: false,
  mods: 0,
  interlock: false,
  bare: false,
  needs: [],
};

type IoMaker = (type: IoType, more?: Partial<IoSnapshot>) => IoPart;
const maker =
  (state: Partial<IoSnapshot>): IoMaker =>
  (type, more = {}) => ({ ...state, type, ...more });
const dirtyMaker =
  (state: Partial<IoSnapshot>): IoMaker =>
  (type, more = {}) => ({ ...state, type, modRoot: DIRTY_LIST[type], ...more });

// The composite states of an io (original 517-656, 667-749, 1075-1228), as makers.
export const absent = maker({});
export const unloaded = maker({ exists: true });
export const loading = maker({ exists: true, reading: true });
export const loose = maker({ exists: true, released: true, modRoot: 'loose' });
export const heldClean = maker({ exists: true, bp: true });
export const heldDirty = dirtyMaker({ exists: true, bp: true, modified: true });
export const passiveClean = maker({ exists: true, bp: true, released: true });
export const passiveDirty = dirtyMaker({
  exists: true,
  bp: true,
  released: true,
  modified: true,
  delwri: true,
});
export const writing = maker({ exists: true, bp: true, released: true, running: true });

/** A client that is somewhere, concerned with an io. */
export function client(at: ClientSnapshot['at'], io = -1, more: ClientPart = {}): ClientPart {
  return { at, io, ...more };
}

/** The state that the parts describe, with everything that they leave open as a healthy machine would have it. */
export function example(parts: ExampleParts): Snapshot {
  const volumeCount = Math.max(1, parts.volumes?.length ?? 0, ...parts.ios.map((io) => (io.volume ?? 0) + 1));
  const volumes = Array.from({ length: volumeCount }, (_, v): VolumeSnapshot => {
    return { flush: 'clean', volatile: 'none', ...parts.volumes?.[v] };
  });
  const clients = (parts.clients ?? []).map((part): ClientSnapshot => {
    return { ...IDLE, needs: volumes.map(() => 0), ...part };
  });
  const ios = parts.ios.map((part, index) => fillIo(part, index, parts.ios, clients));
  return {
    ios,
    clients,
    volumes,
    mount: { ...sums(ios), ...parts.mount },
    iorun: parts.iorun ?? [...runningOf(ios), ...placemarkersOf(clients)],
    lists: { ...listsOf(ios), ...parts.lists },
  };
}

/** A state without ios and clients: what an explained example is compared with. */
export function blank(like: Snapshot): Snapshot {
  return example({
    ios: like.ios.map((io) => absent(io.type, { volume: io.volume })),
    clients: like.clients.map(() => ({})),
    volumes: like.volumes.map(() => ({})),
  });
}

function fillIo(part: IoPart, index: number, parts: readonly IoPart[], clients: readonly ClientSnapshot[]): IoSnapshot {
  const io: IoSnapshot = { ...ABSENT, ...part };
  const here = clients.filter((c) => c.io === index);
  const waitsAt = (...places: ClientSnapshot['at'][]): boolean =>
    here.some((c) => places.includes(c.at) && !c.runnable);
  const isUsed = here.some((c) => c.at !== 'get' && c.at !== 'load' && c.at !== 'release');
  const buffers = parts.filter((p) => p.type !== 'volume' && p.exists === true && (p.volume ?? 0) === io.volume);
  const refs =
    here.filter((c) => clientCounts(c.at)).length +
    (io.ioerror ? 1 : 0) +
    (io.gencrc ? 1 : 0) +
    (io.type === 'volume' && io.exists ? buffers.length : 0);
  const owner = clients.findIndex((c) => c.io === index && (c.at === 'load' || c.at === 'release'));
  const counted = here.reduce((sum, c) => sum + c.mods + (c.at === 'regetblk' ? 1 : 0), 0);
  // A pin on a buffer that nobody used is a reference that nobody validated (original 1115).
  const check = io.exists && refs > 0 && !isUsed && (here.length > 0 || io.ioerror);
  return {
    ...io,
    refs,
    interlockOwner: owner,
    check,
    ondisk: io.bp && (io.type !== 'volume' || (refs > 0 && !check)),
    modifyRefs: here.some((c) => c.interlock) ? -1 : counted,
    wanted: waitsAt('get'),
    waitmod: waitsAt('modify', 'interlock'),
    waiting: waitsAt('wait', 'release'),
    ...part, // what the part says itself has the last word
  };
}

function sums(ios: readonly IoSnapshot[]): MountSnapshot {
  const bytes = (counts: (io: IoSnapshot) => boolean): number => ios.filter(counts).length * EXAMPLE_BLOCK_BYTES;
  return {
    criticalError: ios.some((io) => io.ioerror),
    lockedDirtySpace: bytes((io) => io.modified && (io.type === 'meta' || io.type === 'volume')),
    ioRunningSpace: bytes((io) => io.running),
    runningReadBytes: bytes((io) => io.reading),
    runningWriteBytes: bytes((io) => io.running),
    ioLockedCount: ios.filter((io) => io.locked).length,
  };
}

function runningOf(ios: readonly IoSnapshot[]): RunEntry[] {
  return ios.flatMap((io, index) => (io.running ? [{ io: index }] : []));
}

function placemarkersOf(clients: readonly ClientSnapshot[]): RunEntry[] {
  return clients.flatMap((c, index) => (c.at === 'waitAll' ? [{ client: index }] : []));
}

function listsOf(ios: readonly IoSnapshot[]): Record<ListName, readonly number[]> {
  const members = (root: ModRoot): number[] => ios.flatMap((io, index) => (io.modRoot === root ? [index] : []));
  return {
    volu: members('volu'),
    meta: members('meta'),
    undo: members('undo'),
    data: members('data'),
    loose: members('loose'),
  };
}
