---------------------------- MODULE BufferModify ----------------------------
(* Changing bytes: modifications, their UNDO records, and the write interlock that keeps them out.                         *)
(*                                                                                                                         *)
(* A modification makes the buffer dirty and held before a byte changes. Where UNDO is wanted it then waits for its record *)
(* (place `cover`), and only after that may bytes change. modifyRefs counts modifications from the moment they pass the    *)
(* interlock, also while they wait for a write in flight (place `regetblk`).                                               *)
EXTENDS BufferState

(* The interlock is held, or (repair D35) requested by somebody and this handle is not inside already (777-780). *)
Barred(who) ==
    \/ io[cl[who].io].modifyRefs < 0
    \/ /\ "D35" \in Repairs
       /\ cl[who].mods = 0
       /\ \E bc \in Clients : cl[bc].at = "interlock" /\ cl[bc].io = cl[who].io

(* The buffer is the kernel's until its write ends (796-797, regetblk). *)
InKernel(it) == it.released /\ it.running

(* Is this modification not counted in modifyRefs yet? *)
IsOutside(who) == cl[who].at # "regetblk"

(* Must it wait: before the interlock, or counted for the buffer? *)
MustWait(who) == (IsOutside(who) /\ Barred(who)) \/ InKernel(io[cl[who].io])

(* The io after the modification has opened: counted, taken back from the kernel, dirty whatever it was before (789-804). *)
Opened(taken, blk, more) == Dirtied([taken EXCEPT !.released = FALSE, !.modifyRefs = @ + more], ListOf(blk))

(* What an opening modification adds to modifyRefs. *)
Counts(who) == IF cl[who].at = "regetblk" THEN 0 ELSE 1

(* All clients after the modification has opened, or gone to wait for its UNDO record. *)
ClientsModified(who, place) ==
    [cl EXCEPT ![who].at = place, ![who].runnable = FALSE, ![who].wantsUndo = FALSE, ![who].mods = @ + 1]

(* The io after the modification went to sleep: uncounted before the interlock, or counted before the buffer. *)
Awaited(busy, isBarred, more) ==
    [busy EXCEPT !.waitmod = @ \/ isBarred, !.modifyRefs = IF isBarred THEN @ ELSE @ + more]

(* All clients after the modification went to sleep. *)
ClientsModifying(who, isBarred, undoToo) ==
    [cl EXCEPT ![who].at = IF isBarred THEN "modify" ELSE "regetblk", ![who].runnable = FALSE, ![who].wantsUndo = undoToo]

(* The block that the client may modify: held, not behind its own write interlock, within the bound. *)
ModifiableBy(who) ==
    IF cl[who].at = "hold" /\ ~cl[who].interlock /\ cl[who].mods < ModsMax THEN {cl[who].io} ELSE {}

(* The block that a woken modification waited for. *)
WokenModifier(who) == IF cl[who].at \in {"modify", "regetblk"} /\ cl[who].runnable THEN {cl[who].io} ELSE {}

(* The block whose modification by this client waits for its UNDO record. *)
CoveredBy(who) == IF cl[who].at = "cover" THEN {cl[who].io} ELSE {}

(* One modification less, and the last one wakes who sleeps on modifyRefs (808-818). *)
IosUnmodified(at) ==
    [io EXCEPT ![at].modifyRefs = @ - 1, ![at].waitmod = IF io[at].modifyRefs = 1 THEN FALSE ELSE @]

ClientsUnmodified(crowd1, at) ==
    IF io[at].modifyRefs = 1 THEN Woken(crowd1, at, {"modify", "interlock"}) ELSE crowd1

-----------------------------------------------------------------------------
(* A modification without UNDO opens: the buffer is dirty and held (770-806). *)
IoModify ==
    /\ "ioModify" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) :
         /\ ~Barred(c)
         /\ ~InKernel(io[b])
         /\ io' = [io EXCEPT ![b] = Opened(@, b, 1)]
         /\ cl' = ClientsModified(c, "hold")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* It waits for the interlock to go (777-780), or counted for the write in flight to end (797). *)
