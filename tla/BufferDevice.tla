---------------------------- MODULE BufferDevice ----------------------------
(* What the device answers to writes and flushes: hammer_io_complete and what follows from it in the same step.            *)
(*                                                                                                                         *)
(* Order within a completion: critical error and pin first (1103-1116), then the write is over and off the run list        *)
(* (1128-1140), then waiters wake (1145-1148), then a buffer that the kernel asked for is let go (1150-1160). A release or *)
(* unload that waited for this write owns the interlock and is finished here.                                              *)
EXTENDS BufferState

(* The io whose write is in flight. *)
InFlight(blk) == IF io[blk].running THEN {io[blk]} ELSE {}

(* The write is over. A failed one pins the buffer, clean, so that its contents stay readable; UNDO may go (1109-1116). *)
Completed(done, pins) ==
    [done EXCEPT !.running = FALSE,
                 !.waiting = FALSE,
                 !.ioerror = @ \/ pins,
                 !.refs = IF pins THEN @ + 1 ELSE @,
                 !.check = @ \/ (pins /\ done.refs = 0)]

(* The client whose release or unload of this block waits for the write, or None. *)
Leaver(blk) ==
    IF io[blk].owner = None THEN None
    ELSE IF cl[io[blk].owner].at = "release" THEN io[blk].owner
    ELSE None

(* The io when its write is over and everybody has done what waited for that. A buffer that the kernel asked for while it was
   busy is let go if nobody refers to it (1150-1160, 1182-1228). A release or unload that waited goes on at step 3 and ends
   (559-656, ondisk:1043-1067); an unloaded structure is freed even if it is a volume's, but not under clients that queued
   for it meanwhile. *)
Settled(whole, blk) ==
    LET last == Leaver(blk)
        isUnload == last # None /\ cl[last].closing
        detach == IF last = None THEN whole.locked /\ whole.refs = 0 /\ whole.owner = None
                  ELSE isUnload \/ whole.reclaim \/ whole.locked
        rest == IF detach THEN Disassociated(whole, isUnload) ELSE whole
    IN IF last # None THEN (IF isUnload /\ rest.refs = 0 THEN Freed(rest) ELSE Finished(rest, blk))
       ELSE IF detach THEN Loosened(rest, blk)
       ELSE rest

(* The client whose placemarker becomes the head when this write leaves the run list, or None (1133-1140). *)
Heir(blk) ==
    IF iorun[1] = blk /\ Len(iorun) > 1
    THEN (IF iorun[2] \in Clients THEN iorun[2] ELSE None)
    ELSE None

(* All clients after a completion: whoever waited for the write or the buffer, the barrier at the head, the throttle, and the
   leaver with those who queued behind its interlock. *)
ClientsAfterWrite(blk) ==
    LET leaver == Leaver(blk)
        heir == Heir(blk)
        freed == {"wait", "regetblk"} \cup (IF leaver = None THEN {} ELSE {"get"})
    IN [wd \in Clients |->
          IF wd = leaver THEN [AtRest EXCEPT !.at = "release", !.runnable = TRUE]
          ELSE IF \/ wd = heir
                  \/ cl[wd].io = blk /\ cl[wd].at \in freed
                  \/ cl[wd].at = "backlog" /\ BlocksRunning - 1 <= BacklogMax
               THEN [cl[wd] EXCEPT !.runnable = TRUE]
          ELSE cl[wd]]

(* All volumes after a completion: something is in the volatile cache (also of a failed write, in part), and repair D2 has the
   volume marked for it whoever issued the write. *)
VolAfterWrite(blk) ==
    [vol EXCEPT ![VolOf(blk)].volatile = "exposed",
                ![VolOf(blk)].flush = IF "D2" \in Repairs THEN Marked(@) ELSE @]

