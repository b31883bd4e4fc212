// Random conformance: programs drawn by fast-check, played on model and implementation, judged after every step.
//
// Runs come in rounds. A round has a seed of its own and a palette of configurations
// drawn from it, so that machines are built once and used often. What a report says depends on the options alone. The first
// failure ends everything: fast-check makes its program smaller, and the report tells it with a token that repeats it.
//
// A run that proves nothing fails too: fewer than 70 % of the generated commands could be executed, runs are too short on the
// average, or, in a full run on drawn configurations, a combination that should occur never did or a claim never applied.
//
// The implementation is any Driver. One is made per configuration and kept; drivers of several configurations take turns, and
// each run begins with `reset()`.

import { crc32 } from 'node:zlib';
import { ACTION_KINDS, type ActionKind } from '../../../spec/buffer/vocabulary.ts';
import { REPAIR_IDS, type RepairId, type Shape } from '../../../spec/buffer/snapshot.ts';
import { createMachine, type Machine } from '../../../model/buffer/machine.ts';
import type { State } from '../../../model/buffer/state.ts';
import { createCoreDriver } from '../core-driver.ts';
import type { Driver } from '../driver.ts';
import { ClaimWatch } from './claim-watch.ts';
import { Coverage, expectedCoverage } from './coverage.ts';
import { diceOf } from './dice.ts';
import { drawShape } from './drawn-shape.ts';
import { tellFailure, type ConformFailure } from './failure.ts';
import { fastCheck } from './fast-check.ts';
import { ProgramArbitrary, type Program } from './program.ts';
import { FULL_COMPARISON, Stage, type Comparison, type Finding, type ModelView } from './stage.ts';
import { Overdue, within } from '../within.ts';
import { readToken, TokenError, tokenOf } from './token.ts';

/** Who plays: production and model, unless somebody else is to be checked. */
export interface Players {
  /** Makes the implementation for a configuration; production where absent. */
  readonly driver?: (shape: Shape) => Driver;
  /** Makes the model for a configuration; the reference model where absent. */
  readonly machine?: (shape: Shape) => Machine;
  /** How states of the model are seen; as its snapshots where absent. */
  readonly view?: (state: State) => ModelView;
  /** How states are compared, for an implementation that does not show all. */
  readonly comparison?: Comparison;
  /** Time in which a program must end; default 30. Infinity where the implementation has a watch of its own. */
  readonly programSeconds?: number;
}

/** What to play, and how much of it; by default 4000 runs of production on drawn configurations. */
export interface ConformOptions extends Players {
  readonly seed?: number;
  readonly runs?: number;
  readonly maxCommands?: number;
  /** Compare answers and snapshots with the model; else claims alone judge. */
  readonly compare?: boolean;
  /** Ask the claims of the catalogue. */
  readonly claims?: boolean;
  /** One configuration instead of drawn ones. */
  readonly shape?: Shape;
  /** What the implementation repairs; the model leaves out the others, and claims that need them are not asked. */
  readonly repairs?: readonly RepairId[];
  /** The kinds of action that are offered. */
  readonly kinds?: readonly ActionKind[];
  /** Combinations that must occur; those of `coverage.txt` where absent and the run is a full one. */
  readonly expected?: readonly string[];
}

/** What random runs have shown. It depends on the options alone. */
export interface ConformReport {
  readonly seed: number;
  /** Runs begun, the failing one included. */
  readonly runs: number;
  /** Commands generated, and those of them that were executed. */
  readonly generated: number;
  readonly executed: number;
  readonly share: number;
  readonly meanLength: number;
  /** Runs that the implementation would not go on with (only without comparison). */
  readonly left: number;
  readonly coverage: CoverageReport;
  /** Claim id to the number of steps, or of states out of a sample, in which it said something. */
  readonly claims: Readonly<Record<string, number>>;
  /** Why the run proves too little, a sentence each. */
  readonly problems: readonly string[];
  readonly failure?: ConformFailure;
  readonly holds: boolean;
}

/** Which combinations of circumstances occurred. */
export interface CoverageReport {
  /** Combination to how often it was met. */
  readonly met: ReadonlyMap<string, number>;
  /** How many must occur, or undefined where the run claims nothing. */
  readonly expected: number | undefined;
  readonly missing: readonly string[];
}

export const DEFAULT_SEED = 1;
export const DEFAULT_RUNS = 4000;
export const DEFAULT_MAX_COMMANDS = 240;
export const RUNS_PER_ROUND = 250;
const SHAPES_PER_ROUND = 24;
/** A program takes milliseconds. */
const PROGRAM_SECONDS = 30;
const SHARE_LEAST = 0.7;
const MEAN_LEAST = 60;
/** fast-check's seeds are 32 bits; ours leave the sign alone. */
const SEED_END = 2 ** 31;

/** Runs everything and reports. */
export function conform(options: ConformOptions = {}): ConformReport {
  const rounds = conformRounds(options);
  while (true) {
    const { done, value } = rounds.next();
    if (done === true) return value;
  }
}

