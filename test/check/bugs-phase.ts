// The phase of planted bugs: each one is put into the source of one voice, and the claim that it names must catch it. A hunt
// that cannot see (`HuntBroken`) breaks the phase down, and with it the run.

import { huntProblems, medianRunsOf, plantedBugEntry } from '../planted/report.ts';
import type { PhaseContext } from './phase-context.ts';

export async function huntPlantedBugs(context: PhaseContext): Promise<string> {
  const { parts, ledger } = context;
  const reports = await parts.huntBugs((report, done, total) =>
    context.say(`${done}/${total} ${report.name}: ${report.caughtBy}`),
  );
  for (const problem of huntProblems(reports)) ledger.fail('bugs', problem);
  ledger.plantedBugs.push(...reports.map(plantedBugEntry));
  const caught = reports.filter(({ ok }) => ok).length;
  return `${caught} of ${reports.length} planted bugs caught, median effort ${medianRunsOf(reports)} runs`;
}
