// Conformance over stdio: steps a second of the walk over every edge, with our core behind a pipe in another process. One
// process serves all rounds.

import { fileURLToPath } from 'node:url';
import { createMachine, explore } from '../../model/index.ts';
import { configuration } from '../kit/configurations.ts';
import { executeEdges } from '../kit/edges.ts';
import { createStdioDriver } from '../kit/foreign/stdio-driver.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median } from './rounds.ts';

export interface StdioBench {
  /** Configuration whose edges are walked. */
  readonly name: string;
  readonly rounds: number;
  readonly note: (line: string) => void;
}

/** Our core, serving the protocol. */
export const OWN_ADAPTER = [
  process.execPath,
  '--import',
  'tsx',
  fileURLToPath(new URL('../support/adapter.ts', import.meta.url)),
]
  .map((part) => `'${part}'`)
  .join(' ');

export async function stdioBench({ name, rounds, note }: StdioBench): Promise<Figure[]> {
  const { shape } = configuration(name);
  const exploration = explore(createMachine(shape), { graph: true });
  const driver = createStdioDriver({ command: OWN_ADAPTER, shape, timeoutSeconds: 60 });
  let steps = 0;
  const run = (): number => {
    const begin = performance.now();
    const walk = executeEdges(exploration, driver);
    if (walk.mismatch !== undefined) throw new Error(walk.mismatch.summary);
    steps = walk.steps;
    return steps / ((performance.now() - begin) / 1000);
  };
  try {
    const figures = await measureInRounds([{ name: 'stdio', run }], rounds, (round, _name, figure) => {
      note(`round ${round}: ${Math.round(figure).toLocaleString('en-US')} steps/s over stdio`);
    });
    const all = figures.get('stdio')!;
    return [
      { what: `conformance over stdio: ${name}`, median: median(all), unit: 'steps/s', rounds: all },
      { what: 'stdio: steps a round', median: steps, unit: 'steps', rounds: [] },
    ];
  } finally {
    driver.close();
  }
}
