// When each action can happen, and what it does: one rule per action kind.
//
// Three reasons keep an action from happening. Environment: device, kernel or client cannot do it here, nobody ever
// offers it. Promise: the caller may not, and production throws an error that names the promise. Bound: only the
// configuration's limit. A rule states them apart, and `next` may rely on all of them.

import type { Action, ActionKind, Outcome } from '../../spec/buffer/vocabulary.ts';
import type { ClientAt, Fault } from '../../spec/buffer/snapshot.ts';
import * as barriers from './barrier.ts';
import * as completion from './complete.ts';
import { isPure, isReading, isRunning, isUnused, isVolume, ownerOf } from './facts.ts';
import * as modification from './modify.ts';
import * as references from './release.ts';
import { PLACES, type Client, type Io, type State } from './state.ts';

/** What callers promise; production names the broken one. */
export type PromiseName =
  | 'HandleOpen'
  | 'NoOpenModification'
  | 'NotInterlocked'
  | 'ModificationOpen'
  | 'InterlockOwned'
  | 'NotBeingModified'
  | 'VolumeLoaded'
  | 'Exists'
  | 'Unreferenced'
  | 'PinnedOnly'
  | 'TicketRunnable'
  | 'TicketQueued';

/** The action of one kind, with its arguments. */
type ActionOf<K extends ActionKind, A extends Action = Action> = A extends Action
  ? K extends A['kind']
    ? A & { readonly kind: K }
    : never
  : never;

/** One rule. `promises` are tested in order; the first that does not hold is the broken one. */
export interface Rule<A extends Action> {
  /** Where the client can be for the action to be imaginable at all; the explorer asks nothing else elsewhere. */
  readonly at?: readonly ClientAt[];
  /** Places from which a careless caller could try all the same: production throws an error that names what he `breaks`. */
  readonly careless?: { readonly at: readonly ClientAt[]; readonly breaks: PromiseName };
  readonly environment?: (s: State, a: A) => boolean;
  readonly promises?: readonly (readonly [PromiseName, (s: State, a: A) => boolean])[];
  readonly within?: (s: State, a: A) => boolean;
  readonly next: (s: State, a: A) => Outcome;
}

type ByClient = Action & { readonly client: number };

const clientOf = (s: State, a: ByClient): Client => s.clients[a.client]!;
const heldIo = (s: State, a: ByClient): Io => s.ios[s.clients[a.client]!.io1 - 1]!;
const isHeldVolume = (s: State, a: ByClient): boolean => isVolume(s, s.clients[a.client]!.io1 - 1);

/** The action needs an open handle that waits for nothing. */
const holding = { at: ['hold'], careless: { at: PLACES, breaks: 'HandleOpen' } } as const;
const idling = { at: ['idle'] } as const;

const noOpenModification = ['NoOpenModification', (s: State, a: ByClient) => clientOf(s, a).mods === 0] as const;
const notInterlocked = ['NotInterlocked', (s: State, a: ByClient) => !clientOf(s, a).interlock] as const;
const modificationOpen = ['ModificationOpen', (s: State, a: ByClient) => clientOf(s, a).mods > 0] as const;

/** Resuming a ticket that sits at one of `places`; from idle and hold a caller could only try an old one. */
function resuming(...places: ClientAt[]) {
  return {
    at: places,
    careless: { at: ['idle', 'hold'], breaks: 'TicketRunnable' },
    promises: [['TicketRunnable', (s: State, a: ByClient) => clientOf(s, a).runnable]],
  } as const satisfies Partial<Rule<ByClient>>;
}

const roomForModification = (s: State, a: ByClient): boolean => clientOf(s, a).mods < s.shape.modsMax;

const volumeLoaded = [
  'VolumeLoaded',
  (s: State, a: ActionOf<'ioRead' | 'ioNew'>) => {
    const v = s.volumeIo[s.shape.blocks[a.io]!.volume]!;
    return v === -1 || v === a.io || (s.ios[v]!.bp && ownerOf(s, v) === -1);
  },
] as const;

/** A passive buffer whose lock is free: the kernel's daemons may take it up. */
const isPassive = (io: Io): boolean => io.bp && io.released && !isRunning(io);

const hook = {
  environment: (s: State, a: { readonly io: number }) => s.ios[a.io]!.bp,
  next: (): Outcome => 'done',
} as const;

