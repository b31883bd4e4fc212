-------------------------- MODULE BufferCacheProps --------------------------
(* Claims about single steps, one sentence each, under the name that the catalogue knows. For TLC only, as PROPERTY: the   *)
(* embedded engine passes properties that do not hold. Where the effect tells enough the claim speaks of the effect; where *)
(* it depends on who acts it names the actions. SyncCoversCompleted needs a memory and stands in BufferCacheSync.          *)
EXTENDS BufferCache

(* An io loses its buffer in this step. *)
Detached(d1) == io[d1].bp /\ ~io'[d1].bp

(* The blocks that stand before the client's placemarker. *)
BlocksBefore(queue, marker) ==
    {qb \in Bufs : \E qi \in 1..Len(queue) : \E qj \in 1..Len(queue) : qi < qj /\ queue[qi] = qb /\ queue[qj] = marker}

-----------------------------------------------------------------------------
(* I11: An io is detached clean, not being written, released, and under nobody's handle; dirty contents go only with an
   invalidation or an unload (119-129). *)
DisassociateIsSafe ==
    [][\A s1 \in Bufs : (Detached(s1) =>
        (/\ ~io'[s1].modified /\ ~io'[s1].running /\ ~io'[s1].locked /\ ~io'[s1].delwri
         /\ (io'[s1].exists => io'[s1].released)
         /\ \A s2 \in Clients : ~(cl'[s2].io = s1 /\ cl'[s2].at \in HandlePlaces)
         /\ (io[s1].modified => (DelBuffer \/ Unload))))]_vars

(* I12: A structure is freed when at most the reference of the freer is left; no client and no list knows it afterwards
   (ondisk:1043-1064). *)
FreedIsBare ==
    [][\A s3 \in Bufs : ((io[s3].exists /\ ~io'[s3].exists) =>
        (/\ io[s3].refs <= 1
         /\ \A s4 \in Clients : cl'[s4].io # s3
         /\ \A s5 \in 1..Len(iorun') : iorun'[s5] # s3))]_vars

(* I14: Bytes change, and leave CRC work, only under an open modification of a held, dirty buffer that is not being written
   (785-799). *)
BytesChangeOnlyOpen ==
    [][\A s6 \in Bufs : ((io'[s6].gencrc /\ ~io[s6].gencrc) =>
        (io[s6].modified /\ ~io[s6].released /\ ~io[s6].running /\ io[s6].modifyRefs > 0))]_vars

(* I15: A write is issued for a dirty buffer that nobody is modifying (680). *)
IssueWithoutModifiers ==
    [][\A s7 \in Bufs : ((io'[s7].running /\ ~io[s7].running) => (io[s7].modified /\ io[s7].modifyRefs <= 0))]_vars

(* I16: The kernel takes or writes a buffer only if nobody refers to its io and nobody interlocks it (1193, 1320). *)
KernelNeedsNoReferences ==
    [][\A s8 \in Bufs : (((Recycle \/ WriteBack \/ ClusterPull) /\ io'[s8] # io[s8]) =>
        (io[s8].refs = 0 /\ io[s8].owner = None))]_vars

(* I20: A structure becomes loose when its buffer was clean and no longer being written, no longer locked, and unreferenced
   (1192, 1215-1221). *)
DeallocateIsLegal ==
    [][\A s9 \in Bufs : ((io'[s9].modRoot = "lose" /\ io[s9].modRoot # "lose") =>
        (/\ io[s9].bp /\ ~io[s9].modified
         /\ ~io'[s9].running /\ ~io'[s9].locked /\ io'[s9].refs = 0 /\ io'[s9].owner = None))]_vars

(* I25: What is to be dropped is dropped when its buffer goes, and not before unless it is dirty again (140-143). *)
ReclaimIsConsumed ==
    [][\A s10 \in Bufs :
        /\ ((Detached(s10) /\ io[s10].reclaim) => (~io'[s10].reclaim /\ io'[s10].residue = "none"))
        /\ ((io[s10].reclaim /\ ~io'[s10].reclaim) => (~io'[s10].bp \/ io'[s10].modified))]_vars

(* I33: When a failed write is over, the mount knows of the critical error (1104 before 1130). *)
ErrorBeforeDone ==
    [][/\ (WriteDoneError => crit')
       /\ \A s11 \in Bufs : ((io'[s11].ioerror /\ ~io[s11].ioerror) => crit')]_vars

(* I34: A barrier returns when no write stands before its placemarker any more, unless it is withdrawn; nothing ever gets before
   it, and what leaves from there has completed (212-214). *)
BarrierSawAll ==
    [][\A s12 \in Clients : (cl[s12].at = "waitAll" =>
        (/\ (cl'[s12].at # "waitAll" => (iorun[1] = s12 \/ Cancel))
         /\ (cl'[s12].at = "waitAll" =>
                (/\ BlocksBefore(iorun', s12) \subseteq BlocksBefore(iorun, s12)
                 /\ \A s13 \in BlocksBefore(iorun, s12) \ BlocksBefore(iorun', s12) : ~io'[s13].running))))]_vars

(* H5: While an interlock waits, no handle without an open modification opens one (repair D35). *)
InterlockIsNotOvertaken ==
    [][\A s14 \in Clients : \A s15 \in Clients :
        ((/\ cl[s14].at = "interlock" /\ cl[s14].io = cl[s15].io
          /\ cl[s15].mods = 0 /\ cl[s15].at # "regetblk") =>
            (cl'[s15].mods = 0 /\ cl'[s15].at # "regetblk"))]_vars

(* H9: A failed device flush stays failed, and a critical error is never taken back. *)
FailedIsForGood ==
    [][/\ (crit => crit')
       /\ \A s16 \in Vols : (vol[s16].flush = "failed" => vol'[s16].flush = "failed")]_vars
=============================================================================
