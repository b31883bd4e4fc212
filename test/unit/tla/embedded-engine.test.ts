// The embedded engine at work on the fixtures: verdicts told apart, graphs, traces, limits, and what it must not be asked.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { countEdges, graphHash } from '../../tla/graph.ts';
import { readCfg } from '../../kit/tla/cfg.ts';
import { embeddedEngine, embeddedRefusal, NoEmbeddedEngine } from '../../tla/embedded-engine.ts';
import type { TlaResult, TlaRun } from '../../tla/engine.ts';

const FIXTURES = fileURLToPath(new URL('../../support/tla/', import.meta.url));
const engine = embeddedEngine();
const scratch = mkdtempSync(join(tmpdir(), 'hammer-io-kit-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function check(module: string, cfg: string, more: Partial<TlaRun> = {}): Promise<TlaResult> {
  const run = { moduleDir: FIXTURES, module, cfg, wantGraph: false, maxStates: 1000, timeoutSeconds: 30 };
  return engine.check({ ...run, ...more });
}

describe('embeddedEngine', () => {
  it('names itself with its version', () => {
    expect(engine.name).toBe('tla-checker 0.9.0');
  });

  it('answers a clean specification with counts, depth and the labelled graph', async () => {
    const result = await check('Lot', 'lot.cfg', { wantGraph: true });
    expect(result).toMatchObject({ verdict: 'ok', distinctStates: 33, depth: 9, message: '', warnings: [] });
    const graph = result.graph!;
    expect([graph.states.length, countEdges(graph)]).toEqual([33, 38]);
    expect([...graph.labels].sort()).toEqual(['Arrive', 'Enter', 'Leave', 'Pay']);
    expect(graph.init.map((i) => graph.states[i])).toEqual([
      'last=#nobody;place=(#c1:[at:"away",paid:false],#c2:[at:"away",paid:false]);queue=<>;seen={0}',
    ]);
    // The same hash as the graph that TLC writes (tla-tlc.test.ts).
    expect(graphHash(graph)).toBe('0c5c9ea91f5a7329b62e37494e5a2b55cd514b34a225af4e74500fb58099cd1f');
  });

  it('leaves the graph out where none is wanted', async () => {
    const result = await check('Lot', 'lot.cfg');
    expect(result).toMatchObject({ verdict: 'ok', distinctStates: 33 });
    expect(result).not.toHaveProperty('graph');
    expect(result).not.toHaveProperty('depth');
  });

  it('joins the modules that a module extends', async () => {
    const result = await check('MCLot', 'mclot.cfg', { wantGraph: true });
    expect(result).toMatchObject({ verdict: 'ok', distinctStates: 11, depth: 4 });
    expect([...result.graph!.labels].sort()).toEqual(['TickArrive', 'TickEnter']);
  });

  it('keeps loops on one state, and edges between the same states under different labels', async () => {
    writeFileSync(
      join(scratch, 'Loops.tla'),
      `---- MODULE Loops ----
VARIABLE x
Init == x = 0
Stay == /\\ x = 0
        /\\ x' = x
Rest == /\\ x = 0
        /\\ x' = 0
Go == /\\ x = 0
      /\\ x' = 1
Next == \\/ Stay
        \\/ Rest
        \\/ Go
Spec == Init /\\ [][Next]_x
Ok == TRUE
====
`,
    );
    writeFileSync(join(scratch, 'loops.cfg'), 'SPECIFICATION Spec\nINVARIANT Ok\nCHECK_DEADLOCK FALSE\n');
    const { graph } = await check('Loops', 'loops.cfg', { moduleDir: scratch, wantGraph: true });
    expect(countEdges(graph!)).toBe(3);
    expect([...graph!.labels].sort()).toEqual(['Go', 'Rest', 'Stay']);
  });

  it('names the violated invariant by its place in the cfg, with the trace and its actions', async () => {
    const result = await check('Lot', 'theft.cfg');
    expect(result).toMatchObject({ verdict: 'invariant', violated: 'PaidBeforeGone' });
    expect(result.message).toBe('Invariant PaidBeforeGone is violated.');
    expect(result.trace!.map((step) => step.action)).toEqual([undefined, 'Arrive', 'Enter', 'Leave']);
    expect(result.trace!.at(-1)!.state).toBe(
      'last=#c1;place=(#c1:[at:"gone",paid:false],#c2:[at:"away",paid:false]);queue=<>;seen={0,1}',
    );
    expect(await check('Lot', 'overfull.cfg')).toMatchObject({ verdict: 'invariant', violated: 'FreeWithinSize' });
  });

  it('tells a violated initial state, with that state as the trace', async () => {
    const result = await check('Faulty', 'positive.cfg');
    expect(result).toMatchObject({ verdict: 'invariant', violated: 'Positive', trace: [{ state: 'x=0' }] });
  });

  it('looks for deadlock unless the cfg says no', async () => {
    const result = await check('Lot', 'deadlock.cfg');
    expect(result.verdict).toBe('deadlock');
    expect(result.trace).toHaveLength(9);
    expect(result).not.toHaveProperty('violated');
  });

  it.each([
    ['faultless', 'ok', ''],
    ['assume', 'assume', 'Assume 0'],
    ['assert', 'assert', 'two is too much'],
    ['next', 'evaluation-error', 'out of bounds'],
    ['init', 'evaluation-error', 'out of bounds'],
    ['broken', 'evaluation-error', 'type mismatch'],
    ['nameless', 'parse-error', 'Missing'],
    ['valueless', 'parse-error', 'no value for Fault'],
    ['garbled', 'parse-error', "the value of constant Fault cannot be read, it is '['"],
    ['absent', 'parse-error', 'There is no cfg absent.cfg in'],
  ])('tells %s as %s', async (name, verdict, message) => {
    const result = await check('Faulty', `${name}.cfg`);
    expect(result.verdict).toBe(verdict);
    expect(result.message).toContain(message);
  });

  it('does not take a definition that the engine dropped for a fault of the specification', async () => {
    const result = await check('Unreadable', 'unreadable.cfg');
    expect(result).toMatchObject({ verdict: 'parse-error', message: expect.stringContaining('undefined') as string });
    expect(await check('Nowhere', 'lot.cfg')).toMatchObject({
      verdict: 'parse-error',
      message: 'There is no file Nowhere.tla for module Nowhere.',
    });
  });

  it('gives the place of a parse error in the module that holds it', async () => {
    const base = '---- MODULE Base ----\nEXTENDS Integers\nVARIABLE x\n\nA == /\\ x = 1\n   /\\ x = 2\n====\n';
    writeFileSync(join(scratch, 'Base.tla'), base);
    writeFileSync(
      join(scratch, 'Root.tla'),
      "---- MODULE Root ----\nEXTENDS Base\nInit == x = 0\nNext == x' = x\nSpec == Init /\\ [][Next]_x\n====\n",
    );
    writeFileSync(join(scratch, 'root.cfg'), 'SPECIFICATION Spec\nINVARIANT A\n');
    const result = await check('Root', 'root.cfg', { moduleDir: scratch });
    expect(result.verdict).toBe('parse-error');
    expect(result.message).toMatch(/^Base.tla:6: unexpected/);
  });

  it('ends at the limit of states without a verdict', async () => {
    const result = await check('Lot', 'lot.cfg', { maxStates: 20 });
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain('more distinct states than the limit');
  });

  it('ends when the time is up, and says what to do', async () => {
    writeFileSync(
      join(scratch, 'Endless.tla'),
      "---- MODULE Endless ----\nEXTENDS Integers\nVARIABLE x\nInit == x = 0\nNext == x' = x + 1\nSpec == Init /\\ [][Next]_x\nOk == x >= 0\n====\n",
    );
    writeFileSync(join(scratch, 'endless.cfg'), 'SPECIFICATION Spec\nINVARIANT Ok\n');
    const endless = { moduleDir: scratch, maxStates: 1_000_000_000, timeoutSeconds: 0.3 };
    const result = await check('Endless', 'endless.cfg', endless);
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain('did not finish within 0.3 s');
    expect(result.seconds).toBeLessThan(10);
  });

  it('runs two checks side by side', async () => {
    const results = await Promise.all([check('Lot', 'lot.cfg'), check('MCLot', 'mclot.cfg')]);
    expect(results.map((r) => [r.verdict, r.distinctStates])).toEqual([
      ['ok', 33],
      ['ok', 11],
    ]);
  });

  it('refuses a cfg that gives a constant the module does not have', async () => {
    writeFileSync(
      join(scratch, 'slip.cfg'),
      'SPECIFICATION Spec\nINVARIANT Small\nCONSTANTS Fault = "none" Falut = 1\n',
    );
    const result = await check('Faulty', join(scratch, 'slip.cfg'));
    expect(result).toMatchObject({
      verdict: 'parse-error',
      message: expect.stringContaining('no constant Falut') as string,
    });
  });

  it('warns that CONSTRAINT hides states from the invariants', async () => {
    writeFileSync(
      join(scratch, 'bounded.cfg'),
      'SPECIFICATION Spec\nINVARIANT Small\nCONSTRAINT Small\nCONSTANT Fault = "none"\nCHECK_DEADLOCK FALSE\n',
    );
    const result = await check('Faulty', join(scratch, 'bounded.cfg'));
    expect(result.verdict).toBe('ok');
    expect(result.warnings).toEqual([expect.stringContaining('CONSTRAINT')]);
  });
});

/** A directory with an engine whose check does what the script says. */
function fakeEngine(name: string, script: string): string {
  const directory = join(scratch, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'package.json'), '{"type":"module","version":"0"}');
  writeFileSync(join(directory, 'tla_checker_bg.wasm'), '');
  const body = `export const initSync = () => {};\nexport const explore_init = () => '{"states":[],"vars":[]}';\n`;
  writeFileSync(join(directory, 'tla_checker.js'), `${body}export function check_spec_with_options() { ${script} }\n`);
  return directory;
}

