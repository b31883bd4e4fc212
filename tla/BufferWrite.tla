---------------------------- MODULE BufferWrite ----------------------------
(* Writing and waiting, as clients ask for it: flush of a buffer, wait for its write, barrier over all writes, device      *)
(* flush, and the throttle on writes in flight.                                                                            *)
EXTENDS BufferState

(* A dirty buffer is written now: clean before issue, at the tail of the run list, nobody inside a modification (667-749). *)
IoFlush ==
    /\ "ioFlush" \in Acts
    /\ \E c \in Clients : \E reclaim \in ReclaimChoices : \E b \in HeldBy(c) :
         /\ IF reclaim THEN b \in UndoBufs ELSE TRUE
         /\ io[b].modified
         /\ io[b].modifyRefs <= 0
         /\ io' = [io EXCEPT ![b] = Issued(@, reclaim)]
         /\ vol' = VolAfterIssue(b)
         /\ iorun' = Append(iorun, b)
         /\ UNCHANGED <<cl, crit, lockedExtra>>

(* Nothing to flush (676-677). *)
IoFlushClean ==
    /\ "ioFlush" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ ~io[b].modified
         /\ UNCHANGED vars

-----------------------------------------------------------------------------
(* No write of the buffer is in flight: nothing to wait for (166-181). *)
IoWait ==
    /\ "ioWait" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ ~io[b].running
         /\ UNCHANGED vars

(* Wait for the write in flight (172-178). *)
IoWaitWait ==
    /\ "ioWait" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ io[b].running
         /\ io' = [io EXCEPT ![b].waiting = TRUE]
         /\ cl' = [cl EXCEPT ![c].at = "wait"]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A woken wait finds the write over (173-178). *)
ResumeWait ==
    /\ "resumeWait" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "wait") :
         /\ ~io[b].running
         /\ cl' = [cl EXCEPT ![c].at = "hold", ![c].runnable = FALSE]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

(* A woken wait finds the buffer being written anew (173-178). *)
ResumeWaitWait ==
    /\ "resumeWait" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "wait") :
         /\ io[b].running
         /\ io' = [io EXCEPT ![b].waiting = TRUE]
         /\ cl' = [cl EXCEPT ![c].runnable = FALSE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A barrier with nothing in flight (199-205). *)
IoWaitAll ==
    /\ "ioWaitAll" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ iorun = <<>>
         /\ UNCHANGED vars

(* A barrier waits behind all that is on the run list, and behind earlier barriers (206-215). *)
IoWaitAllWait ==
    /\ "ioWaitAll" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ iorun # <<>>
         /\ iorun' = Append(iorun, c)
         /\ cl' = [cl EXCEPT ![c].at = "waitAll"]
         /\ UNCHANGED <<io, vol, crit, lockedExtra>>

(* The placemarker is the head: it is taken out, and one that follows it is woken in turn (212-223). *)
ResumeWaitAll ==
    /\ "resumeWaitAll" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "waitAll")
         /\ LET rest1 == SelectSeq(iorun, LAMBDA e1 : e1 # c)
                heir1 == IF rest1 = <<>> THEN None ELSE rest1[1]
            IN /\ iorun' = rest1
               /\ cl' = [d1 \in Clients |-> IF d1 = c THEN AtRest
                                            ELSE IF d1 = heir1 THEN [cl[d1] EXCEPT !.runnable = TRUE]
                                            ELSE cl[d1]]
         /\ UNCHANGED <<io, vol, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* Somebody else wrote to the volume: its device may hold that in its volatile cache (1951-1955). *)
IoFlushMark ==
    /\ "ioFlushMark" \in Acts
    /\ \E v \in Vols :
         /\ vol' = [vol EXCEPT ![v].flush = Marked(@)]
         /\ UNCHANGED <<io, cl, iorun, crit, lockedExtra>>

(* Which flush of the volume a caller must wait for: none, the one in flight (or issued now), or the next one. The original does
   not join the one in flight, as the mark is gone already (1970: D4). *)
FlushNeeded(device) ==
    IF device.flush = "dirty" THEN 1
    ELSE IF device.flush = "flushing" THEN (IF "D4" \in Repairs THEN 1 ELSE 0)
    ELSE IF device.flush = "flushingDirty" THEN 2
    ELSE 0

SomeVolumeFailed == ("D4" \in Repairs) /\ (\E fv \in Vols : vol[fv].flush = "failed")

(* No volume needs a flush (1968-1970). *)
IoFlushSync ==
    /\ "ioFlushSync" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ ~SomeVolumeFailed
         /\ \A fv1 \in Vols : FlushNeeded(vol[fv1]) = 0
         /\ UNCHANGED vars

(* Flushes go out to all dirty volumes at once; those in flight are joined, or their successors awaited (1961-1989). *)
IoFlushSyncWait ==
    /\ "ioFlushSync" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ ~SomeVolumeFailed
         /\ \E fv2 \in Vols : FlushNeeded(vol[fv2]) > 0
         /\ vol' = [fv3 \in Vols |-> IF vol[fv3].flush = "dirty" THEN FlushIssued(vol[fv3]) ELSE vol[fv3]]
         /\ cl' = [cl EXCEPT ![c].at = "flushSync", ![c].needs = [fv4 \in Vols |-> FlushNeeded(vol[fv4])]]
         /\ UNCHANGED <<io, iorun, crit, lockedExtra>>

(* A flush failed earlier, and no later one can make up for it (1984-1988: D4). *)
IoFlushSyncError ==
    /\ "ioFlushSync" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ SomeVolumeFailed
         /\ UNCHANGED vars

(* All flushes that the call needed are over (1984-1988). *)
ResumeFlushSync ==
    /\ "resumeFlushSync" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "flushSync")
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

(* One of them failed (1984-1988: D4). *)
ResumeFlushSyncError ==
    /\ "resumeFlushSync" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "flushFailed")
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* There is room for more writes in flight (1993-1997). *)
IoLimitBacklog ==
    /\ "ioLimitBacklog" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ BlocksRunning <= BacklogMax
         /\ UNCHANGED vars

(* Too much is being written: wait (1993-1997, vfs_bio: waitrunningbufspace). *)
IoLimitBacklogWait ==
    /\ "ioLimitBacklog" \in Acts
    /\ \E c \in Clients :
         /\ Idle(c)
         /\ BlocksRunning > BacklogMax
         /\ cl' = [cl EXCEPT ![c].at = "backlog"]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

(* A woken throttle finds room (1993-1997). *)
ResumeBacklog ==
    /\ "resumeBacklog" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "backlog")
         /\ BlocksRunning <= BacklogMax
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

(* Somebody quicker filled the room again (1993-1997). *)
ResumeBacklogWait ==
    /\ "resumeBacklog" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "backlog")
         /\ BlocksRunning > BacklogMax
         /\ cl' = [cl EXCEPT ![c].runnable = FALSE]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>
=============================================================================
