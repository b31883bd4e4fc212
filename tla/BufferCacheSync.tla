--------------------------- MODULE BufferCacheSync ---------------------------
(* What a device flush owes its caller. The claim speaks of what had completed before the call, so the machine gets a      *)
(* memory here that the other configurations are spared.                                                                   *)
EXTENDS BufferCache

VARIABLE
    owed  \* per client in flushSync and volume: where the writes are that had completed before its call: none, covered by the
          \* flush in flight, or exposed. What completes later is not owed.

syncVars == <<io, cl, vol, iorun, crit, lockedExtra, owed>>

(* The flush in flight on v ends well in this step: it is gone, or another one has taken its place. *)
FlushEnds(fe) == vol[fe].flush \in {"flushing", "flushingDirty"} /\ vol'[fe].flush \in {"clean", "dirty", "flushing"}
                 /\ vol'[fe].flush # vol[fe].flush

(* A flush is issued on v in this step. *)
FlushStarts(fs) == vol'[fs].flush = "flushing" /\ vol[fs].flush \in {"dirty", "flushingDirty"}

OwedAfter(debt, ov) ==
    LET left == IF FlushEnds(ov) /\ debt = "covered" THEN "none" ELSE debt
    IN IF FlushStarts(ov) /\ left = "exposed" THEN "covered" ELSE left

NothingOwed == [nc \in Clients |-> [nv2 \in Vols |-> "none"]]

SyncInit == Init /\ owed = NothingOwed

SyncNext ==
    /\ Next
    /\ owed' = [oc \in Clients |-> [ow \in Vols |->
                  IF cl'[oc].at # "flushSync" THEN "none"
                  ELSE IF cl[oc].at # "flushSync" THEN vol'[ow].volatile
                  ELSE OwedAfter(owed[oc][ow], ow)]]

SyncSpec == SyncInit /\ [][SyncNext]_syncVars

-----------------------------------------------------------------------------
(* H8: Where a device flush would answer `done`, at once or when resumed, all that had completed before the call is durable. *)
SyncCoversCompleted ==
    /\ \A hc \in Clients : (TicketRunnable(hc, "flushSync") => \A hv1 \in Vols : owed[hc][hv1] = "none")
    /\ ((~SomeVolumeFailed /\ \A hv2 \in Vols : FlushNeeded(vol[hv2]) = 0) => \A hv3 \in Vols : vol[hv3].volatile = "none")
=============================================================================
