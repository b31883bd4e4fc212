// The end of a write, and the kernel's daemons: io_complete, io_deallocate and io_checkwrite of the original (1075-1363).

import type { Outcome } from '../../spec/buffer/vocabulary.ts';
import { checkwriteStep, completeStep, deallocateStep } from './decide.ts';
import { isRepaired, isRunning, isUnused, runningBytes, wake, wakeAll } from './facts.ts';
import { issueWrite, markVolume } from './dirty.ts';
import { detachUnused, finishWaitingRelease } from './release.ts';
import type { Io, State } from './state.ts';

/** A write completes (L1075-1163). */
export function writeDone(s: State, b: number, error: boolean): Outcome {
  const io = s.ios[b]!;
  const block = s.shape.blocks[b]!;
  if (error) s.mount.criticalError = true;
  if (completeStep(Number(error) | (Number(block.type === 'undo') << 1) | (Number(io.ioerror) << 2)) === 'pin') {
    io.ioerror = true;
    if (io.refs === 0) io.check = true;
    io.refs += 1;
  }
  s.diskWrite += s.shape.blockBytes;
  leaveRunList(s, io);
  // A failed write may have arrived in part, so it counts as well.
  if (isRepaired(s, 'D2')) markVolume(s, block.volume);
  s.volumes[block.volume]!.volatile = 'exposed';
  wakeAll(s, b, 'wait');
  wakeAll(s, b, 'regetblk');
  if (runningBytes(s) <= s.shape.backlogBytesMax)
    for (const client of s.clients) if (client.at === 'backlog') wake(client);
  if (io.locked && deallocateStep(kernelFacts(s, b)) === 'detach') detachUnused(s, b, false);
  for (const client of s.clients)
    if (client.at === 'release' && client.io1 === b + 1 && !client.runnable) finishWaitingRelease(s, b, client);
  return error ? 'error' : 'done';
}

/** Takes a write out of the run list; a placemarker that followed it at the head is woken (L1136-1140). */
function leaveRunList(s: State, io: Io): void {
  const place = io.place;
  io.place = 0;
  closeGap(s, place);
  if (place === 1) wakeHeadMarker(s);
}

export function closeGap(s: State, place: number): void {
  for (const other of s.ios) if (other.place > place) other.place -= 1;
  for (const client of s.clients) if (client.place > place) client.place -= 1;
}

export function wakeHeadMarker(s: State): void {
  for (const client of s.clients) if (client.place === 1) wake(client);
}

const kernelFacts = (s: State, b: number): number => Number(isUnused(s, b)) | (Number(s.ios[b]!.modified) << 1);

/** The kernel wants a clean passive buffer (L1182-1228). */
export function recycle(s: State, b: number): Outcome {
  if (deallocateStep(kernelFacts(s, b)) === 'detach') {
    detachUnused(s, b, true);
    return 'done';
  }
  s.ios[b]!.locked = true;
  return 'refused';
}

/** A daemon wants to write a delayed-write buffer (L1290-1363). */
export function writeBack(s: State, b: number): Outcome {
  const io = s.ios[b]!;
  if (checkwriteStep(kernelFacts(s, b)) === 'write') {
    issueWrite(s, b, false, false);
    return 'done';
  }
  if (io.locked && !isRepaired(s, 'D11')) s.mount.lockedExtra += 1;
  io.locked = true;
  return 'refused';
}

/** Another write of the volume is on its way, so the kernel may build a cluster around it. */
export function hasRunningNeighbour(s: State, b: number): boolean {
  const volume = s.shape.blocks[b]!.volume;
  for (let other = 0; other < s.ios.length; other++)
    if (other !== b && s.shape.blocks[other]!.volume === volume && isRunning(s.ios[other]!)) return true;
  return false;
}
