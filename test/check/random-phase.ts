// The phase of random conformance: programs drawn beyond the bounds of every configuration, played on model and production of
// each machine in turn.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PhaseContext } from './phase-context.ts';
import type { RandomPart, RandomReport } from './parts.ts';

/** Plays round after round; between rounds whoever runs beside it gets a turn. */
export async function conformAtRandom(context: PhaseContext): Promise<string> {
  const lines: string[] = [];
  for (const part of context.parts.random) lines.push(judge(await play(context, part), part, context.ledger));
  return lines.join('; ');
}

async function play(context: PhaseContext, part: RandomPart): Promise<RandomReport> {
  const playing = part.rounds();
  for (;;) {
    await nextTurn();
    const { done, value } = playing.next();
    if (done === true) return value;
    context.say(`${part.machine}: ${value.toLocaleString('en-US')} runs`);
  }
}

function judge(report: RandomReport, { machine }: RandomPart, ledger: PhaseContext['ledger']): string {
  const { line, failure, problems, ...result } = report;
  ledger.random.push(result);
  if (failure !== undefined) ledger.fail('random', failure.summary, failure.story);
  for (const problem of problems) ledger.fail('random', problem);
  return `${machine}: ${line}`;
}
