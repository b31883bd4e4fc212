// Situations that some configuration of the direct machine has to reach: what never happens proves nothing.

import type { DirectGoal } from './claim.ts';
import { directExample, element, holding, reading, record, unused, writing, writtenTo } from './example.ts';
import { isHead, liveRecord, someFront, someSite } from './reading.ts';
import type { DirectSnapshot, FrontAt } from './snapshot.ts';

function countAt(s: DirectSnapshot, at: FrontAt): number {
  let count = 0;
  for (let f = 0; f < s.fronts.length; f++) if (s.fronts[f]!.at === at) count++;
  return count;
}

/** A file and its snapshot do the same with one site: `of` tells which. */
function shareSite(s: DirectSnapshot, of: 'cached' | 'from', at: FrontAt): boolean {
  for (let f = 0; f < s.index.length; f++) {
    for (let p = s.index.length; p < s.fronts.length; p++) {
      const [head, snapshot] = [s.fronts[f]!, s.fronts[p]!];
      if (head.at === at && snapshot.at === at && head[of] !== -1 && head[of] === snapshot[of]) return true;
    }
  }
  return false;
}

type FrontTest = Parameters<typeof someFront>[1];
type SiteTest = Parameters<typeof someSite>[1];
const byFront =
  (test: FrontTest): DirectGoal['reached'] =>
  (s) =>
    someFront(s, test);
const bySite =
  (test: SiteTest): DirectGoal['reached'] =>
  (s) =>
    someSite(s, test);

const isLeftToDestroy: SiteTest = ({ use, live, io, inval }) => use === 'record' && !live && !io && inval;

