// Binds the parts of the command to this project: catalogue, configurations, manifest, model, production, engines.
//
// Whatever is missing or unreadable here is the user's request or checkout, not a finding about the machine, and becomes a
// UsageError: a jar that is not there, a manifest that cannot be read, a claim that nobody knows.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CLAIMS, GOALS, PROGRESS, PROMISES, REPAIRS } from '../../../spec/index.ts';
import { createMachine, explore, stuckStates, type Exploration } from '../../../model/index.ts';
import { configuration, LARGE_CONFIGURATION, SAFE_CONFIGURATIONS, TLA_DIR } from '../configurations.ts';
import { createCoreDriver } from '../core-driver.ts';
import { executeEdges } from '../edges.ts';
import { huntBugs } from '../planted/index.ts';
import { breakPromises } from '../promises.ts';
import { conformRounds } from '../random/conform.ts';
import { modelGraph } from '../tla-text.ts';
import { readCfg } from '../tla/cfg.ts';
import { embeddedEngine, NoEmbeddedEngine } from '../tla/embedded-engine.ts';
import type { TlaEngine } from '../tla/engine.ts';
import { loadManifest, ManifestError, type Manifest, type ManifestConfig } from '../tla/manifest.ts';
import { NoJar, tlcEngine } from '../tla/tlc-engine.ts';
import { byForm } from './catalogue.ts';
import { UsageError } from './exit-codes.ts';
import type { CheckOptions } from './options.ts';
import type { Parts, TlaJob } from './parts.ts';
import { lintProject } from './project-lint.ts';
import { violationStory } from './violation-story.ts';

/** Up to here TLC searches with one worker, so that a counterexample is a shortest one. */
const SMALL_STATES = 50_000;
const LARGE_STATES = 1_000_000_000;
const SMALL_SECONDS = 300;
const LARGE_SECONDS = 3600;

export async function projectParts(
  options: Pick<CheckOptions, 'engine' | 'tla2tools' | 'engineDir' | 'tlaDir'>,
): Promise<Parts> {
  const directory = options.tlaDir === undefined ? TLA_DIR : resolve(options.tlaDir);
  const manifest = readManifest(join(directory, 'manifest.json'));
  const engine = await chooseEngine(options);
  const machineOf = (name: string) => createMachine(configuration(name, directory).shape);
  const driverFor = (exploration: Exploration) => createCoreDriver(exploration.machine.shape);
  return {
    claims: CLAIMS,
    progress: PROGRESS,
    goals: GOALS,
    repairs: REPAIRS,
    promises: PROMISES.map(({ name }) => name),
    safe: SAFE_CONFIGURATIONS,
    large: [LARGE_CONFIGURATION],
    jobs: manifest.configs.map((entry) => jobOf(entry, directory)),
    engine,
    engineName: options.engine,
    lint: () => lintProject(directory, manifest),
    explore: (name, { claims, goals, graph }) => explore(machineOf(name), { ...byForm(claims), goals, graph }),
    stuck: stuckStates,
    modelGraph,
    walkEdges: (exploration) => executeEdges(exploration, driverFor(exploration)),
    breakPromises: (exploration) => breakPromises(exploration, driverFor(exploration)),
    conform: () => conformRounds(),
    huntBugs: (onProgress) => huntBugs({ onProgress }),
    story: violationStory,
  };
}

function readManifest(file: string): Manifest {
  try {
    return loadManifest(file);
  } catch (error) {
    if (error instanceof ManifestError) throw new UsageError(error.message);
    throw error;
  }
}

async function chooseEngine({
  engine,
  tla2tools,
  engineDir,
}: Pick<CheckOptions, 'engine' | 'tla2tools' | 'engineDir'>): Promise<TlaEngine> {
  try {
    if (engine === 'tlc') return await tlcEngine(tla2tools === undefined ? {} : { jar: tla2tools });
    return embeddedEngine(engineDir === undefined ? {} : { engineDir });
  } catch (error) {
    if (error instanceof NoJar || error instanceof NoEmbeddedEngine) throw new UsageError(error.message);
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
