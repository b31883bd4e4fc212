// What a packed file may consist of, and what is wrong with one that does not.
//
// A module belongs to the package if one of the exports leads to it; every other file must be one that is named here or one
// that a module names. So whatever is left over in dist, planted in it, or forgotten by the build has no place.

import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { CONFIGURATION_NAMES } from '../kit/configurations.ts';
import { packagesIn, reachedFrom } from './references.ts';

/** For whoever reads before importing anything. */
const PAGES = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
  ...['spec/README.md', 'test/kit/PROTOCOL.md', 'test/kit/TRACE.md'],
];

/** What never belongs to a package, whoever names it. */
const FOREIGN = /(^|\/)(planted|bench|fixtures|package|scratch)\/|\.test\.|\.map$|\.tsbuildinfo$|(?<!\.d)\.ts$/;

/** The part of a package.json that the rules are about. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is wrong with the contents of a package that stands in `directory` and consists of `files`: sentences. */
export function faultsOf(directory: string, files: readonly string[], manifest: Manifest): string[] {
  const wanted = new Set([...PAGES, ...CONFIGURATION_NAMES.map((name) => `dist/tla/cfg/${name}.cfg`)]);
  const entries = Object.keys(manifest.exports).flatMap((path) => entriesOf(manifest, path));
  for (const file of reachedFrom(directory, entries)) wanted.add(file);
  return [
    ...[...wanted].filter((file) => !files.includes(file)).map((file) => `${file} is needed and not there`),
    ...files.filter((file) => !wanted.has(file)).map((file) => `${file} is there, and nothing leads to it`),
    ...files.filter((file) => FOREIGN.test(file) && !PAGES.includes(file)).map((file) => `${file} is not for users`),
  ];
}

/** The packages that whoever imports the export `path` runs; with `types`, those that his compiler reads. */
export function packagesBehind(directory: string, manifest: Manifest, path: string, kind: 'run' | 'types'): string[] {
  const [types, code] = entriesOf(manifest, path);
  const files = reachedFrom(directory, [kind === 'types' ? types! : code!]);
  const named = [...files].flatMap((file) =>
    /\.(m?js|d\.ts)$/.test(file) ? packagesIn(file, readFileSync(join(directory, file), 'utf8')) : [],
  );
  return [...new Set(named)].filter((name) => !isBuiltin(name)).sort();
}

function entriesOf(manifest: Manifest, path: string): string[] {
  const entry = manifest.exports[path];
  if (entry === undefined) throw new Error(`The package has no export ${path}.`);
  const files = typeof entry === 'string' ? [entry] : [entry.types, entry.default];
  return files.map((file) => file.replace(/^\.\//, ''));
}
