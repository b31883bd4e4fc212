// The synchronous core of the buffer layer. One call is one atomic step: it either finishes, or it answers with a ticket
// for what is left to do. Nothing is called back and nothing runs in between:
//
//   calls ──▶ core ──▶ outbox (drainRequests) ──▶ devices, UNDO log
//               ▲                                        │
//               └── completions: readDone, writeDone, flushDone, undoLaid
//
// Wake-ups mark tickets runnable; nextRunnable hands them out in order, and resume looks again. Buffers are known by volume
// number and block number. A call that breaks a promise throws BrokenPromise and changes nothing; everything else a caller
// can meet is an outcome of the Answer. Method names are the functions of DragonFly's hammer_io.c in camelCase; line
// numbers after each method are those of commit e8c03636.
//
// Left out: which buffer to give up when the slab is full (CacheFull is thrown), promises in the sense of JavaScript, and
// the flusher's order of writes. They are built on top.

import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { Answer } from './answer.ts';
import { DONE } from './answer.ts';
import * as barrier from './actions/barrier.ts';
import { cancel } from './actions/cancel.ts';
import type { Request, Result } from './device.ts';
import { Reentered } from './errors.ts';
import * as gets from './actions/get.ts';
import { NO_TICKET, type Handle, type Ticket } from './ids.ts';
import * as kernel from './actions/kernel.ts';
import * as modifying from './actions/modify.ts';
import { MountState } from './core-state.ts';
import type { CoreOptions } from './options.ts';
import * as releasing from './actions/release.ts';
import type { TicketKind } from './actions/resume.ts';
import { resume } from './actions/resume.ts';
import { mark, volumeOf } from './records/volume.ts';
import * as writing from './actions/write.ts';
import type { CoreView, ReadableBytes } from './view.ts';

/** The buffer cache: synchronous, with answers and tickets instead of callbacks. One call is one atomic step. */
export class HammerIoCore {
  /** What may be known of the core: for cache policies, and for tools that look on. */
  readonly view: CoreView;
  /** What `view` shows, for the layers that are one machine with the core. @internal */
  readonly state: MountState;
  /** The state while the core may be entered: the visitor of drainRequests is the only foreign code that runs inside. */
  #enterable: MountState | undefined;

  constructor(options: CoreOptions) {
    this.state = new MountState(options);
    this.view = this.state;
    this.#enterable = this.state;
  }