/** The same, with a pause after each round, told how many runs are over: for whoever has other things to do in between. */
export function* conformRounds(options: ConformOptions = {}): Generator<number, ConformReport> {
  const play = new Play(options);
  for (let round = 0; play.runs < play.runsWanted; round++) {
    const failure = play.round(seedOfRound(play.seed, round), Math.min(RUNS_PER_ROUND, play.runsWanted - play.runs));
    if (failure !== undefined) return play.report(failure);
    yield play.runs;
  }
  return play.report(undefined);
}

/** The first round has the seed itself; neighbouring seeds share no rounds. */
function seedOfRound(seed: number, round: number): number {
  return (seed + Math.imul(round, 0x9e3779b1)) & (SEED_END - 1);
}

/** What came of a program that was played once more. */
export interface ReplayReport {
  /** Steps that the program made. */
  readonly executed: number;
  readonly failure?: ConformFailure;
}

/** Plays the program of a token once more. @throws TokenError */
export function replay(token: string, players: Players = {}): ReplayReport {
  const { path, fingerprint, kinds, shape, ...rest } = readToken(token);
  const play = new Play({ ...players, ...rest, ...(kinds && { kinds }), ...(shape && { shape }) });
  const [program] = fastCheck.sample(play.arbitrary(rest.seed), { seed: rest.seed, path, numRuns: 1 });
  if (program === undefined || fingerprintOf(program) !== fingerprint)
    throw new TokenError(
      'The token leads to another program here than where it was printed: replay it with that revision and model.',
    );
  return play.again(program, token);
}

function fingerprintOf(program: Program): number {
  return crc32(JSON.stringify(program)) & 0xffff;
}

/** The runs of one call: what they have in common and what they add up to. */
class Play {
  readonly seed: number;
  readonly runsWanted: number;
  runs = 0;
  readonly #options: ConformOptions;
  readonly #repairs: readonly RepairId[];
  readonly #maxCommands: number;
  readonly #claims: ClaimWatch | undefined;
  readonly #coverage = new Coverage();
  readonly #stages = new Map<string, Stage>();
  readonly #keyed = new WeakMap<Shape, Stage>();
  #generated = 0;
  #executed = 0;
  #left = 0;
  #finding: Finding | undefined;
  /** What was thrown where no implementation may throw: while it was made, reset or looked at. */
  #breakdown: unknown;