export const RULES: { readonly [K in ActionKind]: Rule<ActionOf<K>> } = {
  ioRead: {
    ...idling,
    promises: [volumeLoaded],
    next: (s, a) => references.get(s, a.client, a.io, a.ahead ? 'ahead' : 'read'),
  },
  ioNew: {
    ...idling,
    environment: (s, a) => !isVolume(s, a.io),
    promises: [volumeLoaded],
    next: (s, a) => references.get(s, a.client, a.io, 'new'),
  },
  readDone: {
    environment: (s, a) => isReading(s, a.io),
    next: (s, a) => references.readDone(s, a.io, a.error),
  },
  resumeGet: { ...resuming('get', 'failed'), next: (s, a) => references.resumeGet(s, a.client) },
  release: {
    ...holding,
    promises: [noOpenModification, notInterlocked],
    // Only an UNDO buffer that this release will write can be told to be dropped afterwards.
    within: (s, a) => {
      const io = heldIo(s, a);
      const undo = s.shape.blocks[clientOf(s, a).io1 - 1]!.type === 'undo';
      return !a.undoReclaim || (undo && io.modified && io.locked && io.refs === 1);
    },
    next: (s, a) => references.release(s, a.client, a.undoReclaim),
  },
  lowMemoryRelease: {
    at: ['hold'],
    environment: (s, a) => {
      const io = heldIo(s, a);
      return io.refs === 1 && io.bp && !io.modified && !isRunning(io) && !io.locked && !io.reclaim;
    },
    promises: [noOpenModification, notInterlocked],
    next: (s, a) => references.lowMemoryRelease(s, a.client),
  },
  delBuffer: {
    ...holding,
    environment: (s, a) => !isHeldVolume(s, a),
    promises: [noOpenModification, notInterlocked],
    next: (s, a) => references.delBuffer(s, a.client),
  },
  unload: {
    ...idling,
    promises: [
      ['Exists', (s, a) => s.ios[a.io]!.exists],
      ['Unreferenced', (s, a) => isUnused(s, a.io)],
    ],
    next: (s, a) => references.unload(s, a.client, a.io),
  },
  resumeRelease: {
    ...resuming('release'),
    next: (s, a) => {
      references.idle(clientOf(s, a));
      return 'done';
    },
  },
  cancel: {
    at: ['get', 'modify', 'regetblk', 'interlock', 'wait', 'waitAll', 'flushSync', 'backlog'],
    careless: { at: ['idle', 'load', 'failed', 'hold', 'cover', 'release', 'flushFailed'], breaks: 'TicketQueued' },
    next: (s, a) => modification.cancel(s, a.client),
  },
  cleanLoose: { environment: (s) => s.ios.some((io) => io.loose), next: (s) => references.cleanLoose(s) },
  ioAdvance: { ...holding, next: () => 'done' },
  ioNotmeta: {
    ...holding,
    next: (s, a) => {
      heldIo(s, a).notmeta = true;
      return 'done';
    },
  },
  ioInval: { environment: (s, a) => !isVolume(s, a.io), next: (s, a) => references.ioInval(s, a.io) },
  ioClearError: { ...holding, next: (s, a) => references.ioClearError(s, a.client) },
  ioClearErrorNoassert: {
    promises: [['PinnedOnly', (s, a) => s.ios[a.io]!.ioerror && s.ios[a.io]!.refs === 1 && ownerOf(s, a.io) === -1]],
    next: (s, a) => references.ioClearErrorNoassert(s, a.io),
  },
  ioModify: {
    ...holding,
    promises: [notInterlocked],
    within: roomForModification,
    next: (s, a) => modification.modify(s, a.client, false),
  },
  modifyBuffer: {
    ...holding,
    // DATA and UNDO need no UNDO.
    environment: (s, a) => s.shape.blocks[clientOf(s, a).io1 - 1]!.type === 'meta',
    promises: [notInterlocked],
    within: roomForModification,
    next: (s, a) => modification.modify(s, a.client, true),
  },
  modifyVolume: {
    ...holding,
    environment: (s, a) => isHeldVolume(s, a),
    promises: [notInterlocked],
    within: roomForModification,
    next: (s, a) => modification.modify(s, a.client, true),
  },
  resumeModify: { ...resuming('modify', 'regetblk'), next: (s, a) => modification.resumeModify(s, a.client) },
  undoLaid: { at: ['cover'], next: (s, a) => modification.undoLaid(s, a.client, a.error) },
  change: { ...holding, promises: [modificationOpen], next: (s, a) => modification.change(s, a.client) },
  ioModifyDone: { ...holding, promises: [modificationOpen], next: (s, a) => modification.ioModifyDone(s, a.client) },
  ioWriteInterlock: {
    ...holding,
    promises: [noOpenModification, notInterlocked],
    next: (s, a) => modification.ioWriteInterlock(s, a.client),
  },
  resumeInterlock: { ...resuming('interlock'), next: (s, a) => modification.ioWriteInterlock(s, a.client) },
  ioDoneInterlock: {
    ...holding,
    promises: [['InterlockOwned', (s, a) => clientOf(s, a).interlock]],
    next: (s, a) => modification.ioDoneInterlock(s, a.client),
  },
  ioFlush: {
    ...holding,
    promises: [['NotBeingModified', (s, a) => !heldIo(s, a).modified || heldIo(s, a).modifyRefs <= 0]],
    within: (s, a) => !a.reclaim || s.shape.blocks[clientOf(s, a).io1 - 1]!.type === 'undo',
    next: (s, a) => modification.ioFlush(s, a.client, a.reclaim),
  },
  ioWait: { ...holding, next: (s, a) => modification.ioWait(s, a.client) },
  resumeWait: { ...resuming('wait'), next: (s, a) => modification.ioWait(s, a.client) },
  ioWaitAll: { ...idling, next: (s, a) => barriers.ioWaitAll(s, a.client) },
  resumeWaitAll: { ...resuming('waitAll'), next: (s, a) => barriers.resumeWaitAll(s, a.client) },
  ioFlushMark: { next: (s, a) => barriers.ioFlushMark(s, a.volume) },
  ioFlushSync: { ...idling, next: (s, a) => barriers.ioFlushSync(s, a.client) },
  flushDone: {
    environment: (s, a) => s.volumes[a.volume]!.flush === 'flushing' || s.volumes[a.volume]!.flush === 'flushingDirty',
    next: (s, a) => barriers.flushDone(s, a.volume, a.error),
  },
  resumeFlushSync: { ...resuming('flushSync', 'flushFailed'), next: (s, a) => barriers.resumeFlushSync(s, a.client) },
  ioLimitBacklog: { ...idling, next: (s, a) => barriers.ioLimitBacklog(s, a.client) },
  resumeBacklog: { ...resuming('backlog'), next: (s, a) => barriers.ioLimitBacklog(s, a.client) },
  writeDone: {
    environment: (s, a) => isRunning(s.ios[a.io]!),
    next: (s, a) => completion.writeDone(s, a.io, a.error),
  },
  recycle: {
    environment: (s, a) => isPassive(s.ios[a.io]!) && !s.ios[a.io]!.delwri && !s.ios[a.io]!.locked,
    next: (s, a) => completion.recycle(s, a.io),
  },
  writeBack: {
    environment: (s, a) => isPassive(s.ios[a.io]!) && s.ios[a.io]!.delwri,
    within: (s) => s.mount.lockedExtra < 2,
    next: (s, a) => completion.writeBack(s, a.io),
  },
  clusterPull: {
    environment: (s, a) =>
      isPassive(s.ios[a.io]!) && s.ios[a.io]!.delwri && !s.ios[a.io]!.locked && completion.hasRunningNeighbour(s, a.io),
    next: (s, a) => completion.writeBack(s, a.io),
  },
  ioStart: hook,
  ioFsync: hook,
  ioSync: hook,
  ioMovedeps: hook,
  ioCheckread: hook,
  ioCountdeps: hook,
};

