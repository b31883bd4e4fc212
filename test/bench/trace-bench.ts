// Checking a recorded run, from a file to the verdict: events a second. The trace is a recording of the core on every edge of a
// configuration, written once; each round reads and checks all of it.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/at-end.ts';
import { createMachine, explore } from '../../model/index.ts';
import { configuration } from '../kit/configurations.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { executeEdges } from '../kit/edges.ts';
import { recordDriver } from '../kit/trace/record-driver.ts';
import { checkTraceFile, traceFile } from '../kit/trace/trace-file.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median } from './rounds.ts';

export interface TraceBench {
  /** Configuration whose edges are recorded. */
  readonly name: string;
  readonly rounds: number;
  readonly note: (line: string) => void;
}

export async function traceBench({ name, rounds, note }: TraceBench): Promise<Figure[]> {
  const { path: directory, remove } = temporaryDirectory('bench');
  try {
    const file = join(directory, 'run.jsonl');
    const events = recordEdges(name, file);
    const run = (): number => {
      const begin = performance.now();
      const verdict = checkTraceFile(file);
      if (!verdict.isRun) throw new Error(verdict.why);
      if (verdict.events !== events) throw new Error(`${verdict.events} events checked, ${events} recorded`);
      return events / ((performance.now() - begin) / 1000);
    };
    const figures = await measureInRounds([{ name: 'trace', run }], rounds, (round, _name, figure) => {
      note(`round ${round}: ${Math.round(figure).toLocaleString('en-US')} trace events/s`);
    });
    const all = figures.get('trace')!;
    const bytes = statSync(file).size / events;
    return [
      { what: `trace checking: ${name}, from a file`, median: median(all), unit: 'events/s', rounds: all },
      { what: 'trace: events', median: events, unit: 'events', rounds: [] },
      { what: 'trace: size of an event', median: bytes, unit: 'bytes', rounds: [] },
    ];
  } finally {
    remove();
  }
}

/** Number of events written. */
function recordEdges(name: string, file: string): number {
  const { shape } = configuration(name);
  const target = traceFile(file);
  const driver = recordDriver(createCoreDriver(shape), shape, target.sink);
  const { mismatch } = executeEdges(explore(createMachine(shape), { graph: true }), driver);
  if (mismatch !== undefined) throw new Error(mismatch.summary);
  driver.close();
  target.close();
  return driver.events;
}
