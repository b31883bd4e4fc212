// Bugs of direct I/O that the claims on file data must see, in production alone: nothing is compared there; one of them, which no
// claim states in production's own words, is seen by the clients of files.

import type { DirectBug } from './bug.ts';

const kind = 'production';
const machine = 'direct';

export const DIRECT_BUGS: readonly DirectBug[] = [
  {
    name: 'direct-stale-alias-of-record',
    kind,
    machine,
    origin: 'D5',
    wrong: 'A read of a record trusts aliases that its direct write went by.',
    claim: 'I45',
    patches: [{ file: 'src/direct/reading.ts', find: '  if (record.inval) {', replace: '  if (false) {' }],
  },
  {
    name: 'direct-purge-is-not-waited-for',
    kind,
    machine,
    origin: 'D12',
    wrong: 'A record is committed although an alias of it is in use and could not be purged.',
    claim: 'H15',
    patches: [
      {
        file: 'src/direct/committing.ts',
        find: '  const isPurged = !record.inval || s.aliases.purge(record);',
        replace: '  const isPurged = !record.inval || s.aliases.purge(record) || true;',
      },
    ],
  },
  {
    name: 'direct-place-outlives-move',
    kind,
    machine,
    origin: 'D14',
    wrong: 'Data moves, and fronts that have learnt its place do not forget it.',
    claim: 'H16',
    patches: [{ file: 'src/direct/relocating.ts', find: '  ioDirectUncache(element);\n', replace: '' }],
  },
  {
    name: 'direct-failed-write-is-read',
    kind,
    machine,
    origin: 'D40',
    wrong: 'A record whose write has failed is read as if nothing had happened.',
    claim: 'linearizability',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: "  if (record.failed) return s.giveUp(front, 'lostWrite', record);\n",
        replace: '',
      },
    ],
  },
  {
    name: 'direct-space-given-under-readers',
    kind,
    machine,
    origin: 'D41',
    wrong: 'Blocks are handed out again while a read of them is on its way.',
    claim: 'I39',
    patches: [{ file: 'src/direct/committing.ts', find: ' || freed.readers > 0', replace: '' }],
  },
  {
    name: 'direct-record-after-its-write',
    kind,
    machine,
    origin: '6362a262e6',
    wrong: 'A direct write leaves before its record is visible, and may end before it is.',
    claim: 'I44',
    patches: [
      {
        file: 'src/direct/writing.ts',
        find: '  replace(front, record);\n  record.io = true;',
        replace: '  record.io = true;',
      },
    ],
  },
  {
    name: 'direct-record-committed-in-flight',
    kind,
    machine,
    origin: 'mutant: commit before the direct wait',
    wrong: 'A record enters the index while its direct write is in flight.',
    claim: 'I42',
    patches: [
      { file: 'src/direct/committing.ts', find: '  if (!record.io) return', replace: '  if (record.use) return' },
    ],
  },
  {
    name: 'direct-write-after-critical-error',
    kind,
    machine,
    origin: 'mutant: no look at the critical error',
    wrong: 'Writing goes on after a critical error.',
    claim: 'H19',
    patches: [{ file: 'src/direct/writing.ts', find: "  if (s.isCritical) return 'refused';\n", replace: '' }],
  },
  {
    name: 'direct-mark-outlives-commit',
    kind,
    machine,
    origin: 'mutant: DIRECT_INVAL stays (1872)',
    wrong: 'A record enters the index with the mark that its aliases are to be purged.',
    claim: 'I43',
    patches: [
      {
        file: 'src/direct/committing.ts',
        find: '    record.inval = false;\n    insert(s, record);',
        replace: '    insert(s, record);',
      },
    ],
  },
  {
    name: 'direct-commit-purges-small-write',
    kind,
    machine,
    origin: 'mutant: purge without DIRECT_INVAL (1867)',
    wrong: 'The commit of a small write destroys the dirty buffer that alone has its bytes.',
    claim: 'H17',
    patches: [
      {
        file: 'src/direct/committing.ts',
        find: '  const isPurged = !record.inval || s.aliases.purge(record);',
        replace: '  const isPurged = s.aliases.purge(record);',
      },
    ],
  },
  {
    name: 'direct-write-over-the-element',
    kind,
    machine,
    origin: 'D7, as production could have it: the place is not that of the record',
    wrong: 'A direct write goes to the place of the element that it supersedes.',
    claim: 'H14',
    patches: [
      {
        file: 'src/direct/writing.ts',
        find: '  s.transfers.write(front, record);',
        replace: '  s.transfers.write(front, front.file.index.get(front.cell) ?? record);',
      },
    ],
  },
  {
    name: 'direct-first-reader-told-only',
    kind,
    machine,
    origin: 'mutant: a completion forgets those who joined it',
    wrong: 'Of the fronts that wait for one load only the first hears of its end.',
    claim: 'I46',
    patches: [
      {
        file: 'src/direct/aliases.ts',
        find: '    for (const front of load.fronts) this',
        replace: '    for (const front of load.fronts.slice(0, 1)) this',
      },
    ],
  },
  {
    name: 'direct-failed-write-ends-twice',
    kind,
    machine,
    origin: 'mutant: biodone in the error path, and again behind it (1814)',
    wrong: 'A direct write that fails is answered twice.',
    claim: 'I46',
    patches: [
      {
        file: 'src/direct/writing.ts',
        find: '  s.mount.criticalError = true;\n  record.failed = true;',
        replace: "  s.mount.criticalError = true;\n  s.giveUp(front, 'device', record);\n  record.failed = true;",
      },
    ],
  },
  {
    name: 'direct-checksum-of-the-buffer',
    kind,
    machine,
    origin: 'D13',
    wrong: 'The checksum of a record is compared with that of the whole buffer.',
    claim: 'I49',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: 'crc32(bytes.subarray(0, length)) !== extent.crc',
        replace: 'crc32(bytes) !== extent.crc',
      },
    ],
  },
];
