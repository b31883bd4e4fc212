// Bugs of production around what follows a write: the run list and barriers, completions, errors, device flushes.

import type { BufferBug } from './bug.ts';
import { DEVICE_TRAFFIC, META_AND_UNDO, ONE_DATA } from './scenes.ts';

const kind = 'production';

export const COMPLETION_BUGS: readonly BufferBug[] = [
  {
    name: 'kernel-write-escapes-the-run-list',
    kind,
    origin: 'mutant: forget iorun insertion in checkwrite',
    wrong: 'A write that the kernel starts does not stand on the run list, and every barrier passes it by.',
    claim: 'I3',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  issueWrite(m, io, false);\n',
        replace: '  issueWrite(m, io, false);\n  m.runList.remove(io);\n',
      },
    ],
  },
  {
    name: 'allowed-write-is-never-issued',
    kind,
    origin: '9de13b8800',
    wrong: 'The kernel is allowed to write, everything is counted, and no request goes to the device.',
    claim: 'snapshot',
    field: 'thrown',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  issueWrite(m, io, false);\n',
        replace: '  issueWrite(m, io, false);\n  m.outbox.completed(io.request);\n',
      },
    ],
  },
  {
    name: 'barrier-does-not-wait',
    kind,
    origin: 'mutant: drop wait in step 5',
    wrong: 'A barrier answers at once although writes are in flight.',
    claim: 'I34',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: '  if (m.runList.isEmpty) return DONE;\n',
        replace: '  return DONE;\n',
      },
    ],
  },
  {
    name: 'chained-placemarker-sleeps-on',
    kind,
    origin: 'mutant: skip the chained placemarker wake',
    wrong: 'A barrier that becomes the head when another one leaves is not woken.',
    claim: 'H13',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/write.ts',
        find: '  takeOffRunList(m, ticket);\n  m.tickets.retire(ticket);\n  return DONE;',
        replace: '  m.runList.remove(ticket);\n  m.tickets.retire(ticket);\n  return DONE;',
      },
    ],
  },
  {
    name: 'only-the-first-waiter-wakes',
    kind,
    origin: 'mutant: wake only the head waiter',
    wrong: 'Of those who wait for a write only the first is woken when it ends.',
    claim: 'H12',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/waking.ts',
        find: "  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'wait') m.tickets.wake(t);\n",
        replace:
          "  for (let t = io.waiters.head; t !== undefined; t = t.waitNext) if (t.stage === 'wait') return m.tickets.wake(t);\n",
      },
    ],
  },
  {
    name: 'kernel-write-leaves-no-mark',
    kind,
    origin: 'D2',
    wrong: 'Only writes of the layer mark the volume; what the kernel wrote is not flushed by the next sync.',
    claim: 'I48',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  mark(io.volume); // Whoever started the write, and even if it failed: a part may have arrived (D2).\n',
        replace: '',
      },
      {
        file: 'src/core/actions/write.ts',
        find: "import { volumeOf } from '../records/volume.ts';",
        replace: "import { mark, volumeOf } from '../records/volume.ts';",
      },
      {
        file: 'src/core/actions/write.ts',
        find: '  issueWrite(m, io, reclaim);\n',
        replace: '  issueWrite(m, io, reclaim);\n  mark(io.volume);\n',
      },
    ],
  },
  {
    name: 'failed-flush-is-taken-for-done',
    kind,
    origin: 'D4',
    wrong: 'The result of a device flush is not looked at: what it did not make durable counts as durable.',
    claim: 'I48',
    scene: DEVICE_TRAFFIC,
    patches: [
      {
        file: 'src/core/actions/barrier.ts',
        find: "  if (result === 'error') {\n    failFlush(m, volume);\n    return ERROR;\n  }\n",
        replace: "  if (result !== 'ok' && volume.flush === 'failed') failFlush(m, volume);\n",
      },
    ],
  },
  {
    name: 'second-sync-does-not-join',
    kind,
    origin: 'D4',
    wrong: 'A sync finds a flush in flight, believes the volume clean, and answers before that flush has ended.',
    claim: 'H8',
    scene: DEVICE_TRAFFIC,
    patches: [
      {
        file: 'src/core/actions/barrier.ts',
        find: "    case 'flushing':\n      return FLUSH_IN_FLIGHT;",
        replace: "    case 'flushing':\n      return NOTHING;",
      },
    ],
  },
  {
    name: 'failed-volume-recovers',
    kind,
    origin: 'D4',
    wrong: 'A write that completes on a volume whose flush has failed makes it an ordinary dirty volume again.',
    claim: 'H9',
    scene: DEVICE_TRAFFIC,
    patches: [
      {
        file: 'src/core/records/volume.ts',
        find: "  if (volume.flush === 'clean') volume.flush = 'dirty';",
        replace: "  if (volume.flush === 'clean' || volume.flush === 'failed') volume.flush = 'dirty';",
      },
    ],
  },
  {
    name: 'failed-write-pins-nothing',
    kind,
    origin: 'cdb6e4e646',
    wrong: 'A buffer whose write failed is marked as pinned, but no reference keeps it.',
    claim: 'H10',
    scene: ONE_DATA,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: '  io.ioerror = true;\n  addForeignRef(io);\n',
        replace: '  io.ioerror = true;\n',
      },
    ],
  },
  {
    name: 'undo-error-is-not-critical',
    kind,
    origin: 'mutant: critical error set too late',
    wrong: 'A failed write of UNDO is over before anybody knows of the critical error.',
    claim: 'I33',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: "  m.criticalError = true;\n  if (io.type === 'undo' || io.ioerror) return;\n",
        replace: "  if (io.type === 'undo' || io.ioerror) return;\n  m.criticalError = true;\n",
      },
    ],
  },
  {
    name: 'written-but-still-on-the-run-list',
    kind,
    origin: 'mutant: no removal from iorun',
    wrong: 'A write that is over stays on the run list, and every later barrier waits for it for ever.',
    claim: 'I4',
    scene: ONE_DATA,
    patches: [{ file: 'src/core/actions/kernel.ts', find: '  takeOffRunList(m, io);\n', replace: '' }],
  },
  {
    name: 'undo-is-pinned',
    kind,
    origin: 'mutant: pin of the wrong type',
    wrong: 'An UNDO buffer whose write failed is pinned, although nothing will be committed any more.',
    claim: 'I31',
    scene: META_AND_UNDO,
    patches: [
      {
        file: 'src/core/actions/kernel.ts',
        find: "  if (io.type === 'undo' || io.ioerror) return;\n",
        replace: '  if (io.ioerror) return;\n',
      },
    ],
  },
];
