// The code of some repaired defects put back into production, as the original has it: implementations that are faithful to the
// seed there and need the repair left out of the model.

import type { RepairId } from '../../spec/buffer/snapshot.ts';
import type { SourcePatch } from '../planted/patch.ts';

/** Repairs that can be taken out of production. */
export type OriginalId = Extract<RepairId, 'D2' | 'D4' | 'D9' | 'D11'>;

export const ORIGINAL_PATCHES: Readonly<Record<OriginalId, readonly SourcePatch[]>> = {
  // A volume is marked when a flush issues the write, not when the write completes.
  D2: [
    {
      file: 'src/core/actions/kernel.ts',
      find: '  mark(io.volume); // Whoever started the write, and even if it failed: a part may have arrived (D2).\n',
      replace: '',
    },
    { file: 'src/core/actions/write.ts', find: `import { volumeOf } from`, replace: `import { mark, volumeOf } from` },
    {
      file: 'src/core/actions/write.ts',
      find: '  issueWrite(m, io, reclaim);\n  return DONE;',
      replace: '  issueWrite(m, io, reclaim);\n  mark(io.volume);\n  return DONE;',
    },
    {
      file: 'src/core/actions/release.ts',
      find: `import { volumeOf } from`,
      replace: `import { mark, volumeOf } from`,
    },
    {
      file: 'src/core/actions/release.ts',
      find: `    issueWrite(m, io, io.type === 'undo' && !flush && undoReclaim);`,
      replace: `    issueWrite(m, io, io.type === 'undo' && !flush && undoReclaim); mark(io.volume);`,
    },
  ],
  // What a device flush answers is nobody's concern, and a flush in flight is not waited for.
  D4: [
    {
      file: 'src/core/actions/barrier.ts',
      find: `    case 'flushing':\n      return FLUSH_IN_FLIGHT;`,
      replace: `    case 'flushing':\n      return NOTHING;`,
    },
    { file: 'src/core/actions/barrier.ts', find: '    failFlush(m, volume);\n    return ERROR;\n', replace: '' },
    {
      file: 'src/core/actions/barrier.ts',
      find: '  return DONE;\n}\n\n/** Everybody is one flush nearer',
      replace: `  return result === 'error' ? ERROR : DONE;\n}\n\n/** Everybody is one flush nearer`,
    },
  ],
  // That an UNDO record cannot be laid is nobody's concern: the modification stays open without it.
  D9: [
    {
      file: 'src/core/actions/modify.ts',
      find: '  closeModification(m, record);\n  return ERROR;',
      replace: '  return ERROR;',
    },
  ],
  // A buffer that is refused twice is counted twice.
  D11: [
    {
      file: 'src/core/actions/kernel.ts',
      find: '  setWantedByKernel(m, io, true);',
      replace: '  if (io.wantedByKernel) m.ioLockedCount++;\n  setWantedByKernel(m, io, true);',
    },
  ],
};
