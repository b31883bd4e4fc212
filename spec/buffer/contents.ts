// Claims about bytes. States have none, so neither TLA+ nor the model's rows can break these claims: there a record or a write
// that carries something else cannot be written down. Production can, and is compared after every step: the model tells which
// version of each block must stand where (model/buffer/contents.ts), and the driver reads versions off the bytes.

import type { Construction } from '../claim.ts';

const howByConstruction =
  'In states, which have no bytes. Production is compared with the versions of the model after every step, as bytes.';

/** What must stand in the bytes that leave the core, come into it, and stay there. */
export const CONTENTS: readonly Construction[] = [
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'H20',
    tla: 'UndoHoldsOldBytes',
    statement: 'An UNDO record holds the bytes of before the change, from when it is asked for on.',
    why: 'A record with the new bytes undoes nothing; it is noticed after a crash, when it is too late.',
    original: [
      { line: 871, to: 873, what: 'the range of a volume header is given to the log before it changes' },
      { line: 893, to: 895, what: 'and that of META' },
    ],
    howByConstruction,
  },
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'H21',
    tla: 'WriteCarriesIssue',
    statement:
      'A write carries the bytes of its issue until it completes, META with the CRC of these bytes; completed well it leaves them on the medium, failed it leaves what was there.',
    why: 'What is on the medium must be one state of the buffer, and the one that the barrier was asked for.',
    original: [
      { line: 714, to: 730, what: 'the buffer is made clean, its CRC settled, and then it is written' },
      { line: 959, to: 982, what: 'the CRC is made of the bytes that go out' },
    ],
    howByConstruction,
  },
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'H22',
    tla: 'NewBufferIsZeros',
    statement: 'A buffer that ioNew attaches holds zeros.',
    why: 'What was in that memory belongs to another block; once written it would be on the medium.',
    original: [{ line: 393, to: 420, what: 'the buffer is taken without a read and cleared' }],
    howByConstruction,
  },
  {
    form: 'construction',
    status: 'byConstruction',
    id: 'H23',
    tla: 'LoadBringsTheBlock',
    statement:
      'A buffer that was loaded holds what was written last to its block, and so does a block that was read ahead; one that comes from the device cache holds what it went there with.',
    why: 'Bytes of another block, or of another time, are believed by everybody who gets the buffer.',
    original: [{ line: 309, to: 375, what: 'what the read brings is attached as the contents of the block' }],
    howByConstruction,
  },
];
