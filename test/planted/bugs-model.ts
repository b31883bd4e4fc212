// Bugs of the reference model: a reading that is wrong must not agree with itself, with the catalogue, and with production.

import type { BufferBug } from './bug.ts';
import { BARRIERS, COVERED, NESTED, RECLAIMED, REFERRED, SYNCED, TURNS } from './scenes.ts';

const kind = 'model';

export const MODEL_BUGS: readonly BufferBug[] = [
  {
    name: 'model-clean-too-late',
    kind,
    origin: 'b33e2cc0e9',
    wrong: 'A buffer whose write is issued stays modified.',
    claim: 'I5',
    scene: TURNS,
    patches: [{ file: 'model/buffer/dirty.ts', find: '  io.modified = false;\n', replace: '' }],
  },
  {
    name: 'model-completion-leaves-no-mark',
    kind,
    origin: 'D2',
    wrong: 'A completed write does not mark its volume.',
    claim: 'I48',
    scene: SYNCED,
    patches: [
      {
        file: 'model/buffer/complete.ts',
        find: "  if (isRepaired(s, 'D2')) markVolume(s, block.volume);\n",
        replace: '',
      },
    ],
  },
  {
    name: 'model-kernel-needs-no-interlock',
    kind,
    origin: '5c8d05e2ef',
    wrong: 'The kernel takes a buffer that somebody references.',
    claim: 'I16',
    scene: TURNS,
    patches: [
      {
        file: 'model/buffer/decide.ts',
        find: ".with({ unused: false }, () => 'lock')\n      // A modified buffer",
        replace: ".with({ unused: false }, () => 'detach')\n      // A modified buffer",
      },
    ],
  },
  {
    name: 'model-lock-survives-its-buffer',
    kind,
    origin: 'ecca949aca',
    wrong: 'A buffer is detached and stays locked.',
    claim: 'I19',
    scene: TURNS,
    patches: [{ file: 'model/buffer/release.ts', find: '  io.locked = false;\n', replace: '' }],
  },
  {
    name: 'model-written-under-a-modifier',
    kind,
    origin: '09ac686b99',
    wrong: 'A flush may be asked for while somebody is modifying the buffer.',
    claim: 'I15',
    scene: NESTED,
    patches: [
      {
        file: 'model/buffer/rules.ts',
        find: '!heldIo(s, a).modified || heldIo(s, a).modifyRefs <= 0]',
        replace: '!heldIo(s, a).modified || heldIo(s, a).modifyRefs <= 1]',
      },
    ],
  },
  {
    name: 'model-volume-is-not-referenced',
    kind,
    origin: '530dd4947c',
    wrong: 'A new structure takes no reference of its volume header.',
    claim: 'H10',
    scene: REFERRED,
    patches: [{ file: 'model/buffer/release.ts', find: '  s.ios[v]!.refs += 1;\n', replace: '' }],
  },
  {
    name: 'model-reclaim-survives-modification',
    kind,
    origin: 'D30',
    wrong: 'An UNDO buffer that was to be dropped is modified again and is still to be dropped.',
    claim: 'H2',
    scene: RECLAIMED,
    patches: [
      { file: 'model/buffer/dirty.ts', find: "  if (isRepaired(s, 'D30')) io.reclaim = false;\n", replace: '' },
    ],
  },
  {
    name: 'model-chained-barrier-sleeps-on',
    kind,
    origin: 'mutant: skip the chained placemarker wake',
    wrong: 'A barrier that becomes the head when another one leaves is never woken.',
    claim: 'H13',
    scene: BARRIERS,
    patches: [{ file: 'model/buffer/barrier.ts', find: '  if (place === 1) wakeHeadMarker(s);\n', replace: '' }],
  },
  {
    name: 'model-nested-modifier-waits-for-itself',
    kind,
    origin: 'refuted first form of D35',
    wrong: 'A handle inside a modification waits for an interlock that waits for that modification.',
    claim: 'W1',
    scene: NESTED,
    patches: [{ file: 'model/buffer/modify.ts', find: 'client.mods === 0 && isAnybody', replace: 'isAnybody' }],
  },
  {
    name: 'model-failed-flush-is-durable',
    kind,
    origin: 'D4',
    wrong: 'What a failed flush was to cover counts as durable in the model, though not on the device.',
    claim: 'graph',
    scene: SYNCED,
    patches: [
      {
        file: 'model/buffer/barrier.ts',
        find: "volume.volatile = error ? 'exposed' : 'none';",
        replace: "volume.volatile = 'none';",
      },
    ],
  },
  {
    name: 'model-undo-error-is-dropped',
    kind,
    origin: 'D9',
    wrong: 'The UNDO record cannot be laid and the modification opens all the same.',
    claim: 'H4',
    scene: COVERED,
    patches: [
      {
        file: 'model/buffer/modify.ts',
        find: "if (isRepaired(s, 'D9')) closeModification(s, c);\n  else client",
        replace: 'client',
      },
    ],
  },
  {
    name: 'model-bytes-change-unannounced',
    kind,
    origin: 'D21',
    wrong: 'Bytes may be changed by a handle without an open modification.',
    claim: 'I14',
    scene: COVERED,
    patches: [
      {
        file: 'model/buffer/rules.ts',
        find: 'change: { ...holding, promises: [modificationOpen], next',
        replace: 'change: { ...holding, next',
      },
    ],
  },
];
