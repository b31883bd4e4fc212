// `npm run bench`: how fast the explorer, production's edge walk and the other checks are here, now, on this machine.
//
// Explorer, on the largest configuration: distinct states a second without claims and with all claims, bytes a state; with a
// jar also TLC with two workers on the same cfg, in turns with the explorer, and the ratio, which counts only when both find
// the same number of distinct states. TLA: our engine and TLC on that configuration, in turns. check-model, only when it is named: the default run here and
// at a recorded commit, in turns. Edges: production's steps and edges a second on safe configurations. Random: steps of
// random conformance; trace: events of a recorded run; stdio: steps of another process. Hits, misses, flush: the cache at work
// on a file, in turns with lru-cache and fs, and with `peers` also with SQLite and LMDB; direct: 1 MiB ranges of files, beside fs; stall: the event loop meanwhile.
// Everything is the median of rounds within one process; goals stand beside the figures that have one, and missing a goal is
// no failure, because machines differ; the machine's facts stand below the table. Exit code 1 when counts differ or work was
// not done, 2 for wrong usage.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readArguments } from '../check/command-line.ts';
import { EXIT, UsageError, type ExitCode } from '../kit/exit-codes.ts';
import { plainTable } from '../check/plain-table.ts';
import { runAsCommand } from '../check/run-as-command.ts';
import { CONFIGURATION_NAMES, LARGE_CONFIGURATION, SAFE_CONFIGURATIONS } from '../kit/configurations.ts';
import { findJar, NoJar } from '../tla/tlc-engine.ts';
import { flushBench } from './cache-flush.ts';
import { groundFacts } from './cache-ground.ts';
import { hitsBench } from './cache-hits.ts';
import { missesBench } from './cache-misses.ts';
import { loadPeers, notMeasured } from './cache-peers.ts';
import { stallBench } from './cache-stall.ts';
import { directBench } from './direct-bench.ts';
import { edgesBench } from './edges-bench.ts';
import { BEFORE_THE_ENGINE, checkModelBench } from './check-model-bench.ts';
import { explorerBench } from './explorer-bench.ts';
import { machineFacts } from './machine-facts.ts';
import { randomBench } from './random-bench.ts';
import { stdioBench } from './stdio-bench.ts';
import { tlaBench } from './tla-bench.ts';
import { traceBench } from './trace-bench.ts';

/** One line of the closing table. */
export interface Figure {
  readonly what: string;
  readonly median: number;
  readonly unit: string;
  readonly rounds: readonly number[];
  /** What was set as a goal, where something was. */
  readonly goal?: string;
}

/** With `peers`, they take part in those of hits, misses and flush that run, which are all if none of them is named. */
const CACHE_BENCHES = { hits: hitsBench, misses: missesBench, flush: flushBench } as const;
const BENCHES = [
  ...(Object.keys(CACHE_BENCHES) as (keyof typeof CACHE_BENCHES)[]),
  ...([
    'direct',
    'stall',
    'peers',
    'explorer',
    'tlc',
    'tla',
    'edges',
    'random',
    'trace',
    'stdio',
    'check-model',
  ] as const),
] as const;

interface BenchOptions {
  readonly only?: readonly (typeof BENCHES)[number][];
  readonly rounds: number;
  readonly config: string;
  readonly tla2tools?: string;
  readonly against: string;
}

/** It takes many minutes, so it runs only when it is named. */
const ONLY_WHEN_NAMED: readonly string[] = ['check-model'];

function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command('bench')
    .description(
      'Measure the cache on files and its peers, the explorer, TLC beside it where a jar is given, our engine of TLA+ beside TLC (tla), production on every edge, random runs, traces and stdio; ' +
        'if it is named, also the default run of check-model here beside that of a commit.',
    )
    .addOption(new Option('--only <bench...>', 'which to run').choices(BENCHES))
    .option('--rounds <n>', 'rounds of each measurement', positive, 3)
    .option('--config <name>', 'configuration for the explorer and the engines of TLA+', known, LARGE_CONFIGURATION)
    .option('--tla2tools <jar>', 'tla2tools.jar for the comparison with TLC (else TLA2TOOLS_JAR, TLA_TOOLS_JAR)')
    .option('--against <commit>', 'what check-model is compared with', BEFORE_THE_ENGINE);
  return readArguments(command, args, '').opts<BenchOptions>();
}

