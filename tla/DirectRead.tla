---------------------------- MODULE DirectRead ----------------------------
(* Reading: a front is filled straight from the device, through the device cache, or piece by piece.                       *)
(*                                                                                                                         *)
(* A read looks once and goes on from what it saw: which site, by which path. A look that meets a dirty alias has it       *)
(* written and looks again later (1430, 1517).                                                                             *)
EXTENDS DirectState

(* Where a read of the front looks, and why there. `known`: it has learnt the site. `piecewise`: the newest data is a record in
   memory, or the front covers no whole element. `exact`: the element was looked up just now (vnops: hammer_vop_strategy_read). *)
LookOf(reader, whole) ==
    IF whole /\ front[reader].cached # None THEN [where |-> front[reader].cached, path |-> "known"]
    ELSE IF LiveRecord(reader) # {} THEN [where |-> CHOOSE rs \in LiveRecord(reader) : TRUE, path |-> "piecewise"]
    ELSE [where |-> MediaSite(reader), path |-> IF whole THEN "exact" ELSE "piecewise"]

(* The look of a read that begins: one if the front is empty, else none. *)
FirstLook(newcomer, asWhole) == IF front[newcomer].at = "empty" THEN {LookOf(newcomer, asWhole)} ELSE {}

(* The look of a read that goes on: anew if the alias that it waited for is written; without repair D6 a `blind` one at a site
   that was looked up some time ago. *)
LaterLook(waiter) ==
    IF front[waiter].at = "translated" THEN {[where |-> front[waiter].from, path |-> "blind"]}
    ELSE IF front[waiter].at # "syncing" THEN {}
    ELSE IF IsUnwritten(site[front[waiter].from]) THEN {}
    ELSE {LookOf(waiter, TRUE)}

(* The path that the bio takes. Only an element that was looked up just now tells its CRC (1541-1546). *)
HowOf(how1) ==
    IF how1.path = "piecewise" THEN "piecewise"
    ELSE IF ~DoubleBuffer THEN "direct"
    ELSE IF how1.path = "exact" /\ Verify THEN "verified"
    ELSE "indirect"

(* Without repair D6 nothing keeps other threads out between the look-up of a known site and the rest (vnops: 2771). *)
IsTranslated(look1) == look1.path = "known" /\ DoubleBuffer /\ "D6" \notin Repairs

(* A direct write left an alias that must be purged before anybody reads through it (repair D5; the original does not look). *)
MustPurge(seen1, look2) == look2.path = "piecewise" /\ seen1.inval /\ "D5" \in Repairs

(* Nobody can tell what lies at the site of a write that failed (repair D40; the original reads it). *)
IsLost(seen2, look3) == look3.path = "piecewise" /\ seen2.failed /\ "D40" \in Repairs

(* The read is served from the alias if there is one: it goes through the device cache anyway, or the write of the alias failed
   and the good bytes are only there (repair D40). *)
TakesAlias(seen3, look4) == HowOf(look4) # "direct" \/ (seen3.alias = "failed" /\ "D40" \in Repairs)

(* What the read that looks is answered. *)
AnswerTo(look) ==
    LET seen == site[look.where]
    IN IF look.path # "blind" /\ (look.where \in Troubled \/ IsLost(seen, look)) THEN "error"
       ELSE IF MustPurge(seen, look) THEN (IF IsPurgeable(seen) THEN "io" ELSE "again")
       ELSE IF IsTranslated(look) THEN "wait"
       ELSE IF look.path \in {"known", "exact"} /\ IsUnwritten(seen) THEN "wait"
       ELSE IF ~TakesAlias(seen, look) THEN "io"
       ELSE IF HasAlias(seen) THEN (IF CrcDiffers(seen, HowOf(look)) THEN "error" ELSE "done")
       ELSE IF seen.alias = "none" THEN "io"
       ELSE "wait"

(* The front while the read goes on. It has learnt the site, unless the data came piece by piece (1430-1463). *)
Going(goer, look5, place1) ==
    [Empty EXCEPT !.at = place1,
                  !.how = IF place1 = "syncing" THEN "whole" ELSE HowOf(look5),
                  !.cached = IF look5.path = "piecewise" THEN None
                             ELSE IF look5.path = "blind" THEN front[goer].cached
                             ELSE look5.where,
                  !.from = look5.where]

(* Where a read waits. *)
WaitPlace(look6) ==
    IF IsTranslated(look6) THEN "translated"
    ELSE IF look6.path \in {"known", "exact"} /\ IsUnwritten(site[look6.where]) THEN "syncing"
    ELSE "copying"

(* Where it is while a request of its own is in flight. *)
RequestPlace(look7) == IF TakesAlias(site[look7.where], look7) THEN "copying" ELSE "reading"

(* The site when the read waits: a dirty alias is on its way (1430, 1517). *)
Synced(dirty) == IF dirty.alias = "dirty" THEN [dirty EXCEPT !.alias = "writing"] ELSE dirty

(* The sites when the read has asked the device: straight into the front, or for the alias, which was purged if it had to be. *)
SitesAsked(look8) ==
    IF RequestPlace(look8) = "reading" THEN site
    ELSE [site EXCEPT ![look8.where] = Loading(IF MustPurge(@, look8) THEN Purged(@) ELSE @)]

(* The ghost when the read fails. The original releases the volume also where it got none (1472, 1556: D8); the piecewise path goes
   through the buffer layer, which does not. *)
