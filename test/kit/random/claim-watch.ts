// The claims of the catalogue, asked of an implementation's own snapshots after every step.

import { INVARIANTS, PROPERTIES } from '../../../spec/index.ts';
import type { Step } from '../../../spec/claim.ts';
import type { RepairId, Snapshot } from '../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type ActionKind } from '../../../spec/buffer/vocabulary.ts';

/** Every which state is looked at for claims that apply. */
const SAMPLED = 8;

export class ClaimWatch {
  readonly #invariants;
  readonly #properties;
  /** Places of the properties that speak about a kind. */
  readonly #of: ReadonlyMap<ActionKind, readonly number[]>;
  readonly #stateCounts: Float64Array;
  readonly #stepCounts: Float64Array;
  #states = 0;
  /** Whether `applied` counts; off while a failure is made smaller. */
  counting = true;

  /** Claims that need a repair which is left out are not asked. */
  constructor(repairs: readonly RepairId[]) {
    const isKept = (claim: { status: string; repairs?: readonly RepairId[] }): boolean =>
      claim.status === 'checked' && (claim.repairs ?? []).every((repair) => repairs.includes(repair));
    this.#invariants = INVARIANTS.filter(isKept);
    this.#properties = PROPERTIES.filter(isKept);
    this.#stateCounts = new Float64Array(this.#invariants.length);
    this.#stepCounts = new Float64Array(this.#properties.length);
    this.#of = new Map(
      ACTION_KINDS.map((kind) => [
        kind,
        this.#properties.flatMap(({ on }, i) => (on === 'any' || on.includes(kind) ? [i] : [])),
      ]),
    );
  }

  /** Ids of the invariants that the state breaks; undefined when it breaks none. */
  brokenBy(state: Snapshot, blockBytes: number): string[] | undefined {
    let broken: string[] | undefined;
    for (const claim of this.#invariants)
      // Most claims hold in most states, so `applies` is asked last; how often it does is counted in a sample of the states.
      if (!claim.holds(state, blockBytes) && claim.applies(state)) (broken ??= []).push(claim.id);
    if (this.counting && this.#states++ % SAMPLED === 0) this.#countApplying(state);
    return broken;
  }

  #countApplying(state: Snapshot): void {
    for (let i = 0; i < this.#invariants.length; i++)
      if (this.#invariants[i]!.applies(state)) this.#stateCounts[i]! += 1;
  }

  /** Ids of the properties that the step breaks; undefined when it breaks none. */
  brokenByStep(before: Snapshot, step: Step, after: Snapshot): string[] | undefined {
    let broken: string[] | undefined;
    for (const i of this.#of.get(step.action.kind) ?? []) {
      const claim = this.#properties[i]!;
      if (!claim.applies(before, step, after)) continue;
      if (this.counting) this.#stepCounts[i]! += 1;
      if (!claim.holds(before, step, after)) (broken ??= []).push(claim.id);
    }
    return broken;
  }

  /** In how many steps, and in how many of the sampled states, each claim said something. */
  applied(): Record<string, number> {
    const counts: Record<string, number> = {};
    this.#invariants.forEach((claim, i) => (counts[claim.id] = this.#stateCounts[i]!));
    this.#properties.forEach((claim, i) => (counts[claim.id] = this.#stepCounts[i]!));
    return counts;
  }
}
