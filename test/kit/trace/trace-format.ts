// The trace format, version 1: its lines, its limits, and the reading of a header and of a closing line. `TRACE.md` is the
// page for people; the reading of events stands where they are checked, in `check-trace.ts`.

import type { RepairId, Shape } from '../../../spec/buffer/snapshot.ts';
import { REPAIR_IDS } from '../../../spec/buffer/snapshot.ts';
import { listOf, Malformed, objectOf, quoted, refuseOthers, wholeOf, wordOf } from './malformed.ts';
import { plainShape, readShape } from './shape-text.ts';

/** The version of the format, which stands in the first line of a trace. */
export const TRACE_VERSION = 1;

/** What a trace may be at most; beyond it, it is refused unread. */
export const TRACE_LIMITS = {
  /** Characters of a line. The largest state that the model holds takes about 20,000. */
  lineChars: 131_072,
  events: 10_000_000,
  fileBytes: 4 * 1024 ** 3,
} as const;

/** A whole state is written with every such event, and the difference from the event before with the others. */
export const FULL_EVERY = 1000;

/** Fields that a recorder may be unable to observe: they belong to the device or to the model. All others must be recorded. */
export const GHOSTS = ['volumes.volatile', 'clients.bare'] as const;
export type Ghost = (typeof GHOSTS)[number];

/** A trace that is not one: nothing was decided about the run that it may have recorded. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  /** Line of the trace, from 1; undefined where the trace as a whole is meant. */
  readonly line: number | undefined;

  constructor(what: string, line?: number) {
    super(line === undefined ? `The trace cannot be read: ${what}.` : `Line ${line} of the trace: ${what}.`);
    this.line = line;
  }
}

/** The first line of a trace. */
export interface TraceHeader {
  readonly shape: Shape;
  /** Fields that were not observed. */
  readonly without: readonly Ghost[];
}

export function headerLine(shape: Shape, without: readonly Ghost[]): string {
  return JSON.stringify({ trace: TRACE_VERSION, shape: plainShape(shape), repairs: shape.repairs, without });
}

export function closingLine(events: number): string {
  return JSON.stringify({ events });
}

export function readHeader(given: unknown): TraceHeader {
  const header = objectOf(given, 'the header');
  if (header['trace'] !== TRACE_VERSION) {
    const version = header['trace'];
    throw new Malformed(
      version === undefined
        ? 'there is no header {"trace": 1, …}'
        : `the format version is ${quoted(version)}; this reader knows version ${TRACE_VERSION}`,
    );
  }
  refuseOthers(header, ['trace', 'shape', 'repairs', 'without'], 'the header');
  const repairs = listOf(header['repairs'], REPAIR_IDS.length, '"repairs"').map((id) =>
    wordOf<RepairId>(id, REPAIR_IDS, 'an entry of "repairs"'),
  );
  const without = listOf(header['without'] ?? [], GHOSTS.length, '"without"').map((name) =>
    wordOf<Ghost>(name, GHOSTS, 'an entry of "without"'),
  );
  return { shape: readShape(header['shape'], repairs), without };
}

/** The number of events that a closing line tells. */
export function readClosing(given: Readonly<Record<string, unknown>>): number {
  refuseOthers(given, ['events'], 'the closing line');
  return wholeOf(given['events'], TRACE_LIMITS.events, '"events"');
}
