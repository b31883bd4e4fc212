// The vocabulary that the four voices share: what can happen (Action), what the layer may answer (Outcome), and what is
// drawn on the edges of the state graph (Label).
//
// One action is one atomic step of the synchronous core. A guard is a promise of the caller; everything a caller can
// meet is an outcome. Each entry of ACTIONS names who performs the step, the outcomes it can have, and the lines of
// DragonFly's hammer_io.c (commit e8c03636) where the design that we re-implement does the same.
//
// Names: the seed's functions in camelCase; in TLA+ the same word capitalised, the outcome appended unless it is `done`
// (`ioInval` answers `again` on the edge `IoInvalAgain`).

/** Who performs a step: a client (a thread of the seed), the device, the kernel's buffer daemons, the UNDO log, or the mount. */
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
  readonly seed: string;
}

/** Everything that can happen, by name: who does it, what it answers, what it means, where the seed does it. */
export const ACTIONS = {
  ioRead: {
    by: 'client',
    outcomes: ['done', 'io', 'wait'],
    means:
      'Reference a buffer and load it if nobody has: at once if it is resident or in the device cache, else through a read request, optionally with read-ahead. Whoever meets another loader queues for the interlock.',
    seed: '300-378, ondisk:366-455, ondisk:536-640',
  },
  ioNew: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Reference a buffer whose old contents do not matter: instead of a read it gets a zeroed buffer that is dirty from the start.',
    seed: '393-420, ondisk:843',
  },
  readDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'A load completes. Data: the buffer is held clean and everybody who queued may use it. EIO: the buffer is dropped and the next in the queue tries again.',
    seed: '309-375, ondisk:843',
  },
  resumeGet: {
    by: 'client',
    outcomes: ['done', 'io', 'wait', 'error'],
    means:
      'A woken get looks again: the load succeeded, it wins the interlock itself, it must wait on, or it learns that its own load failed.',
    seed: 'subs: hammer_ref_interlock',
  },
  release: {
    by: 'client',
    // It waits for a write only where waitdep is set, and with repair D30 only delBuffer and unload set it.
    outcomes: ['done'],
    means:
      'Drop a handle. The last reference decides what becomes of the buffer: written, given back to the kernel dirty or clean, detached and destroyed, or kept.',
    seed: '517-656, ondisk:1005-1067, ondisk:470',
  },
  lowMemoryRelease: {
    by: 'client',
    outcomes: ['done'],
    means: 'A last release while the kernel is short of memory: the clean buffer it gives back is taken away at once.',
    seed: '1182-1228, vfs_bio: brelse',
  },
  delBuffer: {
    by: 'client',
    outcomes: ['done', 'again', 'wait'],
    means:
      'Invalidate a buffer and everything cached for it, waiting for a write in flight; refused while others hold it.',
    seed: '924-986, ondisk:777-830',
  },
  unload: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Destroy an unreferenced buffer or volume at close: dirty contents are dropped, a write in flight is waited for.',
    seed: '924-986, 995-1010, ondisk:274, ondisk:912',
  },
  resumeRelease: {
    by: 'client',
    outcomes: ['done'],
    means: 'The write that a release or unload waited for is over and the release finished with it.',
    seed: '556-558',
  },
  cancel: {
    by: 'client',
    outcomes: ['done'],
    means: 'Withdraw a queued ticket and everything it had counted. Loads and waiting releases cannot be withdrawn.',
    seed: 'ours: the seed cannot cancel a sleep',
  },
  cleanLoose: {
    by: 'mount',
    outcomes: ['done'],
    means: 'Destroy every structure whose buffer the kernel has taken (the lose list).',
    seed: '995-1010, flusher:493',
  },
  ioAdvance: {
    by: 'client',
    outcomes: ['done'],
    means: 'Tell the cache that a held buffer was used.',
    seed: '428-433',
  },
  ioNotmeta: {
    by: 'client',
    outcomes: ['done'],
    means: 'Tell the cache that a held buffer holds file data.',
    seed: '273-283',
  },
  ioInval: {
    by: 'mount',
    outcomes: ['done', 'again'],
    means: 'Purge what the device cache holds for a block; refused when a buffer of the layer owns it.',
    seed: '447-495',
  },
  ioClearError: {
    by: 'client',
    outcomes: ['done', 'none'],
    means: 'Drop the reference by which a failed write pinned the buffer; the caller has one of its own.',
    seed: '234-246',
  },
  ioClearErrorNoassert: {
    by: 'mount',
    outcomes: ['done'],
    means: 'The same at close, when the pin is the only reference left.',
    seed: '248-259, ondisk:912',
  },
  ioModify: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means:
      'Open a modification: the buffer becomes dirty and held. Waits for a write interlock or for a write in flight.',
    seed: '770-806',
  },
  modifyBuffer: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'Open a modification of a META buffer whose old bytes must be in the UNDO log before they may change.',
    seed: '883-897',
  },
  modifyVolume: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'The same for a volume header.',
    seed: '861-875',
  },
  resumeModify: {
    by: 'client',
    outcomes: ['done', 'wait', 'cover'],
    means: 'A woken modification looks again.',
    seed: '777-797',
  },
  undoLaid: {
    by: 'undo',
    outcomes: ['done', 'error'],
    means:
      'The UNDO record is laid and the bytes may change; or it could not be laid and the modification is withdrawn.',
    seed: '871, 893, undo: hammer_generate_undo',
  },
  change: {
    by: 'client',
    outcomes: ['done'],
    means: 'Change bytes under an open modification. In META this leaves CRC work for later, which holds a reference.',
    seed: '785-799, 959-982',
  },
  ioModifyDone: {
    by: 'client',
    outcomes: ['done'],
    means: 'Close a modification; the last one wakes who waits.',
    seed: '808-818, 899-909',
  },
  ioWriteInterlock: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Keep modifiers out, once those inside have left.',
    seed: '830-842',
  },
  resumeInterlock: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken interlock looks again.',
    seed: '836-840',
  },
  ioDoneInterlock: { by: 'client', outcomes: ['done'], means: 'Let modifiers in again.', seed: '844-853' },
  ioFlush: {
    by: 'client',
    outcomes: ['done', 'clean'],
    means:
      'Write a dirty buffer now: clean before issue, at the tail of the run list, its CRC work done; optionally to be dropped when written.',
    seed: '667-749, 924-986',
  },
  ioWait: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Wait for the write in flight of a held buffer.',
    seed: '166-181',
  },
  resumeWait: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken wait looks again: the buffer may be written anew.',
    seed: '173-178',
  },
  ioWaitAll: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Barrier: wait for every write that is on the run list now, behind a placemarker at its tail.',
    seed: '189-228',
  },
  resumeWaitAll: {
    by: 'client',
    outcomes: ['done'],
    means: 'The placemarker has become the head; it is taken out, and a placemarker behind it is woken in turn.',
    seed: '212-223',
  },
  ioFlushMark: {
    by: 'mount',
    outcomes: ['done'],
    means: 'Note that the device may hold writes in its volatile cache.',
    seed: '1951-1955',
  },
  ioFlushSync: {
    by: 'client',
    outcomes: ['done', 'wait', 'error'],
    means:
      'Flush the volatile cache of every volume that needs it, all at once; a flush in flight is joined if nothing completed since it was issued.',
    seed: '1961-1989',
  },
  flushDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means: 'A device flush completes. Failure is a critical error for good.',
    seed: '1984-1988',
  },
  resumeFlushSync: {
    by: 'client',
    outcomes: ['done', 'error'],
    means: 'All flushes that the call needed are over, or one failed.',
    seed: '1984-1988',
  },
  ioLimitBacklog: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'Wait while more bytes are being written than the backlog may hold.',
    seed: '1993-1997',
  },
  resumeBacklog: {
    by: 'client',
    outcomes: ['done', 'wait'],
    means: 'A woken throttle looks again.',
    seed: '1993-1997',
  },
  writeDone: {
    by: 'device',
    outcomes: ['done', 'error'],
    means:
      'A write completes. The volume needs a device flush; waiters wake; a buffer that the kernel asked for meanwhile is let go. EIO: critical error, the buffer is pinned clean (UNDO: dropped).',
    seed: '1075-1163',
  },
  recycle: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means:
      'The kernel wants a clean passive buffer for something else: detached, or marked for later when it is in use.',
    seed: '1182-1228, vfs_bio: getnewbuf',
  },
  writeBack: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means: 'A daemon writes a delayed-write buffer: allowed and started, or marked for later when it is in use.',
    seed: '1290-1363, vfs_bio: flushbufqueues',
  },
  clusterPull: {
    by: 'kernel',
    outcomes: ['done', 'refused'],
    means:
      'A write in flight on the volume pulls a dirty neighbour into its cluster: asked in the same way, refused silently.',
    seed: '1290-1363, vfs_cluster: cluster_wbuild',
  },
  ioStart: { by: 'kernel', outcomes: ['done'], means: 'Hook before an I/O starts: nothing to do.', seed: '1059-1063' },
  ioFsync: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook for fsync of the device: nothing to do.',
    seed: '1233-1237',
  },
  ioSync: { by: 'kernel', outcomes: ['done'], means: 'Hook for sync of the mount: nothing to do.', seed: '1246-1250' },
  ioMovedeps: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Hook for moving dependencies between buffers: nothing to do.',
    seed: '1256-1260',
  },
  ioCheckread: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'May the kernel read ahead over this buffer: always.',
    seed: '1278-1282',
  },
  ioCountdeps: {
    by: 'kernel',
    outcomes: ['done'],
    means: 'Shall the kernel delay this write: never.',
    seed: '1371-1375',
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
