// The vocabulary that the four voices share: what can happen (Action), what the layer may answer (Outcome), and what is
// drawn on the edges of the state graph (Label).
//
// One action is one atomic step of the synchronous core. A guard is a promise of the caller; everything a caller can
// meet is an outcome. Each entry of ACTIONS names who performs the step, the outcomes it can have, and the lines of
// DragonFly's hammer_io.c (commit e8c03636) where the design that we re-implement does the same.
//
// Names: the original's functions in camelCase; in TLA+ the same word capitalised, the outcome appended unless it is `done`
// (`ioInval` answers `again` on the edge `IoInvalAgain`).

/** Who performs a step: a client (a thread of the original), the device, the kernel's buffer daemons, the UNDO log, or the mount. */
export type Actor = 'client' | 'device' | 'kernel' | 'undo' | 'mount';

/**
 * What a step answers.
 * - `done`: finished. `wait`: a ticket was issued, or the resumed ticket waits again. `io`: a ticket, and a read request in the outbox.
 * - `cover`: the modification waits for its UNDO record. `again`: refused, the buffer is in use; try later (EAGAIN).
 * - `error`: the device or the UNDO log failed (EIO). `refused`: the layer told the kernel no. `none`, `clean`: there was nothing to do.
 */
export type Outcome = 'done' | 'wait' | 'io' | 'cover' | 'again' | 'error' | 'refused' | 'none' | 'clean';

/** What one action means, independent of any voice. */
export interface ActionEntry {
  readonly by: Actor;
  readonly outcomes: readonly Outcome[];
  /** Meaning in one or two sentences. */
  readonly means: string;
  /** Lines of hammer_io.c, or `file:line` of the function of HAMMER or the kernel that makes the step. */
  readonly original: string;
}

