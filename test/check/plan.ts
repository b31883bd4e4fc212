// What a run will do: which phases, configurations and TLA+ checks were asked for, and what was left out by asking.
//
// Names are checked against the project here, before anything runs. With everything asked for the plan is `complete`, and only
// then are claims made that need all configurations: that every label, claim, goal and promise was seen.

import { UsageError } from '../kit/exit-codes.ts';
import type { CheckOptions } from './options.ts';
import type { Parts, TlaJob } from './parts.ts';
import { PHASE_IDS, type NotChecked, type PhaseId } from './result.ts';

export interface Plan {
  readonly phases: readonly PhaseId[];
  /** Safe configurations for the model, graph equality, production. */
  readonly safe: readonly string[];
  /** Large safe configurations, for the model alone: only those asked for by name. */
  readonly large: readonly string[];
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
  const phases = phasesAsked(options);
  const included = (name: string): boolean => asked?.has(name) ?? true;
  const listed = parts.jobs.filter((job) => included(job.name));
  const plan = {
    phases,
    safe: parts.safe.filter(included),
    large: parts.large.filter((name) => asked?.has(name) ?? false),
    unsafe: unsafe.filter(included),
    jobs: listed.filter((job) => asked?.has(job.name) ?? job.mode !== 'large'),
    complete: parts.safe.every(included),
  };
  refuseEmpty(plan, options);
  return {
    ...plan,
    notChecked: [...leftOutByAsking(parts, plan, unsafe, options), ...beyondEngine(parts, listed, plan.jobs, phases)],
  };
}

/** Random conformance and planted bugs have configurations of their own; asking for one of the others leaves them out. */
function phasesAsked({ config, only }: Pick<CheckOptions, 'config' | 'only'>): readonly PhaseId[] {
  if (only !== undefined) return PHASE_IDS.filter((id) => only.includes(id));
  return PHASE_IDS.filter((id) => config === undefined || (id !== 'random' && id !== 'bugs'));
}

const nothingOf = (phases: readonly PhaseId[]): string =>
  phases.length === 1 ? `the phase ${phases[0]} checks nothing` : `the phases ${phases.join(', ')} check nothing`;

/** A run that checks nothing must not end in a verdict. */
function refuseEmpty(plan: Omit<Plan, 'notChecked'>, { config, only }: Pick<CheckOptions, 'config' | 'only'>): void {
  const hasWork: Record<PhaseId, boolean> = {
    lint: true,
    model: plan.safe.length + plan.large.length > 0,
    tla: plan.jobs.length > 0,
    graphs: plan.safe.length > 0,
    edges: plan.safe.length > 0,
    promises: plan.safe.length > 0,
    repairs: plan.unsafe.length > 0,
    random: true,
    bugs: true,
    coverage: plan.complete,
  };
  if (plan.phases.some((id) => hasWork[id])) return;
  throw new UsageError(
    `There is nothing to do: ${nothingOf(only ?? plan.phases)} of ${(config ?? []).join(', ')}; --list tells what there is.`,
  );
}

function namesAsked(
  parts: Parts,
  unsafe: readonly string[],
  config: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (config === undefined) return undefined;
  const known = new Set([...parts.safe, ...parts.large, ...unsafe, ...parts.jobs.map((job) => job.name)]);
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
  options: Pick<CheckOptions, 'only'>,
): NotChecked[] {
  const left: NotChecked[] = [];
  const phases = PHASE_IDS.filter((id) => !plan.phases.includes(id));
  const reason =
    options.only === undefined ? 'they belong to no configuration; left out by --config' : 'left out by --only';
  if (phases.length > 0) left.push({ what: `phases ${phases.join(', ')}`, reason });
  const names = [...parts.safe, ...unsafe].filter((name) => !plan.safe.includes(name) && !plan.unsafe.includes(name));
  if (names.length > 0) left.push({ what: `configurations ${names.join(', ')}`, reason: 'left out by --config' });
  if (!plan.complete && plan.phases.includes('coverage')) {
    const what = 'that every label, claim, goal and promise was seen';
    left.push({ what, reason: 'needs all safe configurations; some were left out by --config' });
  }
  return left;
}

/** What this run does not ask of TLA+, so that its silence is not taken for a yes. */
function beyondEngine(parts: Parts, listed: readonly TlaJob[], asked: readonly TlaJob[], phases: readonly PhaseId[]): NotChecked[] {
  if (!phases.some((id) => id === 'tla' || id === 'repairs')) return [];
  const left: NotChecked[] = [];
  const large = listed.filter((job) => !asked.includes(job));
  if (large.length > 0) {
    left.push({ what: `in TLA+: ${large.map((job) => job.name).join(', ')}`, reason: 'they are large; ask for them with --config' });
  }
  const properties = new Set(asked.flatMap((job) => job.properties));
  const steps = parts.claims.filter((c) => c.form === 'step' && c.status === 'checked' && !properties.has(c.tla));
  if (steps.length > 0) {
    left.push({
      what: `as action properties in TLA+: ${steps.map((claim) => claim.id).join(', ')}`,
      reason: 'no configuration of this run lists them; the model checks them on every step',
    });
  }
  return left;
} // prettier-ignore
