// Direct I/O: file data that goes around the buffer cache, without a stale byte. DirectIo stands beside a HammerIoCore on the
// same volumes. What it knows:
//
//   files    elements on the medium by file offset, and records that supersede them until they are committed    files.ts
//   fronts   buffers of files, in the caller's memory                                                           fronts.ts
//   extents  the blocks that are not free: records, elements, and what was freed lately                extents.ts, space.ts
//
// The same bytes may lie in buffers of the core too: aliases. DirectIo is a client of the core like any other: it gets handles
// and waits with tickets, which the caller passes on to it.
//
//   calls ──▶ DirectIo ──▶ its outbox (drainRequests) ──▶ devices
//               │  ▲                                         │
//               │  └── readDone, writeDone ──────────────────┤     for requests that DirectIo `owns`
//               ▼                                            │
//             core ──▶ its outbox ──▶ devices ──▶ core.readDone, core.writeDone, …
//               │
//               └── core.nextRunnable() ──▶ resumeCore: the tickets that DirectIo has taken
//
// As in the core, one call is one atomic step and nothing is called back. An operation of a front ends in the call that began
// it, or later: then nextEnded tells. Where it has to wait for something but a device (`wait`), nextRunnable says when resume
// may look again. A call that breaks a promise throws BrokenPromise and changes nothing.
//
// Contents are safe when sync of the mount has flushed the volumes after the write was answered, and found again after a crash
// when its record was committed to an index that is safe too. Left out: an index on the medium, deciding when to commit, and
// files of any size and alignment. They are built on top. Numbers after methods are lines of hammer_io.c.

import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Ticket } from '../core/ids.ts';
import type { DeviceRequest, Result } from '../core/device.ts';
import { InvalidArgument, Reentered } from '../core/errors.ts';
import * as committing from './committing.ts';
import type { DirectOptions } from './direct-options.ts';
import { DirectState } from './direct-state.ts';
import type { Element, Extent, Place } from './extents.ts';
import { ExtentRecord } from './extents.ts';
import type { DirectFile } from './files.ts';
import { FileRecord } from './files.ts';
import * as opening from './opening.ts';
import type { Front } from './fronts.ts';
import { FrontRecord } from './fronts.ts';
import * as reading from './reading.ts';
import * as relocating from './relocating.ts';
import type { DataZone } from './translation.ts';
import { DirectFailure } from './direct-failure.ts';
import * as writing from './writing.ts';

/** Reads and writes file data around the buffer cache. One call is one atomic step. */
export class DirectIo {
  /** Everything that is maintained, for inspection by tests and tools. Changing it voids every claim. @internal */
  readonly state: DirectState;
  /** The state while it may be entered: the visitor of drainRequests is the only foreign code that runs inside. */
  #enterable: DirectState | undefined;

  /** Throws InvalidArgument for options that make no sense. */
  constructor(options: DirectOptions) {
    this.state = new DirectState(options, arrived);
    this.#enterable = this.state;
  }

