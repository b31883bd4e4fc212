// Bugs of direct I/O that no claim, no edge and no random run of the direct machine can see, because there a cell of a file is
// one block and a file is one cell. Clients notice them all the same: what they read has no order.

import type { DirectBug } from './bug.ts';

const kind = 'production';
const machine = 'direct';
const claim = 'linearizability';
const onlyBy = 'linearizability';

export const LOAD_BUGS: readonly DirectBug[] = [
  {
    name: 'load-hole-is-not-cleared',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: no zeros for holes',
    wrong: 'A hole reads as what the memory of the front held before.',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: '  front.bytes.fill(0);\n  return s.done(front, 0',
        replace: '  return s.done(front, 0',
      },
    ],
  },
  {
    name: 'load-tail-of-copy-is-not-cleared',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: no zeros behind the data (1617)',
    wrong: 'Behind the end of data that came through the device cache, the memory of the front shows through.',
    patches: [{ file: 'src/direct/reading.ts', find: '  bytes.fill(0, length);\n', replace: '' }],
  },
  {
    name: 'load-tail-of-direct-read-is-not-cleared',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: no zeros behind the data (1470)',
    wrong: 'Behind the end of data that was read around the cache, the memory of the front shows through.',
    patches: [{ file: 'src/direct/reading.ts', find: '  front.bytes.fill(0, element.length);\n', replace: '' }],
  },
  {
    name: 'load-part-is-read-from-the-beginning',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: data_offset dropped (1544)',
    wrong: 'A front that begins within an element is filled from the beginning of the element.',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: '  front.firstBlock = (front.fileOffset - extent.fileOffset) / blockBytes;',
        replace: '  front.firstBlock = 0;',
      },
    ],
  },
  {
    name: 'load-part-is-taken-for-the-whole',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: offset not compared (1421)',
    wrong:
      'A front that begins within a short element is read as if it began where the element does, unless that is verified.',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: '  return fileOffset === element.fileOffset && bytes',
        replace: '  return (fileOffset === element.fileOffset || !(s.doubleBuffer && s.verify)) && bytes',
      },
    ],
  },
  {
    name: 'load-first-alias-purged-only',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: purge of one block (1867)',
    wrong: 'Of the aliases of a record only that of its first block is purged.',
    patches: [
      {
        file: 'src/direct/aliases.ts',
        find: '    let isPurged = true;\n    for (let b = block; b < block + blocks; b++)',
        replace: '    let isPurged = true;\n    for (let b = block; b <= block; b++)',
      },
    ],
  },
  {
    name: 'load-first-alias-synced-only',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: sync of one block (1430)',
    wrong: 'Before a direct read only the dirty alias of the first block is written.',
    patches: [
      {
        file: 'src/direct/aliases.ts',
        find: '    front.unsynced = 0;\n    for (let b = block; b < block + blocks; b++)',
        replace: '    front.unsynced = 0;\n    for (let b = block; b <= block; b++)',
      },
    ],
  },
  {
    name: 'load-last-block-stays-unwritten',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: length rounded down',
    wrong: 'The last block of data that does not fill it is neither reserved nor written.',
    patches: [
      {
        file: 'src/direct/direct-state.ts',
        find: 'Math.ceil(bytes / this.blockBytes)',
        replace: 'Math.max(1, Math.floor(bytes / this.blockBytes))',
      },
    ],
  },
  {
    name: 'load-write-loses-its-end',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: one block too few in a transfer',
    wrong: 'A direct write of several blocks leaves out the last one.',
    patches: [
      {
        file: 'src/direct/transfers.ts',
        find: '    const bytes = this.#memoryOf(front, blocks);\n',
        replace: '    const bytes = this.#memoryOf(front, Math.max(1, blocks - 1));\n',
      },
    ],
  },
  {
    name: 'load-extents-overlap',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: space looked at by its first block',
    wrong: 'Space counts as free if only its first block is.',
    patches: [
      {
        file: 'src/direct/space.ts',
        find: '    const last = this.#of(volume).nextLowerPair(block + blocks)?.[1];',
        replace: '    const last = this.#of(volume).nextLowerPair(block + Math.min(1, blocks))?.[1];',
      },
      {
        file: 'src/direct/space.ts',
        find: '      const last = taken.nextLowerPair(block + blocks)?.[1];',
        replace: '      const last = taken.nextLowerPair(block + 1)?.[1];',
      },
    ],
  },
  {
    name: 'load-only-the-first-cell-forgets',
    ...{ kind, machine, claim, onlyBy },
    origin: 'D14',
    wrong: 'When data moves, only the front of the first cell forgets where it was.',
    patches: [{ file: 'src/direct/relocating.ts', find: 'fronts.get(element.fileOffset)', replace: 'fronts.get(0)' }],
  },
  {
    name: 'load-first-block-moves-only',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: one block moved (1893)',
    wrong: 'Of an element that moves only the first block is copied.',
    patches: [
      {
        file: 'src/direct/relocating.ts',
        find: '  for (let i = 0; i < moved.blocks; i++) copyBlock',
        replace: '  for (let i = 0; i < 1; i++) copyBlock',
      },
    ],
  },
  {
    name: 'load-answered-before-the-last-block',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: the first completion answers for all (1621)',
    wrong: 'A read of several blocks is answered when all but one have come.',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: '  const extent = front.from!;\n  const { volume } = extent;',
        replace: "  if (front.at !== 'copying') return;\n  const extent = front.from!;\n  const { volume } = extent;",
      },
      {
        file: 'src/direct/reading.ts',
        find: '  else if (front.awaited === 0) finishCopy(s, front);',
        replace: '  else if (front.awaited <= 1) finishCopy(s, front);',
      },
    ],
  },
  {
    name: 'load-commit-hides-other-records',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: the record tree is cleared (object:1166)',
    wrong: 'While one record is committed, those of other cells are hidden, and reads find what they supersede.',
    patches: [
      { file: 'src/direct/committing.ts', find: '  records.delete(record.fileOffset);', replace: '  records.clear();' },
    ],
  },
  {
    name: 'load-old-arrival-counts-for-a-new-read',
    ...{ kind, machine, claim, onlyBy },
    origin: 'mutant: a read that was given up still hears of its loads',
    wrong: 'Blocks for which a failed read had asked come to the next read of the same front as its own.',
    patches: [
      {
        file: 'src/direct/reading.ts',
        find: '    s.aliases.forget(front, volume, extent.block + front.firstBlock, front.wanted);\n',
        replace: '',
      },
      {
        file: 'src/direct/reading.ts',
        find: '  const extent = front.from!;\n  const { volume } = extent;',
        replace: "  if (front.at !== 'copying') return;\n  const extent = front.from!;\n  const { volume } = extent;",
      },
    ],
  },
  {
    name: 'load-first-failed-alias-seen-only',
    ...{ kind, machine, claim, onlyBy },
    origin: 'D40',
    wrong: 'Where the write of a later block has failed, a direct read overtakes the bytes that are only in memory.',
    patches: [
      {
        file: 'src/direct/aliases.ts',
        find: '    for (let b = block; b < block + blocks; b++) if (this.stateOf(volume, b) === state) return true;',
        replace: '    for (let b = block; b <= block; b++) if (this.stateOf(volume, b) === state) return true;',
      },
    ],
  },
];
