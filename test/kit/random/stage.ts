// Model and implementation on one configuration, taking the steps of programs side by side.
//
// After every step four things must agree, as in the edge walk: what was answered, the disk statistics, which tickets were
// woken, and the whole observable state; and no claim of the catalogue may be broken by the implementation's own snapshots.
// The comparison can be left out, so that claims alone judge; then an implementation that will not take a step ends the run,
// because from there on nobody can say what it should do. The first finding ends the run.

import type { Shape, Snapshot } from '../../../spec/buffer/snapshot.ts';
import type { Outcome } from '../../../spec/buffer/vocabulary.ts';
import type { Machine } from '../../../model/buffer/machine.ts';
import { View } from '../../../model/buffer/snapshot.ts';
import type { State } from '../../../model/buffer/state.ts';
import { answerDifferences, isSameAnswer, maskOf, runnableMask, thrownDifference } from '../answer-difference.ts';
import { blankSnapshot, nameOfDriver, type Driver, type MutableSnapshot, type StepResult } from '../driver.ts';
import { sameSnapshot, snapshotDifferences, type SnapshotDifference } from '../snapshot-difference.ts';
import { Chooser, exactCommand } from './chooser.ts';
import type { ClaimWatch } from './claim-watch.ts';
import type { Coverage } from './coverage.ts';
import type { Command, Program } from './program.ts';

/** The model's snapshot, kept current. */
export interface ModelView {
  /** The snapshot of the state that it was made for, as it is now; valid until the next call. */
  look(): Snapshot;
}

/** How two states are compared with each other; an implementation that shows less brings its own. */
export interface Comparison {
  /** Whether nobody can tell them apart; asked after each step. */
  same(model: Snapshot, seen: Snapshot): boolean;
  /** What is told when they are not the same. */
  differences(shape: Shape, model: Snapshot, seen: Snapshot): readonly SnapshotDifference[];
}

/** What plays and how it is judged. */
export interface StageParts {
  readonly machine: Machine;
  readonly driver: Driver;
  readonly view?: (state: State) => ModelView;
  /** Undefined: claims alone judge. */
  readonly comparison: Comparison | undefined;
  /** Undefined: no claims are asked. */
  readonly claims: ClaimWatch | undefined;
}

export const FULL_COMPARISON: Comparison = { same: sameSnapshot, differences: snapshotDifferences };

/** What was found wrong, at the last of the steps that were taken. */
export interface Finding {
  /** Why the run failed: the first broken claim, else `difference` or `thrown`. A shrunk program must fail for the same. */
  readonly cause: string;
  /** What reports call the implementation. */
  readonly implementation: string;
  readonly claims: readonly string[];
  /** Actions performed up to and with the one in question, by index; none where the initial state is wrong. */
  readonly taken: readonly number[];
  readonly outcome: Outcome | undefined;
  /** Between model and implementation. */
  readonly differences: readonly SnapshotDifference[];
  /** What the step changed, by the implementation's own word. */
  readonly changes: readonly SnapshotDifference[];
}

export class Stage {
  readonly machine: Machine;
  readonly #driver: Driver;
  readonly #comparison: Comparison | undefined;
  readonly #claims: ClaimWatch | undefined;
  readonly #view: ModelView;
  readonly #initial: Int32Array;
  readonly #chooser: Chooser;
  #now: MutableSnapshot;
  #next: MutableSnapshot;
  readonly #taken: number[] = [];
  /** Steps that the latest program has made. */
  executed = 0;
  #left = false;

  constructor({ machine, driver, view, comparison, claims }: StageParts) {
    this.machine = machine;
    this.#driver = driver;
    this.#comparison = comparison;
    this.#claims = claims;
    this.#view = view === undefined ? new View(machine.state) : view(machine.state);
    this.#initial = machine.initialRow();
    this.#chooser = new Chooser(machine);
    this.#now = blankSnapshot(machine.shape);
    this.#next = blankSnapshot(machine.shape);
  }

  /** Whether the implementation would not go on with the latest program. */
  get left(): boolean {
    return this.#left;
  }

  /** Takes the steps of a program from the initial state on, until something is wrong. */
  play(program: Program, coverage?: Coverage): Finding | undefined {
    this.executed = 0;
    this.#left = false;
    this.#taken.length = 0;
    const wrong = this.#begin(program);
    if (wrong !== undefined) return wrong;
    for (const command of program.commands) {
      const index = this.#chooser.perform(command);
      if (index < 0) continue;
      this.#taken.push(index);
      const finding = this.#follow(index, coverage);
      if (finding !== undefined) return finding;
      if (this.left) return undefined;
      this.executed += 1;
    }
    return undefined;
  }

