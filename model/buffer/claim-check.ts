// The claims of one exploration: asked in every new state and every step, counted where they apply, the first violation kept.
//
// Snapshots are taken only where a claim or goal asks for one. A claim that speaks about each io by itself is asked once for
// every io record that differs, not once for every state: millions of states are made of a few thousand ios.

import type { Goal, Invariant, Property } from '../../spec/claim.ts';
import type { IoSnapshot, Snapshot } from '../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type Action, type Outcome } from '../../spec/buffer/vocabulary.ts';
import type { Violation } from '../explorer/search.ts';
import type { Machine } from './machine.ts';
import { Records, Sight } from './sight.ts';

/** What is checked; claims that are not of status `checked` are not asked. */
export interface Checked {
  readonly invariants?: readonly Invariant[];
  readonly properties?: readonly Property[];
  readonly goals?: readonly Goal[];
}

/** An invariant that is asked about a whole state, and its place in the order given. */
interface AskedOfState {
  readonly place: number;
  readonly applies: Invariant['applies'];
  readonly holds: Invariant['holds'];
}

/** A property that is asked about a step. */
interface AskedOfStep {
  readonly place: number;
  readonly id: string;
  readonly applies: Property['applies'];
  readonly holds: Property['holds'];
}

const NOT_BROKEN = Infinity;

export class ClaimCheck {
  violation: Violation | undefined;
  readonly goals = new Map<string, number>();
  private readonly machine: Machine;
  private readonly invariants: readonly Invariant[];
  private readonly properties: readonly Property[];
  private readonly stateCounts: Float64Array;
  private readonly stepCounts: Float64Array;
  private pendingGoals: readonly Goal[];
  private readonly perIo: PerIoClaims;
  /** The other invariants. */
  private readonly perState: readonly AskedOfState[];
  /** Per action index: the properties that name its kind, asked about every step. */
  private readonly named: readonly (readonly AskedOfStep[])[];
  /** The same and those about any step, asked about a step that changes something. */
  private readonly namedAndGeneral: readonly (readonly AskedOfStep[])[];
  private readonly before: Sight;
  private readonly after: Sight;
  /** What `after` shows, when it has looked since the last step. */
  private seen: Snapshot | undefined;
  /** The step in question, written over and over. */
  private readonly made: { action: Action; outcome: Outcome };

  constructor(machine: Machine, { invariants = [], properties = [], goals = [] }: Checked) {
    this.machine = machine;
    this.invariants = invariants.filter((claim) => claim.status === 'checked');
    this.properties = properties.filter((claim) => claim.status === 'checked');
    this.pendingGoals = goals;
    this.stateCounts = new Float64Array(this.invariants.length);
    this.stepCounts = new Float64Array(this.properties.length);
    this.perIo = new PerIoClaims(this.invariants);
    this.perState = this.invariants.flatMap(({ applies, holds }, place) =>
      this.perIo.places.includes(place) ? [] : [{ place, applies, holds }],
    );
    const asked = (isAsked: (on: Property['on']) => boolean): AskedOfStep[] =>
      this.properties.flatMap(({ on, id, applies, holds }, place) =>
        isAsked(on) ? [{ place, id, applies, holds }] : [],
      );
    const byKind = new Map(ACTION_KINDS.map((kind) => [kind, asked((on) => on !== 'any' && on.includes(kind))]));
    const general = asked((on) => on === 'any');
    this.named = machine.actions.map(({ kind }) => byKind.get(kind)!);
    this.namedAndGeneral = this.named.map((named) => [...named, ...general]);
    const records = new Records(machine.state);
    this.before = new Sight(records);
    this.after = new Sight(records);
    this.made = { action: machine.actions[0]!, outcome: 'done' };
  }

  /** The scratch state is a source that steps will be made from. */
  leave(): void {
    if (this.properties.length + this.invariants.length + this.pendingGoals.length === 0) return;
    this.before.settle();
    this.seen = undefined;
  }

