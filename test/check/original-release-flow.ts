// The release decision as the original's control flow, lines 530-656, read a second time: what the model's truth table is held
// against, by its own test and by the mutation suite.

import type { ReleaseFacts, ReleaseStep } from '../../model/buffer/decide.ts';

export function originalReleaseFlow(f: ReleaseFacts): ReleaseStep {
  if (f.modified && (f.flush || (f.locked && f.pure))) return 'write';
  if (f.waitdep && f.running) return 'wait';
  if ((f.flush || f.reclaim) && !f.modified && !f.running) return 'detach';
  if (f.modified) return f.pure && !f.released ? 'delayWrite' : 'keep';
  if (!f.released) return f.locked || f.reclaim ? 'detach' : 'giveBack';
  return !f.running && (f.locked || f.reclaim) ? 'detach' : 'keep';
}
