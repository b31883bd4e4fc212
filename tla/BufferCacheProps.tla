-------------------------- MODULE BufferCacheProps --------------------------
(* Claims about single steps, one sentence each, under the name that the catalogue knows. The kit's model checks the same  *)
(* claims on every step.                                                                                                   *)
(*                                                                                                                         *)
(* Which action a step is shows in what it changes; where that leaves a doubt, the action stands in the formula. [][A]_vars *)
(* does not look at steps that leave all variables as they were. Where such a step can break a claim, another part of it    *)
(* asks every state in which the step is ENABLED, which is as much, since the state after it is the same.                  *)
EXTENDS BufferCache, TLC

(* Clients differ in nothing but their names. For configurations that take one state for all that differ only so. *)
Interchangeable == Permutations(Clients)

(* The io had a buffer and has none any more. *)
LosesBuffer(lb) == io[lb].bp /\ ~io'[lb].bp

(* A write of the block starts, or ends. *)
WriteStarts(sb) == ~io[sb].running /\ io'[sb].running
WriteEnds(eb) == io[eb].running /\ ~io'[eb].running

(* Nobody refers to the io, nobody interlocks it. *)
IsUnclaimed(ub) == io[ub].refs = 0 /\ io[ub].owner = None

-----------------------------------------------------------------------------
(* I11: A buffer is detached only when nobody has a handle on it, no write of it is in flight, and it is clean or its contents
   are being given up (118-120, 127-129). *)
DisassociateIsSafe ==
    [][\A b11 \in Bufs : (LosesBuffer(b11) =>
          (/\ ~io'[b11].running
           /\ ~(\E c11 \in Clients : cl'[c11].io = b11 /\ cl'[c11].at \in HandlePlaces)
           /\ (io[b11].running => (WriteDone \/ WriteDoneError))
           /\ (io[b11].modified => (DelBuffer \/ Unload))))]_vars

(* I12: A structure is destroyed only when it has no buffer, no reference and no pending work, stands on no list, and no client
   is concerned with it (985, 1000-1006). *)
FreedIsBare ==
    [][\A b12 \in Bufs : ((io[b12].exists /\ ~io'[b12].exists) =>
          (/\ io'[b12].refs = 0
           /\ ~io'[b12].bp
           /\ io'[b12].owner = None
           /\ io'[b12].modRoot = "none"
           /\ ~(\E c12 \in Clients : cl'[c12].io = b12)
           /\ ~(\E i12 \in 1..Len(iorun') : iorun'[i12] = b12)
           /\ ~io[b12].gencrc
           /\ ~io[b12].ioerror
           /\ (io[b12].modified => (DelBuffer \/ Unload))))]_vars

(* I14: Bytes change only under an open modification of a held, dirty buffer that is not being written (785-799, 801-804). A
   change may leave the state as it is. *)
BytesChangeOnlyOpen ==
    /\ []((ENABLED Change) => (\E e14 \in Clients : cl[e14].at = "hold" /\ cl[e14].mods > 0))
    /\ [](\A c14 \in Clients : (cl[c14].mods > 0 =>
            (/\ io[cl[c14].io].modifyRefs > 0
             /\ io[cl[c14].io].bp
             /\ io[cl[c14].io].modified
             /\ ~io[cl[c14].io].released
             /\ ~io[cl[c14].io].running)))
    /\ [][\A b14 \in Bufs : ((~io[b14].gencrc /\ io'[b14].gencrc) =>
            (\E d14 \in Clients : cl[d14].at = "hold" /\ cl[d14].mods > 0 /\ cl[d14].io = b14))]_vars

(* I15: A write starts only on a modified buffer that nobody is modifying (679-680, 1342). *)
IssueWithoutModifiers ==
    [][\A b15 \in Bufs : (WriteStarts(b15) => (io[b15].modified /\ io[b15].modifyRefs <= 0))]_vars

(* I16: The kernel writes or takes a buffer exactly when the io has neither references nor an interlock owner; otherwise it is
   refused and the buffer marked. A completion grants an earlier wish under the same condition (1156-1160, 1193-1199,
   1320-1325). A second refusal leaves the state as it is. *)
KernelNeedsNoReferences ==
    /\ []((ENABLED (WriteBackRefused /\ UNCHANGED vars)) => (\E r16 \in Bufs : io[r16].delwri /\ ~IsUnclaimed(r16)))
    /\ [][\A b16 \in Bufs :
            /\ ((LosesBuffer(b16) /\ Recycle) => IsUnclaimed(b16))
            /\ ((WriteStarts(b16) /\ (WriteBack \/ ClusterPull)) => IsUnclaimed(b16))
            /\ ((~io[b16].locked /\ io'[b16].locked /\ ~WriteStarts(b16)) => ~IsUnclaimed(b16))
            /\ ((LosesBuffer(b16) /\ WriteEnds(b16) /\ Leaver(b16) = None) => IsUnclaimed(b16))]_vars

(* I20: The kernel asks for a buffer only when it is not locked and not being written; a completion that leaves it locked
   leaves it referenced (1130, 1156-1159, 1192). A refusal marks what was not marked, so none leaves the state as it is. *)
DeallocateIsLegal ==
    /\ [](~(ENABLED (RecycleRefused /\ UNCHANGED vars)))
    /\ [][\A b20 \in Bufs :
            /\ ((LosesBuffer(b20) /\ (Recycle \/ LowMemoryRelease)) => (~io[b20].locked /\ ~io[b20].running))
            /\ ((~io[b20].locked /\ io'[b20].locked /\ RecycleRefused) => (io[b20].bp /\ ~io[b20].running))
            /\ ((io[b20].locked /\ WriteEnds(b20)) => (io'[b20].locked => io'[b20].refs > 0))]_vars

(* What is detached in this step is dropped: it was to be reclaimed, or the kernel takes it, or it is invalidated or unloaded. *)
ContentsDropped(db) ==
    \/ io[db].reclaim
    \/ Recycle
    \/ LowMemoryRelease
    \/ (~io'[db].exists /\ (DelBuffer \/ Unload))
    \/ (WriteEnds(db) /\ (\E qc \in Clients : cl[qc].io = db /\ cl[qc].at = "release" /\ cl[qc].closing))

(* I25: The wish to drop a buffer is fulfilled when it is detached, and then the device cache keeps nothing; without the wish a
   detached buffer stays there unless it was invalidated or taken. The wish ends only there or when the buffer is modified
   again (140-143, 704-705). *)
ReclaimIsConsumed ==
    [][\A b25 \in Bufs :
          /\ (LosesBuffer(b25) =>
                (/\ ~io'[b25].reclaim
                 /\ io'[b25].residue = (IF ContentsDropped(b25) THEN "none" ELSE "cached")))
          /\ ((io[b25].reclaim /\ ~io'[b25].reclaim /\ ~LosesBuffer(b25)) => (io'[b25].modified /\ ~io[b25].modified))]_vars

(* I33: When a failed write is over, the mount already knows of the critical error (1103-1108, 1130). *)
ErrorBeforeDone == [][(WriteDoneError => crit')]_vars

-----------------------------------------------------------------------------
IsOn(entry, list) == \E i34 \in 1..Len(list) : list[i34] = entry

(* What stands in front of an entry of a run list. *)
InFrontOf(entry, list) == {list[p34] : p34 \in {q34 \in 1..Len(list) : \E r34 \in (q34 + 1)..Len(list) : list[r34] = entry}}

(* I34: A barrier starts behind everything on the run list, nothing ever gets in front of it, and it returns only from the head:
   every write that was in flight at its start has completed (199-203, 212-215, 745). One that returns at once leaves the state
   as it is. *)
BarrierSawAll ==
    /\ []((ENABLED IoWaitAll) => iorun = <<>>)
    /\ [][\A c34 \in Clients :
            /\ ((~IsOn(c34, iorun) /\ IsOn(c34, iorun')) =>
                  (\A e34 \in 1..Len(iorun) : iorun[e34] \in InFrontOf(c34, iorun')))
            /\ ((IsOn(c34, iorun) /\ IsOn(c34, iorun')) => (InFrontOf(c34, iorun') \subseteq InFrontOf(c34, iorun)))
            /\ ((IsOn(c34, iorun) /\ ~IsOn(c34, iorun') /\ ResumeWaitAll) => iorun[1] = c34)]_vars

(* H5: While another client waits for the write interlock, a handle that is not inside a modification and has none counted does
   not enter one (777-780, 836-839; repair D35). *)
InterlockIsNotOvertaken ==
    [][\A c35 \in Clients :
          ((/\ cl[c35].at \in {"hold", "modify"}
            /\ cl[c35].mods = 0
            /\ (\E w35 \in Clients : w35 # c35 /\ cl[w35].at = "interlock" /\ cl[w35].io = cl[c35].io)) =>
              (cl'[c35].mods = 0 /\ cl'[c35].at # "regetblk"))]_vars

(* H8: A sync that answers done has made durable every write that completed before it was called: at once when nothing is
   volatile, else after a successful flush of each volume that was issued later than those completions (1968-1988; repairs D2
   and D4). One that is done at once leaves the state as it is. *)
SyncCoversCompleted ==
    /\ []((ENABLED IoFlushSync) => (\A t8 \in Vols : vol[t8].volatile = "none"))
    /\ [][\A c8 \in Clients :
            /\ \A v8 \in Vols :
                 /\ ((cl[c8].at # "flushSync" /\ cl'[c8].at = "flushSync") =>
                       (/\ (vol[v8].volatile # "none" => cl'[c8].needs[v8] > 0)
                        /\ ((vol[v8].volatile = "exposed" /\ cl'[c8].needs[v8] = 1) => vol'[v8].volatile = "covered")))
                 /\ ((cl[c8].at = "flushSync" /\ cl'[c8].at = "flushSync" /\ cl'[c8].needs[v8] # cl[c8].needs[v8]) =>
                       (cl'[c8].needs[v8] = cl[c8].needs[v8] - 1 /\ FlushDone /\ vol'[v8] # vol[v8]))
            /\ ((cl[c8].at = "flushSync" /\ cl'[c8].at = "idle" /\ ResumeFlushSync) => (\A u8 \in Vols : cl[c8].needs[u8] = 0))]_vars

(* H9: A failed device flush stays failed, and a critical error is never taken back (1091-1095, 1986). *)
FailedIsForGood ==
    [][/\ (crit => crit')
       /\ \A v9 \in Vols : (vol[v9].flush = "failed" => vol'[v9].flush = "failed")]_vars
=============================================================================
