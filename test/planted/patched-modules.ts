// Modules of the project with some of them patched, beside the real ones, as CommonJS.
//
// A hunt loads some hundred modules for each of more than a hundred bugs, and a bug changes one or two of them. So each module is
// compiled once for all bugs, and only those are made anew that a patch concerns: the patched ones, and whoever imports one of them,
// directly or through others. The rest is one copy that all bugs share; it cannot reach a patched module, so it is the same under
// every bug. Packages are shared with the real modules. Nothing is written to disk.

import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { transform } from 'esbuild';

/** Where the project stands. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A module, compiled but not run. */
interface Compiled {
  /** Path inside the project, with `/`; so are those of what it imports from the project. */
  readonly file: string;
  readonly imports: readonly string[];
  /** Makes the function that runs the module. */
  readonly script: Script;
}

type Run = (require: NodeJS.Require, module: { exports: unknown }, exports: unknown) => void;

/** The modules that an entry loads, by file. */
export type Loaded = ReadonlyMap<string, Compiled>;

const compiledOnce = new Map<string, Promise<Compiled>>();
const shared = new Map<string, { exports: unknown }>();

/** Everything that `entry` loads. `textOf` gives the text of a file, and whether it is patched. */
export async function compileAll(
  entry: string,
  textOf: (file: string) => string,
  patched: ReadonlySet<string>,
  name: string,
): Promise<Loaded> {
  const loaded = new Map<string, Compiled>();
  for (let files = new Set([entry]); files.size > 0;) {
    const modules = await Promise.all([...files].map((file) => compiled(file, textOf, patched.has(file), name)));
    for (const module of modules) loaded.set(module.file, module);
    files = new Set(modules.flatMap(({ imports }) => imports).filter((file) => !loaded.has(file)));
  }
  return loaded;
}

function compiled(file: string, textOf: (file: string) => string, isPatched: boolean, name: string): Promise<Compiled> {
  if (isPatched) return compile(file, textOf(file), `${join(PROJECT, file)} with ${name}`);
  let module = compiledOnce.get(file);
  if (module === undefined) compiledOnce.set(file, (module = compile(file, textOf(file), join(PROJECT, file))));
  return module;
}

async function compile(file: string, text: string, filename: string): Promise<Compiled> {
  const path = join(PROJECT, file);
  const { code } = await transform(withOwnUrl(text, path), {
    ...{ loader: 'ts', format: 'cjs', platform: 'node', target: 'node20', logLevel: 'silent' },
    sourcefile: `${path}.mts`, // With .mts packages are imported as by a module of Node.
  });
  const imports = [...code.matchAll(/\brequire\("(\.{1,2}\/[^"]+)"\)/g)].map(([, to]) => inProject(path, to!));
  const script = new Script(`(function (require, module, exports) {${code}\n})`, { filename });
  return { file, imports: [...new Set(imports)], script };
}

/** Each module believes to stand where its source does. */
function withOwnUrl(text: string, path: string): string {
  return text.replace(/\bimport\.meta\.url\b/g, () => JSON.stringify(pathToFileURL(path).href));
}

function inProject(importer: string, to: string): string {
  return relative(PROJECT, join(dirname(importer), to))
    .split(sep)
    .join('/');
}

/** Runs the entry: what a patch concerns anew, everything else unless it has run before. */
export function runModules(loaded: Loaded, entry: string, patched: ReadonlySet<string>): unknown {
  const anew = concerned(loaded, patched);
  const own = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const instances = anew.has(file) ? own : shared;
    const known = instances.get(file);
    if (known !== undefined) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    instances.set(file, module);
    const path = join(PROJECT, file);
    const fromPackages = createRequire(path);
    const require = (to: string): unknown => (/^\.{1,2}\//.test(to) ? load(inProject(path, to)) : fromPackages(to));
    try {
      const run = loaded.get(file)!.script.runInThisContext() as Run;
      run(require as NodeJS.Require, module, module.exports);
    } catch (error) {
      instances.delete(file);
      throw error;
    }
    return module.exports;
  };
  return load(entry);
}

/** The patched modules, and all that import one of them, directly or through others. */
function concerned(loaded: Loaded, patched: ReadonlySet<string>): ReadonlySet<string> {
  const importers = new Map<string, string[]>();
  for (const { file, imports } of loaded.values()) {
    for (const to of imports) importers.set(to, [...(importers.get(to) ?? []), file]);
  }
  const found = new Set([...patched].filter((file) => loaded.has(file)));
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
  return found;
}
