// The explorer on one configuration: without claims, with all claims, and beside TLC.
//
// All three search the same graph in the same run, taking turns. TLC gets two workers and the cfg of that name, with the
// invariants that it lists; its time is that of the whole command, start of the JVM included, as a user waits for it. A
// difference in distinct states is an error: a ratio of two searches that are not the same says nothing.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createMachine, explore, type Exploration } from '../../model/index.ts';
import { catalogue } from '../check/catalogue.ts';
import { configuration, TLA_DIR } from '../kit/configurations.ts';
import { loadManifest } from '../tla/manifest.ts';
import { tlcEngine } from '../tla/tlc-engine.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median, type Variant } from './rounds.ts';

export interface ExplorerBench {
  readonly name: string;
  readonly rounds: number;
  readonly jar: string | undefined;
  readonly note: (line: string) => void;
}

/** Two searches of one configuration that found different numbers of states. */
class CountsDiffer extends Error {
  override readonly name = 'CountsDiffer';
}

export async function explorerBench({ name, rounds, jar, note }: ExplorerBench): Promise<Figure[]> {
  const machine = createMachine(configuration(name).shape);
  const { invariants, properties, goals } = catalogue();
  let distinct: number | undefined;
  let bytesPerState = NaN;
  /** Holds every search against the first one, and answers with states a second. */
  const rate = (by: string, states: number, seconds: number): number => {
    distinct ??= states;
    if (states !== distinct)
      throw new CountsDiffer(`${by} finds ${states} distinct states in ${name}, not ${distinct}.`);
    return states / seconds;
  };
  const search = (by: string, options: Parameters<typeof explore>[1]) => (): number => {
    const begin = performance.now();
    const found: Exploration = explore(machine, options);
    const seconds = (performance.now() - begin) / 1000;
    if (found.violation !== undefined)
      throw new CountsDiffer(`${by} meets a violation of ${found.violation.claim} in ${name}.`);
    bytesPerState = found.bytesPerState;
    return rate(by, found.distinct, seconds);
  };
  const variants: Variant[] = [
    { name: 'explorer', run: search('The explorer', {}) },
    { name: 'explorer, all claims', run: search('The explorer with claims', { invariants, properties, goals }) },
  ];
  if (jar !== undefined) variants.push(await tlcVariant(name, jar, rate));
  const figures = await measureInRounds(variants, rounds, (round, by, figure) => {
    note(`round ${round}: ${by} ${Math.round(figure).toLocaleString('en-US')} states/s`);
  });
  const rows = variants.map(({ name: by }): Figure => {
    const all = figures.get(by)!;
    return { what: `${name}: ${by}`, median: median(all), unit: 'distinct states/s', rounds: all };
  });
  rows.push({ what: `${name}: distinct states`, median: distinct ?? NaN, unit: 'states', rounds: [] });
  rows.push({ what: `${name}: memory of the search`, median: bytesPerState, unit: 'bytes/state', rounds: [] });
  const tlc = variants[2];
  if (tlc === undefined) return rows;
  for (const variant of variants.slice(0, 2)) {
    const ratios = figures.get(variant.name)!.map((figure, i) => figure / figures.get(tlc.name)![i]!);
    rows.push({
      what: `${name}: ${variant.name} against ${tlc.name}`,
      median: median(ratios),
      unit: 'times',
      rounds: ratios,
    });
  }
  return rows;
}

async function tlcVariant(
  name: string,
  jar: string,
  rate: (by: string, states: number, seconds: number) => number,
): Promise<Variant> {
  const engine = await tlcEngine({ jar });
  const entry = loadManifest(join(TLA_DIR, 'manifest.json')).configs.find((config) => config.name === name);
  if (entry === undefined) throw new CountsDiffer(`The manifest does not list ${name}; TLC cannot be given it.`);
  const { module, cfg } = entry;
  const run = async (): Promise<number> => {
    const limits = { maxStates: 1e9, timeoutSeconds: 3600 };
    const result = await engine.check({ moduleDir: TLA_DIR, module, cfg, wantGraph: false, ...limits });
    if (result.verdict !== 'ok') throw new CountsDiffer(`TLC says ${result.verdict} of ${name}: ${result.message}`);
    return rate(engine.name, result.distinctStates, result.seconds);
  };
  return { name: `${engine.name}, ${availableParallelism()} workers`, run };
}
