// What the model could have answered in a state where a recording says something else: to that action; failing that, to the
// same kind with other arguments; failing that, whatever its client, its buffer or its volume could do.

import type { Machine } from '../../../model/index.ts';
import type { Snapshot } from '../../../spec/buffer/snapshot.ts';
import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { stepText } from '../story.ts';
import { plainAction } from './action-arguments.ts';

/** Most steps that are told. */
const STEPS_MAX = 6;

/** The nearest legal steps from the packed state `row`, whose snapshot is `before`, nearest first. */
export function legalSteps(machine: Machine, row: Int32Array, action: Action, before: Snapshot): string[] {
  const into = new Int32Array(machine.rowWords);
  for (const isNear of NEARNESS) {
    const found: string[] = [];
    machine.actions.forEach((other, index) => {
      if (found.length === STEPS_MAX || !isNear(action, other)) return;
      const step = machine.step(row, 0, index, into);
      if (step !== undefined) found.push(stepText(machine.shape, other, step.outcome, before));
    });
    if (found.length > 0) return found;
  }
  return [];
}

type Pair = (a: Action, b: Action) => boolean;

type Indices = { readonly client?: number; readonly io?: number; readonly volume?: number };

/** The same index where both have one. */
const same =
  (name: keyof Indices): Pair =>
  (a, b) => {
    const index = (a as Indices)[name];
    return index !== undefined && index === (b as Indices)[name];
  };

const [sameClient, sameIo, sameVolume] = [same('client'), same('io'), same('volume')];

const NEARNESS: readonly Pair[] = [
  // The same but for its flags (a fault, read-ahead, reclaim).
  (a, b) => withoutFlags(a) === withoutFlags(b),
  (a, b) => a.kind === b.kind,
  sameClient,
  (a, b) => sameIo(a, b) || sameVolume(a, b),
  () => true,
];

function withoutFlags(action: Action): string {
  return JSON.stringify(plainAction(action), (_, value: unknown) => (typeof value === 'boolean' ? undefined : value));
}
