// The thread of `compiled-engine.ts`: reads the files that a check names, runs it, and answers in the terms of the kit.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { check, type CheckResult, type EngineGraph } from './engine/index.ts';
import type { CompiledAnswer, CompiledJob } from './compiled-engine.ts';
import type { TlaResult, TlaRun, TlaVerdict } from './engine.ts';
import type { LabelledGraph } from './graph.ts';

const port = parentPort!;
const answer = (message: CompiledAnswer): void => port.postMessage(message);

let queue: Promise<void> = Promise.resolve();
port.on('message', ({ number, run }: CompiledJob) => {
  queue = queue.then(async () => {
    answer({ number, begins: true });
    answer({ number, result: await checkFiles(run) });
  });
});

/** One check of a module in a directory. */
async function checkFiles({ moduleDir, module, cfg, wantGraph, maxStates }: TlaRun): Promise<TlaResult> {
  const begin = performance.now();
  const text = textOf(resolve(moduleDir, cfg));
  if (text === undefined) {
    return { verdict: 'parse-error', message: `There is no cfg ${cfg} in ${moduleDir}.`, ...NOTHING, seconds: 0 };
  }
  const modules = (name: string): string | undefined => textOf(join(moduleDir, `${name}.tla`));
  const result = await check({ root: module, modules, cfg: text, cfgName: cfg, wantGraph, maxStates });
  return { ...told(result), seconds: (performance.now() - begin) / 1000 };
}

const NOTHING = { distinctStates: 0, warnings: [] as readonly string[] };

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function told(result: CheckResult): Omit<TlaResult, 'seconds'> {
  const { verdict, violated, distinct, generated, depth, message, trace, loopsTo, graph, warnings } = result;
  return {
    ...{ verdict: verdict === 'postcondition' ? ('assume' satisfies TlaVerdict) : verdict, message, warnings },
    ...{ distinctStates: distinct, generated, depth },
    ...(violated !== undefined && { violated }),
    ...(trace !== undefined && {
      trace: trace.map(({ action, state }) => ({ ...(action !== undefined && { action: actionText(action) }), state })),
    }),
    ...(loopsTo !== undefined && { loopsTo }),
    ...(graph !== undefined && { graph: labelled(graph) }),
  };
}

const actionText = ({ name, args }: { readonly name: string; readonly args: readonly string[] }): string =>
  args.length === 0 ? name : `${name}(${args.join(', ')})`;

/** Under the names of the actions, which is what the voices share. */
function labelled({ states, init, source, target, label, labels }: EngineGraph): LabelledGraph {
  const names = [...new Set(labels.map(({ name }) => name))];
  const numbers = labels.map(({ name }) => names.indexOf(name));
  return {
    ...{ states: states(), init, labels: names },
    ...{ source: source.slice(), target: target.slice(), label: label.map((one) => numbers[one]!) },
  };
}
