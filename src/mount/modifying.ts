// Modifying and flushing a held block: the parts that wait. A modification opens when no flush of the block is about to begin
// and no write of it is in flight; while it is open, no write of the block is issued.

import type { Answer } from '../core/answer.ts';
import { NO_HANDLE, NO_TICKET } from '../core/answer.ts';
import type { Handle } from '../core/records/handles.ts';
import type { IoType } from '../../spec/buffer/snapshot.ts';
import type { Engine } from './engine.ts';
import { MountBroken, WriteFailed } from './errors.ts';
import type { Passage } from './room.ts';
import type { WaitReason } from './statistics.ts';
import { HEADER_BYTES, renewHeader } from './volumes/header.ts';

/** Bytes of a block that belong to the layer: a checksum in META, the fixed part in a header. */
export function reservedBytes(type: IoType): number {
  if (type === 'volume') return HEADER_BYTES;
  return type === 'meta' ? 4 : 0;
}

/** What the type of a held block is. */
export function typeOf(engine: Engine, handle: Handle): IoType {
  return engine.core.state.handles.live(handle).io.type;
}

/** Opens a modification: `done`, or `wait` with a ticket for `untilOpen`. */
export function beginModification(engine: Engine, handle: Handle): Answer {
  const { core } = engine;
  const type = typeOf(engine, handle);
  if (type === 'volume') return core.modifyVolume(handle);
  return type === 'meta' ? core.modifyBuffer(handle) : core.ioModify(handle);
}

/**
 * Resolves when the modification of that ticket is open. `passage`: of the passing operation that this is a part of; it ends
 * where only the program can help. Rejects with ReadOnlyError if a write has failed meanwhile, or with the signal's reason.
 */
export async function untilOpen(
  engine: Engine,
  handle: Handle,
  waiting: Answer,
  signal: AbortSignal | undefined,
  passage: Passage | undefined,
): Promise<void> {
  const { core, waits, faults } = engine;
  const reason = waitsFor(engine, waiting);
  if (reason === 'modify') passage?.end();
  await waits.until(waiting, reason, signal);
  if (!faults.isReadOnly) return;
  core.ioModifyDone(handle);
  engine.turn();
  faults.promiseWritable();
}

function waitsFor(engine: Engine, { ticket }: Answer): WaitReason {
  return engine.core.state.tickets.find(ticket)?.at === 'regetblk' ? 'write' : 'modify';
}

/** Closes a modification in which bytes may have changed, and lets delayed writes begin. */
export function endModification(engine: Engine, handle: Handle): void {
  if (engine.broken !== undefined) return;
  const { core, policy } = engine;
  if (typeOf(engine, handle) === 'volume') renewHeader(core.bytes(handle));
  core.change(handle);
  core.ioModifyDone(handle);
  policy.writeBehind(core);
  engine.turn();
}

/** Writes a block that is held, and waits until it is written. Rejects with WriteFailed or ReadOnlyError. */
export async function flushBlock(
  engine: Engine,
  volume: number,
  block: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { core, waits, faults } = engine;
  faults.promiseWritable();
  signal?.throwIfAborted();
  // A handle of its own: the holder may go on using the block meanwhile.
  const handle = core.tryGet(volume, block);
  if (handle === NO_HANDLE) throw new MountBroken(`block ${block} of volume ${volume} is held and cannot be got`);
  try {
    const interlock = core.ioWriteInterlock(handle);
    if (interlock.ticket !== NO_TICKET) await waits.until(interlock, 'interlock', signal);
    const isTooLate = faults.isReadOnly;
    if (!isTooLate) core.ioFlush(handle);
    core.ioDoneInterlock(handle);
    if (isTooLate) faults.promiseWritable();
    const write = core.ioWait(handle);
    if (write.ticket !== NO_TICKET) {
      const ended = waits.until(write, 'write', signal);
      engine.turn();
      await ended;
    }
  } finally {
    engine.release(handle);
    engine.turn();
  }
  const error = faults.writeError(volume, block);
  if (error !== undefined) throw new WriteFailed(faults.place(volume, block), error);
}