  /** `calling`: the front whose call it is, which hears of the end of its operation by the answer. */
  #enter(calling?: Front): DirectState {
    const s = this.#enterable;
    if (s === undefined) throw new Reentered();
    s.calling = calling;
    return s;
  }

  /** Bytes of a cell of a file: the most that one front, record or element holds. */
  get extentBytes(): number {
    return this.state.extentBytes;
  }

  /** Which blocks hold file data and nothing else, as in the options. */
  get zones(): readonly DataZone[] {
    return this.state.translation.zones;
  }

  /** Do these blocks lie in a zone, on a volume that is there? */
  isReachable(place: Place, blocks: number): boolean {
    return this.state.isUsable(place, blocks);
  }

  // ── Files and fronts ─────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Makes a file of elements that stand on the medium; none for an empty file. What `older` elements occupy beside them is in
   * delay, as if it had been freed in this cycle: somebody may still want it. Promise: SpaceReserved, the blocks of all of
   * `elements` are free. Throws InvalidArgument for an element that does not begin a cell of the file, or does not fit into one.
   */
  openFile(name: string, elements: Iterable<Element> = [], older: Iterable<Element> = []): DirectFile {
    return opening.openFile(this.#enter(), name, elements, older);
  }

  /**
   * Makes a snapshot of a file: it keeps the elements that the index has now. What has been written but not committed is not
   * in it. Throws InvalidArgument for a snapshot of a snapshot.
   */
  openSnapshot(file: DirectFile, name: string): DirectFile {
    const s = this.#enter();
    return opening.openSnapshot(s, ownFile(s, file), name);
  }

  /**
   * Makes an empty front over `bytes`: whole blocks, in memory that the device can use, which nobody else uses until the front
   * is closed. It stands for the range of the file that begins at `fileOffset`, a multiple of the block size, and must not
   * reach into the next cell. Throws InvalidArgument, also if the cell has a front already.
   */
  openFront(file: DirectFile, fileOffset: number, bytes: Uint8Array): Front {
    const s = this.#enter();
    return opening.openFront(s, ownFile(s, file), fileOffset, bytes);
  }

  /** Gives the memory of a front back to the caller. Promise: BufferIdle. */
  closeFront(front: Front): void {
    opening.closeFront(ownFront(this.#enter(), front));
  }

  /** An idle front is wanted for something else: it forgets its contents, and where they stand. Promise: BufferIdle. vfs_bio: getnewbuf. */
  recycleFront(front: Front): DirectOutcome {
    return opening.recycleFront(ownFront(this.#enter(), front));
  }

  /** Why the last operation of a front has ended with `error`, as an error to be thrown; undefined if it has not. */
  failureOf(front: Front): DirectFailure | undefined {
    return front.failure === undefined ? undefined : new DirectFailure(front);
  }

  // ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Fills an empty front with the newest data of its range: live records before the media, zeros where there is neither, and
   * behind the end of the data. `piecewise`: through the device cache in any case, and only the blocks that the front covers;
   * where the newest data is a record, or the front does not cover a whole element, that is done anyway.
   * `io`, `wait`: under way. `again`: an alias of a record is in use; nothing has happened. `error`: see failureOf.
   * Promise: BufferIdle. Throws CacheFull if the core has no room for the first block. 1408-1566.
   */
  strategyRead(front: Front, piecewise = false): DirectOutcome {
    const s = this.#enter(front);
    return reading.strategyRead(s, ownFront(s, front), piecewise);
  }

  /** An empty front learns where its data stands, if that is on the medium as a whole: advice, as clustering gives it. Promise: BufferIdle. 1877-1880. */
  bmap(front: Front): DirectOutcome {
    const s = this.#enter();
    return reading.bmap(s, ownFront(s, front));
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Writes the first `length` bytes of a front (default: all) to free blocks from `place` on, as the newest data of its cell;
   * the bytes must not change until that has ended. The front must begin where the cell begins and cover all the data that
   * the cell has. Whole blocks leave for the device; `small`: at most one block, through a buffer of the core, is valid at
   * once and written when that is.
   * `io`, `wait`: under way. `error`: the place cannot be reached, and the front is given up; see failureOf. `refused`: after
   * a critical error nothing may be written, and nothing has happened. Promises: Writable, BufferIdle, SpaceReserved.
   * Throws CacheFull for a small write, InvalidArgument for a length or a range that does not fit. 1664-1776.
   */
  strategyWrite(front: Front, place: Place, length = front.bytes.length, small = false): DirectOutcome {
    const s = this.#enter(front);
    return writing.strategyWrite(s, ownFront(s, front), place, length, small);
  }

  // ── Waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A front looks again, or the backend does for a record that it was committing; the answer is one that the call which has to
   * wait could give. Promise: TicketRunnable. Throws CacheFull as the call could; it may then be resumed again.
   */
  resume(waiting: Front | Extent): DirectOutcome {
    if (waiting instanceof ExtentRecord) return committing.resumeCommit(this.#enter(), waiting);
    const s = this.#enter(waiting as Front);
    const front = ownFront(s, waiting as Front);
    return front.at === 'replacing' ? writing.resumeWrite(s, front) : reading.resumeRead(s, front);
  }

  /** The front or record that was woken first and not handed out yet, or undefined. First come, first served. */
  nextRunnable(): Front | Extent | undefined {
    return this.#enter().nextRunnable();
  }

  /** A front whose operation has ended outside its own call and was not handed out yet, in order, or undefined; see its `result`. */
  nextEnded(): Front | undefined {
    return this.#enter().ended.shift();
  }

  /** Gives up a front that is runnable, instead of resuming it: it becomes empty, and what it was to write is lost. Promise: TicketRunnable. */
  abandon(front: Front): DirectOutcome {
    const s = this.#enter(front);
    return writing.abandon(s, ownFront(s, front));
  }

  // ── Records and space ────────────────────────────────────────────────────────────────────────────────────────────────
  // What begins at a place is named by that, or by the extent itself, which must still be there.

  /** The record, element or freed blocks that begin at a place. */
  extentAt(place: Place): Extent | undefined {
    return this.#enter().extentAt(place);
  }

  /**
   * The backend puts a live record into the index of its file, when its direct write is over and the aliases of its blocks are
   * gone; what it supersedes is freed, unless a snapshot keeps it. `wait`: for the direct write. `again`: an alias is in use;
   * nothing has happened. `refused`: after a critical error, or the write of the record has failed. Promise: RecordLive. 1840-1874.
   */
  commitRecord(record: Place): DirectOutcome {
    return committing.commitRecord(this.#enter(), record);
  }

  /** Frees a replaced record, after the same purge; `again` as there. 1840-1874. */
  destroyRecord(record: Place): DirectOutcome {
    return committing.destroyRecord(this.#enter(), record);
  }

  /** A commit cycle has passed, and what is freed is older by one. `refused` after a critical error. blockmap:810-850. */
  cycle(): DirectOutcome {
    const s = this.#enter();
    if (s.isCritical) return 'refused';
    s.space.cycle();
    return 'done';
  }

  /**
   * Blocks that were freed two cycles ago are free from now on. `again`: they are not so old, somebody still reads them, or an
   * alias is in use. blockmap: hammer_blockmap_reserve_complete, ondisk:777.
   */
  reserveComplete(freed: Place): DirectOutcome {
    return committing.reserveComplete(this.#enter(), freed);
  }

  /** What was freed and is not free yet, oldest first. */
  get delayed(): Iterable<Extent> {
    return this.state.space.delayed;
  }

  /** Free blocks that stand side by side in a zone of a volume that is there, or undefined. They are reserved by being written. Throws InvalidArgument. */
  findSpace(blocks: number): Place | undefined {
    return this.#enter().findSpace(blocks);
  }

  /**
   * Free blocks of the zones of which the core holds something, from before they were DirectIo's: it might write that over what
   * is written there now. So they are to be purged before the first write.
   */
  freeAliases(): readonly Place[] {
    return opening.freeAliases(this.#enter());
  }

  /** Makes the core forget a free block. `again`: somebody uses it. `refused` after a critical error: what could not be written stays to be read. */
  purgeFree(place: Place): DirectOutcome {
    return opening.purgeFree(this.#enter(), place);
  }

  /**
   * Moves an element to free blocks, through buffers of the core; readers that are on their way still find it where it was.
   * `again`: not all of its blocks are clean in the device cache (get them first), or some of the target are there.
   * `error`: the target cannot be reached. `refused` after a critical error. Promise: SpaceReserved. Throws CacheFull.
   * 1893-1945, reblock: hammer_reblock_data.
   */
  relocate(element: Place, to: Place): DirectOutcome {
    return relocating.relocate(this.#enter(), element, to);
  }

  // ── Requests, completions, tickets of the core ───────────────────────────────────────────────────────────────────────

  /** Hands every request that was not handed out yet to `visit`, in order of issue. The visitor must not enter DirectIo. */
  drainRequests(visit: (request: DeviceRequest) => void): void {
    const { transfers } = this.#enter();
    this.#enterable = undefined;
    try {
      transfers.drain(visit);
    } finally {
      this.#enterable = this.state;
    }
  }

  /** Is a request in flight one of DirectIo? Its completion is then to be delivered here, else to the core. */
  owns(request: number): boolean {
    return this.state.transfers.has(request);
  }

  /** A direct read has completed; with `bytes`, unless the device has filled the front. `error`: EIO; the front is given up. 1470. */
  readDone(request: number, result: Result, bytes?: Uint8Array): DirectOutcome {
    return reading.directReadDone(this.#enter(), request, result, bytes);
  }

  /** A direct write has completed. `error`: EIO, a critical error of the mount; the front is given up. 1789-1827. */
  writeDone(request: number, result: Result): DirectOutcome {
    return writing.directWriteDone(this.#enter(), request, result);
  }

  /** Does DirectIo hold tickets of the core? Until it does not, `resumeCore` must be asked about tickets. */
  get holdsTickets(): boolean {
    return this.state.aliases.holdsTickets;
  }

  /**
   * A ticket that core.nextRunnable has handed out. If it is one of DirectIo, it goes on with it and answers true: fronts may
   * have ended or become runnable, and requests may have been issued by both. Otherwise it answers false. Throws CacheFull as
   * core.resume does; the ticket is then to be passed on again when there is room.
   */
  resumeCore(ticket: Ticket): boolean {
    return this.#enter().aliases.resumed(ticket);
  }
}

/** A block that a front waits for has come, or cannot be read: that of a small write, or one of those that fill it. */
function arrived(s: DirectState, front: FrontRecord, block: number, result: Result): void {
  if (front.at === 'loading') writing.smallArrived(s, front, result);
  else reading.copyArrived(s, front, block, result);
}

function ownFront(s: DirectState, front: Front): FrontRecord {
  if (front instanceof FrontRecord && front.isOpen && front.file.owner === s.identity) return front;
  throw new InvalidArgument('an open front of this DirectIo', 'another object', 'Use what openFront has answered.');
}

function ownFile(s: DirectState, file: DirectFile): FileRecord {
  if (file instanceof FileRecord && file.owner === s.identity) return file;
  throw new InvalidArgument('a file of this DirectIo', 'another object', 'Use what openFile has answered.');
}
