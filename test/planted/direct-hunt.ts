// Hunting bugs of direct I/O.
//
// Production, claim of the catalogue: random runs on drawn configurations, judged by the claims alone; and by comparison with the
// model, which must see the bug too. Production, `linearizability`: runs of the file load. That a bug is seen by nothing else is
// a test of its own (`only-linearizability.test.ts`): the claims, random comparison and every edge of some configurations are asked
// there. Model and specification: explored or checked on one configuration, as in
// model-hunt.ts and tla-hunt.ts.

import type { DirectExploration, DirectExploreOptions, DirectMachine, StuckFront } from '../../model/direct/index.ts';
import { blankDirectSnapshot, createDirectMachine, exploreDirect } from '../../model/direct/index.ts';
import { DIRECT_INVARIANTS, DIRECT_PROPERTIES } from '../../spec/direct/index.ts';
import type { DirectShape } from '../../spec/direct/snapshot.ts';
import { violationStory } from '../check/violation-story.ts';
import { directCfgText } from '../tla/direct-cfg-text.ts';
import { directConfiguration } from '../kit/direct/configurations.ts';
import { createDirectDriver } from '../kit/direct/direct-driver.ts';
import { directLanguage } from '../kit/direct/direct-language.ts';
import type { DirectDriver } from '../kit/direct/driver.ts';
import type { LoadReport } from '../loads/file-load.ts';
import { directConform } from '../kit/direct/random.ts';
import { walkEdges } from '../kit/edges.ts';
import { compareGraphs } from '../tla/graph.ts';
import { formatDifference } from '../check/graph-story.ts';
import { labelledGraph } from '../tla/model-graph.ts';
import { pathTexts, storyLines } from '../kit/story.ts';
import type { DirectBug, Hunted } from './bug.ts';
import { brokenDirectClaims, walkByDirectClaims } from './direct-claim-walk.ts';
import { loadPatched } from './patch.ts';
import { checkPatchedSpec, UncheckableSpec } from './tla-hunt.ts';

/** Runs after which a hunt gives up, if it is not told. */
export const LOAD_RUNS = 1200;
const CLAIM_RUNS = 300;
const CLAIM_STEPS = 160;
/** What must not see a bug that clients alone see. */
const OTHER_RUNS = 60;
const OTHER_EDGES = ['direct-small', 'direct-two', 'direct-mix', 'direct-faults'] as const;
/** A bug can make a small machine large. */
const STATES_MAX = 60_000;

type Violation = NonNullable<DirectExploration['violation']>;
type CreateDriver = (shape: DirectShape) => DirectDriver;

/** What a hunt for a bug of direct I/O found; `compared` where claims had to do without. */
export async function huntDirectBug(
  bug: DirectBug,
  runs?: number,
): Promise<{ readonly hunted: Hunted; readonly compared?: Hunted }> {
  if (bug.kind === 'model') return { hunted: await huntInDirectModel(bug) };
  if (bug.kind === 'tla') return { hunted: await huntInDirectSpec(bug) };
  const { createDirectDriver: create } = await loadPatched<{ createDirectDriver: CreateDriver }>(
    'test/kit/direct/direct-driver.ts',
    bug.patches,
    bug.name,
  );
  if (bug.claim === 'linearizability') return { hunted: await huntByLoad(bug, runs) };
  return { hunted: huntByClaims(create, runs ?? CLAIM_RUNS), compared: huntByConform(create, runs ?? CLAIM_RUNS) };
}

// ── Production ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function huntByLoad(bug: DirectBug, runs = LOAD_RUNS): Promise<Hunted> {
  const { runFileLoad } = await loadPatched<{ runFileLoad: (seed: number) => LoadReport }>(
    'test/loads/file-load.ts',
    bug.patches,
    bug.name,
  );
  for (let seed = 1; seed <= runs; seed++) {
    const { finding } = runFileLoad(seed);
    if (finding === undefined) continue;
    const claim = finding.kind === 'not linearizable' ? 'linearizability' : finding.kind;
    const story = (): readonly string[] => [
      finding.summary,
      ...finding.story,
      `the run of the file load: ${finding.token}`,
    ];
    return { found: { claims: [claim], fields: [], story }, effort: seed, unit: 'runs' };
  }
  return { found: undefined, effort: runs, unit: 'runs' };
}

/** What sees a bug of production beside the clients of files: for bugs that are said to be seen by these alone. */
export async function seenByOthers(bug: DirectBug): Promise<Hunted | undefined> {
  const { createDirectDriver: create } = await loadPatched<{ createDirectDriver: CreateDriver }>(
    'test/kit/direct/direct-driver.ts',
    bug.patches,
    bug.name,
  );
  for (const hunted of [huntByClaims(create, OTHER_RUNS), huntByConform(create, OTHER_RUNS)])
    if (hunted.found !== undefined) return hunted;
  for (const name of OTHER_EDGES) {
    const exploration = explorationOf(name);
    const { mismatch } = walkEdges(
      exploration,
      create(exploration.machine.shape),
      directLanguage(exploration.machine.shape),
    );
    if (mismatch === undefined) continue;
    const fields = mismatch.differences.map(({ path }) => path);
    return {
      found: { claims: ['graph'], fields, story: () => mismatch.story },
      effort: exploration.distinct,
      unit: 'states',
    };
  }
  return undefined;
}

const explorations = new Map<string, DirectExploration>();

