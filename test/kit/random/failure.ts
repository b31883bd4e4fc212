// A finding, told: the configuration in one line, the steps with their names, what differs, which claim is broken, and the
// token that repeats it.

import { CLAIMS } from '../../../spec/index.ts';
import { labelOf, ACTION_KINDS } from '../../../spec/buffer/vocabulary.ts';
import { OUTCOMES } from '../../../model/buffer/explore.ts';
import type { Machine } from '../../../model/buffer/machine.ts';
import { blankSnapshot } from '../../../model/buffer/snapshot.ts';
import { claimLines } from '../claim-lines.ts';
import type { SnapshotDifference } from '../snapshot-difference.ts';
import { actionText, differenceLines, storyLines } from '../story.ts';
import { shapeText } from './drawn-shape.ts';
import type { Program } from './program.ts';
import type { Finding } from './stage.ts';
import { FAULTS, levelOfFault } from './wheel.ts';

/** A disagreement, told so that it can be understood and repeated. */
export interface ConformFailure {
  /** Claims broken at the last step; the first one names the failure. */
  readonly claims: readonly string[];
  /** One sentence. */
  readonly summary: string;
  readonly configuration: string;
  /** The steps, names resolved. */
  readonly path: readonly string[];
  readonly differences: readonly SnapshotDifference[];
  /** Steps, differences and the claim, in a few lines. */
  readonly story: readonly string[];
  /** Repeats it: `check-model --replay TOKEN`. */
  readonly token: string;
}

/** `machine` is the one of the program's shape. */
export function tellFailure(machine: Machine, program: Program, finding: Finding, token: string): ConformFailure {
  const { implementation, claims, differences, changes } = finding;
  const path = pathOf(machine, finding);
  const claim = CLAIMS.find(({ id }) => id === claims[0]);
  const what =
    differences.length > 0 ? differenceLines(differences, 'model', implementation) : ['the last step changed'];
  const changed = differences.length > 0 ? [] : differenceLines(changes, 'before', 'after');
  return {
    claims,
    summary: summaryOf(machine, finding, path.length),
    configuration: `${shapeText(program.shape)}; ${swarmText(program)}`,
    path,
    differences,
    story: [
      ...(path.length > 0 ? storyLines(path) : ['in the initial state']),
      ...[...what, ...changed.map((line) => `   ${line}`), ...claimLines(claim)].map((line) => `   ${line}`),
    ],
    token,
  };
}

function summaryOf(machine: Machine, finding: Finding, steps: number): string {
  const { implementation, claims, taken, outcome, differences } = finding;
  const last = machine.actions[taken[taken.length - 1] ?? -1];
  const known = outcome !== undefined && OUTCOMES.includes(outcome);
  const where = last === undefined ? 'In the initial state' : `On ${known ? labelOf(last.kind, outcome) : last.kind}`;
  const after = `, after ${steps} step(s)`;
  if (claims.length > 0) return `${where} ${claims.join(', ')} ${claims.length > 1 ? 'are' : 'is'} broken${after}.`;
  return `${where} ${implementation} leaves the model in ${differences[0]?.path ?? 'nothing'}${after}.`;
}

/** The model tells the steps; the last one with what the implementation answered. */
function pathOf(machine: Machine, { taken, outcome }: Finding): string[] {
  const before = blankSnapshot(machine.shape);
  const into = new Int32Array(machine.rowWords);
  const row = machine.initialRow();
  return taken.map((index, i) => {
    machine.snapshot(row, 0, before);
    const text = actionText(machine.shape, machine.actions[index]!, before);
    const step = machine.step(row, 0, index, into);
    row.set(into);
    const isLast = i === taken.length - 1;
    return `${text} → ${isLast ? (outcome ?? 'an error') : (step?.outcome ?? 'nothing')}`;
  });
}

function swarmText({ swarm }: Program): string {
  const kinds = ACTION_KINDS.filter((_, k) => swarm[k]! > 0);
  const faults = FAULTS.filter((fault) => levelOfFault(swarm, fault) > 0);
  const named = kinds.length <= 12 ? `only ${kinds.join(' ')}` : `${kinds.length} kinds of action`;
  return `${named}; ${faults.length === 0 ? 'no faults' : `faults of ${faults.join(' ')}`}`;
}
