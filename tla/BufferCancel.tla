---------------------------- MODULE BufferCancel ----------------------------
(* Withdrawing a queued ticket, with all that it had counted. Ours: the original cannot cancel a sleep. A load and a waiting   *)
(* release cannot be withdrawn, because a completion ends them and gives up their interlock.                               *)
EXTENDS BufferState

Cancellable == {"get", "modify", "regetblk", "interlock", "wait", "waitAll", "flushSync", "backlog"}

(* A get withdraws its reference. The last one of an io that nobody interlocks goes like a last release; behind another
   client's interlock CHECK goes with the last reference of the queue. *)
GetWithdrawn(queued, who) ==
    IF queued.refs = 1 /\ queued.owner = None THEN Dropped(queued, cl[who].io, FALSE)
    ELSE [queued EXCEPT !.refs = @ - 1, !.check = @ /\ queued.refs > 1, !.wanted = OthersSleep(who, cl[who].io, {"get"})]

(* Does that issue a write? *)
WritesOnCancel(who) ==
    cl[who].at = "get" /\ io[cl[who].io].owner = None /\ WritesOnRelease(io[cl[who].io], cl[who].io)

(* The io that a ticket waited on, without what the ticket had counted. *)
Withdrawn(late, who) ==
    CASE cl[who].at = "get" -> GetWithdrawn(late, who)
      [] cl[who].at = "modify" -> [late EXCEPT !.waitmod = OthersSleep(who, cl[who].io, {"modify", "interlock"})]
      [] cl[who].at = "regetblk" -> [late EXCEPT !.modifyRefs = @ - 1, !.waitmod = IF late.modifyRefs = 1 THEN FALSE ELSE @]
      [] cl[who].at = "interlock" -> [late EXCEPT !.waitmod = FALSE]
      [] cl[who].at = "wait" -> [late EXCEPT !.waiting = OthersSleep(who, cl[who].io, {"wait", "release"})]
      [] OTHER -> late

(* The client back where it came from: with its handle, or with nothing. *)
Returned(back1) ==
    IF back1.at \in {"modify", "regetblk", "interlock", "wait"}
    THEN [back1 EXCEPT !.at = "hold", !.runnable = FALSE, !.wantsUndo = FALSE]
    ELSE AtRest

(* Does the withdrawal let others look at modifyRefs again: a counted modification was the last, or an interlock had stopped
   modifiers (repair D35)? *)
FreesModifiers(who) ==
    \/ cl[who].at = "regetblk" /\ io[cl[who].io].modifyRefs = 1
    \/ cl[who].at = "interlock"

(* The client whose placemarker becomes the head when this one's is taken out, or None. *)
Successor(who) ==
    IF cl[who].at # "waitAll" THEN None
    ELSE IF iorun[1] = who /\ Len(iorun) > 1
         THEN (IF iorun[2] \in Clients THEN iorun[2] ELSE None)
    ELSE None

-----------------------------------------------------------------------------
(* A ticket is withdrawn, asleep or woken. *)
Cancel ==
    /\ "cancel" \in Acts
    /\ \E c \in Clients :
         /\ cl[c].at \in Cancellable
         /\ LET at == cl[c].io
                writes == WritesOnCancel(c)
                successor == Successor(c)
                frees == FreesModifiers(c)
            IN /\ io' = IF at = None THEN io ELSE Stored(io, at, Withdrawn(io[at], c))
               /\ cl' = [ac \in Clients |->
                           IF ac = c THEN Returned(cl[c])
                           ELSE IF ac = successor \/ (frees /\ cl[ac].io = at /\ cl[ac].at \in {"modify", "interlock"})
                                THEN [cl[ac] EXCEPT !.runnable = TRUE]
                           ELSE cl[ac]]
               /\ iorun' = IF writes THEN Append(iorun, at) ELSE SelectSeq(iorun, LAMBDA e4 : e4 # c)
               /\ vol' = IF writes THEN VolAfterIssue(at) ELSE vol
               /\ UNCHANGED <<crit, lockedExtra>>
=============================================================================
