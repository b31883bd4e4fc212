// Model and implementation of the direct machine on one configuration, taking steps side by side.
//
// The model is asked single steps, from the row before to the row after. After each step the whole answer must agree (outcome,
// and whose operations ended), and the whole observable state; and no claim of the catalogue may be broken by the
// implementation's own snapshots. The first finding ends the run.

import type { DirectClaim } from '../../../spec/direct/claim.ts';
import { DIRECT_INVARIANTS, DIRECT_PROPERTIES } from '../../../spec/direct/index.ts';
import { directLabelOf, type DirectAction } from '../../../spec/direct/vocabulary.ts';
import type { DirectRepairId } from '../../../spec/direct/snapshot.ts';
import { blankDirectSnapshot, type DirectMachine } from '../../../model/direct/index.ts';
import { thrownDifference } from '../answer-difference.ts';
import { nameOfDriver } from '../language.ts';
import type { Dice } from '../random/dice.ts';
import type { SnapshotDifference } from '../snapshot-difference.ts';
import { directLanguage, type DirectLanguage } from './direct-language.ts';
import type { DirectAnswer, DirectDriver, MutableDirectSnapshot } from './driver.ts';
import { DirectChooser } from './random-chooser.ts';
import type { DirectSwarm } from './random-swarm.ts';

/** What was found wrong, at the last of the steps that were taken. */
export interface DirectFinding {
  /** The first broken claim, else `difference` or `thrown`. A smaller run must fail for the same. */
  readonly cause: string;
  /** What reports call the implementation. */
  readonly implementation: string;
  readonly claims: readonly string[];
  readonly label: string;
  readonly actions: readonly DirectAction[];
  /** The same, names resolved. */
  readonly path: readonly string[];
  /** Between model and implementation. */
  readonly differences: readonly SnapshotDifference[];
  /** What the step changed, by the implementation's own word. */
  readonly changes: readonly SnapshotDifference[];
}

/** What was met, over all runs that were told of it. */
export class DirectTally {
  /** Label and circumstances to how often they were met. */
  readonly met = new Map<string, number>();
  readonly labels = new Set<string>();
  /** Claim id to the number of states or steps in which it said something. What production keeps by construction is not counted. */
  readonly applied = new Map<string, number>();

  count(label: string, circumstances: string): void {
    this.labels.add(label);
    const key = `${label} on ${circumstances}`;
    this.met.set(key, (this.met.get(key) ?? 0) + 1);
  }

  apply({ id, howByConstruction }: DirectClaim): void {
    if (howByConstruction === undefined) this.applied.set(id, (this.applied.get(id) ?? 0) + 1);
  }
}

/** The claims that a machine with these repairs must keep. */
const keptBy =
  (repairs: readonly DirectRepairId[]) =>
  (claim: { readonly status: string; readonly repairs?: readonly string[] }): boolean =>
    claim.status === 'checked' && (claim.repairs ?? []).every((id) => (repairs as readonly string[]).includes(id));

export class DirectStage {
  readonly machine: DirectMachine;
  readonly #driver: DirectDriver;
  readonly #language: DirectLanguage;
  readonly #chooser: DirectChooser;
  readonly #invariants;
  readonly #properties;
  readonly #expected: MutableDirectSnapshot;
  #now: MutableDirectSnapshot;
  #next: MutableDirectSnapshot;
  #row: Int32Array;
  #into: Int32Array;
  readonly #taken: DirectAction[] = [];

  constructor(machine: DirectMachine, driver: DirectDriver) {
    const { shape } = machine;
    this.machine = machine;
    this.#driver = driver;
    this.#language = directLanguage(shape);
    this.#chooser = new DirectChooser(machine);
    this.#invariants = DIRECT_INVARIANTS.filter(keptBy(shape.repairs));
    this.#properties = DIRECT_PROPERTIES.filter(keptBy(shape.repairs));
    this.#expected = blankDirectSnapshot(shape);
    this.#now = blankDirectSnapshot(shape);
    this.#next = blankDirectSnapshot(shape);
    this.#row = machine.initialRow();
    this.#into = machine.initialRow();
  }

  /** What the latest run did. */
  get taken(): readonly DirectAction[] {
    return this.#taken;
  }

