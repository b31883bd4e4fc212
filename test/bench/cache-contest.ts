// Contests: things that do the same work, measured in turns. A contest has slices of some ten milliseconds, in each slice every
// entry runs once, and so a slow moment of the machine meets all of them; a round is the median of its slices. One slice before
// the first is not counted.
//
// Two costs are taken of each run: the time that passed, and the time that processors worked for this process, all its threads
// together. Work that waits for a device is to be compared by the first; work of one thread that waits for nothing is to be
// compared by the second, which other programs on the machine disturb less.

import type { Figure } from './bench.ts';
import { measureInRounds, median } from './rounds.ts';

/** One who takes part. */
export interface Entry {
  readonly name: string;
  /** Operations in one run. */
  readonly ops: number;
  readonly run: () => void | Promise<void>;
}

export interface ContestOptions {
  readonly rounds: number;
  readonly slices: number;
  /** By which time rates are taken. */
  readonly by: 'passed' | 'worked';
  readonly note: (line: string) => void;
  /** What is compared, for notes. */
  readonly what: string;
}

/** What an entry costs, a figure for each round. */
export interface Cost {
  readonly perSecond: readonly number[];
  /** Microseconds of processor time for an operation. */
  readonly worked: readonly number[];
}

/** By name of the entry. */
export async function contest(
  entries: readonly Entry[],
  { rounds, slices, by, note, what }: ContestOptions,
): Promise<ReadonlyMap<string, Cost>> {
  const worked = new Map<string, number[]>(entries.map(({ name }) => [name, []]));
  const variants = entries.map(({ name, ops, run }) => ({
    name,
    run: async (): Promise<number> => {
      const cpuBegin = process.cpuUsage();
      const begin = performance.now();
      const running = run();
      if (running !== undefined) await running;
      const passedMicros = (performance.now() - begin) * 1000;
      const { user, system } = process.cpuUsage(cpuBegin);
      worked.get(name)!.push((user + system) / ops);
      return (by === 'passed' ? passedMicros : user + system) / ops;
    },
  }));
  const micros = await measureInRounds(variants, 1 + rounds * slices);
  const costs = new Map<string, Cost>();
  for (const { name } of entries) {
    const perSecond = inRounds(micros.get(name)!.slice(1), slices).map((one) => 1e6 / one);
    costs.set(name, { perSecond, worked: inRounds(worked.get(name)!.slice(1), slices) });
    note(`${what}: ${name} ${Math.round(median(perSecond)).toLocaleString('en-US')}/s`);
  }
  return costs;
}

function inRounds(figures: readonly number[], slices: number): number[] {
  return Array.from({ length: figures.length / slices }, (_, round) =>
    median(figures.slice(round * slices, (round + 1) * slices)),
  );
}

/** A row of the table from the figures of the rounds. */
export function figureOf(what: string, unit: string, rounds: readonly number[], goal?: string): Figure {
  return { what, median: median(rounds), unit, rounds, ...(goal !== undefined && { goal }) };
}

/** How many times as fast as the other. */
export function ratioOf(what: string, cost: Cost, other: Cost, goal?: string): Figure {
  const ratios = cost.perSecond.map((one, round) => one / other.perSecond[round]!);
  return figureOf(what, 'times', ratios, goal);
}
