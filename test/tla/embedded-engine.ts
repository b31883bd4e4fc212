// The engine that needs no Java: tla-checker, WebAssembly, in a worker thread of its own for each check.
//
// It checks safety, deadlock and ASSUME, and gives the labelled graph. What it would answer wrongly it is never asked:
// a cfg with a PROPERTY, SYMMETRY and the like, or one without invariants, is refused (see `embeddedRefusal`). A worker
// per check gives the search a large stack, a way to stop it, and no memory of earlier checks. States are read in the
// parent: 26,000 states take about half a second there, less than starting a TypeScript loader in every worker.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { depthOf } from './graph.ts';
import { CfgError, checkConstants, readCfg, type Cfg } from '../kit/tla/cfg.ts';
import { DotError, readDot, stateReader, type DotGraph } from './dot.ts';
import type { TlaEngine, TlaResult, TlaRun, TlaTraceStep, TlaVerdict } from './engine.ts';
import { flatten, FlattenError, loadFrom, type FlatModule } from './flatten.ts';
import { withOfferedActions } from './offered-actions.ts';

export interface EmbeddedEngineOptions {
  /** Directory with `tla_checker.js` and `tla_checker_bg.wasm`; default: the installed package. */
  readonly engineDir?: string;
}

/** The engine's files are not where they should be. */
export class NoEmbeddedEngine extends Error {
  override readonly name = 'NoEmbeddedEngine';
}

/** What the worker is given. */
interface Job {
  readonly engineDir: string;
  readonly source: string;
  readonly cfg: string;
  readonly maxStates: number;
  readonly wantGraph: boolean;
}

/** What the worker answers. */
interface Answer {
  readonly answer: {
    readonly success: boolean;
    readonly error_type: string | null;
    readonly error_message: string | null;
    readonly states_explored: number;
    readonly dot?: string | null;
    readonly warnings?: readonly string[] | null;
  };
  readonly init: readonly (readonly (readonly [string, string])[])[];
  readonly trace: readonly string[];
  readonly actions: readonly (string | undefined)[];
}

type Ending = { readonly answer: Answer } | { readonly failure: string };

const VERDICTS: Readonly<Record<string, TlaVerdict>> = {
  InvariantViolation: 'invariant',
  Deadlock: 'deadlock',
  LivenessViolation: 'temporal',
  AssumeViolation: 'assume',
  InvariantError: 'evaluation-error',
  InitError: 'evaluation-error',
  NextError: 'evaluation-error',
  ParseError: 'parse-error',
  ConfigError: 'parse-error',
  MissingConstants: 'parse-error',
};

/** Why the embedded engine must not be asked this, in one sentence; undefined where it may. */
export function embeddedRefusal(cfg: Cfg): string | undefined {
  const asked = [
    cfg.properties.length > 0 && 'PROPERTY',
    cfg.symmetry !== undefined && 'SYMMETRY',
    cfg.actionConstraints.length > 0 && 'ACTION_CONSTRAINT',
    cfg.view !== undefined && 'VIEW',
    cfg.alias !== undefined && 'ALIAS',
    cfg.postcondition !== undefined && 'POSTCONDITION',
    [...cfg.constants.values()].some((c) => c.kind === 'operator') && 'a constant given with <-',
  ].filter((name) => name !== false);
  if (asked.length > 0)
    return `tla-checker does not check ${asked.join(', ')} reliably; run this configuration with TLC.`;
  if (cfg.invariants.length > 0) return undefined;
  return 'Without INVARIANT in the cfg tla-checker picks operators by their names; list at least one invariant.';
}

/** Finds the engine and answers with one that checks; throws NoEmbeddedEngine where its files are missing. */
export function embeddedEngine(options: EmbeddedEngineOptions = {}): TlaEngine {
  const engineDir = options.engineDir === undefined ? installedDir() : resolve(options.engineDir);
  for (const file of ['tla_checker.js', 'tla_checker_bg.wasm']) {
    if (existsSync(join(engineDir, file))) continue;
    throw new NoEmbeddedEngine(
      `There is no ${file} in ${engineDir}; name a directory that holds a build of tla-checker.`,
    );
  }
  return { name: `tla-checker ${versionIn(engineDir)}`, check: (run) => check(engineDir, run) };
}

function installedDir(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('tla-checker'));
  } catch {
    throw new NoEmbeddedEngine('The package tla-checker is not installed; run npm install.');
  }
}

function versionIn(directory: string): string {
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest)) return `(${directory})`;
  return String((JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown }).version);
}

async function check(engineDir: string, run: TlaRun): Promise<TlaResult> {
  const begin = performance.now();
  const done = (rest: Partial<TlaResult> & Pick<TlaResult, 'verdict' | 'message'>): TlaResult => ({
    distinctStates: 0,
    warnings: [],
    ...rest,
    seconds: (performance.now() - begin) / 1000,
  });
  try {
    const cfgFile = resolve(run.moduleDir, run.cfg);
    const cfgText = readFileSync(cfgFile, 'utf8');
    const cfg = readCfg(cfgText, run.cfg);
    const flat = flatten(run.module, loadFrom(run.moduleDir));
    checkConstants(cfg, flat.constants, run.cfg);
    const refusal = embeddedRefusal(cfg);
    if (refusal !== undefined) return done({ verdict: 'engine-failed', message: refusal });
    const { maxStates, wantGraph } = run;
    const source = withOfferedActions(flat.source, cfg);
    const ending = await runWorker({ engineDir, source, cfg: cfgText, maxStates, wantGraph }, run);
    if ('failure' in ending) return done({ verdict: 'engine-failed', message: ending.failure });
    return done(readAnswer(ending.answer, cfg, flat, wantGraph));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing) return done({ verdict: 'parse-error', message: `There is no cfg ${run.cfg} in ${run.moduleDir}.` });
    if (error instanceof CfgError || error instanceof FlattenError) {
      return done({ verdict: 'parse-error', message: error.message });
    }
    if (error instanceof DotError) return done({ verdict: 'engine-failed', message: error.message });
    throw error;
  }
}

