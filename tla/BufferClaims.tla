---------------------------- MODULE BufferClaims ----------------------------
(* What holds in every reachable state, one sentence each, under the name that the catalogue knows (ids I1-I48 are those of  *)
(* the study of the original, ids H1-H11 are ours). Claims about steps are in BufferCacheProps, progress in BufferCacheLive.     *)
EXTENDS BufferState

Places == {"idle", "get", "load", "failed", "hold", "modify", "regetblk", "cover", "interlock", "wait", "release",
           "waitAll", "flushSync", "flushFailed", "backlog"}

(* Places at which a client has a handle, and those at which it counts one reference of its block. *)
HandlePlaces == {"hold", "modify", "regetblk", "cover", "interlock", "wait"}
CountingPlaces == HandlePlaces \cup {"get", "load"}

RefsMax == Cardinality(Clients) + Cardinality(Bufs) + 2

IoRecords == [
    exists : BOOLEAN, refs : 0..RefsMax, owner : Clients \cup {None}, check : BOOLEAN, wanted : BOOLEAN,
    bp : BOOLEAN, reading : BOOLEAN, ondisk : BOOLEAN, released : BOOLEAN, modified : BOOLEAN, running : BOOLEAN,
    waiting : BOOLEAN, modifyRefs : (0 - 1)..(Cardinality(Clients) * (ModsMax + 1)), waitmod : BOOLEAN, waitdep : BOOLEAN,
    reclaim : BOOLEAN, ioerror : BOOLEAN, gencrc : BOOLEAN, locked : BOOLEAN, delwri : BOOLEAN, notmeta : BOOLEAN,
    modRoot : {"none", "volu", "meta", "undo", "data", "loose"}, residue : {"none", "ahead", "cached"}]

ClientRecords == [
    at : Places, io : Bufs \cup {None}, runnable : BOOLEAN, how : {"read", "ahead", "new"}, wantsUndo : BOOLEAN,
    closing : BOOLEAN, mods : 0..ModsMax, interlock : BOOLEAN, bare : BOOLEAN, needs : [Vols -> 0..2]]

VolumeRecords == [
    flush : {"clean", "dirty", "flushing", "flushingDirty", "failed"}, volatile : {"none", "covered", "exposed"}]

(* Every variable has its shape. *)
TypeOK ==
    /\ \A t1 \in Bufs : io[t1] \in IoRecords
    /\ \A t2 \in Clients : cl[t2] \in ClientRecords
    /\ \A t3 \in Vols : vol[t3] \in VolumeRecords
    /\ \A t4 \in 1..Len(iorun) : iorun[t4] \in Bufs \cup Clients
    /\ crit \in BOOLEAN
    /\ lockedExtra \in 0..9

(* How often something stands on the run list. *)
Entries(what) == Cardinality({en \in 1..Len(iorun) : iorun[en] = what})

-----------------------------------------------------------------------------
(* I1: A modified io is on the dirty list of its type, and no other io is on one (801-804, 944-952). *)
ModifiedOnItsList ==
    \A k1 \in Bufs : IF io[k1].modified THEN io[k1].modRoot = ListOf(k1) ELSE io[k1].modRoot \in {"none", "loose"}

(* I2: An io on the loose list has no buffer, is neither dirty nor being written, and is no volume (1215-1221). *)
LooseIsDetached ==
    \A k2 \in Bufs : (io[k2].modRoot = "loose" =>
        (io[k2].exists /\ ~io[k2].bp /\ ~io[k2].modified /\ ~io[k2].running /\ k2 \notin VolBufs))

(* I3: An io that is being written is released, has its buffer, and is on the run list exactly once (741-747, 1354-1357). *)
RunningIsOnRunList == \A k3 \in Bufs : (io[k3].running => (io[k3].released /\ io[k3].bp /\ Entries(k3) = 1))