describe('an engine that fails', () => {
  it.each([
    ['stack', "throw new RangeError('Maximum call stack size exceeded')", 'ran out of stack'],
    ['shadow', "throw new Error('memory access out of bounds')", 'ran out of stack'],
    ['memory', "throw new WebAssembly.RuntimeError('unreachable')", 'ran out of memory'],
    ['string', "throw new Error('Cannot create a string longer than 0x1fffffe8 characters')", 'too large for one text'],
    ['other', "throw new Error('what is this')", 'tla-checker failed (Error: what is this).'],
    ['exit', 'process.exit(0)', 'ended without an answer'],
    [
      'limit',
      `return '{"success":false,"error_type":"MaxDepthExceeded","error_message":"too deep"}'`,
      'MaxDepthExceeded',
    ],
    ['dot', `return '{"success":true,"dot":"s0 -> s1 [label=\\\\"A\\\\"];"}'`, 'has edges but no label'],
  ])('%s: gives no verdict but the cause', async (name, script, message) => {
    const failing = embeddedEngine({ engineDir: fakeEngine(name, script) });
    const run = {
      moduleDir: FIXTURES,
      module: 'Lot',
      cfg: 'lot.cfg',
      wantGraph: true,
      maxStates: 99,
      timeoutSeconds: 30,
    };
    const result = await failing.check(run);
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain(message);
  });
});