/** Every concrete action that a shape offers, in a fixed order. */
export function actionsOf(s: State): readonly Action[] {
  const { shape } = s;
  const clients = shape.clients.map((_, c) => c);
  const ios = shape.blocks.map((_, b) => b);
  const volumes = shape.volumes.map((_, v) => v);
  const flags = [false, true];
  const fault = (name: Fault): readonly boolean[] => (shape.faults.includes(name) ? flags : [false]);
  const undoIos = ios.some((b) => shape.blocks[b]!.type === 'undo');
  const actions: Action[] = [];
  for (const kind of Object.keys(RULES) as ActionKind[]) {
    if (!shape.acts.includes(kind)) continue;
    switch (kind) {
      case 'ioRead':
        for (const client of clients)
          for (const io of ios)
            for (const ahead of shape.readAhead?.[0] === io ? flags : [false])
              actions.push({ kind, client, io, ahead });
        break;
      case 'ioNew':
        for (const client of clients) for (const io of ios) if (!isVolume(s, io)) actions.push({ kind, client, io });
        break;
      case 'unload':
        for (const client of clients) for (const io of ios) actions.push({ kind, client, io });
        break;
      case 'release':
        for (const client of clients)
          for (const undoReclaim of undoIos ? flags : [false]) actions.push({ kind, client, undoReclaim });
        break;
      case 'ioFlush':
        for (const client of clients)
          for (const reclaim of undoIos ? flags : [false]) actions.push({ kind, client, reclaim });
        break;
      case 'undoLaid':
        for (const client of clients) for (const error of fault('undo')) actions.push({ kind, client, error });
        break;
      case 'readDone':
        for (const io of ios) for (const error of fault('read')) actions.push({ kind, io, error });
        break;
      case 'writeDone':
        for (const io of ios) for (const error of fault('write')) actions.push({ kind, io, error });
        break;
      case 'flushDone':
        for (const volume of volumes) for (const error of fault('flush')) actions.push({ kind, volume, error });
        break;
      case 'ioFlushMark':
        for (const volume of volumes) actions.push({ kind, volume });
        break;
      case 'cleanLoose':
        actions.push({ kind });
        break;
      case 'ioInval':
      case 'ioClearErrorNoassert':
      case 'recycle':
      case 'writeBack':
      case 'clusterPull':
      case 'ioStart':
      case 'ioFsync':
      case 'ioSync':
      case 'ioMovedeps':
      case 'ioCheckread':
      case 'ioCountdeps':
        for (const io of ios) if (!isKernelWrite(kind) || isPure(s, io)) actions.push({ kind, io });
        break;
      default:
        for (const client of clients) actions.push({ kind, client });
    }
  }
  return actions;
}

/** META and VOLUME are never given to the kernel dirty, so no daemon ever asks for them (claim I18). */
const isKernelWrite = (kind: ActionKind): boolean => kind === 'writeBack' || kind === 'clusterPull';
