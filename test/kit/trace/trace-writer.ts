// Writes the lines of a trace. It is told what happened and shown the state afterwards; it keeps the state before and writes
// the difference, or, with every so many events, the whole. Lines go to a sink without their line ends; where they end up is
// the sink's business. A trace without its closing line counts as truncated, so `close` is part of the recording.

import type { Shape } from '../../../spec/buffer/snapshot.ts';
import type { Action, Outcome, StepStats } from '../../../spec/buffer/vocabulary.ts';
import { blankSnapshot, type MutableSnapshot } from '../driver.ts';
import { sameSnapshot, snapshotDifferences } from '../snapshot-difference.ts';
import { plainAction } from './action-arguments.ts';
import { readShape, plainShape } from './shape-text.ts';
import { changeBetween, copyFields } from './state-change.ts';
import { closingLine, FULL_EVERY, headerLine, TRACE_LIMITS, TraceError, type Ghost } from './trace-format.ts';

/** Takes a line of a trace, without its end. */
export type LineSink = (line: string) => void;

/** How much is recorded. */
export interface RecordOptions {
  /** Events from one whole state to the next. Default 1000. */
  readonly fullEvery?: number;
  /** Fields that the recorded program cannot show. */
  readonly without?: readonly Ghost[];
}

/** What an event says besides the state that it led to. */
export type Happening =
  | {
      readonly action: Action;
      readonly outcome: Outcome;
      readonly stats: StepStats;
      readonly woken: readonly number[];
    }
  | { readonly action: Action; readonly broken: string }
  | { readonly action: Action; readonly thrown: string }
  | { readonly reset: true };

export class TraceWriter {
  readonly #shape: Shape;
  readonly #sink: LineSink;
  readonly #fullEvery: number;
  readonly #without: ReadonlySet<string>;
  /** The state after the latest event, and the one that is being written. */
  #before: MutableSnapshot;
  #now: MutableSnapshot;
  #events = 0;
  #closed = false;

  /** @throws TraceError when a reader would refuse the shape. */
  constructor(shape: Shape, sink: LineSink, { fullEvery = FULL_EVERY, without = [] }: RecordOptions = {}) {
    readable(shape);
    this.#shape = shape;
    this.#sink = sink;
    this.#fullEvery = Math.max(1, fullEvery);
    this.#without = new Set(without);
    this.#before = blankSnapshot(shape);
    this.#now = blankSnapshot(shape);
    sink(headerLine(shape, without));
  }

  /** Number of events written so far. */
  get events(): number {
    return this.#events;
  }

  /** A recording begins in the initial state; `take` writes the state that the recorded program is in. */
  begin(take: (into: MutableSnapshot) => void): void {
    take(this.#now);
    copyFields(this.#without, this.#before, this.#now);
    if (sameSnapshot(this.#before, this.#now)) return;
    const [first] = snapshotDifferences(this.#shape, this.#before, this.#now);
    throw new TraceError(`a recording must begin in the initial state, but ${first?.path} is ${first?.seen} already`);
  }

  /** One event, and the state that it led to. */
  write(happening: Happening, take: (into: MutableSnapshot) => void): void {
    if (this.#closed) throw new TraceError('an event came after the trace was closed');
    if (this.#events === TRACE_LIMITS.events)
      throw new TraceError(`it would have more than ${TRACE_LIMITS.events} events; close it and begin another run`);
    take(this.#now);
    const isFull = this.#events % this.#fullEvery === 0 || 'reset' in happening;
    const state = isFull
      ? { state: changeBetween(undefined, this.#now, this.#without) }
      : { change: changeBetween(this.#before, this.#now, this.#without) };
    this.#sink(JSON.stringify({ ...plainHappening(happening), ...state }));
    this.#events++;
    [this.#before, this.#now] = [this.#now, this.#before];
  }

  /** Writes the closing line; further events are refused. */
  close(): void {
    if (!this.#closed) this.#sink(closingLine(this.#events));
    this.#closed = true;
  }
}

/** Statistics of nothing and waking of nobody are not written. */
function plainHappening(happening: Happening): object {
  if ('reset' in happening) return happening;
  const action = plainAction(happening.action);
  if (!('outcome' in happening)) return { ...happening, action };
  const { outcome, stats, woken } = happening;
  return {
    action,
    outcome,
    ...((stats.diskRead !== 0 || stats.diskWrite !== 0) && { stats }),
    ...(woken.length > 0 && { woken }),
  };
}

/** Better no recording than one that nobody can check. */
function readable(shape: Shape): void {
  try {
    readShape(JSON.parse(JSON.stringify(plainShape(shape))), shape.repairs);
  } catch (error) {
    throw new TraceError(`its shape would be refused: ${(error as Error).message}`);
  }
}
