// What package.json promises is the same wherever it is told: to Node, to compilers, to the build, to our own tools, and to
// npm. That the packed file keeps the promises is seen by `npm run test:package`, which takes too long to be run here.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import * as kit from 'hammer-io-kit/kit';
import * as library from 'hammer-io-kit';
import * as model from 'hammer-io-kit/model';
import * as spec from 'hammer-io-kit/spec';
import * as kitSource from '../../kit/index.ts';
import * as modelSource from '../../../model/index.ts';
import { packagesIn, reachedFrom, referencesIn } from '../../package/references.ts';
import * as specSource from '../../../spec/index.ts';
import * as librarySource from '../../../src/index.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
type Names = Readonly<Record<string, string>>;
interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version: string;
  readonly engines: Names;
  readonly exports: Readonly<Record<string, string | Names>>;
  readonly files: readonly string[];
  readonly dependencies: Names;
  readonly peerDependencies: Names;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly devDependencies: Names;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const manifest = read('package.json') as Manifest;

/** Source of each export without its ending, as package.json implies it: `./kit` → `test/kit/index`. */
const SOURCES = new Map(
  Object.entries(manifest.exports).flatMap(([path, entry]) =>
    typeof entry === 'string' ? [] : [[path, entry['default']!.replace(/^\.\/dist\/|\.js$/g, '')]],
  ),
);

describe('the exports', () => {
  test('are code and declarations of the same module', () => {
    expect([...SOURCES.keys()]).toEqual(['.', './spec', './model', './kit']);
    for (const [path, source] of SOURCES) {
      expect(manifest.exports[path]).toEqual({ types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` });
      expect(existsSync(join(ROOT, `${source}.ts`))).toBe(true);
    }
    // Conditions are tried in order: types that come second are not found.
    expect(Object.keys(manifest.exports['.']!)).toEqual(['types', 'default']);
  });

  test('are what is built, what is documented, and what the names mean here', () => {
    const files = [...SOURCES.values()].map((source) => `${source}.ts`);
    expect(read('tsconfig.build.json')).toMatchObject({ files });
    expect(read('typedoc.json')).toMatchObject({ entryPoints: files });
    const paths = [...SOURCES].map(([path, source]) => [path.replace('.', manifest.name), [`./${source}.ts`]]);
    expect(read('tsconfig.json')).toMatchObject({ compilerOptions: { paths: Object.fromEntries(paths) as object } });
    expect([library, spec, model, kit].map((one) => Object.values(one).length)).not.toContain(0);
    expect(Object.values(library)).toEqual(Object.values(librarySource));
    expect(Object.values(spec)).toEqual(Object.values(specSource));
    expect(Object.values(model)).toEqual(Object.values(modelSource));
    expect(Object.values(kit)).toEqual(Object.values(kitSource));
  });
});

describe('what npm installs', () => {
  const needed = (...sources: readonly string[]): string[] => {
    const entries = sources.map((source) => `${source}.ts`);
    const files = [...reachedFrom(ROOT, entries)].filter((file) => file.endsWith('.ts'));
    const named = files.flatMap((file) => packagesIn(file, readFileSync(join(ROOT, file), 'utf8')));
    return [...new Set(named)].filter((name) => !isBuiltin(name)).sort();
  };

  test('is what the sources of the exports import', () => {
    const { dependencies, peerDependencies } = manifest;
    expect(needed(SOURCES.get('.')!)).toEqual(['fastest-levenshtein', 'sorted-btree', 'valibot']);
    expect(needed(...SOURCES.values())).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });

  test('a peer may be left out, and is here in the version that is asked for', () => {
    for (const [name, range] of Object.entries(manifest.peerDependencies)) {
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
      expect(manifest.devDependencies[name]).toBe(range);
    }
  });

  test('is what the lock file was made for', () => {
    const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, object>> };
    const { version, dependencies, devDependencies, peerDependencies, engines } = manifest;
    expect(packages['']).toMatchObject({ version, dependencies, devDependencies, peerDependencies, engines });
  });

  test('can be published, and every file that is named is there', () => {
    expect(manifest.private).toBeUndefined();
    for (const file of manifest.files) if (file !== 'dist') expect(existsSync(join(ROOT, file)), file).toBe(true);
  });
});

test('the examples import what their reader can import', () => {
  const directory = join(ROOT, 'examples');
  const files = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith('.ts')) : [];
  const allowed = [...SOURCES.keys()].map((path) => path.replace('.', manifest.name));
  for (const file of files) {
    const text = readFileSync(join(directory, file), 'utf8');
    expect(packagesIn(file, text).filter((name) => !allowed.includes(name) && !name.startsWith('node:'))).toEqual([]);
    const outside = referencesIn(join(directory, file), text).filter(({ target }) => !target.startsWith(directory));
    expect(outside.map(({ written }) => written)).toEqual([]);
  }
});

describe('what a file names', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hammer-io-kit-references-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'a'));
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

  test('is followed through code, declarations and URLs, and read from code only', () => {
    write(
      'a/entry.js',
      `import './one.js'; export * from '../two.js';\n// import './not.js'\nconst s = "import './no.js'";`,
    );
    write('a/one.js', `new Worker(new URL('./worker.mjs', import.meta.url)); new URL('../tables/', import.meta.url);`);
    write('a/worker.mjs', `const later = () => import('../three.js'); import 'somebody';`);
    write('two.js', `const { parse } = createRequire(import.meta.url)('a-parser'); import { x } from 'node:fs';`);
    write('a/entry.d.ts', `import type { T } from './types.ts'; export type U = import('../u.ts').U;`);
    const reached = (file: string): string[] => [...reachedFrom(directory, [file])].sort();
    expect(reached('a/entry.js')).toEqual(['a/entry.js', 'a/one.js', 'a/worker.mjs', 'three.js', 'two.js']);
    expect(reached('a/entry.d.ts')).toEqual(['a/entry.d.ts', 'a/types.d.ts', 'u.d.ts']);
    const packages = (file: string): string[] => packagesIn(file, readFileSync(join(directory, file), 'utf8'));
    expect([packages('a/worker.mjs'), packages('two.js')]).toEqual([['somebody'], ['node:fs', 'a-parser'].reverse()]);
  });

  test.each(['import(name);', 'new URL(name, import.meta.url);', 'createRequire(import.meta.url)(name);'])(
    'must not be computed: %s',
    (text) => {
      expect(() => referencesIn('x.js', text)).toThrow('x.js computes a name');
    },
  );
});
