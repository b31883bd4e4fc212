// Everything the layer throws. What a caller can meet in normal running is an outcome, never an exception; what is thrown
// is a broken promise of the caller, a full slab, an input that no device or kernel could give, or bytes that changed
// while they were being written. Each error says what happened, where, and what to do, and each is thrown before anything
// changes: the state is the one before the call. All texts of the package are listed in test/unit/messages.txt.

/** The promises of a caller. Where one call makes several, they are tested in the order of this list. */
export type PromiseName =
  | 'HandleOpen'
  | 'NoOpenModification'
  | 'NotInterlocked'
  | 'ModificationOpen'
  | 'InterlockOwned'
  | 'NotBeingModified'
  | 'VolumeLoaded'
  | 'Exists'
  | 'Unreferenced'
  | 'PinnedOnly'
  | 'TicketRunnable'
  | 'TicketQueued';

/** The promises that come with direct I/O; it relies on TicketRunnable too. */
export type DirectPromiseName = 'Writable' | 'BufferIdle' | 'SpaceReserved' | 'RecordLive';

/** What to do when a promise was broken. What each says stands in the catalogue, `hammer-io-kit/spec`. */
export const PROMISES: Readonly<Record<PromiseName, string>> = {
  HandleOpen: 'Get the buffer again, or resume (or cancel) the ticket that the handle waits for.',
  NoOpenModification: 'Close every modification with ioModifyDone first.',
  NotInterlocked: 'Give the interlock back with ioDoneInterlock first.',
  ModificationOpen: 'Open one with ioModify, modifyBuffer or modifyVolume, and wait until it is done.',
  InterlockOwned: 'Take it with ioWriteInterlock, and wait until it is done.',
  NotBeingModified: 'Take the write interlock before ioFlush; it waits until all modifications are closed.',
  VolumeLoaded: 'Hold a handle on the volume header while you get buffers of the volume.',
  Exists: 'Unload only what was loaded and is not destroyed yet.',
  Unreferenced: 'Release every handle first, and clear write errors, whose pins are references too.',
  PinnedOnly: 'Release your handles first; while you hold one, use ioClearError.',
  TicketRunnable: 'Take runnable tickets from nextRunnable, and resume each of them once.',
  TicketQueued: 'Loads, UNDO records and waiting releases end by themselves; a ticket that ended cannot be cancelled.',
};

/** The same for those of direct I/O. */
export const DIRECT_PROMISES: Readonly<Record<DirectPromiseName, string>> = {
  Writable: 'Write through a front of the file itself.',
  BufferIdle: 'Wait until nextEnded hands the front out, and resume it when it is runnable.',
  SpaceReserved: 'Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  RecordLive: 'Commit the live records of a file, and destroy the replaced ones.',
};

const ALL_PROMISES = { ...PROMISES, ...DIRECT_PROMISES };

/** Common ancestor: `catch (e) { if (e instanceof HammerIoError) … }` catches what this layer throws and nothing else. */
export class HammerIoError extends Error {
  override readonly name: string = 'HammerIoError';
}

/** The caller broke a promise. Nothing has changed. */
export class BrokenPromise extends HammerIoError {
  override readonly name = 'BrokenPromise';
  /** Which promise; the names are part of the contract. */
  readonly promise: PromiseName | DirectPromiseName;
  /** What was found instead, as a clause: 'handle 0 is not open'. */
  readonly seen: string;

  constructor(promise: PromiseName | DirectPromiseName, seen: string) {
    super(`${sentence(seen)}. ${ALL_PROMISES[promise]} (promise ${promise})`);
    this.promise = promise;
    this.seen = seen;
  }
}

/** Every buffer of the slab is occupied. Nothing has changed; the call may be repeated when one is free. */
export class CacheFull extends HammerIoError {
  override readonly name = 'CacheFull';
  readonly capacityBufs: number;

  constructor(capacityBufs: number) {
    super(
      `The cache is full: all of its ${capacityBufs} buffers are in use. ` +
        'Release or flush some of them and try again, or give the cache more buffers.',
    );
    this.capacityBufs = capacityBufs;
  }
}

/** The core was entered while it was running: a visitor of drainRequests called back. Nothing has changed. */
export class Reentered extends HammerIoError {
  override readonly name = 'Reentered';

  constructor() {
    super(
      'The core was called from inside drainRequests, before that call had ended. ' +
        'Let the device take the request, return, and deliver its completion later.',
    );
  }
}

/** An argument that can never be right: no such volume, block or type, or a type that the block does not have. */
export class InvalidArgument extends HammerIoError {
  override readonly name = 'InvalidArgument';

  /** `expected` and `got` are noun phrases; `advice` is a sentence. */
  constructor(expected: string, got: string, advice: string) {
    super(`Expected ${expected}, but got ${got}. ${advice}`);
  }
}

/** An input that device, UNDO log or kernel could not have given in this state, such as the completion of no request. */
export class ImpossibleInput extends HammerIoError {
  override readonly name = 'ImpossibleInput';

  /** `when` is the condition, `seen` what was found instead; both are clauses. */
  constructor(input: string, when: string, seen: string) {
    super(
      `${input} is possible only when ${when}, but ${seen}. ` +
        'Deliver each completion once, and call actions of the kernel and the backend only in that state.',
    );
  }
}

/** With `verify`: the bytes at completion of a write are not those at its issue. The request is still in flight. */
export class BytesChanged extends HammerIoError {
  override readonly name = 'BytesChanged';
  /** The claim of the catalogue that does not hold. */
  readonly claim = 'I14';

  constructor(where: string, issued: number, completed: number) {
    super(
      `The bytes of ${where} changed while they were being written: their crc32 was ${issued.toString(16)} when the ` +
        `write was issued and ${completed.toString(16)} when it completed. ` +
        'Find the code that keeps a view of the buffer after ioModifyDone. (claim I14)',
    );
  }
}

function sentence(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}

/** Ends a switch that has a case for every value; reached only if a type lies. */
export function unreachable(value: never): never {
  throw new HammerIoError(`${String(value)} is outside its type. This is a defect of the package: please report it.`);
}
