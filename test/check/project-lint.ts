// What must be in order before the voices are asked anything: every configuration readable, and manifest, configurations and catalogues speaking of the same things, each under a name of its own.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfgError, readCfg } from '../kit/tla/cfg.ts';
import { ConfigurationError } from '../kit/tla/constant-reader.ts';
import type { Manifest, ManifestConfig } from '../tla/manifest.ts';
import { configurationsOf, type ProjectMachine } from './project-machine.ts';

/** One sentence per finding. */
export function lintProject(
  directory: string,
  manifest: Manifest,
  machines: readonly ProjectMachine[],
): readonly string[] {
  return [
    ...manifest.configs.flatMap((entry) => lintEntry(directory, entry, machines)),
    ...machines.flatMap((machine) => missingEntries(manifest, machine)),
    ...machines.flatMap((machine) => unreadable(directory, machine)),
    ...doubleNames(machines),
  ];
}

function lintEntry(directory: string, entry: ManifestConfig, machines: readonly ProjectMachine[]): string[] {
  const file = join(directory, entry.cfg);
  if (!existsSync(file)) return [`manifest.json lists ${entry.name}, but there is no ${entry.cfg}.`];
  const text = readFileSync(file, 'utf8');
  return unclaimed(text, entry, machines);
}

/** An exhaustive search is worth what it is asked: every state claim of its machine's catalogue must be among its invariants. */
function unclaimed(
  text: string,
  { name, cfg, mode, expect }: ManifestConfig,
  machines: readonly ProjectMachine[],
): string[] {
  if (mode !== 'exhaustive') return [];
  const machine = machines.find((one) => configurationsOf(one).includes(name));
  // Without a graph it is searched for claims of its own, over the states of another configuration.
  if (machine === undefined && expect.graphHash === undefined) return [];
  if (machine === undefined) return [`manifest.json lists ${name} as exhaustive, but no machine has it.`];
  const asked = new Set(readCfg(text, cfg).invariants);
  const claims = machine.claims.filter(({ form, status }) => form === 'state' && status === 'checked');
  const missing = claims.filter(({ tla }) => !asked.has(tla)).map(({ tla }) => tla);
  return missing.length === 0 ? [] : [`${cfg} does not list the invariants ${missing.join(', ')} for ${name}.`];
}

function missingEntries({ configs }: Manifest, machine: ProjectMachine): string[] {
  const known = new Set(configs.map(({ name }) => name));
  const missing = configurationsOf(machine).filter((name) => !known.has(name));
  const claims = new Set(machine.claims.filter(({ form }) => form !== 'construction').map(({ id }) => id));
  const stray = machine.repairs.filter((repair) => !claims.has(repair.claim));
  return [
    ...(missing.length === 0 ? [] : [`manifest.json does not list the configurations ${missing.join(', ')}.`]),
    ...stray.map(
      (repair) => `The repair ${repair.id} names the claim ${repair.claim}, which the catalogue does not have.`,
    ),
  ];
}

/** Every named configuration has a cfg from which a machine can be made. */
function unreadable(directory: string, machine: ProjectMachine): string[] {
  return configurationsOf(machine).flatMap((name) => {
    try {
      machine.read(name, directory);
      return [];
    } catch (error) {
      if (error instanceof CfgError || error instanceof ConfigurationError) return [error.message];
      throw error;
    }
  });
}

/** The run counts by name, so a name that two machines share would let one of them pass unseen. */
export function doubleNames(machines: readonly ProjectMachine[]): string[] {
  const kinds: readonly (readonly [string, (machine: ProjectMachine) => readonly string[]])[] = [
    ['claim', ({ claims, progress }) => [...claims, ...progress].map(({ id }) => id)],
    ['goal', ({ goals }) => goals.map(({ id }) => id)],
    ['repair', ({ repairs }) => repairs.map(({ id }) => id)],
    ['promise', ({ promises }) => promises],
    ['label', ({ labels, unsafeLabels }) => [...labels, ...unsafeLabels]],
    ['configuration', configurationsOf],
  ];
  return kinds.flatMap(([kind, namesOf]) => {
    const names = machines.flatMap(namesOf);
    return names
      .filter((name, i) => names.indexOf(name) !== i)
      .map((name) => `The ${kind} ${name} stands twice; give each a name of its own.`);
  });
}
