// The buffer of an io: who has it in hand, and which of its flags exclude one another.
//
// "Held" means that the layer keeps the kernel's buffer locked (not released); "passive" means that the kernel has it but
// must ask before it writes or takes it. The kernel never sees a held buffer.

import type { Invariant } from '../claim.ts';
import { compositeState } from './composite-state.ts';
import { client, example, heldClean, heldDirty, passiveClean, passiveDirty, unloaded, writing } from './example.ts';
import { eachIo } from './per-io.ts';
import { isLockedDirtyType } from '../reading.ts';

export const I5 = eachIo({
  id: 'I5',
  tla: 'ModifiedExcludesRunning',
  statement: 'A buffer is never both modified and being written.',
  why: 'Modified is cleared before the write starts, so a change that comes later is seen as new; if both were set, it would be unknown which bytes reached the device.',
  original: [
    { line: 728, to: 741, what: 'clean before the write is issued' },
    { line: 796, to: 804, what: 'a modifier owns the buffer before it sets modified' },
    { line: 1342, to: 1354, what: 'the same order for writes that the kernel starts' },
  ],
  concerns: (io) => io.modified || io.running,
  ok: (io) => !(io.modified && io.running),
  violation: example({ ios: [writing('data', { modified: true, modRoot: 'data' })], clients: [client('hold', 0)] }),
});

export const I6 = eachIo({
  id: 'I6',
  tla: 'HeldIsOffQueue',
  statement:
    'A held buffer is out of the kernel’s reach for a reason: it is referenced or dirty, and no write of it is in flight.',
  why: 'A clean buffer that is held without a user is lost to the kernel for good; one that is held and being written has two owners.',
  original: [
    { line: 369, to: 373, what: 'a load leaves the buffer with the layer' },
    { line: 409, what: 'so does a new buffer' },
    { line: 797, to: 799, what: 'a modifier takes a passive buffer back' },
    { line: 600, to: 609, what: 'the last release gives a clean one to the kernel' },
    { line: 254, to: 257, what: 'dropping the pin at close is no release: a dirty buffer stays held' },
  ],
  repairs: ['D39'],
  refutation: {
    statementRefuted: 'A held buffer without references is dirty META or a dirty volume header.',
    trace: [
      'A ioNew d → done',
      'A ioFlush d → done',
      'device writeDone d EIO → error',
      'A ioModify d → done',
      'A ioModifyDone d → done',
      'A release d → done',
      'mount ioClearErrorNoassert d → done',
    ],
  },
  concerns: (io) => io.bp && !io.released,
  ok: (io) => !io.running && (io.refs > 0 || io.modified),
  violation: example({ ios: [heldClean('data')] }),
});

export const I7 = eachIo({
  id: 'I7',
  tla: 'DirtyMetaIsHeld',
  statement: 'Modified META and modified volume headers are held and not marked for delayed write.',
  why: 'They may reach the device only when the layer above says so, after their UNDO; the kernel must not even be able to ask.',
  original: [
    { line: 580, to: 599, what: 'a release hands only DATA and UNDO to the kernel while dirty' },
    { line: 1300, to: 1303, what: 'being asked about one is a panic' },
  ],
  concerns: (io) => io.modified && isLockedDirtyType(io.type),
  ok: (io) => !io.released && !io.delwri,
  violation: example({ ios: [heldDirty('meta', { released: true, delwri: true })] }),
});

export const I8 = eachIo({
  id: 'I8',
  tla: 'OneIoPerBuffer',
  statement:
    'A block’s bytes are in one place: in the buffer of its io, in a load in flight, or in the device cache without an io.',
  why: 'Two copies of a block go stale against each other, and the older one may be written last.',
  original: [
    { line: 129, to: 131, what: 'a buffer is detached from the io that it names' },
    { line: 365, to: 368, what: 'a loaded buffer had no owner' },
    { line: 402, to: 405, what: 'nor had a new one' },
    { line: 471, to: 491, what: 'what no io owns may be purged' },
  ],
  concerns: (io) => io.bp || io.reading,
  ok: (io) => io.exists && !(io.bp && io.reading) && io.residue === 'none',
  violation: example({ ios: [passiveClean('data', { residue: 'cached' })] }),
});

export const I10 = eachIo({
  id: 'I10',
  tla: 'OndiskNeedsBuffer',
  statement:
    'Bytes are usable only while a buffer is attached; and they are usable whenever the io is referenced with no interlock held and nothing left to validate.',
  why: 'A client that finds a reference and no interlock goes straight to the bytes.',
  original: [
    { line: 145, to: 153, what: 'the pointer to the bytes goes with the buffer' },
    { line: 373, what: 'a load ends with the buffer in hand; the pointer is set by the caller (ondisk:843)' },
  ],
  concerns: (io) => io.exists,
  ok: (io) => (io.bp || !io.ondisk) && (io.ondisk || io.refs === 0 || io.check || io.interlockOwner >= 0),
  violation: example({ ios: [unloaded('data', { ondisk: true })] }),
});

