// Filling a front. Where the newest data stands decides the path:
//
//   known      the place of the whole element was learnt earlier        ┐ straight from the device; or, with doubleBuffer,
//   exact      the front covers a whole element, just looked up         ┘ through the device cache, `exact` with its CRC
//   piecewise  a live record, or a part of an element                     through the device cache, block by block
//
// Before a device is read around the cache, dirty aliases are written and waited for; then the read looks again from the
// beginning. An alias whose write has failed cannot be waited for, and only it has the bytes (D40). Aliases of a record are
// purged before the cache is trusted, for its direct write went by them (D5). (hammer_io.c L1408-1623, hammer_vop_strategy_read)

import { crc32 } from 'node:zlib';
import type { DirectOutcome } from '../../spec/direct/vocabulary.ts';
import type { Result } from '../core/device.ts';
import { BrokenPromise, CacheFull, ImpossibleInput } from '../core/errors.ts';
import type { DirectState } from './direct-state.ts';
import type { ExtentRecord } from './extents.ts';
import type { FrontRecord } from './fronts.ts';
import { depart, nameOfFront, promiseIdle } from './fronts.ts';

export function strategyRead(s: DirectState, front: FrontRecord, piecewise: boolean): DirectOutcome {
  promiseIdle(front);
  if (front.at === 'valid') return s.done(front, front.length, front.aged); // The kernel would not even ask.
  return startRead(s, front, piecewise);
}

function startRead(s: DirectState, front: FrontRecord, piecewise: boolean): DirectOutcome {
  if (front.cached !== undefined && !piecewise) return readWhole(s, front, front.cached, false);
  const { file, cell } = front;
  const record = file.records.get(cell);
  if (record !== undefined) return readRecord(s, front, record);
  const element = file.index.get(cell);
  if (element === undefined) return readHole(s, front);
  if (!piecewise && coversWhole(front, element, s)) return readWhole(s, front, element, true);
  return hasTrouble(s, element) ? cannotReach(s, front, element) : startCopy(s, front, element, 'piecewise');
}

/** Does the front begin where the element does, and has it room for all of its blocks? */
function coversWhole({ fileOffset, bytes }: FrontRecord, element: ExtentRecord, s: DirectState): boolean {
  return fileOffset === element.fileOffset && bytes.length >= element.blocks * s.blockBytes;
}

function readHole(s: DirectState, front: FrontRecord): DirectOutcome {
  front.bytes.fill(0);
  return s.done(front, 0, false);
}

/** The newest data is a record: it is on the medium, or in the device cache, but not in the index. */
function readRecord(s: DirectState, front: FrontRecord, record: ExtentRecord): DirectOutcome {
  if (record.failed) return s.giveUp(front, 'lostWrite', record);
  if (hasTrouble(s, record)) return cannotReach(s, front, record);
  if (record.inval) {
    if (!s.aliases.purge(record)) return 'again';
    record.inval = false;
  }
  return startCopy(s, front, record, 'piecewise');
}

function readWhole(s: DirectState, front: FrontRecord, element: ExtentRecord, isExact: boolean): DirectOutcome {
  const { aliases } = s;
  if (hasTrouble(s, element)) return cannotReach(s, front, element);
  if (isExact) front.cached = element;
  aliases.sync(front, element);
  if (front.unsynced > 0) {
    depart(front, 'syncing', 'whole', element);
    return 'wait';
  }
  if (s.doubleBuffer) return startCopy(s, front, element, isExact && s.verify ? 'verified' : 'indirect');
  if (aliases.has(element, 'failed')) return startCopy(s, front, element, 'piecewise', front.cached);
  depart(front, 'reading', 'direct', element);
  s.transfers.read(front, element);
  return 'io';
}

function hasTrouble(s: DirectState, { volume, block, blocks }: ExtentRecord): boolean {
  return s.translation.troubleOf(volume, block, blocks) !== 'none';
}

function cannotReach(s: DirectState, front: FrontRecord, { volume, block, blocks }: ExtentRecord): 'error' {
  const trouble = s.translation.troubleOf(volume, block, blocks);
  return s.giveUp(front, trouble === 'none' ? 'lookup' : trouble, { volume, block });
}

export function resumeRead(s: DirectState, front: FrontRecord): DirectOutcome {
  if (!front.runnable)
    throw new BrokenPromise('TicketRunnable', `${nameOfFront(front)} is ${front.at} and was not woken`);
  if (front.at === 'syncing') return startRead(s, front, false);
  return copyOn(s, front); // There was no room for more blocks.
}