  /** The scratch state is what the action made of the source: check the properties. */
  step(source: number, index: number, outcome: Outcome, changes: boolean): void {
    this.seen = undefined;
    const asked = (changes ? this.namedAndGeneral : this.named)[index]!;
    if (asked.length === 0) return;
    const before = this.before.snapshot;
    const after = changes ? this.now() : before;
    const step = this.made;
    step.action = this.machine.actions[index]!;
    step.outcome = outcome;
    for (let i = 0; i < asked.length; i++) {
      const { place, id, applies, holds } = asked[i]!;
      if (!applies(before, step, after)) continue;
      this.stepCounts[place]! += 1;
      if (!holds(before, step, after)) this.violation ??= { claim: id, state: source, action: index };
    }
  }

  /** The scratch state is new: check invariants and goals. */
  state(number: number): void {
    if (this.invariants.length === 0 && this.pendingGoals.length === 0) return;
    const snapshot = this.now();
    const { perState, stateCounts } = this;
    const { blockBytes } = this.machine.shape;
    let broken = this.perIo.check(snapshot.ios, stateCounts);
    for (let i = 0; i < perState.length; i++) {
      const { place, applies, holds } = perState[i]!;
      if (!applies(snapshot)) continue;
      stateCounts[place]! += 1;
      if (place < broken && !holds(snapshot, blockBytes)) broken = place;
    }
    if (broken !== NOT_BROKEN) this.violation ??= { claim: this.invariants[broken]!.id, state: number };
    if (this.pendingGoals.length > 0) this.seeGoals(snapshot, number);
  }

  private now(): Snapshot {
    return (this.seen ??= this.after.look(this.before));
  }

  private seeGoals(snapshot: Snapshot, number: number): void {
    const { pendingGoals } = this;
    for (let i = 0; i < pendingGoals.length; i++) {
      const goal = pendingGoals[i]!;
      if (!goal.reached(snapshot)) continue;
      this.goals.set(goal.id, number);
      this.pendingGoals = this.pendingGoals.filter((pending) => pending !== goal);
    }
  }

  applied(): Map<string, number> {
    const counts = new Map<string, number>();
    this.invariants.forEach((claim, i) => counts.set(claim.id, this.stateCounts[i]!));
    this.properties.forEach((claim, i) => counts.set(claim.id, this.stepCounts[i]!));
    return counts;
  }
}

/** What the claims that speak about each io by itself say of one io: a bit for each that concerns it, and that it breaks. */
interface IoVerdict {
  readonly concerned: number;
  readonly broken: number;
}

/** As many claims as a number has bits; further ones are asked of the whole state like any other. */
const PER_IO_MAX = 31;

/** The claims that speak about each io by itself. They rely on a record that never changes: see `Records`. */
class PerIoClaims {
  /** Places of these claims among all invariants; the first has the lowest bit. */
  readonly places: readonly number[];
  private readonly ofIo: readonly NonNullable<Invariant['ofIo']>[];
  private readonly verdicts = new Map<IoSnapshot, IoVerdict>();

  constructor(invariants: readonly Invariant[]) {
    const claims = invariants.flatMap(({ ofIo }, place) => (ofIo === undefined ? [] : [{ ofIo, place }]));
    this.places = claims.slice(0, PER_IO_MAX).map(({ place }) => place);
    this.ofIo = claims.slice(0, PER_IO_MAX).map(({ ofIo }) => ofIo);
  }

  /** Counts the claims that concern some io; returns the place of the first that one breaks. */
  check(ios: readonly IoSnapshot[], counts: Float64Array): number {
    const { places } = this;
    let concerned = 0;
    let broken = 0;
    for (let b = 0; b < ios.length; b++) {
      const verdict = this.verdicts.get(ios[b]!) ?? this.ask(ios[b]!);
      concerned |= verdict.concerned;
      broken |= verdict.broken;
    }
    for (let bit = 0; bit < places.length; bit++) if ((concerned & (1 << bit)) !== 0) counts[places[bit]!]! += 1;
    return broken === 0 ? NOT_BROKEN : places[lowestBit(broken)]!;
  }

  private ask(io: IoSnapshot): IoVerdict {
    let concerned = 0;
    let broken = 0;
    this.ofIo.forEach((ofIo, bit) => {
      const verdict = ofIo(io);
      if (verdict !== 'silent') concerned |= 1 << bit;
      if (verdict === 'broken') broken |= 1 << bit;
    });
    const verdict = { concerned, broken };
    this.verdicts.set(io, verdict);
    return verdict;
  }
}

/** The place of the lowest bit that is set; `bits` is not 0. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
