// How buffers come and go: the reference word with its interlock, loads, the release decision, destruction, the loose list.
//
// `relBuffer` is the heart: the last reference takes the interlock, asks the truth table what becomes of the buffer, and
// either finishes at once or leaves a client waiting in `release`, which the completion of the write then finishes.

import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import { releaseStep, type ReleaseStep } from './decide.ts';
import { isAnybody, isPure, isRepaired, isRunning, isVolume, modRootOf, ownerOf, wakeAll } from './facts.ts';
import { issueWrite, setModified } from './dirty.ts';
import type { Client, State } from './state.ts';

/**
 * A release in the middle of another step would have to sleep until a write ends. Only without D30, which leaves `waitdep` set
 * on a buffer that is used again. The original sleeps there, whoever it is; a step of the model is atomic, so the machine
 * does not offer it.
 */
export class NobodyCanWait extends Error {
  override readonly name = 'NobodyCanWait';

  constructor(block: string) {
    super(`model: the release of ${block} has to wait in the middle of a step`);
  }
}

/** Puts a client to idle: no handle, no ticket. */
export function idle(client: Client): void {
  client.at = 'idle';
  client.io1 = 0;
  client.runnable = false;
  client.how = 'read';
  client.wantsUndo = false;
  client.closing = false;
}

/** The client has a handle on `b` and no ticket. */
export function hold(client: Client): void {
  client.at = 'hold';
  client.runnable = false;
  client.how = 'read';
  client.wantsUndo = false;
}

/** References `b` for client `c`, who will load it in the way `how` if that falls to it (ondisk 536-640, subs hammer_ref_interlock). */
export function get(s: State, c: number, b: number, how: Client['how']): Outcome {
  const io = s.ios[b]!;
  const client = s.clients[c]!;
  client.io1 = b + 1;
  client.how = how;
  if (!io.exists) create(s, b);
  if (io.refs > 0 && !io.check) {
    io.refs += 1;
    hold(client);
    return 'done';
  }
  io.refs += 1;
  if (ownerOf(s, b) === -1) return interlockWon(s, c, b);
  io.check = true;
  client.at = 'get';
  return 'wait';
}

/** A structure comes into being; it keeps a reference of its volume for as long as it exists (ondisk 560-620). */
function create(s: State, b: number): void {
  s.ios[b]!.exists = true;
  const v = s.volumeIo[s.shape.blocks[b]!.volume]!;
  if (v === -1 || v === b) return;
  s.ios[v]!.refs += 1;
  s.ios[v]!.check = false;
}

/** The client won the interlock with its reference counted: attach what is there, or start the load (ondisk 843, L300-420). */
export function interlockWon(s: State, c: number, b: number): Outcome {
  const io = s.ios[b]!;
  const client = s.clients[c]!;
  const how = client.how;
  if (io.bp) return attached(s, c, b);
  io.loose = false;
  if (how === 'new' || io.residue === 'cached') {
    io.residue = 'none';
    io.bp = true;
    io.released = false;
    if (how === 'new') setModified(s, b);
    // The original counts a read even when the device cache answers it (L317).
    else s.diskRead += s.shape.blockBytes;
    return attached(s, c, b);
  }
  io.residue = 'none';
  io.check = true;
  hold(client);
  client.at = 'load';
  if (how === 'ahead') {
    const next = s.shape.readAhead![1];
    const tail = s.ios[next]!;
    if (!tail.bp && !isAnybody(s, next, 'load') && tail.residue === 'none') tail.residue = 'ahead';
  }
  return 'io';
}

function attached(s: State, c: number, b: number): Outcome {
  s.ios[b]!.check = false;
  hold(s.clients[c]!);
  wakeAll(s, b, 'get');
  return 'done';
}

