// What anybody may know of a core: a cache policy, which decides by it, and tools that check or record a program. It is the
// state itself under types that allow reading only, so looking costs nothing and is never out of date; what a look has
// found may have changed after the next call of the core. Field names are those of the original's `struct hammer_io` and
// `struct buf`. Types do not exist at run time, so this is a promise, not a lock: whoever writes through it
// voids every claim.
//
//   CoreView ─┬─ slab ── bufs: BufView                     buffers, by index
//             ├─ volumes: VolumeView ── ios, residue       structures, and contents that no structure owns, by block
//             ├─ lists, runList                            modified structures in order, writes in flight
//             └─ handles, tickets, outbox                  by their numbers
//
// Nothing of it is a step of the machine.

import type { ClientAt, FlushState, GetHow, IoType, ModRoot } from '../../spec/buffer/snapshot.ts';
import type { DeviceRequest } from './device.ts';
import type { Handle, Ticket } from './ids.ts';

/** A view of bytes that are not to be changed. Typed arrays cannot be frozen, so this is a promise, not a lock. */
export type ReadableBytes = Omit<Uint8Array, number | 'set' | 'fill' | 'copyWithin' | 'reverse' | 'sort'> &
  Readonly<Record<number, number>>;

/** A buffer of the slab. */
export interface BufView {
  /** Its memory. */
  readonly bytes: ReadableBytes;
  /** Position in the slab, counted in blocks. */
  readonly index: number;
  /** The volume whose block it holds or is to hold. */
  readonly volume: number;
  /** That block; -1 while the buffer is free. */
  readonly block: number;
  /** B_DELWRI: dirty in the kernel's hands, a delayed write. */
  readonly delwri: boolean;
  /** B_NOTMETA: holds file data although it is a device buffer. */
  readonly notmeta: boolean;
  /** How often ioAdvance was called since it was taken, up to 64. */
  readonly activity: number;
  /** Where no structure owns the buffer: whether its contents have arrived. */
  readonly arrived: boolean;
}

/** The structure of a block. */
export interface IoView {
  readonly volume: VolumeView;
  readonly block: number;
  readonly type: IoType;
  /** The attached buffer. */
  readonly bp: BufView | undefined;
  /** The request in flight for `reading` or `running`; 0 if none. */
  readonly request: number;
  /** The buffer reserved for the read in flight. */
  readonly incoming: BufView | undefined;
  /** References: of handles and tickets, of the pin of a failed write, of CRC work that is left; on a header, of structures. */
  readonly refs: number;
  /** No references, and nobody loads, releases or unloads it: what the kernel's actions ask for. */
  readonly isUnreferenced: boolean;
  /** The ticket that loads, releases or unloads it. */
  readonly loadLockOwner: TicketView | undefined;
  /** The first reference since the last validation is not validated yet. */
  readonly check: boolean;
  /** Somebody sleeps until `owner` has done. */
  readonly wanted: boolean;
  /** Somebody got the buffer since `clearUsed` was last called for the block. */
  readonly used: boolean;
  /** A read is in flight. */
  readonly reading: boolean;
  /** The bytes may be used. */
  readonly ondisk: boolean;
  /** Passively associated: the kernel may take the buffer when it asks first. */
  readonly released: boolean;
  readonly modified: boolean;
  /** A write is in flight. */
  readonly running: boolean;
  /** Somebody sleeps until `running` goes. */
  readonly waiting: boolean;
  /** Open modifications; -1 while the write interlock is held. */
  readonly modifyRefs: number;
  /** Somebody sleeps until modifyRefs allows it in. */
  readonly waitmod: boolean;
  /** The release in progress must wait for the write in flight. */
  readonly waitdep: boolean;
  /** Drop the contents when the buffer is detached. */
  readonly reclaim: boolean;
  /** A write failed, and a reference pins the structure. */
  readonly ioerror: boolean;
  /** CRC work is left for the next issue, and holds a reference. */
  readonly gencrc: boolean;
  /** B_LOCKED: somebody wants the buffer gone, as soon as that can be. */
  readonly wantedByKernel: boolean;
  readonly modRoot: ModRoot;
  /** In the run list, of which tickets are members too. */
  readonly isPlacemarker: false;
  readonly runNext: IoView | TicketView | undefined;
}

