// Bugs of the specification: an action or a pure step of it that is wrong must break an invariant by its TLA+ name, or make
// a graph that is not the model's.

import type { BufferBug } from './bug.ts';
import { BARRIERS, OVERTAKEN, RECLAIMED, SYNCED, TURNS } from './scenes.ts';

const kind = 'tla';

export const TLA_BUGS: readonly BufferBug[] = [
  {
    name: 'tla-clean-too-late',
    kind,
    origin: 'b33e2cc0e9',
    wrong: 'A buffer whose write is issued stays modified.',
    claim: 'I5',
    scene: TURNS,
    patches: [
      {
        file: 'tla/BufferState.tla',
        find: '                 !.modified = FALSE,\n                 !.modRoot = "none",\n',
        replace: '                 !.modRoot = "none",\n',
      },
    ],
  },
  {
    name: 'tla-lock-survives-its-buffer',
    kind,
    origin: 'ecca949aca',
    wrong: 'A buffer is detached and stays locked.',
    claim: 'I19',
    scene: TURNS,
    patches: [{ file: 'tla/BufferState.tla', find: '                   !.locked = FALSE,\n', replace: '' }],
  },
  {
    name: 'tla-reclaim-survives-modification',
    kind,
    origin: 'D30',
    wrong: 'An UNDO buffer that was to be dropped is modified again and is still to be dropped.',
    claim: 'H2',
    scene: RECLAIMED,
    patches: [
      {
        file: 'tla/BufferState.tla',
        find: '!.reclaim = @ /\\ "D30" \\notin Repairs]',
        replace: '!.reclaim = @]',
      },
    ],
  },
  {
    name: 'tla-flush-covers-nothing',
    kind,
    origin: '748efb599f',
    wrong: 'A device flush is issued and counted, but covers nothing of what has completed.',
    claim: 'I48',
    scene: SYNCED,
    patches: [
      {
        file: 'tla/BufferState.tla',
        find: 'IF device.volatile = "exposed" THEN "covered" ELSE device.volatile]',
        replace: 'device.volatile]',
      },
    ],
  },
  {
    name: 'tla-completion-leaves-no-mark',
    kind,
    origin: 'D2',
    wrong: 'A completed write does not mark its volume.',
    claim: 'I48',
    scene: SYNCED,
    patches: [
      {
        file: 'tla/BufferDevice.tla',
        find: '.flush = IF "D2" \\in Repairs THEN Marked(@) ELSE @]',
        replace: '.flush = @]',
      },
    ],
  },
  {
    name: 'tla-failed-write-pins-nothing',
    kind,
    origin: 'cdb6e4e646',
    wrong: 'A failed write marks the buffer as pinned, but takes no reference.',
    claim: 'H10',
    scene: SYNCED,
    patches: [
      { file: 'tla/BufferDevice.tla', find: '                 !.refs = IF pins THEN @ + 1 ELSE @,\n', replace: '' },
    ],
  },
  {
    name: 'tla-kernel-needs-no-interlock',
    kind,
    origin: '5c8d05e2ef',
    wrong: 'The kernel takes a clean buffer that somebody references.',
    claim: 'H7',
    scene: TURNS,
    patches: [{ file: 'tla/BufferKernel.tla', find: '/\\ Unclaimed(old)', replace: '/\\ TRUE' }],
  },
  {
    name: 'tla-write-escapes-the-run-list',
    kind,
    origin: 'mutant: forget iorun insertion',
    wrong: 'A flushed buffer is being written, but does not stand on the run list.',
    claim: 'I3',
    scene: TURNS,
    patches: [{ file: 'tla/BufferWrite.tla', find: 'Append(iorun, b)', replace: 'iorun' }],
  },
  {
    name: 'tla-chained-barrier-sleeps-on',
    kind,
    origin: 'mutant: skip the chained placemarker wake',
    wrong: 'A barrier that becomes the head when another one leaves is never woken.',
    claim: 'H13',
    scene: BARRIERS,
    patches: [
      { file: 'tla/BufferWrite.tla', find: 'ELSE IF d1 = heir1 THEN [cl[d1] EXCEPT !.runnable = TRUE]', replace: '' },
    ],
  },
  {
    name: 'tla-modifiers-overtake-the-interlock',
    kind,
    origin: 'D35',
    wrong: 'New modifiers go in while somebody waits for the write interlock.',
    claim: 'graph',
    scene: OVERTAKEN,
    patches: [
      {
        file: 'tla/BufferModify.tla',
        find: 'cl[bc].at = "interlock" /\\ cl[bc].io = cl[who].io',
        replace: 'cl[bc].at = "interlock" /\\ cl[bc].io # cl[who].io',
      },
    ],
  },
];
