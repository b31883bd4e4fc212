// What lies before a phase while it runs: the parts, what was asked for, work done already, and where findings go.

import type { Ledger } from './ledger.ts';
import type { Parts } from './parts.ts';
import type { Plan } from './plan.ts';
import type { SharedWork } from './shared-work.ts';

export interface PhaseContext {
  readonly parts: Parts;
  readonly plan: Plan;
  readonly work: SharedWork;
  readonly ledger: Ledger;
  /** A line of progress. */
  say(line: string): void;
}
