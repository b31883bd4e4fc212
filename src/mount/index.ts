// Mount: what a program imports. The rest of this folder is how it is done.

export { Mount } from './mount.ts';
export type { BlockOptions, GetOptions, MountEvents, VolumeInfo } from './mount.ts';
export { Block } from './block.ts';
export type { Change, Patience } from './block.ts';
export type { BlockType } from './get.ts';
export type { DeviceMountOptions, MountOptions, MountVolume, VolumesMountOptions } from './open.ts';
export type { MountCompletion, MountDevice } from './mount-device.ts';
export type { MountStatistics, WaitReason } from './statistics.ts';
export type { DeviceFault } from './faults.ts';
export { MountFile } from './file.ts';
export type { LentMemory } from './lent-memory.ts';
export type { FileStatistics } from './file.ts';
export type { FileOptions } from './file-opening.ts';
export { FileCorrupt, FileReadFailed, FileWriteFailed, NoSpace } from './file-errors.ts';
export type { FileRange } from './file-errors.ts';
export { formatDevice, formatVolumes, VolumeExists } from './format.ts';
export type { FormatOptions, FormatVolumesOptions, NewVolume } from './format.ts';
export { CorruptHeader, NotAVolume, UnsupportedFormat, VolumeError, WrongSet, WrongSize } from './volume-header.ts';
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
