// `npm run build`: dist/ from the four entry points, ready to be packed.
//
// tsc compiles the entry points that `tsconfig.build.json` names and what they import, so nothing gets in because it lies in
// a folder. Beside modules the kit and the library need files that code names by `new URL('…', import.meta.url)`: worker
// scripts, tables. Each is copied to where that URL leads within dist. The one URL of a directory is that of tla/; of it, the
// configurations come along that the kit knows by name. The old dist is removed first, so that nothing is published that has
// no source any more; at the end every relative import and every such URL in dist is seen to lead to a file.
//
// Neither source maps nor declaration maps: what tsc emits is the source without its types, comments and lines kept apart,
// and both maps would be dead without shipping the sources as well.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIGURATION_NAMES } from '../kit/configurations.ts';
import { reachedFrom, referencesIn } from './references.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');
const TLA = join(DIST, 'tla');
const ENTRIES = ['src/index', 'spec/index', 'model/index', 'test/kit/index'];

class BuildError extends Error {
  override readonly name = 'BuildError';
}

function build(): void {
  rmSync(DIST, { recursive: true, force: true });
  compile();
  for (const name of CONFIGURATION_NAMES) copy(join(TLA, 'cfg', `${name}.cfg`));
  copyNamedFiles();
  dropUnreached();
  const dangling = danglingReferences();
  if (dangling.length > 0) throw new BuildError(`What dist names is not there:\n${dangling.join('\n')}`);
}

function compile(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) throw new BuildError('The sources do not compile.');
}

/** Copies what code names, and what the copied scripts name in their turn. */
function copyNamedFiles(): void {
  const open = scripts();
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const { target } of referencesIn(file, readFileSync(file, 'utf8'))) {
      if (existsSync(target)) continue;
      copy(target);
      if (/\.m?js$/.test(target)) open.push(target);
    }
  }
}

/** From the same place in the project. */
function copy(target: string): void {
  const source = join(ROOT, relative(DIST, target));
  if (!existsSync(source)) throw new BuildError(`${relative(ROOT, target)} is needed, but there is no ${source}.`);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}

/** tsc writes code and a declaration for each module, also where there are only types or where no user meets the types. */
function dropUnreached(): void {
  const reached = reachedFrom(
    DIST,
    ENTRIES.flatMap((entry) => [`${entry}.js`, `${entry}.d.ts`]),
  );
  for (const file of filesIn(DIST)) {
    if (/\.(js|d\.ts)$/.test(file) && !reached.has(file)) rmSync(join(DIST, file));
  }
}

function danglingReferences(): string[] {
  return scripts().flatMap((file) =>
    referencesIn(file, readFileSync(file, 'utf8'))
      .filter(({ target }) => !existsSync(target))
      .map(({ written }) => `  ${relative(ROOT, file)}: ${written}`),
  );
}

const filesIn = (directory: string): string[] => readdirSync(directory, { recursive: true, encoding: 'utf8' });

function scripts(): string[] {
  return filesIn(DIST).flatMap((file) => (/\.m?js$/.test(file) ? [join(DIST, file)] : []));
}

try {
  build();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`build: ${error.message}\n`);
  process.exitCode = 1;
}
