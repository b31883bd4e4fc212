// TLC, the reference engine, for those who have Java and the jar: also liveness, refinement, symmetry, and large searches.
//
// The jar is looked for where the caller says, then in TLA2TOOLS_JAR, TLA_TOOLS_JAR, then in a cache directory; its version
// is asked once. Both the stable 1.7.4 ("2.19") and the rolling 1.8.0 (a date) are driven. Every run gets a directory of its
// own for TLC's files, removed afterwards. Runs of up to 50,000 states use one worker, so that a counterexample is a shortest
// one, and a JVM set up for short runs. Reading the output is `tlc-output.ts`.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CfgError, checkConstants, readCfg } from '../kit/tla/cfg.ts';
import { DotError, readDot } from './dot.ts';
import { atEnd, temporaryDirectory } from '../support/at-end.ts';
import type { TlaEngine, TlaResult, TlaRun } from './engine.ts';
import { constantsOf, SpecificationError } from './engine/index.ts';
import { readTlcResult } from './tlc-output.ts';

export interface TlcOptions {
  /** Path of tla2tools.jar; default: see `findJar`. */
  readonly jar?: string;
  /** The Java command; default `java`. */
  readonly java?: string;
  /** The JVM's heap; default: the JVM's own choice. */
  readonly heapMb?: number;
}

/** There is no tla2tools.jar where it was looked for, or it does not start. */
export class NoJar extends Error {
  override readonly name = 'NoJar';
}

/** What the probe found out about a jar. */
export interface TlcVersion {
  readonly kind: 'stable' | 'rolling';
  /** `2.19`, or the date of the build. */
  readonly version: string;
}

const GET_IT =
  'download https://github.com/tlaplus/tlaplus/releases/download/v1.7.4/tla2tools.jar ' +
  '(sha256 936a262061c914694dfd669a543be24573c45d5aa0ff20a8b96b23d01e050e88)';

/** Where the jar is put for all projects of a user. */
export function cachedJar(home: string = homedir()): string {
  return join(home, '.cache', 'hammer-io-kit', 'tla2tools.jar');
}

/** The jar's path: what was asked for, the environment, the cache. A path that is named must exist. */
export function findJar(
  asked?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  const named = [
    ['--tla2tools', asked],
    ['TLA2TOOLS_JAR', env['TLA2TOOLS_JAR']],
    ['TLA_TOOLS_JAR', env['TLA_TOOLS_JAR']],
  ] as const;
  for (const [by, path] of named) {
    if (path === undefined || path === '') continue;
    if (existsSync(path)) return resolve(path);
    throw new NoJar(`${by} names ${path}, but there is no such file; correct it or ${GET_IT}.`);
  }
  const cached = cachedJar(home);
  if (existsSync(cached)) return cached;
  throw new NoJar(`No tla2tools.jar found: set TLA2TOOLS_JAR to its path, or ${GET_IT} to ${cached}.`);
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly timedOut: boolean;
}

/** Runs a command to its end, or kills it when its time is up. Both streams in one text. */
function runCommand(command: string, args: readonly string[], cwd: string, seconds: number): Promise<Finished> {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const forget = atEnd(() => child.kill('SIGKILL'));
    child.once('error', (error) => {
      forget();
      clearTimeout(timer);
      fail(error);
    });
    child.once('close', (code) => {
      forget();
      clearTimeout(timer);
      settle({ code, output: Buffer.concat(chunks).toString('utf8'), timedOut });
    });
  });
}

/** Reads the version out of TLC's first line. */
export function readTlcVersion(output: string): TlcVersion | undefined {
  const version = /^TLC2 Version (\S+)/m.exec(output)?.[1];
  if (version === undefined) return undefined;
  return { kind: /^\d{4}\.\d\d\.\d\d/.test(version) ? 'rolling' : 'stable', version };
}

/** Asks a jar for its version. */
export async function probeTlc(jar: string, java = 'java'): Promise<TlcVersion> {
  let finished: Finished;
  try {
    finished = await runCommand(java, ['-XX:TieredStopAtLevel=1', '-cp', jar, 'tlc2.TLC'], tmpdir(), 30);
  } catch {
    throw new NoJar(`The command ${java} cannot be started; install Java 11 or later to run TLC.`);
  }
  const version = readTlcVersion(finished.output);
  if (version !== undefined) return version;
  const said = finished.output.trim().split('\n')[0] ?? '';
  throw new NoJar(`${jar} does not start as TLC (it says '${said}'); ${GET_IT}.`);
}

/** Finds and probes the jar and answers with an engine; throws NoJar where that fails. */
export async function tlcEngine(options: TlcOptions = {}): Promise<TlaEngine> {
  const jar = findJar(options.jar);
  const java = options.java ?? 'java';
  const version = await probeTlc(jar, java);
  const memory = options.heapMb === undefined ? [] : [`-Xmx${options.heapMb}m`];
  const command: Command = { java, jar, version, memory };
  return { name: `TLC ${version.version} (${version.kind})`, check: (run) => check(command, run) };
}

