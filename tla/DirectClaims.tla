---------------------------- MODULE DirectClaims ----------------------------
(* What holds in every reachable state, one sentence each, under the name that the catalogue knows (ids I39-I49 are those   *)
(* of the study of the original, ids H14-H19 are ours). Claims about steps are in DirectIoProps, progress in DirectIoLive.      *)
EXTENDS DirectState

Places == {"empty", "translated", "syncing", "reading", "copying", "valid", "loading", "replacing", "writing"}
Ways == {"none", "whole", "direct", "indirect", "verified", "piecewise", "large", "small"}
Versions == 0..(FirstWritten + WritesMax - 1)

FrontRecords == [
    at : Places, how : Ways, cached : Sites \cup {None}, from : Sites \cup {None}, version : Versions, aged : BOOLEAN]

SiteRecords == [
    use : {"free", "record", "media", "delay"}, age : 0..2, head : Heads \cup {None}, live : BOOLEAN, backend : BOOLEAN,
    io : BOOLEAN, wait : BOOLEAN, inval : BOOLEAN, failed : BOOLEAN, version : Versions, content : Versions,
    alias : {"none", "loading", "clean", "dirty", "writing", "failed"}, aliasVersion : Versions, held : BOOLEAN,
    moving : BOOLEAN]

(* Every variable has its shape. *)
TypeOK ==
    /\ \A t1 \in Fronts : front[t1] \in FrontRecords
    /\ \A t2 \in Sites : site[t2] \in SiteRecords
    /\ \A t3 \in Heads : index[t3] \in Sites
    /\ \A t4 \in Snaps : kept[t4] \in Sites
    /\ \A t5 \in Heads : newest[t5] \in Versions
    /\ next \in FirstWritten..(FirstWritten + WritesMax)
    /\ crit \in BOOLEAN
    /\ ghost \in [nullReleased : BOOLEAN, falseAlarm : BOOLEAN]

(* The media index or a snapshot has its element there. *)
IsIndexed(place8) == (\E ih \in Heads : index[ih] = place8) \/ (\E ik \in Snaps : kept[ik] = place8)

-----------------------------------------------------------------------------
(* I39: Nobody reads free space, no alias of it will be written, and the index does not know it (blockmap:810-850; repair D41). *)
FreeSpaceIsFree ==
    \A k1 \in Sites : (site[k1].use = "free" =>
        (/\ ~(\E g1 \in Fronts : front[g1].from = k1 /\ front[g1].at \in {"reading", "copying", "syncing"})
         /\ ~IsUnwritten(site[k1])
         /\ ~IsIndexed(k1)))

(* I42: While a direct write is in flight its space is reserved by a visible record, its front is locked, and the media index
   does not know it (1721, 1816, object:1166). *)
DirectIoIsReserved ==
    \A k2 \in Sites : (site[k2].io =>
        (/\ site[k2].use = "record"
         /\ site[k2].live
         /\ site[k2].head # None
         /\ IF site[k2].head = None THEN FALSE ELSE front[site[k2].head].at = "writing"
         /\ ~IsIndexed(k2)))

(* I43: What the media index knows has no direct write, nothing to purge, and nobody who waits for that (object:1166). *)
MediaHasNoDirectFlags ==
    \A k3 \in Sites : (site[k3].use = "media" =>
        ~(site[k3].io \/ site[k3].inval \/ site[k3].live \/ site[k3].wait \/ site[k3].backend \/ site[k3].failed))

(* I44: The record of a direct write is visible before the write can be over (1684-1687, 1733-1734). *)
RecordVisibleBeforeCompletion ==
    \A k4 \in Heads : (front[k4].at = "writing" => (\E r4 \in LiveRecord(k4) : site[r4].version = front[k4].version))

(* I45: A front shows the newest data that was written to its file, whatever paths it took, and a snapshot what it was made of
   (repairs D5, D6, D40). *)
ReadsAreFresh ==
    /\ \A k5 \in Heads : (front[k5].at = "valid" => front[k5].version = newest[k5])
    /\ \A k6 \in Snaps : (front[k6].at = "valid" => front[k6].version = FirstVersionOf(H1))

(* I46 as far as a state can tell: a front that has a bio has its path and its site, and no other front has. The step form is
   OneCompletion in DirectIoProps. *)
FlightIsMarked ==
    \A k7 \in Fronts :
        /\ (front[k7].how # "none") = InFlight(front[k7].at)
        /\ (front[k7].from # None) = InFlight(front[k7].at)

(* I47: Nobody releases a volume that he could not get (1472, 1556, 1737; repair D8). *)
VolumesBalance == ~ghost.nullReleased

(* I49: The CRC covers exactly the record: good bytes are never called bad (1612-1617; repair D13). *)
CrcCoversRecord == ~ghost.falseAlarm

-----------------------------------------------------------------------------
(* H14: A direct write goes to the site that its record reserved (1696-1698; repair D7). *)
WriteLandsOnItsRecord ==
    \A k8 \in Heads : (front[k8].at = "writing" =>
        (site[front[k8].from].io /\ site[front[k8].from].version = front[k8].version))

(* H15: The device cache never holds of an element what does not belong there (repairs D5, D12). *)
NoStaleAlias ==
    \A k9 \in Sites : ((site[k9].use = "media" /\ HasAlias(site[k9])) => site[k9].aliasVersion = site[k9].version)

(* H16: A site that a front has learnt is where its data is (1893-1945; repair D14). *)
CachedSiteIsCurrent ==
    \A k10 \in Fronts : (front[k10].cached # None =>
        (front[k10].cached = MediaSite(k10) /\ LiveRecord(k10) = {}))

(* H17: An element lies on the medium, or in the device cache on its way there. *)
MediumHoldsIndex ==
    \A k11 \in Sites : (site[k11].use = "media" =>
        (\/ site[k11].content = site[k11].version
         \/ (site[k11].alias \in {"dirty", "writing", "failed"} /\ site[k11].aliasVersion = site[k11].version)))

(* H18: A file has at most one visible record (object: hammer_ip_replace_bulk). *)
OneLiveRecord == \A k12 \in Heads : Cardinality(LiveRecord(k12)) <= 1
=============================================================================
