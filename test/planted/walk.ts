// Random runs of a driver beside the model, judged either by comparison with the model or by the catalogue alone.
//
// The model chooses what happens: an action that it offers, drawn by weights that each run draws anew, some of them zero, so
// that runs differ in kind and not only in order. Under `comparison` answer, woken tickets and the whole snapshot must be the
// model's. Under `claims` nothing is compared: the claims of the catalogue are asked about the driver's own snapshots and
// answers, and a driver that can no longer follow ends the run without a verdict. A run is its seed; a finding is the list of
// actions that led to it, which `replay` repeats, leaving out what the model does not offer where it now stands.

import { createMachine, type Machine } from '../../model/index.ts';
import type { Claim, Step } from '../../spec/claim.ts';
import { CLAIMS } from '../../spec/index.ts';
import type { Shape } from '../../spec/buffer/snapshot.ts';
import type { ActionKind, Outcome } from '../../spec/buffer/vocabulary.ts';
import { answerDifferences, runnableMask } from '../kit/answer-difference.ts';
import { blankSnapshot, type Driver, type MutableSnapshot, type StepResult } from '../kit/driver.ts';
import { sameSnapshot, snapshotDifferences, type SnapshotDifference } from '../kit/snapshot-difference.ts';
import { actionText, stepText } from '../kit/story.ts';
import { brokenClaims } from './broken-claims.ts';
import { diceOf, type Dice } from '../kit/random/dice.ts';

/** Who says that something is wrong. */
export type Judge = 'comparison' | 'claims';

/** The first step of a run at which the judge objects. */
export interface WalkFinding {
  /** Ids of the claims that fail, in the order of the catalogue; `snapshot` where the driver is not where the model is. */
  readonly claims: readonly string[];
  /** By comparison: what differs. By claims: what the last step changed. */
  readonly differences: readonly SnapshotDifference[];
  /** Indices of the actions executed, the last one included. */
  readonly actions: readonly number[];
  /** The same in words, with the driver's answers. */
  readonly steps: readonly string[];
}

/** What a kind may weigh in a run; each run draws one of them. */
function weightsOf(kind: ActionKind): readonly number[] {
  switch (kind) {
    // Without these a run stands still. A device that is slow or fast makes different runs.
    case 'ioRead':
      return [1, 2, 4, 8];
    case 'release':
      return [2, 4, 8, 8];
    case 'readDone':
    case 'writeDone':
    case 'flushDone':
      return [1, 2, 4, 8];
    // Endings: drawn as often as the rest they would leave nothing to end.
    case 'unload':
    case 'delBuffer':
    case 'cancel':
      return [0, 1, 2, 4];
    // Hooks and hints change nothing: once in a while is enough.
    case 'ioStart':
    case 'ioFsync':
    case 'ioSync':
    case 'ioMovedeps':
    case 'ioCheckread':
    case 'ioCountdeps':
    case 'ioAdvance':
    case 'ioNotmeta':
      return [0, 0, 1, 1];
    default:
      return kind.startsWith('resume') ? [2, 4, 4, 8] : [0, 2, 4, 8];
  }
}

const WEIGHTS = 4;

/** A fault pins a buffer or fails a volume for good, so most runs meet few. */
const FAULTS_IN_EIGHT = [0, 1, 2, 8] as const;

/** Drawn in vain so often, a run is over: the model offers hardly anything that has weight. */
const DRAWS_MAX = 2000;

export class Walk {
  /** Steps executed by all runs so far. */
  steps = 0;
  /** The steps of the latest run in words of the model, the one that was begun last included. */
  get taken(): readonly string[] {
    return this.#taken.map((index) => actionText(this.#machine.shape, this.#machine.actions[index]!));
  }

  /** Claim id -> how often it was asked and said something. */
  readonly applied = new Map<string, number>();
  readonly #taken: number[] = [];
  readonly #machine: Machine;
  readonly #driver: Driver;
  readonly #judge: Judge;
  readonly #claims: readonly Claim[];
  /** The actions of the shape, by kind. */
  readonly #byKind = new Map<ActionKind, number[]>();
  readonly #model: MutableSnapshot;
  #before: MutableSnapshot;
  #after: MutableSnapshot;

