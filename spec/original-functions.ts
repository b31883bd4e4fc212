// The functions of the original, all 46, with the place where each lives here.
//
// `actions` are the steps that carry it: the transition of that name in the model, the operators of those labels in TLA+.
// `src` is the file of production. A function that has no home says why. The maintenance of one record by several
// functions of the original (lists, sums, flags) is derived in the model and so is named through the actions that cause it.

import { DIRECT_ACTIONS, directLabelOf, type DirectActionKind } from './direct/vocabulary.ts';
import { ACTIONS, labelOf, type ActionKind } from './buffer/vocabulary.ts';

/** Why a function has nothing to do here. */
export type NoHome = 'disabled in the original' | 'nothing to do in production';

/** Kinds of action of either machine; no name stands in both vocabularies. */
export type AnyActionKind = ActionKind | DirectActionKind;

/** One function of the original and what stands for it here. */
export interface OriginalFunction {
  readonly name: string;
  readonly line: number;
  readonly to: number;
  /** What it is for, in our words. */
  readonly what: string;
  readonly src: readonly string[];
  readonly actions: readonly AnyActionKind[];
  /** Why it has no home, where it has none. */
  readonly noHome?: NoHome;
}

/** Labels of the TLA+ operators that tell what a original function does. */
export function tlaHomes(f: OriginalFunction): readonly string[] {
  return f.actions.flatMap((kind) =>
    isDirect(kind)
      ? DIRECT_ACTIONS[kind].outcomes.map((outcome) => directLabelOf(kind, outcome))
      : ACTIONS[kind].outcomes.map((outcome) => labelOf(kind, outcome)),
  );
}

const isDirect = (kind: AnyActionKind): kind is DirectActionKind => kind in DIRECT_ACTIONS;

const built = (
  name: string,
  [line, to]: readonly [number, number],
  what: string,
  src: readonly string[],
  actions: readonly AnyActionKind[],
): OriginalFunction => ({ name, line, to, what, src, actions });

const notBuilt = (
  name: string,
  [line, to]: readonly [number, number],
  what: string,
  noHome: NoHome,
): OriginalFunction => ({
  name,
  line,
  to,
  what,
  src: [],
  actions: [],
  noHome,
});

/** A hook of the kernel that does nothing: an action of the machine, and no code of production. */
const hook = (
  name: string,
  [line, to]: readonly [number, number],
  what: string,
  actions: readonly AnyActionKind[],
): OriginalFunction => ({ name, line, to, what, src: [], actions, noHome: 'nothing to do in production' });