export function directReadDone(
  s: DirectState,
  request: number,
  result: Result,
  bytes: Uint8Array | undefined,
): DirectOutcome {
  const front = s.transfers.ended(request, 'reading');
  const element = front.from!;
  if (result === 'error') return s.giveUp(front, 'device', element);
  if (bytes !== undefined) front.bytes.set(bytes);
  front.bytes.fill(0, element.length);
  return s.done(front, element.length, false);
}

export function bmap(s: DirectState, front: FrontRecord): DirectOutcome {
  promiseIdle(front);
  if (front.at === 'valid' || front.cached !== undefined) return 'done';
  const { file, cell } = front;
  const element = file.index.get(cell);
  if (element === undefined || file.records.has(cell)) return 'done';
  if (coversWhole(front, element, s) && !hasTrouble(s, element)) front.cached = element;
  return 'done';
}

// ── Through the device cache ───────────────────────────────────────────────────────────────────────────────────────────

/** Copies what is cached, and asks for what is not. `cached`: what the front knows of its place when that has begun. */
function startCopy(
  s: DirectState,
  front: FrontRecord,
  extent: ExtentRecord,
  how: 'piecewise' | 'indirect' | 'verified',
  cached = how === 'piecewise' ? undefined : front.cached,
): DirectOutcome {
  const { blockBytes } = s;
  front.firstBlock = (front.fileOffset - extent.fileOffset) / blockBytes;
  front.wanted = Math.max(0, Math.min(front.bytes.length / blockBytes, extent.blocks - front.firstBlock));
  front.asked = 0;
  front.awaited = 0;
  const outcome = ask(s, front, extent);
  front.cached = cached;
  depart(front, 'copying', how, extent);
  return outcome === 'done' ? finishCopy(s, front) : outcome;
}

/** There is room again. */
function copyOn(s: DirectState, front: FrontRecord): DirectOutcome {
  const outcome = ask(s, front, front.from!);
  front.runnable = false;
  return outcome === 'done' ? finishCopy(s, front) : outcome;
}

/** Copies or asks for the blocks to come, as long as the core has room. Throws CacheFull if the front would wait for nothing. */
function ask(s: DirectState, front: FrontRecord, extent: ExtentRecord): 'done' | 'io' | 'wait' {
  const { aliases } = s;
  let isIssued = false;
  while (front.asked < front.wanted) {
    const block = extent.block + front.firstBlock + front.asked;
    if (!aliases.copy(extent.volume, block, blockOf(s, front, front.asked))) {
      let asked: 'done' | 'io' | 'wait';
      try {
        asked = aliases.load(front, extent.volume, block);
      } catch (error) {
        if (front.awaited === 0 || !(error instanceof CacheFull)) throw error;
        break;
      }
      if (asked === 'done') continue; // It is cached now: once more.
      front.awaited++;
      isIssued ||= asked === 'io';
    }
    front.asked++;
  }
  if (front.awaited === 0) return 'done';
  return isIssued ? 'io' : 'wait';
}

function blockOf({ blockBytes }: DirectState, { bytes }: FrontRecord, index: number): Uint8Array {
  return bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
}

/** A block that the front waits for has come, or cannot be read. */
export function copyArrived(s: DirectState, front: FrontRecord, block: number, result: Result): void {
  const extent = front.from!;
  const { volume } = extent;
  const index = block - extent.block - front.firstBlock;
  if (result === 'error') {
    s.aliases.forget(front, volume, extent.block + front.firstBlock, front.wanted);
    s.giveUp(front, 'device', { volume, block });
    return;
  }
  if (!s.aliases.copy(volume, block, blockOf(s, front, index))) {
    throw new ImpossibleInput(
      'resumeCore',
      'the core holds the block that it has loaded',
      `it holds none at block ${block}`,
    );
  }
  front.awaited--;
  if (front.asked < front.wanted && !canAsk(s, front, extent)) s.wake(front);
  else if (front.awaited === 0) finishCopy(s, front);
}

/** False if the front would wait for nothing, because there is no room: whoever resumes it hears of that. */
function canAsk(s: DirectState, front: FrontRecord, extent: ExtentRecord): boolean {
  try {
    ask(s, front, extent);
    return true;
  } catch (error) {
    if (error instanceof CacheFull) return false;
    throw error;
  }
}

/** All blocks are here. The CRC covers the bytes of the element and no more (D13: the original takes those of the buffer, L1612). */
function finishCopy(s: DirectState, front: FrontRecord): DirectOutcome {
  const extent = front.from!;
  const { bytes, how } = front;
  const length = Math.max(0, Math.min(extent.length - front.firstBlock * s.blockBytes, bytes.length));
  if (how === 'verified' && extent.crc !== undefined && crc32(bytes.subarray(0, length)) !== extent.crc) {
    return s.giveUp(front, 'checksum', extent);
  }
  bytes.fill(0, length);
  return s.done(front, length, how !== 'piecewise');
}
