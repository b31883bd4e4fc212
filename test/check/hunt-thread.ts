// The hunt for planted bugs in a thread of its own: it takes as long as everything else of a run together, and needs nothing of it.

import { Worker } from 'node:worker_threads';
import { HuntBroken } from '../planted/hunt.ts';
import type { BugReport } from '../planted/bug.ts';
import { temporaryDirectory } from '../support/at-end.ts';

export type HuntMessage =
  | { readonly progress: BugReport; readonly done: number; readonly total: number }
  | { readonly reports: readonly BugReport[] }
  /** `problems` where the hunt does not trust itself. */
  | { readonly failure: string; readonly problems?: readonly string[] };

/** Hunts all bugs. @throws HuntBroken */
export function huntInThread(
  onProgress: (report: BugReport, done: number, total: number) => void,
): Promise<readonly BugReport[]> {
  // A worker inherits no loader of TypeScript, so a line of JavaScript asks for one.
  const bootstrap = `
    const require = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(import.meta.url)});
    require('tsx/cjs/api').register();
    require('./hunt-worker.ts');`;
  // What the thread writes lies below a directory of this thread, which removes it even if the process is ended.
  const { path, remove } = temporaryDirectory('hunt');
  const worker = new Worker(bootstrap, { eval: true, execArgv: [], env: { ...process.env, TMPDIR: path } });
  worker.once('exit', remove);
  return new Promise((resolve, reject) => {
    worker.on('message', (message: HuntMessage) => {
      if ('progress' in message) {
        onProgress(message.progress, message.done, message.total);
        return;
      }
      if ('reports' in message) resolve(message.reports);
      else if (message.problems !== undefined) reject(new HuntBroken(message.problems));
      else reject(new Error(message.failure));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The thread of the hunt ended before its time.')));
  });
}
