---------------------------- MODULE DirectDevice ----------------------------
(* The device cache: who else works on the device, what the kernel does with buffers, and what the device answers.         *)
(*                                                                                                                         *)
(* When a site is loaded, everybody who waits for it goes on in the same step: reads copy, and a small write has its       *)
(* buffer. The two never meet, since nobody reads fresh space (FreeSpaceIsFree).                                           *)
EXTENDS DirectState, DirectWrite

(* Mirroring, deduplication or the reblocker hold a buffer that is there (300-378). *)
DeviceRead ==
    /\ "deviceRead" \in Acts
    /\ \E s \in Sites :
         /\ ~site[s].held
         /\ HasAlias(site[s])
         /\ s \notin Troubled
         /\ site' = [site EXCEPT ![s].held = TRUE]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* They have it loaded (307-318). *)
DeviceReadIo ==
    /\ "deviceRead" \in Acts
    /\ \E s \in Sites :
         /\ ~site[s].held
         /\ site[s].alias = "none"
         /\ s \notin Troubled
         /\ site' = [site EXCEPT ![s] = [Loading(@) EXCEPT !.held = TRUE]]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* The front copies from the site that is being loaded; or it is the small write of its file that needs the buffer. *)
CopiesFrom(copier, origin) == front[copier].at = "copying" /\ front[copier].from = origin
LoadsFor(loader, space6) == front[loader].at = "loading" /\ front[loader].from = space6

(* The site when it is loaded. *)
Loaded(empty1) == [empty1 EXCEPT !.alias = "clean", !.aliasVersion = empty1.content]

(* How far the small write gets that waits for this site; `none` if none does. *)
LoadedPlace(space7) ==
    IF \E lw \in Heads : LoadsFor(lw, space7) THEN WritePlace(site[space7].head, Loaded(site[space7]), TRUE) ELSE "none"

(* The site is there: reads and the small write that wait for it go on (1578-1623, 1748-1757). *)
DeviceReadDone ==
    /\ "deviceReadDone" \in Acts
    /\ \E s \in Sites :
         /\ site[s].alias = "loading"
         /\ LET full == Loaded(site[s])
                place == LoadedPlace(s)
            IN /\ front' = [df \in Fronts |->
                              IF CopiesFrom(df, s) THEN Copied(front[df], full)
                              ELSE IF LoadsFor(df, s) THEN WriteFront(place, front[df])
                              ELSE front[df]]
               /\ site' = WriteSites(place, full.head, s, full)
               /\ newest' = WriteNewest(place, full.head, full.version)
               /\ ghost' = [ghost EXCEPT !.falseAlarm =
                              @ \/ (\E af \in Fronts : CopiesFrom(af, s) /\ AlarmIsFalse(full, front[af].how))]
         /\ UNCHANGED <<index, kept, next, crit>>

(* The load fails: all who wait for it are given up, and the space of a small write is free again (1608-1610, 1760-1773). *)
DeviceReadDoneError ==
    /\ "deviceReadDone" \in Acts
    /\ "deviceRead" \in Faults
    /\ \E s \in Sites :
         /\ site[s].alias = "loading"
         /\ LET void == [site[s] EXCEPT !.alias = "none", !.held = FALSE]
                place == IF LoadedPlace(s) = "none" THEN "none" ELSE "empty"
            IN site' = WriteSites(place, void.head, s, void)
         /\ front' = [ef \in Fronts |-> IF CopiesFrom(ef, s) \/ LoadsFor(ef, s) THEN Empty ELSE front[ef]]
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>

(* Whoever held the buffer lets go of it (517-656). *)
DeviceRelease ==
    /\ "deviceRelease" \in Acts
    /\ \E s \in Sites :
         /\ site[s].held
         /\ site[s].alias # "loading"
         /\ site' = [site EXCEPT ![s].held = FALSE]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

-----------------------------------------------------------------------------
(* The kernel takes a clean buffer that nobody holds (1182-1228). *)
DeviceRecycle ==
    /\ "deviceRecycle" \in Acts
    /\ \E s \in Sites :
         /\ ~site[s].held
         /\ site[s].alias = "clean"
         /\ site' = [site EXCEPT ![s].alias = "none", ![s].aliasVersion = 0]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* A daemon writes a dirty one (1290-1363). *)
DeviceWriteBack ==
    /\ "deviceWriteBack" \in Acts
    /\ \E s \in Sites :
         /\ ~site[s].held
         /\ site[s].alias = "dirty"
         /\ site' = [site EXCEPT ![s].alias = "writing"]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* The write of a buffer is over (1075-1163). *)
DeviceWriteDone ==
    /\ "deviceWriteDone" \in Acts
    /\ \E s \in Sites :
         /\ site[s].alias = "writing"
         /\ site' = [site EXCEPT ![s].alias = "clean", ![s].content = site[s].aliasVersion]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* It fails: a critical error, and the bytes stay in memory (1099-1125). *)
DeviceWriteDoneError ==
    /\ "deviceWriteDone" \in Acts
    /\ "deviceWrite" \in Faults
    /\ \E s \in Sites :
         /\ site[s].alias = "writing"
         /\ site' = [site EXCEPT ![s].alias = "failed"]
         /\ crit' = TRUE
         /\ UNCHANGED <<front, index, kept, newest, next, ghost>>
=============================================================================