/** A load completes for the client that owns the interlock (L309-375, ondisk 843). */
export function readDone(s: State, b: number, error: boolean): Outcome {
  const io = s.ios[b]!;
  const client = s.clients[ownerOf(s, b)]!;
  const next = s.shape.readAhead?.[0] === b ? s.ios[s.shape.readAhead[1]]! : undefined;
  s.diskRead += s.shape.blockBytes;
  if (next?.residue === 'ahead') next.residue = error ? 'none' : 'cached';
  if (error) {
    idle(client);
    client.at = 'failed';
    client.runnable = true;
    io.released = true;
    clearAtDisassociate(s, b);
    dropReference(s, b);
    wakeAll(s, b, 'get');
    if (io.refs === 0 && !isVolume(s, b)) destroy(s, b);
    return 'error';
  }
  io.bp = true;
  io.released = false;
  io.check = false;
  client.at = 'get';
  wakeAll(s, b, 'get');
  return 'done';
}

/** Plain hammer_rel: the last one clears CHECK. */
function dropReference(s: State, b: number): void {
  const io = s.ios[b]!;
  io.refs -= 1;
  if (io.refs === 0) io.check = false;
}

export function resumeGet(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  if (client.at === 'failed') {
    idle(client);
    return 'error';
  }
  const b = client.io1 - 1;
  if (!s.ios[b]!.check) {
    hold(client);
    return 'done';
  }
  if (ownerOf(s, b) === -1) {
    client.runnable = false;
    return interlockWon(s, c, b);
  }
  client.runnable = false;
  return 'wait';
}

/** Drops the handle of client `c` (ondisk 1005-1067). */
export function release(s: State, c: number, undoReclaim: boolean): Outcome {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  idle(client);
  return relBuffer(s, b, undoReclaim, client);
}

/** Drops one reference of `b`; `waiter` is who would wait for a write in flight. */
function relBuffer(s: State, b: number, undoReclaim: boolean, waiter: Client | undefined): Outcome {
  const io = s.ios[b]!;
  io.refs -= 1;
  if (io.refs > 0) return 'done';
  if (!ioRelease(s, b, false, undoReclaim)) {
    if (waiter === undefined) throw new NobodyCanWait(s.shape.blocks[b]!.name);
    waiter.at = 'release';
    waiter.io1 = b + 1;
    return 'wait';
  }
  finishRelease(s, b);
  return 'done';
}

/** The release decision (L517-656): true: carried out; false: a write in flight must end first. */
function ioRelease(s: State, b: number, flush: boolean, undoReclaim: boolean): boolean {
  const io = s.ios[b]!;
  if (!io.bp) return true;
  let step = releaseDecision(s, b, flush);
  if (step === 'write') {
    issueWrite(s, b, undoReclaim, true);
    step = releaseDecision(s, b, flush);
  }
  switch (step) {
    case 'wait':
      return false;
    case 'detach':
      io.released = true;
      disassociate(s, b, flush);
      return true;
    case 'delayWrite':
      io.released = true;
      io.delwri = true;
      return true;
    case 'giveBack':
      io.released = true;
      return true;
    case 'keep':
      return true;
    default:
      throw new Error(`model: a release cannot go on with '${step}'`);
  }
}

function releaseDecision(s: State, b: number, flush: boolean): ReleaseStep {
  const io = s.ios[b]!;
  return releaseStep(
    Number(flush) |
      (Number(io.locked) << 1) |
      (Number(io.reclaim) << 2) |
      (Number(io.waitdep) << 3) |
      (Number(isPure(s, b)) << 4) |
      (Number(io.modified) << 5) |
      (Number(io.released) << 6) |
      (Number(isRunning(io)) << 7),
  );
}

/** The interlock of a release ends: an io without buffer and references is destroyed (ondisk 1043-1064). */
function finishRelease(s: State, b: number): void {
  const io = s.ios[b]!;
  if (!io.bp && io.refs === 0 && !isVolume(s, b)) {
    destroy(s, b);
    return;
  }
  if (io.refs === 0) io.check = false;
  wakeAll(s, b, 'get');
}

/** Cuts io and buffer apart (L122-158); `drop` says that the contents must not stay in the device cache either. */
export function disassociate(s: State, b: number, drop: boolean): void {
  const io = s.ios[b]!;
  io.bp = false;
  io.delwri = false;
  io.notmeta = false;
  io.locked = false;
  io.residue = drop || io.reclaim ? 'none' : 'cached';
  clearAtDisassociate(s, b);
}

