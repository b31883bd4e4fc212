// Claims about one step of the direct machine: that every operation is answered once, and what a critical error ends.

import type { DirectProperty, DirectStep } from './claim.ts';
import { directExample, element, reading, unused, writing, writtenTo } from './example.ts';
import { isInFlight } from './reading.ts';
import type { DirectSnapshot } from './snapshot.ts';

/** Fronts whose operation has ended according to the states, and to what the call was answered. */
function ended(before: DirectSnapshot, { action, outcome }: DirectStep, after: DirectSnapshot): number {
  let mask = 0;
  for (let f = 0; f < before.fronts.length; f++) {
    if (isInFlight(before.fronts[f]!.at) && !isInFlight(after.fronts[f]!.at)) mask |= 1 << f;
  }
  const isCall = action.kind === 'strategyRead' || action.kind === 'strategyWrite';
  if (isCall && (outcome === 'done' || outcome === 'error')) mask |= 1 << action.front;
  return mask;
}

/** A front has its path and its site exactly while its operation is under way; one that waits for a load has a load to wait for. */
function isConsistent(s: DirectSnapshot): boolean {
  for (let f = 0; f < s.fronts.length; f++) {
    const { at, how, from } = s.fronts[f]!;
    if (isInFlight(at) !== (from !== -1) || isInFlight(at) !== (how !== 'none')) return false;
    // A load that has ended has answered everybody who waited for it, whether it failed or not.
    if ((at === 'copying' || at === 'loading') && s.sites[from]!.alias !== 'loading') return false;
  }
  return true;
}

export const I46: DirectProperty = {
  form: 'step',
  status: 'checked',
  id: 'I46',
  tla: 'OneCompletion',
  statement:
    'An operation of a front is answered exactly once: in the step in which the front leaves flight, or in the call that began it. No caller is left waiting for a load that is over.',
  why: 'An operation that is answered twice ends another one the second time; one that is never answered keeps its caller, and the buffer, for ever.',
  original: [
    { line: 1470, to: 1479, what: 'a direct read is issued, or answered with the error' },
    { line: 1553, to: 1563, what: 'so is an indirect one' },
    { line: 1621, what: 'which is answered after the copy' },
    { line: 1756, to: 1771, what: 'a small write is answered in the call, and so is an error' },
    { line: 1814, what: 'a direct write when it completes' },
  ],
  on: 'any',
  applies: (before, step, after) => step.completed !== 0 || ended(before, step, after) !== 0,
  holds: (before, step, after) => step.completed === ended(before, step, after) && isConsistent(after),
  violation: {
    before: directExample({ heads: [reading(0)], sites: [element(1)] }),
    step: { action: { kind: 'directReadDone', front: 0, error: true }, outcome: 'error', completed: 0 },
    after: directExample({ heads: [{}], sites: [element(1)] }),
  },
};

/** A record is visible that was not, or an index names another site. */
function goesOn(before: DirectSnapshot, after: DirectSnapshot): boolean {
  for (let i = 0; i < before.sites.length; i++) if (!before.sites[i]!.live && after.sites[i]!.live) return true;
  for (let h = 0; h < before.index.length; h++) if (before.index[h] !== after.index[h]) return true;
  for (let k = 0; k < before.kept.length; k++) if (before.kept[k] !== after.kept[k]) return true;
  return false;
}

export const H19: DirectProperty = {
  form: 'step',
  status: 'checked',
  id: 'H19',
  tla: 'RefusedAfterCritical',
  statement:
    'After a critical error no write begins or becomes visible, nothing is committed or moved, and no cycle passes: who asks for any of it is refused, and what waits ends with an error.',
  why: 'Nobody knows what the medium holds. The layer above may read what there is, and must not build on it.',
  original: [
    { line: 1782, to: 1784, what: 'an error forces the mount to read-only' },
    { line: 1806, to: 1813, what: 'it is told before the writer is' },
  ],
  on: ['strategyWrite', 'resumeWrite', 'deviceReadDone', 'commitRecord', 'resumeCommit', 'relocate', 'cycle'],
  applies: (before) => before.criticalError,
  holds(before, { action, outcome }, after) {
    if (goesOn(before, after)) return false;
    if (action.kind === 'resumeWrite' || action.kind === 'resumeCommit') return outcome === 'error';
    return action.kind === 'deviceReadDone' || outcome === 'refused';
  },
  violation: {
    before: directExample({ sites: [element(1), unused()], whole: { criticalError: true } }),
    step: { action: { kind: 'strategyWrite', front: 0, site: 1, large: true }, outcome: 'io', completed: 0 },
    after: directExample({
      heads: [writing(1, 3)],
      sites: [element(1), writtenTo(3)],
      whole: { criticalError: true },
    }),
  },
};

/** Claims about the answers of steps. */
export const ANSWER_PROPERTIES: readonly DirectProperty[] = [I46, H19];