(* I4: The run list holds ios that are being written and one placemarker of each client in a barrier, nothing else (212, 745). *)
RunListHoldsRunning ==
    /\ \A k4 \in Bufs : (Entries(k4) > 0 => io[k4].running)
    /\ \A k5 \in Clients : Entries(k5) = (IF cl[k5].at = "waitAll" THEN 1 ELSE 0)

(* I5: No io is dirty and being written at once: a change made meanwhile could not be told (796-804, 1342-1354). *)
ModifiedExcludesRunning == \A k6 \in Bufs : ~(io[k6].modified /\ io[k6].running)

(* I6: A buffer that is held and not released is in somebody's use or is dirty, and is not being written: on no queue could the
   kernel find it (369-373, 797-799). Dirty DATA too can be held by nobody: dropping the pin at close is no release (254-257). *)
HeldIsOffQueue ==
    \A k7 \in Bufs : ((io[k7].bp /\ ~io[k7].released) =>
        (~io[k7].running /\ (io[k7].refs > 0 \/ io[k7].modified)))

(* I7: Dirty META and headers are held, never in the kernel's hands: only the flusher may write them (580-599, 1300). *)
DirtyMetaIsHeld ==
    \A k8 \in Bufs : ((io[k8].modified /\ ~KernelMayWrite(k8)) => (io[k8].bp /\ ~io[k8].released /\ ~io[k8].delwri))

(* I8: A block is in one place at most: in the buffer of its one io, being read into it, or left in the device cache (129, 365). *)
OneIoPerBuffer ==
    \A k9 \in Bufs :
        /\ ((io[k9].bp \/ io[k9].reading) => (io[k9].exists /\ io[k9].residue = "none"))
        /\ ~(io[k9].bp /\ io[k9].reading)

(* I10: Bytes may be used only while a buffer is attached, and may be used by whoever has a reference that needs no interlock;
   a header's are out of use while nobody refers to it (145-157, ondisk:470). *)
OndiskNeedsBuffer ==
    \A k10 \in Bufs :
        io[k10].ondisk = (io[k10].bp /\ (k10 \notin VolBufs \/ (io[k10].refs > 0 /\ ~io[k10].check)))

(* I13: modifyRefs is -1 while one handle owns the write interlock, else the number of open modifications and of those that
   wait counted for their buffer (680, 812, 840, 847). *)
InterlockCount ==
    \A k11 \in Bufs :
        LET inside == {p1 \in Clients : cl[p1].io = k11 /\ cl[p1].interlock}
            opened == {<<p2, p3>> \in Clients \X (1..ModsMax) : cl[p2].io = k11 /\ p3 <= cl[p2].mods}
            coming == {p4 \in Clients : cl[p4].io = k11 /\ cl[p4].at = "regetblk"}
        IN IF inside = {} THEN io[k11].modifyRefs = Cardinality(opened) + Cardinality(coming)
           ELSE Cardinality(inside) = 1 /\ io[k11].modifyRefs = 0 - 1 /\ opened = {} /\ coming = {}

(* I19: Only an attached buffer can be locked (136-139, 487). *)
LockedHasBuffer == \A k12 \in Bufs : (io[k12].locked => io[k12].bp)

(* I21: The count of locked buffers is their number (137, 707, 1157, 1198, 1321; without repair D11 it is not). *)
LockedCount == lockedExtra = 0

(* I22: Locked dirty space, the members of the META and header lists, is that of the modified META and headers (945, 1023). *)
LockedDirtySpace ==
    Cardinality({m1 \in Bufs : io[m1].modRoot \in {"volu", "meta"}})
        = Cardinality({m2 \in VolBufs \cup MetaBufs : io[m2].modified})

(* I23: Running space, the ios on the run list, is that of the ios being written (742, 1128, 1355). *)
RunningSpace == BlocksRunning = Cardinality({m3 \in 1..Len(iorun) : iorun[m3] \in Bufs})

(* I24: Read space is that of the loads in flight: each has its loader (307, 318). *)
RunningRead ==
    Cardinality({m4 \in Bufs : io[m4].reading}) = Cardinality({m5 \in Clients : cl[m5].at = "load"})

(* I26: CHECK on an io without references means that somebody interlocks it (subs: hammer_rel_interlock_done). *)
CheckNeedsInterlock == \A k13 \in Bufs : ((io[k13].check /\ io[k13].refs = 0) => io[k13].owner # None)

(* I27: The interlock of an io has at most one owner, which loads it or waits in its release. *)
OneInterlockOwner ==
    \A k14 \in Bufs : {p5 \in Clients : cl[p5].io = k14 /\ cl[p5].at \in {"load", "release"}}
        = (IF io[k14].owner = None THEN {} ELSE {io[k14].owner})

(* I28: An io that has a buffer, or reads one, is off the loose list (ondisk:590, ondisk:974). *)
AttachedIsNotLoose == \A k15 \in Bufs : ((io[k15].bp \/ io[k15].reading) => io[k15].modRoot # "loose")

(* I29: Pending CRC work is work on META and holds a reference (959-982). *)
PendingCrcHoldsReference == \A k16 \in Bufs : (io[k16].gencrc => (k16 \in MetaBufs /\ io[k16].refs > 0))

(* I30: CRC work is done before the write: what has some pending is dirty and not being written (978-979). *)
CrcDoneBeforeWrite == \A k17 \in Bufs : (io[k17].gencrc => (io[k17].modified /\ ~io[k17].running))

(* I31: A write error pins a buffer by a reference, never UNDO, and is a critical error (1103-1116). *)
PinnedHasReference == \A k18 \in Bufs : (io[k18].ioerror => (io[k18].refs > 0 /\ k18 \notin UndoBufs /\ crit))

(* I48: A volume that claims to be clean has nothing volatile, and one that is being flushed nothing that the flush does not
   cover (748, 1735, 1970; without repairs D2 and D4 it may). *)
FlushMarkTellsTruth ==
    \A k19 \in Vols :
        /\ (vol[k19].flush = "clean" => vol[k19].volatile = "none")
        /\ (vol[k19].flush = "flushing" => vol[k19].volatile # "exposed")

-----------------------------------------------------------------------------
(* H1: waitdep lasts as long as the wait that it asks for: the io is being written and interlocked (repair D30). *)
WaitdepEndsWithWait == \A k20 \in Bufs : (io[k20].waitdep => (io[k20].running /\ io[k20].owner # None))

(* H2: A buffer that is dirty again is not to be dropped (repair D30). *)
ReclaimExcludesModified == \A k21 \in Bufs : ~(io[k21].reclaim /\ io[k21].modified)

(* H3: A pin pins a buffer (repair D39). *)
PinnedHasBuffer == \A k22 \in Bufs : (io[k22].ioerror => io[k22].bp)

(* H4: No open modification lacks the UNDO record that it wanted (repair D9). *)
UndoCoversOpenModification == \A k23 \in Clients : ~cl[k23].bare

(* H5 as far as a state can tell: a woken interlock meets no modification, for it is woken when the last one closes and none
   may open before it looks again (repair D35). Two interlocks and a modifier break it by a cancel, which wakes all, so
   three-modifiers does not ask it. The step form is InterlockIsNotOvertaken in BufferCacheProps. *)
WokenInterlockIsNotOvertaken ==
    \A k24 \in Clients : ((cl[k24].at = "interlock" /\ cl[k24].runnable) => io[cl[k24].io].modifyRefs <= 0)

(* H6: A buffer that the kernel holds for writing is dirty in the layer too. *)
DelayedWriteIsDirty == \A k25 \in Bufs : (io[k25].delwri => io[k25].modified)

(* H7: Whoever has a handle sees a loaded buffer that nobody interlocks. *)
HandleSeesLoadedBuffer ==
    \A k26 \in Clients : (cl[k26].at \in HandlePlaces =>
        (/\ io[cl[k26].io].bp
         /\ io[cl[k26].io].ondisk
         /\ io[cl[k26].io].owner = None
         /\ io[cl[k26].io].refs > 0))

(* H10: Every reference has an owner: a client, a pin, pending CRC work, or (of a header) a buffer on the volume. *)
RefsAreOwned ==
    \A k27 \in Bufs :
        io[k27].refs = Cardinality({p6 \in Clients : cl[p6].io = k27 /\ cl[p6].at \in CountingPlaces})
                       + (IF io[k27].ioerror THEN 1 ELSE 0)
                       + (IF io[k27].gencrc THEN 1 ELSE 0)
                       + (IF k27 \in VolBufs
                          THEN Cardinality({m6 \in Bufs \ VolBufs : VolOf(m6) = VolOf(k27) /\ io[m6].exists})
                          ELSE 0)

(* The composite states of an io, by the fields that tell them apart. *)
IsAbsent(st) == ~st.exists /\ st = [NoIo EXCEPT !.residue = st.residue]
IsUnloaded(st) == st.exists /\ ~st.bp /\ ~st.modified /\ ~st.running /\ ~st.delwri /\ st.modRoot = "none"
IsLoose(st) == st.exists /\ ~st.bp /\ ~st.modified /\ ~st.running /\ ~st.delwri /\ st.released /\ st.modRoot = "loose"
IsHeldClean(st) == st.bp /\ ~st.released /\ ~st.modified /\ ~st.running /\ ~st.delwri /\ st.modRoot = "none"
IsHeldDirty(st) == st.bp /\ ~st.released /\ st.modified /\ ~st.running /\ st.modRoot \notin {"none", "loose"}
IsPassiveDirty(st) == st.bp /\ st.released /\ st.modified /\ ~st.running /\ st.delwri /\ st.modRoot \in {"data", "undo"}
IsWriting(st) == st.bp /\ st.released /\ ~st.modified /\ st.running /\ ~st.delwri /\ st.modRoot = "none"
IsPassiveClean(st) == st.bp /\ st.released /\ ~st.modified /\ ~st.running /\ ~st.delwri /\ st.modRoot = "none"

(* H11: Every io is absent, unloaded, loose, held clean, held dirty, passive dirty, being written, or passive clean. *)
StateIsNamed ==
    \A k28 \in Bufs :
        \/ IsAbsent(io[k28])
        \/ IsUnloaded(io[k28])
        \/ IsLoose(io[k28])
        \/ IsHeldClean(io[k28])
        \/ IsHeldDirty(io[k28])
        \/ IsPassiveDirty(io[k28])
        \/ IsWriting(io[k28])
        \/ IsPassiveClean(io[k28])

(* H12: The notes about sleepers are true: wanted, waiting and waitmod are set while somebody sleeps on the interlock,
   the write and modifyRefs, and only then. A lost wake-up would leave a sleeper without its note. *)
NotesTellWhoSleeps ==
    \A k29 \in Bufs :
        /\ io[k29].wanted = (\E p7 \in Clients : cl[p7].io = k29 /\ cl[p7].at = "get" /\ ~cl[p7].runnable)
        /\ io[k29].waiting = (\E p8 \in Clients : cl[p8].io = k29 /\ cl[p8].at \in {"wait", "release"} /\ ~cl[p8].runnable)
        /\ io[k29].waitmod = (\E p9 \in Clients : cl[p9].io = k29 /\ cl[p9].at \in {"modify", "interlock"} /\ ~cl[p9].runnable)

(* H13: A placemarker at the head of the run list belongs to a client that is awake: nothing will wake it later (212-223,
   1136-1139). *)
HeadBarrierIsAwake ==
    IF iorun = <<>> THEN TRUE
    ELSE IF iorun[1] \in Clients THEN cl[iorun[1]].runnable ELSE TRUE
=============================================================================
