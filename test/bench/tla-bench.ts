// The engines of TLA+ on one configuration, taking turns: ours, and TLC with two workers where there is a jar. Both are asked for the same
// cfg, invariants included, and their time is that of the whole check, reading and starting included, as a user waits for it.

import { join } from 'node:path';
import { TLA_DIR } from '../kit/configurations.ts';
import { compiledEngine } from '../tla/compiled-engine.ts';
import type { TlaEngine } from '../tla/engine.ts';
import { loadManifest } from '../tla/manifest.ts';
import { tlcEngine } from '../tla/tlc-engine.ts';
import type { Figure } from './bench.ts';
import { measureInRounds, median, type Variant } from './rounds.ts';

export interface TlaBench {
  readonly name: string;
  readonly rounds: number;
  readonly jar: string | undefined;
  readonly note: (line: string) => void;
}

/** An engine that does not say what the manifest says: its speed would mean nothing. */
class OtherAnswer extends Error {
  override readonly name = 'OtherAnswer';
}

export async function tlaBench({ name, rounds, jar, note }: TlaBench): Promise<Figure[]> {
  const engines = [compiledEngine(), ...(jar === undefined ? [] : [await tlcEngine({ jar })])];
  const variants = engines.map((engine): Variant => ({ name: engine.name, run: () => rateOf(engine, name) }));
  const figures = await measureInRounds(variants, rounds, (round, by, figure) => {
    note(`round ${round}: ${by} ${Math.round(figure).toLocaleString('en-US')} states/s`);
  });
  const rows = variants.map(({ name: by }): Figure => {
    const all = figures.get(by)!;
    return { what: `${name}: ${by}`, median: median(all), unit: 'distinct states/s', rounds: all };
  });
  const [ours, tlc] = variants.map(({ name: by }) => figures.get(by)!);
  if (tlc === undefined) return rows;
  const ratios = ours!.map((figure, i) => figure / tlc[i]!);
  return [...rows, { what: `${name}: ours against TLC`, median: median(ratios), unit: 'times', goal: '8', rounds: ratios }];
} // prettier-ignore

async function rateOf(engine: TlaEngine, name: string): Promise<number> {
  const entry = loadManifest(join(TLA_DIR, 'manifest.json')).configs.find((config) => config.name === name);
  if (entry === undefined) throw new OtherAnswer(`The manifest does not list ${name}.`);
  const { module, cfg, expect } = entry;
  const limits = { maxStates: 1e9, timeoutSeconds: 3600 };
  const result = await engine.check({ moduleDir: TLA_DIR, module, cfg, wantGraph: false, ...limits });
  if (result.verdict !== expect.verdict || result.distinctStates !== (expect.distinctStates ?? result.distinctStates)) {
    throw new OtherAnswer(`${engine.name} says ${result.verdict} with ${result.distinctStates} states of ${name}.`);
  }
  return result.distinctStates / result.seconds;
}