describe('the time limit', () => {
  it('ends the engine, not only the waiting for it', async () => {
    const beats = join(scratch, 'beats');
    const script = `const { writeFileSync } = process.getBuiltinModule('fs');
      for (let n = 0; ; n++) writeFileSync(${JSON.stringify(beats)}, String(n));`;
    const busy = embeddedEngine({ engineDir: fakeEngine('busy', script) });
    const run = {
      moduleDir: FIXTURES,
      module: 'Lot',
      cfg: 'lot.cfg',
      wantGraph: false,
      maxStates: 99,
      timeoutSeconds: 0.5,
    };
    expect((await busy.check(run)).message).toContain('did not finish within 0.5 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const last = readFileSync(beats, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readFileSync(beats, 'utf8')).toBe(last);
    expect(last).not.toBe('');
  });
});

describe('another build of the engine', () => {
  it('is taken from the directory that is named', async () => {
    const installed = dirname(createRequire(import.meta.url).resolve('tla-checker'));
    const other = join(scratch, 'other-build');
    mkdirSync(other);
    for (const file of ['tla_checker.js', 'tla_checker_bg.wasm'])
      copyFileSync(join(installed, file), join(other, file));
    writeFileSync(join(other, 'package.json'), '{"type":"module","version":"0.99.0"}');
    const built = embeddedEngine({ engineDir: other });
    expect(built.name).toBe('tla-checker 0.99.0');
    const run = {
      moduleDir: FIXTURES,
      module: 'Lot',
      cfg: 'lot.cfg',
      wantGraph: false,
      maxStates: 99,
      timeoutSeconds: 30,
    };
    expect(await built.check(run)).toMatchObject({ verdict: 'ok', distinctStates: 33 });
  });

  it('is missed in one sentence where it is not there', () => {
    expect(() => embeddedEngine({ engineDir: scratch })).toThrow(NoEmbeddedEngine);
    expect(() => embeddedEngine({ engineDir: scratch })).toThrow(/There is no tla_checker.js in .*; name a directory/);
  });
});

describe('embeddedRefusal', () => {
  const refusal = (more: string): string | undefined =>
    embeddedRefusal(readCfg(`SPECIFICATION Spec\n${more}`, 'a.cfg'));

  it('lets pass what the engine checks well', () => {
    expect(refusal('INVARIANT A CONSTRAINT B CONSTANTS C = 1 CHECK_DEADLOCK FALSE')).toBeUndefined();
  });

  it.each([
    'PROPERTY P',
    'SYMMETRY S',
    'ACTION_CONSTRAINT A',
    'VIEW V',
    'ALIAS A',
    'POSTCONDITION P',
    'CONSTANT C <- D',
  ])('keeps %s from it', (more) => {
    expect(refusal(`INVARIANT A ${more}`)).toMatch(/run this configuration with TLC/);
  });

  it('asks for an invariant, and the check then gives no verdict', async () => {
    expect(refusal('')).toMatch(/list at least one invariant/);
    expect(await check('LotLive', 'live.cfg')).toMatchObject({
      verdict: 'engine-failed',
      message: 'tla-checker does not check PROPERTY reliably; run this configuration with TLC.',
    });
  });
});
