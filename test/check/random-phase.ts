// The phase of random conformance: programs drawn beyond the bounds of every configuration, played on model and production of
// each machine in turn.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Desk } from './desk.ts';
import type { RandomPart, RandomReport } from './parts.ts';

/** Plays round after round; between rounds whoever runs beside it gets a turn. */
export async function conformAtRandom(desk: Desk): Promise<string> {
  const lines: string[] = [];
  for (const part of desk.parts.random) lines.push(judge(await play(desk, part), part, desk.ledger));
  return lines.join('; ');
}

async function play(desk: Desk, part: RandomPart): Promise<RandomReport> {
  const playing = part.rounds();
  for (;;) {
    await nextTurn();
    const { done, value } = playing.next();
    if (done === true) return value;
    desk.say(`${part.machine}: ${value.toLocaleString('en-US')} runs`);
  }
}

function judge(report: RandomReport, { machine }: RandomPart, ledger: Desk['ledger']): string {
  const { line, failure, problems, ...result } = report;
  ledger.random.push(result);
  if (failure !== undefined) ledger.fail('random', failure.summary, failure.story);
  for (const problem of problems) ledger.fail('random', problem);
  return `${machine}: ${line}`;
}