  constructor(options: ConformOptions) {
    this.#options = options;
    this.seed = options.seed ?? DEFAULT_SEED;
    this.runsWanted = options.runs ?? DEFAULT_RUNS;
    this.#maxCommands = options.maxCommands ?? DEFAULT_MAX_COMMANDS;
    this.#repairs = options.repairs ?? REPAIR_IDS;
    this.#claims = (options.claims ?? true) ? new ClaimWatch(this.#repairs) : undefined;
    for (const [name, value, least] of [
      ['seed', this.seed, 0],
      ['runs', this.runsWanted, 1],
      ['maxCommands', this.#maxCommands, 1],
    ] as const)
      if (!Number.isInteger(value) || value < least || value >= SEED_END)
        throw new RangeError(`${name} must be a whole number from ${least} below 2^31, but is ${value}.`);
  }

  /** The programs of the round with that seed. */
  arbitrary(seed: number): ProgramArbitrary {
    const { shape, kinds = ACTION_KINDS } = this.#options;
    const terms = { repairs: this.#repairs, acts: kinds };
    const dice = diceOf(seed);
    const given = shape && { ...shape, repairs: this.#repairs, acts: shape.acts.filter((act) => isOneOf(kinds, act)) };
    const shapes = given ? [given] : Array.from({ length: SHAPES_PER_ROUND }, () => drawShape(dice, terms));
    return new ProgramArbitrary({
      shapes,
      shapeShrinks: given === undefined,
      maxCommands: this.#maxCommands,
      exact: (program) => this.#stage(program.shape).exact(program),
    });
  }

  round(seed: number, runs: number): ConformFailure | undefined {
    this.#stages.clear();
    const before = this.runs;
    const property = fastCheck.property(this.arbitrary(seed), (program) => this.#holds(program));
    const details = fastCheck.check(property, { seed, numRuns: runs });
    this.runs = before + details.numRuns;
    if (!details.failed) return undefined;
    if (this.#finding === undefined) throw this.#breakdown;
    const [program] = details.counterexample as [Program];
    const token = this.#token(seed, details.counterexamplePath, program);
    return tellFailure(this.#stage(program.shape).machine, program, this.#finding, token);
  }

  /** A breakdown fails too, but nothing is tried again after it: whoever broke down may not be there any more. */
  #holds(program: Program): boolean {
    if (this.#breakdown !== undefined) return true;
    try {
      return this.#play(program);
    } catch (error) {
      this.#breakdown = error;
      return this.#finding !== undefined;
    }
  }

  /** Fails at the first finding, and while its program is made smaller, when the finding has the same cause. */
  #play(program: Program): boolean {
    const stage = this.#stage(program.shape);
    const shrinking = this.#finding !== undefined;
    const finding = this.#playWithin(stage, program, shrinking);
    if (!shrinking) {
      // Of a failing program only what was got to counts as generated.
      this.#generated += finding === undefined && !stage.left ? program.commands.length : stage.executed;
      this.#executed += stage.executed;
      this.#left += Number(stage.left);
    }
    if (finding === undefined || (shrinking && finding.cause !== this.#finding?.cause)) return true;
    this.#finding = finding;
    if (this.#claims !== undefined) this.#claims.counting = false;
    return false;
  }

  /** A program that does not end in its time is played once more; smaller ones of it have less time. */
  #playWithin(stage: Stage, program: Program, shrinking: boolean): Finding | undefined {
    const { programSeconds = PROGRAM_SECONDS } = this.#options;
    const isHung = this.#finding?.cause === 'hung';
    const seconds = isHung ? Math.min(1, programSeconds) : programSeconds;
    const coverage = shrinking ? undefined : this.#coverage;
    for (let tries = isHung ? 1 : 2; ; tries--) {
      try {
        return within(seconds, () => stage.play(program, coverage));
      } catch (error) {
        if (!(error instanceof Overdue)) throw error;
        if (tries === 1) return stage.hung(seconds);
      }
    }
  }

  again(program: Program, token: string): ReplayReport {
    const stage = this.#stage(program.shape);
    const finding = this.#playWithin(stage, program, true);
    const { executed } = stage;
    if (finding === undefined) return { executed };
    return { executed, failure: tellFailure(stage.machine, program, finding, token) };
  }

  /** Model and implementation for a shape; the same for equal shapes, which shrinking makes anew again and again. */
  #stage(shape: Shape): Stage {
    let stage = this.#keyed.get(shape);
    if (stage !== undefined) return stage;
    const key = JSON.stringify(shape);
    stage = this.#stages.get(key) ?? this.#newStage(shape);
    this.#stages.set(key, stage);
    this.#keyed.set(shape, stage);
    return stage;
  }

  #newStage(shape: Shape): Stage {
    const { machine = createMachine, driver = createCoreDriver, view, comparison, compare = true } = this.#options;
    return new Stage({
      machine: machine(shape),
      driver: driver(shape),
      ...(view && { view }),
      comparison: compare ? (comparison ?? FULL_COMPARISON) : undefined,
      claims: this.#claims,
    });
  }

  #token(seed: number, path: string | null, program: Program): string {
    const { compare = true, claims = true, kinds, shape } = this.#options;
    const fingerprint = fingerprintOf(program);
    const common = { seed, path: path ?? '0', maxCommands: this.#maxCommands, compare, claims };
    return tokenOf({ ...common, repairs: this.#repairs, kinds, shape, fingerprint });
  }

  report(failure: ConformFailure | undefined): ConformReport {
    const [share, meanLength] = [this.#executed / (this.#generated || 1), this.#executed / (this.runs || 1)];
    const coverage = this.#coverageReport();
    const claims = this.#claims?.applied() ?? {};
    const problems = failure === undefined ? this.#problems(share, meanLength, coverage, claims) : [];
    return {
      ...{ seed: this.seed, runs: this.runs, generated: this.#generated, executed: this.#executed, share, meanLength },
      ...{ left: this.#left, coverage, claims, problems },
      ...(failure && { failure }),
      holds: failure === undefined && problems.length === 0,
    };
  }

  /** Everything that can be drawn was drawn, as often as by default. */
  get #isFull(): boolean {
    const { shape, kinds, compare = true } = this.#options;
    return shape === undefined && kinds === undefined && compare && this.runs >= DEFAULT_RUNS;
  }

  #coverageReport(): CoverageReport {
    const met = this.#coverage.met();
    const expected = this.#options.expected ?? (this.#isFull ? expectedCoverage() : undefined);
    return { met, expected: expected?.length, missing: expected?.filter((one) => !met.has(one)) ?? [] };
  }

  #problems(
    share: number,
    mean: number,
    { missing, expected }: CoverageReport,
    claims: ConformReport['claims'],
  ): readonly string[] {
    const problems: string[] = [];
    const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
    if (share < SHARE_LEAST)
      problems.push(
        `Only ${percent(share)} of the generated commands could be executed; ${percent(SHARE_LEAST)} must.`,
      );
    const meanLeast = Math.min(MEAN_LEAST, this.#maxCommands * 0.375);
    if (mean < meanLeast)
      problems.push(`Runs are ${mean.toFixed(1)} steps long on the average; they must be ${meanLeast} or more.`);
    if (missing.length > 0) problems.push(`Never met, of ${expected} combinations: ${missing.join(', ')}.`);
    const silent = this.#isFull ? Object.keys(claims).filter((id) => claims[id] === 0) : [];
    if (silent.length > 0) problems.push(`Never applied: the claims ${silent.join(', ')}.`);
    return problems;
  }
}

const isOneOf = (kinds: readonly ActionKind[], act: string): boolean => (kinds as readonly string[]).includes(act);
