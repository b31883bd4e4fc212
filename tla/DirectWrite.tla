---------------------------- MODULE DirectWrite ----------------------------
(* Writing: new data goes to fresh space, large straight from the front, small through a buffer of the layer.              *)
(*                                                                                                                         *)
(* The space is reserved by a record, which becomes visible in place of the one before as soon as the backend is not busy  *)
(* with that, and before a large write leaves for the device (1684-1687, 1733-1734). `place` says how far a write gets in  *)
(* one step: loading (a small one has no buffer yet), replacing (the backend is busy), writing, valid, or empty (given up).*)
EXTENDS DirectState

(* How far the write of a file gets, its record being at the site `target`. *)
WritePlace(file2, target, small) ==
    IF crit THEN "empty"
    ELSE IF small /\ ~HasAlias(target) THEN "loading"
    ELSE IF RecordIsBusy(file2) THEN "replacing"
    ELSE IF small THEN "valid"
    ELSE "writing"

(* What the write is answered at that place. *)
WriteAnswer(place2, target2) ==
    IF place2 = "empty" THEN "error"
    ELSE IF place2 = "valid" THEN "done"
    ELSE IF place2 = "writing" \/ (place2 = "loading" /\ target2.alias = "none") THEN "io"
    ELSE "wait"

(* The site that a large write goes to. Without repair D7 the error of a translation is lost, and what it answered is taken for
   an offset: the first block of the medium (1696-1698). *)
Destination(reserved) == IF reserved \in Lookup THEN Home1 ELSE reserved

(* The front at that place. *)
WriteFront(place3, wf) ==
    IF place3 = "empty" THEN Empty
    ELSE IF place3 = "valid" THEN Filled(wf, wf.version, TRUE)
    ELSE [wf EXCEPT !.at = place3, !.from = IF place3 = "writing" THEN Destination(@) ELSE @]

(* The site of the record at that place; a write that is given up returns the space at once, since nobody has seen it. *)
WriteSite(place4, target4) ==
    IF place4 = "empty" THEN [target4 EXCEPT !.use = "free", !.head = None, !.version = 0]
    ELSE IF place4 = "loading" THEN Loading(target4)
    ELSE IF place4 = "valid" THEN [target4 EXCEPT !.live = TRUE, !.alias = "dirty", !.aliasVersion = target4.version]
    ELSE IF place4 = "writing" THEN [target4 EXCEPT !.live = TRUE, !.io = TRUE, !.inval = TRUE]
    ELSE target4

(* All sites: a record that becomes visible hides the one before (object: hammer_ip_replace_bulk). *)
WriteSites(place5, file5, reserved5, target5) ==
    [ws \in Sites |->
        IF ws = reserved5 THEN WriteSite(place5, target5)
        ELSE IF place5 \in {"valid", "writing"} /\ site[ws].live /\ site[ws].head = file5
             THEN [site[ws] EXCEPT !.live = FALSE]
        ELSE site[ws]]

(* A small write that has its buffer is over. *)
WriteNewest(place6, file6, bytes6) == IF place6 = "valid" THEN [newest EXCEPT ![file6] = bytes6] ELSE newest

-----------------------------------------------------------------------------
(* A front that is not in use, fresh space, and a write within the bound. *)
MayBegin(beginner, space) ==
    /\ ~InFlight(front[beginner].at)
    /\ site[space].use = "free"
    /\ next - FirstWritten < WritesMax

(* The space cannot be reached. Without repair D7 a large write does not notice that it could not be translated. *)
IsUnreachable(space2, large2) ==
    space2 \in Troubled /\ ~(large2 /\ space2 \in Lookup /\ "D7" \notin Repairs)

(* Front and record of a write that begins. *)
BegunFront(space3, large3) ==
    [Empty EXCEPT !.how = IF large3 THEN "large" ELSE "small", !.from = space3, !.version = next]
BegunSite(writer4, space4) == [site[space4] EXCEPT !.use = "record", !.head = writer4, !.version = next]

(* A small write whose space is in the device cache is over at once (1743-1757). *)
StrategyWrite ==
    /\ "strategyWrite" \in Acts
    /\ "small" \in Acts
    /\ ~crit
    /\ \E f \in Heads : \E s \in Sites :
         /\ MayBegin(f, s)
         /\ ~IsUnreachable(s, FALSE)
         /\ WriteAnswer(WritePlace(f, BegunSite(f, s), TRUE), BegunSite(f, s)) = "done"
         /\ front' = [front EXCEPT ![f] = WriteFront("valid", BegunFront(s, FALSE))]
         /\ site' = WriteSites("valid", f, s, BegunSite(f, s))
         /\ newest' = WriteNewest("valid", f, next)
         /\ next' = next + 1
         /\ UNCHANGED <<index, kept, crit, ghost>>

(* A large write is on its way, its record visible; or a small one has the device cache load its space (1690-1736, 1748). *)
StrategyWriteIo ==
    /\ "strategyWrite" \in Acts
    /\ ~crit
    /\ \E f \in Heads : \E s \in Sites : \E large \in LargeChoices :
         /\ MayBegin(f, s)
         /\ ~IsUnreachable(s, large)
         /\ LET target == BegunSite(f, s)
                place == WritePlace(f, target, ~large)
            IN /\ WriteAnswer(place, target) = "io"
               /\ front' = [front EXCEPT ![f] = WriteFront(place, BegunFront(s, large))]
               /\ site' = WriteSites(place, f, s, target)
         /\ next' = next + 1
         /\ UNCHANGED <<index, kept, newest, crit, ghost>>