  /** Takes up to `steps` steps by chance. */
  play(dice: Dice, swarm: DirectSwarm, steps: number, tally: DirectTally): DirectFinding | undefined {
    const wrong = this.#begin();
    if (wrong !== undefined) return wrong;
    for (let i = 0; i < steps; i++) {
      const index = this.#chooser.choose(dice, swarm, this.#row, this.#into);
      if (index < 0) return undefined;
      const finding = this.#take(index, tally);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  /** Takes these steps; what cannot happen where it stands is passed over. */
  replay(actions: readonly number[]): DirectFinding | undefined {
    const wrong = this.#begin();
    if (wrong !== undefined) return wrong;
    for (const index of actions) {
      if (this.machine.step(this.#row, 0, index, this.#into) === undefined) continue;
      const finding = this.#take(index, undefined);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  #begin(): DirectFinding | undefined {
    this.#taken.length = 0;
    this.#row.set(this.machine.initialRow());
    this.#driver.reset();
    this.#driver.snapshot(this.#now);
    this.machine.snapshot(this.#row, 0, this.#expected);
    const claims = this.#invariants.filter((claim) => !claim.holds(this.#now)).map(({ id }) => id);
    if (claims.length === 0 && this.#language.sameState(this.#expected, this.#now)) return undefined;
    return this.#finding('Init', claims, this.#language.stateDifferences(this.#expected, this.#now), []);
  }

  /** Both take a step that can happen. */
  #take(index: number, tally: DirectTally | undefined): DirectFinding | undefined {
    const action = this.machine.actions[index]!;
    const step = this.machine.step(this.#row, 0, index, this.#into)!;
    [this.#row, this.#into] = [this.#into, this.#row];
    this.#taken.push(action);
    const label = directLabelOf(action.kind, step.outcome);
    let answer: DirectAnswer;
    try {
      answer = this.#driver.perform(action);
    } catch (error) {
      return this.#finding(label, [], [thrownDifference(error)], []);
    }
    const [before, after] = [this.#now, this.#next];
    this.#driver.snapshot(after);
    this.machine.snapshot(this.#row, 0, this.#expected);
    tally?.count(label, circumstancesOf(action, before));
    const claims = this.#brokenClaims(before, { action, ...answer }, after, tally);
    [this.#now, this.#next] = [after, before];
    const same = this.#language.sameAnswer(step, 0, answer) && this.#language.sameState(this.#expected, after);
    if (claims.length === 0 && same) return undefined;
    const differences = [
      ...this.#language.answerDifferences(step, 0, answer),
      ...this.#language.stateDifferences(this.#expected, after),
    ];
    return this.#finding(label, claims, differences, this.#language.stateDifferences(before, after));
  }

  #brokenClaims(
    before: MutableDirectSnapshot,
    step: { readonly action: DirectAction } & DirectAnswer,
    after: MutableDirectSnapshot,
    tally: DirectTally | undefined,
  ): string[] {
    const broken: string[] = [];
    for (const claim of this.#invariants) {
      if (!claim.applies(after)) continue;
      tally?.apply(claim);
      if (!claim.holds(after)) broken.push(claim.id);
    }
    for (const claim of this.#properties) {
      if (claim.on !== 'any' && !claim.on.includes(step.action.kind)) continue;
      if (!claim.applies(before, step, after)) continue;
      tally?.apply(claim);
      if (!claim.holds(before, step, after)) broken.push(claim.id);
    }
    return broken;
  }

  #finding(
    label: string,
    claims: readonly string[],
    differences: readonly SnapshotDifference[],
    changes: readonly SnapshotDifference[],
  ): DirectFinding {
    const cause = claims[0] ?? (differences[0]?.path === 'thrown' ? 'thrown' : 'difference');
    const implementation = nameOfDriver(this.#driver);
    const actions = [...this.#taken];
    return { cause, implementation, claims, label, actions, path: this.#path(), differences, changes };
  }

  /** The model tells the steps. */
  #path(): string[] {
    const into = this.machine.initialRow();
    const row = this.machine.initialRow();
    return this.#taken.map((action) => {
      const step = this.machine.step(row, 0, this.machine.actions.indexOf(action), into);
      row.set(into);
      return `${this.#language.actionText(action)} → ${step?.outcome ?? 'nothing'}`;
    });
  }
}

/** Where the front is, or what the site is used for and what the device cache has of it. */
function circumstancesOf(action: DirectAction, before: MutableDirectSnapshot): string {
  if ('front' in action) {
    const { at, cached, from } = before.fronts[action.front]!;
    const alias = from < 0 ? '' : ` ${before.sites[from]!.alias}`;
    return `${at}${at === 'empty' && cached >= 0 ? ' cached' : ''}${alias}`;
  }
  if (!('site' in action)) return 'nothing';
  const { use, alias, held } = before.sites[action.site]!;
  return `${use} ${alias}${held ? ' held' : ''}`;
}
