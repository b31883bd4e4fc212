// What the layer promises when a device fails: for each fault, whether it is survived, detected, or outside the contract.
//
//   survived   no error, because nothing is lost: contents and state are as without the fault
//   detected   an error is reported: by an outcome, by the critical error of the mount, or by an error that is thrown
//   outside    no error is reported, and wrong bytes are served, or a caller waits for ever; `instead` says who could notice
//
// The layer keeps no checksum that it verifies. A META block carries a CRC of its bytes, which the layer brings up to date when
// it writes the block and does not look at when it reads it; whoever gets META can ask `hasValidCrc`. So what a device
// acknowledges, the layer believes. Each entry is acted out on production over the fault device by a test, which also fails if
// an entry promises less than what is done.

import type { OriginalRef } from '../claim.ts';

/** What the layer promises when a device has a fault. */
export type FaultPromise = 'survived' | 'detected' | 'outside';

/** How a fault is reported. */
export type FaultTold =
  /** The get that caused the read answers error. */
  | 'get'
  /** The mount is in critical error, for good. */
  | 'criticalError'
  /** Every sync that needs the flush, and every later one, answers error. */
  | 'sync'
  /** The completion itself is refused by an ImpossibleInput, and nothing has changed. */
  | 'ImpossibleInput';

/** One way in which a device fails. */
export interface DeviceFault {
  readonly id: string;
  /** What the device does. */
  readonly fault: string;
  readonly on: readonly ('read' | 'write' | 'flush' | 'power')[];
  readonly promise: FaultPromise;
  /** In the order in which it is reported; empty unless the fault is detected. */
  readonly told: readonly FaultTold[];
  /** What a caller can rely on, or, outside the contract, what happens to them. */
  readonly holds: string;
  readonly why: string;
  /** Outside the contract: who can notice it, or what has to be done. */
  readonly instead?: string;
  /** Outside the contract, where a META block is served: does `hasValidCrc` find it wrong? */
  readonly crcTells?: boolean;
  readonly original: readonly OriginalRef[];
}

const NO_CHECK: readonly OriginalRef[] = [
  { line: 309, to: 375, what: 'a load that the device calls good is attached without a look at its bytes' },
];
const FAILED_WRITE: readonly OriginalRef[] = [
  { line: 1087, to: 1117, what: 'a failed write is critical and pins its buffer, unless it is UNDO' },
];
const ANY_META = '`hasValidCrc` shows it for META; nothing does for other blocks.';

