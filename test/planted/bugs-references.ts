// Bugs of production around getting a buffer and giving it up: references, the interlock, loads, detaching, the kernel.

import type { BufferBug } from './bug.ts';
import { ENOUGH_MEMORY, HEADER, META_AND_UNDO, ONE_DATA, TWO_VOLUMES } from './scenes.ts';

const kind = 'production';

export const REFERENCE_BUGS: readonly BufferBug[] = [
  {
    name: 'unread-buffer-is-handed-out',
    kind,
    origin: 'cdb6e4e646',
    wrong: 'A load that fails lets in those who queued, although no bytes have come.',
    claim: 'I10',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: '  dropRefAndCheck(io);\n  // What hammer_io_release',
        replace: '  dropRefAndCheck(io);\n  clearCheck(io);\n  // What hammer_io_release',
      },
    ],
  },
  {
    name: 'loader-keeps-the-interlock',
    kind,
    origin: 'D17',
    wrong: 'A load that succeeds leaves the interlock with its loader, and nobody is let in.',
    claim: 'I27',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: '  interlockDone(m, io);\n  const ahead = endAhead(m, io, false);',
        replace: '  const ahead = endAhead(m, io, false);',
      },
    ],
  },
  {
    name: 'read-error-stays-counted',
    kind,
    origin: 'mutant: count without bytes',
    wrong: 'A read that fails is counted as running for ever.',
    claim: 'I24',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: '  m.runningReadBytes -= m.blockBytes;',
        replace: "  if (result === 'ok') m.runningReadBytes -= m.blockBytes;",
      },
    ],
  },
  {
    name: 'loaded-while-on-the-loose-list',
    kind,
    origin: 'a99b9ea272',
    wrong: 'A get finds a structure on the loose list and leaves it there, to be destroyed under its user.',
    claim: 'I28',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: '  m.lists.leaveLoose(io);\n  const residue',
        replace: '  const residue',
      },
    ],
  },
  {
    name: 'read-ahead-over-a-buffer',
    kind,
    origin: '06b113947a',
    wrong: 'Read-ahead covers a block that has a buffer already, so two buffers hold one block.',
    claim: 'I8',
    scene: TWO_VOLUMES,
    patches: [
      {
        file: 'src/core/actions/get.ts',
        find: '  if (io !== undefined && (io.bp !== undefined || io.reading)) return undefined;\n  if (m.slab.freeBufs',
        replace: '  if (io !== undefined && io.reading) return undefined;\n  if (m.slab.freeBufs',
      },
    ],
  },
  {
    name: 'refused-purge-gives-the-handle-up',
    kind,
    origin: '4983f1f6fa',
    wrong:
      'An invalidation that is refused forgets the handle but keeps its reference, which nobody can drop any more.',
    claim: 'H10',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  if (refsOf(io) > 1) return AGAIN;\n  m.handles.close(record);',
        replace: '  m.handles.close(record);\n  if (refsOf(io) > 1) return AGAIN;',
      },
    ],
  },
  {
    name: 'header-reference-leaks',
    kind,
    origin: '530dd4947c',
    wrong: 'A structure that is destroyed keeps its reference on the volume header.',
    claim: 'H10',
    scene: HEADER,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  else if (volume.header !== undefined) relBuffer(m, volume.header, false);',
        replace: '',
      },
    ],
  },
  {
    name: 'locked-flag-is-not-uncounted',
    kind,
    origin: '19b97e0175',
    wrong: 'A buffer is detached with B_LOCKED still set, and counts as locked for ever.',
    claim: 'I19',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  setWantedByKernel(m, io, false);\n  if (dropContents) {',
        replace: '  if (dropContents) {',
      },
    ],
  },
  {
    name: 'purged-block-stays-cached',
    kind,
    origin: 'e469566bdb',
    wrong: 'A buffer that is to be dropped is detached, but the device cache keeps its bytes and serves them later.',
    claim: 'I25',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  const dropContents = drop || io.reclaim;',
        replace: '  const dropContents = drop;',
      },
    ],
  },
  {
    name: 'wait-mark-outlives-the-buffer',
    kind,
    origin: 'D30',
    wrong: 'The mark waitdep stays set on a structure whose buffer is gone, so that later releases wait for writes.',
    claim: 'H1',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  io.reclaim = false;\n  io.waitdep = false;\n',
        replace: '  io.reclaim = false;\n',
      },
    ],
  },
  {
    name: 'pin-outlives-the-buffer',
    kind,
    origin: 'D39',
    wrong:
      'A write error that arrives while a release waits for the write pins a structure that then loses its buffer.',
    claim: 'H3',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  if (io.ioerror) {\n    io.ioerror = false;\n    dropRefAndCheck(io);\n  }\n',
        replace: '',
      },
    ],
  },
  {
    name: 'unload-under-a-running-write',
    kind,
    origin: '18ecc6e801',
    wrong: 'An unload does not wait for the write in flight and destroys the structure under it.',
    claim: 'I12',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: '  if (!ioRelease(m, io, true, false)) return waitForWrite(m, io, true);',
        replace: '  ioRelease(m, io, true, false);',
      },
    ],
  },
  {
    name: 'dirty-meta-goes-to-the-kernel',
    kind,
    origin: '10a5d1ba1f',
    wrong: 'The last release gives dirty META to the kernel, which writes it before its UNDO.',
    claim: 'I7',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: "io.released || isWrittenByUsOnly(io) ? 'keepDirty' : 'giveBackDirty'",
        replace: "io.released ? 'keepDirty' : 'giveBackDirty'",
      },
    ],
  },
  {
    name: 'header-becomes-loose',
    kind,
    origin: 'a99b9ea272',
    wrong: 'A volume header whose buffer the kernel takes is put on the loose list and destroyed with it.',
    claim: 'I2',
    scene: HEADER,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: "  if (io.type !== 'volume') m.lists.joinLoose(io);",
        replace: '  m.lists.joinLoose(io);',
      },
    ],
  },
  {
    name: 'pin-dropped-with-check-left',
    kind,
    origin: 'mutant: stale CHECK',
    wrong: 'Dropping the pin at close leaves CHECK set on a structure that nobody references.',
    claim: 'I26',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: "  clearCheck(io);\n  if (io.type === 'volume') io.ondisk = false;",
        replace: "  if (io.type === 'volume') io.ondisk = false;",
      },
    ],
  },
  {
    name: 'kernel-takes-a-referenced-buffer',
    kind,
    origin: '5c8d05e2ef',
    wrong: 'The kernel takes a clean buffer without asking for the interlock, under those who hold it.',
    claim: 'I11',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  if (!isUnreferenced(io)) return refuse(m, io);\n  detachForKernel',
        replace: '  detachForKernel',
      },
    ],
  },
  {
    name: 'kernel-writes-a-referenced-buffer',
    kind,
    origin: '77912481ac',
    wrong: 'The kernel writes a delayed buffer while somebody references it.',
    claim: 'I16',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  if (!isUnreferenced(io)) return refuse(m, io);\n  issueWrite',
        replace: '  issueWrite',
      },
    ],
  },
  {
    name: 'second-refusal-counts-again',
    kind,
    origin: 'D11',
    wrong: 'A buffer that is locked already is counted as locked once more when the kernel is refused again.',
    claim: 'I21',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  setWantedByKernel(m, io, true);\n',
        replace: '  io.wantedByKernel = true;\n  m.ioLockedCount++;\n',
      },
    ],
  },
  {
    name: 'locked-buffer-is-stranded',
    kind,
    origin: 'D15',
    wrong:
      'A completion forgets that the kernel asked for the buffer meanwhile: clean, locked, and nobody will free it.',
    claim: 'I20',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  else if (io.wantedByKernel && isUnreferenced(io)) detachForKernel(m, io, false);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'getters-are-not-woken',
    kind,
    origin: 'd9345d3a15',
    wrong: 'Whoever lets go of the interlock takes the note that somebody sleeps, and wakes nobody.',
    claim: 'H12',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/waking.ts',
        find: "  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'get') m.tickets.wake(t);\n",
        replace: '',
      },
    ],
  },
  {
    name: 'clean-buffer-is-not-given-back',
    kind,
    origin: '362ec2dc8d',
    wrong: 'The last release keeps hold of a clean buffer, which is lost to the kernel for good.',
    claim: 'I6',
    scene: ENOUGH_MEMORY,
    patches: [
      {
        file: 'src/core/actions/release.ts',
        find: "    case 'giveBackClean':\n      io.released = true;\n      return true;\n",
        replace: "    case 'giveBackClean':\n      return true;\n",
      },
    ],
  },
];