/** Situations of file data that some run must reach. */
export const DIRECT_GOALS: readonly DirectGoal[] = [
  {
    id: 'G35',
    statement: 'A file and its snapshot wait for one load of the same site.',
    reached: (s) => shareSite(s, 'from', 'copying'),
    example: directExample({
      heads: [reading(0, 'verified', { cached: 0 })],
      snapshots: [reading(0, 'indirect', { cached: 0 })],
      sites: [element(1, { alias: 'loading' })],
    }),
  },
  {
    id: 'G36',
    statement: 'A write waits for the backend to let go of the record that it replaces.',
    reached: byFront(({ at, runnable }) => at === 'replacing' && !runnable),
    example: directExample({
      heads: [{ at: 'replacing', how: 'large', from: 2, version: 4 }],
      sites: [element(1), record(3, { backend: true }), { use: 'record', head: 0, version: 4 }],
    }),
  },
  {
    id: 'G37',
    statement: 'A direct write is over while an alias of its space is still held: it cannot be purged.',
    reached: bySite(({ live, io, inval, held }) => live && inval && !io && held),
    example: directExample({
      heads: [holding(3)],
      sites: [element(1), record(3, { alias: 'clean', held: true })],
    }),
  },
  {
    id: 'G38',
    statement: 'A file and its snapshot have both learnt the site of their data before they read it.',
    reached: (s) => shareSite(s, 'cached', 'empty'),
    example: directExample({ heads: [{ cached: 0 }], snapshots: [{ cached: 0 }], sites: [element(1)] }),
  },
  {
    id: 'G39',
    statement: 'Data has moved while a direct read of its old site is in flight.',
    reached: byFront(({ at, from }, _f, { sites }) => at === 'reading' && sites[from]!.use === 'delay'),
    example: directExample({
      heads: [reading(1)],
      sites: [
        element(1, { content: 0, alias: 'dirty', aliasVersion: 1 }),
        { use: 'delay', content: 1, alias: 'clean', aliasVersion: 1 },
      ],
    }),
  },
  {
    id: 'G40',
    statement: 'Such a read lasts two cycles, and keeps the old site from being handed out.',
    reached: byFront(
      ({ at, from }, _f, { sites }) => at === 'reading' && sites[from]!.use === 'delay' && sites[from]!.age === 2,
    ),
    example: directExample({
      heads: [reading(1)],
      sites: [element(1, { content: 0, alias: 'dirty', aliasVersion: 1 }), { use: 'delay', age: 2, content: 1 }],
    }),
  },
  {
    id: 'G41',
    statement: 'A direct write is in flight to space that another element had before.',
    reached: bySite(({ io, content, version }) => io && content !== 0 && content !== version),
    example: directExample({ heads: [writing(1, 4)], sites: [element(3), writtenTo(4, { content: 1 })] }),
  },
  {
    id: 'G42',
    statement:
      'The newest that a file has is a record whose write failed, and its front is empty: the next read meets it.',
    reached: byFront(({ at }, f, of) => {
      const newest = isHead(of, f) ? liveRecord(of, f) : -1;
      return at === 'empty' && newest !== -1 && of.sites[newest]!.failed;
    }),
    example: directExample({
      sites: [element(1), record(3, { content: 0, failed: true })],
      whole: { criticalError: true },
    }),
  },
  {
    id: 'G43',
    statement: 'A read waits for the write of an alias, and may go on now.',
    reached: byFront(({ at, runnable }) => at === 'syncing' && runnable),
    example: directExample({
      heads: [{ at: 'syncing', how: 'whole', cached: 0, from: 0, runnable: true }],
      sites: [element(1, { alias: 'clean', aliasVersion: 1 })],
    }),
  },
  {
    id: 'G44',
    statement: 'The bytes of an element are in the device cache only: their write has failed.',
    reached: bySite(({ use, alias, content, version }) => use === 'media' && alias === 'failed' && content !== version),
    example: directExample({
      sites: [element(3, { content: 0, alias: 'failed', aliasVersion: 3 })],
      whole: { criticalError: true },
    }),
  },
  {
    id: 'G45',
    statement: 'The backend waits for a direct write.',
    reached: bySite(({ io, wait }) => io && wait),
    example: directExample({
      heads: [writing(1, 3)],
      sites: [element(1), writtenTo(3, { backend: true, wait: true })],
    }),
  },
  {
    id: 'G46',
    statement: 'A small write waits for the load of a buffer that another caller has asked for.',
    reached: byFront(({ at, from }, _f, { sites }) => at === 'loading' && sites[from]!.held),
    example: directExample({
      heads: [{ at: 'loading', how: 'small', from: 1, version: 3 }],
      sites: [element(1), { use: 'record', head: 0, version: 3, alias: 'loading', held: true }],
    }),
  },
  {
    id: 'G47',
    statement: 'Direct writes of two files are in flight at once.',
    reached: (s) => countAt(s, 'writing') > 1,
    example: directExample({
      heads: [writing(2, 3), writing(3, 4)],
      sites: [element(1), element(2, { head: 1 }), writtenTo(3), writtenTo(4, { head: 1 })],
    }),
  },
  {
    id: 'G48',
    statement: 'A snapshot keeps an element that its file has no more, and reads it.',
    reached: byFront(
      ({ at, from }, f, { index, kept }) =>
        at !== 'valid' && !(f < index.length) && from === kept[f - index.length] && !index.includes(from),
    ),
    example: directExample({
      heads: [{}],
      snapshots: [reading(1)],
      sites: [element(3), element(1)],
      whole: { kept: [1] },
    }),
  },
  {
    id: 'G49',
    statement: 'A replaced record is left to be destroyed, while the one that replaced it is being written.',
    reached: (s) => someSite(s, isLeftToDestroy) && countAt(s, 'writing') > 0,
    example: directExample({
      heads: [writing(2, 4)],
      sites: [element(1), record(3, { live: false }), writtenTo(4)],
      whole: { newest: [3] },
    }),
  },
  {
    id: 'G50',
    statement: 'Space that was freed is free again, with its old bytes.',
    reached: bySite(({ use, content }) => use === 'free' && content !== 0),
    example: directExample({ sites: [element(3), unused({ content: 1 })] }),
  },
];
