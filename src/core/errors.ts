// Everything the layer throws. What a caller can meet in normal running is an outcome, never an exception; what is thrown
// is a broken promise of the caller, a full slab, an input that no device or kernel could give, or bytes that changed
// while they were being written. Each error says what was promised, what was seen, and what to do, and each is thrown
// before anything changes: the state is the one before the call.

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

interface PromiseText {
  readonly promised: string;
  readonly advice: string;
}

/** What each promise says, and what to do when it was broken. */
export const PROMISES: Readonly<Record<PromiseName, PromiseText>> = {
  HandleOpen: {
    promised: 'the handle is open: neither released nor busy with a ticket',
    advice: 'Get the buffer again, or resume (or cancel) the ticket that the handle waits for.',
  },
  NoOpenModification: {
    promised: 'the handle has no open modification',
    advice: 'Close every modification with ioModifyDone first.',
  },
  NotInterlocked: {
    promised: 'the handle does not own the write interlock',
    advice: 'Give the interlock back with ioDoneInterlock first.',
  },
  ModificationOpen: {
    promised: 'the handle has an open modification',
    advice: 'Open one with ioModify, modifyBuffer or modifyVolume, and wait until it answers done.',
  },
  InterlockOwned: {
    promised: 'the handle owns the write interlock',
    advice: 'Take it with ioWriteInterlock, and wait until it answers done.',
  },
  NotBeingModified: {
    promised: 'nobody has a modification of the dirty buffer open',
    advice: 'Take the write interlock before ioFlush; it waits until every modifier has left.',
  },
  VolumeLoaded: {
    promised: 'the header of the volume is loaded and nobody is loading or unloading it',
    advice: 'Hold a handle on the volume header while you get buffers of the volume.',
  },
  Exists: {
    promised: 'there is a structure for the block',
    advice: 'Unload only what was loaded before and is not destroyed yet.',
  },
  Unreferenced: {
    promised: 'the structure has no references and nobody loads or releases it',
    advice: 'Release every handle first, and clear write errors, whose pins are references too.',
  },
  PinnedOnly: {
    promised: 'the pin of a failed write is the only reference, and nobody is loading or releasing',
    advice: 'Release your handles first; while you hold one, use ioClearError.',
  },
  TicketRunnable: {
    promised: 'the ticket was issued for this, is still queued, and was woken',
    advice: 'Take runnable tickets from nextRunnable, and resume each of them once.',
  },
  TicketQueued: {
    promised: 'the ticket waits for something that can be withdrawn',
    advice: 'Loads, UNDO records and waiting releases end by themselves; a ticket that ended cannot be cancelled.',
  },
};

/** The same for those of direct I/O. */
export const DIRECT_PROMISES: Readonly<Record<DirectPromiseName, PromiseText>> = {
  Writable: {
    promised: 'the front belongs to a file, not to a snapshot of one',
    advice: 'Write through a front of the file itself.',
  },
  BufferIdle: {
    promised: 'no operation of the front is under way',
    advice: 'Wait until nextEnded hands the front out, and resume it when it is runnable.',
  },
  SpaceReserved: {
    promised: 'the blocks are free',
    advice: 'Ask findSpace for free blocks; what was freed becomes free by reserveComplete.',
  },
  RecordLive: {
    promised: 'the extent is a record that nothing has replaced and that is not committed yet',
    advice: 'Commit the live records of a file, and destroy the replaced ones.',
  },
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
  /** What was found instead. */
  readonly seen: string;

  constructor(promise: PromiseName | DirectPromiseName, seen: string) {
    const { promised, advice } = ALL_PROMISES[promise];
    super(`${promise}: the caller promised that ${promised}; seen: ${seen}. ${advice}`);
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
      `CacheFull: the slab was promised to hold what is asked for; all of its ${capacityBufs} buffers are occupied. ` +
        'Recycle a clean buffer, purge cached blocks with ioInval, or flush dirty ones and try again.',
    );
    this.capacityBufs = capacityBufs;
  }
}

/** The core was entered while it was running: a visitor of drainRequests called back. Nothing has changed. */
export class Reentered extends HammerIoError {
  override readonly name = 'Reentered';

  constructor() {
    super(
      'Reentered: one call of the core was promised to end before the next begins; seen: a call from inside ' +
        'drainRequests. Let the device take the request, return, and deliver its completion later.',
    );
  }
}

/** An argument that can never be right: no such volume, block or type, or a type that the block does not have. */
export class InvalidArgument extends HammerIoError {
  override readonly name = 'InvalidArgument';

  constructor(promised: string, seen: string, advice: string) {
    super(`InvalidArgument: promised was ${promised}; seen: ${seen}. ${advice}`);
  }
}

/** An input that device, UNDO log or kernel could not have given in this state, such as the completion of no request. */
export class ImpossibleInput extends HammerIoError {
  override readonly name = 'ImpossibleInput';

  constructor(input: string, promised: string, seen: string) {
    super(
      `ImpossibleInput: ${input} was promised to come only when ${promised}; seen: ${seen}. ` +
        'Deliver each completion once, and offer kernel actions only to buffers in that state.',
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
      `BytesChanged: claim I14 promises that bytes change only while a modification is open; ${where} was issued with ` +
        `crc32 ${issued.toString(16)} and completed with ${completed.toString(16)}. Find who keeps a view of the ` +
        'buffer beyond ioModifyDone.',
    );
  }
}

/** Ends a switch that has a case for every value; reached only if a type lies. */
export function unreachable(value: never): never {
  throw new HammerIoError(`A value outside its type was met: ${String(value)}. This is a defect of the layer itself.`);
}
