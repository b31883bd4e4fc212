// Mount: what a program imports. The rest of this folder is how it is done.

export { Mount } from './mount.ts';
export type { VolumeInfo } from './mount.ts';
export type { BlockOptions, GetOptions } from './call-options.ts';
export type { MountEvents } from './events.ts';
export { Block } from './block.ts';
export type { Change } from './block.ts';
export type { AbortOptions } from './waits.ts';
export type { BlockType } from './get.ts';
export type { DeviceMountOptions, MountOptions, MountVolume, VolumesMountOptions } from './volumes/open.ts';
export type { MountCompletion, MountDevice } from '../devices/mount-device.ts';
export type { MountStatistics, WaitReason } from './statistics.ts';
export type { DeviceFault } from './faults.ts';
export { MountFile } from './file/file.ts';
export type { LentMemory } from './file/lent-memory.ts';
export type { FileStatistics } from './file/file.ts';
export type { FileOptions } from './file/opening.ts';
export { FileCorrupt, FileReadFailed, FileWriteFailed, NoSpace } from './file/errors.ts';
export type { FileRange } from './file/errors.ts';
export { formatDevice, formatVolumes, VolumeExists } from './volumes/format.ts';
export type { FormatOptions, FormatVolumesOptions, NewVolume } from './volumes/format.ts';
export { CorruptHeader, NotAVolume, UnsupportedFormat, VolumeError, WrongSet, WrongSize } from './volumes/header.ts';
export {
  BlockReleased,
  BlocksHeld,
  CorruptBlock,
  MountBroken,
  MountClosed,
  ReadFailed,
  ReadOnlyError,
  SyncFailed,
  WriteFailed,
  WritesLost,
} from './errors.ts';
export type { BlockPlace, LostBlock } from './errors.ts';
