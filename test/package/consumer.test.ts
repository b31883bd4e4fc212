// The package as its user meets it: packed as for a release, installed by npm in a project outside the repository, read by
// that project's own TypeScript, and run by plain Node. `npm run test:package`; not part of `npm test`, for it needs minutes,
// npm's registry or cache, and dist/ for itself.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsumerProject, PROGRAMS } from './consumer-project.ts';
import { faultsOf, packagesBehind, type Manifest } from './contents.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OVER = join(ROOT, 'dist/src/left-over.js');
const PACKED_BYTES_MAX = 500 * 1024;

const project = new ConsumerProject();
let tarball = '';

beforeAll(() => {
  // What an earlier build has left behind must not get into the package.
  mkdirSync(join(ROOT, 'dist/src'), { recursive: true });
  writeFileSync(LEFT_OVER, 'export {};\n');
  tarball = project.installPacked();
});
afterAll(() => project.remove());

/** What a program needs beside the package. */
const OF_LIBRARY = ['fastest-levenshtein', 'sorted-btree', 'valibot'];

describe('what is packed', () => {
  const installed = (): string => join(project.directory, 'node_modules/hammer-io-kit');
  const manifest = (): Manifest => JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as Manifest;

  test('is what a user needs and nothing else', () => {
    expect(faultsOf(installed(), project.filesOf('hammer-io-kit'), manifest())).toEqual([]);
  });

  test('a file that does not belong there, and one that is missing, would be told', () => {
    const files = project.filesOf('hammer-io-kit');
    const of = (changed: readonly string[]): string[] => faultsOf(installed(), changed, manifest());
    for (const intruder of ['dist/src/left-over.js', 'test/support/adapter.ts', 'tsconfig.tsbuildinfo']) {
      expect(of([...files, intruder])).toContain(`${intruder} is there, and nothing leads to it`);
    }
    expect(of([...files, 'dist/test/kit/planted/bugs.js'])).toContain('dist/test/kit/planted/bugs.js is not for users');
    for (const needed of [
      'LICENSE',
      'dist/tla/cfg/data.cfg',
      'dist/test/kit/foreign/watchdog.mjs',
      'dist/src/core/errors.d.ts',
    ]) {
      expect(of(files.filter((file) => file !== needed))).toEqual([`${needed} is needed and not there`]);
    }
  });

  test(`is smaller than ${PACKED_BYTES_MAX / 1024} KiB`, () => {
    expect(statSync(tarball).size).toBeLessThan(PACKED_BYTES_MAX);
  });

  test('the library needs three packages, the model and the kit others, which are optional', () => {
    const run = (path: string): string[] => packagesBehind(installed(), manifest(), path, 'run');
    const types = (path: string): string[] => packagesBehind(installed(), manifest(), path, 'types');
    expect([run('.'), types('.')]).toEqual([OF_LIBRARY, ['valibot']]);
    expect([run('./spec'), types('./spec')]).toEqual([[], []]);
    expect([run('./model'), types('./model')]).toEqual([['ts-pattern'], []]);
    expect([run('./kit'), types('./kit')]).toEqual([
      ['fast-check', ...OF_LIBRARY, 'ts-pattern'].sort(),
      ['fast-check', 'valibot'],
    ]);
    expect(Object.keys(manifest().dependencies ?? {})).toEqual(OF_LIBRARY);
    expect(Object.keys(manifest().peerDependencies ?? {})).toEqual(['fast-check', 'ts-pattern']);
  });
});

describe('without the optional packages', () => {
  test('npm installs nothing that was not asked for', () => {
    expect(project.packages().sort()).toEqual(['hammer-io-kit', ...OF_LIBRARY].sort());
  });

  test.each(['hammer-io-kit', 'hammer-io-kit/spec'])('%s is there for import and require', (name) => {
    const said = `process.stdout.write(String(Object.keys(all).length > 3))`;
    expect(project.evaluate(`import * as all from '${name}'; ${said}`, 'module')).toBe('true');
    expect(project.evaluate(`const all = require('${name}'); ${said}`, 'commonjs')).toBe('true');
  });

  const complaintOf = (name: string): string =>
    project.evaluate(
      `import('${name}').catch(({ name, message }) => process.stdout.write(name + ': ' + message))`,
      'module',
    );

  test('the model says in one sentence what is missing and how to get it, and the kit after it', () => {
    const pattern =
      'MissingPackage: hammer-io-kit/model writes its decisions with ts-pattern 5, which is not installed: run `npm install --save-dev ts-pattern@5`.';
    expect(complaintOf('hammer-io-kit/model')).toBe(pattern);
    expect(complaintOf('hammer-io-kit/kit')).toBe(pattern);
    project.install('ts-pattern@5');
    for (const language of ['module', 'commonjs'] as const) {
      const load = language === 'module' ? `import * as all from` : `const all = require`;
      const name = language === 'module' ? `'hammer-io-kit/model'` : `('hammer-io-kit/model')`;
      const said = `process.stdout.write(String(Object.keys(all).length > 3))`;
      expect(project.evaluate(`${load} ${name}; ${said}`, language)).toBe('true');
    }
    expect(complaintOf('hammer-io-kit/kit')).toBe(
      'MissingPackage: hammer-io-kit/kit draws its random programs with fast-check 4, which is not installed: run `npm install --save-dev fast-check@4`.',
    );
  });

  test('what is not exported cannot be imported', () => {
    expect(() => project.evaluate(`import 'hammer-io-kit/dist/src/core/records/slots.js'`, 'module')).toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});

describe('in a strict TypeScript project', () => {
  beforeAll(() => {
    project.install('fast-check@4', 'ts-pattern@5', 'typescript@5.9', '@types/node@20');
    project.takeSources();
  });

  test.each(['bundler', 'nodenext'] as const)('every export has its types: %s', (resolution) => {
    project.compile(resolution);
  });

  test('a mistake of the consumer does not compile', () => {
    const file = join(project.directory, 'src/mistakes.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^\/\/ @ts-expect-error.*$/m, ''));
    expect(() => project.compile('bundler')).toThrow('error TS2');
    writeFileSync(file, text);
  });

  test.each(PROGRAMS)('its program %s runs under plain Node', (name, said) => {
    expect(project.run(name)).toContain(said);
  });

  test('the examples run under plain Node', () => {
    const names = project.examples();
    expect(names).not.toEqual([]);
    for (const name of names) expect(project.run(`examples/${name}`), name).not.toBe('');
  });
});
