// Getting a buffer: counting a reference, and loading the bytes if nobody has. Whoever makes the first reference wins the
// interlock and loads; those who come meanwhile count their reference, set CHECK, and queue. A load that succeeds clears
// CHECK and lets all of them in; one that fails leaves it set, and the next in the queue tries again
// (hammer_ref_interlock, ondisk:366-455, ondisk:536-640, ondisk:843; hammer_io.c L300-420).

import type { GetHow, IoType } from '../../../spec/buffer/snapshot.ts';
import type { Answer } from '../answer.ts';
import { NO_HANDLE, type Handle, type Ticket } from '../ids.ts';
import { completed, doneWith, ERROR, unfinished } from '../answer.ts';
import type { Buf } from '../records/buf.ts';
import type { Result } from '../device.ts';
import { BrokenPromise, CacheFull, ImpossibleInput, InvalidArgument } from '../errors.ts';
import { HammerIo, nameOf } from '../records/hammer-io.ts';
import {
  addRef,
  clearCheck,
  dropRefAndCheck,
  isInUse,
  isLocked,
  lock,
  refsOf,
  setCheck,
  setWanted,
} from '../records/reference-word.ts';
import { shown } from '../check-shape.ts';
import type { MountState } from '../core-state.ts';
import { dropResidue, setModified } from '../core-state.ts';
import { destroy } from './release.ts';
import type { TicketRecord } from '../records/tickets.ts';
import type { Volume } from '../records/volume.ts';
import { volumeOf } from '../records/volume.ts';
import { interlockDone } from './waking.ts';

/** The hit path: a handle on a resident buffer, or NO_HANDLE when ioRead would have to do more or to refuse. */
export function tryGet(m: MountState, volumeNumber: number, block: number): Handle {
  const volume = m.volumes[volumeNumber];
  if (volume === undefined) return NO_HANDLE;
  const index = volume.ios.indexOf(block);
  if (index < 0) return NO_HANDLE;
  // A buffer at rest is told apart without a look at its structure, which is somewhere else in memory. Its volume is loaded: a
  // structure references its volume's header as long as it exists.
  return m.handles.structures.hit(index) ? m.handles.open(index) : tryReference(m, index);
}

/** References any other buffer that ioRead would serve at once. */
function tryReference(m: MountState, index: number): Handle {
  const io = m.handles.structures.at(index);
  if (io.bp === undefined) return NO_HANDLE;
  if (!isInUse(io)) {
    if (isLocked(io) || !mayBeUsed(io.volume, io.type)) return NO_HANDLE;
    clearCheck(io);
    io.ondisk = true;
    interlockDone(m, io);
  }
  addRef(io);
  return openOn(m, io);
}

/** Was the buffer of a block got since this was last asked? */
export function clearUsed(m: MountState, volumeNumber: number, block: number): boolean {
  const { structures } = m.handles;
  const index = volumeOf(m, volumeNumber).ios.indexOf(block);
  if (index < 0 || !structures.isUsed(index)) return false;
  structures.setUsed(index, false);
  return true;
}

/** ioRead (`read` or `ahead`) and ioNew (`new`). */
export function get(m: MountState, volumeNumber: number, block: number, type: IoType, how: GetHow): Answer {
  const volume = volumeOf(m, volumeNumber);
  checkBlock(volume, block, type, how);
  promiseVolumeLoaded(volume, type);
  const existing = volume.ios.get(block);
  if (existing !== undefined && existing.type !== type) {
    throw new InvalidArgument(`the type ${existing.type}`, `${type} for ${nameOf(existing)}`, 'A block has one type.');
  }
  if (existing === undefined || (!isInUse(existing) && !isLocked(existing))) {
    promiseRoom(m, volume, block, existing);
    const io = existing ?? create(m, volume, block, type);
    addRef(io);
    return won(m, io, how, undefined);
  }
  const isServed = isInUse(existing); // Before our own reference makes it look so.
  addRef(existing);
  if (isServed) return doneWith(openOn(m, existing));
  setCheck(existing);
  setWanted(existing, true);
  const ticket = m.tickets.issueFor(existing, 'get');
  ticket.how = how;
  return unfinished('wait', ticket.id as Ticket);
}

