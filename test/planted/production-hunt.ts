// Hunting bugs of production and of devices.
//
// By random runs of the patched driver: judged by the claims alone, or by comparison with the model. A run that fails is
// shrunk, and the shrunk run is what is told. Bugs of promises are hunted by breaking promises in explored states, bugs of a
// device by the suite that every device must pass. All of it is the same on every machine: seeds count from 1.

import { createMachine, explore } from '../../model/index.ts';
import type { Claim } from '../../spec/claim.ts';
import { CLAIMS } from '../../spec/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import { deviceCases, type DeviceSubject, type SuiteDevice } from '../kit/device-suite.ts';
import type { Driver } from '../kit/driver.ts';
import { breakPromises } from '../kit/promises.ts';
import { differenceLines, storyLines } from '../kit/story.ts';
import type { BufferBug, Catch, Hunted } from './bug.ts';
import { loadPatched } from './patch.ts';
import { Overdue, within } from '../kit/within.ts';
import { shrink } from '../kit/shrink.ts';
import { Walk, type Judge, type WalkFinding } from './walk.ts';

/** Runs after which a hunt gives up, and steps of a run. */
export const RUNS_MAX = 300;
export const STEPS_MAX = 200;

/** States that a promise hunt explores: enough for every promise to be breakable. */
const PROMISE_STATES = 3000;

interface CoreDriverModule {
  createCoreDriver(shape: Shape): Driver;
}

/** The driver of production with the bug in it. */
export async function patchedDriver(bug: Pick<BufferBug, 'name' | 'scene' | 'patches'>): Promise<Driver> {
  const module = await loadPatched<CoreDriverModule>('test/kit/core-driver.ts', bug.patches, bug.name);
  return module.createCoreDriver(bug.scene);
}

/** Random runs until the judge objects; `claims` are those that are asked. */
export function huntByRuns(
  scene: Shape,
  driver: Driver,
  judge: Judge,
  { runs = RUNS_MAX, claims = CLAIMS, seconds = RUN_SECONDS }: RunTerms = {},
): Hunted {
  const walk = new Walk(scene, driver, judge, claims);
  for (let seed = 1; seed <= runs; seed++) {
    let finding: WalkFinding | undefined;
    try {
      finding = within(seconds, () => walk.run(seed, STEPS_MAX));
    } catch (error) {
      if (!(error instanceof Overdue)) throw error;
      return { found: hang(walk, error), effort: seed, unit: 'runs' };
    }
    if (finding === undefined) continue;
    const fields = judge === 'comparison' ? finding.differences.map(({ path }) => path) : [];
    const story = (): readonly string[] => storyOf(shrunk(walk, finding, judge), judge);
    return { found: { claims: finding.claims, fields, story }, effort: seed, unit: 'runs' };
  }
  return { found: undefined, effort: runs, unit: 'runs' };
}

/** What is asked of random runs. */
export interface RunTerms {
  readonly runs?: number;
  readonly claims?: readonly Claim[];
  /** Time in which a run must end. */
  readonly seconds?: number;
}

/** A run takes milliseconds. */
const RUN_SECONDS = 30;
/** Of a bug that is to hang: then only how long the hunt takes depends on it. */
export const HANG_SECONDS = 1;

function hang(walk: Walk, { message }: Overdue): Catch {
  const steps = [...walk.taken];
  return { claims: ['hang'], fields: [], story: () => [...storyLines(steps), message] };
}

function storyOf(finding: WalkFinding, judge: Judge): readonly string[] {
  const [heading, ...sides] =
    judge === 'claims'
      ? (['the last step changed', 'before', 'after'] as const)
      : (['after the last step', 'model', 'production'] as const);
  const lines = differenceLines(finding.differences, ...sides).map((line) => `   ${line}`);
  return [...storyLines(finding.steps), heading, ...lines];
}

/** The same objection after as few actions as can be found. */
function shrunk(walk: Walk, finding: WalkFinding, judge: Judge): WalkFinding {
  const first = judge === 'comparison' ? finding.differences[0]?.path : undefined;
  const same = (other: WalkFinding | undefined): boolean =>
    other?.claims.join() === finding.claims.join() && (first === undefined || other.differences[0]?.path === first);
  if (!same(walk.replay(finding.actions))) return finding;
  return walk.replay(shrink(finding.actions, (actions) => same(walk.replay(actions)))) ?? finding;
}

/** Breaks every promise in explored states of the model. */
export function huntByPromises(scene: Shape, driver: Driver): Hunted {
  const exploration = explore(createMachine(scene), { graph: true, maxStates: PROMISE_STATES });
  const { states, mismatch } = breakPromises(exploration, driver, PROMISE_STATES);
  if (mismatch === undefined) return { found: undefined, effort: states, unit: 'states' };
  return {
    found: { claims: ['promises'], fields: [], story: () => [...mismatch.story, mismatch.summary] },
    effort: states,
    unit: 'states',
  };
}

/** Each device, where it is defined, and what the suite may ask of it. */
const DEVICES = {
  FaultDevice: {
    entry: 'test/kit/fault-device.ts',
    supports: { anyOrder: true, copiesAtSubmit: true, failsOnDemand: true, showsVolatile: true, losesPower: true },
  },
  MemoryDevice: {
    entry: 'src/devices/memory-device.ts',
    supports: { anyOrder: true, copiesAtSubmit: true, failsOnDemand: true, showsVolatile: true },
  },
} as const;

type DeviceModule = Record<string, new (volumes: number, blockBytes: number) => SuiteDevice>;

/** The shared suite on the patched device; each case is told alone, the first that fails is the catch. */
export async function huntBySuite(bug: Pick<BufferBug, 'name' | 'device' | 'patches'>): Promise<Hunted> {
  const name = bug.device ?? 'MemoryDevice';
  const { entry, supports } = DEVICES[name];
  const Device = (await loadPatched<DeviceModule>(entry, bug.patches, bug.name))[name]!;
  const subject: DeviceSubject = {
    name,
    makeDevice: ({ volumes, blockBytes }) => new Device(volumes, blockBytes),
    supports,
  };
  const cases = deviceCases(subject);
  for (const [i, { title, run }] of cases.entries()) {
    try {
      await run();
    } catch (error) {
      const story = [`case: ${title}`, error instanceof Error ? error.message : String(error)];
      return { found: { claims: ['device'], fields: [], story: () => story }, effort: i + 1, unit: 'cases' };
    }
  }
  return { found: undefined, effort: cases.length, unit: 'cases' };
}