IoModifyWait ==
    /\ "ioModify" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) :
         LET isBarred == Barred(c)
         IN /\ isBarred \/ InKernel(io[b])
            /\ io' = [io EXCEPT ![b] = Awaited(@, isBarred, 1)]
            /\ cl' = ClientsModifying(c, isBarred, FALSE)
            /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A modification of META opens at once: no UNDO log is attached (883-897). *)
ModifyBuffer ==
    /\ "modifyBuffer" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap MetaBufs :
         /\ ~Barred(c)
         /\ ~InKernel(io[b])
         /\ ~UndoLog
         /\ io' = [io EXCEPT ![b] = Opened(@, b, 1)]
         /\ cl' = ClientsModified(c, "hold")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* It waits as any modification does, and will want its UNDO record then (883-897). *)
ModifyBufferWait ==
    /\ "modifyBuffer" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap MetaBufs :
         LET isBarred == Barred(c)
         IN /\ isBarred \/ InKernel(io[b])
            /\ io' = [io EXCEPT ![b] = Awaited(@, isBarred, 1)]
            /\ cl' = ClientsModifying(c, isBarred, TRUE)
            /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The buffer is dirty and held, and the old bytes are on their way to the UNDO log: first this, then the record, then the
   change (890-896). *)
ModifyBufferCover ==
    /\ "modifyBuffer" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap MetaBufs :
         /\ ~Barred(c)
         /\ ~InKernel(io[b])
         /\ UndoLog
         /\ io' = [io EXCEPT ![b] = Opened(@, b, 1)]
         /\ cl' = ClientsModified(c, "cover")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A modification of a volume header opens at once: no UNDO log is attached (861-875). *)
ModifyVolume ==
    /\ "modifyVolume" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap VolBufs :
         /\ ~Barred(c)
         /\ ~InKernel(io[b])
         /\ ~UndoLog
         /\ io' = [io EXCEPT ![b] = Opened(@, b, 1)]
         /\ cl' = ClientsModified(c, "hold")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* It waits as any modification does (861-875). *)
ModifyVolumeWait ==
    /\ "modifyVolume" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap VolBufs :
         LET isBarred == Barred(c)
         IN /\ isBarred \/ InKernel(io[b])
            /\ io' = [io EXCEPT ![b] = Awaited(@, isBarred, 1)]
            /\ cl' = ClientsModifying(c, isBarred, TRUE)
            /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* The header is dirty and held, and its UNDO record is on its way (868-874). *)
ModifyVolumeCover ==
    /\ "modifyVolume" \in Acts
    /\ \E c \in Clients : \E b \in ModifiableBy(c) \cap VolBufs :
         /\ ~Barred(c)
         /\ ~InKernel(io[b])
         /\ UndoLog
         /\ io' = [io EXCEPT ![b] = Opened(@, b, 1)]
         /\ cl' = ClientsModified(c, "cover")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* A woken modification looks again and opens (777-797). *)
ResumeModify ==
    /\ "resumeModify" \in Acts
    /\ \E c \in Clients : \E b \in WokenModifier(c) :
         /\ ~MustWait(c)
         /\ ~(cl[c].wantsUndo /\ UndoLog)
         /\ io' = [io EXCEPT ![b] = Opened(@, b, Counts(c))]
         /\ cl' = ClientsModified(c, "hold")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* It must sleep again: before the interlock, or (from now on counted) before the buffer (777-780, 797). *)
ResumeModifyWait ==
    /\ "resumeModify" \in Acts
    /\ \E c \in Clients : \E b \in WokenModifier(c) :
         LET isBarred == IsOutside(c) /\ Barred(c)
         IN /\ isBarred \/ InKernel(io[b])
            /\ io' = [io EXCEPT ![b] = Awaited(@, isBarred, Counts(c))]
            /\ cl' = ClientsModifying(c, isBarred, cl[c].wantsUndo)
            /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* It has the buffer and sends for its UNDO record (868-874, 890-896). *)
ResumeModifyCover ==
    /\ "resumeModify" \in Acts
    /\ \E c \in Clients : \E b \in WokenModifier(c) :
         /\ ~MustWait(c)
         /\ cl[c].wantsUndo /\ UndoLog
         /\ io' = [io EXCEPT ![b] = Opened(@, b, Counts(c))]
         /\ cl' = ClientsModified(c, "cover")
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* The UNDO record is laid: from now on bytes may change (871, 893; undo: hammer_generate_undo). *)
UndoLaid ==
    /\ "undoLaid" \in Acts
    /\ \E c \in Clients :
         /\ CoveredBy(c) # {}
         /\ cl' = [cl EXCEPT ![c].at = "hold"]
         /\ UNCHANGED <<io, vol, iorun, crit, lockedExtra>>

