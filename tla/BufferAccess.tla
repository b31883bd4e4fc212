---------------------------- MODULE BufferAccess ----------------------------
(* Getting a buffer: reference it, and load it if nobody has.                                                              *)
(*                                                                                                                         *)
(* A reference is counted at once. Who finds the buffer validated has a handle; who wins the interlock attaches a buffer   *)
(* or reads one; everybody else queues with its reference counted and CHECK set, and looks again when woken.               *)
EXTENDS BufferState

(* A buffer may be got while its volume header is loaded and nobody interlocks it (hammer_get_volume in ondisk:536-640). *)
VolumeLoaded(blk) ==
    \A vb \in VolBufs : (IF IsHeaderOf(vb, blk) THEN io[vb].bp /\ io[vb].owner = None ELSE TRUE)

(* The io that a get by an idle client meets; none for read-ahead where there is nothing to read ahead. *)
MetBy(who, blk, isAhead) ==
    IF Idle(who) /\ VolumeLoaded(blk) /\ (~isAhead \/ blk \in AheadHeads) THEN {io[blk]} ELSE {}

(* The client whose load of the block is in flight. *)
LoaderOf(blk) == IF io[blk].reading THEN {io[blk].owner} ELSE {}

(* The record with one reference more; a structure that was not there is allocated zeroed. *)
Referenced(plain) == [plain EXCEPT !.exists = TRUE, !.refs = @ + 1]

(* All ios after a get: if it allocated the structure, the volume header gains a reference. The get of the header that comes
   with that succeeds at once, since it is loaded and not interlocked (ondisk:366-455). *)
Gotten(ios, got, new) ==
    IF ios[got].exists \/ VolBufs = {} THEN [ios EXCEPT ![got] = new]
    ELSE [gb \in Bufs |-> IF gb = got THEN new
                         ELSE IF gb \in VolBufs /\ IsHeaderOf(gb, got)
                              THEN [ios[gb] EXCEPT !.refs = @ + 1, !.check = FALSE, !.ondisk = TRUE]
                         ELSE ios[gb]]

(* The bytes are valid for whoever comes: no interlock is needed (subs: hammer_ref_interlock, second row). *)
IsOpen(seen) == seen.refs > 0 /\ ~seen.check

(* Would the winner of the interlock have to read: no buffer attached, old contents wanted, none in the device cache? *)
MustRead(seen, how) == ~seen.bp /\ how # "new" /\ seen.residue # "cached"

(* The interlock is won and no read is needed: the buffer that is there, a zeroed one (393-420), or one whose contents the
   device cache holds (309). A new one is dirty from the start; one that was attached is taken as it is (ondisk:560). *)
