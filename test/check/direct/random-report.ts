// A report of random conformance of the direct machine, and a failure of it, in lines for people.

import type { DirectConformReport, DirectFailure, DirectReplayReport } from '../../kit/direct/random.ts';

const count = (n: number): string => n.toLocaleString('en-US');

/** What one line can say: `1,500 runs, 240,000 steps, 160.0 steps a run`. */
export function directSummaryLine({ runs, steps, meanLength }: DirectConformReport): string {
  return `${count(runs)} runs, ${count(steps)} steps, ${meanLength.toFixed(1)} steps a run`;
}

export function directFailureLines({ summary, configuration, story, token }: DirectFailure): readonly string[] {
  return [summary, `on ${configuration}`, ...story, `repeat: npm run check-model -- --replay ${token}`];
}

export function formatDirectReplay({ executed, failure }: DirectReplayReport): string {
  if (failure !== undefined) return directFailureLines(failure).join('\n');
  return `The run of the token holds here: ${executed} step(s), nothing differs and no claim is broken.`;
}
