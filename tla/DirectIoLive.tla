--------------------------- MODULE DirectIoLive ---------------------------
(* What comes to pass in the direct machine in the end, if everybody does his part. Without fairness only the possibility   *)
(* remains that each wait ends; the kit's model checks that.                                                                *)
EXTENDS DirectIo

(* The device answers every request, well or badly. *)
DeviceAnswers ==
    /\ \A af \in Fronts :
         /\ WF_vars((DirectReadDone \/ DirectReadDoneError) /\ front[af].at = "reading" /\ front'[af].at # "reading")
         /\ WF_vars((DirectWriteDone \/ DirectWriteDoneError) /\ front[af].at = "writing" /\ front'[af].at # "writing")
    /\ \A as1 \in Sites :
         /\ WF_vars(/\ DeviceReadDone \/ DeviceReadDoneError
                    /\ site[as1].alias = "loading"
                    /\ site'[as1].alias # "loading")
         /\ WF_vars(/\ DeviceWriteDone \/ DeviceWriteDoneError
                    /\ site[as1].alias = "writing"
                    /\ site'[as1].alias # "writing")

(* Whoever may go on looks again, whatever he finds: the read that waited, the write that waited, the backend. *)
SleepersLookAgain ==
    /\ \A lf \in Fronts :
         /\ WF_vars((ResumeRead \/ ResumeReadIo \/ ResumeReadWait \/ ResumeReadError) /\ front'[lf] # front[lf])
         /\ WF_vars((ResumeWrite \/ ResumeWriteIo \/ ResumeWriteWait \/ ResumeWriteError) /\ front'[lf] # front[lf])
    /\ \A ls1 \in Sites :
         WF_vars((ResumeCommit \/ ResumeCommitAgain \/ ResumeCommitError) /\ site[ls1].backend /\ ~site'[ls1].backend)

(* A read that waited finds the data at rest. The reblocker may move it again, and so make it dirty, each time before the read
   looks; who finds it at rest again and again reads it some time: strong fairness. *)
ReadersGetThrough ==
    \A tf \in Fronts :
        SF_vars(/\ ResumeRead \/ ResumeReadIo \/ ResumeReadError
                /\ front[tf].at = "syncing"
                /\ front'[tf].at # "syncing")

WeakSpec == Spec /\ DeviceAnswers /\ SleepersLookAgain
FairSpec == WeakSpec /\ ReadersGetThrough

-----------------------------------------------------------------------------
(* P9: Every direct write is over some time (1789-1827), *)
DirectWritesEnd == \A ws1 \in Sites : (site[ws1].io ~> ~site[ws1].io)

(* and the backend that waits for one goes on (1840-1874). *)
BackendGoesOn == \A bs1 \in Sites : ((site[bs1].wait \/ site[bs1].backend) ~> (~site[bs1].wait /\ ~site[bs1].backend))

(* Whoever reads or writes a front is answered (1474-1480, 1621, 1756, 1814). *)
FrontsComeToRest == \A rf1 \in Fronts : (InFlight(front[rf1].at) ~> ~InFlight(front[rf1].at))
=============================================================================
