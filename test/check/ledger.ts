// Where the phases write down what they found, and from which the result of the run is drawn up.
//
// One row per configuration, to which each phase adds its part; counts of how often each claim applied, each goal was
// reached, each label and promise seen; failures in the order in which they were found. The ledger judges nothing: that a
// claim never applied is for the coverage phase to call a failure.

import type { PlantedBugEntry } from '../planted/report.ts';
import type { ClaimEntry, Parts, ProgressEntry } from './parts.ts';
import type { Plan } from './plan.ts';
import type {
  CheckResult,
  ClaimOutcome,
  ClaimResult,
  ConfigurationResult,
  Failure,
  NotChecked,
  PhaseId,
  RandomResult,
  RepairResult,
} from './result.ts';

type Row = { -readonly [K in keyof ConfigurationResult]: ConfigurationResult[K] };

export class Ledger {
  readonly failures: Failure[] = [];
  readonly repairs: RepairResult[] = [];
  readonly plantedBugs: PlantedBugEntry[] = [];
  readonly random: RandomResult[] = [];
  readonly labels = new Set<string>();
  /** Seen where a repair is left out, and listed for no safe configuration. */
  readonly unsafeLabels = new Set<string>();
  readonly promises = new Map<string, number>();
  /** Claim id -> states or steps in which it applied, over all explorations so far. */
  readonly applied = new Map<string, number>();
  /** Goal id -> configurations that reach it. */
  readonly goals = new Map<string, string[]>();
  readonly violatedClaims = new Set<string>();
  readonly #notChecked: NotChecked[] = [];
  readonly #rows = new Map<string, Row>();

  fail(phase: PhaseId, summary: string, story: readonly string[] = [], configuration?: string): void {
    this.failures.push({ phase, summary, story, ...(configuration === undefined ? {} : { configuration }) });
  }

  leaveOut(what: string, reason: string): void {
    this.#notChecked.push({ what, reason });
  }

  /** The row of a configuration, made when first asked for. */
  row(name: string): Row {
    let row = this.#rows.get(name);
    if (row === undefined) this.#rows.set(name, (row = blankRow(name)));
    return row;
  }

  /** Adds the seconds that one voice took to the row's. */
  spend(name: string, seconds: number): void {
    this.row(name).seconds += seconds;
  }

  /** The result, with the rows in the order of the plan. */
  result(parts: Parts, plan: Plan, seconds: number): CheckResult {
    const order = [...plan.safe, ...plan.jobs.map((job) => job.name)];
    const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
    return {
      engine: parts.engine.name,
      phases: plan.phases,
      configurations: [...this.#rows.values()].sort((a, b) => place(a.name) - place(b.name)),
      claims: [...parts.claims, ...parts.progress].map((claim) => this.#claim(claim)),
      repairs: this.repairs,
      random: this.random,
      plantedBugs: this.plantedBugs,
      goals: parts.goals.map(({ id }) => ({ id, reachedIn: this.goals.get(id) ?? [] })),
      labels: { seen: this.labels.size, listed: parts.labels.length },
      promises: { thrown: [...this.promises.keys()].sort(), listed: parts.promises.length },
      notChecked: [...plan.notChecked, ...this.#notChecked],
      failures: this.failures,
      seconds,
    };
  }

  #claim(claim: ClaimEntry | ProgressEntry): ClaimResult {
    const statesApplied = this.applied.get(claim.id) ?? 0;
    const tla = 'tla' in claim ? claim.tla : null;
    return { id: claim.id, tla, status: this.#outcome(claim, statesApplied), statesApplied };
  }

  #outcome(claim: ClaimEntry | ProgressEntry, statesApplied: number): ClaimOutcome {
    if ('status' in claim && claim.status !== 'checked') return claim.status;
    if (this.violatedClaims.has(claim.id)) return 'violated';
    if (this.applied.size === 0) return 'notChecked';
    return statesApplied > 0 ? 'holds' : 'neverApplied';
  }
}

function blankRow(name: string): Row {
  return {
    name,
    engine: 'model',
    distinctStates: 0,
    edges: null,
    labelledEdges: null,
    depth: null,
    graphsEqual: null,
    claimsChecked: null,
    claimsApplied: null,
    edgesExecuted: null,
    stepsPerEdge: null,
    promisesThrown: null,
    seconds: 0,
  };
}
