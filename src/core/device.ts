// What the core asks of the world, and what a device is. Requests leave the core through its outbox; a device takes them
// and completes them later, in any order, never from inside `submit`. Completions come back as inputs of the core, by
// request id: readDone, writeDone, flushDone; an UNDO log answers with undoLaid, by handle.

import type { Handle } from './ids.ts';

/** `ok` for a whole transfer, else `error`: EIO, or only a part was transferred. */
export type Result = 'ok' | 'error';

/** Read blocks that stand side by side. Answered with readDone. */
export interface ReadRequest {
  readonly kind: 'read';
  readonly id: number;
  readonly volume: number;
  readonly block: number;
  /** How many. The core asks for 1, or for 2 if the block behind is to be read ahead; direct I/O for those of an extent. */
  readonly blocks: number;
  /**
   * Views of the slab, of whole blocks each and of `blocks` blocks together, that nobody else uses until the request completes:
   * one for each block of the core, or a single one for direct I/O. A device may read straight into them and complete without
   * bytes, or bring the contents with the completion.
   */
  readonly into: readonly Uint8Array[];
}

/** Write blocks that stand side by side. Answered with writeDone; durable only by a flush that is asked for afterwards. */
export interface WriteRequest {
  readonly kind: 'write';
  readonly id: number;
  readonly volume: number;
  readonly block: number;
  /**
   * A view of the slab, of one block, or of several from direct I/O. It is no copy. What reaches the medium must be the
   * content at issue, and it is: from issue to
   * completion no modification is open (issue needs modifyRefs <= 0, hammer_io.c L680) and none can open, because opening
   * one waits for the buffer (L695). So a copy would cost a block of memory traffic per write and protect against nothing
   * but views kept beyond ioModifyDone, which `verify` finds.
   */
  readonly bytes: Uint8Array;
}

/** Make everything durable whose write has completed before this request. Answered with flushDone. */
export interface FlushRequest {
  readonly kind: 'flush';
  readonly id: number;
  readonly volume: number;
}

/** Lay an UNDO record before the bytes may change. Answered with undoLaid(handle, …). */
export interface UndoRequest {
  readonly kind: 'undo';
  readonly handle: Handle;
  readonly volume: number;
  readonly block: number;
  /** Where in the block the old bytes stand. */
  readonly offset: number;
  /** The old bytes: a copy, because other modifications of the buffer may be open already. */
  readonly before: Uint8Array;
}

/** What a device may be asked. */
export type DeviceRequest = ReadRequest | WriteRequest | FlushRequest;
/** What leaves the core. */
export type Request = DeviceRequest | UndoRequest;

/** What carries out the requests of a core, and tells it later how they ended. */
export interface Device {
  /** Takes a request, to be completed later. */
  submit(request: DeviceRequest): void;
}
