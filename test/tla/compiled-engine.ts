// The engine that needs no Java: our own (`engine/`), in a worker thread that all checks share.
//
// One thread, because compiled specifications and the parser are worth keeping from check to check, and because the rest of a run
// keeps the other processor busy. Checks queue in it. A check that does not end in its time takes the thread with it; the next one
// gets a new thread, and the checks that were queued behind it are asked again.

import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type { TlaEngine, TlaResult, TlaRun } from './engine.ts';

export const COMPILED_NAME = 'compiled TLA+';

/** What the worker is asked, and what it answers. */
export interface CompiledJob {
  readonly number: number;
  readonly run: TlaRun;
}

export type CompiledAnswer =
  | { readonly number: number; readonly result: Omit<TlaResult, 'seconds'> & { readonly seconds: number } }
  /** The check begins: its time starts now. */
  | { readonly number: number; readonly begins: true };

interface Waiting {
  readonly job: CompiledJob;
  readonly answer: (result: TlaResult) => void;
  clock?: NodeJS.Timeout;
}

class EngineThread {
  #worker: Worker | undefined;
  #number = 0;
  readonly #waiting = new Map<number, Waiting>();

  check(run: TlaRun): Promise<TlaResult> {
    return new Promise((answer) => {
      const job = { number: ++this.#number, run };
      this.#waiting.set(job.number, { job, answer });
      this.#thread().postMessage(job);
    });
  }

  #thread(): Worker {
    if (this.#worker !== undefined) {
      this.#worker.ref();
      return this.#worker;
    }
    const worker = new Worker(workerCode(), {
      eval: true,
      execArgv: [],
      resourceLimits: { stackSizeMb: 64, maxOldGenerationSizeMb: 8192 },
    });
    worker.on('message', (answer: CompiledAnswer) => this.#heard(answer));
    worker.on('error', (error) => this.#lost(worker, `The engine broke down: ${String(error.stack)}`));
    worker.on('exit', () => this.#lost(worker, 'The thread of the engine ended.'));
    return (this.#worker = worker);
  }

  #heard(answer: CompiledAnswer): void {
    const waiting = this.#waiting.get(answer.number);
    if (waiting === undefined) return;
    if ('begins' in answer) {
      const { timeoutSeconds } = waiting.job.run;
      waiting.clock = setTimeout(() => this.#tooLong(waiting), timeoutSeconds * 1000);
      return;
    }
    this.#ended(waiting, answer.result);
  }

  #ended(waiting: Waiting, result: TlaResult): void {
    clearTimeout(waiting.clock);
    this.#waiting.delete(waiting.job.number);
    // A thread with nothing to do keeps nobody from ending.
    if (this.#waiting.size === 0) this.#worker?.unref();
    waiting.answer(result);
  }

  #tooLong(waiting: Waiting): void {
    const { timeoutSeconds } = waiting.job.run;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ended(waiting, failure(`It did not end within ${timeoutSeconds} s and was stopped.`, timeoutSeconds));
    void worker?.terminate();
    for (const each of this.#waiting.values()) {
      clearTimeout(each.clock);
      this.#thread().postMessage(each.job);
    }
  }

  /** The thread is gone without having been told to go: whoever is first in it is to blame, and nobody is left waiting. */
  #lost(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const waiting of [...this.#waiting.values()]) this.#ended(waiting, failure(message, 0));
  }
}

function failure(message: string, seconds: number): TlaResult {
  return { verdict: 'engine-failed', message, seconds, distinctStates: 0, warnings: [] };
}

const WORKER = new URL('./compiled-worker.ts', import.meta.url);

/**
 * The worker as one text of JavaScript: a thread inherits no loader of TypeScript, and what a loader makes keeps the names of functions
 * by calls that cost a tenth of the engine's speed. Packages are found from where the source stands.
 */
function workerCode(): string {
  const { outputFiles } = buildSync({
    ...{ entryPoints: [fileURLToPath(WORKER)], bundle: true, write: false, platform: 'node', format: 'cjs', target: 'node20' },
    ...{ packages: 'external', define: { 'import.meta.url': JSON.stringify(WORKER.href) }, logLevel: 'silent' },
  });
  return `{
    const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(WORKER.href)});
    ${outputFiles[0]!.text}
  }`;
} // prettier-ignore

let thread: EngineThread | undefined;

export function compiledEngine(): TlaEngine {
  thread ??= new EngineThread();
  return { name: COMPILED_NAME, check: (run) => thread!.check(run) };
}
