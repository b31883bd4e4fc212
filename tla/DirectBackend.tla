---------------------------- MODULE DirectBackend ----------------------------
(* What the mount does behind the fronts' backs: records enter the media index or go away, freed space ages and is handed  *)
(* out again, the reblocker moves elements.                                                                                *)
EXTENDS DirectState

(* Aliases of the record's site must be purged and cannot be: somebody holds or writes them. The original goes on all the same, and
   forgets about it (1868-1873: D12). *)
IsBlocked(waiting) == waiting.inval /\ ~IsPurgeable(waiting) /\ "D12" \in Repairs

(* The site of a record that is resolved: its direct write over, its aliases purged (1840-1874). *)
Resolved(over) ==
    IF ~over.inval THEN over
    ELSE IF IsPurgeable(over) THEN Purged(over)
    ELSE [over EXCEPT !.inval = FALSE]

(* All sites when a record has entered the index. What it supersedes is freed, unless a snapshot sees it (object:1166). *)
SitesCommitted(added) ==
    LET before == index[site[added].head]
    IN [cs \in Sites |->
          IF cs = added THEN [Resolved(site[cs]) EXCEPT !.use = "media", !.live = FALSE, !.backend = FALSE, !.wait = FALSE]
          ELSE IF cs = before /\ ~(\E ck \in Snaps : kept[ck] = cs) THEN Freed(site[cs])
          ELSE site[cs]]

(* The record may be committed. *)
IsCommittable(ready) == ready.use = "record" /\ ready.live /\ ~ready.backend

(* The backend puts a record into the media index (1840-1874, object:1166). *)
CommitRecord ==
    /\ "commitRecord" \in Acts
    /\ ~crit
    /\ \E s \in Sites :
         /\ IsCommittable(site[s])
         /\ ~site[s].io
         /\ ~IsBlocked(site[s])
         /\ site' = SitesCommitted(s)
         /\ index' = [index EXCEPT ![site[s].head] = s]
         /\ UNCHANGED <<front, kept, newest, next, crit, ghost>>

(* Its direct write is in flight: the backend waits (1847-1858). *)
CommitRecordWait ==
    /\ "commitRecord" \in Acts
    /\ ~crit
    /\ \E s \in Sites :
         /\ IsCommittable(site[s])
         /\ site[s].io
         /\ site' = [site EXCEPT ![s].backend = TRUE, ![s].wait = TRUE]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* An alias of its site is in use: not now (1868-1873; repair D12). *)
CommitRecordAgain ==
    /\ "commitRecord" \in Acts
    /\ ~crit
    /\ \E s \in Sites :
         /\ IsCommittable(site[s])
         /\ ~site[s].io
         /\ IsBlocked(site[s])
         /\ UNCHANGED vars

(* After a critical error nothing enters the index: the backend does not even look (1806-1813). *)
CommitRecordRefused ==
    /\ "commitRecord" \in Acts
    /\ crit
    /\ \E s \in Sites :
         /\ IsCommittable(site[s])
         /\ UNCHANGED vars

(* The direct write that the backend waited for is over. *)
IsAwaited(done1) == done1.backend /\ ~done1.io

(* The backend goes on (1849-1856). *)
ResumeCommit ==
    /\ "resumeCommit" \in Acts
    /\ ~crit
    /\ \E s \in Sites :
         /\ IsAwaited(site[s])
         /\ ~site[s].failed
         /\ ~IsBlocked(site[s])
         /\ site' = SitesCommitted(s)
         /\ index' = [index EXCEPT ![site[s].head] = s]
         /\ UNCHANGED <<front, kept, newest, next, crit, ghost>>

(* The backend goes on, finds an alias in use, and lets go of the record for now (1868-1873; repair D12). *)
ResumeCommitAgain ==
    /\ "resumeCommit" \in Acts
    /\ ~crit
    /\ \E s \in Sites :
         /\ IsAwaited(site[s])
         /\ ~site[s].failed
         /\ IsBlocked(site[s])
         /\ site' = [site EXCEPT ![s].backend = FALSE]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* After a critical error nothing enters the index (1806-1813). *)
ResumeCommitError ==
    /\ "resumeCommit" \in Acts
    /\ \E s \in Sites :
         /\ IsAwaited(site[s])
         /\ crit \/ site[s].failed
         /\ site' = [site EXCEPT ![s].backend = FALSE, ![s].wait = FALSE]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* A record that was replaced, with which nobody is busy; one that is not visible yet has its writer. *)
IsReplaced(hidden) ==
    /\ site[hidden].use = "record"
    /\ ~site[hidden].live
    /\ ~site[hidden].backend
    /\ ~site[hidden].io
    /\ \A hf \in Fronts : front[hf].from # hidden

(* A replaced record goes away (1840-1874, object:434). *)
DestroyRecord ==
    /\ "destroyRecord" \in Acts
    /\ \E s \in Sites :
         /\ IsReplaced(s)
         /\ ~IsBlocked(site[s])
         /\ site' = [site EXCEPT ![s] = Freed(Resolved(@))]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* An alias of its site is in use: not now (repair D12). *)
DestroyRecordAgain ==
    /\ "destroyRecord" \in Acts
    /\ \E s \in Sites :
         /\ IsReplaced(s)
         /\ IsBlocked(site[s])
         /\ UNCHANGED vars

-----------------------------------------------------------------------------
(* A commit cycle: freed space gets older (blockmap:810-850). *)
Cycle ==
    /\ "cycle" \in Acts
    /\ ~crit
    /\ \E s \in Sites : site[s].use = "delay" /\ site[s].age < 2
    /\ site' = [as \in Sites |->
                  IF site[as].use = "delay" /\ site[as].age < 2 THEN [site[as] EXCEPT !.age = @ + 1] ELSE site[as]]
    /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* After a critical error there is no commit, and space stays as old as it is. *)
