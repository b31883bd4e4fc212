// Starts the I/O thread. In a package the worker is a .js file as any other. From the sources it is TypeScript, which
// Node 20 does not read and a worker inherits no loader for (tsx registers in the main thread only, vitest has none for
// workers); so there, and only there, a line of JavaScript asks tsx to load it. tsx is what runs the sources anyway.

import { Worker } from 'node:worker_threads';
import { DeviceError } from './device-error.ts';
import type { IoThreadData } from './io-thread.ts';
import type { IoWorkerMessage } from './io-worker.ts';

/** A thread that waits for jobs. Throws DeviceError (code THREAD) if it cannot be started. */
export async function startIoWorker(data: IoThreadData): Promise<Worker> {
  const worker = import.meta.url.endsWith('.ts') ? fromSources(data) : fromPackage(data);
  try {
    await isReady(worker);
  } catch (cause) {
    const seen = 'it could not be started';
    const advice = 'Read the cause of this error; the package may be incomplete, or memory may be short.';
    throw new DeviceError({ file: 'the I/O thread', operation: 'open', code: 'THREAD', seen, advice }, cause);
  }
  return worker;
}

function isReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const exited = (code: number): void => reject(new Error(`It ended with code ${code} before it was ready.`));
    worker.once('error', reject);
    worker.once('exit', exited);
    worker.once('message', (message: IoWorkerMessage) => {
      worker.off('error', reject);
      worker.off('exit', exited);
      if (message === 'ready') resolve();
      else reject(new Error(`It began with ${message}.`));
    });
  });
}

// Options such as --import are the program's, and would be carried out in the thread too.
const OWN_OPTIONS = { execArgv: [], name: 'hammer-io file device' };

function fromPackage(workerData: IoThreadData): Worker {
  return new Worker(new URL('./io-worker.js', import.meta.url), { ...OWN_OPTIONS, workerData });
}

function fromSources(workerData: IoThreadData): Worker {
  const bootstrap = `
    const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(import.meta.url)});
    require('tsx/cjs/api').register();
    require('./io-worker.ts');`;
  return new Worker(bootstrap, { ...OWN_OPTIONS, eval: true, workerData });
}