-----------------------------------------------------------------------------
(* A write completes (1075-1163). *)
WriteDone ==
    /\ "writeDone" \in Acts
    /\ \E b \in Bufs : \E written \in InFlight(b) :
         /\ io' = Stored(io, b, Settled(Completed(written, FALSE), b))
         /\ cl' = ClientsAfterWrite(b)
         /\ vol' = VolAfterWrite(b)
         /\ iorun' = SelectSeq(iorun, LAMBDA e2 : e2 # b)
         /\ UNCHANGED <<crit, lockedExtra>>

(* A write fails: critical error, the buffer pinned unless it holds UNDO or is pinned already (1099-1125). *)
WriteDoneError ==
    /\ "writeDone" \in Acts
    /\ "write" \in Faults
    /\ \E b \in Bufs : \E written \in InFlight(b) :
         /\ io' = Stored(io, b, Settled(Completed(written, b \notin UndoBufs /\ ~written.ioerror), b))
         /\ cl' = ClientsAfterWrite(b)
         /\ vol' = VolAfterWrite(b)
         /\ iorun' = SelectSeq(iorun, LAMBDA e3 : e3 # b)
         /\ crit' = TRUE
         /\ UNCHANGED lockedExtra

-----------------------------------------------------------------------------
(* Somebody waits for the flush after the one in flight, so it goes out at once. *)
NextFlushWanted(v1) == vol[v1].flush = "flushingDirty" /\ (\E qc \in Clients : cl[qc].needs[v1] = 2)

(* The volume when its flush is over and `left` is what its cache still holds. *)
Flushed(v2, left) ==
    IF NextFlushWanted(v2) THEN FlushIssued([flush |-> "dirty", volatile |-> left])
    ELSE [flush |-> IF vol[v2].flush = "flushing" THEN "clean" ELSE "dirty", volatile |-> left]

(* All clients when a flush of v3 is over: who waited for it is a step further, and runnable if nothing else is needed. *)
ClientsFlushed(v3) ==
    [fc \in Clients |->
        LET lessNeeds == [cl[fc].needs EXCEPT ![v3] = IF @ > 0 THEN @ - 1 ELSE 0]
        IN IF cl[fc].at = "flushSync"
           THEN [cl[fc] EXCEPT !.needs = lessNeeds, !.runnable = (\A wv \in Vols : lessNeeds[wv] = 0)]
           ELSE cl[fc]]

(* All clients when a flush of v4 failed: every call that needs this volume fails with it. *)
ClientsFlushFailed(v4) ==
    [xc \in Clients |-> IF cl[xc].needs[v4] > 0
                        THEN [AtRest EXCEPT !.at = "flushFailed", !.runnable = TRUE]
                        ELSE cl[xc]]

(* A device flush completes; the next one goes out if somebody waits for it (1984-1988). *)
FlushDone ==
    /\ "flushDone" \in Acts
    /\ \E v \in Vols :
         /\ vol[v].flush \in {"flushing", "flushingDirty"}
         /\ vol' = [vol EXCEPT ![v] = Flushed(v, IF @.volatile = "covered" THEN "none" ELSE @.volatile)]
         /\ cl' = ClientsFlushed(v)
         /\ UNCHANGED <<io, iorun, crit, lockedExtra>>

(* A device flush fails: for good, and a critical error. The original ignores the result (1986: D4). *)
FlushDoneError ==
    /\ "flushDone" \in Acts
    /\ "flush" \in Faults
    /\ \E v \in Vols :
         /\ vol[v].flush \in {"flushing", "flushingDirty"}
         /\ vol' = [vol EXCEPT ![v] = IF "D4" \in Repairs
                                      THEN [flush |-> "failed", volatile |-> IF @.volatile = "covered" THEN "exposed" ELSE @.volatile]
                                      ELSE Flushed(v, IF @.volatile = "covered" THEN "exposed" ELSE @.volatile)]
         /\ cl' = IF "D4" \in Repairs THEN ClientsFlushFailed(v) ELSE ClientsFlushed(v)
         /\ crit' = (crit \/ ("D4" \in Repairs))
         /\ UNCHANGED <<io, iorun, lockedExtra>>
=============================================================================