/** By block number. */
export interface BlocksView<T> extends Iterable<T> {
  readonly size: number;
  /** What is there of a block. */
  get(block: number): T | undefined;
  /** Whether there is anything of a block. */
  has(block: number): boolean;
}

/** A volume, and what exists of its blocks. */
export interface VolumeView {
  readonly number: number;
  readonly name: string;
  readonly blocks: number;
  /** Block of the header, or -1. */
  readonly headerBlock: number;
  /** The structures that exist; in no order. The core must not be called during an iteration. */
  readonly ios: BlocksView<IoView>;
  /** The structure of the header, while it exists. */
  readonly header: IoView | undefined;
  /** Buffers whose contents no structure owns: read ahead, or left behind. */
  readonly residue: BlocksView<BufView>;
  /** Writes in flight. */
  readonly runningIos: number;
  readonly flush: FlushState;
}

/** A handle that is open, and the structure that it is on. */
export interface HandleView {
  readonly io: IoView;
  /** Open modifications. */
  readonly mods: number;
  /** It owns the write interlock. */
  readonly interlock: boolean;
}

/** An unfinished call. */
export interface TicketView {
  readonly id: number;
  /** What it waits for. */
  readonly stage: Exclude<ClientAt, 'idle' | 'hold'>;
  readonly runnable: boolean;
  readonly io: IoView | undefined;
  /** In `get`: what it is to do when its turn comes. */
  readonly mode: GetHow;
  /** In `modify` and `regetblk`: an UNDO record is wanted. */
  readonly wantsUndo: boolean;
  /** In `release`: the structure is being unloaded. */
  readonly closing: boolean;
  /** In `flushSync`, per volume: 0 nothing, 1 the flush in flight, 2 the next one. */
  readonly needs: ArrayLike<number> | undefined;
  /** In `waitAll` it stands in the run list. */
  readonly isPlacemarker: true;
  readonly runNext: IoView | TicketView | undefined;
}

/** Everything that a core maintains, to read. */
export interface CoreView {
  readonly blockBytes: number;
  readonly backlogBytesMax: number;
  readonly undoLog: boolean;
  readonly volumes: readonly VolumeView[];
  readonly slab: {
    readonly capacityBufs: number;
    /** Buffers that are not occupied. */
    readonly freeBufs: number;
    /** Every buffer that was used at least once, by index. */
    readonly bufs: readonly BufView[];
  };
  readonly lists: {
    /** Bytes of modified META and VOLUME buffers. */
    readonly lockedDirtySpace: number;
    /** How many structures a list has. */
    size(list: Exclude<ModRoot, 'none'>): number;
    /** Visits the members in order: by block, then by volume. The core must not be called meanwhile. */
    forEach(list: Exclude<ModRoot, 'none'>, visit: (io: IoView) => void): void;
  };
  /** Writes in flight in order of issue, and between them those who wait for all before them; linked by `runNext`. */
  readonly runList: { readonly head: IoView | TicketView | undefined };
  readonly handles: {
    /** The handle, busy or not; undefined if it is stale. */
    find(handle: Handle): HandleView | undefined;
    /** The same; throws BrokenPromise (HandleOpen) if it is stale. */
    live(handle: Handle): HandleView;
  };
  readonly tickets: {
    /** The ticket; undefined if it has ended. */
    find(ticket: Ticket): TicketView | undefined;
  };
  readonly outbox: {
    /** The request in flight with that id; throws ImpossibleInput if there is none of the kind. */
    inFlight<K extends DeviceRequest['kind']>(kind: K, id: number): Extract<DeviceRequest, { kind: K }>;
  };
  /** A write or a device flush has failed. For good. */
  readonly criticalError: boolean;
  /** Bytes being written. */
  readonly ioRunningSpace: number;
  /** The original's global counters: bytes being read, and being written. */
  readonly runningReadBytes: number;
  readonly runningWriteBytes: number;
  /** Buffers that are `locked`. */
  readonly ioLockedCount: number;
}