GhostOfError(look9) ==
    [ghost EXCEPT !.nullReleased = @ \/ (/\ look9.path # "piecewise"
                                         /\ look9.where \in Missing
                                         /\ "D8" \notin Repairs),
                  !.falseAlarm = @ \/ AlarmIsFalse(site[look9.where], HowOf(look9))]

-----------------------------------------------------------------------------
(* The device cache has the bytes: the read is answered at once (1496-1566, 1578-1623). *)
StrategyRead ==
    /\ "strategyRead" \in Acts
    /\ \E f \in Fronts : \E w \in WholeChoices : \E look \in FirstLook(f, w) :
         /\ AnswerTo(look) = "done"
         /\ front' = [front EXCEPT ![f] = Copied(Going(f, look, "copying"), site[look.where])]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>

(* A request leaves for the device (1461-1470, 1549-1554). *)
StrategyReadIo ==
    /\ "strategyRead" \in Acts
    /\ \E f \in Fronts : \E w \in WholeChoices : \E look \in FirstLook(f, w) :
         /\ AnswerTo(look) = "io"
         /\ front' = [front EXCEPT ![f] = Going(f, look, RequestPlace(look))]
         /\ site' = SitesAsked(look)
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* The alias is being loaded, or it is dirty and is written first (1430, 1517, 1549). *)
StrategyReadWait ==
    /\ "strategyRead" \in Acts
    /\ \E f \in Fronts : \E w \in WholeChoices : \E look \in FirstLook(f, w) :
         /\ AnswerTo(look) = "wait"
         /\ front' = [front EXCEPT ![f] = Going(f, look, WaitPlace(look))]
         /\ site' = IF WaitPlace(look) = "syncing" THEN [site EXCEPT ![look.where] = Synced(@)] ELSE site
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* An alias that must be purged is in use: the read looks again later (repair D5). *)
StrategyReadAgain ==
    /\ "strategyRead" \in Acts
    /\ \E f \in Fronts : \E w \in WholeChoices : \E look \in FirstLook(f, w) :
         /\ AnswerTo(look) = "again"
         /\ UNCHANGED vars

(* The site cannot be reached, its contents are lost, or the CRC is wrong: the front is given up (1474-1480, 1608-1614). *)
StrategyReadError ==
    /\ "strategyRead" \in Acts
    /\ \E f \in Fronts : \E w \in WholeChoices : \E look \in FirstLook(f, w) :
         /\ AnswerTo(look) = "error"
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ ghost' = GhostOfError(look)
         /\ UNCHANGED <<site, index, kept, newest, next, crit>>

-----------------------------------------------------------------------------
(* A read that waited finds the bytes in the device cache. *)
ResumeRead ==
    /\ "resumeRead" \in Acts
    /\ \E f \in Fronts : \E look \in LaterLook(f) :
         /\ AnswerTo(look) = "done"
         /\ front' = [front EXCEPT ![f] = Copied(Going(f, look, "copying"), site[look.where])]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>

(* A read that waited finds the alias written, and asks the device. *)
ResumeReadIo ==
    /\ "resumeRead" \in Acts
    /\ \E f \in Fronts : \E look \in LaterLook(f) :
         /\ AnswerTo(look) = "io"
         /\ front' = [front EXCEPT ![f] = Going(f, look, RequestPlace(look))]
         /\ site' = SitesAsked(look)
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* A read that waited finds the data moved meanwhile and dirty there, or somebody loading the alias. *)
ResumeReadWait ==
    /\ "resumeRead" \in Acts
    /\ \E f \in Fronts : \E look \in LaterLook(f) :
         /\ AnswerTo(look) = "wait"
         /\ front' = [front EXCEPT ![f] = Going(f, look, WaitPlace(look))]
         /\ site' = IF WaitPlace(look) = "syncing" THEN [site EXCEPT ![look.where] = Synced(@)] ELSE site
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* A read that waited cannot have its data. *)
ResumeReadError ==
    /\ "resumeRead" \in Acts
    /\ \E f \in Fronts : \E look \in LaterLook(f) :
         /\ AnswerTo(look) = "error"
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ ghost' = GhostOfError(look)
         /\ UNCHANGED <<site, index, kept, newest, next, crit>>

-----------------------------------------------------------------------------
(* A read straight into a front is over (1470). *)
DirectReadDone ==
    /\ "directReadDone" \in Acts
    /\ \E f \in Fronts :
         /\ front[f].at = "reading"
         /\ front' = [front EXCEPT ![f] = Filled(@, site[@.from].content, FALSE)]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>

(* It fails: the front is given up. A read is no critical error. *)
DirectReadDoneError ==
    /\ "directReadDone" \in Acts
    /\ "read" \in Faults
    /\ \E f \in Fronts :
         /\ front[f].at = "reading"
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>

(* An empty front learns its site in advance (vnops: hammer_vop_bmap, 1877-1880). *)
Bmap ==
    /\ "bmap" \in Acts
    /\ \E f \in Fronts :
         /\ front[f] = Empty
         /\ LiveRecord(f) = {}
         /\ MediaSite(f) \notin Troubled
         /\ front' = [front EXCEPT ![f].cached = MediaSite(f)]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>

(* The kernel takes an idle front, and what it had learnt goes too (vfs_bio: getnewbuf). *)
RecycleFront ==
    /\ "recycleFront" \in Acts
    /\ \E f \in Fronts :
         /\ ~InFlight(front[f].at)
         /\ front[f] # Empty
         /\ front' = [front EXCEPT ![f] = Empty]
         /\ UNCHANGED <<site, index, kept, newest, next, crit, ghost>>
=============================================================================
