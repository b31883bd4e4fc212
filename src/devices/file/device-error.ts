// What can go wrong between the layer and a file: one error that names the file, what was asked of it, what was seen, and
// what somebody can do about it. It is thrown by `FileDevice.open`, and comes with the completion of a request that failed.
//
// `code` is what the system said (`ENOSPC`), or one of our own words for what the system does not call an error:
//
//   SHORT     the file or device ends before the place that was promised to be there
//   STUCK     a write was accepted, and no byte of it moved
//   THREAD    the I/O thread has died; nothing is known about what it was doing
//   MALFORMED what was read is not what the file claims to be
//   REMOVED   the path of an open file leads nowhere any more
//   REPLACED  the path of an open file leads to another file

import { getSystemErrorMap } from 'node:util';
import { HammerIoError } from '../../core/errors.ts';

/** What was being done when it failed. */
export type DeviceOperation = 'open' | 'create' | 'lock' | 'measure' | 'read' | 'write' | 'flush' | 'log' | 'close';

/** The facts of a failure. */
export interface DeviceFailure {
  /** Path of the file or device. */
  readonly file: string;
  readonly operation: DeviceOperation;
  /** The system's name of the error, or one of our own words. */
  readonly code: string;
  /** Byte at which the operation began, where it has a place. */
  readonly offset?: number;
  /** Bytes that were to be moved. */
  readonly bytes?: number;
  /** What was seen, where it says more than the system's sentence for `code`. */
  readonly seen?: string;
  /** What to do, where it says more than the advice for `code`. */
  readonly advice?: string;
}

/** A file or device did not do what was asked of it. */
export class DeviceError extends HammerIoError {
  override readonly name = 'DeviceError';
  readonly file: string;
  readonly operation: DeviceOperation;
  readonly code: string;
  readonly offset: number | undefined;
  readonly bytes: number | undefined;
  /** What to do. */
  readonly advice: string;

  constructor(failure: DeviceFailure, cause?: unknown) {
    const { file, operation, code, offset, bytes } = failure;
    const advice = failure.advice ?? adviceFor(code, operation);
    const asked =
      operation +
      (bytes === undefined ? '' : ` of ${bytes} bytes`) +
      (offset === undefined ? '' : ` at byte ${offset}`) +
      ` on ${file}`;
    super(
      `DeviceError: ${asked} was promised to succeed; seen: ${code}, ${failure.seen ?? meaningOf(code)}. ${advice}`,
      cause === undefined ? undefined : { cause },
    );
    this.file = file;
    this.operation = operation;
    this.code = code;
    this.offset = offset;
    this.bytes = bytes;
    this.advice = advice;
  }
}

const OWN_MEANINGS: Readonly<Record<string, string>> = {
  SHORT: 'the file ends before that place',
  STUCK: 'the write was accepted and moved no byte',
  THREAD: 'the I/O thread has died',
  MALFORMED: 'the contents are not of that kind',
};

/** The system's sentence for its code. */
function meaningOf(code: string): string {
  for (const [name, meaning] of getSystemErrorMap().values()) if (name === code) return meaning;
  return OWN_MEANINGS[code] ?? 'an error without a description';
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Give this user the permission for the file and its directory, or run as a user who has it.',
  EAGAIN: 'The system keeps asking for patience; look for what holds the device up, and try again.',
  EBADF: 'The volume was opened readOnly; open it without, to write to it.',
  EBUSY: 'Somebody else uses it (or it is mounted); close that first.',
  EDQUOT: 'The disk quota of this user is used up; free space or have it raised, then write again.',
  EEXIST: 'Move the file that is there away, or choose another name.',
  EFBIG: 'The filesystem or a limit of this process (ulimit -f) forbids a file of that size.',
  EINTR: 'Signals keep interrupting the transfer; find who sends them.',
  EINVAL: 'The system refuses the arguments; check the size of the file and of a block.',
  EIO: 'The medium or the way to it failed: read the system log, and do not trust the place until it was rewritten.',
  EISDIR: 'Name a regular file or a block device, not a directory.',
  EMFILE: 'This process has too many open files; close some or raise ulimit -n.',
  ENFILE: 'The system has too many open files; close some.',
  ENODEV: 'The device has gone; attach it and open the volume again.',
  ENOENT: 'Check the path; with create a regular file is made, in a directory that exists.',
  ENOSPC: 'Free space on the filesystem that holds the file, then write again.',
  ENOTDIR: 'Check the path; a part of it is no directory.',
  ENXIO: 'The device has gone; attach it and open the volume again.',
  EPERM: 'The system forbids it: the file may be immutable, or its filesystem may not know hard links.',
  EROFS: 'The filesystem is mounted read-only; open the volume readOnly, or remount it.',
  ETXTBSY: 'The file is being executed or used as swap; choose another.',
  SHORT: 'Somebody has truncated the file, or the number of blocks is wrong; restore the file or give fewer blocks.',
  STUCK: 'The driver of the device is at fault; read the system log.',
  THREAD: 'Close the device, open it again, and check what was being written.',
  MALFORMED: 'Check the path.',
};

function adviceFor(code: string, operation: DeviceOperation): string {
  // After a failed fdatasync Linux may have dropped the pages it could not write, so trying again proves nothing.
  if (operation === 'flush' && code in ADVICE) {
    return 'What was written since the last flush may be lost, and no later flush can vouch for it; close the volume and check it.';
  }
  return ADVICE[code] ?? 'Read the system log.';
}

/** What an O_DIRECT transfer must be told about, because the system says no more than EINVAL. */
export const DIRECT_ADVICE =
  'With direct, blockBytes must be whole sectors of the device, the slab must come from FileDevice.alignedSlab, and the filesystem must know O_DIRECT; correct these or open without direct.';

/** A DeviceError for what the system or a library threw. */
export function deviceErrorFrom(thrown: unknown, where: Omit<DeviceFailure, 'code'>): DeviceError {
  if (thrown instanceof DeviceError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return new DeviceError({ ...where, code }, thrown);
  throw thrown; // Not the system's: a defect of our own, to be seen as such.
}
