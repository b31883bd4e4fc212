// What random runs have met: the outcome of an action, and the composite state in which the io concerned was before it.
//
// What should be met is what the exhaustive explorations of the safe configurations meet; it stands in `coverage.txt`, a line
// each (`IoFlush on HeldDirty`), and a test holds that list against the explorations.

import { readFileSync } from 'node:fs';
import { compositeState, type CompositeState } from '../../../spec/buffer/composite-state.ts';
import type { Snapshot } from '../../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, labelOf, type Action, type ActionKind, type Outcome } from '../../../spec/buffer/vocabulary.ts';
import { OUTCOMES, type Exploration } from '../../../model/buffer/explore.ts';
import { blankSnapshot } from '../../../model/buffer/snapshot.ts';
import { graphOf } from '../search-tree.ts';

/** `nothing`: the action concerns no io. `unnamed`: the io is in no composite state, which breaks a claim. */
type Concerned = CompositeState | 'nothing' | 'unnamed';

const CONCERNED: readonly Concerned[] = [
  'nothing', 'Absent', 'Unloaded', 'Loose', 'HeldClean', 'HeldDirty', 'PassiveDirty', 'Writing', 'PassiveClean', 'unnamed',
]; // prettier-ignore

const KINDS = new Map<ActionKind, number>(ACTION_KINDS.map((kind, k) => [kind, k]));
const PLACES = Object.fromEntries(CONCERNED.map((name, i) => [name, i])) as Readonly<Record<Concerned, number>>;
const CODES = Object.fromEntries(OUTCOMES.map((name, i) => [name, i])) as Readonly<Record<Outcome, number>>;

export class Coverage {
  readonly #counts = new Float64Array(ACTION_KINDS.length * OUTCOMES.length * CONCERNED.length);

  count(action: Action, outcome: Outcome, before: Snapshot): void {
    const cell = (KINDS.get(action.kind)! * OUTCOMES.length + CODES[outcome]) * CONCERNED.length;
    this.#counts[cell + PLACES[concerned(action, before)]]! += 1;
  }

  /** How often each combination that was met was met, in the order of the vocabulary. */
  met(): ReadonlyMap<string, number> {
    const met = new Map<string, number>();
    this.#counts.forEach((n, cell) => {
      if (n === 0) return;
      const outcome = Math.floor(cell / CONCERNED.length);
      const kind = ACTION_KINDS[Math.floor(outcome / OUTCOMES.length)]!;
      const label = labelOf(kind, OUTCOMES[outcome % OUTCOMES.length]!);
      met.set(`${label} on ${CONCERNED[cell % CONCERNED.length]}`, n);
    });
    return met;
  }
}

function concerned(action: Action, before: Snapshot): Concerned {
  const io = 'io' in action ? action.io : 'client' in action ? before.clients[action.client]!.io : -1;
  return io < 0 ? 'nothing' : (compositeState(before.ios[io]!) ?? 'unnamed');
}

/** What the explorations meet. */
export function coverageOf(explorations: readonly Exploration[]): readonly string[] {
  const coverage = new Coverage();
  for (const exploration of explorations) {
    const { machine, rows } = exploration;
    const graph = graphOf(exploration);
    const before = blankSnapshot(machine.shape);
    for (let edge = 0, source = -1; edge < graph.length; edge++) {
      if (graph.source[edge] !== source) {
        source = graph.source[edge]!;
        machine.snapshot(rows, source * machine.rowWords, before);
      }
      coverage.count(machine.actions[graph.action[edge]!]!, OUTCOMES[graph.outcome[edge]!]!, before);
    }
  }
  return [...coverage.met().keys()];
}

export const COVERAGE_FILE = new URL('coverage.txt', import.meta.url);

/** The combinations that a full run has to meet. */
export function expectedCoverage(): readonly string[] {
  return readFileSync(COVERAGE_FILE, 'utf8').trimEnd().split('\n');
}