CycleRefused ==
    /\ "cycle" \in Acts
    /\ crit
    /\ UNCHANGED vars

(* A read of the site is under way (repair D41; the original has nothing that would keep the space for it). *)
IsBeingRead(space1) ==
    "D41" \in Repairs /\ (\E rf \in Fronts : front[rf].from = space1 /\ front[rf].at \in {"reading", "copying", "syncing"})

(* The space has rested for two cycles. *)
IsRested(old) == old.use = "delay" /\ old.age = 2

(* Freed space may be handed out again, its alias purged (blockmap: hammer_blockmap_reserve_complete, ondisk:777). *)
ReserveComplete ==
    /\ "reserveComplete" \in Acts
    /\ \E s \in Sites :
         /\ IsRested(site[s])
         /\ ~IsBeingRead(s)
         /\ IsPurgeable(site[s])
         /\ site' = [site EXCEPT ![s] = [Purged(@) EXCEPT !.use = "free", !.age = 0]]
         /\ UNCHANGED <<front, index, kept, newest, next, crit, ghost>>

(* An alias or the site itself is in use: not now. *)
ReserveCompleteAgain ==
    /\ "reserveComplete" \in Acts
    /\ \E s \in Sites :
         /\ IsRested(site[s])
         /\ IsBeingRead(s) \/ ~IsPurgeable(site[s])
         /\ UNCHANGED vars

-----------------------------------------------------------------------------
(* All fronts when those that had learnt this site have forgotten it (1893-1945). *)
FrontsWithout(old1) ==
    [uf \in Fronts |-> IF front[uf].cached = old1 THEN [front[uf] EXCEPT !.cached = None] ELSE front[uf]]

(* An element may move from its buffer of the layer to fresh space. *)
IsMovable(here, there) ==
    /\ site[here].use = "media"
    /\ site[here].alias = "clean"
    /\ "D14" \in Repairs \/ site[here].moving
    /\ site[there].use = "free"
    /\ site[there].alias = "none"
    /\ ~site[there].held
    /\ there \notin Troubled

(* The reblocker moves an element through the buffers of the layer, for the file and all its snapshots (reblock:
   hammer_reblock_data). With repair D14 the fronts forget the old site in the same step. *)
Relocate ==
    /\ "relocate" \in Acts
    /\ ~crit
    /\ \E s \in Sites : \E t \in Sites :
         /\ IsMovable(s, t)
         /\ site' = [site EXCEPT ![s] = Freed(@),
                                 ![t].use = "media",
                                 ![t].head = site[s].head,
                                 ![t].version = site[s].version,
                                 ![t].alias = "dirty",
                                 ![t].aliasVersion = site[s].aliasVersion]
         /\ index' = [xh \in Heads |-> IF index[xh] = s THEN t ELSE index[xh]]
         /\ kept' = [xk \in Snaps |-> IF kept[xk] = s THEN t ELSE kept[xk]]
         /\ front' = IF "D14" \in Repairs THEN FrontsWithout(s) ELSE front
         /\ UNCHANGED <<newest, next, crit, ghost>>

(* After a critical error nothing moves. *)
RelocateRefused ==
    /\ "relocate" \in Acts
    /\ crit
    /\ \E s \in Sites : \E t \in Sites :
         /\ site[s].use = "media"
         /\ site[t].use = "free"
         /\ UNCHANGED vars

(* Without repair D14: fronts forget the site before the move, and may learn it again meanwhile (1893-1945). *)
Uncache ==
    /\ "uncache" \in Acts
    /\ "D14" \notin Repairs
    /\ \E s \in Sites :
         /\ site[s].use = "media"
         /\ ~site[s].moving
         /\ front' = FrontsWithout(s)
         /\ site' = [site EXCEPT ![s].moving = TRUE]
         /\ UNCHANGED <<index, kept, newest, next, crit, ghost>>
=============================================================================
