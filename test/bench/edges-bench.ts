// Production on every edge of the safe configurations: edges a second, compared after each, and steps per edge.

import { createMachine, explore } from '../../model/index.ts';
import { configuration } from '../kit/configurations.ts';
import { createCoreDriver } from '../kit/core-driver.ts';
import { executeEdges } from '../kit/edges.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median } from './rounds.ts';

export interface EdgesBench {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly note: (line: string) => void;
}

export async function edgesBench({ names, rounds, note }: EdgesBench): Promise<Figure[]> {
  const explorations = names.map((name) => explore(createMachine(configuration(name).shape), { graph: true }));
  let [executed, steps] = [0, 0];
  const run = (): number => {
    const begin = performance.now();
    [executed, steps] = [0, 0];
    for (const exploration of explorations) {
      const walk = executeEdges(exploration, createCoreDriver(exploration.machine.shape));
      if (walk.mismatch !== undefined) throw new Error(walk.mismatch.summary);
      executed += walk.executed;
      steps += walk.steps;
    }
    return executed / ((performance.now() - begin) / 1000);
  };
  const figures = await measureInRounds([{ name: 'edges', run }], rounds, (round, _name, figure) => {
    note(`round ${round}: production ${Math.round(figure).toLocaleString('en-US')} edges/s`);
  });
  const all = figures.get('edges')!;
  return [
    { what: 'production: every edge, compared', median: median(all), unit: 'edges/s', rounds: all },
    { what: 'production: edges', median: executed, unit: 'edges', rounds: [] },
    { what: 'production: steps per edge', median: steps / executed, unit: 'steps', rounds: [] },
  ];
}
