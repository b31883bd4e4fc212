// Every claim of the catalogue, asked of a recorded run: of the state after each event and of each step. The states are those
// that the recorder read off the live core.

import { REPAIR_IDS } from '../../spec/buffer/snapshot.ts';
import type { Action, Outcome } from '../../spec/buffer/vocabulary.ts';
import { blankSnapshot } from '../kit/driver.ts';
import { ClaimWatch } from '../kit/random/claim-watch.ts';
import { applyChange } from '../kit/trace/state-change.ts';
import { readHeader } from '../kit/trace/trace-format.ts';

interface Event {
  readonly action?: Action;
  readonly outcome?: Outcome;
  readonly state?: unknown;
  readonly change?: unknown;
}

export interface AskedClaims {
  /** `event 12, recycle: C1`, for each claim that an event breaks. */
  readonly broken: readonly string[];
  /** How often each claim said something; of states, in a sample. */
  readonly applied: Readonly<Record<string, number>>;
}

/** Asks all claims of a trace, given as its lines. */
export function askClaims(lines: readonly string[]): AskedClaims {
  const { shape } = readHeader(JSON.parse(lines[0]!));
  const watch = new ClaimWatch(REPAIR_IDS);
  const [before, after] = [blankSnapshot(shape), blankSnapshot(shape)];
  const broken: string[] = [];
  lines.slice(1, -1).forEach((line, i) => {
    const event = JSON.parse(line) as Event;
    applyChange(after, event.state ?? event.change ?? {});
    const { action, outcome } = event;
    const ids = watch.brokenBy(after, shape.blockBytes) ?? [];
    if (action !== undefined && outcome !== undefined)
      ids.push(...(watch.brokenByStep(before, { action, outcome }, after) ?? []));
    for (const id of ids) broken.push(`event ${i + 1}, ${action?.kind ?? 'reset'}: ${id}`);
    applyChange(before, event.state ?? event.change ?? {});
  });
  return { broken, applied: watch.applied() };
}
