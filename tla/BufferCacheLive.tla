--------------------------- MODULE BufferCacheLive ---------------------------
(* Progress, for TLC only: under a fair device, a fair UNDO log and a fair scheduler nobody waits for ever.                 *)
(*                                                                                                                         *)
(* Fair means: what is in flight completes; a woken ticket looks again; a ticket that could succeed again and again succeeds *)
(* some time (strong fairness, since others may take the interlock or write the buffer anew in between); whoever has a     *)
(* modification open or the write interlock gives it back. Nothing else is assumed: handles may be held for ever, and      *)
(* nobody need ever flush. ModsMax must be 1, as a handle that opens the next modification before it closes the last one   *)
(* keeps an interlock out for ever.                                                                                        *)
EXTENDS BufferCache

(* The client's woken ticket is used up in this step: others only ever wake it. *)
MovesOn(mc) == cl[mc].runnable /\ ~cl'[mc].runnable

Successes ==
    \/ ResumeGet \/ ResumeGetIo \/ ResumeGetError \/ ResumeRelease \/ ResumeModify \/ ResumeModifyCover \/ ResumeInterlock
    \/ ResumeWait \/ ResumeWaitAll \/ ResumeFlushSync \/ ResumeFlushSyncError \/ ResumeBacklog

Retries == ResumeGetWait \/ ResumeModifyWait \/ ResumeInterlockWait \/ ResumeWaitWait \/ ResumeBacklogWait

FairDevice ==
    /\ \A fb \in Bufs : WF_vars((ReadDone \/ ReadDoneError) /\ io[fb].reading /\ ~io'[fb].reading)
    /\ \A fb1 \in Bufs : WF_vars((WriteDone \/ WriteDoneError) /\ io[fb1].running /\ ~io'[fb1].running)
    /\ \A fv5 \in Vols : WF_vars((FlushDone \/ FlushDoneError) /\ vol'[fv5] # vol[fv5])

FairClients ==
    \A fc1 \in Clients :
        /\ SF_vars(Successes /\ MovesOn(fc1))
        /\ WF_vars(Retries /\ MovesOn(fc1))
        /\ WF_vars((UndoLaid \/ UndoLaidError) /\ cl[fc1].at = "cover" /\ cl'[fc1].at # "cover")
        /\ SF_vars(IoModifyDone /\ cl'[fc1].mods < cl[fc1].mods)
        /\ SF_vars(IoDoneInterlock /\ cl[fc1].interlock /\ ~cl'[fc1].interlock)

FairSpec == Spec /\ FairDevice /\ FairClients

(* The same with a device that may stop: what must fail. *)
DeafSpec == Spec /\ FairClients

-----------------------------------------------------------------------------
(* Progress of one kind of wait. *)
Leaves(lc, place) == (cl[lc].at = place) ~> (cl[lc].at # place)

(* P1: Every write that is issued completes, and whoever waits for it goes on (1130-1148). *)
WritesComplete ==
    /\ \A w1 \in Bufs : (io[w1].running ~> ~io[w1].running)
    /\ \A w2 \in Clients : Leaves(w2, "wait") /\ Leaves(w2, "regetblk") /\ Leaves(w2, "release") /\ Leaves(w2, "backlog")

(* P2: Every barrier returns, also one behind another (214-223). *)
BarriersReturn == \A w3 \in Clients : Leaves(w3, "waitAll")

(* P3: A write interlock that is asked for is granted (836-840). *)
InterlocksAreGranted == \A w4 \in Clients : Leaves(w4, "interlock")

(* P4: A modification that an interlock stopped goes on (777-780, 849-852). *)
ModificationsResume == \A w5 \in Clients : Leaves(w5, "modify") /\ Leaves(w5, "cover")

(* Every get ends, with a handle or an error; every device flush is answered (subs: hammer_ref_interlock; 1984-1988). *)
GetsEnd == \A w6 \in Clients : Leaves(w6, "get") /\ Leaves(w6, "load") /\ Leaves(w6, "failed")
SyncsEnd == \A w7 \in Clients : Leaves(w7, "flushSync") /\ Leaves(w7, "flushFailed")
=============================================================================
