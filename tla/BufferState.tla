---------------------------- MODULE BufferState ----------------------------
(* What the buffer machine remembers, and the pure steps from record to record that its actions are built of.             *)
(*                                                                                                                         *)
(* The machine is the I/O layer of the HAMMER filesystem (DragonFly, hammer_io.c, commit e8c03636; a bare number such as   *)
(* 517-656 means lines of that file, `ondisk:1005` a line of its neighbour). Field names are the original's, in camelCase.     *)
(* One action is one atomic step of a synchronous core: a step that would sleep answers `wait` and leaves a ticket, whose  *)
(* wake-up only makes it runnable. Actions live in BufferAccess, BufferRelease, BufferModify, BufferWrite, BufferDevice,   *)
(* BufferKernel and BufferCancel; claims in BufferClaims; BufferCache puts them together. All variables are declared here. *)
(*                                                                                                                         *)
(* Every implication and mixed junction stands in parentheses, so that nobody has to know what binds tighter.              *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
    VolBufs, MetaBufs, UndoBufs, DataBufs,  \* the blocks by type: disjoint sets of model values
    Vols,                                   \* volumes: {V1} or {V1, V2}
    V1, V2,                                 \* the two volumes by name
    OnV2,                                   \* blocks on the second volume; all others are on the first
    Clients,                                \* threads of the original, each with at most one handle or ticket
    None,                                   \* no client, no block
    AheadHeads, AheadTails,                 \* a read of the head may also fetch the tail: one block each, or both empty
    Repairs,                                \* repaired defects, a subset of D2 D4 D9 D11 D30 D35 D39
    Faults,                                 \* inputs that may fail, a subset of read write flush undo
    Acts,                                   \* kinds of actions on offer (a bound)
    UndoLog,                                \* TRUE: an UNDO log answers who modifies META and volume headers
    BacklogMax,                             \* blocks that may be being written before ioLimitBacklog waits
    ModsMax                                 \* open modifications per handle (a bound)

VARIABLES
    io,          \* Bufs -> record: one hammer_io with its buffer (hammer.h: struct hammer_io)
    cl,          \* Clients -> record: what each client holds or waits for; stands for the stacks of the original's threads
    vol,         \* Vols -> record: the device's volatile cache as the layer believes (1951-1989), and as it is (ghost)
    iorun,       \* the run list: writes in flight in the order of issue, between them placemarkers of barriers (189-228, 745, 1357)
    crit,        \* a critical error was flagged: some write or device flush failed (1103-1108)
    lockedExtra  \* ghost, how far the original's counter is above the number of locked buffers (1321-1322); 0 with repair D11

vars == <<io, cl, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* Blocks and volumes *)

Bufs == VolBufs \cup MetaBufs \cup UndoBufs \cup DataBufs

VolOf(site) == IF site \in OnV2 THEN V2 ELSE V1

(* The dirty list of a type (1019-1036). *)
ListOf(blk) == IF blk \in VolBufs THEN "volu" ELSE IF blk \in MetaBufs THEN "meta" ELSE IF blk \in UndoBufs THEN "undo" ELSE "data"

(* The kernel may be trusted with dirty UNDO and DATA; META and volume headers are written by the flusher only (580-599).   *)
KernelMayWrite(blk) == (blk \in UndoBufs) \/ (blk \in DataBufs)

(* Is hv the header of the volume that the tenant is on? A buffer on a volume that is itself an io owns one reference of it for as
   long as its structure exists (ondisk:536-640). *)
IsHeaderOf(hv, tenant) == tenant \notin VolBufs /\ VolOf(hv) = VolOf(tenant)

(* Flags that a step may carry; where they have no meaning there is nothing to choose. *)
AheadChoices == IF AheadHeads = {} THEN {FALSE} ELSE BOOLEAN
ReclaimChoices == IF UndoBufs = {} THEN {FALSE} ELSE BOOLEAN

(* The block that read-ahead fetches with this one. *)
AheadOf(blk) == CHOOSE tail \in AheadTails : TRUE

-----------------------------------------------------------------------------
(* Records at rest *)

NoIo == [
    exists     |-> FALSE,   \* the structure is allocated; without it every field but residue is zero
    refs       |-> 0,       \* reference count n of the interlock word (subs: hammer_ref)
    owner      |-> None,    \* the client that owns LOCKED: it loads or unloads (subs: hammer_ref_interlock)
    check      |-> FALSE,   \* CHECK: nobody has validated the 0 -> 1 transition yet; whoever comes queues
    wanted     |-> FALSE,   \* WANTED: some get sleeps until LOCKED is given up
    bp         |-> FALSE,   \* a kernel buffer is attached (129-131, 365-368)
    reading    |-> FALSE,   \* its read is in flight (307-318)
    ondisk     |-> FALSE,   \* its bytes may be used (145-157; a volume's pointer goes at the last release, ondisk:470)
    released   |-> FALSE,   \* passively associated: the kernel may lock the buffer (369-373, 566)
    modified   |-> FALSE,   \* dirty (801-804, 944-952)
    running    |-> FALSE,   \* a write is in flight (741, 1130, 1354)
    waiting    |-> FALSE,   \* somebody sleeps until running clears (174, 1145)
    modifyRefs |-> 0,       \* open modifications, or -1: the write interlock is held (680, 787, 840)
    waitmod    |-> FALSE,   \* somebody sleeps on modifyRefs (778, 837)
    waitdep    |-> FALSE,   \* the last release must wait for the write (556, ondisk:274, 777, 912)
    reclaim    |-> FALSE,   \* drop the contents when the buffer goes (140-143, 705)
    ioerror    |-> FALSE,   \* a failed write pinned the buffer with a reference of its own (1109-1116)
    gencrc     |-> FALSE,   \* CRC work is pending, and its node holds a reference (959-982)
    locked     |-> FALSE,   \* B_LOCKED: the kernel was refused, or a flush wants the buffer dropped (136-139, 706, 1197, 1321)
    delwri     |-> FALSE,   \* B_DELWRI: dirty in the kernel's hands (593)
    notmeta    |-> FALSE,   \* B_NOTMETA: the buffer holds file data (273-283)
    modRoot    |-> "none",  \* the list it is on: volu, meta, undo, data, loose, or none
    residue    |-> "none"   \* what the device cache holds of the block while no io owns it: none, ahead, cached
]

AtRest == [
    at        |-> "idle",            \* where the client is; the places are listed in TypeOK (BufferClaims)
    io        |-> None,              \* the block concerned
    runnable  |-> FALSE,             \* its ticket was woken
    how       |-> "read",            \* in get: what to do when the interlock is won: read, ahead, new
    wantsUndo |-> FALSE,             \* in modify and regetblk: the modification wants an UNDO record
    closing   |-> FALSE,             \* in release: the structure is being unloaded
    mods      |-> 0,                 \* open modifications of the handle
    interlock |-> FALSE,             \* the handle owns the write interlock
    bare      |-> FALSE,             \* ghost: an open modification lacks the UNDO record that it wanted
    needs     |-> [nv \in Vols |-> 0] \* in flushSync, per volume: 1 the flush in flight, 2 the next one
]

Init ==
    /\ io = [ib \in Bufs |-> NoIo]
    /\ cl = [ic \in Clients |-> AtRest]
    /\ vol = [iv \in Vols |-> [flush |-> "clean", volatile |-> "none"]]
    /\ iorun = <<>>
    /\ crit = FALSE
    /\ lockedExtra = 0

-----------------------------------------------------------------------------
(* Promises of the callers. What a client is concerned with is a set of at most one block, empty if the client is elsewhere:
   `\E b \in HeldBy(c)` is promise and name in one, and spares the engines the effects of steps that cannot happen. *)

Idle(who) == cl[who].at = "idle"

(* The block of which the client has a handle. *)
HeldBy(who) == IF cl[who].at = "hold" THEN {cl[who].io} ELSE {}

(* The same for a handle that may be given up: no open modification, no write interlock. *)
FreelyHeldBy(who) == IF cl[who].at = "hold" /\ cl[who].mods = 0 /\ ~cl[who].interlock THEN {cl[who].io} ELSE {}

(* The same for a handle with an open modification. *)
ModifiedBy(who) == IF cl[who].at = "hold" /\ cl[who].mods > 0 THEN {cl[who].io} ELSE {}

(* The block whose ticket of this kind was woken. *)
WokenFor(who, place) == IF cl[who].at = place /\ cl[who].runnable THEN {cl[who].io} ELSE {}

TicketRunnable(who, place) == cl[who].at = place /\ cl[who].runnable

Handle(held) == [AtRest EXCEPT !.at = "hold", !.io = held]

-----------------------------------------------------------------------------
(* Clients *)

(* Tickets of these places on this block become runnable. *)
Woken(crowd, bed, places) ==
    [wc \in Clients |-> IF crowd[wc].io = bed /\ crowd[wc].at \in places
                        THEN [crowd[wc] EXCEPT !.runnable = TRUE]
                        ELSE crowd[wc]]

(* Does anybody but this client sleep at these places on this block? What wanted, waiting and waitmod remember. *)
OthersSleep(self, bed, places) ==
    \E oc \in Clients : oc # self /\ cl[oc].io = bed /\ cl[oc].at \in places /\ ~cl[oc].runnable

-----------------------------------------------------------------------------
(* One io: record to record *)

(* The structure goes; what the device cache holds of the block stays (ondisk:1043-1067). *)
Freed(dead) == [NoIo EXCEPT !.residue = dead.residue]

(* hammer_ref_interlock_done: the bytes are valid, the interlock is free, the queue may pass. *)
Validated(good) == [good EXCEPT !.ondisk = TRUE, !.check = FALSE, !.owner = None, !.wanted = FALSE]

(* A kernel buffer is attached and held, off the loose list and out of the device cache (362-373, ondisk:590). *)
Attached(bare) == [bare EXCEPT !.bp = TRUE, !.released = FALSE, !.residue = "none", !.modRoot = "none"]

(* A clean io becomes dirty and enters the list of its type (801-804, 1012-1046). *)
Dirtied(touched, list) ==
    IF touched.modified THEN touched
    ELSE [touched EXCEPT !.modified = TRUE,
                         !.modRoot = list,
                         !.reclaim = @ /\ "D30" \notin Repairs]

(* hammer_io_disassociate (122-158): cut io and buffer apart. `drop`: the contents go too, as they do with reclaim.
   Repair D30 ends waitdep here, repair D39 the pin of a write error that no buffer stands behind any more. *)
Disassociated(cut, drop) ==
    LET unpin == cut.ioerror /\ "D39" \in Repairs
    IN [cut EXCEPT !.bp = FALSE,
                   !.ondisk = FALSE,
                   !.released = TRUE,
                   !.locked = FALSE,
                   !.delwri = FALSE,
                   !.notmeta = FALSE,
                   !.reclaim = FALSE,
                   !.residue = IF drop \/ cut.reclaim THEN "none" ELSE "cached",
                   !.waitdep = @ /\ "D30" \notin Repairs,
                   !.ioerror = @ /\ ~unpin,
                   !.refs = IF unpin THEN @ - 1 ELSE @,
                   !.check = @ /\ ~(unpin /\ cut.refs = 1)]

(* The kernel has taken the buffer: a structure without one waits on the loose list, a volume stays as it is (1215-1221). *)
Loosened(loose, blk) == [loose EXCEPT !.modRoot = IF blk \in VolBufs THEN "none" ELSE "loose"]

(* A write is issued (667-749, 1342-1357): clean before the write starts (714-729), CRC work done and its reference
   dropped (972-982). `throw`: reclaim the buffer when written, for which it must be locked (704-710). *)
Issued(sent, throw) ==
    [sent EXCEPT !.released = TRUE,
                 !.reclaim = @ \/ throw,
                 !.locked = @ \/ throw,
                 !.modified = FALSE,
                 !.modRoot = "none",
                 !.refs = IF sent.gencrc THEN @ - 1 ELSE @,
                 !.gencrc = FALSE,
                 !.running = TRUE,
                 !.delwri = FALSE]

-----------------------------------------------------------------------------
(* The last reference: hammer_io_release (517-656) between hammer_rel_interlock and hammer_rel_interlock_done *)

(* The interlock is given up; a buffer structure that nobody needs is freed (ondisk:1043-1067). *)
Finished(ended, blk) ==
    IF ~ended.bp /\ ended.refs = 0 /\ blk \notin VolBufs THEN Freed(ended)
    ELSE [ended EXCEPT !.owner = None, !.wanted = FALSE, !.check = @ /\ ended.refs > 0]

(* Does dropping this reference issue a write: the last one, of a dirty buffer that the kernel asked for (536-549)? *)
WritesOnRelease(kept, blk) == kept.refs = 1 /\ kept.modified /\ kept.locked /\ KernelMayWrite(blk)

(* One reference less. The last one (a volume's pointer goes first, ondisk:470) decides what becomes of the buffer: written, if
   it is dirty and the kernel asked for it; detached, if it is clean, not being written, and the kernel asked for it or it is to
   be dropped (559-575, 602-616, 637-647); else what is held is given back, clean, or dirty if the kernel may write it (578-599,
   601-616). The wait of 556-558 is for an invalidation and an unload only, as they alone set waitdep (BufferRelease). *)
Dropped(less, blk, throw) ==
    IF less.refs > 1 THEN [less EXCEPT !.refs = @ - 1]
    ELSE LET zero == [less EXCEPT !.refs = 0, !.ondisk = @ /\ blk \notin VolBufs]
             back == zero.bp /\ (~zero.modified \/ KernelMayWrite(blk))
         IN IF WritesOnRelease(less, blk) THEN Issued(zero, throw)
            ELSE Finished(IF zero.bp /\ ~zero.modified /\ ~zero.running /\ (zero.reclaim \/ zero.locked)
                          THEN Disassociated(zero, FALSE)
                          ELSE [zero EXCEPT !.released = @ \/ back, !.delwri = @ \/ (back /\ zero.modified)], blk)

(* A volume header after `gone` buffers on it were freed (ondisk:1048). Its last release comes down to this, since the layer
   never drops a header and the kernel never writes one: given back if clean, and detached if the kernel had asked for it. *)
HeaderAfter(header, gone) ==
    IF header.refs > gone THEN [header EXCEPT !.refs = @ - gone]
    ELSE LET busy == header.modified \/ header.running
             goes == header.locked /\ ~busy
         IN [header EXCEPT !.refs = 0,
                           !.check = FALSE,
                           !.ondisk = FALSE,
                           !.released = @ \/ ~busy,
                           !.bp = @ /\ ~goes,
                           !.locked = @ /\ ~goes,
                           !.notmeta = @ /\ ~goes,
                           !.residue = IF goes THEN "cached" ELSE @]

(* All ios after one of them was released: if its structure was freed, the volume header loses a reference. *)
Stored(ios, left, new) ==
    IF new.exists \/ VolBufs = {} THEN [ios EXCEPT ![left] = new]
    ELSE [sb \in Bufs |-> IF sb = left THEN new
                         ELSE IF sb \in VolBufs /\ IsHeaderOf(sb, left) THEN HeaderAfter(ios[sb], 1)
                         ELSE ios[sb]]

-----------------------------------------------------------------------------
(* Volumes *)

(* hammer_io_flush_mark (1951-1955). *)
Marked(state) == IF state = "clean" THEN "dirty" ELSE IF state = "flushing" THEN "flushingDirty" ELSE state

(* All volumes after the layer (not the kernel) issued a write: the original marks the volume then and only then (748), which is
   too early and not always (D2); repair D2 marks it at completion. *)
VolAfterIssue(blk) == IF "D2" \in Repairs THEN vol ELSE [vol EXCEPT ![VolOf(blk)].flush = Marked(@)]

(* A device flush is issued: it covers all that has completed. *)
FlushIssued(device) == [flush |-> "flushing", volatile |-> IF device.volatile = "exposed" THEN "covered" ELSE device.volatile]

(* Blocks being written: io_running_space (742, 1128). *)
BlocksRunning == Cardinality({rb \in Bufs : io[rb].running})
=============================================================================
