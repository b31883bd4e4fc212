// Which action a random run of the direct machine takes next: a kind by the weights of the swarm, then one of its actions that
// can happen. Trying is a step of the model into a row that nobody keeps, so what is chosen is known to be possible.

import { DIRECT_ACTION_KINDS, type DirectAction } from '../../../spec/direct/vocabulary.ts';
import type { DirectMachine } from '../../../model/direct/index.ts';
import type { Dice } from '../random/dice.ts';
import { faultsIn16, type DirectSwarm } from './random-swarm.ts';

export class DirectChooser {
  readonly #machine: DirectMachine;
  /** Indices of the actions of each kind, and of those whose flag is the rarer one. */
  readonly #plain: readonly (readonly number[])[];
  readonly #flagged: readonly (readonly number[])[];
  readonly #left: number[];

  constructor(machine: DirectMachine) {
    this.#machine = machine;
    const indices = (rare: boolean): number[][] =>
      DIRECT_ACTION_KINDS.map((kind) =>
        machine.actions.flatMap((action, i) => (action.kind === kind && isRare(action) === rare ? [i] : [])),
      );
    this.#plain = indices(false);
    this.#flagged = indices(true);
    this.#left = DIRECT_ACTION_KINDS.map(() => 0);
  }

  /** The index of an action that can happen in the row, or -1; `into` is the row after it. */
  choose(dice: Dice, swarm: DirectSwarm, row: Int32Array, into: Int32Array): number {
    const left = this.#left;
    let sum = 0;
    for (let k = 0; k < left.length; k++) sum += left[k] = swarm.weights[k]!;
    while (sum > 0) {
      let ticket = dice(sum);
      let kind = 0;
      while (ticket >= left[kind]!) ticket -= left[kind++]!;
      sum -= left[kind]!;
      left[kind] = 0;
      const rare = dice(16) < this.#rareIn16(swarm, kind);
      const first = rare ? this.#flagged[kind]! : this.#plain[kind]!;
      const index = this.#firstOf(first, dice, row, into);
      if (index >= 0) return index;
      // A front that can only be read piece by piece is still worth reading; a fault that is not wanted is not.
      if (rare || this.#rareIn16(swarm, kind) === 0) continue;
      const other = this.#firstOf(this.#flagged[kind]!, dice, row, into);
      if (other >= 0) return other;
    }
    return -1;
  }

  #rareIn16(swarm: DirectSwarm, kind: number): number {
    const name = DIRECT_ACTION_KINDS[kind]!;
    return name === 'strategyRead' || name === 'strategyWrite' ? 2 * swarm.small : faultsIn16(swarm, name);
  }

  #firstOf(indices: readonly number[], dice: Dice, row: Int32Array, into: Int32Array): number {
    if (indices.length === 0) return -1;
    const from = dice(indices.length);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[(from + i) % indices.length]!;
      if (this.#machine.step(row, 0, index, into) !== undefined) return index;
    }
    return -1;
  }
}

/** It fails, or goes piece by piece, or through a buffer of the layer. */
function isRare(action: DirectAction): boolean {
  return (
    ('error' in action && action.error) || ('whole' in action && !action.whole) || ('large' in action && !action.large)
  );
}