export const I19 = eachIo({
  id: 'I19',
  tla: 'LockedHasBuffer',
  statement: 'Only an attached buffer is locked.',
  why: 'The flag is the kernel’s wish to have the buffer back. On a buffer that no io owns it would never be granted.',
  original: [
    { line: 136, to: 139, what: 'detaching clears the flag' },
    { line: 487, what: 'a buffer without an io is not locked' },
  ],
  concerns: (io) => io.locked,
  ok: (io) => io.bp,
  violation: example({ ios: [unloaded('data', { locked: true })] }),
});

export const I29 = eachIo({
  id: 'I29',
  tla: 'PendingCrcHoldsReference',
  statement: 'Pending CRC work exists only in META and holds a reference on its buffer.',
  why: 'The node that needs its CRC would otherwise be destroyed with the last handle, and with it the knowledge that the CRC is stale.',
  original: [{ line: 963, to: 982, what: 'the flag on a node owns a reference, dropped when the CRC is computed' }],
  concerns: (io) => io.gencrc,
  ok: (io) => io.type === 'meta' && io.refs > 0,
  violation: example({ ios: [heldDirty('meta', { gencrc: true, refs: 0, check: false })] }),
});

export const I30 = eachIo({
  id: 'I30',
  tla: 'CrcDoneBeforeWrite',
  statement: 'Pending CRC work belongs to a dirty buffer that is not being written.',
  why: 'A node that reaches the device with a stale CRC reads back as corrupt; issuing the write is the last moment to compute it.',
  original: [
    { line: 959, to: 983, what: 'the CRC work is done when the buffer leaves its dirty list' },
    { line: 728, to: 747, what: 'which is before the write is issued' },
  ],
  concerns: (io) => io.gencrc || io.running,
  ok: (io) => !io.gencrc || (io.modified && !io.running),
  violation: example({ ios: [writing('meta', { gencrc: true })], clients: [client('hold', 0)] }),
});

export const H2 = eachIo({
  id: 'H2',
  tla: 'ReclaimExcludesModified',
  statement: 'A buffer that is to be dropped when written is not modified.',
  why: 'A new modification means that the contents are wanted again; the stale wish would have the buffer thrown away after its next write.',
  original: [
    { line: 704, to: 705, what: 'the wish comes with a write' },
    { line: 140, to: 143, what: 'only detaching ends it' },
    { line: 801, to: 804, what: 'modifying again does not' },
  ],
  repairs: ['D30'],
  concerns: (io) => io.reclaim,
  ok: (io) => !io.modified,
  violation: example({ ios: [heldDirty('undo', { reclaim: true, locked: true })], clients: [client('hold', 0)] }),
});

export const H6 = eachIo({
  id: 'H6',
  tla: 'DelayedWriteIsDirty',
  statement: 'A buffer marked for delayed write is modified.',
  why: 'The kernel’s daemons write what is so marked: a clean buffer would be written without need, and without a completion that anybody expects.',
  original: [
    { line: 591, to: 593, what: 'the mark is made when a dirty buffer is handed to the kernel' },
    { line: 747, what: 'issuing the write takes it away' },
    { line: 1120, what: 'so does a failed write' },
  ],
  concerns: (io) => io.delwri,
  ok: (io) => io.modified,
  violation: example({ ios: [passiveClean('data', { delwri: true })] }),
});

export const H11 = eachIo({
  id: 'H11',
  tla: 'StateIsNamed',
  statement:
    'Every io is in one of eight composite states: Absent, Unloaded, Loose, HeldClean, HeldDirty, PassiveDirty, Writing, PassiveClean.',
  why: 'The decisions of release, completion and the kernel hooks are complete for these states and for no others.',
  original: [
    { line: 565, to: 654, what: 'the last release tells them apart' },
    { line: 1089, to: 1160, what: 'so does a completion' },
    { line: 1193, to: 1226, what: 'and a deallocation' },
  ],
  refutation: {
    statementRefuted: 'A held dirty buffer is not marked for delayed write.',
    trace: ['A ioNew d → done', 'A release d → done', 'A ioRead d → done', 'A ioModify d → done'],
  },
  concerns: () => true,
  ok: (io) => compositeState(io) !== undefined,
  violation: example({ ios: [passiveDirty('data', { delwri: false })] }),
});

export const BUFFER_INVARIANTS: readonly Invariant[] = [I5, I6, I7, I8, I10, I19, I29, I30, H2, H6, H11];
