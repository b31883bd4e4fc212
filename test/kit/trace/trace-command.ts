// The answer of `check-model --trace FILE`: a text and an exit code. 0: the recorded run is a run of the model. 1: it is not,
// and the text says where and why. 2: the file holds no trace, told in one sentence.

import { EXIT, oneLine, type ExitCode } from '../exit-codes.ts';
import { differenceLines, storyLines } from '../story.ts';
import type { TraceAccepted, TraceRejected } from './check-trace.ts';
import { checkTraceFile } from './trace-file.ts';
import { TraceError } from './trace-format.ts';

/** What the command says about a trace, and with which exit code. */
export interface TraceAnswer {
  readonly exitCode: ExitCode;
  /** For stdout; for stderr when the code is 2. */
  readonly text: string;
}

/** Checks the trace in a file, as `check-model --trace` does; a file that is no trace is an answer too. */
export function runTraceCommand(file: string): TraceAnswer {
  try {
    const verdict = checkTraceFile(file);
    return verdict.isRun
      ? { exitCode: EXIT.holds, text: acceptedText(verdict) }
      : { exitCode: EXIT.broken, text: rejectedText(verdict) };
  } catch (error) {
    if (error instanceof TraceError) return { exitCode: EXIT.usage, text: oneLine(error.message) };
    throw error;
  }
}

export function acceptedText({ header, events, kinds, notCompared }: TraceAccepted): string {
  const { blocks, clients, volumes } = header.shape;
  const count = (n: number, what: string): string => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
  const shape = [count(blocks.length, 'block'), count(clients.length, 'client'), count(volumes.length, 'volume')];
  const lines = [
    `The recorded run is a run of the model: ${count(events, 'event')}, all consumed (${shape.join(', ')}).`,
    `Actions: ${[...kinds].map(([kind, times]) => `${kind} ${times}`).join(', ')}.`,
  ];
  if (notCompared.length > 0) lines.push(`Not compared, because not recorded: ${notCompared.join(', ')}.`);
  return lines.join('\n');
}

export function rejectedText(verdict: TraceRejected): string {
  const { event, line, recorded, why, legal, differences, recent } = verdict;
  const lines = [`Event ${event} (line ${line}) is not a step of the model: ${recorded}`, why];
  if (recent.length > 0) lines.push('Before it:', ...storyLines(recent).map((text) => `  ${text}`));
  if (legal.length > 0) lines.push('The model could have gone:', ...legal.map((text) => `  ${text}`));
  if (differences.length > 0)
    lines.push('What differs:', ...differenceLines(differences, 'model', 'recorded').map((text) => `  ${text}`));
  return lines.join('\n');
}