/** Every fault that a device may have, and what the layer promises when it does. */
export const DEVICE_FAULTS: readonly DeviceFault[] = [
  {
    id: 'F1',
    fault: 'Completes late.',
    on: ['read', 'write', 'flush'],
    promise: 'survived',
    told: [],
    holds:
      'Whoever needs the completion waits; all others go on. The bytes of a buffer being written stay as they were issued.',
    why: 'There is no clock in the layer: only a completion ends a wait.',
    original: [{ line: 166, to: 181, what: 'waiting for a write is waiting for its completion' }],
  },
  {
    id: 'F2',
    fault: 'Completes in another order than asked.',
    on: ['read', 'write', 'flush'],
    promise: 'survived',
    told: [],
    holds: 'The state and all contents are the same when everything has completed, whatever the order.',
    why: 'A completion names its request; a block is never written twice at the same time; what was read ahead of a block is dropped when the block was taken meanwhile; and a flush counts only for the writes that had completed when it was issued.',
    original: [{ line: 1951, to: 1955, what: 'completed writes are marked for the next flush' }],
  },
  {
    id: 'F3',
    fault: 'Fails a read with EIO, once.',
    on: ['read'],
    promise: 'detected',
    told: ['get'],
    holds:
      'The get ends in error; the next one, queued or later, reads again and gets the right bytes. A block that was to be read ahead is read when it is wanted.',
    why: 'A failed load leaves nothing attached, and CHECK makes the next in the queue load.',
    original: [{ line: 309, to: 375, what: 'a failed read drops the buffer' }],
  },
  {
    id: 'F4',
    fault: 'Fails every read of a block with EIO.',
    on: ['read'],
    promise: 'detected',
    told: ['get'],
    holds: 'Every get ends in error, after one read each; no buffer, structure or reference is left behind.',
    why: 'How often to try is for the caller to decide; a layer that tried for ever would hang its callers.',
    original: [{ line: 309, to: 375, what: 'a failed read drops the buffer' }],
  },
  {
    id: 'F5',
    fault: 'Fails a write with EIO; nothing arrives.',
    on: ['write'],
    promise: 'detected',
    told: ['criticalError'],
    holds:
      'The mount is in critical error. The buffer is clean and pinned: its bytes are readable and are not taken away until the error is cleared. An UNDO buffer is not pinned. Nothing is written again unless it is changed again, and a later sync may answer done: it speaks of writes that ended well.',
    why: 'From the critical error on the UNDO log is not advanced, so recovery finds a consistent state; the pin keeps the users of the mount coherent until then.',
    original: FAILED_WRITE,
  },
  {
    id: 'F6',
    fault: 'Fails every write of a block with EIO.',
    on: ['write'],
    promise: 'detected',
    told: ['criticalError'],
    holds: 'As when it fails once: one pin however often it fails, and other blocks are written as before.',
    why: 'The pin is one reference with a flag of its own.',
    original: FAILED_WRITE,
  },
  {
    id: 'F7',
    fault: 'Fails a flush with EIO, once or always.',
    on: ['flush'],
    promise: 'detected',
    told: ['criticalError', 'sync'],
    holds:
      'Every sync that waits for the volume, and every sync from then on, answers error; no flush is tried again. Held and cached bytes stay readable.',
    why: 'What the flush was to make durable may be gone, and a device that answers the next flush well does not say that it is not.',
    original: [{ line: 1984, to: 1988, what: 'the original drops the answer of a flush (repair D4)' }],
  },
  {
    id: 'F8',
    fault: 'Acknowledges a write and stores nothing.',
    on: ['write'],
    promise: 'outside',
    told: [],
    holds: 'While the buffer is attached its bytes are right; loaded again, it has the old ones.',
    why: 'Old contents are as well formed as new ones: a checksum inside the block does not tell them apart.',
    instead: 'Nobody below a checksum that is kept elsewhere, not even `hasValidCrc`.',
    crcTells: false,
    original: NO_CHECK,
  },
  {
    id: 'F9',
    fault: 'Acknowledges a flush and makes nothing durable.',
    on: ['flush'],
    promise: 'outside',
    told: [],
    holds: 'The sync answers done; power loss may take what it spoke of.',
    why: 'The answer of the device is the only evidence of durability that there is.',
    instead: 'Use a device, or a mount option of it, that honours cache flushes.',
    crcTells: false,
    original: [{ line: 1961, to: 1989, what: 'a sync is a flush sent and awaited' }],
  },
  {
    id: 'F10',
    fault: 'Acknowledges a write of which some sectors arrive.',
    on: ['write'],
    promise: 'outside',
    told: [],
    holds: 'Loaded again, the block is a mixture of old and new sectors.',
    why: 'The layer believes the acknowledgement, and does not verify what it loads.',
    instead: ANY_META,
    crcTells: true,
    original: NO_CHECK,
  },
  {
    id: 'F11',
    fault: 'Fails a write with EIO of which some sectors arrive.',
    on: ['write'],
    promise: 'detected',
    told: ['criticalError'],
    holds:
      'As when nothing arrives, and the volume is marked, so that the next sync flushes it. The pinned buffer is whole, the medium is not: once the error is cleared and the buffer gone, the mixture is read.',
    why: 'What a failed write has done is unknown; the pin covers every case (repair D2 covers the mark).',
    original: FAILED_WRITE,
  },
  {
    id: 'F12',
    fault: 'Loses power; of the writes that a sync did not cover any sectors may be there.',
    on: ['power'],
    promise: 'survived',
    told: [],
    holds: 'What a successful sync has covered is there, unless it was written again since.',
    why: 'A sync answers done only when a flush has succeeded that was issued after the writes completed.',
    original: [{ line: 1961, to: 1989, what: 'a sync is a flush sent and awaited' }],
  },
  {
    id: 'F13',
    fault: 'Loses power in the middle of a block that is being written.',
    on: ['power'],
    promise: 'outside',
    told: [],
    holds: 'The block is a mixture of old and new sectors, even if the old contents were durable.',
    why: 'A block is larger than what a disk stores at once; the UNDO log holds what it takes to repair this, and replaying it is not built yet.',
    instead: `Recovery, when it exists. ${ANY_META}`,
    crcTells: true,
    original: [{ line: 883, to: 897, what: 'the old bytes of META go to the UNDO log before they change' }],
  },
  {
    id: 'F14',
    fault: 'Delivers an old version of a block.',
    on: ['read'],
    promise: 'outside',
    told: [],
    holds: 'The old bytes are served, and written back if they are modified.',
    why: 'Old contents are as well formed as new ones.',
    instead: 'Nobody below a checksum that is kept elsewhere, not even `hasValidCrc`.',
    crcTells: false,
    original: NO_CHECK,
  },
  {
    id: 'F15',
    fault: 'Delivers a block with a bit flipped.',
    on: ['read'],
    promise: 'outside',
    told: [],
    holds: 'The wrong byte is served; the medium is right, so a load after the buffer has gone is right too.',
    why: 'The layer does not verify what it loads.',
    instead: ANY_META,
    crcTells: true,
    original: NO_CHECK,
  },
  {
    id: 'F16',
    fault: 'Lets a bit of what it holds flip, on its way there or at rest.',
    on: ['write', 'power'],
    promise: 'outside',
    told: [],
    holds: 'Loaded again, the block has the wrong byte, each time.',
    why: 'The layer does not verify what it loads.',
    instead: ANY_META,
    crcTells: true,
    original: NO_CHECK,
  },
  {
    id: 'F17',
    fault: 'Gives fewer bytes than a read asked for.',
    on: ['read'],
    promise: 'detected',
    told: ['ImpossibleInput', 'get'],
    holds:
      'The completion is refused and the request is still in flight; whoever drives the device completes it with error, and it is a failed read.',
    why: 'A buffer that is partly loaded must never be attached; bytes of its former contents would be served.',
    original: NO_CHECK,
  },
  {
    id: 'F18',
    fault: 'Takes fewer bytes than a write brought, and says so.',
    on: ['write'],
    promise: 'detected',
    told: ['criticalError'],
    holds: 'As a write that failed with EIO of which some sectors arrived.',
    why: 'The completion of a write carries no length: a device answers ok for the whole or error. One that answers ok for a part has torn the write.',
    original: FAILED_WRITE,
  },
  {
    id: 'F19',
    fault: 'Is gone: everything pending and everything later fails with EIO.',
    on: ['read', 'write', 'flush'],
    promise: 'detected',
    told: ['get', 'criticalError', 'sync'],
    holds:
      'Every waiter gets an answer, and none waits for ever; what is held stays readable, and what was written last is pinned.',
    why: 'Each of these requests fails in its own way, and none of the failures needs the device to be dealt with.',
    original: FAILED_WRITE,
  },
  {
    id: 'F20',
    fault: 'Completes a request twice, or one that was never made.',
    on: ['read', 'write', 'flush'],
    promise: 'detected',
    told: ['ImpossibleInput'],
    holds: 'The second completion is refused; contents and state are those after the first.',
    why: 'Ids of requests are never used again.',
    original: [{ line: 1075, to: 1163, what: 'a completion belongs to the one buffer that it was started for' }],
  },
  {
    id: 'F21',
    fault: 'Never completes a request.',
    on: ['read', 'write', 'flush'],
    promise: 'outside',
    told: [],
    holds: 'Whoever needs the completion waits for ever; all others go on.',
    why: 'There is no clock in the layer, and the buffer belongs to the device until it answers.',
    instead: 'Whoever drives the device: give up after a time of your choice and complete the request with error.',
    original: [{ line: 166, to: 181, what: 'waiting for a write is waiting for its completion' }],
  },
];