/** Every function of the original. */
export const ORIGINAL_FUNCTIONS: readonly OriginalFunction[] = [
  built(
    'hammer_mod_rb_compare',
    [69, 85],
    'order of the dirty lists: offset on the device, then volume',
    ['core/records/dirty-lists.ts'],
    ['ioModify', 'ioNew'],
  ),
  built(
    'hammer_io_init',
    [93, 99],
    'a fresh structure: volume, mount, type',
    ['core/records/hammer-io.ts'],
    ['ioRead', 'ioNew'],
  ),
  built(
    'hammer_io_disassociate',
    [122, 158],
    'cut io and buffer apart',
    ['core/actions/release.ts'],
    ['release', 'delBuffer', 'unload', 'recycle', 'lowMemoryRelease', 'writeDone'],
  ),
  built(
    'hammer_io_wait',
    [166, 181],
    'wait for the write in flight',
    ['core/actions/write.ts'],
    ['ioWait', 'resumeWait'],
  ),
  built(
    'hammer_io_wait_all',
    [189, 228],
    'barrier over everything on the run list',
    ['core/actions/write.ts', 'core/records/run-list.ts'],
    ['ioWaitAll', 'resumeWaitAll'],
  ),
  built(
    'hammer_io_clear_error',
    [234, 246],
    'drop the pin of a failed write',
    ['core/actions/write.ts'],
    ['ioClearError'],
  ),
  built(
    'hammer_io_clear_error_noassert',
    [248, 259],
    'the same at close',
    ['core/actions/write.ts'],
    ['ioClearErrorNoassert'],
  ),
  built(
    'hammer_io_notmeta',
    [273, 283],
    'tell the cache that the buffer holds file data',
    ['core/hammer-io-core.ts'],
    ['ioNotmeta'],
  ),
  built(
    'hammer_io_read',
    [300, 378],
    'attach and fill a buffer',
    ['core/actions/get.ts'],
    ['ioRead', 'readDone', 'resumeGet'],
  ),
  built('hammer_io_new', [393, 420], 'attach a zeroed, dirty buffer', ['core/actions/get.ts'], ['ioNew', 'resumeGet']),
  built(
    'hammer_io_advance',
    [428, 433],
    'tell the cache that the buffer was used',
    ['core/hammer-io-core.ts'],
    ['ioAdvance'],
  ),
  built(
    'hammer_io_inval',
    [447, 495],
    'purge what the device cache holds for a block',
    ['core/actions/release.ts'],
    ['ioInval'],
  ),
  built(
    'hammer_io_release',
    [517, 656],
    'decide what becomes of a buffer at the last release',
    ['core/actions/release.ts'],
    ['release', 'lowMemoryRelease', 'delBuffer', 'unload', 'resumeRelease'],
  ),
  built(
    'hammer_io_flush',
    [667, 749],
    'issue the write of a dirty buffer',
    ['core/actions/write.ts'],
    ['ioFlush', 'release'],
  ),
  built(
    'hammer_io_modify',
    [770, 806],
    'make dirty and own the buffer',
    ['core/actions/modify.ts'],
    ['ioModify', 'modifyBuffer', 'modifyVolume', 'resumeModify', 'ioNew'],
  ),
  built('hammer_io_modify_done', [808, 818], 'close a modification', ['core/actions/modify.ts'], ['ioModifyDone']),
  built(
    'hammer_io_write_interlock',
    [830, 842],
    'keep modifiers out',
    ['core/actions/modify.ts'],
    ['ioWriteInterlock', 'resumeInterlock'],
  ),
  built(
    'hammer_io_done_interlock',
    [844, 853],
    'let modifiers in again',
    ['core/actions/modify.ts'],
    ['ioDoneInterlock'],
  ),
  built(
    'hammer_modify_volume',
    [861, 875],
    'modify a volume header under UNDO',
    ['core/actions/modify.ts'],
    ['modifyVolume', 'undoLaid'],
  ),
  built(
    'hammer_modify_buffer',
    [883, 897],
    'modify META under UNDO',
    ['core/actions/modify.ts'],
    ['modifyBuffer', 'undoLaid'],
  ),
  built('hammer_modify_volume_done', [899, 903], 'close it', ['core/actions/modify.ts'], ['ioModifyDone']),
  built('hammer_modify_buffer_done', [905, 909], 'close it', ['core/actions/modify.ts'], ['ioModifyDone']),
  built(
    'hammer_io_clear_modify',
    [924, 986],
    'make clean, with the CRC work that was put off',
    ['core/actions/modify.ts', 'core/block-crc.ts'],
    ['ioFlush', 'writeBack', 'delBuffer', 'unload'],
  ),
  built(
    'hammer_io_clear_modlist',
    [995, 1010],
    'leave the loose list before destruction',
    ['core/records/dirty-lists.ts', 'core/actions/release.ts'],
    ['cleanLoose', 'unload', 'release'],
  ),
  built(
    'hammer_io_set_modlist',
    [1012, 1046],
    'enter the dirty list of the type',
    ['core/core-state.ts', 'core/records/dirty-lists.ts'],
    ['ioModify', 'modifyBuffer', 'modifyVolume', 'ioNew'],
  ),
  hook('hammer_io_start', [1059, 1063], 'hook before an I/O: nothing', ['ioStart']),
  built(
    'hammer_io_complete',
    [1075, 1163],
    'completion of a read or write',
    ['core/actions/kernel.ts', 'core/actions/get.ts'],
    ['writeDone', 'readDone'],
  ),
  built(
    'hammer_io_deallocate',
    [1182, 1228],
    'the kernel wants the buffer',
    ['core/actions/kernel.ts'],
    ['recycle', 'lowMemoryRelease', 'writeDone'],
  ),
  hook('hammer_io_fsync', [1233, 1238], 'hook: nothing', ['ioFsync']),
  hook('hammer_io_sync', [1246, 1251], 'hook: nothing', ['ioSync']),
  hook('hammer_io_movedeps', [1256, 1260], 'hook: nothing', ['ioMovedeps']),
  hook('hammer_io_checkread', [1278, 1283], 'may the kernel read ahead over the buffer: always', ['ioCheckread']),
  built(
    'hammer_io_checkwrite',
    [1290, 1363],
    'may the kernel write the buffer',
    ['core/actions/kernel.ts'],
    ['writeBack', 'clusterPull'],
  ),
  hook('hammer_io_countdeps', [1371, 1376], 'shall the kernel delay the write: never', ['ioCountdeps']),
  built(
    'hammer_io_direct_read',
    [1408, 1482],
    'read file data straight into the file’s buffer',
    ['direct/reading.ts', 'direct/transfers.ts'],
    ['strategyRead', 'resumeRead', 'directReadDone'],
  ),
  built(
    'hammer_io_indirect_read',
    [1496, 1566],
    'read file data through the device cache',
    ['direct/reading.ts', 'direct/aliases.ts'],
    ['strategyRead', 'resumeRead'],
  ),
  built(
    'hammer_indirect_callback',
    [1578, 1623],
    'check and copy what was read',
    ['direct/reading.ts'],
    ['strategyRead', 'resumeRead', 'deviceReadDone'],
  ),
  notBuilt('hammer_io_direct_read_complete', [1635, 1654], 'check what was read directly', 'disabled in the original'),
  built(
    'hammer_io_direct_write',
    [1664, 1776],
    'write file data to fresh space, straight to the device or through a buffer',
    ['direct/writing.ts', 'direct/transfers.ts'],
    ['strategyWrite', 'resumeWrite', 'deviceReadDone'],
  ),
  built(
    'hammer_io_direct_write_complete',
    [1789, 1827],
    'completion of such a write',
    ['direct/writing.ts'],
    ['directWriteDone'],
  ),
  built(
    'hammer_io_direct_wait',
    [1840, 1874],
    'wait for it and purge what is stale',
    ['direct/committing.ts'],
    ['commitRecord', 'resumeCommit', 'destroyRecord'],
  ),
  built(
    'hammer_io_direct_uncache',
    [1893, 1912],
    'forget where relocated data were',
    ['direct/relocating.ts'],
    ['relocate', 'uncache'],
  ),
  built(
    'hammer_io_direct_uncache_callback',
    [1914, 1945],
    'the same in one file',
    ['direct/relocating.ts'],
    ['relocate', 'uncache'],
  ),
  built(
    'hammer_io_flush_mark',
    [1952, 1956],
    'note that the device may hold unflushed writes',
    ['core/records/volume.ts'],
    ['ioFlushMark', 'writeDone'],
  ),
  built(
    'hammer_io_flush_sync',
    [1961, 1989],
    'flush the device caches that need it',
    ['core/actions/barrier.ts'],
    ['ioFlushSync', 'flushDone', 'resumeFlushSync'],
  ),
  built(
    'hammer_io_limit_backlog',
    [1994, 1998],
    'wait while too much is being written',
    ['core/actions/write.ts'],
    ['ioLimitBacklog', 'resumeBacklog'],
  ),
];

/** What the file holds besides functions. */
export const ORIGINAL_OTHER: readonly { readonly line: number; readonly to: number; readonly what: string }[] = [
  { line: 87, to: 87, what: 'the red-black tree of the dirty lists, generated by a macro: an ordered container here' },
  { line: 325, to: 363, what: 'the debugging print of a read: no counterpart' },
  { line: 732, to: 733, what: 'the debugging print of a write: no counterpart' },
  { line: 1378, to: 1388, what: 'the table of kernel hooks: the kernel’s actions of the vocabulary' },
];