Won(mine, blk, how) ==
    LET there == IF mine.bp THEN mine ELSE Attached(mine)
    IN Validated(IF mine.bp \/ how # "new" THEN there ELSE Dirtied(there, ListOf(blk)))

(* The interlock is won and the block must be read: off the loose list (ondisk:590), its read in flight (307-318). *)
Loading(mine, loader) ==
    [mine EXCEPT !.owner = loader, !.check = TRUE, !.reading = TRUE, !.residue = "none", !.modRoot = "none"]

(* The read of blk also fetches the block behind it, unless an io or the device cache has that one. *)
WithAhead(ios, blk, how) ==
    IF how # "ahead" THEN ios
    ELSE LET tail1 == AheadOf(blk)
         IN IF ios[tail1].bp \/ ios[tail1].reading \/ ios[tail1].residue # "none" THEN ios
            ELSE [ios EXCEPT ![tail1].residue = "ahead"]

(* The read of blk is over: what it fetched ahead, and nobody took or purged meanwhile, is cached or lost. *)
AheadEnded(ios, blk, becomes) ==
    IF blk \notin AheadHeads THEN ios
    ELSE LET tail2 == AheadOf(blk)
         IN IF ios[tail2].residue = "ahead" THEN [ios EXCEPT ![tail2].residue = becomes] ELSE ios

(* Clients after one got its handle. Nobody else needs a wake-up: who has won the interlock gives it up in the same step, so
   that nobody sleeps on it. *)
Served(winner, blk) == [cl EXCEPT ![winner] = Handle(blk)]

Loader(blk) == [AtRest EXCEPT !.at = "load", !.io = blk]

Queued(blk, how) == [AtRest EXCEPT !.at = "get", !.io = blk, !.how = how]

-----------------------------------------------------------------------------
(* A get whose buffer is resident, or in the device cache: a handle at once (300-378, ondisk:366-455, ondisk:536-640). *)
IoRead ==
    /\ "ioRead" \in Acts
    /\ \E c \in Clients : \E b \in Bufs : \E ahead \in AheadChoices : \E met \in MetBy(c, b, ahead) :
         /\ IsOpen(met) \/ (met.owner = None /\ ~MustRead(met, "read"))
         /\ io' = Gotten(io, b, IF IsOpen(met) THEN Referenced(met) ELSE Won(Referenced(met), b, "read"))
         /\ cl' = Served(c, b)
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A get that wins the interlock and must read: a ticket, and a read request, which may cover the next block (300-378). *)
IoReadIo ==
    /\ "ioRead" \in Acts
    /\ \E c \in Clients : \E b \in Bufs : \E ahead \in AheadChoices : \E met \in MetBy(c, b, ahead) :
         /\ ~IsOpen(met)
         /\ met.owner = None
         /\ MustRead(met, "read")
         /\ io' = WithAhead(Gotten(io, b, Loading(Referenced(met), c)), b, IF ahead THEN "ahead" ELSE "read")
         /\ cl' = [cl EXCEPT ![c] = Loader(b)]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A get that meets another client's interlock queues for it, its reference counted (subs: hammer_ref_interlock, last row). *)
IoReadWait ==
    /\ "ioRead" \in Acts
    /\ \E c \in Clients : \E b \in Bufs : \E ahead \in AheadChoices : \E met \in MetBy(c, b, ahead) :
         /\ ~IsOpen(met)
         /\ met.owner # None
         /\ io' = [io EXCEPT ![b].refs = @ + 1, ![b].check = TRUE, ![b].wanted = TRUE]
         /\ cl' = [cl EXCEPT ![c] = Queued(b, IF ahead THEN "ahead" ELSE "read")]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A get of a buffer whose old contents do not matter: zeroed and dirty, unless one is there already (393-420, ondisk:843). *)
IoNew ==
    /\ "ioNew" \in Acts
    /\ \E c \in Clients : \E b \in Bufs :
         /\ b \notin VolBufs
         /\ \E met \in MetBy(c, b, FALSE) :
              /\ IsOpen(met) \/ met.owner = None
              /\ io' = Gotten(io, b, IF IsOpen(met) THEN Referenced(met) ELSE Won(Referenced(met), b, "new"))
              /\ cl' = Served(c, b)
              /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The same, queueing behind another client's interlock (393-420; subs: hammer_ref_interlock). *)
IoNewWait ==
    /\ "ioNew" \in Acts
    /\ \E c \in Clients : \E b \in Bufs :
         /\ b \notin VolBufs
         /\ \E met \in MetBy(c, b, FALSE) :
              /\ ~IsOpen(met)
              /\ met.owner # None
              /\ io' = [io EXCEPT ![b].refs = @ + 1, ![b].check = TRUE, ![b].wanted = TRUE]
              /\ cl' = [cl EXCEPT ![c] = Queued(b, "new")]
              /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A load succeeds: the buffer is held clean, and all who queued may use it (309-375, ondisk:843). *)