function positive(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return n;
}

function known(name: string): string {
  if (!CONFIGURATION_NAMES.includes(name))
    throw new InvalidArgumentError(`Choose from ${CONFIGURATION_NAMES.join(', ')}.`);
  return name;
}

/** The jar for the comparison; undefined where none is there and none was asked for. */
function jarFor(options: BenchOptions): string | undefined {
  try {
    return findJar(options.tla2tools);
  } catch (error) {
    if (!(error instanceof NoJar)) throw error;
    if (options.tla2tools !== undefined || options.only?.includes('tlc') === true) throw new UsageError(error.message);
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<ExitCode> {
  const options = readOptions(args);
  const wants = (bench: (typeof BENCHES)[number]): boolean =>
    options.only?.includes(bench) ?? !ONLY_WHEN_NAMED.includes(bench);
  const jar = wants('tlc') || wants('tla') ? jarFor(options) : undefined;
  collectGarbageOnDemand();
  const note = (line: string): void => console.error(line);
  // The cache comes first, in a process that has done nothing else.
  const cache = await cacheFigures(options, note);
  const figures: Figure[] = [...cache.figures];
  if (wants('direct')) figures.push(...(await directBench({ rounds: options.rounds, note })));
  if (wants('explorer') || wants('tlc')) {
    figures.push(...(await explorerBench({ name: options.config, rounds: options.rounds, jar, note })));
  }
  if (wants('tla')) figures.push(...(await tlaBench({ name: options.config, rounds: options.rounds, jar, note })));
  if (wants('edges')) figures.push(...(await edgesBench({ names: SAFE_CONFIGURATIONS, rounds: options.rounds, note })));
  const small = { name: 'data', rounds: options.rounds, note };
  if (wants('random')) figures.push(...(await randomBench(small)));
  if (wants('trace')) figures.push(...(await traceBench(small)));
  if (wants('stdio')) figures.push(...(await stdioBench(small)));
  if (wants('check-model')) figures.push(...(await checkModelBench({ ...options, note })));
  console.log(tableText(figures));
  console.log(`\n${machineFacts()}`);
  for (const line of cache.facts) console.log(line);
  if (jar === undefined && wants('tlc'))
    console.log('TLC was not measured: no tla2tools.jar (--tla2tools JAR, TLA2TOOLS_JAR).');
  return EXIT.holds;
}

/** The rows of the cache, and what is to be said about them. */
async function cacheFigures(
  { only = BENCHES, rounds }: BenchOptions,
  note: (line: string) => void,
): Promise<{ readonly figures: readonly Figure[]; readonly facts: readonly string[] }> {
  const withPeers = only.includes('peers');
  const names = Object.keys(CACHE_BENCHES) as (keyof typeof CACHE_BENCHES)[];
  const named = names.filter((name) => only.includes(name));
  const chosen = withPeers && named.length === 0 ? names : named;
  const isStall = only.includes('stall');
  if (chosen.length === 0 && !isStall) return { figures: [], facts: [] };
  const peers = loadPeers();
  const bench = { rounds, note, peers, withPeers };
  const figures: Figure[] = [];
  for (const name of chosen) figures.push(...(await CACHE_BENCHES[name](bench)));
  if (isStall) figures.push(...(await stallBench(bench)));
  const wanted = (peer: string): boolean => (peer === 'lru-cache' ? chosen.includes('hits') : withPeers);
  const missing = notMeasured(peers.missing.filter(wanted));
  return { figures, facts: [groundFacts(), ...(missing === undefined ? [] : [missing])] };
}

/** `npm run bench` passes --expose-gc; started in another way, the collector is reached through V8's flags. */
function collectGarbageOnDemand(): void {
  if (globalThis.gc !== undefined) return;
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;
}

function tableText(figures: readonly Figure[]): string {
  const number = (n: number): string => (n >= 100 ? Math.round(n).toLocaleString('en-US') : n.toFixed(2));
  const rows = figures.map(({ what, median, unit, goal = '', rounds }) => [
    what,
    number(median),
    unit,
    goal,
    rounds.map(number).join('  '),
  ]);
  return plainTable(['what', 'median', 'unit', 'goal', 'rounds'], rows, [1]);
}

await runAsCommand('bench', main);