/** Everything that can happen, by name: who does it, what it answers, what it means, where the original does it. */
export const ACTIONS = {
  ioRead: {
    by: 'client',
    outcomes: ['done', 'io', 'wait'],
    means:
      'Reference a buffer and load it if nobody has: at once if it is resident or in the device cache, else through a read request, optionally with read-ahead. Whoever meets another loader queues for the interlock.',
    original: '300-378, ondisk:366-455, ondisk:536-640',
  },
  ioNew: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Reference a buffer whose old contents do not matter: instead of a read it gets a zeroed buffer that is dirty from the start.',
    original: '393-420, ondisk:843',
  },
  readDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'A load completes. Data: the buffer is held clean and everybody who queued may use it. EIO: the buffer is dropped and the next in the queue tries again.',
    original: '309-375, ondisk:843',
  },
  resumeGet: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'error'],
    means:
      'A woken get looks again: the load succeeded, it wins the interlock itself, it must wait on, or it learns that its own load failed.',
    original: 'subs: hammer_ref_interlock',
  },
  release: {
    by: 'client',
    // It waits for a write only where waitdep is set, and with repair D30 only delBuffer and unload set it.
    outcomes: ['done'],
    means:
      'Drop a handle. The last reference decides what becomes of the buffer: written, given back to the kernel dirty or clean, detached and destroyed, or kept.',
    original: '517-656, ondisk:1005-1067, ondisk:470',
  },
  lowMemoryRelease: {
    by: 'client',
    outcomes: ['done'],
    means: 'A last release while the kernel is short of memory: the clean buffer it gives back is taken away at once.',
    original: '1182-1228, vfs_bio: brelse',
  },
  delBuffer: {
    by: 'client',
    outcomes: ['done', 'again', 'wait'],
    means:
      'Invalidate a buffer and everything cached for it, waiting for a write in flight; refused while others hold it.',
    original: '924-986, ondisk:777-830',
  },
  unload: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Destroy an unreferenced buffer or volume at close: dirty contents are dropped, a write in flight is waited for.',
    original: '924-986, 995-1010, ondisk:274, ondisk:912',
  },
  resumeRelease: {
    by: 'client',
    outcomes: ['done'],
    means: 'The write that a release or unload waited for is over and the release finished with it.',
    original: '556-558',
  },
  cancel: {
    by: 'client',
    outcomes: ['done'],
    means: 'Withdraw a queued ticket and everything it had counted. Loads and waiting releases cannot be withdrawn.',
    original: 'ours: the original cannot cancel a sleep',
  },
  cleanLoose: {
    by: 'mount',
    outcomes: ['done'],
    means: 'Destroy every structure whose buffer the kernel has taken (the loose list).',
    original: '995-1010, flusher:493',
  },
  ioAdvance: {
    by: 'client',
    outcomes: ['done'],
    means: 'Tell the cache that a held buffer was used.',
    original: '428-433',
  },
  ioNotmeta: {
    by: 'client',
    outcomes: ['done'],
    means: 'Tell the cache that a held buffer holds file data.',
    original: '273-283',
  },
  ioInval: {
    by: 'mount',
    outcomes: ['done', 'again'],
    means: 'Purge what the device cache holds for a block; refused when a buffer of the layer owns it.',
    original: '447-495',
  },
  ioClearError: {
    by: 'client',
    outcomes: ['done', 'none'],
    means: 'Drop the reference by which a failed write pinned the buffer; the caller has one of its own.',
    original: '234-246',
  },
  ioClearErrorNoassert: {
    by: 'mount',
    outcomes: ['done'],
    means: 'The same at close, when the pin is the only reference left.',
    original: '248-259, ondisk:912',
  },
  ioModify: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Open a modification: the buffer becomes dirty and held. Waits for a write interlock or for a write in flight.',
    original: '770-806',
  },
  modifyBuffer: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'Open a modification of a META buffer whose old bytes must be in the UNDO log before they may change.',
    original: '883-897',
  },
  modifyVolume: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'The same for a volume header.',
    original: '861-875',
  },
  resumeModify: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'A woken modification looks again.',
    original: '777-797',
  },
  undoLaid: {
    by: 'undo',
    outcomes: ['done', 'error'],
    means:
      'The UNDO record is laid and the bytes may change; or it could not be laid and the modification is withdrawn.',
    original: '871, 893, undo: hammer_generate_undo',
  },
  change: {
    by: 'client',
    outcomes: ['done'],
    means: 'Change bytes under an open modification. In META this leaves CRC work for later, which holds a reference.',
    original: '785-799, 959-982',
  },
  ioModifyDone: {
    by: 'client',
    outcomes: ['done'],
    means: 'Close a modification; the last one wakes who waits.',
    original: '808-818, 899-909',
  },
  ioWriteInterlock: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Keep modifiers out, once those inside have left.',
    original: '830-842',
  },
  resumeInterlock: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken interlock looks again.',
    original: '836-840',
  },
  ioDoneInterlock: { by: 'client', outcomes: ['done'], means: 'Let modifiers in again.', original: '844-853' },
  ioFlush: {
    by: 'client',
    outcomes: ['done', 'clean'],
    means:
      'Write a dirty buffer now: clean before issue, at the tail of the run list, its CRC work done; optionally to be dropped when written.',
    original: '667-749, 924-986',
  },
  ioWait: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Wait for the write in flight of a held buffer.',
    original: '166-181',
  },
  resumeWait: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken wait looks again: the buffer may be written anew.',
    original: '173-178',
  },
  ioWaitAll: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Barrier: wait for every write that is on the run list now, behind a placemarker at its tail.',
    original: '189-228',
  },
  resumeWaitAll: {
    by: 'client',
    outcomes: ['done'],
    means: 'The placemarker has become the head; it is taken out, and a placemarker behind it is woken in turn.',
    original: '212-223',
  },
  ioFlushMark: {
    by: 'mount',
    outcomes: ['done'],
    means: 'Note that the device may hold writes in its volatile cache.',
    original: '1951-1955',
  },
  ioFlushSync: {
    by: 'client',
    outcomes: ['done', 'wait', 'error'],
    means:
      'Flush the volatile cache of every volume that needs it, all at once; a flush in flight is joined if nothing completed since it was issued.',
    original: '1961-1989',
  },
  flushDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means: 'A device flush completes. Failure is a critical error for good.',
    original: '1984-1988',
  },
  resumeFlushSync: {
    by: 'client',
    outcomes: ['done', 'error'],
    means: 'All flushes that the call needed are over, or one failed.',
    original: '1984-1988',
  },
  ioLimitBacklog: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Wait while more bytes are being written than the backlog may hold.',
    original: '1993-1997',
  },
  resumeBacklog: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken throttle looks again.',
    original: '1993-1997',
  },
  writeDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'A write completes. The volume needs a device flush; waiters wake; a buffer that the kernel asked for meanwhile is let go. EIO: critical error, the buffer is pinned clean (UNDO: dropped).',
    original: '1075-1163',
  },
  recycle: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means:
      'The kernel wants a clean passive buffer for something else: detached, or marked for later when it is in use.',
    original: '1182-1228, vfs_bio: getnewbuf',
  },
  writeBack: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means: 'A daemon writes a delayed-write buffer: allowed and started, or marked for later when it is in use.',
    original: '1290-1363, vfs_bio: flushbufqueues',
  },
  clusterPull: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means:
      'A write in flight on the volume pulls a dirty neighbour into its cluster: asked in the same way, refused silently.',
    original: '1290-1363, vfs_cluster: cluster_wbuild',
  },
  ioStart: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook before an I/O starts: nothing to do.',
    original: '1059-1063',
  },
  ioFsync: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook for fsync of the device: nothing to do.',
    original: '1233-1237',
  },
  ioSync: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook for sync of the mount: nothing to do.',
    original: '1246-1250',
  },
  ioMovedeps: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook for moving dependencies between buffers: nothing to do.',
    original: '1256-1260',
  },
  ioCheckread: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'May the kernel read ahead over this buffer: always.',
    original: '1278-1282',
  },
  ioCountdeps: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Shall the kernel delay this write: never.',
    original: '1371-1375',
  },
} as const satisfies Record<string, ActionEntry>;