ReadDone ==
    /\ "readDone" \in Acts
    /\ \E b \in Bufs : \E loader \in LoaderOf(b) :
         /\ io' = AheadEnded(
                     [io EXCEPT ![b] = Validated([@ EXCEPT !.reading = FALSE, !.bp = TRUE, !.released = FALSE])], b, "cached")
         /\ cl' = Woken([cl EXCEPT ![loader] = [Queued(b, "read") EXCEPT !.runnable = TRUE]], b, {"get"})
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A load fails: buffer and reference are dropped (ondisk:843 calls hammer_rel_buffer locked, 517-656 with flush); CHECK stays
   for those in the queue, of whom the next one reads again. *)
ReadDoneError ==
    /\ "readDone" \in Acts
    /\ "read" \in Faults
    /\ \E b \in Bufs : \E loader \in LoaderOf(b) :
         LET failed == Disassociated([io[b] EXCEPT !.reading = FALSE, !.refs = @ - 1], TRUE)
         IN /\ io' = AheadEnded(Stored(io, b, Finished(failed, b)), b, "none")
            /\ cl' = Woken([cl EXCEPT ![loader] = [AtRest EXCEPT !.at = "failed", !.runnable = TRUE]], b, {"get"})
            /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A woken get finds the buffer valid, or wins the interlock and needs no read (subs: hammer_ref_interlock, wait loop). *)
ResumeGet ==
    /\ "resumeGet" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "get") :
         /\ ~io[b].check \/ (io[b].owner = None /\ ~MustRead(io[b], cl[c].how))
         /\ io' = [io EXCEPT ![b] = IF @.check THEN Won(@, b, cl[c].how) ELSE @]
         /\ cl' = Served(c, b)
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A woken get wins the interlock and reads: whoever loaded before it failed, or the buffer went meanwhile (300-378). *)
ResumeGetIo ==
    /\ "resumeGet" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "get") :
         /\ io[b].check
         /\ io[b].owner = None
         /\ MustRead(io[b], cl[c].how)
         /\ io' = WithAhead([io EXCEPT ![b] = Loading(@, c)], b, cl[c].how)
         /\ cl' = [cl EXCEPT ![c] = Loader(b)]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A woken get finds the interlock taken by somebody quicker, and sleeps again (subs: hammer_ref_interlock, "h1lk"). *)
ResumeGetWait ==
    /\ "resumeGet" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "get") :
         /\ io[b].check
         /\ io[b].owner # None
         /\ io' = [io EXCEPT ![b].wanted = TRUE]
         /\ cl' = [cl EXCEPT ![c].runnable = FALSE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The client of a failed load is told (ondisk:843). *)
ResumeGetError ==
    /\ "resumeGet" \in Acts
    /\ \E c \in Clients :
         /\ TicketRunnable(c, "failed")
         /\ cl' = [cl EXCEPT ![c] = AtRest]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A hint that a held buffer was used; it changes nothing that anybody may rely on (428-433). *)
IoAdvance ==
    /\ "ioAdvance" \in Acts
    /\ \E c \in Clients :
         /\ HeldBy(c) # {}
         /\ UNCHANGED vars

(* A held buffer is said to hold file data, which the swap cache should not keep (273-283). *)
IoNotmeta ==
    /\ "ioNotmeta" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ io' = [io EXCEPT ![b].notmeta = TRUE]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* What the device cache holds of a block, read ahead or left behind, is purged (447-495). *)
IoInval ==
    /\ "ioInval" \in Acts
    /\ \E b \in Bufs :
         /\ b \notin VolBufs
         /\ ~io[b].bp
         /\ ~io[b].reading
         /\ io' = [io EXCEPT ![b].residue = "none"]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* The purge is refused while an io owns the buffer or reads it (466-476, EAGAIN). *)
IoInvalAgain ==
    /\ "ioInval" \in Acts
    /\ \E b \in Bufs :
         /\ b \notin VolBufs
         /\ io[b].bp \/ io[b].reading
         /\ UNCHANGED vars
=============================================================================
