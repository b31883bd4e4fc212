// Planted bugs: the list, the hunt, what it means, and one of them in full.

export type { BugKind, BugReport, PlantedBug } from './bug.ts';
export { PLANTED_BUGS, plantedBug, UnknownBug } from './bugs.ts';
export { demonstrate } from './demonstrate.ts';
export { HuntBroken, huntBugs, type HuntOptions } from './hunt.ts';
export { loadPatched, PatchError, type SourcePatch } from './patch.ts';
export { huntLines, huntProblems, HUNT_TARGETS, plantedBugEntry, type PlantedBugEntry } from './report.ts';
