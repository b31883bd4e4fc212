---------------------------- MODULE BufferCache ----------------------------
(* The buffer machine: all its actions, put together. State and pure steps are in BufferState, claims in BufferClaims.      *)
(*                                                                                                                         *)
(* Next has one disjunct for each pair of action and outcome, named as the edges of the state graph are: the action's name *)
(* with a capital, the outcome appended unless it is `done`. An action first tests the bound of the configuration (Acts,   *)
(* Faults), then binds who takes the step and what it concerns, by sets that hold a client's promises or what the device   *)
(* and the kernel can do, then tests the rest, and then says the effect. It has no parameters: edges are labelled by names *)
(* alone, in every voice.                                                                                                   *)
EXTENDS BufferState, BufferAccess, BufferRelease, BufferModify, BufferWrite, BufferDevice, BufferKernel, BufferCancel,
        BufferClaims

Next ==
    \/ IoRead
    \/ IoReadIo
    \/ IoReadWait
    \/ IoNew
    \/ IoNewWait
    \/ ReadDone
    \/ ReadDoneError
    \/ ResumeGet
    \/ ResumeGetIo
    \/ ResumeGetWait
    \/ ResumeGetError
    \/ Release
    \/ LowMemoryRelease
    \/ DelBuffer
    \/ DelBufferAgain
    \/ DelBufferWait
    \/ Unload
    \/ UnloadWait
    \/ ResumeRelease
    \/ Cancel
    \/ CleanLoose
    \/ IoAdvance
    \/ IoNotmeta
    \/ IoInval
    \/ IoInvalAgain
    \/ IoClearError
    \/ IoClearErrorNone
    \/ IoClearErrorNoassert
    \/ IoModify
    \/ IoModifyWait
    \/ ModifyBuffer
    \/ ModifyBufferWait
    \/ ModifyBufferCover
    \/ ModifyVolume
    \/ ModifyVolumeWait
    \/ ModifyVolumeCover
    \/ ResumeModify
    \/ ResumeModifyWait
    \/ ResumeModifyCover
    \/ UndoLaid
    \/ UndoLaidError
    \/ Change
    \/ IoModifyDone
    \/ IoWriteInterlock
    \/ IoWriteInterlockWait
    \/ ResumeInterlock
    \/ ResumeInterlockWait
    \/ IoDoneInterlock
    \/ IoFlush
    \/ IoFlushClean
    \/ IoWait
    \/ IoWaitWait
    \/ ResumeWait
    \/ ResumeWaitWait
    \/ IoWaitAll
    \/ IoWaitAllWait
    \/ ResumeWaitAll
    \/ IoFlushMark
    \/ IoFlushSync
    \/ IoFlushSyncWait
    \/ IoFlushSyncError
    \/ FlushDone
    \/ FlushDoneError
    \/ ResumeFlushSync
    \/ ResumeFlushSyncError
    \/ IoLimitBacklog
    \/ IoLimitBacklogWait
    \/ ResumeBacklog
    \/ ResumeBacklogWait
    \/ WriteDone
    \/ WriteDoneError
    \/ Recycle
    \/ RecycleRefused
    \/ WriteBack
    \/ WriteBackRefused
    \/ ClusterPull
    \/ ClusterPullRefused
    \/ IoStart
    \/ IoFsync
    \/ IoSync
    \/ IoMovedeps
    \/ IoCheckread
    \/ IoCountdeps

Spec == Init /\ [][Next]_vars
=============================================================================