(* The record cannot be laid. The original drops the error and goes on (871, 893: D9); repaired, the modification is withdrawn. *)
UndoLaidError ==
    /\ "undoLaid" \in Acts
    /\ "undo" \in Faults
    /\ \E c \in Clients : \E b \in CoveredBy(c) :
         /\ io' = IF "D9" \in Repairs THEN IosUnmodified(b) ELSE io
         /\ cl' = IF "D9" \in Repairs
                  THEN ClientsUnmodified([cl EXCEPT ![c].at = "hold", ![c].mods = @ - 1], b)
                  ELSE [cl EXCEPT ![c].at = "hold", ![c].bare = TRUE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* Bytes change under an open modification. In META that leaves CRC work, whose node holds a reference until the buffer is
   written (785-799, 959-982). *)
Change ==
    /\ "change" \in Acts
    /\ \E c \in Clients : \E b \in ModifiedBy(c) :
         /\ io' = IF b \in MetaBufs /\ ~io[b].gencrc
                  THEN [io EXCEPT ![b].gencrc = TRUE, ![b].refs = @ + 1]
                  ELSE io
         /\ UNCHANGED <<cl, vol, iorun, crit, lockedExtra>>

(* A modification closes; the last one of the buffer wakes who sleeps on modifyRefs (808-818, 899-909). *)
IoModifyDone ==
    /\ "ioModifyDone" \in Acts
    /\ \E c \in Clients : \E b \in ModifiedBy(c) :
         /\ io' = IosUnmodified(b)
         /\ cl' = ClientsUnmodified([cl EXCEPT ![c].mods = @ - 1, ![c].bare = IF cl[c].mods = 1 THEN FALSE ELSE @], b)
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

-----------------------------------------------------------------------------
(* Modifiers are kept out: none is inside (830-842). *)
IoWriteInterlock ==
    /\ "ioWriteInterlock" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ io[b].modifyRefs = 0
         /\ io' = [io EXCEPT ![b].modifyRefs = -1]
         /\ cl' = [cl EXCEPT ![c].interlock = TRUE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* Somebody is inside, or has the interlock: wait (836-838). *)
IoWriteInterlockWait ==
    /\ "ioWriteInterlock" \in Acts
    /\ \E c \in Clients : \E b \in FreelyHeldBy(c) :
         /\ io[b].modifyRefs # 0
         /\ io' = [io EXCEPT ![b].waitmod = TRUE]
         /\ cl' = [cl EXCEPT ![c].at = "interlock"]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A woken interlock finds modifyRefs at zero and is granted (836-840). *)
ResumeInterlock ==
    /\ "resumeInterlock" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "interlock") :
         /\ io[b].modifyRefs = 0
         /\ io' = [io EXCEPT ![b].modifyRefs = -1]
         /\ cl' = [cl EXCEPT ![c].at = "hold", ![c].runnable = FALSE, ![c].interlock = TRUE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* A woken interlock was overtaken and sleeps again: by another one, or (without repair D35) by a modifier (836-838). *)
ResumeInterlockWait ==
    /\ "resumeInterlock" \in Acts
    /\ \E c \in Clients : \E b \in WokenFor(c, "interlock") :
         /\ io[b].modifyRefs # 0
         /\ io' = [io EXCEPT ![b].waitmod = TRUE]
         /\ cl' = [cl EXCEPT ![c].runnable = FALSE]
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>

(* Modifiers are let in again (844-853). *)
IoDoneInterlock ==
    /\ "ioDoneInterlock" \in Acts
    /\ \E c \in Clients : \E b \in HeldBy(c) :
         /\ cl[c].interlock
         /\ io' = [io EXCEPT ![b].modifyRefs = 0, ![b].waitmod = FALSE]
         /\ cl' = Woken([cl EXCEPT ![c].interlock = FALSE], b, {"modify", "interlock"})
         /\ UNCHANGED <<vol, iorun, crit, lockedExtra>>
=============================================================================
