// Whether an implementation answered a step as the model does, and if not, in what: outcome, disk statistics, woken tickets.
//
// Tickets are compared as sets of clients, a bit each: in which order they were woken is nobody's promise.

import type { Outcome, StepStats } from '../../spec/buffer/vocabulary.ts';
import { ModelFault } from '../../model/index.ts';
import type { StepResult } from './driver.ts';
import type { SnapshotDifference } from './snapshot-difference.ts';

/** What the model says of a step. */
export interface ExpectedAnswer {
  readonly outcome: Outcome;
  readonly stats: StepStats;
  /** A bit per client whose ticket the step made runnable. */
  readonly woken: number;
}

/** A bit per client whose ticket is runnable, of a snapshot or of a state of the model. */
export function runnableMask({ clients }: { readonly clients: readonly { readonly runnable: boolean }[] }): number {
  let mask = 0;
  for (let c = 0; c < clients.length; c++) if (clients[c]!.runnable) mask |= 1 << c;
  return mask;
}

/** The same for clients by number; somebody unknown has a bit of their own. */
export function maskOf(clients: readonly number[]): number {
  let mask = 0;
  for (let i = 0; i < clients.length; i++) mask |= 1 << clients[i]!;
  return mask;
}

/** Outcome and statistics; the tickets are the caller's to compare, who knows the state before. */
export function isSameAnswer(outcome: Outcome, stats: StepStats, answer: StepResult): boolean {
  return (
    outcome === answer.outcome && stats.diskRead === answer.stats.diskRead && stats.diskWrite === answer.stats.diskWrite
  );
}

/** Each part of the answer that is not as expected; `clients` are their names. */
export function answerDifferences(
  clients: readonly string[],
  { outcome, stats, woken }: ExpectedAnswer,
  answer: StepResult,
): SnapshotDifference[] {
  const names = (mask: number): string => clients.filter((_, c) => (mask & (1 << c)) !== 0).join(' ') || 'nobody';
  const seenNames = answer.woken.map((c) => clients[c] ?? 'somebody unknown').join(' ') || 'nobody';
  const found: SnapshotDifference[] = [];
  const hold = (path: string, same: boolean, expected: string, seen: string): void => {
    if (!same) found.push({ path, expected, seen });
  };
  hold('outcome', outcome === answer.outcome, outcome, answer.outcome);
  for (const key of ['diskRead', 'diskWrite'] as const)
    hold(key, stats[key] === answer.stats[key], String(stats[key]), String(answer.stats[key]));
  hold('woken', woken === maskOf(answer.woken), names(woken), seenNames);
  return found;
}

/** An exception of the implementation, told as a difference. @throws ModelFault, which is no difference */
export function thrownDifference(error: unknown): SnapshotDifference {
  if (error instanceof ModelFault) throw error;
  return { path: 'thrown', expected: 'nothing', seen: error instanceof Error ? error.message : String(error) };
}
