// The engine in its thread: checks queue, one that does not end takes the thread with it and nobody else.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compiledEngine } from '../../tla/compiled-engine.ts';

const moduleDir = mkdtempSync(join(tmpdir(), 'compiled-engine-'));
afterAll(() => rmSync(moduleDir, { recursive: true }));

const module = (name: string, next: string): void =>
  writeFileSync(
    join(moduleDir, `${name}.tla`),
    `---- MODULE ${name} ----\nEXTENDS Naturals\nVARIABLE x\nInit == x = 0\nNext == ${next}\nInv == x < 3\n====\n`,
  );
module('Endless', "x' = x + 1");
module('Short', "x < 5 /\\ x' = x + 1");
writeFileSync(join(moduleDir, 'plain.cfg'), 'INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n');
writeFileSync(join(moduleDir, 'inv.cfg'), 'INIT Init\nNEXT Next\nINVARIANT Inv\n');

const run = {
  moduleDir,
  module: 'Short',
  cfg: 'plain.cfg',
  wantGraph: false,
  maxStates: 2_000_000_000,
  timeoutSeconds: 30,
};

test('checks one after the other, and tells counts, traces and graphs', async () => {
  const engine = compiledEngine();
  const [plain, inv] = await Promise.all([
    engine.check({ ...run, wantGraph: true }),
    engine.check({ ...run, cfg: 'inv.cfg' }),
  ]);
  expect(plain).toMatchObject({ verdict: 'ok', distinctStates: 6, generated: 6, depth: 6 });
  expect(plain.graph).toMatchObject({ labels: ['Next'], init: [0] });
  expect(inv).toMatchObject({ verdict: 'invariant', violated: 'Inv' });
  expect(inv.trace!.map(({ action }) => action)).toEqual([undefined, 'Next', 'Next', 'Next']);
});

test('ends one that does not end by itself, and goes on with those behind it', async () => {
  const engine = compiledEngine();
  const [endless, behind] = await Promise.all([
    engine.check({ ...run, module: 'Endless', timeoutSeconds: 0.5 }),
    engine.check(run),
  ]);
  expect(endless).toMatchObject({ verdict: 'engine-failed', message: 'It did not end within 0.5 s and was stopped.' });
  expect(behind).toMatchObject({ verdict: 'ok', distinctStates: 6 });
});

test('a cfg or a module that is not there is told', async () => {
  const engine = compiledEngine();
  expect(await engine.check({ ...run, cfg: 'none.cfg' })).toMatchObject({
    verdict: 'parse-error',
    message: `There is no cfg none.cfg in ${moduleDir}.`,
  });
  expect(await engine.check({ ...run, module: 'None' })).toMatchObject({ verdict: 'parse-error' });
});
