--------------------------- MODULE BufferCacheLive ---------------------------
(* What comes to pass in the end, if everybody does his part.                                                               *)
(*                                                                                                                         *)
(* Without fairness only the possibility remains that each wait ends; the kit's model checks that (claim W1).               *)
EXTENDS BufferCache

(* The ticket of this client was woken and looks again, whatever it finds. *)
LooksAgain(rc) ==
    /\ cl[rc].runnable
    /\ \/ ResumeGet \/ ResumeGetIo \/ ResumeGetWait \/ ResumeGetError
       \/ ResumeRelease
       \/ ResumeModify \/ ResumeModifyWait \/ ResumeModifyCover
       \/ ResumeInterlock \/ ResumeInterlockWait
       \/ ResumeWait \/ ResumeWaitWait
       \/ ResumeWaitAll
       \/ ResumeFlushSync \/ ResumeFlushSyncError
       \/ ResumeBacklog \/ ResumeBacklogWait
    /\ ~cl'[rc].runnable

(* The device answers every request, well or badly. *)
DeviceAnswers ==
    /\ \A ab \in Bufs :
         /\ WF_vars(io[ab].reading /\ (ReadDone \/ ReadDoneError) /\ ~io'[ab].reading)
         /\ WF_vars(io[ab].running /\ (WriteDone \/ WriteDoneError) /\ ~io'[ab].running)
    /\ \A av \in Vols : WF_vars((FlushDone \/ FlushDoneError) /\ vol'[av] # vol[av])

(* A modification of this client closes. *)
Closes(mc) == cl[mc].mods > 0 /\ IoModifyDone /\ cl'[mc].mods < cl[mc].mods

(* The UNDO log answers, woken tickets run, and nobody keeps an interlock or a modification for ever. *)
ClientsGoOn ==
    \A gc \in Clients :
        /\ WF_vars(cl[gc].at = "cover" /\ (UndoLaid \/ UndoLaidError) /\ cl'[gc].at # "cover")
        /\ WF_vars(LooksAgain(gc))
        /\ WF_vars(cl[gc].interlock /\ IoDoneInterlock /\ ~cl'[gc].interlock)
        /\ WF_vars(Closes(gc))

(* The woken ticket of this client finds the way open. *)
GetsThrough(tc) ==
    /\ cl[tc].runnable
    /\ \/ ResumeGet \/ ResumeGetIo
       \/ ResumeModify \/ ResumeModifyCover
       \/ ResumeInterlock
       \/ ResumeWait
       \/ ResumeBacklog
    /\ ~cl'[tc].runnable

(* A wake-up of the original hands nothing over: between wakeup() and the test in the sleeper's loop somebody quicker may read in
   place of a failed load (subs: h1lk), start the next write (173-178), take the interlock (777-780, 836-839), or fill the
   backlog (1993-1997). So a woken ticket may look again for ever and always in vain, unless whoever finds the way open again
   and again passes some time: strong fairness. *)
SleepersGetThrough == \A sc \in Clients : SF_vars(GetsThrough(sc))

(* A handle may open its next modification before it closes the one before and so stay inside for ever, although it closes one
   again and again; strong fairness of the last closing excludes that. *)
ModifiersLeave == \A lc \in Clients : SF_vars(cl[lc].mods = 1 /\ Closes(lc))

WeakSpec == Spec /\ DeviceAnswers /\ ClientsGoOn
FairSpec == WeakSpec /\ SleepersGetThrough /\ ModifiersLeave

-----------------------------------------------------------------------------
(* P1: Every issued write completes (1075-1163), *)
WritesEnd == \A wb \in Bufs : (io[wb].running ~> ~io[wb].running)

(* and whoever waits for one returns (166-181, 1145-1148). *)
WaitersRun == \A wc \in Clients : (cl[wc].at = "wait" ~> cl[wc].at # "wait")

(* P2: Every barrier returns, however many placemarkers are chained (206-223, 1133-1140). *)
BarriersReturn == \A bc \in Clients : (cl[bc].at = "waitAll" ~> cl[bc].at # "waitAll")

(* P3: A write interlock that is asked for is granted (830-842; repair D35). *)
InterlockIsGranted == \A ic \in Clients : (cl[ic].at = "interlock" ~> cl[ic].interlock)

(* P4: A modification that an interlock stopped goes on (770-806, 844-853). *)
ModifierResumes == \A oc \in Clients : (cl[oc].at \in {"modify", "regetblk", "cover"} ~> cl[oc].at = "hold")

(* Every load ends, and whoever queued for its buffer gets it or is told (300-378; subs: hammer_ref_interlock). *)
LoadsEnd == \A lc1 \in Clients : (cl[lc1].at \in {"get", "load", "failed"} ~> cl[lc1].at \in {"hold", "idle"})

(* Every release and unload that waits for a write ends (556-558). *)
ReleasesEnd == \A rc1 \in Clients : (cl[rc1].at = "release" ~> cl[rc1].at = "idle")

(* Every sync returns or is told of the failure (1961-1989). *)
SyncsReturn == \A fc1 \in Clients : (cl[fc1].at \in {"flushSync", "flushFailed"} ~> cl[fc1].at = "idle")

(* Whoever waits until less is being written gets on (1993-1997). *)
ThrottleOpens == \A kc \in Clients : (cl[kc].at = "backlog" ~> cl[kc].at = "idle")
=============================================================================
