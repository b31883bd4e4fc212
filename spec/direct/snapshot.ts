// One observable state of the direct machine, and the shape of a configuration.
//
// Contents are versions: whole numbers that stand for the bytes of one block. 0 is whatever lay there before, a file starts
// with version 1 (the second one with 2), writes bring 3, 4, 5 in the order in which they begin. In production a version is a
// block full of bytes that only this write has.

/** A file's newest state, or a snapshot of it: the two may have fronts over the same bytes of the medium. */
export type FrontKind = 'head' | 'snapshot';

/** Where a front is. */
export type FrontAt =
  | 'empty' // no contents; a site may have been learnt in advance
  | 'translated' // only without repair D6: site and volume looked up, the rest not yet done
  | 'syncing' // waits for the write of a dirty alias
  | 'reading' // a read straight into it is in flight
  | 'copying' // waits for the device cache to load the site
  | 'valid' // its contents may be read, no I/O
  | 'loading' // a small write waits for the device cache to load its site
  | 'replacing' // a write waits for the backend to let go of the record that it replaces
  | 'writing'; // its direct write is in flight

/** By which path an I/O in flight goes. `whole`: not decided yet, for the read will look again. */
export type FrontHow = 'none' | 'whole' | 'direct' | 'indirect' | 'verified' | 'piecewise' | 'large' | 'small';

/** What can be observed of a buffer of a file. */
export interface FrontSnapshot {
  readonly at: FrontAt;
  readonly how: FrontHow;
  /** Site of its data as learnt earlier, or -1 (original: the offset in the second layer of the bio). */
  readonly cached: number;
  /** Site that the I/O in flight reads or writes, or -1. */
  readonly from: number;
  /** Contents while valid; while a write is under way, what is being written; else 0. */
  readonly version: number;
  /** Its contents went through the device cache, so the kernel may drop them first (B_AGE). */
  readonly aged: boolean;
  /** It is syncing or replacing, and may be resumed. Derived in the model. */
  readonly runnable: boolean;
}

/** What a site is used for. */
export type SiteUse =
  | 'free'
  | 'record' // reserved by a write that the media index does not know yet
  | 'media' // an element of the media index
  | 'delay'; // freed; not handed out again for two cycles

/** What the device cache holds of a site. `failed`: its write failed, the bytes stay in memory. */
export type Alias = 'none' | 'loading' | 'clean' | 'dirty' | 'writing' | 'failed';

/** What can be observed of a block of the medium, of the record that reserves it, and of what the device cache holds of it. */
export interface SiteSnapshot {
  readonly use: SiteUse;
  /** Cycles since it was freed: 0 to 2, and 0 unless in delay. */
  readonly age: number;
  /** Head that the record or element belongs to, or -1. */
  readonly head: number;
  /** The record is visible: reads see it before the medium. */
  readonly live: boolean;
  /** The backend is busy with the record (original INTERLOCK_BE). */
  readonly backend: boolean;
  /** Original DIRECT_IO: its direct write is in flight. */
  readonly io: boolean;
  /** Original DIRECT_WAIT: the backend waits for that. */
  readonly wait: boolean;
  /** Original DIRECT_INVAL: aliases of the site have to be purged before anybody trusts the device cache. */
  readonly inval: boolean;
  /** Its direct write has failed: nobody knows what lies there. */
  readonly failed: boolean;
  /** Version that belongs here according to record or index, else 0. */
  readonly version: number;
  /** Version that lies on the medium. */
  readonly content: number;
  readonly alias: Alias;
  /** Version in the device cache; 0 while none or loading. */
  readonly aliasVersion: number;
  /** Somebody holds the buffer of the device cache. */
  readonly held: boolean;
  /** Without repair D14: fronts have forgotten it, the move is still to come. */
  readonly moving: boolean;
}

/** One observable state. */
export interface DirectSnapshot {
  readonly fronts: readonly FrontSnapshot[];
  readonly sites: readonly SiteSnapshot[];
  /** Per head: the site of its element in the media index. */
  readonly index: readonly number[];
  /** Per snapshot: the site of the element that it keeps. */
  readonly kept: readonly number[];
  /** Per head: the newest version whose write has been answered without error. */
  readonly newest: readonly number[];
  /** The version that the next write will bring. */
  readonly next: number;
  readonly criticalError: boolean;
  /** Ghost: a volume that was never had was released (only without repair D8). */
  readonly nullReleased: boolean;
  /** Ghost: a verified copy of good bytes was answered with an error (only without repair D13). */
  readonly falseAlarm: boolean;
}

/** Why a site cannot be reached: its zone cannot be translated, its volume is missing, it lies beyond the volume's end. */
export type Trouble = 'none' | 'lookup' | 'missing' | 'beyond';

/** Repaired defects of this part, by id; D40 and D41 are ours by number. */
export type DirectRepairId = 'D5' | 'D6' | 'D7' | 'D8' | 'D12' | 'D13' | 'D14' | 'D40' | 'D41';
/** The numbers of the defects that can be left unrepaired in model and TLA+. */
export const DIRECT_REPAIR_IDS: readonly DirectRepairId[] = ['D5', 'D6', 'D7', 'D8', 'D12', 'D13', 'D14', 'D40', 'D41'];

/** Which inputs may fail. */
export type DirectFault = 'read' | 'write' | 'deviceRead' | 'deviceWrite';

/** A buffer of a file. */
export interface FrontShape {
  readonly name: string;
  readonly kind: FrontKind;
  /** Number of its head among the heads; of a head, its own. */
  readonly head: number;
}

/** A block of the medium. */
export interface SiteShape {
  readonly name: string;
  /** Index of its volume. */
  readonly volume: number;
  readonly trouble: Trouble;
}

/** What a configuration of the direct machine consists of. Everything stands in the alphabetical order of its names. */
export interface DirectShape {
  /** Heads first, then snapshots. */
  readonly fronts: readonly FrontShape[];
  readonly sites: readonly SiteShape[];
  readonly volumes: readonly string[];
  /** Per head: the site of its element in the beginning, and of the element that its snapshots keep. */
  readonly home: readonly number[];
  /** Whole reads go through the device cache (original `double_buffer`). */
  readonly doubleBuffer: boolean;
  /** Such reads compare the CRC of the element when they have just looked it up (original `verify_data`). */
  readonly verify: boolean;
  /** The element's record is shorter than a buffer, so the CRC covers less than the buffer. */
  readonly short: boolean;
  readonly repairs: readonly DirectRepairId[];
  readonly faults: readonly DirectFault[];
  /** Action kinds that are offered (a bound); `piecewise` and `small` stand here too, for the arguments that choose them. */
  readonly acts: readonly string[];
  /** Writes that may begin (a bound). */
  readonly writesMax: number;
  /** Bytes of a block. */
  readonly blockBytes: number;
}

/** The version of a head's element in the beginning; the snapshots of the head keep it. */
export const firstVersionOf = (head: number): number => 1 + head;
/** The version that the first write brings. */
export const FIRST_WRITTEN = 3;