  /** The commands that mean exactly what those of the program come to mean in the model. */
  exact(program: Program): readonly Command[] {
    this.machine.state.words.set(this.#initial);
    this.#chooser.begin(program);
    return program.commands.flatMap((command) => {
      const index = this.#chooser.perform(command);
      return index < 0 ? [] : [exactCommand(this.machine.actions[index]!)];
    });
  }

  /** The finding that the latest program was ended from outside, in the step that it had come to. */
  hung(seconds: number): Finding {
    const seen = `it does not return within ${seconds} s`;
    return { ...this.#finding([], undefined, [{ path: 'thrown', expected: 'nothing', seen }], []), cause: 'hung' };
  }

  #begin(program: Program): Finding | undefined {
    this.machine.state.words.set(this.#initial);
    this.#chooser.begin(program);
    this.#driver.reset();
    this.#driver.snapshot(this.#now);
    const claims = this.#claims?.brokenBy(this.#now, this.machine.shape.blockBytes) ?? [];
    if (claims.length === 0 && this.#isSame(this.#now)) return undefined;
    return this.#finding(claims, undefined, this.#stateDifferences(this.#now), []);
  }

  /** The implementation's part of a step that the model has made. */
  #follow(index: number, coverage: Coverage | undefined): Finding | undefined {
    const action = this.machine.actions[index]!;
    const [before, after] = [this.#now, this.#next];
    let answer: StepResult;
    try {
      answer = this.#driver.perform(action);
    } catch (error) {
      return this.#judgeThrown(error);
    }
    this.#driver.snapshot(after);
    coverage?.count(action, answer.outcome, before);
    const claims = this.#brokenClaims(before, { action, outcome: answer.outcome }, after);
    const same = this.#isSameStep(before, answer, after);
    [this.#now, this.#next] = [after, before];
    if (claims === undefined && same) return undefined;
    const { outcome } = answer;
    const wrong = same ? [] : [...this.#answerDifferences(before, answer), ...this.#stateDifferences(after)];
    return this.#finding(claims ?? [], outcome, wrong, snapshotDifferences(this.machine.shape, before, after));
  }

  #brokenClaims(before: Snapshot, step: Parameters<ClaimWatch['brokenByStep']>[1], after: Snapshot) {
    if (this.#claims === undefined) return undefined;
    const inState = this.#claims.brokenBy(after, this.machine.shape.blockBytes);
    const inStep = this.#claims.brokenByStep(before, step, after);
    return inState !== undefined && inStep !== undefined ? [...inState, ...inStep] : (inState ?? inStep);
  }

  #isSame(seen: Snapshot): boolean {
    return this.#comparison === undefined || this.#comparison.same(this.#view.look(), seen);
  }

  /** The implementation was where the model was before the step; is it still, and did it say the same? */
  #isSameStep(before: Snapshot, answer: StepResult, after: Snapshot): boolean {
    if (this.#comparison === undefined) return true;
    const { state } = this.machine;
    if (!isSameAnswer(this.#chooser.outcome, state, answer)) return false;
    const model = this.#view.look();
    const woken = runnableMask(model) & ~runnableMask(before);
    return woken === maskOf(answer.woken) && this.#comparison.same(model, after);
  }

  #stateDifferences(seen: Snapshot): readonly SnapshotDifference[] {
    return this.#comparison?.differences(this.machine.shape, this.#view.look(), seen) ?? [];
  }

  #answerDifferences(before: Snapshot, answer: StepResult): readonly SnapshotDifference[] {
    const { shape, state } = this.machine;
    const { diskRead, diskWrite } = state;
    const woken = runnableMask(this.#view.look()) & ~runnableMask(before);
    const expected = { outcome: this.#chooser.outcome, stats: { diskRead, diskWrite }, woken };
    return answerDifferences(shape.clients, expected, answer);
  }

  /** An error may name a claim. Without the comparison any other one ends the run without a word. */
  #judgeThrown(error: unknown): Finding | undefined {
    const claim = (error as { claim?: unknown } | null)?.claim;
    if (this.#claims !== undefined && typeof claim === 'string')
      return this.#finding([claim], undefined, [thrownDifference(error)], []);
    if (this.#comparison !== undefined) return this.#finding([], undefined, [thrownDifference(error)], []);
    this.#left = true;
    return undefined;
  }

  #finding(
    claims: readonly string[],
    outcome: Outcome | undefined,
    differences: readonly SnapshotDifference[],
    changes: readonly SnapshotDifference[],
  ): Finding {
    const cause = claims[0] ?? (differences[0]?.path === 'thrown' ? 'thrown' : 'difference');
    const implementation = nameOfDriver(this.#driver);
    return { cause, implementation, claims, taken: [...this.#taken], outcome, differences, changes };
  }
}
