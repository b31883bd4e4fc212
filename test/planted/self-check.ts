// The hunt checks itself, in two ways.
//
// Nothing planted: a patch that changes nothing must be found by nothing, in every scene where bugs are hunted. That also
// shows that the unpatched voices are clean there. A broken harness: canaries break the hunt itself, by patches of its own
// source, and the broken hunt must then fail to catch a bug that the whole one catches, and say so. A canary that nobody
// notices means that the bug is "caught" by something other than the checks.

import { isAboutVersions, type BugReport, type PlantedBug } from './bug.ts';
import { loadPatched, type SourcePatch } from './patch.ts';

type HuntOne = (bug: PlantedBug, runs?: number) => Promise<{ readonly hunted: Found; readonly compared?: Found }>;
type Found = { readonly found: { readonly claims: readonly string[] } | undefined };

/** A break of the harness, and the bug that it must blind the hunt for. */
export interface Canary {
  readonly name: string;
  readonly blindsFor: string;
  readonly patches: readonly SourcePatch[];
}

export const CANARIES: readonly Canary[] = [
  {
    name: 'comparison is always equal',
    blindsFor: 'device-failed-flush-covers',
    patches: [
      {
        file: 'test/kit/snapshot-difference.ts',
        find: 'export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {\n',
        replace: 'export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {\n  return true;\n',
      },
    ],
  },
  {
    name: 'no claim is asked',
    blindsFor: 'locked-dirty-space-never-falls',
    patches: [
      {
        file: 'spec/index.ts',
        find: 'inIdOrder<Claim>([...INVARIANTS, ...PROPERTIES, ...CONSTRUCTIONS])',
        replace: 'inIdOrder<Claim>(CONSTRUCTIONS)',
      },
    ],
  },
  {
    name: 'patches are not applied',
    blindsFor: 'running-bytes-not-counted',
    patches: [
      {
        file: 'test/planted/patch.ts',
        find: '    patched = patched.replace(patch.find, () => patch.replace);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'violations are not seen in the model',
    blindsFor: 'model-completion-leaves-no-mark',
    patches: [
      {
        file: 'test/planted/model-hunt.ts',
        find: 'invariants: INVARIANTS, properties: PROPERTIES,',
        replace: 'invariants: [], properties: [],',
      },
    ],
  },
  {
    name: 'no claim on file data is asked',
    blindsFor: 'direct-commit-purges-small-write',
    patches: [
      {
        file: 'test/planted/direct-claim-walk.ts',
        find: '  return [...states, ...properties].map(({ id }) => id);',
        replace: '  return [...states, ...properties].slice(0, 0).map(({ id }) => id);',
      },
    ],
  },
  {
    name: 'states of file data always compare equal',
    blindsFor: 'direct-model-age-survives-write',
    patches: [
      {
        file: 'test/kit/direct/direct-difference.ts',
        find: 'export function sameDirectSnapshot(a: DirectSnapshot, b: DirectSnapshot): boolean {\n',
        replace:
          'export function sameDirectSnapshot(a: DirectSnapshot, b: DirectSnapshot): boolean {\n  return true;\n',
      },
    ],
  },
  {
    name: 'every history has an order',
    blindsFor: 'load-commit-hides-other-records',
    patches: [
      {
        // The load is loaded with the bug, so that is where the judge of histories is broken too.
        file: 'test/planted/direct-hunt.ts',
        find: "    'test/loads/file-load.ts',\n    bug.patches,",
        replace: `    'test/loads/file-load.ts',
    [...bug.patches, {
      file: 'test/loads/linearizability.ts',
      find: '  const writes = writesOf(history, initial);\\n',
      replace: '  const writes = writesOf(history, initial);\\n  if (writes.size >= 0) return undefined;\\n',
    }],`,
      },
    ],
  },
];

/** A patch that changes nothing, per kind of bug and per device. */
const NOTHING: Readonly<Record<PlantedBug['kind'] | 'FaultDevice', SourcePatch>> = {
  production: {
    file: 'src/core/actions/write.ts',
    find: 'export function issueWrite(',
    replace: '/* nothing */ export function issueWrite(',
  },
  model: {
    file: 'model/buffer/dirty.ts',
    find: 'export function issueWrite(',
    replace: '/* nothing */ export function issueWrite(',
  },
  tla: { file: 'tla/BufferState.tla', find: '\nInit ==\n', replace: '\n(* nothing *)\nInit ==\n' },
  device: {
    file: 'src/devices/memory-device.ts',
    find: 'export class MemoryDevice ',
    replace: '/* nothing */ export class MemoryDevice ',
  },
  FaultDevice: {
    file: 'test/kit/fault-device.ts',
    find: 'export class FaultDevice ',
    replace: '/* nothing */ export class FaultDevice ',
  },
};

/** The same for file data. */
const NOTHING_DIRECT: Readonly<Record<Exclude<PlantedBug['kind'], 'device'>, SourcePatch>> = {
  production: {
    file: 'src/direct/direct-io.ts',
    find: 'export class DirectIo ',
    replace: '/* nothing */ export class DirectIo ',
  },
  model: {
    file: 'model/direct/reading.ts',
    find: 'export function startRead(',
    replace: '/* nothing */ export function startRead(',
  },
  tla: { file: 'tla/DirectRead.tla', find: '\nFirstLook(', replace: '\n(* nothing *)\nFirstLook(' },
};

/** Runs with nothing planted, per scene and judge. */
const CLEAN_RUNS = 12;
/** Runs of a broken hunt: more than the whole one needs for the bug. */
const BLIND_RUNS = 30;

/** What is wrong with the hunt, one sentence each; `bugs` are those that it is about to look for. */
export async function selfCheck(
  bugs: readonly PlantedBug[],
  hunt: HuntOne,
  canaries: readonly Canary[] = CANARIES,
): Promise<string[]> {
  const clean = nothingPlanted(bugs);
  const problems = await Promise.all([
    checkEach(
      clean.filter(({ kind }) => kind === 'tla'),
      (bug) => findNothing(bug, hunt),
    ),
    checkEach(
      clean.filter(({ kind }) => kind !== 'tla'),
      (bug) => findNothing(bug, hunt),
    ),
    checkEach(canaries, seeBlindness),
  ]);
  return problems.flat();
}

async function checkEach<Item>(
  items: readonly Item[],
  check: (item: Item) => Promise<string | undefined>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const item of items) {
    const problem = await check(item);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** One bug that is none for each way in which the given bugs are hunted. Graphs are compared where a bug must be caught by its graph. */
function nothingPlanted(bugs: readonly PlantedBug[]): PlantedBug[] {
  const none = new Map<string, PlantedBug>();
  const add = (key: string, bug: PlantedBug): void => {
    if (!none.has(key) || bug.claim === 'graph') none.set(key, bug);
  };
  for (const bug of bugs) {
    if (bug.machine === 'direct') {
      const { kind, claim, configuration } = bug;
      if (kind === 'device') continue;
      const judged = kind === 'production' && claim !== 'linearizability' ? 'I45' : claim;
      const key = JSON.stringify(['direct', kind, kind === 'production' && judged, configuration]);
      add(key, { ...bug, name: `nothing (${kind})`, claim: judged, patches: [NOTHING_DIRECT[kind]] });
      continue;
    }
    const { claim, scene, device } = bug;
    const kind = bug.kind === 'model' && isAboutVersions(bug) ? 'production' : bug.kind;
    const how = claim === 'device' || claim === 'promises' ? claim : '';
    const key = JSON.stringify([kind, how, device, scene]);
    const patch = NOTHING[device === 'FaultDevice' ? device : kind];
    // Under a claim of the catalogue a driver is judged by claims and by comparison.
    const judged = how === '' && (kind === 'production' || kind === 'device') ? 'I1' : claim;
    add(key, { ...bug, kind, name: `nothing (${kind})`, claim: judged, patches: [patch] });
  }
  return [...none.values()];
}

async function findNothing(bug: PlantedBug, hunt: HuntOne): Promise<string | undefined> {
  const { hunted, compared } = await hunt(bug, CLEAN_RUNS);
  const found = hunted.found ?? compared?.found;
  if (found === undefined) return undefined;
  const blocks =
    bug.machine === 'direct'
      ? (bug.configuration ?? 'drawn files')
      : bug.scene.blocks.map(({ name }) => name).join(' ');
  return `With nothing planted in the ${bug.kind} on ${blocks} ${found.claims.join(', ')} fails.`;
}

interface HuntModule {
  huntBugs(options: { only: readonly string[]; checkItself: boolean; runsMax: number }): Promise<BugReport[]>;
}

interface ReportModule {
  huntProblems(reports: readonly BugReport[]): readonly string[];
}

async function seeBlindness({ name, blindsFor, patches }: Canary): Promise<string | undefined> {
  const entry = 'test/planted/index.ts';
  const broken = await loadPatched<HuntModule & ReportModule>(entry, patches, `canary: ${name}`);
  const reports = await broken.huntBugs({ only: [blindsFor], checkItself: false, runsMax: BLIND_RUNS });
  if (broken.huntProblems(reports).length > 0) return undefined;
  return `The harness is broken ('${name}') and still says that it caught '${blindsFor}'.`;
}
