// A device over regular files and block devices, and the log of what it wrote: what a program imports. The rest of this
// folder is how it is done.

export { DeviceError } from './device-error.ts';
export type { DeviceFailure, DeviceOperation } from './device-error.ts';
export { FileDevice } from './file-device.ts';
export type { FileCompletion, FileDeviceOptions, FileDeviceStatistics, FileVolume } from './file-device.ts';
export { readWriteLog } from './write-log.ts';
export type { LogEntry } from './write-log.ts';
export type { WriteLogHeader } from './write-log-format.ts';
