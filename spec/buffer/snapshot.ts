// One observable state of the buffer machine, and the shape of a configuration.
//
// A Snapshot is what the voices are compared by: the model derives it from primary facts, production reads it off the
// fields that it maintains, and the TLA+ variables carry the same names. Field names are the original's, in camelCase.

/** What a block holds, which decides the list that it is on while it is dirty. */
export type IoType = 'volume' | 'meta' | 'undo' | 'data';

/** The list that an io is a member of: the four dirty lists, the loose list, or none (original `mod_root`). */
export type ModRoot = 'none' | 'volu' | 'meta' | 'undo' | 'data' | 'loose';

/** What the device cache holds for a block that no io owns: nothing, a read-ahead in flight, or valid contents. */
export type Residue = 'none' | 'ahead' | 'cached';

/** Where a client (a thread of the original, seen through its handle or ticket) is. */
export type ClientAt =
  | 'idle' // neither handle nor ticket
  | 'get' // its reference is counted; it queues for the interlock
  | 'load' // it owns the interlock and its read is in flight
  | 'failed' // its load failed; resumeGet will say so
  | 'hold' // it has a handle
  | 'modify' // waits for the write interlock to go; nothing counted
  | 'regetblk' // its modification is counted; it waits for the write in flight to end
  | 'cover' // its modification waits for the UNDO record
  | 'interlock' // waits for modifyRefs to become zero
  | 'wait' // waits for the write in flight
  | 'release' // its last reference is gone; it owns the interlock until the write in flight ends
  | 'waitAll' // its placemarker is on the run list
  | 'flushSync' // waits for device flushes
  | 'flushFailed' // one of them failed; resumeFlushSync will say so
  | 'backlog'; // waits for running bytes to fall

/** How a queued get will load the buffer if it wins the interlock. */
export type GetHow = 'read' | 'ahead' | 'new';

/** Volatile cache of a device, as the layer knows it. `failed` is for good. */
export type FlushState = 'clean' | 'dirty' | 'flushing' | 'flushingDirty' | 'failed';

/**
 * The truth about the device (a ghost): completed writes that power loss would take.
 * `covered`: all of them completed before the flush in flight was issued. `exposed`: some are in no flush.
 */
export type Volatile = 'none' | 'covered' | 'exposed';

/** One `hammer_io` with its buffer. An io that does not exist has every field 0, false or `none`, except `residue`. */
export interface IoSnapshot {
  readonly type: IoType;
  readonly volume: number;
  readonly exists: boolean;
  /** Reference count (original `lock.refs`, low bits). */
  readonly refs: number;
  /** Client that owns LOCKED, or -1. */
  readonly interlockOwner: number;
  readonly check: boolean;
  readonly wanted: boolean;
  /** A kernel buffer is attached. */
  readonly bp: boolean;
  /** A read into it is in flight. */
  readonly reading: boolean;
  /** Its bytes may be used. */
  readonly ondisk: boolean;
  /** The buffer is passively associated: the kernel may lock it. */
  readonly released: boolean;
  readonly modified: boolean;
  readonly running: boolean;
  readonly waiting: boolean;
  /** Open modifications; -1 while the write interlock is held. */
  readonly modifyRefs: number;
  readonly waitmod: boolean;
  readonly waitdep: boolean;
  readonly reclaim: boolean;
  readonly ioerror: boolean;
  readonly gencrc: boolean;
  /** B_LOCKED and nothing else: the kernel asked for the buffer and was refused, or a flush wants it dropped. */
  readonly locked: boolean;
  /** B_DELWRI: dirty in the kernel's hands. */
  readonly delwri: boolean;
  readonly notmeta: boolean;
  readonly modRoot: ModRoot;
  /** Belongs to the block, not to the structure. */
  readonly residue: Residue;
}

