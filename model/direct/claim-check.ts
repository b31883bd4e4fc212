// The claims of one exploration of the direct machine: asked in every new state and every step, counted where they apply, the
// first violation kept.

import type { DirectGoal, DirectInvariant, DirectProperty, DirectStep } from '../../spec/direct/claim.ts';
import type { DirectAction, DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Violation } from '../explorer/search.ts';
import type { DirectMachine } from './machine.ts';
import { blankDirectSnapshot, takeDirectSnapshot } from './snapshot.ts';

/** What is checked; claims that are not of status `checked` are not asked. */
export interface DirectChecked {
  readonly invariants?: readonly DirectInvariant[];
  readonly properties?: readonly DirectProperty[];
  readonly goals?: readonly DirectGoal[];
}

export class DirectClaimCheck {
  violation: Violation | undefined;
  readonly goals = new Map<string, number>();
  private readonly machine: DirectMachine;
  private readonly invariants: readonly DirectInvariant[];
  private readonly properties: readonly DirectProperty[];
  private readonly counts = new Map<string, number>();
  private pendingGoals: readonly DirectGoal[];
  /** Per action index: the properties that are asked about it. */
  private readonly asked: readonly (readonly DirectProperty[])[];
  private readonly before;
  private readonly after;
  private readonly made: { action: DirectAction; outcome: DirectOutcome; completed: number };

  constructor(machine: DirectMachine, { invariants = [], properties = [], goals = [] }: DirectChecked) {
    this.machine = machine;
    this.invariants = invariants.filter(({ status }) => status === 'checked');
    this.properties = properties.filter(({ status }) => status === 'checked');
    this.pendingGoals = goals;
    for (const { id } of [...this.invariants, ...this.properties]) this.counts.set(id, 0);
    this.asked = machine.actions.map(({ kind }) =>
      this.properties.filter(({ on }) => on === 'any' || on.includes(kind)),
    );
    this.before = blankDirectSnapshot(machine.shape);
    this.after = blankDirectSnapshot(machine.shape);
    this.made = { action: machine.actions[0]!, outcome: 'done', completed: 0 };
  }

  /** The scratch state is a source that steps will be made from. */
  leave(): void {
    if (this.properties.length > 0) takeDirectSnapshot(this.machine.state, this.before);
  }

  /** The scratch state is what the action made of the source: check the properties. */
  step(source: number, index: number, outcome: DirectOutcome): void {
    const asked = this.asked[index]!;
    if (asked.length === 0) return;
    const { machine, before, after, made } = this;
    takeDirectSnapshot(machine.state, after);
    made.action = machine.actions[index]!;
    made.outcome = outcome;
    made.completed = machine.state.completed;
    const step: DirectStep = made;
    for (let i = 0; i < asked.length; i++) {
      const { id, applies, holds } = asked[i]!;
      if (!applies(before, step, after)) continue;
      this.count(id);
      if (!holds(before, step, after)) this.violation ??= { claim: id, state: source, action: index };
    }
  }

  /** The scratch state is new: check invariants and goals. */
  state(number: number): void {
    if (this.invariants.length + this.pendingGoals.length === 0) return;
    const { after } = this;
    takeDirectSnapshot(this.machine.state, after);
    for (let i = 0; i < this.invariants.length; i++) {
      const { id, applies, holds } = this.invariants[i]!;
      if (!applies(after)) continue;
      this.count(id);
      if (!holds(after)) this.violation ??= { claim: id, state: number };
    }
    const reached = this.pendingGoals.filter((goal) => goal.reached(after));
    if (reached.length === 0) return;
    for (const { id } of reached) this.goals.set(id, number);
    this.pendingGoals = this.pendingGoals.filter((goal) => !reached.includes(goal));
  }

  private count(id: string): void {
    this.counts.set(id, this.counts.get(id)! + 1);
  }

  /** Claim id to the number of states or steps in which it applied. */
  applied(): ReadonlyMap<string, number> {
    return this.counts;
  }
}
