// The thread of `hunt-thread.ts`.

import { parentPort } from 'node:worker_threads';
import { HuntBroken, huntBugs } from '../planted/hunt.ts';
import type { HuntMessage } from './hunt-thread.ts';

const tell = (message: HuntMessage): void => parentPort!.postMessage(message);

huntBugs({ onProgress: (progress, done, total) => tell({ progress, done, total }) }).then(
  (reports) => tell({ reports }),
  (error: unknown) => {
    const failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    tell(error instanceof HuntBroken ? { failure, problems: error.problems } : { failure });
  },
);
