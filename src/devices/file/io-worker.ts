// The file that a worker thread is started with. `io-worker-start.ts` names it by URL, and imports its type so that it is
// compiled along.

import { parentPort, workerData } from 'node:worker_threads';
import { serve, type IoThreadData } from './io-thread.ts';

/** `ready` once, then `done` whenever jobs have ended and no such message was under way. */
export type IoWorkerMessage = 'ready' | 'done';

parentPort!.postMessage('ready' satisfies IoWorkerMessage);
serve(workerData as IoThreadData, () => parentPort!.postMessage('done' satisfies IoWorkerMessage));
