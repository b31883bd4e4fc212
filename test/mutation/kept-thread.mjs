// The thread of kept-threads.ts: runs tests as vitest's own threads do, and forgets before each run what the last one has left
// behind in modules, and what Stryker has told it. JavaScript, because a thread of vitest's is started without a compiler.

import { parentPort } from 'node:worker_threads';
import { init, runBaseTests, setupEnvironment } from 'vitest/worker';

/** What listens: first the thread itself, then, from run to run, a new channel to vitest. */
let channel;

function forget() {
  delete globalThis.__stryker__;
  const modules = globalThis.__vitest_worker__?.evaluatedModules;
  for (const module of modules?.idToModuleMap.values() ?? []) modules.invalidateModule(module);
}

const run = (method) => (state, traces) => {
  forget();
  return runBaseTests(method, state, traces);
};

init({
  post: (message) => parentPort.postMessage(message),
  on: (listener) => {
    const isFirst = parentPort.listenerCount('message') === 0;
    if (channel !== undefined) parentPort.off('message', channel);
    if (!isFirst) channel = listener;
    parentPort.on('message', listener);
  },
  off: (listener) => parentPort.off('message', listener),
  runTests: run('run'),
  collectTests: run('collect'),
  setup: setupEnvironment,
});
