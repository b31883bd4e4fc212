// What must be in order before the voices are asked anything: the modules and cfgs within what both engines understand, every
// configuration readable, and manifest, configurations and catalogue speaking of the same things.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS, PROPERTIES, REPAIRS } from '../../../spec/index.ts';
import {
  CONFIGURATION_NAMES,
  configuration,
  ConfigurationError,
  LARGE_CONFIGURATION,
  SAFE_CONFIGURATIONS,
} from '../configurations.ts';
import { CfgError, readCfg } from '../tla/cfg.ts';
import { flatten, FlattenError, loadFrom } from '../tla/flatten.ts';
import { formatFindings, lint, type Finding } from '../tla/lint.ts';
import { lintCfg } from '../tla/lint-cfg.ts';
import type { Manifest, ManifestConfig } from '../tla/manifest.ts';

/** One sentence per finding. */
export async function lintProject(directory: string, manifest: Manifest): Promise<readonly string[]> {
  return [
    ...(await lintModules(directory, manifest)),
    ...manifest.configs.flatMap((entry) => lintEntry(directory, entry)),
    ...missingEntries(manifest),
    ...unreadable(directory),
  ];
}

/** Each specification that the embedded engine is given, with all that it extends. What only TLC reads needs no lint. */
async function lintModules(directory: string, { configs }: Manifest): Promise<string[]> {
  const roots = new Set(configs.filter((entry) => entry.engines.includes('embedded')).map((entry) => entry.module));
  const found = new Set<string>();
  const load = loadFrom(directory);
  for (const root of roots) {
    try {
      const sources = flatten(root, load).modules.map((name) => ({ file: `${name}.tla`, source: load(name) ?? '' }));
      for (const line of linesOf(await lint(sources))) found.add(line);
    } catch (error) {
      if (!(error instanceof FlattenError)) throw error;
      found.add(error.message);
    }
  }
  return [...found];
}

function linesOf(findings: readonly Finding[]): string[] {
  return findings.length === 0 ? [] : formatFindings(findings).split('\n');
}

function lintEntry(directory: string, entry: ManifestConfig): string[] {
  const file = join(directory, entry.cfg);
  if (!existsSync(file)) return [`manifest.json lists ${entry.name}, but there is no ${entry.cfg}.`];
  if (!entry.engines.includes('embedded')) return [];
  const text = readFileSync(file, 'utf8');
  const found = linesOf(lintCfg(text, entry.cfg));
  return found.length > 0 ? found : unclaimed(text, entry);
}

/** An exhaustive search is worth what it is asked: every state claim of the catalogue must be among its invariants. */
function unclaimed(text: string, { name, cfg, mode }: ManifestConfig): string[] {
  if (mode !== 'exhaustive') return [];
  const asked = new Set(readCfg(text, cfg).invariants);
  const missing = INVARIANTS.filter((claim) => claim.status === 'checked' && !asked.has(claim.tla)).map((c) => c.tla);
  return missing.length === 0 ? [] : [`${cfg} does not list the invariants ${missing.join(', ')} for ${name}.`];
}

function missingEntries({ configs }: Manifest): string[] {
  const known = new Set(configs.map(({ name }) => name));
  const needed = [...SAFE_CONFIGURATIONS, ...REPAIRS.map((repair) => repair.configuration), LARGE_CONFIGURATION];
  const missing = needed.filter((name) => !known.has(name));
  const claims = new Set([...INVARIANTS, ...PROPERTIES].map(({ id }) => id));
  const stray = REPAIRS.filter((repair) => !claims.has(repair.claim));
  return [
    ...(missing.length === 0 ? [] : [`manifest.json does not list the configurations ${missing.join(', ')}.`]),
    ...stray.map(
      (repair) => `The repair ${repair.id} names the claim ${repair.claim}, which the catalogue does not have.`,
    ),
  ];
}

/** Every named configuration has a cfg from which a machine can be made. */
function unreadable(directory: string): string[] {
  return CONFIGURATION_NAMES.flatMap((name) => {
    try {
      configuration(name, directory);
      return [];
    } catch (error) {
      if (error instanceof CfgError || error instanceof ConfigurationError) return [error.message];
      throw error;
    }
  });
}