  #enter(): MountState {
    const m = this.#enterable;
    if (m === undefined) throw new Reentered();
    return m;
  }

  // ── Getting and releasing ────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The hit path: a handle on a buffer that is resident, or NO_HANDLE (0), and then nothing has happened. Has the effect of
   * an ioRead that answers `done` without device or device cache. Allocates nothing.
   */
  tryGet(volume: number, block: number): Handle {
    const m = this.#enterable; // Here and in release, a call less for the hit path.
    if (m === undefined) throw new Reentered();
    return gets.tryGet(m, volume, block);
  }

  /**
   * References a buffer and loads it if nobody has. `done` with a handle; `io` with a ticket, and a read in the outbox; or
   * `wait` with a ticket while somebody else loads or releases it. `ahead` lets the read cover the next block too, if nobody
   * has that. Promise: VolumeLoaded. Throws CacheFull. L300-378.
   */
  ioRead(volume: number, block: number, type: IoType, ahead = false): Answer {
    return gets.get(this.#enter(), volume, block, type, ahead ? 'ahead' : 'read');
  }

  /**
   * As ioRead, for a buffer whose old contents do not matter: if none is attached it comes zeroed and dirty, without a read;
   * if one is attached it is answered as it is. Promise: VolumeLoaded. Throws CacheFull. L393-420.
   */
  ioNew(volume: number, block: number, type: IoType): Answer {
    return gets.get(this.#enter(), volume, block, type, 'new');
  }

  /**
   * Gives a handle up, whatever the answer. `wait`: it was the last one, the buffer is to be disposed of, and a write is in
   * flight; the ticket ends with that. `undoReclaim`: should this write an UNDO buffer, it may be dropped when written.
   * Promises: HandleOpen, NoOpenModification, NotInterlocked. L517-656, ondisk:1005.
   */
  release(handle: Handle, undoReclaim = false): Answer {
    const m = this.#enterable;
    if (m === undefined) throw new Reentered();
    return releasing.release(m, handle, undoReclaim);
  }

  /**
   * The end of a hit: gives up a handle where that only counts a reference, and answers true; or answers false, and then
   * nothing has happened, and `release` says more. Has the effect of a release that answers `done`. Allocates nothing.
   */
  tryRelease(handle: Handle): boolean {
    const m = this.#enterable;
    if (m === undefined) throw new Reentered();
    return releasing.tryRelease(m, handle);
  }

  /** A last release while the kernel is short of memory: the clean buffer is taken away at once. Promises as release. L1182-1228. */
  lowMemoryRelease(handle: Handle): Answer {
    return releasing.lowMemoryRelease(this.#enter(), handle);
  }

  /**
   * Invalidates a buffer and all that is cached for its block; dirty bytes are lost. `again`: others hold it, and the handle
   * stays open. Otherwise the handle is given up, and `wait` means as in release. Promises as release. L924-986, ondisk:777.
   */
  delBuffer(handle: Handle): Answer {
    return releasing.delBuffer(this.#enter(), handle);
  }

  /** Destroys a structure at close; dirty bytes are lost. `wait`: a write is in flight. Promises: Exists, Unreferenced. ondisk:274, 912. */
  unload(volume: number, block: number): Answer {
    return releasing.unload(this.#enter(), volume, block);
  }

  /** Destroys all structures whose buffer the kernel has taken. L995-1010, flusher:493. */
  cleanLoose(): Answer {
    return releasing.cleanLoose(this.#enter());
  }

  /** Purges what the device cache holds for a block; `again` while a buffer of the layer owns it. L447-495. */
  ioInval(volume: number, block: number): Answer {
    return releasing.ioInval(this.#enter(), volume, block);
  }

  /** The buffer was used: food for a replacement policy. Promise: HandleOpen. L428-433. */
  ioAdvance(handle: Handle): Answer {
    const buf = this.#enter().handles.opened(handle).io.bp!;
    if (buf.activity < ACTIVITY_MAX) buf.activity++;
    return DONE;
  }

  /**
   * Takes away the mark that somebody got the block, and answers whether there was one: the second chance of a replacement
   * policy. Every get sets it; it is no part of the machine, and nothing else looks at it.
   */
  clearUsed(volume: number, block: number): boolean {
    return gets.clearUsed(this.#enter(), volume, block);
  }

  /** The buffer holds file data although it is a device buffer. Promise: HandleOpen. L273-283. */
  ioNotmeta(handle: Handle): Answer {
    this.#enter().handles.opened(handle).io.bp!.notmeta = true;
    return DONE;
  }

  // ── Bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The bytes of a held buffer, to read; valid until the handle is released. Promise: HandleOpen, though it may be busy. */
  contents(handle: Handle): ReadableBytes {
    return this.#enter().handles.live(handle).io.bp!.bytes;
  }

  /**
   * The bytes of a held buffer, to change, until ioModifyDone; keep no view beyond that. Tell of changes with `change`.
   * Promises: HandleOpen, ModificationOpen.
   */
  bytes(handle: Handle): Uint8Array {
    return modifying.promiseChangeable(this.#enter(), handle).io.bp!.bytes;
  }

  /**
   * Bytes change under an open modification. In META the first four bytes are the layer's: they will hold the CRC of the
   * rest when the block is next written. Promises: HandleOpen, ModificationOpen. L785-799, L959-982.
   */
  change(handle: Handle): Answer {
    return modifying.change(this.#enter(), handle);
  }

  // ── Modifying ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens a modification. `wait`: for a write interlock or for the write in flight. Promises: HandleOpen, NotInterlocked. L770-806. */
  ioModify(handle: Handle): Answer {
    return modifying.ioModify(this.#enter(), handle);
  }

  /**
   * As ioModify, in META, for `bytes` bytes from `offset` (default: the block), whose old values must be in the UNDO log
   * first: `cover` with an UNDO request in the outbox, to be answered with undoLaid. L883-897.
   */
  modifyBuffer(handle: Handle, offset = 0, bytes = this.state.blockBytes - offset): Answer {
    return modifying.modifyCovered(this.#enter(), handle, 'meta', offset, bytes);
  }

  /** The same for a volume header. L861-875. */
  modifyVolume(handle: Handle, offset = 0, bytes = this.state.blockBytes - offset): Answer {
    return modifying.modifyCovered(this.#enter(), handle, 'volume', offset, bytes);
  }

  /** The UNDO record of a handle is laid (`done`: the modification is open) or cannot be (`error`: it is withdrawn). */
  undoLaid(handle: Handle, result: Result): Answer {
    return modifying.undoLaid(this.#enter(), handle, result);
  }

  /** Closes a modification. Promises: HandleOpen, ModificationOpen. L808-818. */
  ioModifyDone(handle: Handle): Answer {
    return modifying.ioModifyDone(this.#enter(), handle);
  }

  /** Keeps modifiers out, once those inside have left. Promises: HandleOpen, NoOpenModification, NotInterlocked. L830-842. */
  ioWriteInterlock(handle: Handle): Answer {
    return modifying.ioWriteInterlock(this.#enter(), handle);
  }

  /** Lets modifiers in again. Promises: HandleOpen, InterlockOwned. L844-853. */
  ioDoneInterlock(handle: Handle): Answer {
    return modifying.ioDoneInterlock(this.#enter(), handle);
  }

  // ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Issues the write of a dirty buffer; `clean` if it is not dirty. `reclaim`: drop it when written. Promises: HandleOpen, NotBeingModified. L667-749. */
  ioFlush(handle: Handle, reclaim = false): Answer {
    return writing.ioFlush(this.#enter(), handle, reclaim);
  }

  /** `done` when no write of the buffer is in flight. Promise: HandleOpen. L166-181. */
  ioWait(handle: Handle): Answer {
    return writing.ioWait(this.#enter(), handle);
  }

  /** Waits for every write in flight now, but for none issued later. L189-228. */
  ioWaitAll(): Answer {
    return writing.ioWaitAll(this.#enter());
  }

  /** `done` while no more than backlogBytesMax bytes are being written. L1993-1997. */
  ioLimitBacklog(): Answer {
    return writing.ioLimitBacklog(this.#enter());
  }

  /** A write that the core did not see may be in the volatile cache of the volume. L1951-1955. */
  ioFlushMark(volume: number): Answer {
    mark(volumeOf(this.#enter(), volume));
    return DONE;
  }

  /**
   * Makes durable what has been written to all volumes: `done`, or `wait` for flushes in flight and needed. `error`: a device
   * flush has failed, now or ever. L1961-1989.
   */
  ioFlushSync(): Answer {
    return barrier.ioFlushSync(this.#enter());
  }

  /** Drops the reference by which a failed write pinned the buffer; `none` if there is none. Promise: HandleOpen. L234-246. */
  ioClearError(handle: Handle): Answer {
    return writing.ioClearError(this.#enter(), handle);
  }

  /** The same at close, without a handle. Promise: PinnedOnly. L248-259. */
  ioClearErrorNoassert(volume: number, block: number): Answer {
    return writing.ioClearErrorNoassert(this.#enter(), volume, block);
  }

  // ── Tickets and requests ─────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A woken ticket looks again; the answer is one that the call which issued it could give, or `error` where its load or
   * flush failed. `kind`: what the caller believes the ticket waits for. Promise: TicketRunnable.
   */
  resume(ticket: Ticket, kind?: TicketKind): Answer {
    return resume(this.#enter(), ticket, kind);
  }

  /** Withdraws a ticket; a handle that it kept busy is open again. Promise: TicketQueued. */
  cancel(ticket: Ticket): Answer {
    return cancel(this.#enter(), ticket);
  }

  /** The ticket that was woken first and not handed out yet, or NO_TICKET (0). First come, first served. */
  nextRunnable(): Ticket {
    const ticket = this.#enter().tickets.nextReady();
    return ticket === undefined ? NO_TICKET : (ticket.id as Ticket);
  }

  /** Hands every request that was not handed out yet to `visit`, in order of issue. The visitor must not enter the core. */
  drainRequests(visit: (request: Request) => void): void {
    const { outbox } = this.#enter();
    this.#enterable = undefined;
    try {
      outbox.drain(visit);
    } finally {
      this.#enterable = this.state;
    }
  }

  // ── Completions ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A read has completed. `bytes`: the block, and behind it the next one if the request covers two; copied. L309-375. */
  readDone(request: number, result: Result, bytes?: Uint8Array): Answer {
    return gets.readDone(this.#enter(), request, result, bytes);
  }

  /** A write has completed. `error` is critical, and pins the buffer unless it is UNDO. With `verify`, throws BytesChanged. L1075-1163. */
  writeDone(request: number, result: Result): Answer {
    return kernel.writeDone(this.#enter(), request, result);
  }

  /** A device flush has completed. `error` is critical and stays so. L1984-1988. */
  flushDone(request: number, result: Result): Answer {
    return barrier.flushDone(this.#enter(), request, result);
  }

  // ── The kernel's wishes ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes the buffer of a clean passive structure for something else; `refused` while it is in use, and remembered. L1182-1228. */
  recycle(volume: number, block: number): Answer {
    return kernel.recycle(this.#enter(), volume, block);
  }

  /** Writes a delayed-write buffer; `refused` while it is in use, and remembered. L1290-1363. */
  writeBack(volume: number, block: number): Answer {
    return kernel.writeBack(this.#enter(), volume, block);
  }

  /** As writeBack, to write along with a neighbour in flight. L1290-1363. */
  clusterPull(volume: number, block: number): Answer {
    return kernel.clusterPull(this.#enter(), volume, block);
  }
}

/** buf_act_advance saturates too. */
const ACTIVITY_MAX = 64;