interface Command {
  readonly java: string;
  readonly jar: string;
  readonly version: TlcVersion;
  readonly memory: readonly string[];
}

const SMALL = 50_000;

/** The whole command line after `java`; TLC's files go to `scratch`. */
export function tlcArguments(command: Command, run: TlaRun, scratch: string): string[] {
  const small = run.maxStates <= SMALL;
  return [
    ...(small ? ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : ['-XX:+UseParallelGC']),
    ...command.memory,
    `-Djava.io.tmpdir=${scratch}`,
    ...['-cp', command.jar, 'tlc2.TLC', '-tool'],
    ...['-fp', '0', '-seed', '1', '-workers', small ? '1' : 'auto', '-metadir', join(scratch, 'states')],
    ...(command.version.kind === 'rolling' ? ['-noGenerateSpecTE'] : []),
    ...(run.wantGraph ? ['-dump', 'dot,actionlabels', join(scratch, 'graph.dot')] : []),
    ...['-config', resolve(run.moduleDir, run.cfg), run.module],
  ];
}

async function check(command: Command, run: TlaRun): Promise<TlaResult> {
  const begin = performance.now();
  const done = (rest: Omit<TlaResult, 'seconds'>): TlaResult => ({
    ...rest,
    seconds: (performance.now() - begin) / 1000,
  });
  const mismatch = await findMismatch(run);
  if (mismatch !== undefined) {
    return done({ verdict: 'parse-error', distinctStates: 0, message: mismatch, warnings: [] });
  }
  const { path: scratch, remove } = temporaryDirectory('tlc');
  try {
    const args = tlcArguments(command, run, scratch);
    const { code, output, timedOut } = await runCommand(command.java, args, run.moduleDir, run.timeoutSeconds);
    const result = readTlcResult(output, code);
    const failed = (message: string): TlaResult => done({ ...result, verdict: 'engine-failed', message });
    if (timedOut)
      return failed(
        `TLC did not finish within ${run.timeoutSeconds} s; allow more time or choose a smaller configuration.`,
      );
    if (result.distinctStates > run.maxStates) {
      return failed(
        `There are ${result.distinctStates} distinct states, more than the limit of ${run.maxStates}; raise maxStates.`,
      );
    }
    if (!run.wantGraph || result.verdict !== 'ok') return done(result);
    return done({ ...result, graph: readDot(await readFile(join(scratch, 'graph.dot'), 'utf8')) });
  } catch (error) {
    return done({ verdict: 'engine-failed', distinctStates: 0, message: explainGraphError(error), warnings: [] });
  } finally {
    remove();
  }
}

/** Words for a graph file that cannot be read; any other error is not ours to explain and goes on. */
function explainGraphError(error: unknown): string {
  if (error instanceof DotError) return `The graph that TLC wrote cannot be read: ${error.message}`;
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_STRING_TOO_LONG') throw error;
  return 'The graph that TLC wrote is too large for one text; check this configuration without its graph.';
}

/** TLC takes a cfg for constants that the module does not have; here that is an error, as in the other engine. */
async function findMismatch(run: TlaRun): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(resolve(run.moduleDir, run.cfg), 'utf8');
  } catch {
    return `There is no cfg ${run.cfg} in ${run.moduleDir}.`;
  }
  try {
    const cfg = readCfg(text, run.cfg);
    checkConstants(cfg, await constantsOf(run.module, (name) => moduleText(run.moduleDir, name)), run.cfg);
    return undefined;
  } catch (error) {
    if (error instanceof CfgError) return error.message;
    // A module that cannot be joined into one text (INSTANCE, for instance) is no mistake for TLC, which reads the files.
    if (error instanceof SpecificationError) return undefined;
    throw error;
  }
}

function moduleText(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, `${name}.tla`), 'utf8');
  } catch {
    return undefined;
  }
}

const PROBE = `---- MODULE Probe ----
VARIABLE x
Init == x = TRUE
Next == x' = x
====
`;

/** An engine that starts may still be unable to check anything; one small specification shows it, before eighty of ours fail. */
export async function tryOut(engine: TlaEngine): Promise<void> {
  const { path: moduleDir, remove } = temporaryDirectory('probe');
  try {
    await writeFile(join(moduleDir, 'Probe.tla'), PROBE);
    await writeFile(join(moduleDir, 'Probe.cfg'), 'INIT Init\nNEXT Next\n');
    const limits = { wantGraph: true, maxStates: 10, timeoutSeconds: 60 };
    const { verdict, message } = await engine.check({ moduleDir, module: 'Probe', cfg: 'Probe.cfg', ...limits });
    if (verdict !== 'ok') throw new NoJar(`${engine.name} starts, but cannot check a specification of three lines: ${message}`);
  } finally {
    remove();
  }
} // prettier-ignore