/** The right model on a configuration, explored once for all bugs. */
function explorationOf(name: string): DirectExploration {
  const known = explorations.get(name);
  if (known !== undefined) return known;
  const exploration = exploreDirect(createDirectMachine(directConfiguration(name).shape), { graph: true });
  explorations.set(name, exploration);
  return exploration;
}

function huntByClaims(create: CreateDriver, runs: number): Hunted {
  for (let seed = 1; seed <= runs; seed++) {
    const broken = walkByDirectClaims(create, seed, CLAIM_STEPS);
    if (broken === undefined) continue;
    return { found: { claims: broken.claims, fields: [], story: () => broken.story }, effort: seed, unit: 'runs' };
  }
  return { found: undefined, effort: runs, unit: 'runs' };
}

function huntByConform(create: CreateDriver, runs: number): Hunted {
  const { failure, runs: effort } = directConform({ driver: create, runs });
  if (failure === undefined) return { found: undefined, effort, unit: 'runs' };
  const fields = failure.differences.map(({ path }) => path);
  const claims = failure.claims.length > 0 ? failure.claims : ['snapshot'];
  return { found: { claims, fields, story: () => failure.story }, effort, unit: 'runs' };
}

// ── Model ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the hunt needs of `model/direct/index.ts`. */
interface DirectModelModule {
  createDirectMachine(shape: DirectShape): DirectMachine;
  exploreDirect(machine: DirectMachine, options: DirectExploreOptions): DirectExploration;
  stuckFronts(exploration: DirectExploration): readonly StuckFront[];
}

async function huntInDirectModel(bug: DirectBug): Promise<Hunted> {
  const model = await loadPatched<DirectModelModule>('model/direct/index.ts', bug.patches, bug.name);
  const { shape } = directConfiguration(bug.configuration ?? 'direct-two');
  const exploration = model.exploreDirect(model.createDirectMachine(shape), {
    invariants: DIRECT_INVARIANTS,
    properties: DIRECT_PROPERTIES,
    graph: true,
    maxStates: STATES_MAX,
  });
  const { distinct: effort, violation } = exploration;
  const unit = 'states';
  if (violation !== undefined) {
    const claims = failedTogether(exploration, violation);
    const story = (): readonly string[] =>
      violationStory(exploration, directLanguage(shape), violation.state, violation.action);
    return { found: { claims, fields: [], story }, effort, unit };
  }
  const [stuck] = model.stuckFronts(exploration);
  if (stuck !== undefined) {
    const story = (): readonly string[] => storyLines(pathTexts(exploration, directLanguage(shape), stuck.state));
    return { found: { claims: ['P9'], fields: [], story }, effort, unit };
  }
  if (bug.claim !== 'graph') return { found: undefined, effort, unit };
  const { mismatch } = walkEdges(exploration, createDirectDriver(shape), directLanguage(shape));
  if (mismatch === undefined) return { found: undefined, effort, unit };
  const fields = mismatch.differences.map(({ path }) => path);
  const story = (): readonly string[] => [...mismatch.story, mismatch.summary];
  return { found: { claims: ['graph'], fields, story }, effort, unit };
}

/** The explorer stops at the first claim that fails; these fail in the same step. */
function failedTogether(exploration: DirectExploration, violation: Violation): readonly string[] {
  const { machine, rows, parent, via } = exploration;
  const { shape, rowWords, actions } = machine;
  const { state } = violation;
  const [source, index] = violation.action === undefined ? [parent[state]!, via[state]!] : [state, violation.action];
  if (source < 0) return [violation.claim];
  const [before, after, into] = [blankDirectSnapshot(shape), blankDirectSnapshot(shape), machine.initialRow()];
  const { outcome, completed } = machine.step(rows, source * rowWords, index, into)!;
  machine.snapshot(rows, source * rowWords, before);
  machine.snapshot(into, 0, after);
  return brokenDirectClaims(before, { action: actions[index]!, outcome, completed }, after);
}

// ── Specification ──────────────────────────────────────────────────────────────────────────────────────────────────────

async function huntInDirectSpec(bug: DirectBug): Promise<Hunted> {
  const { shape } = directConfiguration(bug.configuration ?? 'direct-two');
  const {
    verdict,
    distinctStates: effort,
    violated,
    message,
    graph,
    trace = [],
  } = await checkPatchedSpec(bug, 'DirectIo', DIRECT_INVARIANTS, (invariants) => directCfgText(shape, { invariants }));
  const unit = 'states';
  if (verdict === 'invariant' && violated !== undefined) {
    const id = DIRECT_INVARIANTS.find((claim) => claim.tla === violated)?.id ?? violated;
    const steps = trace.slice(1).map(({ action }, i) => `${i + 1}. ${action ?? '(unnamed)'}`);
    return { found: { claims: [id], fields: [], story: () => [...steps, message] }, effort, unit };
  }
  if (verdict !== 'ok')
    throw new UncheckableSpec(`With the bug '${bug.name}' the engine answers ${verdict}: ${message}`);
  if (graph === undefined) return { found: undefined, effort, unit };
  const expected = labelledGraph(exploreDirect(createDirectMachine(shape), { graph: true }), directLanguage(shape));
  const comparison = compareGraphs(graph, expected);
  if (comparison.equal) return { found: undefined, effort, unit };
  const { difference } = comparison;
  const story = (): readonly string[] =>
    formatDifference(difference, { left: 'TLA+', right: 'model' })
      .split('\n')
      .filter((line) => !/^\s*0\. /.test(line)); // The whole initial state tells nobody anything.
  return { found: { claims: ['graph'], fields: [], story }, effort, unit };
}