/** One worker from start to end; it never outlives the check. */
function runWorker(job: Job, run: TlaRun): Promise<Ending> {
  return new Promise((settle) => {
    const worker = new Worker(new URL('./embedded-worker.mjs', import.meta.url), {
      workerData: job,
      execArgv: [],
      resourceLimits: { stackSizeMb: 64 },
    });
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      settle(ending);
      void worker.terminate();
    };
    const late = `tla-checker did not finish within ${run.timeoutSeconds} s; allow more time or choose a smaller configuration.`;
    const timer = setTimeout(() => end({ failure: late }), run.timeoutSeconds * 1000);
    worker.once('message', (answer: Answer) => end({ answer }));
    worker.once('error', (error) => end({ failure: explainThrow(String(error)) }));
    worker.once('exit', () => end({ failure: 'tla-checker ended without an answer; this is a fault of the engine.' }));
  });
}

/** The few ways in which the engine dies, by a part of what it throws. */
const CAUSES: readonly (readonly [thrown: string, cause: string])[] = [
  ['Maximum call stack', 'ran out of stack; keep recursive operators shallow'],
  ['memory access out of bounds', 'ran out of stack; keep recursive operators shallow'],
  ['unreachable', 'ran out of memory; choose a smaller configuration'],
  ['Cannot create a string', 'has a graph too large for one text; check this configuration without its graph'],
];

function explainThrow(error: string): string {
  const cause = CAUSES.find(([thrown]) => error.includes(thrown))?.[1] ?? 'failed';
  return `tla-checker ${cause} (${error}).`;
}

function readAnswer(a: Answer, cfg: Cfg, flat: FlatModule, wantGraph: boolean): Omit<TlaResult, 'seconds'> {
  const { answer } = a;
  const distinctStates = answer.states_explored;
  const warnings = [...(answer.warnings ?? [])];
  if (cfg.constraints.length > 0)
    warnings.push('With CONSTRAINT, states outside it are not held against the invariants.');
  const readState = stateReader();
  if (answer.success) {
    const graph = wantGraph ? readGraph(a) : undefined;
    const ok = { verdict: 'ok' as const, distinctStates, message: '', warnings };
    return graph === undefined ? ok : { ...ok, graph, depth: depthOf(graph) };
  }
  const verdict = verdictOf(answer);
  if (verdict === undefined) {
    return { verdict: 'engine-failed', distinctStates, message: explainLimit(answer), warnings };
  }
  const violated = verdict === 'invariant' ? violatedIn(answer.error_message ?? '', cfg) : undefined;
  const message = verdict === 'invariant' ? `Invariant ${violated ?? '(unknown)'} is violated.` : explain(answer, flat);
  const trace = a.trace.map((state, i): TlaTraceStep => {
    const action = i === 0 ? undefined : a.actions[i - 1];
    const text = readState(state.split('\n'));
    return action === undefined ? { state: text } : { action, state: text };
  });
  return {
    verdict,
    distinctStates,
    message,
    warnings,
    ...(violated === undefined ? {} : { violated }),
    ...(trace.length === 0 ? {} : { trace }),
  };
}

/** The engine drops a definition that it cannot parse, so a name without a meaning is a parse error found late. */
function verdictOf({ error_type: type, error_message: said }: Answer['answer']): TlaVerdict | undefined {
  if (type === 'NextError' && said?.startsWith('Assertion failed') === true) return 'assert';
  const verdict = VERDICTS[type ?? ''];
  const isUndefined = verdict === 'evaluation-error' && /^undefined (variable|operator|function)/.test(said ?? '');
  return isUndefined ? 'parse-error' : verdict;
}

function readGraph(a: Answer): DotGraph {
  const readState = stateReader();
  const init = a.init.map((variables) => readState(variables.map(([name, value]) => `${name} = ${value}`)));
  return readDot(a.answer.dot ?? '', init);
}

/** The engine counts invariants as the cfg lists them. */
function violatedIn(message: string, cfg: Cfg): string | undefined {
  const index = /^Invariant (\d+) violated/.exec(message)?.[1];
  return index === undefined ? /Invariant (\w+)/.exec(message)?.[1] : cfg.invariants[Number(index)];
}

function explainLimit(answer: Answer['answer']): string {
  if (answer.error_type === 'MaxStatesExceeded') {
    return `There are more distinct states than the limit (${answer.states_explored} found); raise maxStates or bound the model.`;
  }
  return `tla-checker gave no verdict: ${answer.error_type ?? ''} ${answer.error_message ?? ''}.`;
}

/** The engine's message with a place in the user's own module where it tells a byte position. */
function explain(answer: Answer['answer'], flat: FlatModule): string {
  const text = answer.error_message ?? 'no message';
  const start = /Span \{ start: (\d+)/.exec(text)?.[1];
  if (start === undefined) return text;
  const before = Buffer.from(flat.source).subarray(0, Number(start)).toString();
  const place = flat.origin(before.split('\n').length);
  const said = /message: "((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
  return place === undefined ? said : `${place.module}.tla:${place.line}: ${said}`;
}
