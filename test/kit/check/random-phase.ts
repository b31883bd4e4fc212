// The phase of random conformance: programs drawn beyond the bounds of every configuration, played on model and production.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConformReport } from '../random/conform.ts';
import { failureLines, summaryLine } from '../random/report.ts';
import type { Desk } from './desk.ts';

/** Plays round after round; between rounds whoever runs beside it gets a turn. */
export async function conformAtRandom(desk: Desk): Promise<string> {
  const { parts, ledger } = desk;
  const rounds = parts.conform();
  for (;;) {
    await nextTurn();
    const { done, value } = rounds.next();
    if (done === true) return judge(value, ledger);
    desk.say(`${value.toLocaleString('en-US')} runs`);
  }
}

function judge(report: ConformReport, ledger: Desk['ledger']): string {
  const { seed, runs, executed, share, meanLength, coverage } = report;
  ledger.random = { seed, runs, steps: executed, share, meanLength, combinations: coverage.met.size };
  if (report.failure !== undefined) {
    const [summary, ...story] = failureLines(report.failure);
    ledger.fail('random', summary!, story);
  }
  for (const problem of report.problems) ledger.fail('random', problem);
  return summaryLine(report);
}