function checkBlock(volume: Volume, block: number, type: IoType, how: GetHow): void {
  if (!Number.isSafeInteger(block) || block < 0 || block >= volume.blocks) {
    throw new InvalidArgument(`a block below ${volume.blocks}`, shown(block), `Volume ${volume.name} ends there.`);
  }
  if ((type === 'volume') !== (block === volume.headerBlock)) {
    const header = volume.headerBlock < 0 ? 'none' : String(volume.headerBlock);
    throw new InvalidArgument(
      `the type volume for the header block (${header}) only`,
      `${type} for ${block}`,
      'Name the right type.',
    );
  }
  if (type === 'volume' && how === 'new') {
    throw new InvalidArgument(
      'a volume header to be read',
      'ioNew',
      'Use ioRead; formatting a volume is not done here.',
    );
  }
}

/** Buffers are used while the header of their volume is loaded; the header itself may be loaded at any time. */
function mayBeUsed(volume: Volume, type: IoType): boolean {
  return type === 'volume' || volume.isLoaded;
}

function promiseVolumeLoaded(volume: Volume, type: IoType): void {
  if (mayBeUsed(volume, type)) return;
  const { header } = volume;
  let seen = 'has no structure';
  if (header?.owner !== undefined) seen = `is busy in ${header.owner.at}`;
  else if (header !== undefined) seen = 'has no buffer';
  throw new BrokenPromise('VolumeLoaded', `the header of volume ${volume.name} ${seen}`);
}

/** A buffer will be taken unless one is attached or the device cache has one for the block: it must be there before anything changes. */
function promiseRoom(m: MountState, volume: Volume, block: number, io: HammerIo | undefined): void {
  if (io?.bp !== undefined || m.slab.freeBufs > 0 || volume.residue.get(block)?.arrived === true) return;
  throw new CacheFull(m.slab.capacityBufs);
}

/** A structure without references; on a volume with a header it owns a reference on that. */
function create(m: MountState, volume: Volume, block: number, type: IoType): HammerIo {
  const io = new HammerIo(m.handles.structures, volume, block, type);
  volume.ios.add(io);
  if (type === 'volume') volume.header = io;
  else if (volume.header !== undefined) {
    addRef(volume.header);
    clearCheck(volume.header);
    volume.header.ondisk = true;
  }
  return io;
}

/** The interlock is ours and our reference is counted: use what is there, or load. `ticket` is that of a queued get. */
function won(m: MountState, io: HammerIo, how: GetHow, ticket: TicketRecord | undefined): Answer {
  if (io.bp !== undefined) return serve(m, io, ticket, 0);
  m.lists.leaveLoose(io);
  const residue = io.volume.residue.get(io.block);
  if (how === 'new') {
    dropResidue(m, io.volume, io.block);
    const buf = m.slab.take(io.volume.number, io.block);
    buf.bytes.fill(0);
    attach(io, buf);
    setModified(m, io); // Dirty from the start, although no modification is open (L419).
    return serve(m, io, ticket, 0);
  }
  if (residue?.arrived === true) {
    io.volume.residue.delete(io.block);
    attach(io, residue);
    return serve(m, io, ticket, m.blockBytes); // Counted as read all the same (L317).
  }
  dropResidue(m, io.volume, io.block);
  return load(m, io, how, ticket ?? m.tickets.issueFor(io, 'load'));
}

function attach(io: HammerIo, buf: Buf): void {
  io.bp = buf;
  io.ondisk = true;
  io.released = false;
}

/** A handle on an attached buffer, which a replacement policy will find used. */
function openOn(m: MountState, io: HammerIo): Handle {
  io.used = true;
  return m.handles.open(io.index);
}

/** Our get is served, and the interlock goes to nobody: all who queued may use the buffer too. */
function serve(m: MountState, io: HammerIo, ticket: TicketRecord | undefined, diskRead: number): Answer {
  if (ticket !== undefined) m.tickets.retire(ticket);
  clearCheck(io);
  io.ondisk = true;
  interlockDone(m, io);
  return doneWith(openOn(m, io), diskRead);
}

function load(m: MountState, io: HammerIo, how: GetHow, ticket: TicketRecord): Answer {
  m.tickets.sleep(ticket);
  ticket.at = 'load';
  ticket.how = 'read';
  lock(io, ticket);
  setCheck(io);
  const volume = io.volume.number;
  const buf = m.slab.take(volume, io.block);
  io.incoming = buf;
  io.reading = true;
  m.runningReadBytes += m.blockBytes;
  const ahead = how === 'ahead' ? reserveAhead(m, io.volume, io.block + 1) : undefined;
  io.ahead = ahead;
  io.request = m.outbox.newId();
  const into = ahead === undefined ? [buf.bytes] : [buf.bytes, ahead.bytes];
  m.outbox.post({ kind: 'read', id: io.request, volume, block: io.block, blocks: ahead === undefined ? 1 : 2, into });
  return unfinished('io', ticket.id as Ticket);
}

