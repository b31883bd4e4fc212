// Random conformance of the direct machine: runs beyond the bounds of every configuration, on model and implementation, judged
// after every step.
//
// Runs come in rounds; a round has a seed of its own and a palette of configurations drawn from it. What a report says depends
// on the options alone. The first failure ends everything: its steps are left out one after the other for as long as it still
// fails for the same cause, and the report tells what is left with a token that repeats it.
//
// A run that proves nothing fails too: runs that came to a standstill early, or, in a full run on drawn configurations, a label
// or a claim that was never met.

import { DIRECT_ABSENT, DIRECT_CLAIMS } from '../../../spec/direct/index.ts';
import { DIRECT_LABELS } from '../../../spec/direct/vocabulary.ts';
import { DIRECT_REPAIR_IDS, type DirectRepairId, type DirectShape } from '../../../spec/direct/snapshot.ts';
import { createDirectMachine, type DirectMachine } from '../../../model/direct/index.ts';
import { claimLines } from '../claim-lines.ts';
import { shrink } from '../shrink.ts';
import { diceOf } from '../random/dice.ts';
import { TokenError } from '../random/sealed.ts';
import { differenceLines, storyLines } from '../story.ts';
import { createDirectDriver } from './direct-driver.ts';
import type { DirectDriver } from './driver.ts';
import { drawDirectShape, directShapeText } from './drawn-shape.ts';
import { DirectStage, DirectTally, type DirectFinding } from './random-stage.ts';
import { drawDirectSwarm } from './random-swarm.ts';
import { directTokenOf, readDirectToken } from './random-token.ts';

/** Who plays: production and model, unless somebody else is to be checked. */
export interface DirectPlayers {
  /** Makes the implementation for a shape. Default: production. */
  readonly driver?: (shape: DirectShape) => DirectDriver;
  /** Makes the model that judges it. Default: the reference model. */
  readonly machine?: (shape: DirectShape) => DirectMachine;
}

/** What to play, and how much of it. */
export interface DirectConformOptions extends DirectPlayers {
  readonly seed?: number;
  readonly runs?: number;
  /** Most steps of a run. */
  readonly steps?: number;
  /** One configuration instead of drawn ones. */
  readonly shape?: DirectShape;
  /** What the implementation repairs; claims that need another repair are not asked. */
  readonly repairs?: readonly DirectRepairId[];
}

/** A disagreement, told so that it can be understood and repeated. */
export interface DirectFailure {
  /** Claims broken at the last step; the first one names the failure. */
  readonly claims: readonly string[];
  readonly summary: string;
  readonly configuration: string;
  readonly path: readonly string[];
  readonly differences: DirectFinding['differences'];
  readonly story: readonly string[];
  /** Repeats it: `check-model --replay TOKEN`. */
  readonly token: string;
}

/** What random runs have shown. It depends on the options alone. */
export interface DirectConformReport {
  readonly seed: number;
  /** Runs begun, the failing one included. */
  readonly runs: number;
  readonly steps: number;
  /** Of the steps that were wanted, those that could be taken. */
  readonly share: number;
  readonly meanLength: number;
  /** Label and circumstances to how often they were met. */
  readonly met: ReadonlyMap<string, number>;
  /** Claim id to the number of states or steps in which it said something. */
  readonly claims: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  readonly failure?: DirectFailure;
  readonly holds: boolean;
}

export const DIRECT_RUNS = 1500;
export const DIRECT_STEPS = 160;
const RUNS_PER_ROUND = 100;
const SHAPES_PER_ROUND = 10;
const SHARE_LEAST = 0.9;
/** Labels that a machine with all repairs does not have. */
const NEVER: readonly string[] = ['Uncache', ...DIRECT_ABSENT.map(({ name }) => name)];
/** Seeds are 32 bits without a sign. */
const SEED_END = 2 ** 31;

/** Runs everything and reports. */
export function directConform(options: DirectConformOptions = {}): DirectConformReport {
  const rounds = directConformRounds(options);
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
  }
}

/** The same, with a pause after each round, told how many runs are over. */
export function* directConformRounds(options: DirectConformOptions = {}): Generator<number, DirectConformReport> {
  const { seed = 1, runs = DIRECT_RUNS, steps = DIRECT_STEPS } = options;
  for (const [name, value, least] of [
    ['seed', seed, 0],
    ['runs', runs, 1],
    ['steps', steps, 1],
  ] as const)
    // prettier-ignore
    if (!Number.isInteger(value) || value < least || value >= SEED_END)
      throw new RangeError(`${name} must be a whole number from ${least} below 2^31, but is ${value}.`);
  const tally = new DirectTally();
  let [begun, taken] = [0, 0];
  for (let round = 0; begun < runs; round++) {
    const dice = diceOf((seed + Math.imul(round, 0x9e3779b1)) | 0);
    const stages = stagesOf(options, dice);
    for (const end = Math.min(runs, begun + RUNS_PER_ROUND); begun < end; begun++) {
      const stage = stages[dice(stages.length)]!;
      const finding = stage.play(dice, drawDirectSwarm(dice), steps, tally);
      taken += stage.taken.length;
      if (finding === undefined) continue;
      const failure = tellFailure(stage, smallest(stage, finding));
      return reportOf(options, begun + 1, taken, tally, failure);
    }
    yield begun;
  }
  return reportOf(options, begun, taken, tally, undefined);
}

