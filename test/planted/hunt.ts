// The hunt: every planted bug must be caught, and by the claim that its author named.
//
// A bug of production or of a device whose claim is in the catalogue is hunted twice: with comparison of snapshots switched
// off, where the claims alone must see it, and with comparison, which must see it too. Others are hunted by what their claim
// stands for. Before the bugs comes the self-check of the hunt (`self-check.ts`), because a hunt that always says "caught", or
// that plants nothing, would look the same as a good one.

import { isAboutVersions, type BufferBug, type BugReport, type Hunted, type PlantedBug } from './bug.ts';
import { isCatalogued, plantedBug, PLANTED_BUGS } from './bugs.ts';
import { huntDirectBug } from './direct-hunt.ts';
import { huntInModel } from './model-hunt.ts';
import { checkPatches } from './patch.ts';
import { HANG_SECONDS, huntByPromises, huntByRuns, huntBySuite, patchedDriver, RUNS_MAX } from './production-hunt.ts';
import { selfCheck } from './self-check.ts';
import { huntInSpec } from './tla-hunt.ts';

export interface HuntOptions {
  /** Names of the bugs to hunt; default: all. */
  readonly only?: readonly string[];
  /** Called for each bug when its hunt is over. */
  readonly onProgress?: (report: BugReport, done: number, total: number) => void;
  /** Random runs after which a hunt gives up. */
  readonly runsMax?: number;
  /** Whether the hunt checks itself first; default true. */
  readonly checkItself?: boolean;
}

/** The hunt itself does not work: what it says about bugs means nothing. */
export class HuntBroken extends Error {
  override readonly name = 'HuntBroken';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The hunt for planted bugs does not work: ${problems.join(' ')} Repair the harness before trusting any check.`,
    );
    this.problems = problems;
  }
}

/** Hunts the bugs, in the order of their list. @throws HuntBroken, UnknownBug, PatchError */
export async function huntBugs(options: HuntOptions = {}): Promise<BugReport[]> {
  const bugs = options.only === undefined ? PLANTED_BUGS : options.only.map(plantedBug);
  for (const { name, patches } of bugs) checkPatches(name, patches);
  if (options.checkItself !== false) {
    const problems = await selfCheck(bugs, huntBug);
    if (problems.length > 0) throw new HuntBroken(problems);
  }
  const reports = new Map<PlantedBug, BugReport>();
  // The engine of the specification works in a thread of its own, so its bugs are hunted beside the others.
  const lane = async (mine: (bug: PlantedBug) => boolean): Promise<void> => {
    for (const bug of bugs.filter(mine)) {
      const report = reportOf(bug, await huntBug(bug, options.runsMax));
      reports.set(bug, report);
      options.onProgress?.(report, reports.size, bugs.length);
      await breathe();
    }
  };
  const lanes = [lane(({ kind }) => kind === 'tla'), lane(({ kind }) => kind !== 'tla')];
  // One that fails does not leave the other at work behind the caller's back.
  for (const ended of await Promise.allSettled(lanes)) if (ended.status === 'rejected') throw ended.reason;
  return bugs.map((bug) => reports.get(bug)!);
}

/** Lets the other lane hear its worker, and progress be drawn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What one hunt found: what must catch the bug, and for a claim of the catalogue what comparison says beside it. */
export interface HuntedBug {
  readonly hunted: Hunted;
  readonly compared?: Hunted;
}

export async function huntBug(bug: PlantedBug, runs?: number): Promise<HuntedBug> {
  if (bug.machine === 'direct') return huntDirectBug(bug, runs);
  switch (bug.kind) {
    case 'model':
      if (isAboutVersions(bug)) return huntOnDriver(bug, runs);
      return { hunted: await huntInModel(bug) };
    case 'tla':
      return { hunted: await huntInSpec(bug) };
    case 'production':
    case 'device':
      if (bug.claim === 'device') return { hunted: await huntBySuite(bug) };
      return huntOnDriver(bug, runs);
  }
}

async function huntOnDriver(bug: BufferBug, runs = RUNS_MAX): Promise<HuntedBug> {
  const driver = await patchedDriver(bug);
  if (bug.claim === 'promises') return { hunted: huntByPromises(bug.scene, driver) };
  const compared = huntByRuns(bug.scene, driver, 'comparison', {
    runs,
    ...(bug.claim === 'hang' && { seconds: HANG_SECONDS }),
  });
  if (!isCatalogued(bug.claim)) return { hunted: compared };
  return { hunted: huntByRuns(bug.scene, driver, 'claims', { runs }), compared };
}

export function reportOf(bug: PlantedBug, { hunted, compared }: HuntedBug): BugReport {
  const { found, effort, unit } = hunted;
  const { name, kind, claim } = bug;
  const base = {
    name,
    kind,
    claim,
    effort,
    unit,
    ...(compared && { comparedRuns: compared.found ? compared.effort : 0 }),
  };
  if (found === undefined) return { ...base, caughtBy: 'nothing', also: [], ok: false };
  const named = found.claims.includes(claim) && isExpectedField(bug, found.fields);
  const caughtBy = named ? claim : [found.claims[0], found.fields[0]].filter(Boolean).join(' in ');
  const also = found.claims.filter((id) => id !== caughtBy);
  return { ...base, caughtBy, also, ok: named && (compared === undefined || compared.found !== undefined) };
}

function isExpectedField({ field }: PlantedBug, seen: readonly string[]): boolean {
  return field === undefined || seen.some((path) => path === field || path.endsWith(`.${field}`));
}
