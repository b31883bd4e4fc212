// A driver that records what another driver does. It answers and throws exactly as the other one; each action, promise broken
// and reset becomes an event. What was not offered is no event: nothing happened.

import type { Shape } from '../../../spec/buffer/snapshot.ts';
import type { Action } from '../../../spec/buffer/vocabulary.ts';
import { nameOfDriver, NotOffered, type Driver, type MutableSnapshot, type StepResult } from '../driver.ts';
import { TraceWriter, type LineSink, type RecordOptions } from './trace-writer.ts';

/** A driver whose steps are recorded. */
export interface RecordingDriver extends Driver {
  readonly events: number;
  /** Writes the closing line. */
  close(): void;
}

/** Records `driver`, which must be in its initial state. */
export function recordDriver(
  driver: Driver,
  shape: Shape,
  sink: LineSink,
  options: RecordOptions = {},
): RecordingDriver {
  const writer = new TraceWriter(shape, sink, options);
  const take = (into: MutableSnapshot): void => driver.snapshot(into);
  writer.begin(take);
  return {
    name: nameOfDriver(driver),
    get events() {
      return writer.events;
    },
    reset() {
      driver.reset();
      writer.write({ reset: true }, take);
    },
    perform(action: Action): StepResult {
      let result: StepResult;
      try {
        result = driver.perform(action);
      } catch (error) {
        const broken = (error as { promise?: unknown } | null)?.promise;
        if (typeof broken === 'string') writer.write({ action, broken }, take);
        else if (!(error instanceof NotOffered)) writer.write({ action, thrown: String(error) }, take);
        throw error;
      }
      const { outcome, stats, woken } = result;
      const { diskRead, diskWrite } = stats;
      writer.write({ action, outcome, stats: { diskRead, diskWrite }, woken: [...woken] }, take);
      return result;
    },
    snapshot: take,
    close: () => writer.close(),
  };
}