/** The configurations of a round, each with its players. */
function stagesOf(options: DirectConformOptions, dice: (n: number) => number): readonly DirectStage[] {
  const { shape, repairs = DIRECT_REPAIR_IDS } = options;
  const shapes =
    shape === undefined
      ? Array.from({ length: SHAPES_PER_ROUND }, () => drawDirectShape(dice, repairs))
      : [{ ...shape, repairs }];
  return shapes.map((one) => stageOf(one, options));
}

function stageOf(
  shape: DirectShape,
  { machine = createDirectMachine, driver = createDirectDriver }: DirectPlayers,
): DirectStage {
  return new DirectStage(machine(shape), driver(shape));
}

/** The finding of the shortest list of steps that was found to fail for the same cause. */
function smallest(stage: DirectStage, finding: DirectFinding): DirectFinding {
  const numbers = stage.taken.map((action) => stage.machine.actions.indexOf(action));
  let least = finding;
  shrink(numbers, (some) => {
    const again = stage.replay(some);
    if (again?.cause !== finding.cause || again.path.length > least.path.length) return false;
    least = again;
    return true;
  });
  return least;
}

function tellFailure(stage: DirectStage, finding: DirectFinding): DirectFailure {
  const { implementation, claims, label, path, differences, changes } = finding;
  const { shape } = stage.machine;
  const claim = DIRECT_CLAIMS.find(({ id }) => id === claims[0]);
  const what =
    claims.length > 0
      ? `${claims.join(', ')} ${claims.length > 1 ? 'are' : 'is'} broken`
      : `${implementation} leaves the model in ${differences[0]?.path ?? 'nothing'}`;
  const told =
    differences.length > 0
      ? differenceLines(differences, 'model', implementation)
      : ['the last step changed', ...differenceLines(changes, 'before', 'after').map((line) => `   ${line}`)];
  return {
    claims,
    summary: `On ${label} ${what}, after ${path.length} step(s).`,
    configuration: directShapeText(shape),
    path,
    differences,
    story: [...storyLines(path), ...[...told, ...claimLines(claim)].map((line) => `   ${line}`)],
    token: directTokenOf({ shape, actions: finding.actions }),
  };
}

function reportOf(
  options: DirectConformOptions,
  runs: number,
  taken: number,
  { met, labels, applied }: DirectTally,
  failure: DirectFailure | undefined,
): DirectConformReport {
  const { seed = 1, steps = DIRECT_STEPS, shape, repairs = DIRECT_REPAIR_IDS } = options;
  const [share, meanLength] = [taken / (runs * steps), taken / runs];
  const problems: string[] = [];
  if (failure === undefined && share < SHARE_LEAST)
    problems.push(`Runs came to a standstill: ${(100 * share).toFixed(1)} % of the steps were taken.`);
  if (
    failure === undefined &&
    shape === undefined &&
    repairs.length === DIRECT_REPAIR_IDS.length &&
    runs >= DIRECT_RUNS
  ) {
    const unseen = DIRECT_LABELS.filter((label) => !NEVER.includes(label) && !labels.has(label));
    if (unseen.length > 0) problems.push(`Never met: ${unseen.join(', ')}.`);
    const silent = DIRECT_CLAIMS.filter(
      ({ id, status, howByConstruction }) =>
        status === 'checked' && howByConstruction === undefined && !applied.has(id),
    );
    if (silent.length > 0) problems.push(`Never applied: the claims ${silent.map(({ id }) => id).join(', ')}.`);
  }
  return {
    ...{ seed, runs, steps: taken, share, meanLength, met, claims: applied, problems },
    ...(failure && { failure }),
    holds: failure === undefined && problems.length === 0,
  };
}

/** What came of a run that was taken once more. */
export interface DirectReplayReport {
  readonly executed: number;
  readonly failure?: DirectFailure;
}

/** Takes the steps of a token once more. @throws TokenError */
export function directReplay(token: string, players: DirectPlayers = {}): DirectReplayReport {
  const { shape, actions } = readDirectToken(token);
  const stage = stageOf(shape, players);
  const numbers = new Map(stage.machine.actions.map((action, index) => [JSON.stringify(action), index]));
  const known = actions.map((action) => numbers.get(JSON.stringify(action)) ?? -1);
  if (known.includes(-1))
    throw new TokenError(
      'The token names an action that the machine of this revision does not have; replay it with its own.',
    );
  const finding = stage.replay(known);
  const executed = stage.taken.length;
  return finding === undefined ? { executed } : { executed, failure: tellFailure(stage, finding) };
}
