---------------------------- MODULE BufferKernel ----------------------------
(* What the kernel asks of passive buffers, in any order: recycle a clean one, write a delayed one back, pull one into a   *)
(* cluster. It is allowed what nobody refers to and interlocks; for the rest it leaves B_LOCKED as a note.                 *)
EXTENDS BufferState

(* A daemon may interlock the io: no reference, no owner (subs: hammer_try_interlock_norefs; 1193, 1320). *)
Unclaimed(free) == free.refs = 0 /\ free.owner = None

(* The io whose buffer the kernel may want for something else: passive and clean, not asked for already (vfs_bio: getnewbuf). *)
CleanPassive(blk) ==
    IF io[blk].bp /\ io[blk].released /\ ~io[blk].running /\ ~io[blk].delwri /\ ~io[blk].locked THEN {io[blk]} ELSE {}

(* The io whose buffer the kernel may write: passive and delayed, not on its way already (vfs_bio: flushbufqueues). *)
Delayed(blk) ==
    IF io[blk].bp /\ io[blk].released /\ ~io[blk].running /\ io[blk].delwri THEN {io[blk]} ELSE {}

(* The same for the clustering of a write in flight on the volume; it passes over locked buffers (vfs_cluster: cluster_wbuild). *)
Neighbour(blk) ==
    IF \E nb \in Bufs : nb # blk /\ VolOf(nb) = VolOf(blk) /\ io[nb].running
    THEN (IF io[blk].locked THEN {} ELSE Delayed(blk))
    ELSE {}

-----------------------------------------------------------------------------
(* A clean passive buffer is taken for something else; its structure becomes loose (1182-1228, vfs_bio: getnewbuf). *)
Recycle ==
    /\ "recycle" \in Acts
    /\ \E b \in Bufs : \E old \in CleanPassive(b) :
         /\ Unclaimed(old)
         /\ io' = [io EXCEPT ![b] = Loosened(Disassociated(old, TRUE), b)]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* The buffer is in use: marked, to be let go later (1193-1198). *)
RecycleRefused ==
    /\ "recycle" \in Acts
    /\ \E b \in Bufs : \E old \in CleanPassive(b) :
         /\ ~Unclaimed(old)
         /\ io' = [io EXCEPT ![b].locked = TRUE]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A daemon writes a delayed buffer: clean and on the run list before the kernel issues it, no mark on the volume (1290-1363;
   vfs_bio: flushbufqueues, vfs_subr: vfsync). *)
WriteBack ==
    /\ "writeBack" \in Acts
    /\ \E b \in Bufs : \E dirty \in Delayed(b) :
         /\ Unclaimed(dirty)
         /\ io' = [io EXCEPT ![b] = Issued(dirty, FALSE)]
         /\ iorun' = Append(iorun, b)
         /\ UNCHANGED <<cl, vol, crit, lockedExtra>>

(* The buffer is in use: marked. The original counts the mark although it may be there already (1321-1322: D11). *)
WriteBackRefused ==
    /\ "writeBack" \in Acts
    /\ \E b \in Bufs : \E dirty \in Delayed(b) :
         /\ ~Unclaimed(dirty)
         /\ io' = [io EXCEPT ![b].locked = TRUE]
         /\ lockedExtra' = IF dirty.locked /\ "D11" \notin Repairs THEN lockedExtra + 1 ELSE lockedExtra
         /\ UNCHANGED <<cl, vol, iorun, crit>>

(* A write in flight on the volume pulls a dirty neighbour into its cluster (1290-1363; vfs_cluster: cluster_wbuild). *)
ClusterPull ==
    /\ "clusterPull" \in Acts
    /\ \E b \in Bufs : \E dirty \in Neighbour(b) :
         /\ Unclaimed(dirty)
         /\ io' = [io EXCEPT ![b] = Issued(dirty, FALSE)]
         /\ iorun' = Append(iorun, b)
         /\ UNCHANGED <<cl, vol, crit, lockedExtra>>

(* The neighbour is in use: it stays where it is, marked (1320-1322; vfs_cluster: cluster_wbuild). *)
ClusterPullRefused ==
    /\ "clusterPull" \in Acts
    /\ \E b \in Bufs : \E dirty \in Neighbour(b) :
         /\ ~Unclaimed(dirty)
         /\ io' = [io EXCEPT ![b].locked = TRUE]
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* The hooks in which the layer has nothing to do; what matters is that they exist and change nothing. *)

(* Before an I/O starts (1059-1063). *)
IoStart ==
    /\ "ioStart" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars

(* fsync of the device (1233-1237). *)
IoFsync ==
    /\ "ioFsync" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars

(* sync of the mount (1246-1250). *)
IoSync ==
    /\ "ioSync" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars

(* Dependencies move between buffers (1256-1260). *)
IoMovedeps ==
    /\ "ioMovedeps" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars

(* May the kernel read ahead over this buffer: always (1278-1282). *)
IoCheckread ==
    /\ "ioCheckread" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars

(* Shall the kernel delay this write: never (1371-1375). *)
IoCountdeps ==
    /\ "ioCountdeps" \in Acts
    /\ \E b \in Bufs :
         /\ io[b].bp
         /\ UNCHANGED vars
=============================================================================
