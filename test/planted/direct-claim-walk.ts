// Random runs of production on drawn configurations of the direct machine, judged by the claims alone: the model says what may
// be done next, and nothing of production is compared with it. A run that production can no longer follow ends without a verdict;
// an operation that is answered twice is one, for no snapshot shows it (I46).

import { createDirectMachine, blankDirectSnapshot } from '../../model/direct/index.ts';
import { DIRECT_INVARIANTS, DIRECT_PROPERTIES } from '../../spec/direct/index.ts';
import { DIRECT_REPAIR_IDS, type DirectShape } from '../../spec/direct/snapshot.ts';
import type { DirectAction } from '../../spec/direct/vocabulary.ts';
import { directActionText } from '../kit/direct/direct-language.ts';
import { drawDirectShape } from '../kit/direct/drawn-shape.ts';
import type { DirectAnswer, DirectDriver, MutableDirectSnapshot } from '../kit/direct/driver.ts';
import { DirectChooser } from '../kit/direct/random-chooser.ts';
import { drawDirectSwarm } from '../kit/direct/random-swarm.ts';
import { diceOf } from '../kit/random/dice.ts';

/** The first step at which a claim failed. */
export interface BrokenDirectClaims {
  readonly claims: readonly string[];
  readonly story: readonly string[];
}

/** The run of a seed; undefined when no claim was broken. */
export function walkByDirectClaims(
  createDriver: (shape: DirectShape) => DirectDriver,
  seed: number,
  steps: number,
): BrokenDirectClaims | undefined {
  const dice = diceOf(seed);
  const shape = drawDirectShape(dice, DIRECT_REPAIR_IDS);
  const machine = createDirectMachine(shape);
  const chooser = new DirectChooser(machine);
  const swarm = drawDirectSwarm(dice);
  const driver = createDriver(shape);
  const story: string[] = [];
  let [row, into] = [machine.initialRow(), machine.initialRow()];
  let [before, after] = [blankDirectSnapshot(shape), blankDirectSnapshot(shape)];
  driver.reset();
  driver.snapshot(before);
  for (let i = 0; i < steps; i++) {
    const index = chooser.choose(dice, swarm, row, into);
    if (index < 0 || machine.step(row, 0, index, into) === undefined) return undefined;
    [row, into] = [into, row];
    const action = machine.actions[index]!;
    let answer: DirectAnswer;
    try {
      answer = driver.perform(action);
      driver.snapshot(after);
    } catch (error) {
      if (!hasEndedTwice(error)) return undefined;
      story.push(`${i + 1}. ${directActionText(shape, action)}: ${error.message}`);
      return { claims: ['I46'], story };
    }
    story.push(`${i + 1}. ${directActionText(shape, action)} → ${answer.outcome}`);
    const claims = brokenDirectClaims(before, { action, ...answer }, after);
    if (claims.length > 0) return { claims, story };
    [before, after] = [after, before];
  }
  return undefined;
}

/** By its name: a driver with a bug planted in it brings its own class. */
const hasEndedTwice = (error: unknown): error is Error => error instanceof Error && error.name === 'EndedTwice';

/** Ids of the claims that a step breaks. */
export function brokenDirectClaims(
  before: MutableDirectSnapshot,
  step: { readonly action: DirectAction } & DirectAnswer,
  after: MutableDirectSnapshot,
): string[] {
  const states = DIRECT_INVARIANTS.filter(
    (claim) => claim.status === 'checked' && claim.applies(after) && !claim.holds(after),
  );
  const properties = DIRECT_PROPERTIES.filter(
    (claim) =>
      claim.status === 'checked' &&
      (claim.on === 'any' || claim.on.includes(step.action.kind)) &&
      claim.applies(before, step, after) &&
      !claim.holds(before, step, after),
  );
  return [...states, ...properties].map(({ id }) => id);
}
