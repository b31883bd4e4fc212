// Kills a process group that lets a question go unanswered. The asking thread blocks in a read, so somebody else has to watch
// the clock: this worker. Plain JavaScript, so that it starts the same way under every loader of the parent.
//
// `words[0]` counts questions and answers: odd while a question is open. `words[1]` becomes 1 to end the watch. `words[2]` is
// set to 1 before the group is killed; the death of the process then ends the blocked read.

import { performance } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';

const { words, group, timeoutMs } = workerData;
const tickMs = Math.max(5, Math.min(250, timeoutMs / 8));
let [seen, since] = [-1, performance.now()];

while (Atomics.wait(words, 1, 0, tickMs) === 'timed-out') {
  const count = Atomics.load(words, 0);
  if (count !== seen) [seen, since] = [count, performance.now()];
  else if (count % 2 === 1 && performance.now() - since >= timeoutMs) {
    Atomics.store(words, 2, 1);
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It is gone already.
    }
    break;
  }
}
