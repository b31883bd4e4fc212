// Where bugs are hunted: small shapes, each with room for one family of bugs and few enough to be told apart by a reader.
//
// Production meets random runs on the wide scenes. Model and specification are explored, so theirs are as small as the bug
// allows; acts that a bug does not need are left out, for each act multiplies the states.

import { REPAIR_IDS, type IoType, type Shape } from '../../spec/buffer/snapshot.ts';
import { ACTION_KINDS, type ActionKind } from '../../spec/buffer/vocabulary.ts';

const BASE: Omit<Shape, 'blocks'> = {
  volumes: ['v1'],
  clients: ['c1', 'c2', 'c3'],
  repairs: REPAIR_IDS,
  faults: [],
  acts: ACTION_KINDS,
  readAhead: null,
  undoLog: true,
  blockBytes: 512,
  backlogBytesMax: 0,
  modsMax: 2,
};

const block = (name: string, type: IoType, volume = 0): Shape['blocks'][number] => ({ name, type, volume });

const acts = (...kinds: readonly ActionKind[]): readonly ActionKind[] => kinds;

/** Everything that can be done and fail, on one DATA block, so that clients meet. */
export const ONE_DATA: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  clients: ['c1', 'c2'],
  faults: ['read', 'write', 'flush'],
};

/** The same while memory suffices: no release is told to give its buffer away at once. */
export const ENOUGH_MEMORY: Shape = { ...ONE_DATA, acts: ACTION_KINDS.filter((kind) => kind !== 'lowMemoryRelease') };

/** META and UNDO side by side, without a volume header. */
export const META_AND_UNDO: Shape = {
  ...BASE,
  blocks: [block('m1', 'meta'), block('u1', 'undo')],
  faults: ['read', 'write', 'undo'],
};

/** A volume header that is a structure of its own, and buffers that refer to it. */
export const HEADER: Shape = {
  ...BASE,
  blocks: [block('h1', 'volume'), block('m1', 'meta'), block('d1', 'data')],
  faults: ['read', 'write'],
};

/** Two volumes with a DATA block each, the first with a second one that is read ahead. */
export const TWO_VOLUMES: Shape = {
  ...BASE,
  blocks: [block('d1', 'data'), block('e1', 'data', 1), block('d2', 'data')],
  volumes: ['v1', 'v2'],
  readAhead: [0, 2],
  faults: ['read', 'write', 'flush'],
};

/** What a device is asked through the core: little but reads, writes and flushes. */
export const DEVICE_TRAFFIC: Shape = {
  ...TWO_VOLUMES,
  acts: acts(
    'ioRead',
    'ioNew',
    'readDone',
    'resumeGet',
    'release',
    'lowMemoryRelease',
    'ioModify',
    'change',
    'resumeModify',
    'ioModifyDone',
    'ioFlush',
    'writeDone',
    'ioFlushMark',
    'ioFlushSync',
    'flushDone',
    'resumeFlushSync',
    'ioInval',
    'recycle',
    'cleanLoose',
  ),
};

/** Two blocks that are changed, written, forgotten, and read along. */
export const READ_ALONG: Shape = {
  ...BASE,
  blocks: [block('d1', 'data'), block('d2', 'data')],
  clients: ['c1', 'c2'],
  readAhead: [0, 1],
  acts: acts(
    ...(['ioRead', 'readDone', 'resumeGet', 'release', 'ioModify', 'change', 'ioModifyDone'] as const),
    ...(['ioFlush', 'writeDone', 'lowMemoryRelease', 'cleanLoose', 'unload', 'ioInval'] as const),
  ),
};

// ── Explored scenes ────────────────────────────────────────────────────────────────────────────────────────────────────

const GET = acts('ioRead', 'readDone', 'resumeGet', 'release', 'resumeRelease');
const CHANGE = acts('ioModify', 'resumeModify', 'ioModifyDone');
const WRITE = acts('ioFlush', 'writeDone');
const SYNC = acts('ioFlushSync', 'flushDone', 'resumeFlushSync');

/** Two clients take turns on one DATA block; the kernel wants it too. */
export const TURNS: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  clients: ['c1', 'c2'],
  acts: acts(...GET, ...CHANGE, ...WRITE, 'recycle', 'writeBack', 'cleanLoose', 'delBuffer'),
  modsMax: 1,
};

/** Two clients, a write interlock, nested modifications; nobody gives up waiting. */
export const NESTED: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  clients: ['c1', 'c2'],
  acts: acts(
    'ioNew',
    'release',
    ...CHANGE,
    'ioWriteInterlock',
    'resumeInterlock',
    'ioDoneInterlock',
    'ioFlush',
    'writeDone',
  ),
};

/** Two clients, one of whom may wait for the write interlock while the other wants to modify. */
export const OVERTAKEN: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  clients: ['c1', 'c2'],
  acts: acts('ioNew', ...CHANGE, 'ioWriteInterlock', 'resumeInterlock', 'ioDoneInterlock'),
  modsMax: 1,
};

/** Three clients, of whom two can wait behind one another for all writes. */
export const BARRIERS: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  acts: acts('ioNew', 'release', 'ioFlush', 'writeDone', 'ioWaitAll', 'resumeWaitAll'),
};

/** One client writes and syncs, and a write or flush may fail. */
export const SYNCED: Shape = {
  ...BASE,
  blocks: [block('d1', 'data')],
  clients: ['c1', 'c2'],
  faults: ['write', 'flush'],
  acts: acts('ioNew', 'release', ...WRITE, ...SYNC, 'writeBack', 'ioClearError'),
};

/** One client, UNDO that may be dropped when written, and the kernel's wishes. */
export const RECLAIMED: Shape = {
  ...BASE,
  blocks: [block('u1', 'undo')],
  clients: ['c1'],
  faults: ['write'],
  acts: acts(...GET, 'ioNew', 'ioModify', 'resumeModify', 'ioModifyDone', ...WRITE, 'writeBack', 'recycle'),
  modsMax: 1,
};

/** A header, a META block that refers to it, and one client. */
export const REFERRED: Shape = {
  ...BASE,
  blocks: [block('h1', 'volume'), block('m1', 'meta')],
  clients: ['c1'],
  acts: acts(...GET, ...CHANGE, 'change', ...WRITE, 'delBuffer', 'recycle', 'cleanLoose'),
  modsMax: 1,
};

/** One client on META whose modifications want UNDO, which may fail. */
export const COVERED: Shape = {
  ...BASE,
  blocks: [block('m1', 'meta')],
  clients: ['c1'],
  faults: ['undo'],
  acts: acts(...GET, 'modifyBuffer', 'resumeModify', 'undoLaid', 'ioModifyDone', 'change', ...WRITE),
};