(* The backend is busy with the record that this write replaces, or the space is being loaded (object: hammer_ip_replace_bulk). *)
StrategyWriteWait ==
    /\ "strategyWrite" \in Acts
    /\ ~crit
    /\ \E f \in Heads : \E s \in Sites : \E large \in LargeChoices :
         /\ MayBegin(f, s)
         /\ ~IsUnreachable(s, large)
         /\ LET target == BegunSite(f, s)
                place == WritePlace(f, target, ~large)
            IN /\ WriteAnswer(place, target) = "wait"
               /\ front' = [front EXCEPT ![f] = WriteFront(place, BegunFront(s, large))]
               /\ site' = WriteSites(place, f, s, target)
         /\ next' = next + 1
         /\ UNCHANGED <<index, kept, newest, crit, ghost>>

(* The space cannot be reached: the record was never seen, the front is given up (1760-1773). The original releases the volume also
   where it got none (1737: D8). *)
StrategyWriteError ==
    /\ "strategyWrite" \in Acts
    /\ ~crit
    /\ \E f \in Heads : \E s \in Sites : \E large \in LargeChoices :
         /\ MayBegin(f, s)
         /\ IsUnreachable(s, large)
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ ghost' = [ghost EXCEPT !.nullReleased = @ \/ (large /\ s \in Missing /\ "D8" \notin Repairs)]
         /\ UNCHANGED <<site, index, kept, newest, next, crit>>

(* After a critical error nothing may be written (1806-1813). *)
StrategyWriteRefused ==
    /\ "strategyWrite" \in Acts
    /\ crit
    /\ \E f \in Heads : \E s \in Sites :
         /\ MayBegin(f, s)
         /\ UNCHANGED vars

-----------------------------------------------------------------------------
(* The site of a write that waited for the backend, which has let go of the record before it: one or none. *)
SpaceOf(resumed) ==
    IF front[resumed].at = "replacing" /\ ~RecordIsBusy(resumed) THEN {front[resumed].from} ELSE {}

(* A small write goes on and is over. *)
ResumeWrite ==
    /\ "resumeWrite" \in Acts
    /\ \E f \in Heads : \E s \in SpaceOf(f) :
         /\ WriteAnswer(WritePlace(f, site[s], front[f].how = "small"), site[s]) = "done"
         /\ front' = [front EXCEPT ![f] = WriteFront("valid", @)]
         /\ site' = WriteSites("valid", f, s, site[s])
         /\ newest' = WriteNewest("valid", f, front[f].version)
         /\ UNCHANGED <<index, kept, next, crit, ghost>>

(* A large write goes on and leaves for the device, or a small one has lost its buffer meanwhile and loads it again. *)
ResumeWriteIo ==
    /\ "resumeWrite" \in Acts
    /\ \E f \in Heads : \E s \in SpaceOf(f) :
         LET place == WritePlace(f, site[s], front[f].how = "small")
         IN /\ WriteAnswer(place, site[s]) = "io"
            /\ front' = [front EXCEPT ![f] = WriteFront(place, @)]
            /\ site' = WriteSites(place, f, s, site[s])
            /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* A small write has lost its buffer meanwhile, and somebody else loads it. *)
ResumeWriteWait ==
    /\ "resumeWrite" \in Acts
    /\ \E f \in Heads : \E s \in SpaceOf(f) :
         LET place == WritePlace(f, site[s], front[f].how = "small")
         IN /\ WriteAnswer(place, site[s]) = "wait"
            /\ front' = [front EXCEPT ![f] = WriteFront(place, @)]
            /\ site' = WriteSites(place, f, s, site[s])
            /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* A critical error came in between: the write is given up, its space free (1760-1773). *)
ResumeWriteError ==
    /\ "resumeWrite" \in Acts
    /\ crit
    /\ \E f \in Heads : \E s \in SpaceOf(f) :
         /\ front' = [front EXCEPT ![f] = WriteFront("empty", @)]
         /\ site' = WriteSites("empty", f, s, site[s])
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

-----------------------------------------------------------------------------
(* The record of the direct write in flight of a file. Without repair D7 the write itself may be elsewhere. *)
Written(file7) == {ds \in Sites : site[ds].io /\ site[ds].head = file7}

(* A direct write is over: its writer is told, then its record, and whoever waits for that may go on (1789-1827). *)
DirectWriteDone ==
    /\ "directWriteDone" \in Acts
    /\ \E f \in Heads : \E s \in Written(f) :
         /\ front[f].at = "writing"
         /\ front' = [front EXCEPT ![f] = Filled(@, @.version, FALSE)]
         /\ site' = [site EXCEPT ![front[f].from].content = front[f].version, ![s].io = FALSE, ![s].wait = FALSE]
         /\ newest' = [newest EXCEPT ![f] = front[f].version]
         /\ UNCHANGED <<index, kept, next, crit, ghost>>

(* It fails: a critical error, the front thrown away so that the kernel does not try again (1806-1813). *)
DirectWriteDoneError ==
    /\ "directWriteDone" \in Acts
    /\ "write" \in Faults
    /\ \E f \in Heads : \E s \in Written(f) :
         /\ front[f].at = "writing"
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ site' = [site EXCEPT ![s].io = FALSE, ![s].wait = FALSE, ![s].failed = TRUE]
         /\ crit' = TRUE
         /\ UNCHANGED <<index, kept, newest, next, ghost>>
=============================================================================
