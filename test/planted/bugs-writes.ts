// Bugs of production around changing and issuing: modifications, lists and sums, CRC work, what a write does when it starts.

import type { BufferBug } from './bug.ts';
import { HEADER, META_AND_UNDO, ONE_DATA, TWO_VOLUMES } from './scenes.ts';

const kind = 'production';

export const WRITE_BUGS: readonly BufferBug[] = [
  {
    name: 'clean-at-completion-only',
    kind,
    origin: 'b33e2cc0e9',
    wrong: 'A buffer is still modified while its write is in flight, so a change made meanwhile cannot be told.',
    claim: 'I5',
    scene: ONE_DATA,
    patches: [{ file: 'src/core/actions/write.ts', find: '  clearModify(m, io, false);\n', replace: '' }],
  },
  {
    name: 'running-bytes-not-counted',
    kind,
    origin: '2f85fa4d65',
    wrong: 'Writes in flight do not count against the backlog.',
    claim: 'I23',
    scene: ONE_DATA,
    patches: [{ file: 'src/core/actions/write.ts', find: '  m.ioRunningSpace += m.blockBytes;\n', replace: '' }],
  },
  {
    name: 'delayed-write-mark-survives-issue',
    kind,
    origin: 'ffd3e597d3',
    wrong: 'A buffer being written is still marked as a delayed write, so it would be written a second time.',
    claim: 'H6',
    scene: ONE_DATA,
    patches: [{ file: 'src/core/actions/write.ts', find: '  buf.delwri = false;\n', replace: '' }],
  },
  {
    name: 'modified-while-being-written',
    kind,
    origin: '9f5097dc7c',
    wrong: 'A modifier does not wait for the write in flight and makes the buffer dirty under the device.',
    claim: 'I5',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: "    if (io.released && io.running) return park(m, handle, 'regetblk', undo, ticket);\n",
        replace: '',
      },
    ],
  },
  {
    name: 'dirty-before-it-is-held',
    kind,
    origin: '77912481ac',
    wrong: 'A buffer becomes dirty while the kernel still has it and may write or take it.',
    claim: 'H11',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: '    io.released = false; // Hold the buffer before it is dirty, or the kernel could be asked to write it (L790-793).\n',
        replace: '',
      },
    ],
  },
  {
    name: 'modifiers-overtake-the-interlock',
    kind,
    origin: 'D35',
    wrong: 'New modifiers go in while somebody waits for the write interlock, for ever if they relieve one another.',
    claim: 'H5',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: '  if (io.modifyRefs < 0 || (handle.mods === 0 && io.interlocksWaiting > 0)) {',
        replace: '  if (io.modifyRefs < 0) {',
      },
    ],
  },
  {
    name: 'modification-counted-twice',
    kind,
    origin: 'mutant: count twice',
    wrong: 'A modification that waited for the write in flight is counted once more when it goes on.',
    claim: 'I13',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: "  return ticket.stage === 'modify' ? enter(m, handle, undo, ticket) : own(m, handle, undo, ticket);",
        replace: '  return enter(m, handle, undo, ticket);',
      },
    ],
  },
  {
    name: 'undo-error-is-dropped',
    kind,
    origin: 'D9',
    wrong: 'The UNDO record cannot be laid and the modification opens all the same.',
    claim: 'H4',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: '  closeModification(m, record);\n  return ERROR;',
        replace: '  return ERROR;',
      },
    ],
  },
  {
    name: 'crc-work-holds-no-reference',
    kind,
    origin: 'mutant: release without reference',
    wrong: 'Changed META notes its CRC work but takes no reference for it.',
    claim: 'H10',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: '    io.gencrc = true;\n    addRef(io);\n',
        replace: '    io.gencrc = true;\n',
      },
    ],
  },
  {
    name: 'crc-is-not-done-before-the-write',
    kind,
    origin: 'mutant: no CRC at issue',
    wrong: 'META goes to the device with its CRC work still pending and reads back as corrupt.',
    claim: 'I30',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: '  io.gencrc = false;\n  if (!inval) finalizeCrc(io.bp!.bytes);\n  dropRef(io);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'dropped-although-dirty-again',
    kind,
    origin: 'D30',
    wrong: 'An UNDO buffer that was to be dropped is modified again and is dropped all the same.',
    claim: 'H2',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/core-state.ts',
        find: '  io.modified = true;\n  io.reclaim = false;\n',
        replace: '  io.modified = true;\n',
      },
    ],
  },
  {
    name: 'equal-blocks-of-two-volumes',
    kind,
    origin: '41a8e51772',
    wrong: 'The order of the lists forgets the volume, so buffers of equal number on two volumes push each other off.',
    claim: 'I1',
    scene: TWO_VOLUMES,
    patches: [
      {
        file: 'src/core/records/hammer-io.ts',
        find: '    this.order = block * 256 + volume.number;',
        replace: '    this.order = block * 256;',
      },
    ],
  },
  {
    name: 'locked-dirty-space-never-falls',
    kind,
    origin: '9f5097dc7c',
    wrong: 'META that has been written still counts as dirty, until everybody waits for space.',
    claim: 'I22',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/records/dirty-lists.ts',
        find: '    if (isWrittenByUsOnly(io)) this.lockedDirtySpace -= this.#blockBytes;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'interlock-released-under-a-modifier',
    kind,
    origin: 'mutant: no promise of the caller',
    wrong: 'A handle that owns the write interlock can be given up, and the interlock stays for ever.',
    claim: 'promises',
    scene: HEADER,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  promiseNoOpenModification(record);\n  promiseNotInterlocked(record);\n  return record;',
        replace: '  promiseNoOpenModification(record);\n  return record;',
      },
    ],
  },
  {
    name: 'written-in-the-middle-of-a-change',
    kind,
    origin: '09ac686b99',
    wrong: 'A flush writes a buffer that somebody is modifying, half of the change with it.',
    claim: 'promises',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: '  if (io.modified && io.modifyRefs > 0) {',
        replace: '  if (!io.modified && io.modifyRefs > 0) {',
      },
    ],
  },
  {
    name: 'crc-work-on-data',
    kind,
    origin: 'mutant: CRC of the wrong type',
    wrong: 'Changed DATA notes CRC work and keeps a reference for it.',
    claim: 'I29',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/modify.ts',
        find: "  if (io.type === 'meta' && !io.gencrc) {",
        replace: '  if (!io.gencrc) {',
      },
    ],
  },
];