/** The name of an action. */
export type ActionKind = keyof typeof ACTIONS;
/** The names of all actions, in the order of the vocabulary. */
export const ACTION_KINDS = Object.keys(ACTIONS) as readonly ActionKind[];

/** Actions of a client without further arguments. */
export type ClientKind =
  | 'resumeGet' | 'lowMemoryRelease' | 'delBuffer' | 'resumeRelease' | 'cancel' | 'ioAdvance' | 'ioNotmeta' | 'ioClearError'
  | 'ioModify' | 'modifyBuffer' | 'modifyVolume' | 'resumeModify' | 'change' | 'ioModifyDone' | 'ioWriteInterlock'
  | 'resumeInterlock' | 'ioDoneInterlock' | 'ioWait' | 'resumeWait' | 'ioWaitAll' | 'resumeWaitAll' | 'ioFlushSync'
  | 'resumeFlushSync' | 'ioLimitBacklog' | 'resumeBacklog'; // prettier-ignore

/** Actions on a buffer that no client performs, without further arguments. */
export type BufferKind =
  | 'ioInval' | 'ioClearErrorNoassert' | 'recycle' | 'writeBack' | 'clusterPull'
  | 'ioStart' | 'ioFsync' | 'ioSync' | 'ioMovedeps' | 'ioCheckread' | 'ioCountdeps'; // prettier-ignore

/**
 * One thing that can happen. `client`, `io` and `volume` are indices into the shape; a fault is the argument `error`.
 * A client's handle or ticket is implied by the client: it has at most one.
 */
export type Action =
  | { readonly kind: 'ioRead'; readonly client: number; readonly io: number; readonly ahead: boolean }
  | { readonly kind: 'ioNew' | 'unload'; readonly client: number; readonly io: number }
  | { readonly kind: 'release'; readonly client: number; readonly undoReclaim: boolean }
  | { readonly kind: 'ioFlush'; readonly client: number; readonly reclaim: boolean }
  | { readonly kind: 'undoLaid'; readonly client: number; readonly error: boolean }
  | { readonly kind: ClientKind; readonly client: number }
  | { readonly kind: 'readDone' | 'writeDone'; readonly io: number; readonly error: boolean }
  | { readonly kind: 'flushDone'; readonly volume: number; readonly error: boolean }
  | { readonly kind: 'ioFlushMark'; readonly volume: number }
  | { readonly kind: 'cleanLoose' }
  | { readonly kind: BufferKind; readonly io: number };

/** Disk statistics of one step, in bytes: a delta, so that the state graph stays finite. */
export interface StepStats {
  readonly diskRead: number;
  readonly diskWrite: number;
}

/** `IoInvalAgain` for `ioInval` answering `again`; `IoInval` for `done`. The operator's name in TLA+. */
export function labelOf(kind: ActionKind, outcome: Outcome): string {
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return outcome === 'done' ? capital(kind) : capital(kind) + capital(outcome);
}

/** Every label of the vocabulary: the union of labels over all configurations must equal this list. */
export const LABELS: readonly string[] = ACTION_KINDS.flatMap((kind) =>
  ACTIONS[kind].outcomes.map((outcome) => labelOf(kind, outcome)),
);