/** Read-ahead is advice: it covers a block that nobody has, and only while there is room without giving anything up. */
function reserveAhead(m: MountState, volume: Volume, block: number): Buf | undefined {
  if (block >= volume.blocks || block === volume.headerBlock || volume.residue.has(block)) return undefined;
  const io = volume.ios.get(block);
  if (io !== undefined && (io.bp !== undefined || io.reading)) return undefined;
  if (m.slab.freeBufs === 0) return undefined;
  const ahead = m.slab.take(volume.number, block);
  volume.residue.add(ahead);
  return ahead;
}

/** `bytes` holds the block, and behind it the block that was read ahead; without, the device has filled the request's views. */
export function readDone(m: MountState, id: number, result: Result, bytes: Uint8Array | undefined): Answer {
  const request = m.outbox.inFlight('read', id);
  const bytesNeeded = request.blocks * m.blockBytes;
  if (result === 'ok' && bytes !== undefined && bytes.length < bytesNeeded) {
    throw new ImpossibleInput('readDone', `it brings ${bytesNeeded} bytes or none`, `${bytes.length} bytes`);
  }
  const io = volumeOf(m, request.volume).ios.get(request.block)!;
  m.outbox.completed(id);
  io.reading = false;
  io.request = 0;
  m.runningReadBytes -= m.blockBytes;
  if (result === 'ok') loaded(m, io, bytes);
  else loadFailed(m, io);
  return completed(result === 'ok' ? 'done' : 'error', m.blockBytes, 0);
}

function loaded(m: MountState, io: HammerIo, bytes: Uint8Array | undefined): void {
  const loader = io.owner!;
  const buf = io.incoming!;
  io.incoming = undefined;
  if (bytes !== undefined) copyBlock(buf.bytes, bytes, 0);
  attach(io, buf);
  clearCheck(io);
  loader.at = 'get';
  m.tickets.wake(loader);
  interlockDone(m, io);
  const ahead = endAhead(m, io, false);
  if (ahead === undefined) return;
  if (bytes !== undefined) copyBlock(ahead.bytes, bytes, m.blockBytes);
  ahead.arrived = true;
}

/** The loader's reference goes, and the structure with it unless others queue; CHECK makes the next of them load again. */
function loadFailed(m: MountState, io: HammerIo): void {
  const loader = io.owner!;
  m.slab.give(io.incoming!);
  io.incoming = undefined;
  endAhead(m, io, true);
  dropRefAndCheck(io);
  // What hammer_io_release with its flush argument does to a buffer that came back with an error.
  io.waitdep = false;
  io.reclaim = false;
  io.released = true;
  loader.at = 'failed';
  m.tickets.forgetIo(loader);
  m.tickets.wake(loader);
  interlockDone(m, io);
  if (refsOf(io) === 0 && io.type !== 'volume') destroy(m, io);
}

/** The request is over: answers the residue that it filled; where that failed or is wanted no more, its buffer goes. */
function endAhead(m: MountState, io: HammerIo, failed: boolean): Buf | undefined {
  const { ahead, volume } = io;
  if (ahead === undefined) return undefined;
  io.ahead = undefined;
  const isWanted = volume.residue.get(ahead.block) === ahead;
  if (isWanted && !failed) return ahead;
  if (isWanted) volume.residue.delete(ahead.block);
  m.slab.give(ahead);
  return undefined;
}

function copyBlock(target: Uint8Array, source: Uint8Array, from: number): void {
  const whole = from === 0 && source.length === target.length;
  target.set(whole ? source : source.subarray(from, from + target.length));
}

/** A woken get looks again. */
export function resumeGet(m: MountState, ticket: TicketRecord): Answer {
  const { io, how } = ticket;
  if (ticket.at === 'failed' || io === undefined) {
    m.tickets.retire(ticket);
    return ERROR;
  }
  if (isInUse(io)) {
    m.tickets.retire(ticket);
    return doneWith(openOn(m, io));
  }
  if (!isLocked(io)) {
    promiseRoom(m, io.volume, io.block, io);
    return won(m, io, how, ticket);
  }
  m.tickets.sleep(ticket);
  setWanted(io, true);
  return unfinished('wait', ticket.id as Ticket);
}
