-------------------------- MODULE DirectIoProps --------------------------
(* Claims about single steps of the direct machine, one sentence each, under the name that the catalogue knows. The kit's   *)
(* model checks the same claims on every step.                                                                             *)
EXTENDS DirectIo

(* The bio of this front ends in the step. *)
Ends(ended) == InFlight(front[ended].at) /\ ~InFlight(front'[ended].at)

(* The site that it is concerned with is loaded in the step, or cannot be. *)
IsServed(served) ==
    /\ DeviceReadDone \/ DeviceReadDoneError
    /\ site[front[served].from].alias = "loading"
    /\ site'[front[served].from].alias # "loading"

(* Who may end a bio, by the place that the front is at. *)
IsAnswered(told) ==
    CASE front[told].at \in {"translated", "syncing"} -> ResumeRead \/ ResumeReadError
      [] front[told].at = "reading" -> DirectReadDone \/ DirectReadDoneError
      [] front[told].at \in {"copying", "loading"} -> IsServed(told)
      [] front[told].at = "replacing" -> ResumeWrite \/ ResumeWriteError
      [] front[told].at = "writing" -> DirectWriteDone \/ DirectWriteDoneError

(* The front writes. *)
IsWrite(way9) == way9 \in {"large", "small"}

(* I46: A bio ends exactly in the step that answers it, no other bio ends beside it unless both waited for the same site, and
   until then no other bio takes its place (1470, 1479, 1553, 1563, 1621, 1756, 1771, 1814). *)
OneCompletion ==
    [][/\ \A f46 \in Fronts : (Ends(f46) => IsAnswered(f46))
       /\ \A e46 \in Fronts : \A g46 \in Fronts : ((e46 # g46 /\ Ends(e46) /\ Ends(g46)) =>
             (front[e46].from = front[g46].from /\ site[front[e46].from].alias = "loading"))
       /\ \A h46 \in Fronts : ((InFlight(front[h46].at) /\ InFlight(front'[h46].at)) =>
             (/\ IsWrite(front'[h46].how) = IsWrite(front[h46].how)
              /\ (IsWrite(front[h46].how) => front'[h46].how = front[h46].how)
              /\ front'[h46].version = front[h46].version))]_vars

(* H19: After a critical error no write begins and nothing enters the media index; the error is for good (1806-1813). *)
RefusedAfterCritical == [][(crit => (crit' /\ next' = next /\ index' = index))]_vars
=============================================================================