  constructor(shape: Shape, driver: Driver, judge: Judge, claims: readonly Claim[] = CLAIMS) {
    this.#machine = createMachine(shape);
    this.#driver = driver;
    this.#judge = judge;
    this.#claims = claims;
    this.#machine.actions.forEach(({ kind }, index) => {
      const known = this.#byKind.get(kind);
      if (known === undefined) this.#byKind.set(kind, [index]);
      else known.push(index);
    });
    this.#model = blankSnapshot(shape);
    this.#before = blankSnapshot(shape);
    this.#after = blankSnapshot(shape);
  }

  /** One run of at most `steps` steps; undefined when the judge has no objection. */
  run(seed: number, steps: number): WalkFinding | undefined {
    const dice = diceOf(seed);
    const kinds = this.#drawKinds(dice);
    const faults = FAULTS_IN_EIGHT[dice(WEIGHTS)]!;
    const executed: number[] = [];
    this.#begin();
    for (let draws = 0; executed.length < steps && draws < DRAWS_MAX; draws++) {
      const actions = kinds[dice(kinds.length)]!;
      const index = actions[dice(actions.length)]!;
      const action = this.#machine.actions[index]!;
      if ('error' in action && action.error && dice(8) >= faults) continue;
      const verdict = this.#step(index);
      if (verdict === 'not offered') continue;
      draws = 0;
      executed.push(index);
      if (verdict === 'lost') return undefined;
      if (verdict !== 'fine') return this.replay(executed);
    }
    return undefined;
  }

  /** The actions of a run again, as far as the model offers them. */
  replay(actions: readonly number[]): WalkFinding | undefined {
    const executed: number[] = [];
    const steps: string[] = [];
    this.#begin();
    for (const index of actions) {
      const verdict = this.#step(index, steps);
      if (verdict === 'not offered') continue;
      executed.push(index);
      if (verdict === 'lost') return undefined;
      if (verdict !== 'fine') return { ...verdict, actions: executed, steps };
    }
    return undefined;
  }

  #begin(): void {
    this.#taken.length = 0;
    this.#machine.state.words.set(this.#machine.initialRow());
    this.#driver.reset();
    this.#driver.snapshot(this.#before);
  }

  /** Kinds of this run, each as often as it weighs. */
  #drawKinds(dice: Dice): readonly (readonly number[])[] {
    const kinds: (readonly number[])[] = [];
    for (const [kind, actions] of this.#byKind) {
      const weight = weightsOf(kind)[dice(WEIGHTS)]!;
      for (let i = 0; i < weight; i++) kinds.push(actions);
    }
    return kinds;
  }

  #step(index: number, told?: string[]): 'not offered' | 'fine' | 'lost' | Pick<WalkFinding, 'claims' | 'differences'> {
    const { shape, actions, state } = this.#machine;
    const action = actions[index]!;
    const runnable = runnableMask(state);
    const expected = this.#machine.perform(index);
    if (expected === undefined) return 'not offered';
    this.steps++;
    this.#taken.push(index);
    let answer: StepResult;
    try {
      answer = this.#driver.perform(action);
      this.#driver.snapshot(this.#after);
    } catch (error) {
      const seen = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      told?.push(stepText(shape, action, expected, this.#before));
      const claim = (error as { claim?: unknown } | null)?.claim; // An error may name the claim that does not hold.
      if (this.#judge === 'claims' && typeof claim !== 'string') return 'lost';
      const claims = this.#judge === 'claims' ? [claim as string] : ['snapshot'];
      return { claims, differences: [{ path: 'thrown', expected: 'nothing', seen }] };
    }
    told?.push(stepText(shape, action, answer.outcome, this.#before));
    const verdict =
      this.#judge === 'claims'
        ? this.#ask({ action, outcome: answer.outcome })
        : this.#compare(expected, answer, runnable);
    [this.#before, this.#after] = [this.#after, this.#before];
    return verdict ?? 'fine';
  }

  #compare(
    outcome: Outcome,
    answer: StepResult,
    runnable: number,
  ): Pick<WalkFinding, 'claims' | 'differences'> | undefined {
    const { shape, state } = this.#machine;
    this.#machine.snapshot(state.words, 0, this.#model);
    const { diskRead, diskWrite } = state;
    const woken = runnableMask(state) & ~runnable;
    const differences = answerDifferences(shape.clients, { outcome, stats: { diskRead, diskWrite }, woken }, answer);
    if (!sameSnapshot(this.#model, this.#after))
      differences.push(...snapshotDifferences(shape, this.#model, this.#after));
    return differences.length === 0 ? undefined : { claims: ['snapshot'], differences };
  }

  /** Asks every claim; those that fail together are told together. */
  #ask(step: Step): Pick<WalkFinding, 'claims' | 'differences'> | undefined {
    const [before, after] = [this.#before, this.#after];
    const { shape } = this.#machine;
    const claims = brokenClaims(this.#claims, before, step, after, shape.blockBytes, this.applied);
    return claims.length === 0 ? undefined : { claims, differences: snapshotDifferences(shape, before, after) };
  }
}
