---------------------------- MODULE DirectState ----------------------------
(* What the direct machine remembers, and the pure steps from record to record that its actions are built of.             *)
(*                                                                                                                         *)
(* The machine is file data that goes around the buffer cache of HAMMER (DragonFly, hammer_io.c, commit e8c03636; a bare   *)
(* number such as 1408-1482 means lines of that file, `ondisk:777` a line of its neighbour). A front is a buffer of a file *)
(* or of a snapshot of it, a site a block of the medium, its alias what the device cache holds of it, a record a write     *)
(* that the media index does not know yet. Contents are versions: 0 is whatever lay there, a file begins with 1 (the       *)
(* second one with 2), and each write brings a number of its own from 3 on.                                                *)
(*                                                                                                                         *)
(* One action is one atomic step of a synchronous core. Actions live in DirectRead, DirectWrite, DirectBackend and         *)
(* DirectDevice; claims in DirectClaims; DirectIo puts them together. All variables are declared here.                     *)
EXTENDS Integers, FiniteSets

CONSTANTS
    Heads,                   \* files: {H1} or {H1, H2}; each has one block, and one front of the same name
    Snaps,                   \* snapshots of H1, each with one front of the same name
    H1, H2,                  \* the two files by name
    Sites,                   \* blocks of the medium
    Home1, Home2,            \* the sites of the two files in the beginning
    None,                    \* no site, no file
    Lookup, Missing, Beyond, \* sites that cannot be reached: no translation, no volume, behind its end; disjoint
    OnV2, V1, V2, Vols,      \* sites on the second volume, the volumes; what matters of them here is said by the line above
    DoubleBuffer,            \* TRUE: whole reads go through the device cache (hammer.h: double_buffer)
    Verify,                  \* TRUE: such reads compare the CRC of an element that they looked up (hammer.h: verify_data)
    Short,                   \* TRUE: the record of an element is shorter than a buffer
    Repairs,                 \* repaired defects, a subset of D5 D6 D7 D8 D12 D13 D14 D40 D41
    Faults,                  \* requests that may fail, a subset of read write deviceRead deviceWrite
    Acts,                    \* kinds of actions on offer, and their choices piecewise and small (a bound)
    WritesMax                \* writes that may begin (a bound)

VARIABLES
    front,  \* Heads and Snaps -> record: the buffer of the file with its bio, if one is under way (vfs_bio: struct buf)
    site,   \* Sites -> record: the block, the record that reserves it (hammer.h: struct hammer_record), its alias
    index,  \* Heads -> site: where the media index has the file's element (the B-tree)
    kept,   \* Snaps -> site: where it has the element that the snapshot sees
    newest, \* Heads -> version of the newest write that was answered without error
    next,   \* the version that the next write will bring
    crit,   \* a critical error was flagged: some write failed, and nothing more may be written (1806-1813)
    ghost   \* nullReleased, a volume that was never had was released; falseAlarm, good bytes were called bad; both bugs

vars == <<front, site, index, kept, newest, next, crit, ghost>>

-----------------------------------------------------------------------------
(* Names *)

Fronts == Heads \cup Snaps

FirstWritten == 3

HomeOf(owner) == IF owner = H1 THEN Home1 ELSE Home2

FirstVersionOf(file) == IF file = H1 THEN 1 ELSE 2

(* Where the media index has what the front shows. *)
MediaSite(shown) == IF shown \in Snaps THEN kept[shown] ELSE index[shown]

(* Sites for which translation, volume or bounds answer with an error (1438-1439, 1446-1449). *)
Troubled == Lookup \cup Missing \cup Beyond

(* Arguments that a step may carry; where a bound leaves them out there is nothing to choose. *)
WholeChoices == IF "piecewise" \in Acts THEN BOOLEAN ELSE {TRUE}
LargeChoices == IF "small" \in Acts THEN BOOLEAN ELSE {TRUE}

-----------------------------------------------------------------------------
(* Records at rest *)

Empty == [
    at      |-> "empty", \* where the front is; the places are listed in DirectClaims
    how     |-> "none",  \* by which path its bio goes
    cached  |-> None,    \* the site that it has learnt: the offset in the second layer of the bio (1877-1880)
    from    |-> None,    \* the site that its bio reads, writes or waits for
    version |-> 0,       \* its contents, or what it is writing
    aged    |-> FALSE    \* B_AGE: its contents went through the device cache (1619, 1749)
]

