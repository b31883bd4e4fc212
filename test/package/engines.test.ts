// The versions of Node that package.json claims, each with the packed package and a consumer's programs: the oldest of every
// line in the claim, the newest of every line that is maintained, and the one that runs this. The others come from npm as
// packages that hold a binary; if they cannot be had, the test fails, for then the claim is not checked.
// `npm run test:engines`.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsumerProject, installNode, PROGRAMS } from './consumer-project.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OLDEST = ['20.19.0', '22.12.0'];
const NEWEST = ['22', '24'];

const project = new ConsumerProject();

beforeAll(() => {
  project.installPacked();
  project.install('fast-check@4', 'ts-pattern@5', 'typescript@5.9', '@types/node@20');
  project.takeSources();
  project.compile('nodenext');
});
afterAll(() => project.remove());

/** Runs everything under that Node; its version. */
function checkUnder(node: string): string {
  for (const [program, said] of PROGRAMS) expect(project.run(program, node)).toContain(said);
  for (const example of project.examples()) expect(project.run(`examples/${example}`, node), example).not.toBe('');
  // A CommonJS program can require it too: that is what the oldest versions of the claim are about.
  const required = `require('hammer-io-kit/kit'); process.stdout.write(process.version)`;
  return project.evaluate(required, 'commonjs', node);
}

describe('the package works under', () => {
  test('the Node that runs this', () => {
    expect(checkUnder(process.execPath)).toBe(process.version);
  });

  test.each([...OLDEST, ...NEWEST])('Node %s', (release) => {
    const node = installNode(project.directory, release);
    expect(`${checkUnder(node)}.`).toMatch(new RegExp(`^v${release.replaceAll('.', '\\.')}\\.`));
    rmSync(join(project.directory, `node-${release}`), { recursive: true, force: true });
  });
});

test('the claim is about these versions', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  expect(manifest.engines.node).toBe(`^${OLDEST[0]} || >=${OLDEST[1]}`);
});

test('a version that cannot be had is a failure, not a pass', () => {
  expect(() => installNode(project.directory, '22.999.0')).toThrow('ETARGET');
});
