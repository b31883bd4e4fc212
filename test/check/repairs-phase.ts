// The repairs: each configuration that leaves one out must fail, in the model and in TLA+, with the claim that the catalogue
// names. A configuration that cannot be read, runs out of something, or fails with another claim proves nothing about the
// repair and is a failure of the check. Both voices search breadth first, so their traces must be of one length.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TlaResult } from '../tla/engine.ts';
import { claimLines } from '../kit/claim-lines.ts';
import type { PhaseContext } from './phase-context.ts';
import type { ClaimEntry, RepairEntry } from './parts.ts';
import type { RepairResult } from './result.ts';
import { traceStory } from './trace-story.ts';

export async function checkRepairs(context: PhaseContext): Promise<string> {
  const { parts, plan, ledger } = context;
  const chosen = parts.repairs.filter((repair) => plan.unsafe.includes(repair.configuration));
  const results = await Promise.all(chosen.map((repair) => checkRepair(context, repair)));
  ledger.repairs.push(...results);
  const needed = results.filter((result) => result.violated === result.claim).length;
  return `${needed} of ${chosen.length} repairs seen to be needed`;
}

async function checkRepair(context: PhaseContext, repair: RepairEntry): Promise<RepairResult> {
  const model = await violationInModel(context, repair);
  const tla = await violationInTla(context, repair, model.traceLength);
  context.say(`${repair.configuration}: ${model.violated ?? 'nothing violated'}, ${model.traceLength ?? 0} steps`);
  return { id: repair.id, configuration: repair.configuration, claim: repair.claim, ...model, ...tla };
}

/** The shortest way to a violation of the named claim. Other claims are not asked: several may fail without a repair. */
async function violationInModel(
  { parts, ledger }: PhaseContext,
  repair: RepairEntry,
): Promise<Pick<RepairResult, 'violated' | 'traceLength' | 'story'>> {
  const claim = parts.claims.find((one) => one.id === repair.claim);
  if (claim === undefined) {
    ledger.fail('repairs', `${repair.id} names the claim ${repair.claim}, which the catalogue does not have.`);
    return { violated: null, traceLength: null, story: [] };
  }
  await nextTurn();
  const exploration = parts.explore(repair.configuration, { claim: claim.id });
  for (const label of exploration.labels()) if (!parts.labels.includes(label)) ledger.unsafeLabels.add(label);
  const { violation } = exploration;
  if (violation === undefined) {
    const seen = `${exploration.distinct.toLocaleString('en-US')} states`;
    const summary = `Without ${repair.id} the model still keeps ${claim.id} in all ${seen}: the check cannot fail, or the repair is not needed.`;
    ledger.fail('repairs', summary, claimLines(claim), repair.configuration);
    return { violated: null, traceLength: null, story: [] };
  }
  return { violated: violation.claim, traceLength: violation.steps, story: violation.story };
}

async function violationInTla(
  { parts, plan, work, ledger }: PhaseContext,
  repair: RepairEntry,
  modelSteps: number | null,
): Promise<Pick<RepairResult, 'tlaViolated' | 'tlaEngine'>> {
  const none = { tlaViolated: null, tlaEngine: null };
  const job = plan.jobs.find((one) => one.name === repair.configuration);
  if (job === undefined) {
    if (parts.jobs.some((one) => one.name === repair.configuration)) return none; // large, and not asked for by name: stands in notChecked
    ledger.fail('repairs', 'The manifest does not list it.', [], repair.configuration);
    return none;
  }
  const claim = parts.claims.find((one) => one.id === repair.claim);
  const named = claim?.tla ?? repair.claim;
  const fail = (summary: string, story: readonly string[] = []): void =>
    ledger.fail('repairs', summary, story, repair.configuration);
  if (!isNamed(job.expected.violated, claim)) {
    fail(`The manifest expects ${job.expected.violated ?? 'no violation'} where the catalogue names ${named}.`);
  }
  const result = await work.checked(job);
  if (result.verdict !== 'invariant' && result.verdict !== 'action-property') {
    fail(
      `Without ${repair.id} the verdict in TLA+ is ${result.verdict}, which is no violation of ${named}: ${result.message}`,
    );
  } else if (!isNamed(result.violated, claim)) {
    fail(
      `Without ${repair.id} TLA+ violates ${result.violated ?? 'something unnamed'}, not ${named}.`,
      traceStory(result),
    );
  } else if (modelSteps !== null && stepsOf(result) !== modelSteps) {
    fail(`The shortest way has ${stepsOf(result)} steps in TLA+ and ${modelSteps} in the model.`, traceStory(result));
  }
  return { tlaViolated: result.violated ?? null, tlaEngine: parts.engine.name };
}

/** Whether TLA+ speaks of the claim under that name: its own, or that of what a broken step leaves behind. */
function isNamed(name: string | undefined, claim: ClaimEntry | undefined): boolean {
  if (name === undefined || claim === undefined) return false;
  return name === claim.tla || (claim.form === 'step' && name === claim.tlaState);
}

/** Steps of the counterexample; its first state is none. */
function stepsOf(result: TlaResult): number {
  return (result.trace?.length ?? 1) - 1;
}