NoSite == [
    use          |-> "free", \* free, record (reserved by a write), media (in the index), delay (freed, not yet to be reused)
    age          |-> 0,      \* in delay: commit cycles since it was freed, up to 2 (blockmap:810-850)
    head         |-> None,   \* the file that record or element belong to
    live         |-> FALSE,  \* the record is in the memory tree: reads see it before the medium (object: hammer_ip_replace_bulk)
    backend      |-> FALSE,  \* INTERLOCK_BE: the backend is busy with the record (hammer.h)
    io           |-> FALSE,  \* DIRECT_IO: its direct write is in flight (1721, 1816)
    wait         |-> FALSE,  \* DIRECT_WAIT: the backend sleeps until that is over (1850-1853)
    inval        |-> FALSE,  \* DIRECT_INVAL: aliases must be purged (1721, 1868-1873)
    failed       |-> FALSE,  \* its direct write failed
    version      |-> 0,      \* what belongs here according to record or index
    content      |-> 0,      \* what lies on the medium
    alias        |-> "none", \* the buffer in the device cache: none, loading, clean, dirty, writing, failed
    aliasVersion |-> 0,      \* its contents
    held         |-> FALSE,  \* somebody who works on the device holds it
    moving       |-> FALSE   \* without repair D14: fronts have forgotten the site, and the move is still to come
]

Init ==
    /\ front = [nf \in Fronts |-> Empty]
    /\ site = [ns \in Sites |->
          IF \E nh \in Heads : HomeOf(nh) = ns
          THEN LET tenant == CHOOSE th \in Heads : HomeOf(th) = ns
               IN [NoSite EXCEPT !.use = "media",
                                 !.head = tenant,
                                 !.version = FirstVersionOf(tenant),
                                 !.content = FirstVersionOf(tenant)]
          ELSE NoSite]
    /\ index = [mh \in Heads |-> HomeOf(mh)]
    /\ kept = [mk \in Snaps |-> Home1]
    /\ newest = [vh \in Heads |-> FirstVersionOf(vh)]
    /\ next = FirstWritten
    /\ crit = FALSE
    /\ ghost = [nullReleased |-> FALSE, falseAlarm |-> FALSE]

-----------------------------------------------------------------------------
(* Fronts: record to record *)

(* The bio is over and the contents are there. *)
Filled(fresh, bytes, viaDevice) ==
    [fresh EXCEPT !.at = "valid", !.how = "none", !.from = None, !.version = bytes, !.aged = viaDevice]

(* The front has a bio. *)
InFlight(place) == place \notin {"empty", "valid"}

(* The CRC of the element is not that of the bytes in the device cache. What is compared are the bytes of a whole buffer in the
   original, those of the record with repair D13 (1611-1612). *)
CrcDiffers(cell, way) ==
    way = "verified" /\ (cell.aliasVersion # cell.version \/ (Short /\ "D13" \notin Repairs))

(* It differs although the bytes are good. *)
AlarmIsFalse(alarmed, path) == CrcDiffers(alarmed, path) /\ alarmed.aliasVersion = alarmed.version

(* The front when the callback has the alias: the bytes are copied, or the front is given up (1605-1620). *)
Copied(taker, source) ==
    IF CrcDiffers(source, taker.how) THEN Empty
    ELSE Filled(taker, source.aliasVersion, taker.how \in {"indirect", "verified"})

-----------------------------------------------------------------------------
(* Sites: record to record *)

(* The device cache has bytes of the site. *)
HasAlias(block) == block.alias \in {"clean", "dirty", "writing", "failed"}

(* The alias is newer than the medium, and its write will tell when that is over. *)
IsUnwritten(stale) == stale.alias \in {"dirty", "writing"}

(* The alias can be destroyed: nobody holds it, and no request of it is in flight or has failed (447-495, ondisk:777). *)
IsPurgeable(idle) == ~idle.held /\ idle.alias \in {"none", "clean", "dirty"}

(* It is destroyed, and nothing is left to be purged. *)
Purged(bare) == [bare EXCEPT !.alias = "none", !.aliasVersion = 0, !.inval = FALSE]

(* The device is asked for the site. *)
Loading(asked) == [asked EXCEPT !.alias = "loading", !.aliasVersion = 0]

(* The space is given back; it is handed out again two cycles later. Its alias stays (blockmap: hammer_blockmap_free). *)
Freed(gone) ==
    [NoSite EXCEPT !.use = "delay",
                   !.content = gone.content,
                   !.alias = gone.alias,
                   !.aliasVersion = gone.aliasVersion,
                   !.held = gone.held]

(* The visible record of a file: a set of at most one site. *)
LiveRecord(writer) == {ls \in Sites : site[ls].live /\ site[ls].head = writer}

(* The file has a visible record, and the backend is busy with it (object: hammer_ip_replace_bulk, "hmrrc3"). *)
RecordIsBusy(owner2) == \E bs \in LiveRecord(owner2) : site[bs].backend
=============================================================================