/** What can be observed of a client: where it is in a call, and what it owns. */
export interface ClientSnapshot {
  readonly at: ClientAt;
  /** Buffer concerned, or -1. */
  readonly io: number;
  readonly runnable: boolean;
  readonly how: GetHow;
  /** While waiting in modify or regetblk: an UNDO record is wanted. */
  readonly wantsUndo: boolean;
  /** While waiting in release: the structure is being unloaded. */
  readonly closing: boolean;
  /** Open modifications of this handle. */
  readonly mods: number;
  /** This handle owns the write interlock. */
  readonly interlock: boolean;
  /** Ghost: an open modification lacks the UNDO record that it wanted (only without repair D9). */
  readonly bare: boolean;
  /** Per volume, while in flushSync: 0 nothing, 1 the flush in flight, 2 the next one. */
  readonly needs: readonly number[];
}

/** What can be observed of a volume and its device. */
export interface VolumeSnapshot {
  readonly flush: FlushState;
  readonly volatile: Volatile;
}

/** An entry of the run list: a write in flight, or the placemarker of a client in waitAll. */
export type RunEntry = { readonly io: number } | { readonly client: number };

/** What can be observed of the mount as a whole; sums are in bytes. */
export interface MountSnapshot {
  readonly criticalError: boolean;
  /** Bytes of modified META and VOLUME buffers. */
  readonly lockedDirtySpace: number;
  /** Bytes being written. */
  readonly ioRunningSpace: number;
  readonly runningReadBytes: number;
  readonly runningWriteBytes: number;
  /** Buffers with `locked`, as counted. */
  readonly ioLockedCount: number;
}

/** One observable state: equal snapshots mean that nobody can tell the implementations apart. */
export interface Snapshot {
  readonly ios: readonly IoSnapshot[];
  readonly clients: readonly ClientSnapshot[];
  readonly volumes: readonly VolumeSnapshot[];
  readonly mount: MountSnapshot;
  /** The run list, head first. */
  readonly iorun: readonly RunEntry[];
  /** Members of each list as io indices, in the original's order (69-85). */
  readonly lists: Readonly<Record<Exclude<ModRoot, 'none'>, readonly number[]>>;
}

/** A block that a configuration may hold a buffer for. */
export interface BlockShape {
  readonly name: string;
  readonly type: IoType;
  /** Index of its volume. */
  readonly volume: number;
}

/** Repaired defects, by id. Production has them all; model and TLA+ can leave some out. */
export type RepairId = 'D2' | 'D4' | 'D9' | 'D11' | 'D30' | 'D35' | 'D39';
/** The numbers of the defects that can be left unrepaired in model and TLA+. */
export const REPAIR_IDS: readonly RepairId[] = ['D2', 'D4', 'D9', 'D11', 'D30', 'D35', 'D39'];

/** Which inputs may fail. */
export type Fault = 'read' | 'write' | 'flush' | 'undo';

/**
 * What a configuration of the machine consists of. Blocks stand in device order; a block of type `volume` makes its
 * volume a full io that every buffer on it references.
 */
export interface Shape {
  readonly blocks: readonly BlockShape[];
  /** Names of the volumes. */
  readonly volumes: readonly string[];
  /** Names of the clients. */
  readonly clients: readonly string[];
  readonly repairs: readonly RepairId[];
  readonly faults: readonly Fault[];
  /** Action kinds that are offered; kinds not listed never happen (a bound). */
  readonly acts: readonly string[];
  /** Block whose reads may be followed by read-ahead of the next block, and that next block; or null (a bound). */
  readonly readAhead: readonly [number, number] | null;
  /** An UNDO log answers modifyBuffer and modifyVolume; without one they open at once. */
  readonly undoLog: boolean;
  /** Bytes of a block. */
  readonly blockBytes: number;
  /** ioLimitBacklog waits while more bytes than this are being written. */
  readonly backlogBytesMax: number;
  /** Open modifications per handle (a bound). */
  readonly modsMax: number;
}
