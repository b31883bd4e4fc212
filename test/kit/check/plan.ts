// What a run will do: which phases, configurations and TLA+ checks were asked for, and what was left out by asking.
//
// Names are held against the project here, before anything runs. With everything asked for the plan is `complete`, and only
// then are claims made that need all configurations: that every label, claim, goal and promise was seen.

import { UsageError } from './exit-codes.ts';
import type { CheckOptions } from './options.ts';
import type { Parts, TlaJob } from './parts.ts';
import { PHASE_IDS, type NotChecked, type PhaseId } from './result.ts';

export interface Plan {
  readonly phases: readonly PhaseId[];
  /** Safe configurations for the model, graph equality, production. */
  readonly safe: readonly string[];
  /** Configurations with a repair left out. */
  readonly unsafe: readonly string[];
  /** TLA+ checks that the chosen engine is given, in the order of the manifest. */
  readonly jobs: readonly TlaJob[];
  /** All safe configurations are in. */
  readonly complete: boolean;
  readonly notChecked: readonly NotChecked[];
}

export function planOf(parts: Parts, options: Pick<CheckOptions, 'config' | 'only'>): Plan {
  const unsafe = parts.repairs.map((repair) => repair.configuration);
  const asked = namesAsked(parts, unsafe, options.config);
  const phases = PHASE_IDS.filter((id) => options.only?.includes(id) ?? true);
  const included = (name: string): boolean => asked?.has(name) ?? true;
  const listed = parts.jobs.filter((job) => included(job.name));
  const plan = {
    phases,
    safe: parts.safe.filter(included),
    unsafe: unsafe.filter(included),
    jobs: listed.filter((job) => job.engines.includes(parts.engineName)),
    complete: parts.safe.every(included),
  };
  return { ...plan, notChecked: [...leftOutByAsking(parts, plan, unsafe), ...beyondEngine(parts, listed, phases)] };
}

function namesAsked(
  parts: Parts,
  unsafe: readonly string[],
  config: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (config === undefined) return undefined;
  const known = new Set([...parts.safe, ...unsafe, ...parts.jobs.map((job) => job.name)]);
  const unknown = config.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no configuration '${unknown}'; choose from ${[...known].join(', ')}.`);
  }
  return new Set(config);
}

/** What --config and --only took away from the full run. */
function leftOutByAsking(
  parts: Parts,
  plan: Pick<Plan, 'phases' | 'safe' | 'unsafe' | 'complete'>,
  unsafe: readonly string[],
): NotChecked[] {
  const left: NotChecked[] = [];
  const phases = PHASE_IDS.filter((id) => !plan.phases.includes(id));
  if (phases.length > 0) left.push({ what: `phases ${phases.join(', ')}`, reason: 'left out by --only' });
  const names = [...parts.safe, ...unsafe].filter((name) => !plan.safe.includes(name) && !plan.unsafe.includes(name));
  if (names.length > 0) left.push({ what: `configurations ${names.join(', ')}`, reason: 'left out by --config' });
  if (!plan.complete && plan.phases.includes('coverage')) {
    const what = 'that every label, claim, goal and promise was seen';
    left.push({ what, reason: 'needs all safe configurations; some were left out by --config' });
  }
  return left;
}

/** What the engine of this run cannot do, so that its silence is not taken for a yes. */
function beyondEngine(parts: Parts, listed: readonly TlaJob[], phases: readonly PhaseId[]): NotChecked[] {
  if (!phases.some((id) => id === 'tla' || id === 'repairs')) return [];
  const left: NotChecked[] = [];
  for (const job of listed) {
    if (job.engines.includes(parts.engineName)) continue;
    const reason = `the manifest lists it for ${job.engines.join(', ')} only; give a jar: --engine tlc --tla2tools JAR`;
    left.push({ what: `${job.name} in TLA+`, reason });
  }
  if (parts.engineName === 'tlc') return left;
  const steps = parts.claims.filter((claim) => claim.form === 'step' && claim.status === 'checked');
  if (steps.length > 0) {
    left.push({
      what: `two-state properties in TLA+ (${steps.map((claim) => claim.id).join(', ')})`,
      reason: 'only TLC checks action properties; the model checked them on every step',
    });
  }
  left.push({
    what: 'liveness (temporal properties under fairness)',
    reason:
      'only TLC checks it reliably; the model checked that every wait can still end (W1), which needs no fairness',
  });
  left.push({
    what: 'refinement of a more abstract specification',
    reason: 'there is none yet, and only TLC could check it',
  });
  left.push({
    what: 'constructs on which the embedded engine is known to err',
    reason:
      "the lint keeps them out of the specification, and the graph must equal the model's; TLC is the second opinion",
  });
  return left;
}
