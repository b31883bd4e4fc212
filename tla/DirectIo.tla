---------------------------- MODULE DirectIo ----------------------------
(* The direct machine: all its actions, put together. State and pure steps are in DirectState, claims in DirectClaims.      *)
(*                                                                                                                         *)
(* Next has one disjunct for each pair of action and outcome, named as the edges of the state graph are, and each without  *)
(* parameters, as BufferCache explains.                                                                                    *)
EXTENDS DirectState, DirectRead, DirectWrite, DirectBackend, DirectDevice, DirectClaims

Next ==
    \/ StrategyRead
    \/ StrategyReadIo
    \/ StrategyReadWait
    \/ StrategyReadAgain
    \/ StrategyReadError
    \/ ResumeRead
    \/ ResumeReadIo
    \/ ResumeReadWait
    \/ ResumeReadError
    \/ DirectReadDone
    \/ DirectReadDoneError
    \/ Bmap
    \/ RecycleFront
    \/ StrategyWrite
    \/ StrategyWriteIo
    \/ StrategyWriteWait
    \/ StrategyWriteError
    \/ StrategyWriteRefused
    \/ ResumeWrite
    \/ ResumeWriteIo
    \/ ResumeWriteWait
    \/ ResumeWriteError
    \/ DirectWriteDone
    \/ DirectWriteDoneError
    \/ CommitRecord
    \/ CommitRecordWait
    \/ CommitRecordAgain
    \/ CommitRecordRefused
    \/ ResumeCommit
    \/ ResumeCommitAgain
    \/ ResumeCommitError
    \/ DestroyRecord
    \/ DestroyRecordAgain
    \/ Cycle
    \/ CycleRefused
    \/ ReserveComplete
    \/ ReserveCompleteAgain
    \/ Relocate
    \/ RelocateRefused
    \/ Uncache
    \/ DeviceRead
    \/ DeviceReadIo
    \/ DeviceReadDone
    \/ DeviceReadDoneError
    \/ DeviceRelease
    \/ DeviceRecycle
    \/ DeviceWriteBack
    \/ DeviceWriteDone
    \/ DeviceWriteDoneError

Spec == Init /\ [][Next]_vars
=============================================================================
