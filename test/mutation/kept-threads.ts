// A pool for vitest that keeps its thread from one run to the next. Stryker has vitest run the tests anew for each mutant, and
// vitest starts a thread for each run: more than half of what a mutant costs. Modules are evaluated anew in each run all the
// same, so a mutant begins as in a new thread, but for what tests leave behind in globals, listeners and timers. That is for
// suites whose tests are plain function calls; those that start threads or wait for files get new ones.

import { Worker } from 'node:worker_threads';
import type { Plugin } from 'vitest/config';
import type { PoolRunnerInitializer, PoolWorker } from 'vitest/node';

const ENTRY = new URL('./kept-thread.mjs', import.meta.url);

/** The thread that waits for the next run. */
let kept: Worker | undefined;

class KeptThread implements PoolWorker {
  readonly name = 'kept-threads';
  readonly #env: Partial<NodeJS.ProcessEnv>;
  readonly #listeners: [event: string, listener: (arg: unknown) => void][] = [];
  #thread: Worker | undefined;

  constructor(env: Partial<NodeJS.ProcessEnv>) {
    this.#env = env;
  }

  start(): Promise<void> {
    this.#thread = kept ?? new Worker(ENTRY, { env: this.#env });
    kept = undefined;
    this.#thread.ref();
    return Promise.resolve();
  }

  /** After a run that was cut short the thread may still be at it, but then Stryker ends the whole process. */
  stop(): Promise<void> {
    const thread = this.#thread!;
    for (const [event, listener] of this.#listeners.splice(0)) thread.off(event, listener);
    thread.unref();
    kept = thread;
    this.#thread = undefined;
    return Promise.resolve();
  }

  on(event: string, listener: (arg: unknown) => void): void {
    this.#listeners.push([event, listener]);
    this.#thread!.on(event, listener);
  }

  off(event: string, listener: (arg: unknown) => void): void {
    this.#thread!.off(event, listener);
  }

  send(message: unknown): void {
    this.#thread?.postMessage(message);
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}

const POOL: PoolRunnerInitializer = {
  name: 'kept-threads',
  createPoolWorker: ({ env }) => new KeptThread(env),
};

/** Lets a project use the pool, whatever its configuration says: Stryker's runner asks for plain threads. */
export function keptThreads(): Plugin {
  return {
    name: 'kept-threads',
    configureVitest({ project }) {
      project.config.pool = POOL.name;
      project.config.poolRunner = POOL;
    },
  };
}
