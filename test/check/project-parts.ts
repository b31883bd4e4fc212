// Binds the parts of the command to this project: catalogue, configurations, manifest, model, production, engines.
//
// Whatever is missing or unreadable here is the user's request or checkout, not a finding about the machine, and becomes a
// UsageError: a jar that is not there, a manifest that cannot be read, a claim that nobody knows.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TLA_DIR } from '../kit/configurations.ts';
import { FILE_LOAD_PART } from './file-load-part.ts';
import { readCfg } from '../kit/tla/cfg.ts';
import { compiledEngine } from '../tla/compiled-engine.ts';
import type { TlaEngine } from '../tla/engine.ts';
import { loadManifest, ManifestError, type Manifest, type ManifestConfig } from '../tla/manifest.ts';
import { NoJar, tlcEngine, tryOut } from '../tla/tlc-engine.ts';
import { BUFFER_MACHINE } from './buffer-machine.ts';
import { DIRECT_MACHINE } from './direct-machine.ts';
import { UsageError } from '../kit/exit-codes.ts';
import { huntInThread } from './hunt-thread.ts';
import type { CheckOptions } from './options.ts';
import type { Parts, TlaJob } from './parts.ts';
import { lintProject } from './project-lint.ts';
import { configurationsOf, type ProjectMachine } from './project-machine.ts';

/** The machines, in the order in which they are told. */
const MACHINES: readonly ProjectMachine[] = [BUFFER_MACHINE, DIRECT_MACHINE];

/** Up to here TLC searches with one worker, so that a counterexample is a shortest one. */
const SMALL_STATES = 50_000;
const LARGE_STATES = 1_000_000_000;
const SMALL_SECONDS = 300;
const LARGE_SECONDS = 3600;

export async function projectParts(options: Pick<CheckOptions, 'engine' | 'tla2tools' | 'tlaDir'>): Promise<Parts> {
  const directory = options.tlaDir === undefined ? TLA_DIR : resolve(options.tlaDir);
  const manifest = readManifest(join(directory, 'manifest.json'));
  const engine = await chooseEngine(options);
  return {
    claims: MACHINES.flatMap((machine) => machine.claims),
    progress: MACHINES.flatMap((machine) => machine.progress),
    goals: MACHINES.flatMap((machine) => machine.goals),
    repairs: MACHINES.flatMap((machine) => machine.repairs),
    promises: MACHINES.flatMap((machine) => machine.promises),
    labels: MACHINES.flatMap((machine) => machine.labels),
    unsafeLabels: MACHINES.flatMap((machine) => machine.unsafeLabels),
    safe: MACHINES.flatMap((machine) => machine.safe),
    large: MACHINES.flatMap((machine) => machine.large),
    jobs: manifest.configs.map((entry) => jobOf(entry, directory)),
    engine,
    engineName: options.engine,
    lint: () => Promise.resolve(lintProject(directory, manifest, MACHINES)),
    explore: (name, asked) => machineOf(name).explore(name, directory, asked),
    random: [...MACHINES.map(({ random }) => random), FILE_LOAD_PART],
    huntBugs: huntInThread,
  };
}

function machineOf(name: string): ProjectMachine {
  const machine = MACHINES.find((one) => configurationsOf(one).includes(name));
  if (machine === undefined) throw new RangeError(`No machine has the configuration '${name}'.`);
  return machine;
}

function readManifest(file: string): Manifest {
  try {
    return loadManifest(file);
  } catch (error) {
    if (error instanceof ManifestError) throw new UsageError(error.message);
    throw error;
  }
}

async function chooseEngine({ engine, tla2tools }: Pick<CheckOptions, 'engine' | 'tla2tools'>): Promise<TlaEngine> {
  try {
    if (engine === 'compiled') return compiledEngine();
    const tlc = await tlcEngine(tla2tools === undefined ? {} : { jar: tla2tools });
    await tryOut(tlc);
    return tlc;
  } catch (error) {
    if (error instanceof NoJar) throw new UsageError(error.message);
    throw error;
  }
}

function jobOf({ name, module, cfg, mode, engines, expect }: ManifestConfig, moduleDir: string): TlaJob {
  const small = mode !== 'large';
  const maxStates = small ? Math.max(SMALL_STATES, 2 * (expect.distinctStates ?? 0)) : LARGE_STATES;
  const limits = { maxStates, timeoutSeconds: small ? SMALL_SECONDS : LARGE_SECONDS };
  const run = { moduleDir, module, cfg, wantGraph: mode === 'exhaustive', ...limits };
  return { name, mode, properties: propertiesOf(join(moduleDir, cfg)), run, engines, expected: expect };
}

/** The properties that a cfg lists. One that cannot be read lists none; the lint and the engine say why. */
function propertiesOf(file: string): readonly string[] {
  try {
    return readCfg(readFileSync(file, 'utf8'), file).properties;
  } catch {
    return [];
  }
}
