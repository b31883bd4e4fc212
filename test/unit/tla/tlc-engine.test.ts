// TLC without TLC: outputs that both versions really printed on the fixtures (see support/tla/tlc/README.md) are read, and
// the engine is driven against a stand-in for the java command that prints them. Where this machine names a jar
// (TLA2TOOLS_JAR, TLA_TOOLS_JAR or the cache), the engine is also run for real.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compareGraphs, graphHash } from '../../tla/graph.ts';
import { readDot } from '../../tla/dot.ts';
import { compiledEngine } from '../../tla/compiled-engine.ts';
import type { TlaRun } from '../../tla/engine.ts';
import {
  cachedJar,
  findJar,
  NoJar,
  probeTlc,
  readTlcVersion,
  tlcArguments,
  tlcEngine,
  tryOut,
} from '../../tla/tlc-engine.ts';
import { readTlcResult, readToolOutput } from '../../tla/tlc-output.ts';

const FIXTURES = fileURLToPath(new URL('../../support/tla/', import.meta.url));
const RECORDED = join(FIXTURES, 'tlc');
const scratch = mkdtempSync(join(tmpdir(), 'hammer-io-kit-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A recorded run: the first line is `exit N`, the rest what TLC printed. */
function recorded(name: string): { code: number; output: string } {
  const text = readFileSync(join(RECORDED, `${name}.txt`), 'utf8');
  const end = text.indexOf('\n');
  return { code: Number(text.slice('exit '.length, end)), output: text.slice(end + 1) };
}

function read(name: string): ReturnType<typeof readTlcResult> {
  const { code, output } = recorded(name);
  return readTlcResult(output, code);
}

const run = (more: Partial<TlaRun> = {}): TlaRun => ({
  moduleDir: FIXTURES,
  module: 'Lot',
  cfg: 'lot.cfg',
  wantGraph: true,
  maxStates: 1000,
  timeoutSeconds: 30,
  ...more,
});

describe.each(['rolling', 'stable'])('readTlcResult on the %s version', (version) => {
  it('reads a complete search', () => {
    expect(read(`lot.${version}`)).toEqual({
      verdict: 'ok',
      distinctStates: 33,
      generated: 39,
      depth: 9,
      message: '',
      warnings: [],
    });
    expect(read(`live.${version}`)).toMatchObject({ verdict: 'ok', distinctStates: 33 });
  });

  it('reads a violated invariant with its trace', () => {
    const result = read(`overfull.${version}`);
    expect(result).toMatchObject({ verdict: 'invariant', violated: 'FreeWithinSize' });
    expect(result.message).toBe('Invariant FreeWithinSize is violated.');
    expect(result.trace!.map((step) => step.action)).toEqual([undefined, 'Arrive', 'Arrive', 'Enter', 'Enter']);
    expect(result.trace![2]!.state).toBe(
      'last=#c2;place=(#c1:[at:"barrier",paid:false],#c2:[at:"barrier",paid:false]);' +
        'queue=<[car:#c1,turn:0],[car:#c2,turn:1]>;seen={0}',
    );
    expect(result).not.toHaveProperty('loopsTo');
  });

  it('reads a violation by the initial state', () => {
    expect(read(`positive.${version}`)).toMatchObject({
      verdict: 'invariant',
      violated: 'Positive',
      trace: [{ state: 'x=0' }],
    });
  });

  it('reads a deadlock', () => {
    const result = read(`deadlock.${version}`);
    expect(result).toMatchObject({ verdict: 'deadlock', message: 'Deadlock reached.' });
    expect(result.trace).toHaveLength(9);
  });

  it('reads temporal violations that end in stuttering or in a loop, and that of an action property', () => {
    const named = version === 'rolling';
    const stuttering = read(`unfair.${version}`);
    expect(stuttering).toMatchObject({ verdict: 'temporal', loopsTo: 2 });
    expect(stuttering.trace).toHaveLength(3);
    expect(stuttering.violated).toBe(named ? 'EveryoneEnters' : undefined);
    const loop = read(`blink.${version}`);
    expect(loop).toMatchObject({ verdict: 'temporal', loopsTo: 1 });
    expect(loop.trace!.map((step) => step.state)).toEqual([
      'lamp=0;warm=false',
      'lamp=0;warm=true',
      'lamp=1;warm=true',
    ]);
    expect(read(`step.${version}`)).toMatchObject({ verdict: 'action-property', violated: 'NobodyArrives' });
  });

  it.each([
    ['faultless', 'ok', ''],
    ['assume', 'assume', 'is false'],
    ['assert', 'assert', 'two is too much'],
    ['next', 'evaluation-error', '<<1>>'],
    ['init', 'evaluation-error', '<<1>>'],
    ['broken', 'evaluation-error', 'Evaluating invariant Broken failed'],
    ['unreadable', 'parse-error', 'Encountered "0" at line 7'],
    ['nameless', 'parse-error', 'The invariant Missing specified in the configuration file'],
    ['valueless', 'parse-error', 'Fault is not assigned a value'],
    ['garbled', 'parse-error', 'TLC found an error in the configuration file at line 3'],
    ['missing', 'parse-error', 'File not found'],
  ])('tells %s as %s', (name, verdict, message) => {
    const result = read(`${name}.${version}`);
    expect(result.verdict).toBe(verdict);
    expect(result.message).toContain(message);
    expect(result.message).not.toMatch(/@!@!@|The behavior up to this point|Parsing file/);
    if (verdict !== 'invariant') expect(result).not.toHaveProperty('violated');
  });
});

describe('readTlcResult on failures of TLC itself', () => {
  it('gives no verdict where TLC could not start its search', () => {
    const result = read('collision.stable');
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain('TLC gave no verdict (exit code 1)');
    expect(result.message).toContain('that directory already exists');
  });

  it('gives no verdict for a run that was killed or ended in an unknown way', () => {
    const { output } = recorded('lot.rolling');
    expect(readTlcResult(output, null).message).toContain('none, it was killed');
    expect(readTlcResult(output, 255).verdict).toBe('engine-failed');
    expect(readTlcResult('', 1).message).toBe('TLC gave no verdict (exit code 1): it said nothing.');
  });

  it('passes on warnings, but not that about the garbage collector', () => {
    expect(read('lot.rolling').warnings).toEqual([]);
    expect(read('unfair.rolling').warnings).toEqual([expect.stringContaining('stuttering counterexample')]);
  });

  it('reads counts with thousands separators', () => {
    const stats =
      '@!@!@STARTMSG 2199:0 @!@!@\n1,712,416 states generated, 423,253 distinct states found\n@!@!@ENDMSG 2199 @!@!@';
    expect(readTlcResult(stats, 0)).toMatchObject({ generated: 1_712_416, distinctStates: 423_253 });
  });

  it('is covered for every recording', () => {
    const names = readdirSync(RECORDED).filter((file) => file.endsWith('.txt'));
    expect(names).toHaveLength(39);
    for (const name of names) expect(read(name.replace('.txt', '')).message).not.toContain('@!@!@');
  });
});

describe('readToolOutput', () => {
  it('leaves out which modules the parser reads', () => {
    expect(readToolOutput('Parsing file /a/B.tla\n*** Errors: 1\nSemantic processing of module B\n').loose).toBe(
      '*** Errors: 1',
    );
  });

  it('reads messages inside messages, and text outside of all', () => {
    const { messages, loose } = readToolOutput(
      'free\n@!@!@STARTMSG 1000:1 @!@!@\nouter\n: @!@!@STARTMSG 5005:0 @!@!@\ninner\n@!@!@ENDMSG 5005 @!@!@\n@!@!@ENDMSG 1000 @!@!@\n',
    );
    expect(messages).toEqual([
      { code: 5005, severity: 0, text: 'inner' },
      { code: 1000, severity: 1, text: 'outer\n: \ninner' },
    ]);
    expect(loose).toBe('free');
  });
});

describe('findJar', () => {
  const jar = join(scratch, 'a.jar');
  const other = join(scratch, 'b.jar');
  writeFileSync(jar, '');
  writeFileSync(other, '');

  it('takes the flag, then TLA2TOOLS_JAR, then TLA_TOOLS_JAR, then the cache', () => {
    expect(findJar(jar, { TLA2TOOLS_JAR: other }, scratch)).toBe(jar);
    expect(findJar(undefined, { TLA2TOOLS_JAR: jar, TLA_TOOLS_JAR: other }, scratch)).toBe(jar);
    expect(findJar(undefined, { TLA2TOOLS_JAR: '', TLA_TOOLS_JAR: other }, scratch)).toBe(other);
    const home = join(scratch, 'home');
    mkdirSync(join(home, '.cache', 'hammer-io-kit'), { recursive: true });
    writeFileSync(cachedJar(home), '');
    expect(findJar(undefined, {}, home)).toBe(join(home, '.cache', 'hammer-io-kit', 'tla2tools.jar'));
  });

  it('says in one sentence what to do where there is none', () => {
    expect(() => findJar(undefined, {}, scratch)).toThrow(NoJar);
    expect(() => findJar(undefined, {}, scratch)).toThrow(
      /^No tla2tools.jar found: set TLA2TOOLS_JAR .* download https:.*sha256/,
    );
  });

  it('does not pass over a name that leads nowhere', () => {
    expect(() => findJar('/no/such.jar', { TLA2TOOLS_JAR: jar }, scratch)).toThrow('--tla2tools names /no/such.jar');
    expect(() => findJar(undefined, { TLA_TOOLS_JAR: '/no.jar' }, scratch)).toThrow('TLA_TOOLS_JAR names /no.jar');
  });
});

/** A stand-in for java: prints a recorded run and leaves with its code; answers the probe as the version would. */
function standIn(name: string, version: 'rolling' | 'stable', dot?: string): string {
  const file = join(scratch, `java-${name}-${version}`);
  const probe = recorded(`lot.${version}`).output.split('\n')[1];
  const script = `#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
if (args.at(-1) === 'tlc2.TLC') { console.log(${JSON.stringify(probe)}); process.exit(1); }
fs.writeFileSync(${JSON.stringify(`${file}.args`)}, JSON.stringify(args));
const scratch = args.find((a) => a.startsWith('-Djava.io.tmpdir=')).split('=')[1];
if (!fs.existsSync(scratch)) throw new Error('no scratch directory');
const dump = args.indexOf('-dump');
if (dump > 0) fs.copyFileSync(${JSON.stringify(join(RECORDED, dot ?? 'lot.stable.dot'))}, args[dump + 2]);
if (${JSON.stringify(name)} === 'slow') setTimeout(() => {}, 60000);
else {
  const text = fs.readFileSync(${JSON.stringify(RECORDED)} + '/${name}.${version}.txt', 'utf8');
  fs.writeSync(1, text.slice(text.indexOf('\\n') + 1));
  process.exit(Number(text.slice(5, text.indexOf('\\n'))));
}
`;
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}

const jarFile = join(scratch, 'tla2tools.jar');
writeFileSync(jarFile, '');

describe('tryOut', () => {
  it('passes an engine that can check three lines', async () => {
    await expect(tryOut(compiledEngine())).resolves.toBeUndefined();
  });

  it('refuses one that starts and cannot, with its own words', async () => {
    const result = {
      verdict: 'engine-failed',
      message: 'no memory',
      distinctStates: 0,
      seconds: 0,
      warnings: [],
    } as const;
    const broken = { name: 'TLC 1', check: () => Promise.resolve(result) };
    await expect(tryOut(broken)).rejects.toThrow(
      'TLC 1 starts, but cannot check a specification of three lines: no memory',
    );
  });
});

describe('tlcEngine', () => {
  it('tells the versions apart', () => {
    expect(readTlcVersion(recorded('lot.stable').output)).toEqual({ kind: 'stable', version: '2.19' });
    expect(readTlcVersion(recorded('lot.rolling').output)?.kind).toBe('rolling');
    expect(readTlcVersion('Error: no such class')).toBeUndefined();
  });

  it('passes each version the options that it knows', () => {
    const command = { java: 'java', jar: 'x.jar', memory: ['-Xmx512m'] };
    const rolling = { ...command, version: { kind: 'rolling', version: '2026.01.01.1' } } as const;
    const stable = { ...command, version: { kind: 'stable', version: '2.19' } } as const;
    const args = tlcArguments(stable, run(), '/tmp/s');
    const dump = ['-dump', 'dot,actionlabels', '/tmp/s/graph.dot'];
    expect(args.join(' ')).toBe(
      `-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m -Djava.io.tmpdir=/tmp/s -cp x.jar tlc2.TLC -tool -fp 0 -seed 1 -workers 1 -metadir /tmp/s/states ${dump.join(' ')} -config ${FIXTURES}lot.cfg Lot`,
    );
    expect(tlcArguments(rolling, run(), '/tmp/s')).toContain('-noGenerateSpecTE');
    expect(args).not.toContain('-noGenerateSpecTE');
    const large = tlcArguments(stable, run({ maxStates: 60_000, wantGraph: false }), '/tmp/s').join(' ');
    expect(large).toContain('-XX:+UseParallelGC');
    expect(large).toContain('-workers auto');
    expect(large).not.toContain('-dump');
  });

  it('runs a check and reads the graph, and cleans up behind itself', async () => {
    const java = standIn('lot', 'stable');
    const engine = await tlcEngine({ jar: jarFile, java });
    expect(engine.name).toBe('TLC 2.19 (stable)');
    const result = await engine.check(run());
    expect(result).toMatchObject({ verdict: 'ok', distinctStates: 33, generated: 39, depth: 9 });
    // Several workers do not see every state on a shortest path, so what they call depth is not told.
    expect((await engine.check(run({ maxStates: 60_000 }))).depth).toBeUndefined();
    expect(graphHash(result.graph!)).toBe(graphHash(readDot(readFileSync(join(RECORDED, 'lot.stable.dot'), 'utf8'))));
    const args = JSON.parse(readFileSync(`${java}.args`, 'utf8')) as string[];
    const used = args.find((arg) => arg.startsWith('-Djava.io.tmpdir='))!.split('=')[1]!;
    expect(() => readdirSync(used)).toThrow(/ENOENT/);
  });

  it('agrees with our engine on the graph', async () => {
    const ours = await compiledEngine().check(run());
    for (const version of ['stable', 'rolling']) {
      const graph = readDot(readFileSync(join(RECORDED, `lot.${version}.dot`), 'utf8'));
      expect(compareGraphs(graph, ours.graph!)).toEqual({ equal: true });
    }
  });

  it('gives a violation without a graph', async () => {
    const engine = await tlcEngine({ jar: jarFile, java: standIn('overfull', 'rolling') });
    const result = await engine.check(run({ cfg: 'overfull.cfg' }));
    expect(result).toMatchObject({ verdict: 'invariant', violated: 'FreeWithinSize' });
    expect(result).not.toHaveProperty('graph');
  });

  it('kills TLC when the time is up', async () => {
    const engine = await tlcEngine({ jar: jarFile, java: standIn('slow', 'stable') });
    const result = await engine.check(run({ timeoutSeconds: 0.5 }));
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain('TLC did not finish within 0.5 s');
    expect(result.seconds).toBeLessThan(10);
  });

  it('gives no verdict beyond the limit of states, nor where the graph cannot be read', async () => {
    const engine = await tlcEngine({ jar: jarFile, java: standIn('lot', 'stable') });
    expect(await engine.check(run({ maxStates: 32 }))).toMatchObject({
      verdict: 'engine-failed',
      message: 'There are 33 distinct states, more than the limit of 32; raise maxStates.',
    });
    writeFileSync(join(scratch, 'cut.dot'), '1 [label="x = 0",style = filled]\n1 -> 2 [label="A"];\n');
    const cut = await tlcEngine({
      jar: jarFile,
      java: standIn('lot', 'rolling', '../../../../../../..' + join(scratch, 'cut.dot')),
    });
    const result = await cut.check(run());
    expect(result.verdict).toBe('engine-failed');
    expect(result.message).toContain('The graph that TLC wrote cannot be read: Node 2 has edges but no label');
  });

  it('refuses a cfg with a constant that the module does not have, which TLC would take', async () => {
    const engine = await tlcEngine({ jar: jarFile, java: standIn('lot', 'stable') });
    writeFileSync(join(scratch, 'slip.cfg'), 'SPECIFICATION Spec\nCONSTANTS Fault = "none" Falut = 1\n');
    expect(await engine.check(run({ module: 'Faulty', cfg: join(scratch, 'slip.cfg') }))).toMatchObject({
      verdict: 'parse-error',
      message: expect.stringContaining('declares no constant Falut') as string,
    });
    expect(await engine.check(run({ cfg: 'absent.cfg' }))).toMatchObject({ verdict: 'parse-error' });
  });

  it('says what is wrong with java or the jar', async () => {
    await expect(probeTlc(jarFile, join(scratch, 'no-java'))).rejects.toThrow(/cannot be started; install Java 11/);
    const broken = join(scratch, 'java-broken');
    writeFileSync(broken, '#!/bin/sh\necho Error: Could not find or load main class tlc2.TLC\nexit 1\n', {
      mode: 0o755,
    });
    await expect(probeTlc(jarFile, broken)).rejects.toThrow(NoJar);
    await expect(probeTlc(jarFile, broken)).rejects.toThrow(/does not start as TLC \(it says 'Error: Could not find/);
  });
});

function jarOfThisMachine(): string | undefined {
  try {
    return findJar();
  } catch {
    return undefined;
  }
}

describe.runIf(jarOfThisMachine() !== undefined)('the jar of this machine', () => {
  it('answers as recorded', async () => {
    const engine = await tlcEngine();
    const ok = await engine.check(run());
    expect(ok).toMatchObject({ verdict: 'ok', distinctStates: 33, generated: 39, depth: 9 });
    expect(graphHash(ok.graph!)).toBe(graphHash(readDot(readFileSync(join(RECORDED, 'lot.stable.dot'), 'utf8'))));
    expect(await engine.check(run({ cfg: 'theft.cfg' }))).toMatchObject({
      verdict: 'invariant',
      violated: 'PaidBeforeGone',
    });
    expect(await engine.check(run({ module: 'LotLive', cfg: 'unfair.cfg' }))).toMatchObject({ verdict: 'temporal' });
  });
});
