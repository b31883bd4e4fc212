---------------------------- MODULE BufferRelease ----------------------------
(* Giving a buffer up: release, invalidation, unload, the loose structures, and the pin of a write error.                  *)
(*                                                                                                                         *)
(* Only the last reference decides anything; it interlocks the io, and where it must wait for a write it keeps the         *)
(* interlock until the completion finishes the job (BufferDevice: WriteDone).                                              *)
EXTENDS BufferState

(* The client waits in release, with or without the structure being unloaded. *)
Leaving(quit, isUnload) == [AtRest EXCEPT !.at = "release", !.io = quit, !.closing = isUnload]

(* The io that an idle client may unload: there, unreferenced, not interlocked. *)
UnloadableBy(who, blk) ==
    IF Idle(who) /\ io[blk].exists /\ io[blk].refs = 0 /\ io[blk].owner = None THEN {io[blk]} ELSE {}

(* The io that is to be destroyed when its write is over: interlocked, and noted that somebody waits (166-181, 556-558). *)
Departing(gone, leaver) == [gone EXCEPT !.waitdep = TRUE, !.owner = leaver, !.waiting = TRUE]

-----------------------------------------------------------------------------
(* A handle is given up. The last one writes a buffer that the kernel asked for, gives it back dirty or clean, detaches it,
   or keeps it (517-656, ondisk:1005-1067, ondisk:470). Where it writes UNDO, the log may say that the buffer is no longer its
   append buffer and can be dropped when written (543: `undoReclaim`). *)
Release ==
    /\ "release" \in Acts
    /\ \E c \in Clients : \E undoReclaim \in ReclaimChoices : \E b \in FreelyHeldBy(c) :
         LET writes == WritesOnRelease(io[b], b)
         IN /\ IF undoReclaim THEN writes /\ b \in UndoBufs ELSE TRUE
            /\ io' = Stored(io, b, Dropped(io[b], b, undoReclaim))
            /\ cl' = [cl EXCEPT ![c] = AtRest]
            /\ vol' = IF writes THEN VolAfterIssue(b) ELSE vol
            /\ iorun' = IF writes THEN Append(iorun, b) ELSE iorun
            /\ UNCHANGED <<crit, lockedExtra>>

(* The last release of a clean buffer while the kernel is short of memory: the buffer that it gives back is taken at once,
   and the structure is loose (vfs_bio: brelse; 1182-1228). *)
LowMemoryRelease ==
    /\ "lowMemoryRelease" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ io[b].refs = 1
         /\ io[b].bp
         /\ ~io[b].modified
         /\ ~io[b].running
         /\ ~io[b].locked
         /\ ~io[b].reclaim
         /\ io' = [io EXCEPT ![b] = Loosened(Disassociated([@ EXCEPT !.refs = 0], TRUE), b)]
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A buffer is invalidated by its only holder: contents forgotten (924-952, inval), marked to be dropped, and released
   (ondisk:777-830), which with no write in flight comes down to detaching and freeing it at once. *)
DelBuffer ==
    /\ "delBuffer" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ b \notin VolBufs
         /\ io[b].refs = 1
         /\ ~io[b].running
         /\ io' = Stored(io, b, Freed(io[b]))
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The invalidation is refused while others hold the buffer (ondisk:805, EAGAIN). *)
DelBufferAgain ==
    /\ "delBuffer" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ b \notin VolBufs
         /\ io[b].refs > 1
         /\ UNCHANGED vars

(* The invalidation must wait for the write in flight, interlocked and without a reference (556-558, ondisk:777-830). What is
   being written is clean, so there is nothing to forget. *)
DelBufferWait ==
    /\ "delBuffer" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ b \notin VolBufs
         /\ io[b].refs = 1
         /\ io[b].running
         /\ io' = [io EXCEPT ![b] = Departing([@ EXCEPT !.refs = 0, !.reclaim = TRUE], c)]
         /\ cl' = [cl EXCEPT ![c] = Leaving(b, FALSE)]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* At close an unreferenced io is destroyed, dirty or not (924-952, ondisk:274, ondisk:912); a loose one is just freed. *)
Unload ==
    /\ "unload" \in Acts
    /\ \E c \in Clients : \E b \in Bufs : \E stray \in UnloadableBy(c, b) :
         /\ ~stray.running
         /\ io' = Stored(io, b, Freed(stray))
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* The same with a write in flight: the unload waits, and the completion destroys the io (556-558, ondisk:274, ondisk:912). *)
UnloadWait ==
    /\ "unload" \in Acts
    /\ \E c \in Clients : \E b \in Bufs : \E stray \in UnloadableBy(c, b) :
         /\ stray.running
         /\ io' = [io EXCEPT ![b] = Departing(stray, c)]
         /\ cl' = [cl EXCEPT ![c] = Leaving(b, TRUE)]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The write is over and the release with it; its client goes on (556-558). *)
ResumeRelease ==
    /\ "resumeRelease" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "release")
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* How many loose structures have a reference of this volume header? *)
LooseOn(hdr) == Cardinality({yb \in Bufs : io[yb].modRoot = "loose" /\ VolOf(yb) = VolOf(hdr)})

(* Every structure whose buffer the kernel has taken is destroyed (995-1010, flusher:493). *)
CleanLoose ==
    /\ "cleanLoose" \in Acts
    /\ \E lb \in Bufs : io[lb].modRoot = "loose"
    /\ io' = [xb \in Bufs |->
                IF io[xb].modRoot = "loose" THEN Freed(io[xb])
                ELSE IF xb \in VolBufs /\ LooseOn(xb) > 0 THEN HeaderAfter(io[xb], LooseOn(xb))
                ELSE io[xb]]
    /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A holder drops the reference by which a failed write pinned the buffer (234-246). *)
IoClearError ==
    /\ "ioClearError" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ io[b].ioerror
         /\ io' = [io EXCEPT ![b].ioerror = FALSE, ![b].refs = @ - 1]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* There was no pin to drop (234-246). *)
IoClearErrorNone ==
    /\ "ioClearError" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ ~io[b].ioerror
         /\ UNCHANGED vars

(* The same at close, when the pin is the only reference (248-259, ondisk:912). *)
IoClearErrorNoassert ==
    /\ "ioClearErrorNoassert" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].ioerror
         /\ io[b].refs = 1
         /\ io[b].owner = None
         /\ io' = [io EXCEPT ![b].ioerror = FALSE,
                             ![b].refs = 0,
                             ![b].check = FALSE,
                             ![b].ondisk = IF b \in VolBufs THEN FALSE ELSE @]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>
=============================================================================