function clearAtDisassociate(s: State, b: number): void {
  const io = s.ios[b]!;
  io.reclaim = false;
  if (isRepaired(s, 'D30')) io.waitdep = false;
  // A pin keeps contents in memory; without contents it would keep the structure for ever.
  if (io.ioerror && isRepaired(s, 'D39')) {
    io.ioerror = false;
    dropReference(s, b);
  }
}

/** The kernel or a completion takes the buffer of an unused io, which becomes loose; a volume is just unloaded (L1209-1225). */
export function detachUnused(s: State, b: number, drop: boolean): void {
  disassociate(s, b, drop);
  if (!isVolume(s, b)) s.ios[b]!.loose = true;
}

/** Destroys the structure; the block keeps what the device cache has of it. */
export function destroy(s: State, b: number): void {
  const io = s.ios[b]!;
  const residue = io.residue;
  s.words[b] = 0;
  io.modifyRefs = 0;
  io.residue = residue;
  const v = s.volumeIo[s.shape.blocks[b]!.volume]!;
  if (v !== -1 && v !== b) relBuffer(s, v, false, undefined);
}

export function lowMemoryRelease(s: State, c: number): Outcome {
  const b = s.clients[c]!.io1 - 1;
  release(s, c, false);
  detachUnused(s, b, true);
  return 'done';
}

/** Purges a buffer that only the caller holds (ondisk 777-830). */
export function delBuffer(s: State, c: number): Outcome {
  const client = s.clients[c]!;
  const io = s.ios[client.io1 - 1]!;
  if (io.refs > 1) return 'again';
  io.modified = false;
  io.reclaim = true;
  io.waitdep = true;
  return release(s, c, false);
}

/** Destroys an unreferenced structure at close (ondisk 274, 912). */
export function unload(s: State, c: number, b: number): Outcome {
  const io = s.ios[b]!;
  const client = s.clients[c]!;
  io.modified = false;
  io.waitdep = true;
  if (!ioRelease(s, b, true, false)) {
    client.at = 'release';
    client.io1 = b + 1;
    client.closing = true;
    return 'wait';
  }
  destroy(s, b);
  return 'done';
}

/** The write that a release waited for is over: the completion finishes it, whoever still listens. */
export function finishWaitingRelease(s: State, b: number, client: Client): void {
  const io = s.ios[b]!;
  const closing = client.closing;
  idle(client);
  client.at = 'release';
  client.runnable = true;
  ioRelease(s, b, closing, false);
  if (closing && io.refs === 0) destroy(s, b);
  else finishRelease(s, b);
}

/** Withdraws a queued get: its reference goes, and with the last one the buffer is released as usual. */
export function cancelGet(s: State, c: number): void {
  const client = s.clients[c]!;
  const b = client.io1 - 1;
  idle(client);
  if (s.ios[b]!.refs === 1 && ownerOf(s, b) !== -1) dropReference(s, b);
  else relBuffer(s, b, false, undefined);
}

/** Destroys what the kernel left behind (flusher 493). */
export function cleanLoose(s: State): Outcome {
  for (let b = 0; b < s.ios.length; b++) if (modRootOf(s, b) === 'loose') destroy(s, b);
  return 'done';
}

export function ioClearError(s: State, c: number): Outcome {
  const b = s.clients[c]!.io1 - 1;
  if (!s.ios[b]!.ioerror) return 'none';
  s.ios[b]!.ioerror = false;
  dropReference(s, b);
  return 'done';
}

export function ioClearErrorNoassert(s: State, b: number): Outcome {
  s.ios[b]!.ioerror = false;
  dropReference(s, b);
  return 'done';
}

export function ioInval(s: State, b: number): Outcome {
  const io = s.ios[b]!;
  if (io.bp || isAnybody(s, b, 'load')) return 'again';
  io.residue = 'none';
  return 'done';
}
