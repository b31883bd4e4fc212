// Small machines for tests of the machinery: each a part of a named configuration, a few hundred to two thousand states.

import { REPAIR_IDS, type Shape } from '../../spec/buffer/snapshot.ts';
import type { ActionKind } from '../../spec/buffer/vocabulary.ts';

const acts = (...kinds: ActionKind[]): readonly ActionKind[] => kinds;

const BASE = {
  volumes: ['v1'],
  repairs: REPAIR_IDS,
  readAhead: null,
  blockBytes: 512,
  backlogBytesMax: 0,
  modsMax: 1,
} satisfies Partial<Shape>;

const GET = acts('ioRead', 'readDone', 'resumeGet', 'release', 'resumeRelease');
const CHANGE = acts('ioModify', 'resumeModify', 'ioModifyDone');
const WRITE = acts('ioFlush', 'writeDone', 'ioWait', 'resumeWait');

/** Two clients on one DATA buffer: interlock, dirtying, write, wait, the kernel's hands. */
export const DATA_SHAPE: Shape = {
  ...BASE,
  blocks: [{ name: 'd1', type: 'data', volume: 0 }],
  clients: ['c1', 'c2'],
  faults: [],
  acts: acts(...GET, ...CHANGE, ...WRITE, 'recycle', 'writeBack', 'cleanLoose'),
  undoLog: false,
};

/** One client on META and UNDO with every fault that they can meet. */
export const META_UNDO_SHAPE: Shape = {
  ...BASE,
  blocks: [
    { name: 'm1', type: 'meta', volume: 0 },
    { name: 'u1', type: 'undo', volume: 0 },
  ],
  clients: ['c1'],
  faults: ['read', 'write', 'undo'],
  acts: acts(...GET, ...CHANGE, ...WRITE, 'modifyBuffer', 'undoLaid', 'change', 'ioClearError', 'recycle', 'writeBack'),
  undoLog: true,
};

/** One client on a volume header that is a full io, a META block of that volume, and device flushes that may fail. */
export const VOLUME_META_SHAPE: Shape = {
  ...BASE,
  blocks: [
    { name: 'h1', type: 'volume', volume: 0 },
    { name: 'm1', type: 'meta', volume: 0 },
  ],
  clients: ['c1'],
  faults: ['flush'],
  acts: acts(
    ...GET,
    ...WRITE,
    'modifyVolume',
    'modifyBuffer',
    'resumeModify',
    'ioModifyDone',
    'unload',
    'ioFlushSync',
    'flushDone',
    'resumeFlushSync',
  ),
  undoLog: false,
};
