// FileDevice in programs of their own: from the sources under tsx, compiled as in a package, and what becomes of a process
// that forgets to close it. (Under vitest it runs in every other test.)

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SOURCES = fileURLToPath(new URL('../../../../../src/', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../../../node_modules', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

let directory: string;
let compiled: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'programs-'));
  compiled = join(directory, 'package', 'src');
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  const files = readdirSync(join(SOURCES, 'devices/file')).map((file) => join('devices/file', file));
  for (const file of [...files, 'core/errors.ts', 'core/check-shape.ts']) compile(file);
  symlinkSync(MODULES, join(directory, 'node_modules'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function compile(file: string): void {
  const { outputText } = ts.transpileModule(readFileSync(join(SOURCES, file), 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const out = join(compiled, dirname(file), `${basename(file, '.ts')}.js`);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, outputText);
}

/** Writes a block, reads it back, and ends as `ending` says; prints what it saw. */
const program = (device: string, volume: string, ending: string): string => `
  import { FileDevice } from ${JSON.stringify(pathToFileURL(device).href)};
  const { slab, offset } = FileDevice.alignedSlab(2048);
  const views = [0, 1].map((i) => new Uint8Array(slab, offset + 1024 * i, 1024));
  const volumes = [{ path: ${JSON.stringify(volume)}, blocks: 4, create: true }];
  const device = await FileDevice.open({ volumes, blockBytes: 1024, slab });
  const run = (request) => new Promise((resolve) => {
    device.onCompletions = ([completion]) => resolve(completion.error?.message ?? completion.result);
    device.submit({ id: 1, volume: 0, ...request });
  });
  views[0].fill(42);
  const results = [await run({ kind: 'write', block: 2, bytes: views[0] }), await run({ kind: 'flush' })];
  results.push(await run({ kind: 'read', block: 2, blocks: 1, into: [views[1]] }), views[1][1023]);
  console.log(JSON.stringify(results));
  ${ending}`;

let programs = 0;

async function output(device: string, volume: string, ending: string, ...options: string[]): Promise<string> {
  const path = join(directory, `program${++programs}.mjs`);
  writeFileSync(path, program(device, volume, ending));
  // Not the directory of the project: nothing may depend on where a program is started.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...options, path], {
    cwd: directory,
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  return stdout;
}

const RESULTS = '["ok","ok","ok",42]\n';
const volumeOf = (name: string): string => join(directory, name);
const packaged = (): string => join(compiled, 'devices/file', 'index.js');

test('compiled, as in a package', async () => {
  expect(await output(packaged(), volumeOf('a'), 'await device.close();')).toBe(RESULTS);
});

test('from the sources, under tsx', async () => {
  const sources = join(SOURCES, 'devices/file', 'index.ts');
  expect(await output(sources, volumeOf('b'), 'await device.close();', '--import', TSX)).toBe(RESULTS);
});

test('a device that is idle does not keep its process alive, and its lock is taken over', async () => {
  const volume = volumeOf('c');
  expect(await output(packaged(), volume, '')).toBe(RESULTS);
  expect(readdirSync(directory)).toContain('c.lock');
  expect(await output(packaged(), volume, 'await device.close();')).toBe(RESULTS);
  expect(readdirSync(directory).filter((name) => name.startsWith('c'))).toEqual(['c']);
});

test('a request that is pending keeps its process alive', async () => {
  const ending = "run({ kind: 'flush' }).then((result) => console.log(result));";
  expect(await output(packaged(), volumeOf('d'), ending)).toBe(`${RESULTS}ok\n`);
});

test('a second process does not get the file', async () => {
  const volume = volumeOf('e');
  const second = join(directory, 'second.mjs');
  writeFileSync(second, program(packaged(), volume, ''));
  const ending = `
    const { spawnSync } = await import('node:child_process');
    const { status, stderr } = spawnSync(process.execPath, [${JSON.stringify(second)}], { encoding: 'utf8' });
    console.log(status, stderr.includes('EBUSY, process ' + process.pid + ' has it open'));
    await device.close();`;
  expect(await output(packaged(), volume, ending)).toBe(`${RESULTS}1 true\n`);
});

test('a package without its worker says so', async () => {
  const broken = join(directory, 'broken');
  const missing = join(broken, 'devices/file', 'io-worker.js');
  mkdirSync(join(broken, 'devices/file'), { recursive: true });
  mkdirSync(join(broken, 'core'));
  for (const file of readdirSync(join(compiled, 'devices/file')))
    writeFileSync(join(broken, 'devices/file', file), readFileSync(join(compiled, 'devices/file', file)));
  for (const file of ['core/errors.js', 'core/check-shape.js'])
    writeFileSync(join(broken, file), readFileSync(join(compiled, file)));
  rmSync(missing);
  const refused = output(join(broken, 'devices/file', 'index.js'), volumeOf('f'), '');
  await expect(refused).rejects.toThrow(
    /DeviceError: open on the I\/O thread .*THREAD, it could not be started.*incomplete/,
  );
  expect(readdirSync(directory).filter((name) => name.startsWith('f'))).toEqual([]);
});
