// The command as a user meets it at the shell: what is refused, with which exit code and how many words, and that a
// specification which disagrees with the model ends in exit code 1 with the way to the disagreement.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonReport } from '../check/json-report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRATCH = mkdtempSync(join(tmpdir(), 'hammer-io-kit-command-'));
afterAll(() => rmSync(SCRATCH, { recursive: true }));

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function checkModel(...args: string[]): Answer {
  const noJar = { TLA2TOOLS_JAR: '', TLA_TOOLS_JAR: '', HOME: SCRATCH };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/check/check-model.ts', ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ...noJar, NO_COLOR: '1' },
    },
  );
  return { code: status, out: stdout, err: stderr };
}

/** A copy of the specification's directory, changed by a test. */
function specification(name: string): string {
  const directory = join(SCRATCH, name);
  cpSync(join(ROOT, 'tla'), directory, { recursive: true });
  return directory;
}

describe('a wrong request is answered by one line on stderr and exit code 2', () => {
  const brokenManifest = (): string => {
    const directory = specification('broken-manifest');
    writeFileSync(join(directory, 'manifest.json'), '{ "configurations": [ {');
    return directory;
  };
  const occupied = join(SCRATCH, 'occupied');
  mkdirSync(occupied);

  test.each<[string, () => string[], RegExp]>([
    ['an unknown flag', () => ['--jsonn', 'x'], /--jsonn/],
    ['an unknown phase', () => ['--only', 'dreams'], /dreams.*lint, model, tla/],
    ['an unknown configuration', () => ['--config', 'nowhere'], /nowhere.*data/],
    ['an unknown claim', () => ['--explain', 'I999'], /I999/],
    [
      'a request that would check nothing',
      () => ['--config', 'without-D2', '--only', 'model'],
      /nothing to do.*without-D2/,
    ],
    ['an unknown planted bug', () => ['--bug', 'red-error'], /'red-error' is no planted bug.*nearest are read-error/],
    [
      'a part of the names of several planted bugs',
      () => ['--bug', 'alias'],
      /'alias' stands in the names of \d+ planted bugs: /,
    ],
    ['a token that nobody printed', () => ['--replay', 'xyz'], /token/i],
    ['a damaged token of the direct machine', () => ['--replay', 'd1-xyz'], /damaged/],
    ['a trace that is not there', () => ['--trace', join(SCRATCH, 'none.jsonl')], /none\.jsonl/],
    ['a jar that is not there', () => ['--engine', 'tlc', '--tla2tools', join(SCRATCH, 'no.jar')], /no\.jar/],
    ['no jar anywhere', () => ['--engine', 'tlc'], /tla2tools\.jar/],
    ['a broken manifest', () => ['--tla-dir', brokenManifest()], /manifest\.json/],
    ['a report where no file can be', () => ['--json', occupied], /occupied.*directory/],
    ['a report in a directory that is not there', () => ['--json', join(SCRATCH, 'none', 'r.json')], /none/],
  ])('%s', (_what, args, message) => {
    const { code, out, err } = checkModel(...args());
    expect(err).toMatch(/^check-model: .+\n$/);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

test('--help and --list answer and check nothing', () => {
  const help = checkModel('--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--explain <id>');
  const list = checkModel('--list');
  expect(list).toMatchObject({ code: 0, err: '' });
  expect(list.out).toMatch(/^ {2}without-D35 +repair D35 left out$/m);
});

test('a guard that only the specification lacks ends in exit code 1, with the way to the difference', () => {
  const directory = specification('broken-guard');
  breakGuard(directory);
  const report = join(SCRATCH, 'report.json');
  const { code, out } = checkModel('--tla-dir', directory, '--config', 'data', '--only', 'graphs', '--json', report);
  expect(code).toBe(1);
  expect(out).toContain('The graphs differ');
  expect(out).toMatch(/^ +2\. IoFlush: .*io\[d1\]\.running false → true/m);
  expect(out).toMatch(/only TLA\+ has the edge IoWait /);
  expect(out).toMatch(/^1 failure/m);
  const { verdict, configurations, failures } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport;
  expect(verdict).toBe('broken');
  expect(configurations).toMatchObject([{ name: 'data', graphsEqual: false }]);
  expect(failures).toHaveLength(1);
  expect(readdirSync(SCRATCH).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

/** Lets a client go on although the write that it waits for is in flight, in a machine of a few actions. */
function breakGuard(directory: string): void {
  const kinds = ['ioNew', 'release', 'ioFlush', 'writeDone', 'ioWait', 'resumeWait'];
  const acts = `Acts = { ${kinds.map((kind) => `"${kind}"`).join(', ')} }`;
  replaceIn(join(directory, 'cfg', 'data.cfg'), /Acts = \{[^}]*\}/, acts);
  replaceIn(join(directory, 'BufferWrite.tla'), /(\nIoWait\b[^\n]* ==[^]*?)~io\[\w+\]\.running/, '$1TRUE');
}

function replaceIn(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, 'utf8');
  if (!what.test(text)) throw new Error(`${file} has no ${what} to break; adapt this test to the specification.`);
  writeFileSync(file, text.replace(what, by));
}
